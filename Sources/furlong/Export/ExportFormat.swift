import ArgumentParser

/// The forms in which sessions leave. One table: help, completion, the README and the guess by a file's name come from it.
enum ExportFormat: String, CaseIterable, ExpressibleByArgument {
  case markdown = "md"
  case json, jsonl, csv, html, pairs, furlong

  /// What it is, and for whom.
  var explanation: String {
    switch self {
    case .markdown: "Markdown to read: prompts, answers as their source, table, votes and verdicts"
    case .json:
      "one document for programs: race --json for each turn, with all generations, usage, prices, votes, verdicts"
    case .jsonl: "a line for each answer, for notebooks"
    case .csv: "a row for each answer, for spreadsheets; what they would take for a formula has a ' before it"
    case .html: "one page that needs nothing else: answers side by side, timelines, receipts"
    case .pairs: "preference pairs for training: prompt, chosen, rejected"
    case .furlong: "the session file: everything, for another Furlong"
    }
  }

  /// What a file's name ends in.
  var extensions: [String] {
    switch self {
    case .markdown: [".md", ".markdown"]
    case .html: [".html", ".htm"]
    case .pairs: [".pairs.jsonl"]
    case .jsonl: [".jsonl", ".ndjson"]
    case .json, .csv, .furlong: [".\(rawValue)"]
    }
  }

  /// By the longest ending that fits; nil when none does.
  static func guessed(from path: String) -> ExportFormat? {
    let name = path.lowercased()
    let fitting = allCases.flatMap { format in format.extensions.map { (format, $0) } }.filter { name.hasSuffix($0.1) }
    return fitting.max { $0.1.utf8.count < $1.1.utf8.count }?.0
  }

  var defaultValueDescription: String { rawValue }

  static var allValueDescriptions: [String: String] {
    Dictionary(uniqueKeysWithValues: allCases.map { ($0.rawValue, $0.explanation) })
  }

  /// For the README.
  static var markdownTable: [String] {
    ["| format | what it is | file names |", "| --- | --- | --- |"]
      + allCases.map { format in
        let names = format.extensions.map { "`\($0)`" }.joined(separator: ", ")
        return "| `\(format.rawValue)` | \(format.explanation) | \(names) |"
      }
  }
}
