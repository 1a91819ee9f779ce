import Core
import Store
import TestSupport
import Testing

/// Preference pairs for training: from votes, from verdicts, in one layout a file.
@Suite(.ownThreads) struct PairsTests {
  private func lines(_ result: Program.Result) throws -> [JSONView] {
    try result.output.split(separator: "\n").map { try JSONDocument().parse(String($0)) }
  }

  private func kept(_ fill: (Store) throws -> Void) throws -> Kept {
    let kept = try Kept()
    try kept.fill { store in
      do {
        store.append(.session(try Kept.session()))
        try fill(store)
      } catch { Issue.record("\(error)") }
    }
    return kept
  }

  @Test func aVoteMakesAPair() throws {
    let kept = try kept { store in
      try Kept.addTurn(1, prompt: "Why?", answers: ["no", "yes"], to: store, blind: true)
      Kept.vote(1, to: store)
      Kept.judge(1, to: store)
    }
    let human = try kept.export("pairs")
    let pair = try #require(try lines(human).first)
    #expect(human.errors.contains("1 pair from votes, as plain texts"), "\(human.errors)")
    #expect(pair["prompt"]?.string == "Why?" && pair["chosen"]?.string == "yes" && pair["rejected"]?.string == "no")
    #expect(pair["source"]?.string == "human" && pair["chosen_model"]?.string == Kept.lanes[1])
    let judged = try #require(try lines(kept.export("pairs", "--source", "judge")).first)
    #expect(
      judged["source"]?.string == "judge" && judged["chosen"]?.string == "no" && judged["judge"]?.string == "x/judge")
    let both = try lines(kept.export("pairs", "--source", "both")).compactMap { $0["source"]?.string }
    #expect(both == ["human", "judge"], "each told as what it is")
  }

  @Test(arguments: [Vote.Choice.tie, .bothBad])
  func aTieMakesNone(choice: Vote.Choice) throws {
    let kept = try kept { store in
      try Kept.addTurn(1, prompt: "Why?", answers: ["no", "yes"], to: store, blind: true)
      Kept.vote(1, choice, to: store)
    }
    let result = try kept.export("pairs")
    #expect(
      result.status == 0 && result.output.isEmpty && result.errors.contains("left out: a tie"), "\(result.errors)")
  }

  @Test func aThreadMakesMessages() throws {
    let kept = try kept { store in
      try Kept.addTurn(1, prompt: "Why?", answers: ["no", "yes"], to: store, blind: true)
      Kept.vote(1, to: store)
      store.append(.continued(session: Kept.id, turn: 1, lane: 1))
      try Kept.addTurn(2, prompt: "And?", answers: ["one", "two"], to: store, system: "Be brief.", blind: true)
      Kept.vote(2, to: store)
    }
    let result = try kept.export("pairs")
    #expect(result.errors.contains("2 pairs from votes, as lists of messages"), "\(result.errors)")
    let pairs = try lines(result)
    func roles(_ view: JSONView?) -> [String] { view?.elements.compactMap { $0["role"]?.string } ?? [] }
    #expect(
      roles(pairs[0]["prompt"]) == ["user"] && roles(pairs[1]["prompt"]) == ["system", "user", "assistant", "user"])
    #expect(pairs[1]["prompt"]?.elements.compactMap { $0["content"]?.string } == ["Be brief.", "Why?", "yes", "And?"])
    #expect(roles(pairs[0]["chosen"]) == ["assistant"] && pairs[1]["rejected"]?.first?["content"]?.string == "one")
  }

  @Test func lanesThatHaveSeenDifferentThingsMakeNone() throws {
    let kept = try kept { store in
      try Kept.addTurn(1, prompt: "Why?", answers: ["no", "yes"], to: store)
      try Kept.addTurn(2, prompt: "And?", answers: ["one", "two"], to: store, blind: true)
      Kept.vote(2, to: store)
    }
    let result = try kept.export("pairs")
    #expect(
      result.output.isEmpty && result.errors.contains("lanes that were asked different things"), "\(result.errors)")
  }
}
