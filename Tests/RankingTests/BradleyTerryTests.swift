import Core
import Foundation
import TestSupport
import Testing
@testable import Ranking

/// Against published results, and against an independent computation (scipy's BFGS in a contrast basis, derivatives by
/// finite differences) where the constants have six digits.
@Suite(.ownThreads) struct BradleyTerryTests {
  private func fit(_ table: BallotTable, _ options: BradleyTerry.Options) throws -> BradleyTerry {
    try BradleyTerry(table, options: options)
  }

  private func expectNear(_ values: [Double], _ expected: [Double], within tolerance: Double, _ what: String) {
    for (index, pair) in zip(values, expected).enumerated() {
      #expect(abs(pair.0 - pair.1) <= tolerance, "\(what) \(index) is \(pair.0), expected \(pair.1)")
    }
    #expect(values.count == expected.count)
  }

  @Test func puddingsAreAsDavidsonPublished() throws {
    let fit = try fit(Votes.puddings, .init(prior: .none))
    let powers = fit.ratings.map { exp($0) }
    let sum = powers.reduce(0, +)
    expectNear(powers.map { $0 / sum }, [0.1388, 0.1730, 0.1617, 0.1654, 0.1587, 0.2024], within: 0.00006, "worth")
    #expect(isNear(fit.tieParameter, 0.7468, within: 0.00005), "ν is 0.7468, got \(fit.tieParameter ?? -1)")
    #expect(isNear(fit.logLikelihood, -809.709510, within: 1e-4), "got \(fit.logLikelihood)")
    expectNear(
      (0..<6).map(fit.standardError), [0.121891, 0.125734, 0.126974, 0.121374, 0.122639, 0.127034], within: 1e-5,
      "sandwich SE")
    expectNear(
      (0..<6).map { fit.modelCovariance[$0, $0].squareRoot() },
      [0.121949, 0.121818, 0.126823, 0.122003, 0.127054, 0.126594], within: 1e-5, "model SE")
  }

  @Test func theWeakPriorIsAsComputedElsewhere() throws {
    let fit = try fit(Votes.puddings, .init())
    expectNear(
      fit.ratings, [-0.173471, 0.042922, -0.023053, -0.001366, -0.041808, 0.196777], within: 2e-6, "rating")
    expectNear(
      (0..<6).map(fit.standardError), [0.120773, 0.124538, 0.125749, 0.120305, 0.121544, 0.125767], within: 1e-5,
      "SE with the prior")
    #expect(isNear(fit.tieParameter, 0.746721, within: 1e-5))
    #expect(isNear(fit.logLikelihood, -809.710193, within: 1e-4), "the likelihood alone, got \(fit.logLikelihood)")
  }

  @Test func raoKupperIsAsComputedElsewhere() throws {
    let fit = try fit(Votes.puddings, .init(prior: .none, ties: .raoKupper))
    expectNear(
      fit.ratings, [-0.139437, 0.034281, -0.019388, 0.000441, -0.034468, 0.158572], within: 2e-6, "rating")
    expectNear(
      (0..<6).map(fit.standardError), [0.095448, 0.102382, 0.100104, 0.095158, 0.093175, 0.100066], within: 1e-5, "SE")
    #expect(isNear(fit.tieParameter, 1.748457, within: 1e-5), "got \(fit.tieParameter ?? -1)")
    #expect(isNear(fit.logLikelihood, -809.697133, within: 1e-4))
  }

  @Test func baseballIsAsAgrestiPublished() throws {
    let table = Votes.baseball
    let fit = try fit(table, .init(prior: .none, ties: .half))
    let published = [
      "Cleveland": 0.68, "Boston": 1.11, "New York": 1.25, "Toronto": 1.29, "Detroit": 1.44, "Milwaukee": 1.58,
    ]
    let baltimore = try #require(table.models.firstIndex(of: "Baltimore"))
    for (index, team) in table.models.enumerated() where index != baltimore {
      let ability = fit.ratings[index] - fit.ratings[baltimore]
      #expect(isNear(ability, published[team] ?? 0, within: 0.006), "\(team): \(ability)")
      let byModel = fit.modelCovariance.differenceVariance(index, baltimore).squareRoot()
      #expect(isNear(byModel, 0.32, within: 0.03), "standard errors are about 0.3, \(team)'s is \(byModel)")
      #expect(isNear(fit.standardError(index, minus: baltimore), byModel, within: 0.06))
    }
    let home = try self.fit(table, .init(prior: .none, ties: .davidson, hasSlotTerm: true))
    #expect(isNear(home.slotEffect, 0.302261, within: 1e-5), "home advantage 0.302, got \(home.slotEffect ?? 0)")
    #expect(home.tieParameter == 0, "without ties Davidson is plain Bradley-Terry")
    #expect(isNear(home.logLikelihood, -169.542871, within: 1e-4))
  }

