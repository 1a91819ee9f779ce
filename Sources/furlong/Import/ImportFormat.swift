import ArgumentParser
import Core
import Foundation
import Store

/// What can be imported. One table.
enum ImportFormat: String, CaseIterable, ExpressibleByArgument {
  case furlong, llm, promptfoo

  var explanation: String {
    switch self {
    case .furlong: "a session file of Furlong"
    case .llm: "the log database of llm (logs.db)"
    case .promptfoo: "results of promptfoo eval -o FILE.json"
    }
  }

  /// For the README.
  static var markdownTable: [String] {
    ["| format | what it is |", "| --- | --- |"] + allCases.map { "| `\($0.rawValue)` | \($0.explanation) |" }
  }

  static var allValueDescriptions: [String: String] {
    Dictionary(uniqueKeysWithValues: allCases.map { ($0.rawValue, $0.explanation) })
  }

  /// By the first bytes, never by the name.
  /// - Throws: `InvalidFile` for anything else.
  static func told(by bytes: [UInt8]) throws(InvalidFile) -> ImportFormat {
    if SessionFile.isLikely(bytes) { return .furlong }
    if LLMLog.isLikely(bytes) { return .llm }
    if bytes.first(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }) == UInt8(ascii: "{") { return .promptfoo }
    throw InvalidFile(
      "it is none of what can be imported: \(allCases.map(\.explanation).joined(separator: ", "))")
  }
}

/// A file's bytes, or those of standard input.
struct ImportFile {
  let bytes: [UInt8]

  /// - Throws: `CommandError` when it cannot be read.
  init(path: String) throws(CommandError) {
    do {
      let data =
        path == "-"
        ? try FileHandle.standardInput.readToEnd() ?? Data()
        : try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
      bytes = Array(data)
    } catch {
      throw CommandError("\(path) could not be read: is the file there, and yours to read?")
    }
  }
}
