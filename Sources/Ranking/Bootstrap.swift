import Core

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Refits on resampled prompts, as a cross-check of the sandwich errors and for bands that hold for all models at once.
/// Each prompt gets a Poisson(1) weight (each group of single votes Poisson(count)), which is the bootstrap up to the total.
public struct Bootstrap: Equatable, Sendable {
  /// Standard deviation of each rating over the refits.
  public let standardErrors: [Double]
  /// 2.5 % and 97.5 % quantiles of each model's rank.
  public let ranks: [RankRange]
  /// The 95 % quantile of max_i |θ*_i − θ_i|/SE_i: bands θ_i ± this · SE_i hold together (max-|t|).
  public let simultaneousQuantile: Double
  public let refits: Int

  /// - Returns: nil when fewer than 20 refits succeeded, as happens without a prior on few votes.
  public init?(_ table: BallotTable, fit: BradleyTerry, refits: Int = 500, seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let count = table.models.count
    let base = RatingProblem(table, pairs: PairTable(table), options: fit.options)
    var ratings: [[Double]] = []
    for _ in 0..<refits {
      var problem = base
      problem.observations = Self.resampled(table, options: fit.options, random: &random)
      guard let solution = problem.maximum(from: fit.parameters) else { continue }
      let mean = solution.prefix(count).reduce(0, +) / Double(max(count, 1))
      ratings.append(solution.prefix(count).map { $0 - mean })
    }
    guard ratings.count >= 20 else { return nil }
    let errors = (0..<count).map { model in Moments(ratings.map { $0[model] }).variance.squareRoot() }
    let largest = ratings.map { drawn in
      (0..<count).map { model in
        errors[model] > 0 ? abs(drawn[model] - fit.ratings[model]) / errors[model] : 0
      }.max() ?? 0
    }
    let places = ratings.map { drawn in drawn.map { own in 1 + drawn.count { $0 > own } } }
    ranks = (0..<count).map { model in
      let sorted = places.map { Double($0[model]) }.sorted()
      return RankRange(
        best: Int(saturating: Quantiles.type7(sorted, 0.025) ?? 1),
        worst: Int(saturating: (Quantiles.type7(sorted, 0.975) ?? 1).rounded(.up)))
    }
    standardErrors = errors
    simultaneousQuantile = Quantiles.type7(largest.sorted(), 0.95) ?? normalQuantile95
    self.refits = ratings.count
  }

  private static func resampled(
    _ table: BallotTable, options: BradleyTerry.Options, random: inout SplitMix64
  ) -> [Observation] {
    let promptWeights = (0..<table.promptCount).map { _ in random.poisson(1) }
    let hasEffects = options.hasSlotTerm || options.hasLengthTerm
    var cells: [Observation] = []
    var places: [Int: Int] = [:]
    for row in 0..<table.rows where table.counts[row] > 0 {
      let count = Double(table.counts[row])
      let prompt = Int(table.prompts[row])
      let weight = prompt < 0 ? random.poisson(count) / count : promptWeights[prompt]
      guard weight > 0 else { continue }
      var observation = RatingProblem.observation(row, of: table, options)
      observation.wins *= weight
      observation.ties *= weight
      observation.losses *= weight
      if hasEffects {
        cells.append(observation)
        continue
      }
      let key = observation.a * table.models.count + observation.b
      if let place = places[key] {
        cells[place].wins += observation.wins
        cells[place].ties += observation.ties
        cells[place].losses += observation.losses
      } else {
        places[key] = cells.count
        cells.append(observation)
      }
    }
    return cells
  }
}
