import Core
import Foundation
import TestSupport
import Testing
@testable import Ranking

@Suite(.ownThreads) struct PairEvidenceTests {
  @Test func eightOfEightDecideAndSevenOfSevenDoNot() {
    let seven = PairEvidence(wins: 7, losses: 0)
    #expect(isNear(seven.e, 16, within: 1e-9), "E is 2⁷/8 = 16, got \(seven.e)")
    #expect(!seven.isDecided && seven.expectedVotesLeft == 1)
    let eight = PairEvidence(wins: 8, losses: 0)
    #expect(isNear(eight.e, 256.0 / 9, within: 1e-9))
    #expect(eight.isDecided && eight.expectedVotesLeft == 0)
    #expect(!PairEvidence(wins: 8, losses: 0, testedPairs: 3).isDecided, "with three pairs the bar is 60")
    #expect(PairEvidence(wins: 0, losses: 8).isDecided)
  }

  @Test func theWordsAreThoseOfTheScreen() {
    func words(_ wins: Int, _ losses: Int, pairs: Int = 1) -> String {
      PairEvidence(wins: wins, losses: losses, testedPairs: pairs).words(a: "A", b: "B")
    }
    #expect(words(8, 0) == "A better than B (decided, 8:0)")
    #expect(words(2, 19) == "B better than A (decided, 19:2)")
    #expect(words(7, 0) == "leaning A (evidence 16/20), about 1 vote to go")
    #expect(words(7, 1) == "leaning A (evidence 3/20), about 15 votes to go")
    #expect(words(0, 7, pairs: 2) == "leaning B (evidence 16/40), about 4 votes to go")
    #expect(words(0, 0) == "not enough votes")
    #expect(words(3, 2) == "not enough votes")
    #expect(words(5000, 5000) == "no difference larger than 10 points")
  }

  @Test func theConfidenceSequenceAgreesWithTheEvidence() {
    for wins in 0...40 {
      for losses in 0...40 {
        let evidence = PairEvidence(wins: wins, losses: losses)
        let excludesHalf = evidence.low > 0.5 || evidence.high < 0.5
        #expect(excludesHalf == evidence.isDecided, "\(wins):\(losses)")
        let mirrored = PairEvidence(wins: losses, losses: wins)
        #expect(isNear(mirrored.low, 1 - evidence.high, within: 1e-9), "\(wins):\(losses) exchanged")
        #expect(isNear(mirrored.logE, evidence.logE, within: 1e-9))
        // At the bounds the inequality is an equality.
        for bound in [evidence.low, evidence.high] where bound > 0 && bound < 1 {
          let value = logBeta(1 + Double(wins), 1 + Double(losses))
          let power = Double(wins) * -log(bound) + Double(losses) * -log(1 - bound)
          #expect(isNear(value + power, -log(0.05), within: 1e-6), "\(wins):\(losses) at \(bound)")
        }
      }
    }
    let none = PairEvidence(wins: 0, losses: 0)
    #expect(none.low == 0 && none.high == 1 && none.e == 1)
  }

  @Test func lookingAfterEveryVoteIsFalseAtMostOnceInTwenty() {
    var random = SplitMix64(seed: 1)
    var alarms = 0
    let runs = 1000
    for _ in 0..<runs {
      var (wins, losses) = (0, 0)
      for _ in 0..<300 {
        if random.uniform() < 0.5 { wins += 1 } else { losses += 1 }
        if PairEvidence.logE(wins: Double(wins), losses: Double(losses)) >= 2.995732273553991 {
          alarms += 1
          break
        }
      }
    }
    #expect(alarms <= 50, "of \(runs) equal pairs \(alarms) were called different; at most 50 may be")
    #expect(alarms > 10, "a test that never alarms tests nothing: \(alarms)")
  }

  @Test func theForecastIsNearWhatHappens() throws {
    // 4:1 is a posterior mean of 71 %, where half of the pairs are decided by about 45 votes; 8:2 is one of 75 %.
    let four = try #require(PairEvidence(wins: 4, losses: 1).expectedVotesLeft)
    #expect((30...50).contains(four), "at 4:1 about \(four) to go")
    let eight = try #require(PairEvidence(wins: 8, losses: 2).expectedVotesLeft)
    #expect((10...25).contains(eight), "at 8:2 about \(eight) to go")
    #expect(PairEvidence(wins: 50, losses: 50).expectedVotesLeft == nil)
    #expect(PairEvidence(wins: 50, losses: 50).forecast == "more than 2000 votes to go")
  }

  @Test func aDecisionOnceReachedStands() {
    let outcomes = Array(repeating: Ballot.Outcome.a, count: 8) + [.b, .b, .b, .tie, .bothBad]
    let evidence = PairEvidence(sequence: outcomes)
    #expect(evidence.isDecided && evidence.e < 20)
    #expect(isNear(evidence.pAnytime, 9.0 / 256, within: 1e-9), "1/max E")
    #expect(evidence.wins == 8 && evidence.losses == 3 && evidence.ties == 1 && evidence.bothBad == 1)
  }

  @Test func hugeCountsStayFinite() {
    let evidence = PairEvidence(wins: 900_000_000, losses: 1_000)
    #expect(evidence.e == 1e300 && evidence.isDecided && evidence.low > 0.9999)
  }

  @Test func votesOnOnePromptAreOneVote() {
    #expect([Ballot.Outcome.a, .a, .b].majority() == .a)
    #expect([Ballot.Outcome.a, .b, .tie].majority() == .tie)
    #expect([Ballot.Outcome.tie, .tie, .tie, .b].majority() == .b, "ties say nothing about who is better")
    #expect([Ballot.Outcome.bothBad, .bothBad].majority() == .bothBad)
    #expect([Ballot.Outcome]().majority() == nil)
    let table = BallotTable(
      models: ["x", "y"],
      ballots: [
        Ballot(a: 0, b: 1, outcome: .a, count: 3, prompt: 0), Ballot(a: 1, b: 0, outcome: .a, prompt: 0),
        Ballot(a: 0, b: 1, outcome: .b, prompt: 1), Ballot(a: 0, b: 1, outcome: .a, prompt: 2),
        Ballot(a: 1, b: 0, outcome: .a, prompt: 2), Ballot(a: 0, b: 1, outcome: .a, count: 4),
      ])
    let pair = PairTable(table)[0, 1]
    #expect(pair.wins == 8 && pair.losses == 3, "every vote is in the counts")
    #expect(pair.promptWins == 5 && pair.promptLosses == 1, "one vote a prompt, four without a prompt")
  }
}
