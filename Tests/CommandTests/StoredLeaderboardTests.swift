import Core
import Foundation
import TestSupport
import Testing

/// `furlong leaderboard` by what is stored: votes, verdicts, both.
@Suite(.ownThreads) struct StoredLeaderboardTests {
  private let models = ScriptedModels(
    lanes: { call in
      ScriptedModels.stream(call.model == "a" ? "That is right, sea \(call.prompt.count)." : "That is wrong.")
    },
    verdict: { call in
      if call.answers.contains(where: { $0.hasPrefix("That is") }) {
        return ScriptedModels.prefer(call) { $0.contains("right") }
      }
      return ScriptedModels.prefer(call) { StoredLeaderboardTests.isLong($0, call.answers) }
    })

  /// Anything that is the same in both orders does for a card.
  private static func isLong(_ text: String, _ all: [String]) -> Bool { text == all.max() }

  private func vote(_ program: Program, _ count: Int) throws {
    for number in 0..<count {
      let blind = try program.run(["ab", "question \(number)", "-m", "test/a", "-m", "test/b", "--json"])
      let document = try blind.json()
      let session = try #require(document["session"]?.string, "\(blind.errors)")
      let isLeft = document["pairs"]?.first?["left"]?["text"]?.string?.contains("right") == true
      let vote = try program.run(["ab", "--vote", isLeft ? "left" : "right", "--session", session])
      #expect(vote.status == 0, "\(vote.errors)")
    }
  }

  private func expectContract(_ document: JSONView, sourceLocation: SourceLocation = #_sourceLocation) {
    for name in ["votes", "method", "models", "pairs", "source", "prompts", "left_out", "figures", "implied_votes"] {
      #expect(document.member(name) != nil, "‘\(name)’ is missing: \(document.source)", sourceLocation: sourceLocation)
    }
    let model = document["models"]?.first
    for name in [
      "model", "rating", "rating_elo", "se", "ci_low", "ci_high", "rank_low", "rank_high", "wins", "losses", "ties",
      "both_bad", "win_probability",
    ] {
      #expect(model?.member(name) != nil, "‘\(name)’ of a model is missing", sourceLocation: sourceLocation)
    }
    let pair = document["pairs"]?.first
    for name in ["a", "b", "wins", "losses", "ties", "e_value", "cs_low", "cs_high", "decided"] {
      #expect(pair?.member(name) != nil, "‘\(name)’ of a pair is missing", sourceLocation: sourceLocation)
    }
  }

  @Test func votesRank() throws {
    let program = try models.program()
    try vote(program, 3)
    let blind = try program.run(["ab", "still blind", "-m", "test/a", "-m", "test/b", "--json"])
    #expect(blind.status == 0, "\(blind.errors)")
    let result = try program.run(["leaderboard", "--json"])
    #expect(result.status == 0, "\(result.errors)")
    let document = try result.json()
    expectContract(document)
    #expect(document["source"]?.string == "human" && document["votes"]?.int == 3, "\(result.output)")
    #expect(document["prompts"]?.int == 3, "three prompts: \(result.output)")
    let best = document["models"]?.first
    #expect(best?["model"]?.string == "test/a" && best?["wins"]?.int == 3, "\(best?.source ?? "no model")")
    let text = try program.run(["leaderboard"])
    #expect(text.status == 0 && text.output.hasPrefix("rank  model"), "\(text.output)\(text.errors)")
    #expect(text.output.contains("3 votes"), "\(text.output)")
  }

  @Test func verdictsCountOnceTheirJudgeHasACard() throws {
    let program = try models.program()
    try vote(program, 2)
    let sessions = try program.run(["sessions"]).output.split(separator: "\n").dropFirst()
      .compactMap { $0.split(separator: " ").first.map(String.init) }
    #expect(sessions.count == 2)
    for session in sessions {
      let judged = try program.run(["judge", session, "--judge", "test/judge-j"])
      #expect(judged.status == 0, "\(judged.errors)")
    }
    let before = try program.run(["leaderboard", "--source", "judge"])
    #expect(before.status == 2, "nothing counts yet: \(before.output)\(before.errors)")
    #expect(before.errors.contains("furlong judge-card test/judge-j"), "it says what to do: \(before.errors)")
    #expect(before.errors.contains("2 left out"), "it says how many: \(before.errors)")
    let joint = try program.run(["leaderboard", "--source", "joint", "--json"])
    #expect(joint.status == 0, "votes are enough for both: \(joint.errors)")
    let left = try joint.json()["left_out"]?.first
    #expect(left?["verdicts"]?.int == 2, "what is left out is said: \(joint.output)")

    let card = try program.run(["judge-card", "test/judge-j", "--json"])
    #expect(card.status == 0, "\(card.errors)")
    let kept = try program.run(["judge-card", "test/judge-j", "--kept", "--json"])
    #expect(kept.status == 0 && kept.output == card.output, "the card is kept: \(kept.output)\(kept.errors)")
    let after = try program.run(["leaderboard", "--source", "judge", "--json"])
    #expect(after.status == 0, "\(after.errors)")
    let document = try after.json()
    expectContract(document)
    #expect(document["source"]?.string == "judge" && document["votes"]?.int == 2, "\(after.output)")
    #expect(document["models"]?.first?["model"]?.string == "test/a", "\(after.output)")
    #expect(document["left_out"]?.elements.isEmpty == true, "nothing is left out: \(after.output)")
    let both = try program.run(["leaderboard", "--source", "joint", "--json"])
    #expect(both.status == 0, "\(both.errors)")
    expectContract(try both.json())
    #expect(try both.json()["votes"]?.int == 4, "two votes and two verdicts: \(both.output)")
    #expect(try program.run(["leaderboard", "--source", "joint"]).status == 0)
  }

  @Test func tagsChoosePrompts() throws {
    let program = try models.program()
    let data = program.home + "/data.jsonl"
    let lines = (0..<4).map { #"{"id":"\#($0)","prompt":"item \#($0)","tags":["\#($0 < 3 ? "sums" : "words")"]}"# }
    try lines.joined(separator: "\n").write(toFile: data, atomically: true, encoding: .utf8)
    let batch = try program.run(["batch", data, "-m", "test/a", "-m", "test/b", "--judge", "test/judge-j"])
    #expect(batch.status == 0, "\(batch.errors)")
    #expect(try program.run(["judge-card", "test/judge-j"]).status == 0)
    let arguments = ["leaderboard", "--source", "judge", "--json"]
    #expect(try program.run(arguments).json()["votes"]?.int == 4)
    #expect(try program.run(arguments + ["--tag", "sums"]).json()["votes"]?.int == 3)
    #expect(try program.run(arguments + ["--tag", "words"]).json()["votes"]?.int == 1)
    let none = try program.run(arguments + ["--tag", "poems"])
    #expect(none.status == 2 && none.errors.contains("‘poems’"), "an unknown tag is named: \(none.errors)")
  }

  @Test func anEmptyDatabaseSaysWhatToDo() throws {
    for (source, words) in [("human", "furlong ab"), ("judge", "furlong judge"), ("joint", "furlong ab")] {
      let result = try Program().run(["leaderboard", "--source", source])
      #expect(result.status == 2, "\(source): \(result.output)")
      #expect(result.errors.contains(words), "\(source) says ‘\(words)’: \(result.errors)")
    }
    let card = try Program().run(["judge-card"])
    #expect(card.status == 2 && card.errors.contains("furlong judge-card provider/model"), "\(card.errors)")
  }
}
