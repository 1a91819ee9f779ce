import ArgumentParser
import Core
import Engine
import Foundation

/// How the lanes of a batch are asked, where that is not with the data set's prompts alone.
struct VariantOptions: ParsableArguments {
  @Option(
    name: .customLong("prompt"),
    help: ArgumentHelp(
      "Asked instead of the items' prompts, with {{name}} for their vars and {{prompt}}; each further one is a variant.",
      valueName: "text|@file"))
  var prompts: [String] = []

  @Option(
    name: .customLong("system"),
    help: ArgumentHelp("A system prompt for all lanes; each further one is a variant.", valueName: "text|@file"))
  var systems: [String] = []

  @Option(help: ArgumentHelp("Ask each item so many times.", valueName: "n"))
  var runs = 1

  mutating func validate() throws {
    guard (1...BatchRequest.mostRuns).contains(runs) else {
      throw ValidationError("--runs takes 1 to \(BatchRequest.mostRuns)")
    }
  }

  /// Every lane in every way.
  func variants(_ lanes: [Lane]) throws(CommandError) -> [Variant] {
    let variants = Variant.all(
      lanes, templates: try Self.named(prompts, "prompt"), systems: try Self.named(systems, "system"))
    if variants.count > 9 {
      throw CommandError(
        "nine variants at most: \(lanes.count) lanes with these prompts and system prompts are \(variants.count)")
    }
    return variants
  }

  /// The texts themselves, or of files, which give them their names.
  static func named(_ texts: [String], _ kind: String) throws(CommandError) -> [Variant.Named] {
    var named: [Variant.Named] = []
    for (index, text) in texts.enumerated() {
      var (name, own) = ("\(kind) \(index + 1)", text)
      if text.hasPrefix("@") {
        let path = (String(text.dropFirst()) as NSString).expandingTildeInPath
        let read = try BatchFile.text(of: path)
        own = read.trimmingCharacters(in: .newlines)
        let file = VisibleText.line(((path as NSString).lastPathComponent as NSString).deletingPathExtension)
        if !named.contains(where: { $0.name == file }), !file.isEmpty { name = file }
      }
      guard own.contains(where: { !$0.isWhitespace }) else {
        throw CommandError("--\(kind) ‘\(VisibleText.line(text))’ is empty")
      }
      guard !named.contains(where: { $0.text == own }) else {
        throw CommandError("--\(kind) ‘\(VisibleText.line(text))’ is there twice")
      }
      named.append((name, own))
    }
    return named
  }
}
