import Core

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Whether one strength a model explains the pairs: likelihood ratio of Bradley-Terry against a free win rate for each pair,
/// over decisive votes. G² = 2 Σ w log(w/(n p)), chi-square with (pairs − models + 1) degrees of freedom.
public struct FitCheck: Equatable, Sendable {
  public let statistic: Double
  public let degrees: Int
  public let pValue: Double
  /// Decisive votes per pair; below 5 the p-value is a rough guide.
  public let votesPerPair: Double

  /// - Returns: nil when the decisive votes allow no finite ratings, or leave no degree of freedom.
  public init?(_ table: BallotTable, pairs: PairTable) {
    let decisive = pairs.met.filter { $0.wins + $0.losses > 0 }
    let degrees = decisive.count - table.models.count + 1
    let edges = decisive.flatMap { pair in
      [pair.wins > 0 ? (pair.a, pair.b) : nil, pair.losses > 0 ? (pair.b, pair.a) : nil].compactMap { $0 }
    }
    guard degrees > 0, WinGraph(models: table.models.count, edges: edges).isStronglyConnected else { return nil }
    var problem = RatingProblem(table, pairs: pairs, options: .init(prior: .none, ties: .half))
    problem.observations = decisive.map {
      Observation(a: $0.a, b: $0.b, wins: Double($0.wins), ties: 0, losses: Double($0.losses))
    }
    guard let ratings = problem.maximum() else { return nil }
    var free = 0.0
    for pair in decisive {
      for count in [Double(pair.wins), Double(pair.losses)] where count > 0 {
        free += count * log(count / Double(pair.wins + pair.losses))
      }
    }
    self.degrees = degrees
    statistic = max(0, 2 * (free - problem.logLikelihood(ratings)))
    pValue = chiSquareSurvival(statistic, degrees: degrees)
    votesPerPair = decisive.reduce(0) { $0 + Double($1.wins + $1.losses) } / Double(decisive.count)
  }
}
