import Core
import Engine
import Foundation
import Judging
import Workbench

/// Reads a data set: one JSON object a line.
enum BatchFile {
  private static let known = ["prompt", "system", "id", "tags", "vars", "reference", "check"]

  /// - Throws: `CommandError` naming the line and what to write instead.
  /// - Parameter needsPrompts: false where templates are asked: an item may have values alone.
  static func read(_ path: String, needsPrompts: Bool = true) throws(CommandError) -> [BatchItem] {
    let name = path == "-" ? "standard input" : path
    let text = try text(of: path)
    var items: [BatchItem] = []
    var lines: [String: Int] = [:]
    // By scalar: a CR LF is one character, which is not a line feed.
    let newline: Unicode.Scalar = "\n"
    for (index, line) in text.unicodeScalars.split(separator: newline, omittingEmptySubsequences: false).enumerated() {
      let line = String(line)
      if line.allSatisfy(\.isWhitespace) { continue }
      let item = try item(line, number: index + 1, name, needsPrompt: needsPrompts)
      if let other = lines[item.id] {
        let id = VisibleText.line(item.id)
        throw CommandError("\(name) line \(index + 1): the id ‘\(id)’ is that of line \(other) already")
      }
      lines[item.id] = index + 1
      items.append(item)
    }
    if items.isEmpty { throw CommandError("\(name) has no prompts: write one JSON object a line, {\"prompt\": \"…\"}") }
    return items
  }

  /// What an experiment that was set up in the workbench asks.
  /// - Throws: `CommandError` naming what to write instead.
  static func request(of draft: ExperimentDraft) throws(CommandError) -> BatchRequest {
    guard !draft.file.isEmpty else {
      throw CommandError("name a data set: a file of lines such as {\"prompt\": \"…\"}")
    }
    guard !draft.lanes.isEmpty else { throw CommandError("no lanes to ask: add some first") }
    var ways = VariantOptions()
    (ways.prompts, ways.systems) = (draft.prompts, draft.systems)
    let path = (draft.file as NSString).expandingTildeInPath
    let items = try read(path, needsPrompts: draft.prompts.isEmpty)
    var request = BatchRequest(
      name: (path as NSString).lastPathComponent, items: items, variants: try ways.variants(draft.lanes))
    if !draft.runs.isEmpty {
      guard let runs = Int(draft.runs), (1...BatchRequest.mostRuns).contains(runs) else {
        throw CommandError("runs: a number from 1 to \(BatchRequest.mostRuns)")
      }
      request.runs = runs
    }
    if !draft.budget.isEmpty {
      guard let budget = Money(decimal: draft.budget.replacingOccurrences(of: "$", with: "")), budget >= .zero else {
        throw CommandError("at most: an amount of US dollars, such as 0.50")
      }
      request.budget = budget
    }
    request.judges = draft.judges
    for refusals in draft.judges.map(request.refusals) where refusals.isTotal {
      throw CommandError(refusals.reason ?? "")
    }
    if let fault = request.fault { throw CommandError(fault) }
    return request
  }

  /// - Parameter path: `-` for standard input.
  /// - Throws: `CommandError` with the reason.
  static func text(of path: String) throws(CommandError) -> String {
    let name = path == "-" ? "standard input" : VisibleText.line(path)
    var isFolder = ObjCBool(false)
    if path != "-" {
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
        throw CommandError("cannot read the file \(name): it is not there")
      }
      if isFolder.boolValue { throw CommandError("cannot read the file \(name): it is a folder") }
    }
    guard let data = path == "-" ? standardInput() : FileManager.default.contents(atPath: path) else {
      throw CommandError("cannot read the file \(name)")
    }
    guard let text = String(data: data, encoding: .utf8) else { throw CommandError("\(name) is not UTF-8 text") }
    return text
  }

  /// Nil when it cannot be read; nothing at all is an empty file.
  private static func standardInput() -> Data? {
    do { return try FileHandle.standardInput.readToEnd() ?? Data() } catch { return nil }
  }

  private static func item(
    _ line: String, number: Int, _ file: String, needsPrompt: Bool
  ) throws(CommandError) -> BatchItem {
    func fault(_ words: String) -> CommandError { CommandError("\(file) line \(number): \(words)") }
    guard let view = try? JSONDocument().parse(line.hasPrefix("\u{FEFF}") ? String(line.dropFirst()) : line),
      view.isObject
    else { throw fault("this is not a JSON object") }
    var seen: Set<String> = []
    for (name, _) in view.members {
      guard seen.insert(name).inserted else { throw fault("\(VisibleText.line(name)) is there twice") }
      if known.contains(name) { continue }
      let hint =
        nearest(to: name, in: known).map { "; did you mean ‘\($0)’?" } ?? "; known: \(known.joined(separator: ", "))"
      throw fault("unknown field ‘\(VisibleText.line(String(name.prefix(40))))’\(hint)")
    }
    func text(_ view: JSONView?, _ name: String) throws(CommandError) -> String? {
      guard let view, !view.isNull else { return nil }
      guard let text = view.string ?? view.numberText else { throw fault("\(name) must be a text") }
      return text
    }
    var vars: [String: String] = [:]
    if let view = view["vars"] {
      guard view.isObject else { throw fault("vars must be an object of texts: {\"name\": \"value\"}") }
      for (name, value) in view.members {
        if let bool = value.bool {
          vars[name] = "\(bool)"
        } else {
          vars[name] = try text(value, "vars.\(VisibleText.line(name))")
        }
      }
    }
    /// Filled in with the values, where there are any.
    func filled(_ name: String, _ text: String?) throws(CommandError) -> String? {
      guard let text, !vars.isEmpty else { return text }
      let template = PromptTemplate(text)
      if let missing = template.names.first(where: { vars[$0] == nil }) {
        throw fault(
          "\(name) has {{\(VisibleText.line(missing))}}, which is not in vars: it has \(vars.keys.sorted().joined(separator: ", "))"
        )
      }
      return template.filled(vars)
    }
    let own = try filled("prompt", view["prompt"]?.string)
    let isThere = own?.contains { !$0.isWhitespace } == true
    if !isThere, needsPrompt || view["prompt"] != nil || vars.isEmpty {
      throw fault(
        needsPrompt
          ? "prompt must be a text that is not empty" : "it needs a prompt, or vars for the templates to be filled with"
      )
    }
    var item = BatchItem(id: try text(view["id"], "id") ?? "\(number)", prompt: own ?? BatchItem.text(of: vars))
    item.vars = vars
    item.system = try filled("system", try text(view["system"], "system"))
    item.reference = try text(view["reference"], "reference")
    if let tags = view["tags"], !tags.isNull {
      guard tags.isArray, tags.elements.allSatisfy({ $0.string != nil }) else {
        throw fault("tags must be a list of texts")
      }
      item.tags = tags.elements.compactMap(\.string)
    }
    if let check = try text(view["check"], "check") {
      guard let parsed = ValidityCheck(check) else {
        throw fault(
          "‘\(VisibleText.line(check))’ is no check: write one of \(ValidityCheck.forms.joined(separator: ", "))")
      }
      if case .regex(let pattern) = parsed, (try? Regex(pattern)) == nil {
        throw fault("‘\(VisibleText.line(pattern))’ is not a regular expression")
      }
      item.check = parsed
    }
    return item
  }
}
