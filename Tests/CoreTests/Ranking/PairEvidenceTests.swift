import Core
import Testing

@Suite struct PairEvidenceTests {
  @Test func eightOfEightDecideAndSevenOfSevenDoNot() {
    #expect(abs(PairEvidence(wins: 7, losses: 0).eValue - 16) < 1e-9)
    #expect(!PairEvidence(wins: 7, losses: 0).isDecided())
    #expect(abs(PairEvidence(wins: 0, losses: 8).eValue - 256.0 / 9) < 1e-9)
    #expect(PairEvidence(wins: 8, losses: 0).isDecided())
    #expect(!PairEvidence(wins: 8, losses: 0).isDecided(testedPairs: 2))
  }

  @Test(arguments: [
    (8, 0, 1, "A better than B (decided, 8:0)"), (0, 8, 1, "B better than A (decided, 8:0)"),
    (0, 0, 1, "not enough votes"), (5, 5, 1, "not enough votes"), (1, 0, 1, "not enough votes"),
    (7, 0, 1, "leaning A (evidence 16/20), about 1 vote to go"),
    (5000, 5000, 1, "no difference larger than 10 points"),
  ])
  func saysTheStateInWords(_ wins: Int, _ losses: Int, _ pairs: Int, _ words: String) {
    #expect(PairEvidence(wins: wins, losses: losses).words(a: "A", b: "B", testedPairs: pairs) == words)
  }

  @Test func confidenceHoldsWhatTheEvidenceAllows() {
    #expect(PairEvidence(wins: 0, losses: 0).confidence == (0, 1))
    for (wins, losses) in [(3, 1), (7, 0), (8, 0), (0, 9), (60, 40), (70, 30), (1000, 1200)] {
      let pair = PairEvidence(wins: wins, losses: losses)
      let range = pair.confidence
      let share = Double(wins) / Double(wins + losses)
      #expect(range.low <= share && share <= range.high)
      #expect((range.low > 0.5 || range.high < 0.5) == pair.isDecided(), "\(wins):\(losses)")
    }
  }

  @Test func expectsAboutAsManyVotesAsSimulated() {
    #expect(PairEvidence(wins: 8, losses: 0).expectedVotesLeft() == 0)
    #expect(PairEvidence(wins: 3, losses: 3).expectedVotesLeft() == nil)
    #expect(PairEvidence(wins: 1001, losses: 1000).expectedVotesLeft() == nil)
    // Of 2 000 simulated courses each, the medians are 19, 45 and 210 votes.
    for (share, median) in [(0.8, 19), (0.7, 45), (0.6, 210)] {
      let pair = PairEvidence(wins: Int(share * 10), losses: 10 - Int(share * 10))
      let left = pair.expectedVotesLeft() ?? 0
      #expect(abs(left - median) < median, "\(share)")
    }
  }

  @Test func hugeEvidenceStaysFinite() {
    let pair = PairEvidence(wins: 1_000_000, losses: 10)
    #expect(pair.eValue == .greatestFiniteMagnitude)
    #expect(pair.isDecided(testedPairs: 8256))
    #expect(pair.confidence.low > 0.999)
  }
}
