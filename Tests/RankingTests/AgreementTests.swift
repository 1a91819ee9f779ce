import Core
import TestSupport
import Testing
@testable import Ranking

@Suite(.ownThreads) struct AgreementTests {
  private let votes = Fixture.ranking("pandalm_votes.csv")

  private func column(_ name: String) -> [Int] { votes.map { Int($0[name] ?? "") ?? -1 } }

  @Test(arguments: [
    ("human_1", "human_2", 0.852023), ("human_1", "human_3", 0.878944), ("human_2", "human_3", 0.861661),
  ])
  func kappasOfThreePeopleAreAsPublished(first: String, second: String, expected: Double) {
    let pairs = zip(column(first), column(second)).map { Agreement.Pair($0, $1) }
    let kappa = Agreement.kappa(pairs)
    #expect(isNear(kappa, expected, within: 1e-6), "\(first), \(second): \(kappa ?? -9), published to two digits")
  }

  @Test func fleissAndKrippendorffAreAsComputedElsewhere() {
    let ratings = votes.indices.map { row in ["human_1", "human_2", "human_3"].map { Int(votes[row][$0] ?? "") ?? -1 } }
    #expect(isNear(Agreement.fleiss(ratings), 0.864175, within: 1e-6))
    #expect(isNear(Agreement.krippendorff(ratings), 0.864221, within: 1e-6))
    let gaps = ratings.map { $0.map(Optional.some) } + [[1, nil, nil], [nil, nil, nil]]
    #expect(isNear(Agreement.krippendorff(gaps), 0.864221, within: 1e-6), "single ratings say nothing")
    #expect(Agreement.fleiss([[1, 1], [1, 2, 1]]) == nil, "only for a fixed number of raters")
    #expect(Agreement.fleiss([[1, 1], [1, 1]]) == nil)
    #expect(Agreement.krippendorff([[1, 1]]) == nil)
  }

  @Test func theBootstrapHoldsPromptsTogether() throws {
    let pairs = zip(column("human_1"), column("human_2")).map { Agreement.Pair($0, $1) }.prefix(200)
    let alone = try #require(Agreement.kappa(Array(pairs), resamples: 300, seed: 1))
    let together = pairs.enumerated().map { Agreement.Pair($1.first, $1.second, prompt: $0 / 20) }
    let wide = try #require(Agreement.kappa(together, resamples: 300, seed: 1))
    #expect(alone.value == wide.value && alone.low < alone.value && alone.value < alone.high)
    let copies = pairs.enumerated().flatMap { index, pair in
      Array(repeating: Agreement.Pair(pair.first, pair.second, prompt: index), count: 4)
    }
    let copied = try #require(Agreement.kappa(copies, resamples: 300, seed: 1))
    #expect(
      isNear(copied.high - copied.low, alone.high - alone.low, within: 0.03), "four times the same votes are not surer")
    #expect(Agreement.kappa(Array(pairs), resamples: 300, seed: 1) == alone, "a seed gives the same interval")
  }

  @Test func kappaIsNotDefinedForOneClass() {
    #expect(Agreement.kappa([Agreement.Pair(1, 1), Agreement.Pair(1, 1)]) == nil)
    #expect(Agreement.kappa([]) == nil)
    #expect(Agreement.kappa([Agreement.Pair(1, 1)], resamples: 10, seed: 1) == nil)
    #expect(Agreement.kappa([Agreement.Pair(0, 1), Agreement.Pair(1, 0)]) == -1)
  }

  @Test func roganGladenCorrectsAndRefuses() throws {
    // The judge says A on 60 of 100; it is right on 45 of 50 of yours for A and 40 of 50 for B.
    let corrected = try #require(
      Calibration.RoganGladen(judgeA: 60, judged: 100, agreedA: 45, humanA: 50, agreedB: 40, humanB: 50))
    #expect(isNear(corrected.rate.value, (0.6 + 0.8 - 1) / 0.7, within: 1e-12))
    let variance = (0.24 / 100 + (4.0 / 7) * (4.0 / 7) * 0.09 / 50 + (3.0 / 7) * (3.0 / 7) * 0.16 / 50) / 0.49
    #expect(isNear(corrected.rate.high - corrected.rate.value, 1.959964 * variance.squareRoot(), within: 1e-6))
    #expect(
      Calibration.RoganGladen(judgeA: 60, judged: 100, agreedA: 30, humanA: 50, agreedB: 29, humanB: 50) == nil,
      "q_A + q_B = 1.18 is refused")
    #expect(
      Calibration.RoganGladen(judgeA: 60, judged: 100, agreedA: 30, humanA: 50, agreedB: 30, humanB: 50) != nil,
      "1.2 is not")
    #expect(Calibration.RoganGladen(judgeA: 1, judged: 1, agreedA: 0, humanA: 0, agreedB: 1, humanB: 1) == nil)
  }

  @Test func aGoodJudgeSavesVotesAndABadOneCostsNone() throws {
    var random = SplitMix64(seed: 5)
    func sample(_ count: Int, accuracy: Double) -> (human: [Double], judge: [Double]) {
      let human = (0..<count).map { _ in random.uniform() < 0.7 ? 1.0 : 0 }
      return (human, human.map { random.uniform() < accuracy ? $0 : 1 - $0 })
    }
    let (human, judge) = sample(60, accuracy: 0.95)
    let good = try #require(
      Calibration.PredictionPowered(human: human, judge: judge, judgeOnly: sample(600, accuracy: 0.95).judge))
    #expect(good.votesSaved > 30, "saved \(good.votesSaved)")
    #expect(good.lambda > 0.5 && good.rate.high - good.rate.low < good.humanRate.high - good.humanRate.low)
    let bad = try #require(
      Calibration.PredictionPowered(
        human: human, judge: human.map { 1 - $0 }, judgeOnly: sample(600, accuracy: 0.5).judge))
    #expect(bad.lambda == 0 && bad.rate == bad.humanRate && bad.votesSaved == 0)
    #expect(Calibration.PredictionPowered(human: [1], judge: [1], judgeOnly: [1, 0]) == nil)
    let constant = try #require(Calibration.PredictionPowered(human: [1, 0], judge: [1, 1], judgeOnly: [1, 1]))
    #expect(constant.lambda == 0)
  }
}