  @Test(arguments: TieModel.allCases)
  func gradientAndCurvatureAreTheDerivatives(_ ties: TieModel) {
    var random = SplitMix64(seed: 4)
    var table = BallotTable(models: ["a", "b", "c", "d"])
    for row in 0..<60 {
      table.append(
        Ballot(
          a: row % 4, b: (row + 1 + row % 3) % 4, outcome: Ballot.Outcome.allCases[random.index(below: 4)],
          count: 1 + row % 2, isWeak: row % 5 == 0,
          lengths: .init(a: random.index(below: 500), b: random.index(below: 500))))
    }
    let problem = RatingProblem(
      table, pairs: PairTable(table), options: .init(ties: ties, hasSlotTerm: true, hasLengthTerm: true))
    var point = (0..<problem.layout.size).map { _ in 0.3 * random.normal() }
    if let tie = problem.layout.tie { point[tie] = 0.4 }
    let gradient = problem.gradient(point)
    let curvature = problem.curvature(at: point)
    let step = 1e-5
    for index in point.indices {
      var (up, down) = (point, point)
      up[index] += step
      down[index] -= step
      let slope = (problem.objective(up) - problem.objective(down)) / (2 * step)
      #expect(isNear(gradient[index], slope, within: 1e-4), "derivative \(index): \(gradient[index]), not \(slope)")
      let bend = zip(problem.gradient(up), problem.gradient(down)).map { -($0 - $1) / (2 * step) }
      for other in point.indices {
        #expect(isNear(curvature[index, other], bend[other], within: 1e-4), "curvature \(index), \(other)")
      }
    }
  }

  @Test(arguments: TieModel.allCases) func namesAndSidesDoNotMatter(_ ties: TieModel) throws {
    var random = SplitMix64(seed: 8)
    let table = Votes.drawn([0.5, 0, -0.5, 1], votes: 200, prompts: 40, random: &random)
    let fit = try fit(table, .init(ties: ties))
    let rows = (0..<table.rows).map { table[$0] }
    let swapped = rows.map { ballot in
      var ballot = ballot
      (ballot.a, ballot.b) = (ballot.b, ballot.a)
      ballot.outcome = ballot.outcome == .a ? .b : ballot.outcome == .b ? .a : ballot.outcome
      ballot.share = 1 - ballot.share
      return ballot
    }
    let mirrored = try self.fit(BallotTable(models: table.models, ballots: swapped), .init(ties: ties))
    expectNear(mirrored.ratings, fit.ratings, within: 1e-9, "with sides exchanged, rating")
    expectNear((0..<4).map(mirrored.standardError), (0..<4).map(fit.standardError), within: 1e-9, "and SE")
    let renamed = rows.reversed().map { ballot in
      var ballot = ballot
      (ballot.a, ballot.b) = (3 - ballot.a, 3 - ballot.b)
      return ballot
    }
    let other = try self.fit(BallotTable(models: table.models.reversed(), ballots: renamed), .init(ties: ties))
    expectNear(other.ratings.reversed(), fit.ratings, within: 1e-9, "in another order, rating")
    expectNear((0..<4).map(other.standardError).reversed(), (0..<4).map(fit.standardError), within: 1e-9, "and SE")
  }

  @Test func aGroupIsAsManySingleVotes() throws {
    let grouped = Votes.puddings
    let single = BallotTable(
      models: grouped.models,
      ballots: (0..<grouped.rows).flatMap { row in
        var ballot = grouped[row]
        let count = ballot.count
        ballot.count = 1
        return Array(repeating: ballot, count: count)
      })
    let (a, b) = (try fit(grouped, .init()), try fit(single, .init()))
    #expect(single.votes == grouped.votes && single.rows == 745)
    expectNear(a.ratings, b.ratings, within: 1e-9, "rating")
    expectNear((0..<6).map(a.standardError), (0..<6).map(b.standardError), within: 1e-9, "SE")
  }

  @Test func repeatedVotesOnAPromptDoNotMakeItSurer() throws {
    var random = SplitMix64(seed: 15)
    let once = Votes.drawn([0.4, 0, -0.4], votes: 300, prompts: 300, random: &random)
    let copied = BallotTable(
      models: once.models, ballots: (0..<once.rows).flatMap { Array(repeating: once[$0], count: 5) })
    let (a, b) = (try fit(once, .init(prior: .none)), try fit(copied, .init(prior: .none)))
    expectNear((0..<3).map(b.standardError), (0..<3).map(a.standardError), within: 1e-9, "five times the same, SE")
    let naive = b.modelCovariance[0, 0].squareRoot()
    #expect(isNear(naive / b.standardError(0), 1 / 5.0.squareRoot(), within: 0.06), "by the model it would be √5 less")
  }

