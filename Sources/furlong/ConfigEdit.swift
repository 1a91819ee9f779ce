import Core
import Foundation
import Yams

/// Changes of the config that the program makes itself: a line each, and nothing else in the file is touched.
extension Config {
  /// Writes the theme's name into the file.
  static func keep(theme: String, in path: String) throws(CommandError) {
    // The name of a file may hold anything; JSON's texts are YAML's as well.
    let line = "theme: \(isPlain(theme) ? theme : quoted(theme))"
    var lines = text(of: path).components(separatedBy: "\n")
    if let index = lines.firstIndex(where: { $0.hasPrefix("theme:") }) {
      lines[index] = line
    } else {
      if lines.last == "" { lines.removeLast() }
      lines += [line, ""]
    }
    do {
      try WholeFile.write(lines.joined(separator: "\n"), to: path)
    } catch {
      throw CommandError("\(path) cannot be written: add the line ‘\(line)’ yourself")
    }
  }

  /// Names a file that holds the key of these providers.
  /// - Throws: the lines to add by hand, where the file is in a form that cannot be changed safely.
  static func keep(keyFile: String, of providers: [String], in path: String) throws(LinesToAdd) {
    let before = text(of: path)
    var after = before
    for provider in providers { after = ConfigText(after).adding(keyFile: keyFile, to: provider) }
    // What is not known to mean just that is not written.
    guard means(after, before, keyFile, providers) else { throw LinesToAdd(keyFile, providers) }
    do { try WholeFile.write(after, to: path) } catch { throw LinesToAdd(keyFile, providers) }
  }

  /// What a person has to write into the config, a line each.
  struct LinesToAdd: Error {
    let lines: [String]

    init(_ keyFile: String, _ providers: [String]) {
      lines = ["providers:"] + providers.map { "  \(Config.name($0)): {key_file: \(Config.quoted(keyFile))}" }
    }
  }

  private static func text(of path: String) -> String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }

  /// Whether the new text says what the old one did, and the key file besides.
  private static func means(_ after: String, _ before: String, _ keyFile: String, _ providers: [String]) -> Bool {
    guard let new = try? Yams.compose(yaml: after), let old = try? Yams.compose(yaml: before.isEmpty ? "{}" : before)
    else { return false }
    var expected = old.mapping ?? [:]
    var entries = expected["providers"]?.mapping ?? [:]
    for provider in providers {
      var entry = entries[Node(provider)]?.mapping ?? [:]
      entry["key_file"] = Node(keyFile)
      entries[Node(provider)] = .mapping(entry)
    }
    expected["providers"] = .mapping(entries)
    guard plain(new) == plain(.mapping(expected)) else { return false }
    var config = Config()
    return (try? config.read(yaml: after, path: "")) != nil
      && providers.allSatisfy { config.keySources[$0] == .file(keyFile) }
  }

  /// A tree without the order of its members and without how it was written.
  private static func plain(_ node: Node) -> JSON {
    switch node {
    case .scalar(let scalar): .string(scalar.string)
    case .sequence(let list): .array(list.map(plain))
    case .mapping(let members):
      .array(
        members.map { JSON.array([plain($0.key), plain($0.value)]) }.sorted { $0.serialized() < $1.serialized() })
    case .alias: .null
    }
  }

  fileprivate static func quoted(_ text: String) -> String { JSON.string(text).serialized() }

  fileprivate static func name(_ text: String) -> String { isPlain(text) ? text : quoted(text) }

  /// A word that YAML reads as a text without quotes.
  private static func isPlain(_ text: String) -> Bool {
    text.first?.isLetter == true
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
          true
        default: false
        }
      }
  }
}

/// The config as lines, to be added to where its usual forms allow it. Whoever writes the outcome checks what it means.
private struct ConfigText {
  private var lines: [String]

  init(_ text: String) {
    lines = text.components(separatedBy: "\n")
    if lines.last == "" { lines.removeLast() }
  }

  /// The text with the file of a provider's key in it; unchanged, or wrong, where the form is none of the usual ones.
  func adding(keyFile: String, to provider: String) -> String {
    var lines = lines
    let field = "key_file: \(Config.quoted(keyFile))"
    let entry = "\(Config.name(provider)): {\(field)}"
    if let start = lines.firstIndex(where: { $0.hasPrefix("providers:") }) {
      let rest = value(of: lines[start])
      if rest.hasPrefix("{") {
        lines[start] = inserting(entry, into: lines[start])
      } else if let own = line(of: provider, below: start) {
        let inside = value(of: lines[own])
        if inside.hasPrefix("{") {
          lines[own] = inserting(field, into: lines[own])
        } else {
          let deeper = indent(below: own).flatMap { $0 > indent(lines[own]) ? $0 : nil } ?? indent(lines[own]) + 2
          lines.insert(spaces(deeper) + field, at: own + 1)
        }
      } else {
        lines.insert(spaces(max(1, indent(below: start).flatMap { $0 > 0 ? $0 : nil } ?? 2)) + entry, at: start + 1)
      }
    } else {
      lines += ["providers:", "  " + entry]
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func spaces(_ count: Int) -> String { String(repeating: " ", count: count) }

  private func indent(_ line: String) -> Int { line.prefix { $0 == " " }.count }

  private func isBlank(_ line: String) -> Bool {
    let text = line.drop { $0 == " " }
    return text.isEmpty || text.hasPrefix("#")
  }

  /// Of the next line that says something.
  private func indent(below index: Int) -> Int? {
    lines.dropFirst(index + 1).first { !isBlank($0) }.map(indent)
  }

  /// What stands behind a line's name.
  private func value(of line: String) -> Substring {
    guard let colon = line.firstIndex(of: ":") else { return "" }
    return line[line.index(after: colon)...].drop { $0 == " " }
  }

  private func inserting(_ member: String, into line: String) -> String {
    guard let brace = line.firstIndex(of: "{") else { return line }
    let rest = line[line.index(after: brace)...]
    let isEmpty = rest.drop { $0 == " " }.hasPrefix("}")
    return String(line[...brace]) + member + (isEmpty ? "" : ", ") + rest
  }

  /// The line of a provider's own entry in the block that begins at `start`.
  private func line(of provider: String, below start: Int) -> Int? {
    guard let depth = indent(below: start), depth > 0 else { return nil }
    let names = [provider, "\"\(provider)\"", "'\(provider)'"]
    for index in lines.indices.dropFirst(start + 1) where !isBlank(lines[index]) {
      if indent(lines[index]) == 0 { return nil }
      guard indent(lines[index]) == depth else { continue }
      let name = lines[index].dropFirst(depth).prefix { $0 != ":" }
      if names.contains(String(name).trimmingCharacters(in: .whitespaces)) { return index }
    }
    return nil
  }
}
