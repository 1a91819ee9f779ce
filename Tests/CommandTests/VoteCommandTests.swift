import Core
import Foundation
import Store
import TestSupport
import Testing

/// `furlong vote` in lines: what is told before the votes, what is kept, what is left out.
@Suite(.ownThreads) struct VoteCommandTests {
  private static let secrets = ["openai", "gpt-5.6", "anthropic", "sonnet", "$", "lane", "1.9s"]

  private func kept(_ answers: [[String]], tags: [String] = []) throws -> Kept {
    let kept = try Kept()
    try kept.fill { store in
      store.append(.session(try! Kept.session()))
      for (index, pair) in answers.enumerated() {
        try! Kept.addTurn(index + 1, prompt: "Question \(index + 1)", answers: pair, to: store)
      }
      if !tags.isEmpty { store.append(.tags(session: Kept.id, tags)) }
    }
    return kept
  }

  private func vote(_ kept: Kept, _ arguments: [String], _ lines: String) throws -> Program.Result {
    try kept.program.run(["vote", "--plain", "--db", kept.path] + arguments, input: lines)
  }

  private func stored(_ kept: Kept) throws -> (votes: [Vote], open: Int) {
    let store = try Store(path: kept.path)
    let votes = try store.votes()
    let open = try store.session(Kept.id).turns.count { $0.blind != nil }
    try store.close()
    return (votes, open)
  }

  @Test func votesAreCastAndToldAfterwards() throws {
    let kept = try kept([["I am ChatGPT: moon.", "Sun."], ["One.", "Two."], ["Red.", "Blue."]])
    let result = try vote(kept, [], "left\nn shorter\n2\nu\n3\n1\n")
    #expect(result.status == 0, "\(result.errors)")
    let before = result.output.components(separatedBy: "1: left; left was").first ?? ""
    for secret in Self.secrets {
      #expect(!before.lowercased().contains(secret), "‘\(secret)’ is told before the votes: \(before)")
    }
    #expect(before.contains("[model]"), "an answer's own words are masked: \(before)")
    #expect(result.output.contains("openai/gpt-5.6,temperature=0.2 ("), "the reveal: \(result.output)")
    let (votes, open) = try stored(kept)
    #expect(votes.count == 3 && open == 0, "three votes stand and nothing stays hidden: \(votes), \(open)")
    #expect(votes.contains { $0.choice == .tie && $0.note == "shorter" }, "the note stays with its pair: \(votes)")
    #expect(votes.allSatisfy { $0.left.session == Kept.id })
    #expect(try vote(kept, [], "").output.contains("3 voted on already"), "nothing is asked twice")
    for text in [
      try kept.export("json").output, try kept.export("md").output, try kept.run("sessions", "show", Kept.id).output,
    ] {
      #expect(text.contains("shorter"), "the note is told with its vote: \(text)")
    }
  }

  @Test func leavingLeavesNothingHidden() throws {
    let kept = try kept([["One.", "Two."], ["Red.", "Blue."]])
    let result = try vote(kept, [Kept.id.prefix(6).description], "s\n\n")
    #expect(result.output.contains("No vote was given"), "\(result.output)")
    let (votes, open) = try stored(kept)
    #expect(votes.isEmpty && open == 0, "\(votes), \(open) hidden")
  }

  @Test func whatIsTheSameIsLeftOutWithTheReason() throws {
    let kept = try kept([["Same.", "Same."], ["One.", "Two."], ["Alone.", ""]], tags: ["sea"])
    let result = try vote(kept, ["--tag", "sea"], "1\n")
    #expect(result.output.contains("1 left out: 1 the same answer"), "\(result.output)")
    #expect(try stored(kept).votes.map(\.left.turn) == [2])
    #expect(try vote(kept, ["--tag", "land"], "").output.contains("Nothing to vote on"))
  }

  @Test func mistakesAreTold() throws {
    let kept = try kept([["One.", "Two."]])
    let wrong = try vote(kept, [], "7\nmaybe\n1\n")
    #expect(wrong.output.contains("1 left, 2 right, 3 tie, 4 both bad."), "\(wrong.output)")
    #expect(wrong.output.contains("There is no choice maybe"), "\(wrong.output)")
    #expect(try stored(kept).votes.count == 1)
    let none = try vote(kept, ["ffffff"], "")
    #expect(none.status == 2 && none.errors.contains("ffffff"), "\(none.errors)")
    let both = try vote(kept, ["ffffff", "--tag", "sea"], "")
    #expect(both.status == 2 && both.errors.contains("at a time"), "\(both.errors)")
  }

  /// A file of prompts is asked without a word of what came, and voted on at once.
  @Test func promptsOfAFileAreAskedAndVotedOnBlind() throws {
    let models = ScriptedModels(lanes: { ScriptedModels.stream("\($0.model) says \($0.prompt)") })
    let program = try models.program()
    let path = program.home + "/prompts.jsonl"
    try #"{"prompt":"One?"}\#n{"prompt":"Two?"}"#.write(toFile: path, atomically: true, encoding: .utf8)
    let command = ["vote", "--prompts", path, "-m", "test/a", "-m", "test/b", "--plain"]
    let result = try program.run(command, input: "1\n2\n")
    #expect(result.status == 0, "\(result.errors)")
    let before = result.output.components(separatedBy: "1: left; left was").first ?? ""
    #expect(!before.contains("test/"), "no name before the votes: \(before)")
    #expect(!result.errors.contains("says"), "nothing of the answers either: \(result.errors)")
    #expect(
      result.output.contains("1: left; left was") && result.output.contains("2: right; left was"), "\(result.output)")
    let again = try program.run(command, input: "")
    #expect(again.output.contains("2 voted on already"), "\(again.output)")
    #expect(models.calls.count == 4, "nothing is asked twice: \(models.calls.count)")
    let alone = try program.run(["vote", "--prompts", path, "-m", "test/a", "--plain"])
    #expect(alone.status == 2 && alone.errors.contains("compares two lanes"), "\(alone.errors)")
  }
}