  @Test func aWeakWinCountsThreeQuarters() throws {
    let weak = BallotTable(
      models: ["a", "b"], ballots: [Ballot(a: 0, b: 1, outcome: .a, count: 4, isWeak: true)])
    let parts = BallotTable(
      models: ["a", "b"],
      ballots: [Ballot(a: 0, b: 1, outcome: .a, count: 2), Ballot(a: 0, b: 1, outcome: .tie, count: 2)])
    expectNear(try fit(weak, .init()).ratings, try fit(parts, .init()).ratings, within: 1e-9, "rating")
    #expect(weak[0].share == 0.75)
    #expect(Ballot(a: 0, b: 1, outcome: .b, isWeak: true).share == 0.25)
  }

  @Test func knownStrengthsAreRecovered() throws {
    var random = SplitMix64(seed: 21)
    let truth = [1.0, 0.4, 0, -0.4, -1]
    var covered = 0
    for _ in 0..<20 {
      let fit = try fit(Votes.drawn(truth, votes: 1500, random: &random), .init())
      for model in truth.indices {
        let miss = abs(fit.ratings[model] - truth[model])
        #expect(miss < 0.35, "rating \(model) is \(fit.ratings[model]), true \(truth[model])")
        if miss < 1.96 * fit.standardError(model) { covered += 1 }
      }
      #expect(isNear(fit.tieParameter, 0.5, within: 0.15))
    }
    #expect((88...100).contains(covered), "95 % intervals held \(covered) of 100 times")
  }

  @Test func lengthIsTakenOutWhenAsked() throws {
    var random = SplitMix64(seed: 6)
    var table = BallotTable(models: ["short", "long"])
    for _ in 0..<1500 {
      // The models are equal; readers like length, and one of them writes more.
      let lengths = Ballot.Lengths(a: 100 + random.index(below: 400), b: 300 + random.index(below: 900))
      let outcome = Votes.outcome(eta: 0.8 * RatingProblem.logLengthRatio(lengths), nu: 0.2, &random)
      table.append(Ballot(a: 0, b: 1, outcome: outcome, lengths: lengths))
    }
    let plain = try fit(table, .init())
    let controlled = try fit(table, .init(hasLengthTerm: true))
    #expect(plain.ratings[1] - plain.ratings[0] > 0.5)
    #expect(isNear(controlled.ratings[1] - controlled.ratings[0], 0, within: 0.25), "got \(controlled.ratings)")
    #expect(isNear(controlled.lengthEffect, 0.8, within: 0.2), "got \(controlled.lengthEffect ?? 0)")
  }

  // MARK: - Extremes

  @Test func withoutThePriorAnUnconnectedGraphIsRefused() {
    let table = BallotTable(models: ["a", "b"], ballots: [Ballot(a: 0, b: 1, outcome: .a, count: 9)])
    #expect(throws: BradleyTerry.Failure.unconnected(WinGraph(PairTable(table)))) {
      try BradleyTerry(table, options: .init(prior: .none))
    }
    let tied = BallotTable(models: ["a", "b"], ballots: [Ballot(a: 0, b: 1, outcome: .tie)])
    #expect(WinGraph(PairTable(tied)).isStronglyConnected, "a tie connects both ways")
  }

  @Test(arguments: TieModel.allCases) func emptyAndTinyTablesHaveFiniteRatings(_ ties: TieModel) throws {
    let options = BradleyTerry.Options(ties: ties)
    #expect(try fit(BallotTable(models: []), options).ratings.isEmpty)
    let alone = try fit(BallotTable(models: ["a"]), options)
    #expect(alone.ratings == [0] && alone.winProbability(0) == 0.5)
    let none = try fit(BallotTable(models: ["a", "b"]), options)
    #expect(none.ratings == [0, 0] && none.logLikelihood == 0)
    #expect(isNear(none.standardError(0, minus: 1), 2.0.squareRoot(), within: 1e-9), "as wide as the prior")
    let one = try fit(BallotTable(models: ["a", "b"], ballots: [Ballot(a: 0, b: 1, outcome: .a)]), options)
    #expect(one.ratings[0] > 0 && one.ratings[0] < 1)
    #expect(one.standardError(0, minus: 1) > 0.6, "one vote says little, got \(one.standardError(0, minus: 1))")
    for prior in [BradleyTerry.Prior.weak, .none] {
      let tied = try fit(
        BallotTable(models: ["a", "b"], ballots: [Ballot(a: 0, b: 1, outcome: .tie, count: 500)]),
        .init(prior: prior, ties: ties))
      #expect(tied.ratings == [0, 0], "all ties: equal, got \(tied.ratings)")
      #expect(tied.standardError(0).isFinite && tied.logLikelihood.isFinite)
    }
    let swept = try fit(
      BallotTable(models: ["a", "b"], ballots: [Ballot(a: 0, b: 1, outcome: .a, count: 1_000_000)]), options)
    #expect(swept.ratings[0].isFinite && swept.ratings[0] > 3)
  }
}
