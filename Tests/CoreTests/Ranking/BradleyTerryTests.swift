import TestSupport
import Testing

@testable import Core

@Suite struct BradleyTerryTests {
  @Test func baseballHasThePublishedAbilities() throws {
    let fit = try BradleyTerry.fit(Self.baseball, ties: .half, prior: .none)
    let names = Self.baseball.competitors
    let baltimore = try #require(names.firstIndex(of: "Baltimore"))
    let published = [
      "Cleveland": 0.68, "Boston": 1.11, "New York": 1.25, "Toronto": 1.29, "Detroit": 1.44, "Milwaukee": 1.58,
    ]
    for (name, ability) in published {
      let index = try #require(names.firstIndex(of: name))
      #expect(abs(fit.strengths[index] - fit.strengths[baltimore] - ability) < 0.005, "\(name)")
      let error = fit.inverseHessian.differenceVariance(index, baltimore).squareRoot()
      #expect(abs(error - 0.33) < 0.03, "\(name) has a published standard error of about 0.3, not \(error)")
    }
    #expect(abs(fit.strengths.reduce(0, +)) < 1e-12)
  }

  @Test func puddingsHaveThePublishedWorths() throws {
    let fit = try BradleyTerry.fit(Self.puddings, ties: .davidson, prior: .none)
    let sum = fit.strengths.reduce(0) { $0 + expOf($1) }
    for (strength, worth) in zip(fit.strengths, [0.1388, 0.1730, 0.1617, 0.1654, 0.1587, 0.2024]) {
      #expect(abs(expOf(strength) / sum - worth) < 0.00006)
    }
    #expect(abs(try #require(fit.tieParameter) - 0.7468) < 0.00006)
  }

  @Test(arguments: TieModel.allCases, [StrengthPrior.weak, .none])
  func gradientIsTheSlopeAndVanishesAtTheOptimum(_ ties: TieModel, _ prior: StrengthPrior) throws {
    var table = Self.puddings
    table.add("1", "2", .a, value: 0.75, lengthA: 300, lengthB: 100)
    table.add("2", "3", .b, lengthA: 50, lengthB: 900)
    let likelihood = Likelihood(
      ties: ties, table: table, pairs: table.pairCounts(), prior: prior, hasTie: ties != .half, hasCovariate: true)
    var x = (0..<likelihood.size).map { 0.1 * Double($0) - 0.2 }
    let (gradient, information) = likelihood.derivatives(x)
    for index in x.indices {
      let (value, h) = (x[index], 1e-5)
      x[index] = value + h
      let (above, slopeAbove) = (likelihood.value(x) + likelihood.logPrior(x), likelihood.derivatives(x).gradient)
      x[index] = value - h
      let (below, slopeBelow) = (likelihood.value(x) + likelihood.logPrior(x), likelihood.derivatives(x).gradient)
      x[index] = value
      #expect(abs((above - below) / (2 * h) - gradient[index]) < 1e-5)
      for other in x.indices {
        #expect(abs((slopeAbove[other] - slopeBelow[other]) / (2 * h) + information[index, other]) < 1e-4)
      }
    }
    let optimum = try #require(likelihood.maximum(from: x))
    #expect(likelihood.derivatives(optimum).gradient.allSatisfy { abs($0) < 1e-6 })
  }

  @Test(arguments: TieModel.allCases) func namesAndSidesDoNotMatter(_ ties: TieModel) throws {
    let table = Self.puddings
    var other = BallotTable(competitors: table.competitors.reversed())
    for row in (0..<table.rows).reversed() {
      other.add(
        table.competitors[Int(table.b[row])], table.competitors[Int(table.a[row])], table.outcome[row].swapped,
        count: Int(table.count[row]))
    }
    let (first, second) = (try BradleyTerry.fit(table, ties: ties), try BradleyTerry.fit(other, ties: ties))
    #expect(abs(first.logLikelihood - second.logLikelihood) < 1e-9)
    for (index, strength) in first.strengths.enumerated() {
      let mirror = first.strengths.count - 1 - index
      #expect(abs(strength - second.strengths[mirror]) < 1e-9)
      #expect(abs(first.standardError(index) - second.standardError(mirror)) < 1e-9)
    }
  }

  @Test func withoutPriorTheWinsMustConnectAll() throws {
    var table = BallotTable()
    table.add("x", "y", .a, count: 5)
    #expect(throws: RankingFault.unconnected(competitor: "y")) {
      try BradleyTerry.fit(table, ties: .half, prior: .none)
    }
    let fit = try BradleyTerry.fit(table)
    #expect(!fit.isConnected)
    #expect(fit.strengths[0] > 0 && fit.strengths[0] < 2)
    table.add("x", "y", .tie)
    #expect(throws: RankingFault.noFiniteEstimate) { try BradleyTerry.fit(table, prior: .none) }
    table.add("x", "y", .b)
    #expect(try BradleyTerry.fit(table, prior: .none).isConnected)
    #expect(throws: RankingFault.noVotes) { try BradleyTerry.fit(BallotTable()) }
  }

  @Test(arguments: TieModel.allCases) func extremesStayFinite(_ ties: TieModel) throws {
    var allTies = BallotTable()
    allTies.add("x", "y", .tie, count: 1_000_000)
    #expect(try BradleyTerry.fit(allTies, ties: ties).strengths.allSatisfy { abs($0) < 1e-9 })
    var lopsided = BallotTable(competitors: ["never seen"])
    lopsided.add("x", "y", .a, count: 1_000_000_000)
    lopsided.add("y", "z", .bothBad)
    let fit = try BradleyTerry.fit(lopsided, ties: ties)
    #expect(fit.strengths.allSatisfy(\.isFinite) && fit.logLikelihood.isFinite)
    #expect((0..<4).allSatisfy { fit.standardError($0).isFinite })
  }

  @Test func votesOnOnePromptAreNotIndependent() throws {
    var (single, clustered) = (BallotTable(), BallotTable())
    for prompt in 0..<Int32(40) {
      let outcome: BallotOutcome = prompt % 4 == 0 ? .b : .a
      single.add("x", "y", outcome, count: 4)
      clustered.add("x", "y", outcome, count: 4, prompt: prompt)
    }
    let (fit, wide) = (
      try BradleyTerry.fit(single, ties: .half, prior: .none),
      try BradleyTerry.fit(clustered, ties: .half, prior: .none)
    )
    #expect(fit.strengths == wide.strengths)
    // At the maximum of two, squared scores are the information; four equal votes a prompt double the error.
    #expect(abs(fit.standardError(of: 0, against: 1) - (1 / (160 * 0.75 * 0.25)).squareRoot()) < 1e-9)
    #expect(abs(wide.standardError(of: 0, against: 1) / fit.standardError(of: 0, against: 1) - 2) < 1e-9)
  }

  static let baseball: BallotTable = {
    var table = BallotTable()
    for row in Fixture.ranking("agresti_baseball_1987.csv") {
      table.add(row[0], row[1], .a, count: Int(row[2]) ?? 0)
      table.add(row[0], row[1], .b, count: Int(row[3]) ?? 0)
    }
    return table
  }()

  static let puddings: BallotTable = {
    var table = BallotTable(competitors: (1...6).map(String.init))
    for row in Fixture.ranking("davidson_pudding_1970.csv") {
      for (column, outcome) in [(3, BallotOutcome.a), (4, .b), (5, .tie)] {
        table.add(row[0], row[1], outcome, count: Int(row[column]) ?? 0)
      }
    }
    return table
  }()
}
