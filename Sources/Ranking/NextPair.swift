#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Which two models to compare next, and why. Chosen before the vote, so that evidence stays valid.
public struct NextPair: Equatable, Sendable {
  public enum Reason: Equatable, Sendable {
    /// Top-two Thompson sampling (Russo 2016): each was the best in a draw from what is known.
    case topTwo
    /// The vote that is expected to say most about the whole order.
    case information
    /// One in ten, by chance, as a check on the rest.
    case random
  }

  public let a: Int
  public let b: Int
  public let reason: Reason

  /// The share of pairs that are chosen by chance.
  public static let randomShare = 0.1

  public var words: String {
    switch reason {
    case .topTwo: "either may be the best, as far as the votes tell"
    case .information: "this vote is expected to say most about the whole order"
    case .random: "drawn at random, as one in ten is, to keep the choice honest"
    }
  }

  /// Finds the best model in few votes: draws from N(θ, Hessian⁻¹) and takes the best; draws again until another is best.
  /// Nil below two models.
  public static func forBest(_ fit: BradleyTerry, seed: UInt64) -> NextPair? {
    let count = fit.ratings.count
    guard count > 1 else { return nil }
    var sampler = RatingSampler(ratings: fit.ratings, covariance: fit.modelCovariance, seed: seed)
    if sampler.random.uniform() < randomShare {
      let a = sampler.random.index(below: count)
      let b = (a + 1 + sampler.random.index(below: count - 1)) % count
      return NextPair(a: a, b: b, reason: .random)
    }
    var drawn = sampler.next()
    let first = drawn.indices.max { drawn[$0] < drawn[$1] } ?? 0
    // When one model is the best in every draw, its rival is the second of the last.
    for _ in 0..<200 {
      drawn = sampler.next()
      let best = drawn.indices.max { drawn[$0] < drawn[$1] } ?? 0
      if best != first { return NextPair(a: first, b: best, reason: .topTwo) }
    }
    let second = drawn.indices.filter { $0 != first }.max { drawn[$0] < drawn[$1] } ?? 0
    return NextPair(a: first, b: second, reason: .topTwo)
  }

  /// Settles the whole order: the largest ½ log(1 + p(1 − p) Var(θ_i − θ_j)). Nil below two models.
  public static func forOrder(_ fit: BradleyTerry) -> NextPair? {
    var best = -1.0
    var found: NextPair?
    for i in fit.ratings.indices {
      for j in 0..<i {
        let p = sigmoid(fit.ratings[i] - fit.ratings[j])
        let gain = 0.5 * log1p(p * (1 - p) * fit.modelCovariance.differenceVariance(i, j))
        guard gain > best else { continue }
        best = gain
        found = NextPair(a: j, b: i, reason: .information)
      }
    }
    return found
  }
}

/// A band around a running mean that holds at every look, for graded or model-based scores (Waudby-Smith et al. 2024):
/// ± s √(2 (n r² + 1)/(n² r²) · log(√(n r² + 1)/α)).
public enum AsymptoticSequence {
  /// r² that makes the band tightest near `votes`: (−2 log α + log(−2 log α + 1))/votes.
  public static func tuned(for votes: Int, alpha: Double = 0.05) -> Double {
    let twice = -2 * log(alpha)
    return (twice + log(twice + 1)) / Double(max(votes, 1))
  }

  /// Half the width after `n` scores with the given standard deviation; infinite for none.
  public static func halfWidth(
    n: Int, standardDeviation: Double, tunedFor votes: Int = 100, alpha: Double = 0.05
  ) -> Double {
    guard n > 0 else { return .infinity }
    let count = Double(n)
    let grown = count * tuned(for: votes, alpha: alpha)
    return standardDeviation * (2 * (grown + 1) / (count * grown) * log((grown + 1).squareRoot() / alpha)).squareRoot()
  }
}
