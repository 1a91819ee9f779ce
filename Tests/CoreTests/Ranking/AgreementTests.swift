import Core
import TestSupport
import Testing

@Suite struct AgreementTests {
  @Test func annotatorsHaveThePublishedKappas() throws {
    let rows = Fixture.ranking("pandalm_votes.csv")
    let humans = (3...5).map { column in rows.map { Int($0[column]) ?? -1 } }
    for (first, second, published) in [(0, 1, 0.85), (0, 2, 0.88), (1, 2, 0.86)] {
      let kappa = try #require(Agreement.cohensKappaInterval(humans[first], humans[second], draws: 200))
      #expect(abs(kappa.value - published) < 0.0051, "annotators \(first + 1) and \(second + 1): \(kappa.value)")
      #expect(kappa.low < kappa.value && kappa.value < kappa.high)
    }
    let counts = rows.indices.map { row in (0...2).map { label in humans.count { $0[row] == label } } }
    let fleiss = try #require(Agreement.fleissKappa(counts))
    let alpha = try #require(Agreement.krippendorffAlpha(rows.indices.map { row in humans.map { $0[row] } }))
    #expect(abs(fleiss - 0.863) < 0.01)
    // They differ by the correction for a finite sample only: 1 - alpha = (1 - kappa)(N - 1)/N of N labels.
    #expect(abs((1 - alpha) - (1 - fleiss) * Double(3 * rows.count - 1) / Double(3 * rows.count)) < 1e-9)
  }

  @Test func oneClassOnlyHasNoKappa() {
    #expect(Agreement.cohensKappa([1, 1, 1], [1, 1, 1]) == nil)
    #expect(Agreement.cohensKappa([1, 1, 1], [1, 1, 2]) == 0)
    #expect(Agreement.cohensKappa([], []) == nil)
    #expect(Agreement.fleissKappa([[3, 0], [3, 0]]) == nil)
    #expect(Agreement.krippendorffAlpha([[1, 1], [1, nil]]) == nil)
  }

  @Test func krippendorffsExampleWithGaps() throws {
    let c: [[Int?]] = [
      [1, 1, nil, 1], [2, 2, 3, 2], [3, 3, 3, 3], [3, 3, 3, 3], [2, 2, 2, 2], [1, 2, 3, 4], [4, 4, 4, 4],
      [1, 1, 2, 1], [2, 2, 2, 2], [nil, 5, 5, 5], [nil, nil, 1, 1], [nil, nil, 3, nil],
    ]
    #expect(abs(try #require(Agreement.krippendorffAlpha(c)) - 0.743) < 0.0005)
  }

  @Test func intervals() throws {
    let wilson = try #require(Agreement.wilson(8, of: 10))
    #expect(abs(wilson.low - 0.4902) < 0.0001 && abs(wilson.high - 0.9433) < 0.0001)
    #expect(Agreement.wilson(0, of: 10)?.low == 0)
    #expect(Agreement.wilson(0, of: 0) == nil)
    #expect(Agreement.percentile([4, 1, 3, 2], 0.25) == 1.75)
    #expect(Agreement.percentile([], 0.5) == nil)
  }

  @Test func aJudgeIsCorrected() throws {
    let corrected = try #require(
      JudgeCorrection.roganGladen(judged: (620, 1000), whenA: (80, 100), whenB: (70, 100)))
    #expect(abs(corrected.value - 0.64) < 1e-12)
    #expect(corrected.low < 0.64 && corrected.high > 0.64)
    #expect(JudgeCorrection.roganGladen(judged: (620, 1000), whenA: (60, 100), whenB: (59, 100)) == nil)
  }

  @Test func aGoodJudgeSavesVotesAndABadOneHarmsNothing() throws {
    var generator = SeededGenerator(seed: 7)
    func verdicts(_ number: Int, accuracy: Double) -> (human: [Double], judge: [Double]) {
      let human = (0..<number).map { _ in generator.unit() < 0.6 ? 1.0 : 0 }
      return (human, human.map { generator.unit() < accuracy ? $0 : 1 - $0 })
    }
    let (known, unknown) = (verdicts(100, accuracy: 0.9), verdicts(2000, accuracy: 0.9))
    let good = try #require(JudgeCorrection.ppi(human: known.human, judge: known.judge, judgeOnly: unknown.judge))
    #expect(good.votesSaved > 50 && good.lambda > 0.5)
    #expect(good.estimate.low < 0.6 && 0.6 < good.estimate.high)
    let (few, many) = (verdicts(100, accuracy: 0.5), verdicts(2000, accuracy: 0.5))
    let bad = try #require(JudgeCorrection.ppi(human: few.human, judge: few.judge, judgeOnly: many.judge))
    #expect(bad.votesSaved > -1 && bad.lambda < 0.3)
  }
}
