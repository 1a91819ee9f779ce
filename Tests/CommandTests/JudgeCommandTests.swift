import Core
import Foundation
import TestSupport
import Testing

/// `furlong judge` on what is stored: lanes are never asked again.
@Suite(.ownThreads) struct JudgeCommandTests {
  private let models = ScriptedModels(answers: ["a": "That is right.", "b": "That is wrong."])

  private func race(_ program: Program, _ lanes: [String] = ["test/a", "test/b"]) throws -> String {
    let result = try program.run(["race", "what is it?"] + lanes.flatMap { ["-m", $0] } + ["--json"])
    return try #require(try result.json()["session"]?.string, "\(result.errors)")
  }

  @Test func aStoredRaceIsJudged() throws {
    let program = try models.program()
    let session = try race(program)
    let result = try program.run(["judge", session, "--judge", "test/judge-j", "--json"])
    #expect(result.status == 0, "\(result.errors)")
    let document = try result.json()
    #expect(document["session"]?.string == session && document["turn"]?.int == 1, "\(result.output)")
    let verdict = try #require(document["verdicts"]?.first, "one verdict: \(result.output)")
    let names = [
      "id", "a", "b", "judge", "judge_reported", "prompt_version", "outcome", "winner", "tie_kind", "value", "counts",
      "fit", "reason", "mechanical", "quarantined", "flags", "orders", "cost", "words", "criteria",
    ]
    #expect(verdict.members.map(\.name) == names, "members: \(verdict.members.map(\.name))")
    #expect(verdict["outcome"]?.string == "win" && verdict["winner"]?.int == 0, "\(verdict.source)")
    #expect(verdict["judge"]?.string == "test/judge-j" && verdict["judge_reported"]?.string == "judge-2026")
    #expect(verdict["counts"]?.double == 1 && verdict["quarantined"]?.bool == false, "\(verdict.source)")
    #expect(verdict["words"]?.string == "lane 1 wins against lane 2", "\(verdict.source)")
    let criterion = verdict["criteria"]?.first
    #expect(criterion?["text"]?.string == "Is it right?", "the criterion's text, not its id: \(verdict.source)")
    #expect(criterion?["a"]?["ba"]?.string == "yes" && criterion?["b"]?["ba"]?.string == "no", "\(verdict.source)")
    for format in ["md", "html"] {
      let export = try program.run(["sessions", "export", session, "--format", format])
      for part in ["Is it right?", "lane 1 wins against lane 2"] {
        #expect(export.output.contains(part), "‘\(part)’ should be in the \(format): \(export.output)")
      }
    }
    let shown = try program.run(["sessions", "show", session])
    #expect(shown.output.contains("Is it right?  yes"), "\(shown.output)")
    #expect(verdict["orders"]?["ab"] != nil && verdict["orders"]?["ba"] != nil, "both orders: \(verdict.source)")
    let orders = models.verdictCalls.map(\.answers)
    #expect(
      Set(orders) == [["That is right.", "That is wrong."], ["That is wrong.", "That is right."]],
      "each order once: \(orders)")
    #expect(models.laneCalls.count == 2, "the race asked two lanes, judging none: \(models.laneCalls.count)")

