import Core
import TestSupport
import Testing
@testable import Ranking

@Suite(.ownThreads) struct JointModelTests {
  /// Votes of a person (rater 0) and verdicts of judges drawn from the model itself.
  private func drawn(
    _ strengths: [Double], person: Int,
    judges: [(scale: Double, slot: Double, length: Double, family: Double, votes: Int)],
    longWinded: Int? = nil, family: Set<Int> = [], seed: UInt64
  ) -> BallotTable {
    var random = SplitMix64(seed: seed)
    var table = BallotTable(models: strengths.indices.map { "m\($0)" })
    let raters = [(scale: 1.0, slot: 0.0, length: 0.0, family: 0.0, votes: person)] + judges
    for (rater, taste) in raters.enumerated() {
      for vote in 0..<taste.votes {
        let a = random.index(below: strengths.count)
        let b = (a + 1 + random.index(below: strengths.count - 1)) % strengths.count
        func length(_ model: Int) -> Int { 100 + random.index(below: 300) + (model == longWinded ? 800 : 0) }
        let lengths = Ballot.Lengths(a: length(a), b: length(b))
        let kin = (family.contains(a) ? 1.0 : 0) - (family.contains(b) ? 1.0 : 0)
        let eta =
          taste.scale * (strengths[a] - strengths[b]) + taste.slot
          + taste.length * RatingProblem.logLengthRatio(lengths) + taste.family * kin
        table.append(
          Ballot(
            a: a, b: b, outcome: Votes.outcome(eta: eta, nu: 0.4, &random), prompt: vote % 300, rater: rater,
            lengths: lengths))
      }
    }
    return table
  }

  private let strengths = [0.8, 0.2, -0.2, -0.8]

  @Test func gradientIsTheDerivative() {
    let table = drawn(
      strengths, person: 40, judges: [(0.7, 0.3, 0.2, 0.4, 40), (0.5, 0, 0, 0, 20)], family: [1], seed: 3)
    let problem = JointProblem(table, families: [[], [1]], hasLength: true)
    var random = SplitMix64(seed: 9)
    var point = (0..<problem.size).map { _ in 0.2 * random.normal() }
    point[problem.layout(0).scale] = 0
    let gradient = problem.gradient(point)
    let step = 1e-5
    for index in point.indices where index != problem.layout(0).scale {
      var (up, down) = (point, point)
      up[index] += step
      down[index] -= step
      let slope = (problem.objective(up) - problem.objective(down)) / (2 * step)
      #expect(isNear(gradient[index], slope, within: 1e-3), "derivative \(index): \(gradient[index]), not \(slope)")
    }
  }

  @Test func tastesOfTheJudgesAreFound() throws {
    let table = drawn(
      strengths, person: 1500, judges: [(0.5, 0.6, 0.8, 0.9, 3000)], family: [3], seed: 12)
    let model = try JointModel(table, families: [[], [3]], lengthControl: .all)
    for index in strengths.indices {
      #expect(isNear(model.ratings[index], strengths[index], within: 0.25), "rating \(index): \(model.ratings)")
    }
    #expect(model.raters[0].scale == 1 && model.raters[0].votes == 1500)
    #expect(isNear(model.raters[0].slot, 0, within: 0.15))
    let judge = model.raters[1]
    #expect(isNear(judge.scale, 0.5, within: 0.2), "c = 0.5, got \(judge.scale)")
    #expect(isNear(judge.slot, 0.6, within: 0.15), "s = 0.6, got \(judge.slot)")
    #expect(isNear(judge.length, 0.8, within: 0.2), "l = 0.8, got \(judge.length)")
    #expect(isNear(judge.family, 0.9, within: 0.35), "f = 0.9, got \(judge.family)")
    #expect(isNear(judge.tieParameter, 0.4, within: 0.1))
  }

  @Test func aJudgesTasteForLengthDoesNotMoveTheRatings() throws {
    let table = drawn([0, 0, 0], person: 900, judges: [(1, 0, 0.9, 0, 2500)], longWinded: 2, seed: 4)
    let plain = try JointModel(table, lengthControl: .none)
    let fair = try JointModel(table, lengthControl: .judgesExcess)
    let (before, after) = (plain.ratings[2] - plain.ratings[0], fair.ratings[2] - fair.ratings[0])
    #expect(before > 0.2, "the judge lifts the long-winded: \(plain.ratings)")
    #expect(abs(after) < before / 2, "without its excess taste it does not: \(fair.ratings)")
  }

  @Test func aPersonsTasteForLengthStaysUnlessAskedAway() throws {
    var random = SplitMix64(seed: 2)
    var table = BallotTable(models: ["short", "long"])
    for _ in 0..<1500 {
      let lengths = Ballot.Lengths(a: 100 + random.index(below: 400), b: 300 + random.index(below: 900))
      let outcome = Votes.outcome(eta: 0.8 * RatingProblem.logLengthRatio(lengths), nu: 0.2, &random)
      table.append(Ballot(a: 0, b: 1, outcome: outcome, lengths: lengths))
    }
    let kept = try JointModel(table)
    let removed = try JointModel(table, lengthControl: .all)
    #expect(kept.ratings[1] - kept.ratings[0] > 0.5, "long answers are liked: \(kept.ratings)")
    #expect(isNear(removed.ratings[1] - removed.ratings[0], 0, within: 0.3), "got \(removed.ratings)")
  }

  @Test func manyVerdictsMakeFewVotesSurer() throws {
    let alone = try JointModel(drawn(strengths, person: 60, judges: [], seed: 7))
    let joint = try JointModel(drawn(strengths, person: 60, judges: [(0.9, 0, 0, 0, 1500)], seed: 7))
    #expect(joint.standardError(0, minus: 3) < alone.standardError(0, minus: 3))
  }

  @Test func oneRaterWithoutTastesIsTheOrdinaryFit() throws {
    var random = SplitMix64(seed: 30)
    let table = Votes.drawn(strengths, votes: 400, prompts: 80, random: &random)
    let joint = try JointModel(table, lengthControl: .none)
    let ordinary = try BradleyTerry(table, options: .init(hasSlotTerm: true))
    for index in strengths.indices {
      #expect(isNear(joint.ratings[index], ordinary.ratings[index], within: 1e-6))
      #expect(isNear(joint.standardError(index), ordinary.standardError(index), within: 1e-6))
    }
    #expect(isNear(joint.logLikelihood, ordinary.logLikelihood, within: 1e-6))
  }

  @Test func nothingAtAllIsNoFault() throws {
    #expect(try JointModel(BallotTable(models: [])).ratings.isEmpty)
    #expect(try JointModel(BallotTable(models: ["a", "b"])).ratings == [0, 0])
    let tied = BallotTable(models: ["a", "b"], ballots: [Ballot(a: 0, b: 1, outcome: .tie, rater: 2)])
    #expect(try JointModel(tied).ratings.allSatisfy { abs($0) < 1e-9 })
  }
}
