import ArgumentParser
import Core
import Foundation
import Terminal
import Workbench
import Yams

/// Themes on disk: base16 or base24 schemes in YAML, the old flat form and the new one with `palette:`.
struct Themes {
  let paths: Paths

  /// - Parameter name: a theme's file name without `.yaml`; nil for the built-in dark one.
  func theme(_ name: String?) throws(CommandError) -> Theme {
    guard let name, name != Theme.dark.name else { return .dark }
    if name == Theme.mono.name { return .mono }
    guard let file = files[name] else {
      let hint = nearest(to: name, in: names).map { "; did you mean \($0)?" } ?? ""
      throw CommandError("no theme ‘\(VisibleText.line(name))’\(hint); furlong themes lists them")
    }
    return try Themes.read(file, name: name)
  }

  var names: [String] {
    ([Theme.dark.name, Theme.mono.name] + files.keys).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
      .sorted()
  }

  private var files: [String: String] {
    var found: [String: String] = [:]
    for folder in paths.themes {
      for file in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] where file.hasSuffix(".yaml") {
        let name = String(file.dropLast(5))
        if found[name] == nil { found[name] = folder + "/" + file }
      }
    }
    return found
  }

  static func read(_ path: String, name: String) throws(CommandError) -> Theme {
    guard let data = FileManager.default.contents(atPath: path), let text = String(data: data, encoding: .utf8),
      let root = try? Yams.compose(yaml: text)?.mapping
    else { throw CommandError("the theme \(path) cannot be read as YAML") }
    let colors = root["palette"]?.mapping ?? root
    var palette: [String: String] = [:]
    for (key, value) in colors { if let key = key.string, let value = value.scalar?.string { palette[key] = value } }
    guard let theme = Theme(name: name, palette: palette) else {
      throw CommandError("the theme \(path) lacks a colour: it needs base00 to base0F as six hexadecimal digits each")
    }
    return theme
  }
}

struct ThemesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "themes", abstract: "List the themes that can be named in the config.")

  func run() throws {
    let setup = try Setup()
    let themes = Themes(paths: setup.paths)
    let names = themes.names
    let current = setup.config.theme ?? Theme.dark.name
    let traits = TerminalTraits(environment: setup.environment)
    let showsColors = Console.outputIsTerminal && traits.colors != .none && setup.environment["TERM"] != "dumb"
    let shown = names.map(VisibleText.line)
    let width = shown.map(TextWidth.of).max() ?? 0
    for (name, shown) in zip(names, shown) {
      let note = name == current ? "  (in use)" : ""
      var swatch = ""
      if showsColors, let theme = try? themes.theme(name) {
        swatch =
          String(repeating: " ", count: width - TextWidth.of(shown) + 2)
          + theme.swatch(direct: traits.colors == .direct)
      }
      Console.output(shown + swatch + note)
    }
  }
}

struct KeysCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "keys", abstract: "Print the keys of the workbench.")

  @Flag(help: "As a Markdown table.")
  var markdown = false

  func run() throws {
    var faults: [String] = []
    let keymap = Keymap(overrides: markdown ? [:] : try Setup().config.keys, faults: &faults)
    let rows = keymap.rows.map { row in
      [row.keys.map(\.name).joined(separator: " "), row.place.name, row.summary, row.action.rawValue]
    }
    MarkdownTable.print(header: ["key", "where", "does", "name in the config"], rows: rows, asMarkdown: markdown)
    for fault in faults { Console.error("furlong: \(fault)") }
    if !faults.isEmpty { throw ExitCode(2) }
  }
}

/// A table for people, or the same for the README.
enum MarkdownTable {
  static func print(header: [String], rows: [[String]], asMarkdown: Bool) {
    guard asMarkdown else {
      for line in TextTable.lines(header: header, rows: rows) { Console.output(line) }
      return
    }
    Console.output("| " + header.joined(separator: " | ") + " |")
    Console.output("|" + String(repeating: " --- |", count: header.count))
    for row in rows {
      Console.output("| " + row.map { $0.replacingOccurrences(of: "|", with: "\\|") }.joined(separator: " | ") + " |")
    }
  }
}