    let text = try program.run(["judge", session + ":1", "--judge", "test/judge-j"])
    #expect(text.status == 0, "\(text.errors)")
    #expect(text.output.contains("1 test/a  against  2 test/b"), "\(text.output)")
    #expect(models.laneCalls.count == 2, "judging again asks no lane")
    #expect(models.calls.count(where: \.isBrief) == 1, "the brief is kept")
    #expect(try program.run(["sessions"]).output.split(separator: "\n").count == 2, "calls of judges are no sessions")
  }

  @Test func theConfigsJudgeIsTheDefault() throws {
    let program = try models.program("judge: {model: test/judge-j}")
    let session = try race(program)
    let result = try program.run(["judge", session])
    #expect(result.status == 0 && result.output.contains("test/judge-j"), "\(result.output)\(result.errors)")
  }

  @Test func aJudgeOfProseDecidesNothing() throws {
    let models = ScriptedModels(
      lanes: { ScriptedModels.stream("\($0.model) says so.") }, verdict: { _ in "I like the first one better." })
    let program = try models.program()
    let session = try race(program)
    let result = try program.run(["judge", session, "--judge", "test/judge-j", "--json"])
    #expect(result.status == 1, "a pair without a verdict is exit 1, not \(result.status)")
    let verdict = try #require(try result.json()["verdicts"]?.first, "\(result.output)")
    #expect(verdict["outcome"]?.string == "none" && verdict["counts"] == nil, "\(verdict.source)")
    #expect(verdict["winner"] == nil, "prose names no winner: \(verdict.source)")
    #expect(models.laneCalls.count == 2, "no lane is asked again")
  }

  @Test func aContestantDoesNotJudgeItself() throws {
    let models = ScriptedModels(lanes: { _ in [] }, verdict: { _ in "An answer." })
    let program = try models.program()
    let session = try race(program, ["test/judge-j", "test/judge-k"])
    let asked = models.calls.count
    let result = try program.run(["judge", session, "--judge", "test/judge-j"])
    #expect(result.status == 1, "no verdict is exit 1, not \(result.status)")
    #expect(result.errors.contains("does not judge itself"), "it says why: \(result.errors)")
    #expect(models.calls.count == asked, "nothing is asked")
  }

  @Test func severalJudgesEachGiveAVerdict() throws {
    let program = try models.program()
    let session = try race(program)
    let result = try program.run(
      ["judge", session, "--judge", "test/judge-j", "--judge", "test/judge-k", "--criterion", "Is it right?", "--json"])
    #expect(result.status == 0, "\(result.errors)")
    let judges = try result.json()["verdicts"]?.elements.compactMap { $0["judge"]?.string }
    #expect(judges == ["test/judge-j", "test/judge-k"], "\(judges ?? [])")
    #expect(models.calls.allSatisfy { !$0.isBrief }, "the person's own criteria need no brief")
    #expect(models.verdictCalls.allSatisfy { $0.prompt.contains("Is it right?") }, "the criterion is told")
  }

  @Test func theReferenceIsTold() throws {
    let program = try models.program()
    let session = try race(program)
    let result = try program.run(
      ["judge", session, "--judge", "test/judge-j", "--reference", "forty-two exactly"])
    #expect(result.status == 0, "\(result.errors)")
    #expect(
      models.verdictCalls.allSatisfy { $0.prompt.contains("forty-two exactly") }, "every order knows the right answer")
  }

  @Test func whatCannotBeJudgedSaysWhy() throws {
    let program = try models.program()
    let session = try race(program)
    let single = try race(program, ["test/a"])
    let cases: [([String], String)] = [
      ([session], "--judge provider/model"), (["ffffffffffff", "--judge", "test/judge-j"], "no session"),
      ([session + ":7", "--judge", "test/judge-j"], "no turn 7"),
      ([session + ":x", "--judge", "test/judge-j"], "no turn x"), ([single, "--judge", "test/judge-j"], "two answers"),
      ([session, "--judge", "nobody/j"], "no provider"), ([session, "--judge", "openai/j"], "OPENAI_API_KEY"),
      ([session, "--judge", "test/judge-j", "--max-cost", "-1"], "--max-cost"), ([], "Missing expected argument"),
    ]
    for (arguments, words) in cases {
      let result = try program.run(["judge"] + arguments)
      #expect(result.status == 2, "\(arguments): \(result.errors)")
      #expect(result.errors.contains(words), "expected ‘\(words)’ in: \(result.errors)")
      #expect(result.output.isEmpty, "\(arguments): \(result.output)")
    }
    #expect(models.calls.allSatisfy { !$0.isJudge }, "no judge was asked")
  }
}
