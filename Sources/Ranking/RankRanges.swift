import Core

/// Where each model may stand. Two models are ordered only when the interval of their *difference* leaves out 0, with the
/// standard error from the full covariance: overlapping bars say nothing about a pair.
public struct RankRange: Equatable, Sendable {
  /// 1 + the number of models that are surely better.
  public var best: Int
  /// The number of models that are not surely worse, this one included.
  public var worst: Int

  public init(best: Int, worst: Int) {
    self.best = best
    self.worst = worst
  }
}

extension BradleyTerry {
  /// - Parameter quantile: standard errors that a difference must exceed; 1.96 for each pair alone, a `Bootstrap`'s
  ///   `simultaneousQuantile` for all at once.
  public func rankRanges(quantile: Double? = nil) -> [RankRange] {
    let quantile = quantile ?? normalQuantile95
    let count = ratings.count
    var ranges = Array(repeating: RankRange(best: 1, worst: count), count: count)
    for i in 0..<count {
      for j in 0..<i {
        let difference = ratings[i] - ratings[j]
        guard abs(difference) > quantile * standardError(i, minus: j) else { continue }
        let (above, below) = difference > 0 ? (i, j) : (j, i)
        ranges[below].best += 1
        ranges[above].worst -= 1
      }
    }
    return ranges
  }

  /// P(best): the share of draws from N(ratings, covariance) in which each model has the highest rating.
  public func bestProbabilities(draws: Int = 2000, seed: UInt64) -> [Double] {
    let count = ratings.count
    guard count > 1 else { return Array(repeating: 1, count: count) }
    var firsts = Array(repeating: 0, count: count)
    var sampler = RatingSampler(ratings: ratings, covariance: covariance, seed: seed)
    for _ in 0..<draws {
      let drawn = sampler.next()
      firsts[drawn.indices.max { drawn[$0] < drawn[$1] } ?? 0] += 1
    }
    return firsts.map { Double($0) / Double(draws) }
  }
}

/// Draws of all ratings together from a normal distribution; its covariance may be singular, as that of a fixed mean is.
struct RatingSampler {
  private let ratings: [Double]
  private let factor: SquareMatrix
  var random: SplitMix64

  init(ratings: [Double], covariance: SquareMatrix, seed: UInt64) {
    self.ratings = ratings
    var block = SquareMatrix(size: ratings.count)
    for row in ratings.indices {
      for column in ratings.indices { block[row, column] = covariance[row, column] }
    }
    factor = block.cholesky(semidefinite: true) ?? SquareMatrix(size: ratings.count)
    random = SplitMix64(seed: seed)
  }

  mutating func next() -> [Double] {
    var noise: [Double] = []
    for _ in ratings { noise.append(random.normal()) }
    return zip(ratings, factor.lowerTimes(noise)).map { $0 + $1 }
  }
}
