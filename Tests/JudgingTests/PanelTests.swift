import Core
import Judging
import TestSupport
import Testing

/// Several judges, weighted by what their cards say they are worth.
@Suite(.ownThreads) struct PanelTests {
  private func opinion(_ judge: String, _ weight: Double?, _ value: Double) -> Panel.Opinion {
    Panel.Opinion(judge: judge, weight: weight, value: value)
  }

  @Test func aJudgeThatIsSureCountsItsWholeWeight() throws {
    let panel = try #require(Panel.combine([opinion("a", 1.5, 1), opinion("b", 0.5, 0)]))
    #expect(abs(panel.logOdds - 1) < 1e-12, "1.5 for A less 0.5 for B: \(panel.logOdds)")
    #expect(panel.dissenters == ["b"] && panel.probability > 0.73 && panel.probability < 0.74)
  }

  @Test func manyThatMayBeGuessingDoNotOutvoteOneThatIsNot() throws {
    let guessing = (0..<4).map { opinion("g\($0)", 0, 0) } + [opinion("none", nil, 0)]
    let panel = try #require(Panel.combine(guessing + [opinion("good", 2, 0.75)]))
    #expect(panel.logOdds > 0 && panel.dissenters.isEmpty)
  }

  @Test func withoutCardsThereIsNoPanel() {
    #expect(Panel.combine([opinion("a", nil, 1), opinion("b", nil, 1)]) == nil)
    #expect(Panel.combine([opinion("a", 0, 1)]) == nil)
  }

  @Test func theVersionIsOfEverythingTheJudgeIsTold() {
    #expect(JudgePrompt.version.count == 12)
    var random = SplitMix64(seed: 7)
    let ask = JudgePrompt.comparison(
      JudgeTask(prompt: "p"), brief: .none, first: Candidate(text: "x"), second: Candidate(text: "y"),
      nonce: JudgePrompt.newNonce(using: &random),
      ids: (JudgePrompt.newID(using: &random), JudgePrompt.newID(using: &random)))
    let nonces = Set(ask.user.matches(of: /[0-9a-f]{32}/).map { String($0.output) })
    #expect(nonces == [ask.nonce], "the nonce is the only such string in the prompt")
  }
}
