import Foundation
import TestSupport
import Testing

@Suite(.ownThreads) struct ReadmeTests {
  private func text(_ name: String) throws -> String {
    try String(contentsOf: Program.package.appendingPathComponent(name), encoding: .utf8)
  }

  /// What stands between a marker in the README and its end.
  private func section(_ command: String) throws -> String {
    let parts = try text("README.md").components(separatedBy: "<!-- \(command) -->\n")
    return try #require(parts.last?.components(separatedBy: "<!-- end -->").first, "no section for ‘\(command)’")
  }

  @Test(arguments: ["keys", "providers", "sessions export", "sessions import"])
  func theTablesAreWhatTheProgramPrints(command: String) throws {
    let printed = try Program().run(command.split(separator: " ").map(String.init) + ["--markdown"]).output
    #expect(
      try section("furlong \(command) --markdown") == printed, "stale: run scripts/update-readme .build/debug/furlong")
  }

  @Test func thePageOfTheDatabaseIsWhatTheProgramPrints() throws {
    #expect(
      try text("docs/schema.md") == Program().run(["sessions", "schema"]).output,
      "stale: run scripts/update-readme .build/debug/furlong")
  }

  @Test func everyCommandIsInTheReadmeAndTheManual() throws {
    let help = try Program().run(["--help"]).output
    let commands = help.components(separatedBy: "SUBCOMMANDS:\n").last?.components(separatedBy: "\n\n").first ?? ""
    let names = commands.split(separator: "\n").filter { $0.hasPrefix("  ") && !$0.hasPrefix("   ") }
      .compactMap { $0.split(separator: " ").first.map(String.init) }
    #expect(names.count >= 9, "the help lists its commands: \(help)")
    let manual = try text("scripts/furlong.1")
    let table = try section("furlong --help: subcommands")
    for name in names {
      #expect(manual.contains("\n.B \(name)"), "\(name) is not in the manual page")
      #expect(
        table.contains("  \(name) "), "\(name) is not in the README: run scripts/update-readme .build/debug/furlong")
    }
  }
}
