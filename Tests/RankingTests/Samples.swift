import Core
import Foundation
import TestSupport
@testable import Ranking

/// Votes for the tests of the ranking.
enum Votes {
  /// Six puddings with ties (Davidson 1970, example 2).
  static var puddings: BallotTable {
    var ballots: [Ballot] = []
    for row in Fixture.ranking("davidson_pudding_1970.csv") {
      let (a, b) = (number(row, "i") - 1, number(row, "j") - 1)
      ballots.append(Ballot(a: a, b: b, outcome: .a, count: number(row, "w_ij")))
      ballots.append(Ballot(a: a, b: b, outcome: .b, count: number(row, "w_ji")))
      ballots.append(Ballot(a: a, b: b, outcome: .tie, count: number(row, "t_ij")))
    }
    return BallotTable(models: (1...6).map { "pudding \($0)" }, ballots: ballots)
  }

  /// Seven baseball teams, the home team in slot 1 (Agresti 2002, p. 438).
  static var baseball: BallotTable {
    var table = BallotTable(models: [])
    func index(_ team: String?) -> Int {
      table.models.firstIndex { $0 == team } ?? table.addModel(team ?? "")
    }
    for row in Fixture.ranking("agresti_baseball_1987.csv") {
      let (home, away) = (index(row["home.team"]), index(row["away.team"]))
      table.append(Ballot(a: home, b: away, outcome: .a, count: number(row, "home.wins")))
      table.append(Ballot(a: home, b: away, outcome: .b, count: number(row, "away.wins")))
    }
    return table
  }

  private static func number(_ row: [String: String], _ column: String) -> Int { Int(row[column] ?? "") ?? -1 }

  /// Votes drawn from Davidson's model; with `prompts`, several on each.
  static func drawn(
    _ strengths: [Double], nu: Double = 0.5, votes: Int, prompts: Int? = nil, random: inout SplitMix64
  ) -> BallotTable {
    var table = BallotTable(models: strengths.indices.map { "m\($0)" })
    for vote in 0..<votes {
      let a = random.index(below: strengths.count)
      let b = (a + 1 + random.index(below: strengths.count - 1)) % strengths.count
      let outcome = outcome(eta: strengths[a] - strengths[b], nu: nu, &random)
      table.append(Ballot(a: a, b: b, outcome: outcome, prompt: prompts.map { vote % $0 }))
    }
    return table
  }

  static func outcome(eta: Double, nu: Double, _ random: inout SplitMix64) -> Ballot.Outcome {
    let chances = TieModel.davidson.probabilities(eta: eta, tie: log(nu))
    let point = random.uniform()
    return point < chances.win ? .a : point < chances.win + chances.loss ? .b : .tie
  }
}
