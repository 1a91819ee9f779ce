import Core
import Engine
import Foundation

/// Reads a data set: one JSON object a line.
enum BatchFile {
  private static let known = ["prompt", "system", "id", "tags", "reference", "check"]

  /// - Throws: `CommandError` naming the line and what to write instead.
  static func read(_ path: String) throws(CommandError) -> [BatchItem] {
    guard
      let data = path == "-" ? try? FileHandle.standardInput.readToEnd() : FileManager.default.contents(atPath: path)
    else { throw CommandError("cannot read the file \(path)") }
    guard let text = String(data: data, encoding: .utf8) else { throw CommandError("\(path) is not UTF-8 text") }
    var items: [BatchItem] = []
    var lines: [String: Int] = [:]
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if line.allSatisfy(\.isWhitespace) { continue }
      let item = try item(String(line), number: index + 1, path)
      if let other = lines[item.id] {
        throw CommandError("\(path) line \(index + 1): the id ‘\(item.id)’ is that of line \(other) already")
      }
      lines[item.id] = index + 1
      items.append(item)
    }
    if items.isEmpty { throw CommandError("\(path) has no prompts: write one JSON object a line, {\"prompt\": \"…\"}") }
    return items
  }

  private static func item(_ line: String, number: Int, _ path: String) throws(CommandError) -> BatchItem {
    func fault(_ words: String) -> CommandError { CommandError("\(path) line \(number): \(words)") }
    guard let view = try? JSONDocument().parse(line.hasPrefix("\u{FEFF}") ? String(line.dropFirst()) : line),
      view.isObject
    else { throw fault("this is not a JSON object") }
    for (name, _) in view.members where !known.contains(name) {
      let hint =
        nearest(to: name, in: known).map { "; did you mean ‘\($0)’?" } ?? "; known: \(known.joined(separator: ", "))"
      throw fault("unknown field ‘\(VisibleText.line(String(name.prefix(40))))’\(hint)")
    }
    guard let prompt = view["prompt"]?.string, !prompt.allSatisfy(\.isWhitespace) else {
      throw fault("prompt must be a text that is not empty")
    }
    func text(_ view: JSONView?, _ name: String) throws(CommandError) -> String? {
      guard let view, !view.isNull else { return nil }
      guard let text = view.string ?? view.numberText else { throw fault("\(name) must be a text") }
      return text
    }
    var item = BatchItem(id: try text(view["id"], "id") ?? "\(number)", prompt: prompt)
    item.system = try text(view["system"], "system")
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
