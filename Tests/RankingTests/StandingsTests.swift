import Core
import TestSupport
import Testing
@testable import Ranking

@Suite(.ownThreads) struct StandingsTests {
  /// a over b over c over a, each surely; d loses to all.
  private var circle: BallotTable {
    var table = BallotTable(models: ["a", "b", "c", "d"])
    for (winner, loser) in [(0, 1), (1, 2), (2, 0)] {
      table.append(Ballot(a: winner, b: loser, outcome: .a, count: 30))
      table.append(Ballot(a: winner, b: loser, outcome: .b, count: 6))
    }
    for winner in 0..<3 { table.append(Ballot(a: 3, b: winner, outcome: .b, count: 12)) }
    table.append(Ballot(a: 3, b: 0, outcome: .a))
    return table
  }

  @Test func theDocumentKeepsItsContract() throws {
    let document = try JSONDocument().parse(Standings(Votes.puddings).json.serialized())
    #expect(
      document.members.map(\.name).prefix(6) == [
        "method", "tie_parameter", "log_likelihood", "votes", "models", "pairs",
      ])
    #expect(document["votes"]?.int == 745)
    #expect(isNear(document["tie_parameter"]?.double, 0.7467, within: 0.001))
    let model = try #require(document["models"]?.first)
    #expect(
      model.members.map(\.name).prefix(13) == [
        "model", "rating", "rating_elo", "se", "ci_low", "ci_high", "rank_low", "rank_high", "wins", "losses", "ties",
        "both_bad", "win_probability",
      ])
    #expect(model["model"]?.string == "pudding 6", "the best first")
    let pair = try #require(document["pairs"]?.first)
    #expect(
      pair.members.map(\.name).prefix(9) == [
        "a", "b", "wins", "losses", "ties", "both_bad", "e_value", "cs_low", "cs_high",
      ])
    #expect(pair["decided"]?.bool == false)
    #expect(document["pairs"]?.elements.count == 15)
  }

  @Test func ratingsAreOnBothScales() throws {
    let plain = try Standings(Votes.baseball)
    for model in plain.models { #expect(isNear(model.elo, 1000 + model.rating * 173.717793, within: 1e-4)) }
    let anchored = try Standings(
      Votes.baseball, options: .init(anchor: .init(model: "Boston", elo: 1114)))
    let boston = try #require(anchored.models.first { $0.name == "Boston" })
    #expect(isNear(boston.elo, 1114, within: 1e-9))
    #expect(isNear(boston.rating, plain.models.first { $0.name == "Boston" }?.rating ?? 9, within: 1e-12))
    #expect(throws: Standings.Failure.unknownAnchor("x")) {
      try Standings(Votes.baseball, options: .init(anchor: .init(model: "x", elo: 1)))
    }
  }

  @Test func countsOfModelsAddUp() throws {
    let standings = try Standings(circle)
    #expect(standings.votes == circle.votes)
    #expect(standings.models.reduce(0) { $0 + $1.wins } == standings.models.reduce(0) { $0 + $1.losses })
    #expect(standings.models.map(\.rating) == standings.models.map(\.rating).sorted(by: >))
    #expect(isNear(standings.models.reduce(0) { $0 + $1.winProbability }, 2, within: 1e-9), "half of four")
    #expect(isNear(standings.models.reduce(0) { $0 + $1.bestProbability }, 1, within: 1e-9))
    #expect(standings.models.last?.name == "d")
    #expect(standings.models.last?.rank == RankRange(best: 4, worst: 4), "d is surely the last")
    #expect(standings.models.first?.rank == RankRange(best: 1, worst: 3), "the others are alike")
  }

  @Test func circlesAreFoundAndTold() throws {
    let standings = try Standings(circle)
    let cycle = try #require(standings.cycle)
    #expect(Set(cycle.sides.map { "\($0.winner)>\($0.loser)" }) == ["0>1", "1>2", "2>0"])
    #expect(cycle.isDecided && cycle.sides.allSatisfy { $0.wins == 30 && $0.losses == 6 })
    #expect(standings.notices.contains { $0.contains("a circle") && $0.contains("a over b 30:6") })
    let check = try #require(standings.fitCheck)
    #expect(check.degrees == 3 && check.pValue < 1e-6, "one strength cannot explain a circle")
    #expect(CyclicTriple.largest(PairTable(BallotTable(models: ["a", "b"]))) == nil)
  }

  @Test func aTrueModelPassesItsCheckAsOftenAsItShould() throws {
    var random = SplitMix64(seed: 77)
    var rejected = 0
    for _ in 0..<100 {
      let table = Votes.drawn([0.5, 0.2, 0, -0.2, -0.5], nu: 0.2, votes: 400, random: &random)
      let check = try #require(FitCheck(table, pairs: PairTable(table)))
      #expect(check.degrees == 6)
      if check.pValue < 0.1 { rejected += 1 }
    }
    #expect((3...19).contains(rejected), "at 10 % about 10 of 100 are rejected, got \(rejected)")
  }

  @Test func ranksGoByDifferencesNotByBars() throws {
    // Two models that are always compared with each other: their errors are as far apart as can be.
    let table = BallotTable(
      models: ["a", "b"],
      ballots: [Ballot(a: 0, b: 1, outcome: .a, count: 60), Ballot(a: 0, b: 1, outcome: .b, count: 38)])
    let fit = try BradleyTerry(table, options: .init(prior: .none))
    let difference = fit.ratings[0] - fit.ratings[1]
    #expect(difference > 1.96 * fit.standardError(0, minus: 1))
    #expect(fit.rankRanges() == [RankRange(best: 1, worst: 1), RankRange(best: 2, worst: 2)])
    #expect(fit.rankRanges(quantile: 3) == [RankRange(best: 1, worst: 2), RankRange(best: 1, worst: 2)])
  }

  @Test func theBootstrapAgreesWithTheSandwich() throws {
    var random = SplitMix64(seed: 14)
    let table = Votes.drawn([0.6, 0.2, -0.2, -0.6], votes: 500, prompts: 100, random: &random)
    let fit = try BradleyTerry(table, options: .init(prior: .none))
    let bootstrap = try #require(Bootstrap(table, fit: fit, refits: 200, seed: 3))
    for model in 0..<4 {
      let ratio = bootstrap.standardErrors[model] / fit.standardError(model)
      #expect((0.8...1.25).contains(ratio), "model \(model): bootstrap over sandwich is \(ratio)")
    }
    #expect((2...3).contains(bootstrap.simultaneousQuantile), "wider than 1.96: \(bootstrap.simultaneousQuantile)")
    #expect(bootstrap.ranks.allSatisfy { $0.best <= $0.worst })
    #expect(Bootstrap(table, fit: fit, refits: 200, seed: 3) == bootstrap, "a seed gives the same bands")
  }

  @Test func tagsAreShrunkToTheWhole() throws {
    var table = BallotTable(models: ["a", "b", "c"])
    for (a, b) in [(0, 1), (1, 2), (0, 2)] {
      table.append(Ballot(a: a, b: b, outcome: .a, count: 40, tags: ["prose"]))
      table.append(Ballot(a: a, b: b, outcome: .b, count: 20, tags: ["prose", "long"]))
    }
    table.append(Ballot(a: 2, b: 0, outcome: .a, count: 5, tags: ["sql"]))
    let overall = try BradleyTerry(table)
    let sql = try TagBoard(tag: "sql", of: table, overall: overall)
    #expect(sql.votes == 5 && table.allTags == ["long", "prose", "sql"])
    #expect(sql.fit.ratings[2] > overall.ratings[2], "five votes move it")
    #expect(sql.fit.ratings[0] > sql.fit.ratings[2] - 0.6, "but do not turn all round: \(sql.fit.ratings)")
    let none = try TagBoard(tag: "poetry", of: table, overall: overall)
    for model in 0..<3 {
      #expect(isNear(none.fit.ratings[model], overall.ratings[model], within: 1e-9), "no votes: the overall ratings")
    }
  }

  @Test func theNextPairHelpsToFindTheBest() throws {
    var random = SplitMix64(seed: 40)
    let table = Votes.drawn([1, 0.9, -1, -1.2, -1.5], votes: 300, random: &random)
    let fit = try BradleyTerry(table)
    var top = 0
    var random10 = 0
    for seed in 0..<200 as Range<UInt64> {
      let next = try #require(NextPair.forBest(fit, seed: seed))
      #expect(next.a != next.b)
      if next.reason == .random { random10 += 1 }
      if next.reason == .topTwo, Set([next.a, next.b]) == [0, 1] { top += 1 }
    }
    #expect(top > 140, "the two that may be the best are asked about most: \(top) of 200")
    #expect((8...40).contains(random10), "about one in ten by chance: \(random10) of 200")
    #expect(NextPair.forBest(fit, seed: 5) == NextPair.forBest(fit, seed: 5))
    let order = try #require(NextPair.forOrder(fit))
    #expect(order.reason == .information && order.a < order.b)
    #expect(NextPair.forBest(try BradleyTerry(BallotTable(models: ["a"])), seed: 1) == nil)
  }

  @Test func theAsymptoticBandIsAsTheFormulaSays() {
    // n = 100, s = 1, r² tuned to 100: (5.99146 + log 6.99146)/100 = 0.0793616.
    #expect(isNear(AsymptoticSequence.tuned(for: 100), 0.0793616, within: 1e-6))
    let half = AsymptoticSequence.halfWidth(n: 100, standardDeviation: 1)
    #expect(isNear(half, 0.3038, within: 0.001), "got \(half)")
    #expect(AsymptoticSequence.halfWidth(n: 0, standardDeviation: 1) == .infinity)
  }

  @Test func everyNumberSaysHowItWasComputed() {
    for method in Method.allCases {
      let how = method.howComputed(n: 12)
      #expect(!how.name.isEmpty && how.formula.count > 5 && how.source.count > 5, "\(method) says how")
      #expect(how.lines.first == "\(how.name) (n = 12 \(how.unit))")
      #expect(how.lines.allSatisfy { !$0.contains("\n") && $0.count < 200 }, "\(method): one line each")
    }
  }

  @Test func emptyAndTinyTablesHaveStandings() throws {
    #expect(try Standings(BallotTable(models: [])).models.isEmpty)
    let none = try Standings(BallotTable(models: ["a", "b"]))
    #expect(none.pairs.isEmpty && none.votes == 0 && none.models.allSatisfy { $0.rank == RankRange(best: 1, worst: 2) })
    let one = try Standings(BallotTable(models: ["a", "b"], ballots: [Ballot(a: 1, b: 0, outcome: .a)]))
    #expect(one.models.first?.name == "b" && one.models.allSatisfy(\.hasFewVotes))
    #expect(one.notices.contains { $0.hasPrefix("no finite estimate without the prior") })
    let alone = try Standings(BallotTable(models: ["a"]))
    #expect(alone.next == nil && alone.models.first?.bestProbability == 1)
  }

  @Test func rowsComeBackAsTheyWere() {
    let ballots = [
      Ballot(a: 0, b: 1, outcome: .a), Ballot(a: 1, b: 0, outcome: .b, count: 3, isWeak: true, prompt: 2),
      Ballot(a: 0, b: 1, outcome: .bothBad, rater: 2, lengths: .init(a: 5, b: 7), tags: ["x", "y"]),
      Ballot(a: 0, b: 1, outcome: .tie, share: 0.6),
    ]
    let table = BallotTable(models: ["a", "b"], ballots: ballots)
    #expect((0..<table.rows).map { table[$0] } == ballots)
    #expect(table.raterCount == 3 && table.hasLengths && table.votes == 6)
    #expect(table.filtered { $0.rater == 2 }.votes == 1)
  }
}
