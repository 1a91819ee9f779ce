import Core
import Foundation
import TestSupport
import Testing

/// `furlong ab` when a lane is slow, is told off, or fails; and when a judge decides.
@Suite(.ownThreads) struct AbTroubleTests {
  private let pair = ["-m", "test/zulu-x", "-m", "test/yoke-y"]

  private func expectBlind(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) {
    for secret in ["zulu", "yoke", "lane", "test/", "retry", "again", "_ms"] where text.contains(secret) {
      Issue.record("‘\(secret)’ tells the lanes apart: \(text)", sourceLocation: sourceLocation)
    }
  }

  /// A lane that is refused once and waits is not told from the other.
  @Test func aLaneInTroubleIsNotTold() throws {
    let refused = Journal<Void>()
    let models = ScriptedModels(lanes: { call in
      guard call.model == "yoke-y", refused.entries.isEmpty else { return ScriptedModels.stream("Fine.") }
      refused.append(())
      return .answer(429, ["Retry-After": "0"], body: #"{"error":{"message":"slow down, yoke-y"}}"#)
    })
    let result = try models.program().run(["ab", "x"] + pair + ["--json"])
    #expect(result.status == 0, "\(result.errors)")
    expectBlind(result.output)
    expectBlind(result.errors)
    #expect(models.laneCalls.count == 3, "one lane was asked again: \(models.laneCalls.map(\.model))")
  }

  /// A parameter that a model does not take is dropped with a notice, which would name the lane.
  @Test func aNoticeIsKeptBack() throws {
    let models = ScriptedModels(lanes: { _ in ScriptedModels.stream("Fine.") })
    let result = try models.program().run(
      ["ab", "x", "-m", "test/zulu-x,effort=high", "-m", "test/yoke-y", "--json"])
    #expect(result.status == 0, "\(result.errors)")
    expectBlind(result.output + result.errors)
    #expect(!(result.output + result.errors).contains("effort"), "parameters tell lanes apart: \(result.errors)")
  }

  @Test func aSlowLaneIsNotTold() throws {
    let gate = Gate()
    let models = ScriptedModels(lanes: { call in
      guard call.model == "zulu-x" else {
        defer { gate.open() }
        return ScriptedModels.stream("Quick.")
      }
      return [.hold(gate)] + ScriptedModels.stream("Slow.")
    })
    let result = try models.program().run(["ab", "x"] + pair)
    #expect(result.status == 0, "\(result.errors)")
    expectBlind(result.output + result.errors)
  }

  @Test func aLaneThatFailsLeavesNoPair() throws {
    let models = ScriptedModels(lanes: { call in
      call.model == "zulu-x" ? ScriptedModels.stream("Fine.") : .answer(400, body: #"{"error":{"message":"no"}}"#)
    })
    for json in [[], ["--json"]] {
      let result = try models.program().run(["ab", "x"] + pair + json)
      #expect(result.status == 1, "a pair that came to nothing is exit 1, not \(result.status)")
      #expect(result.errors.contains("no two answers"), "\(result.errors)")
      if json.isEmpty {
        #expect(result.output.isEmpty, "nothing to show: \(result.output)")
      } else {
        let states = try result.json()["responses"]?.elements.map { $0["state"]?.string }
        #expect(states?.contains("failed") == true, "a reader of JSON is told what failed: \(result.output)")
      }
    }
  }

  @Test func aJudgeReveals() throws {
    let models = ScriptedModels(answers: ["zulu-x": "That is right.", "yoke-y": "That is wrong."])
    let program = try models.program()
    let result = try program.run(["ab", "x"] + pair + ["--judge", "test/judge-j", "--json"])
    #expect(result.status == 0, "\(result.errors)")
    let document = try result.json()
    #expect(document["blind"]?.bool == false && document["verified"]?.bool == true, "\(result.output)")
    let verdict = try #require(document["verdicts"]?.first, "the verdict is told: \(result.output)")
    #expect(verdict["outcome"]?.string == "win" && verdict["winner"]?.int == 0, "\(verdict.source)")
    #expect(models.verdictCalls.count == 2, "both orders are asked: \(models.verdictCalls.count)")
    let text = try program.run(["ab", "y"] + pair + ["--judge", "test/judge-j"])
    #expect(text.status == 0 && text.output.contains("test/zulu-x"), "names are told: \(text.output)\(text.errors)")
  }

  /// Nobody could vote on it: it must not stay blind for ever.
  @Test func anInterruptedPairIsRevealed() throws {
    let models = ScriptedModels(lanes: { _ in .stream([.chat("half"), .stall]) })
    let program = try models.program()
    let process = try program.start(["ab", "x"] + pair + ["--json"])
    #expect(models.journal.wait { $0.count == 2 }, "both lanes are asked")
    process.kill(SIGINT)
    let result = program.result(of: process)
    #expect(result.status == 130, "an interrupt is 130, not \(result.status): \(result.errors)")
    let list = try program.run(["sessions"]).output
    let id = try #require(list.split(separator: "\n").last?.split(separator: " ").first.map(String.init), "\(list)")
    let shown = try program.run(["sessions", "show", id])
    #expect(shown.output.contains("test/zulu-x"), "two halves are no pair to vote on: \(shown.output)\(shown.errors)")
  }

  @Test func aKilledPairIsRevealedWhenAskedFor() throws {
    let models = ScriptedModels(lanes: { _ in .stream([.chat("half"), .stall]) })
    let program = try models.program()
    let process = try program.start(["ab", "x"] + pair + ["--json"])
    #expect(models.journal.wait { $0.count == 2 }, "both lanes are asked")
    process.kill(SIGKILL)
    #expect(process.wait() == .killed(signal: SIGKILL), "it was killed")
    let list = try program.run(["sessions"]).output
    let id = try #require(list.split(separator: "\n").last?.split(separator: " ").first.map(String.init), "\(list)")
    let vote = try program.run(["ab", "--vote", "left", "--session", id])
    #expect(vote.status == 2 && vote.errors.contains("no two answers"), "\(vote.errors)")
    #expect(try program.run(["sessions", "show", id]).output.contains("test/zulu-x"), "nobody can vote on it any more")
  }

  @Test func oneOfThreeFailsAndAPairIsLeft() throws {
    let models = ScriptedModels(lanes: { call in
      call.model == "xray-z" ? .answer(400, body: #"{"error":{"message":"no xray"}}"#) : ScriptedModels.stream("Fine.")
    })
    let result = try models.program().run(["ab", "x"] + pair + ["-m", "test/xray-z", "--json"])
    #expect(result.status == 0, "\(result.errors)")
    #expect(try result.json()["pairs"]?.elements.count == 1, "two answers are one pair: \(result.output)")
    expectBlind(result.output + result.errors)
    #expect(!(result.output + result.errors).contains("xray"), "\(result.errors)")
  }

  /// No verdict is exit 1, but the pair is revealed and its answers are shown.
  @Test func aJudgeOfProseRevealsAllTheSame() throws {
    let models = ScriptedModels(lanes: { ScriptedModels.stream("\($0.model)!") }, verdict: { _ in "The first." })
    let result = try models.program().run(["ab", "x"] + pair + ["--judge", "test/judge-j", "--json"])
    #expect(result.status == 1, "no verdict is exit 1, not \(result.status): \(result.errors)")
    let document = try result.json()
    #expect(document["verdicts"]?.first?["outcome"]?.string == "none", "\(result.output)")
    #expect(document["responses"]?.elements.count == 2 && document["verified"]?.bool == true, "\(result.output)")
  }

  @Test func theBudgetIsForLanesAndJudges() throws {
    let models = ScriptedModels(lanes: { call in
      .stream([
        .chat("\(call.prompt) right"), .text(Chat.finish("stop") + Chat.usage(input: 100_000, output: 10)),
        .text(Chat.done), .close,
      ])
    })
    let lanes = ["-m", "paid/gpt-4o", "-m", "paid/gpt-4o,temperature=0"]
    let result = try models.program().run(
      ["ab", "x"] + lanes + ["--judge", "test/judge-j", "--max-cost", "0.5", "--json"])
    #expect(models.laneCalls.count == 2, "\(result.errors)")
    #expect(!models.calls.contains { $0.isJudge }, "the lanes have spent it all: \(result.output)")
  }

  @Test(arguments: [
    (["ab"], "--vote"), (["ab", "x", "-m", "test/a"], "two lanes"), (["ab", "--vote", "left"], "--session"),
    (["ab", "--vote", "best", "--session", "abc"], "both_bad"), (["ab", "--check", "nope"], "no assignment"),
    (["ab", "--vote", "left", "--session", "abc"], "no session"),
    (["ab", "x", "-m", "test/a", "-m", "test/b", "--judge", "nobody/j"], "no provider"),
  ])
  func whatCannotRunSaysWhy(arguments: [String], words: String) throws {
    let models = ScriptedModels(answers: [:])
    let result = try models.program().run(arguments)
    #expect(result.status == 2, "\(arguments): \(result.errors)")
    #expect(result.errors.contains(words), "expected ‘\(words)’ in: \(result.errors)")
    #expect(result.output.isEmpty && models.calls.isEmpty, "nothing is asked: \(models.calls)")
  }
}
