import Core
import Foundation
import TestSupport
import Testing

/// `furlong sessions` on a database of six sessions that an earlier version wrote.
@Suite(.ownThreads) struct SessionsCommandTests {
  private let program: Program

  init() throws {
    program = try Program()
    let folder = program.home + "/.local/share/furlong"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      atPath: Program.package.appendingPathComponent("Tests/Fixtures/Databases/before-history.db").path,
      toPath: folder + "/furlong.db")
  }

  private func run(_ arguments: String...) throws -> Program.Result { try program.run(["sessions"] + arguments) }

  private func prompts(_ arguments: String...) throws -> [String] {
    let result = try program.run(["sessions"] + arguments + ["--json"])
    #expect(result.status == 0, "\(result.errors)")
    return try result.json()["sessions"]?.elements.compactMap { $0["first_prompt"]?.string } ?? []
  }

  private func id(_ prompt: String) throws -> String {
    try #require(try run("search", "\"\(prompt)\"").output.split(separator: " ").first.map(String.init))
  }

  @Test func theTable() throws {
    let result = try run()
    #expect(result.status == 0)
    let lines = result.output.split(separator: "\n").map(String.init)
    #expect(lines.count == 7)
    #expect(
      lines[0].split(separator: " ").map(String.init) == ["id", "date", "prompt", "lanes", "winner", "votes", "cost"])
    #expect(lines[2].contains("Still blind") && lines[2].contains(" blind ") && lines[2].contains("–"))
    #expect(lines[6].contains("Why are there tides?") && lines[6].contains("demo/hare"))
    #expect(try run("list", "--limit", "2").output.split(separator: "\n").count == 3)
  }

  @Test func filters() throws {
    #expect(try prompts("list", "--model", "nonexistent") == ["Fail please"])
    #expect(try prompts("list", "--provider", "demo").count == 6)
    #expect(try prompts("list", "--provider", "openai").isEmpty)
    #expect(try prompts("list", "--tag", "sea", "--tag", "physics") == ["Why are there tides?"])
    #expect(try prompts("list", "--state", "failed") == ["Fail please"])
    #expect(try prompts("list", "--state", "cut") == ["Killed half-way"])
    #expect(try prompts("list", "--since", "2026-11-20", "--until", "2026-11-30").count == 6)
    #expect(try prompts("list", "--until", "2026-11-20").isEmpty)
    #expect(try prompts("list", "--max-cost", "0").count == 6 && prompts("list", "--min-cost", "0.01").isEmpty)
    #expect(try prompts("list", "--disagreed").isEmpty)
    for wrong in [["--since", "soon"], ["--state", "sleepy"], ["--min-cost", "x"], ["--limit", "0"]] {
      let result = try program.run(["sessions", "list"] + wrong)
      #expect(result.status == 2 && result.output.isEmpty, "\(wrong): \(result.errors)")
    }
  }

  @Test func searching() throws {
    let result = try run("search", "himm", "--json")
    let hit = try result.json()["sessions"]?.first?["hit"]
    #expect(hit?["in"]?.string == "prompt" && hit?["turn"]?.int == 1)
    #expect(hit?["matches"]?.first?.string == "Himmel")
    #expect(try prompts("search", "simulated", "--model", "owl").count == 2)
    #expect(try prompts("search", "step", "--limit", "1").count == 1)
    let text = try run("search", "simulated")
    #expect(text.output.contains("turn 1, demo/") && text.output.contains("(not shown before the vote)"))
    #expect(!text.output.contains("\u{1B}"), "nothing stands out in a pipe")
    let none = try run("search", "nowhere-to-be-found")
    #expect(none.status == 0 && none.output.isEmpty && none.errors.contains("nothing found"))
    for odd in ["\"", "(*)", "AND OR", "NEAR(\"", "a AND (b", "^x*", "{prompt}:"] {
      #expect(try [0, 2].contains(run("search", odd).status), "\(odd)")
    }
    #expect(try program.run(["sessions", "search", "--", "-out"]).status == 2)
    let reasoning = try (prompts("search", "hmm").count, prompts("search", "hmm", "--reasoning").count)
    #expect(reasoning.0 <= reasoning.1)
  }

  @Test func hitsStandOutOnATerminal() throws {
    let session = TerminalSession(program, ["sessions", "search", "himmel"])
    session.wait(for: "\u{1B}[1mHimmel\u{1B}[22m")
    #expect(session.end() == 0)
    var plain = program
    plain.environment["NO_COLOR"] = "1"
    let other = TerminalSession(plain, ["sessions", "search", "himmel"])
    other.wait(for: "ist der Himmel blau")
    #expect(other.end() == 0)
  }

  @Test func titleAndTags() throws {
    let id = try id("Why are there tides")
    #expect(try run("title", String(id.prefix(6)), "Ebb \u{1B}[31m").status == 0)
    #expect(try run().output.contains("Ebb ␛[31m") && !run().output.contains("\u{1B}"))
    #expect(try run("tag", id).output == "sea\nphysics\n")
    #expect(try run("tag", id, "+moon", "-sea").output == "physics\nmoon\n")
    #expect(try run("tag", id, "only").output == "only\n")
    #expect(try prompts("list", "--tag", "only").count == 1)
    #expect(try run("tag", id, "-only").output.isEmpty && run("tag", id).output.isEmpty)
    #expect(try run("tag", id, "+a", "b").status == 2 && run("tag", id, "+").status == 2)
    #expect(try run("tag", "zzz", "x").status == 2 && run("title", "zzz", "x").status == 2)
  }

  @Test func removing() throws {
    let id = try id("Why are there tides")
    let missing = try run("rm", id, "zzz")
    #expect(missing.status == 2 && missing.errors.contains("zzz"))
    #expect(try run().output.contains(id), "all or none")
    let removed = try run("rm", id, String(id.prefix(8)))
    #expect(removed.status == 0 && removed.output == "deleted \(id); its receipts stay\n", "\(removed.errors)")
    #expect(try !run().output.contains(id) && run("show", id).status == 2)
    let vacuum = try run("vacuum")
    #expect(vacuum.status == 0 && vacuum.output.hasPrefix("before ") && vacuum.output.contains(", after "))
    #expect(program.everythingOnDisk().range(of: Data("Why are there tides".utf8)) == nil)
    #expect(program.everythingOnDisk().range(of: Data("Which is better".utf8)) != nil)
  }

  @Test func removingAsksOnATerminal() throws {
    let id = try id("Fail please")
    let kept = TerminalSession(program, ["sessions", "rm", id])
    kept.wait(for: "[y/N]")
    kept.press("\n")
    #expect(kept.end() == 1)
    #expect(try run().output.contains(id))
    let gone = TerminalSession(program, ["sessions", "rm", id])
    gone.wait(for: "[y/N]")
    gone.press("y\n")
    #expect(gone.end() == 0)
    #expect(try !run().output.contains(id))
  }

  /// The page in the workbench: found, deleted, brought back, opened; what stays deleted is gone after leaving.
  @Test func thePage() throws {
    let session = TerminalSession(program, ["-m", "demo/hare"])
    session.wait(for: "ask the lane")
    session.press("\t")
    session.wait(for: "zoom")
    session.press("H")
    session.waitUntilShown("6 found")
    session.press("tides")
    session.waitUntilShown("1 found")
    session.press("\u{18}")
    session.waitUntilShown("nothing found")
    session.press("\u{1B}x")
    session.waitUntilShown("1 found")
    session.press("\u{3}")
    session.waitUntilShown("6 found")
    session.press("better")
    session.waitUntilShown("1 found")
    session.press("\u{18}")
    session.waitUntilShown("nothing found")
    session.press("\u{3}tides")
    session.waitUntilShown("1 found")
    session.press("\r")
    session.waitUntilShown("2 demo/tortoise")
    #expect(session.end(signal: SIGTERM) == 0)
    let left = try prompts("list")
    #expect(left.count == 5 && !left.contains("Which is better?") && left.contains("Why are there tides?"), "\(left)")
  }
}
