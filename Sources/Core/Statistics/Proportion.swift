#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A share of n trials with its 95 % interval.
public struct Proportion: Equatable, Sendable {
  public let successes: Int
  public let trials: Int
  public let low: Double
  public let high: Double

  /// Nil without trials.
  public var share: Double? { trials > 0 ? Double(successes) / Double(trials) : nil }

  /// Wilson's score interval (1927): (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n).
  public static func wilson(_ successes: Int, of trials: Int) -> Proportion {
    guard trials > 0 else { return Proportion(successes: 0, trials: 0, low: 0, high: 1) }
    let n = Double(trials)
    let p = Double(successes) / n
    let square = normalQuantile95 * normalQuantile95
    let middle = p + square / (2 * n)
    let half = normalQuantile95 * (p * (1 - p) / n + square / (4 * n * n)).squareRoot()
    let scale = 1 + square / n
    return Proportion(
      successes: successes, trials: trials, low: successes == 0 ? 0 : max(0, (middle - half) / scale),
      high: successes == trials ? 1 : min(1, (middle + half) / scale))
  }

  /// Equal-tailed interval of the posterior from a uniform prior: quantiles of Beta(1 + k, 1 + n − k).
  public static func beta(_ successes: Int, of trials: Int) -> Proportion {
    let (a, b) = (Double(successes) + 1, Double(trials - successes) + 1)
    return Proportion(
      successes: successes, trials: trials, low: betaQuantile(0.025, a, b), high: betaQuantile(0.975, a, b))
  }
}

/// An estimate with its 95 % interval.
public struct IntervalEstimate: Equatable, Sendable {
  public var value: Double
  public var low: Double
  public var high: Double

  public init(value: Double, low: Double, high: Double) {
    self.value = value
    self.low = low
    self.high = high
  }

  /// The mean of values from 0 to 1 that add up to `sum`: quantiles of Beta(1 + sum, 1 + n − sum). Values between 0 and 1 vary
  /// less than those that are 0 or 1, for which it is exact: the interval is rather too wide. Never of no width.
  public init(meanOf sum: Double, of trials: Int) {
    let (a, b) = (sum + 1, Double(trials) - sum + 1)
    // All or nothing lies within its own interval.
    self.init(
      value: trials > 0 ? sum / Double(trials) : 0.5, low: sum == 0 ? 0 : betaQuantile(0.025, a, b),
      high: sum == Double(trials) ? 1 : betaQuantile(0.975, a, b))
  }
}

/// The value below which a share `level` of Beta(a, b) lies.
private func betaQuantile(_ level: Double, _ a: Double, _ b: Double) -> Double {
  bisection(0, 1) { level - incompleteBeta($0, a, b) }
}

/// Order statistics of a sample. Infinite values (failed requests) stay in the tail.
public enum Quantiles {
  /// Type 7 of Hyndman and Fan (1996), the default of R and numpy: linear between the order statistics around (n − 1)p.
  /// Nil for an empty sample. `sorted` rises.
  public static func type7(_ sorted: [Double], _ level: Double) -> Double? {
    guard let last = sorted.last else { return nil }
    let position = Double(sorted.count - 1) * min(max(level, 0), 1)
    let below = Int(saturating: position)
    guard below + 1 < sorted.count else { return last }
    let fraction = position - Double(below)
    let (low, high) = (sorted[below], sorted[below + 1])
    return fraction == 0 || low == high ? low : low + fraction * (high - low)
  }

  /// An interval of the median that holds with at least 95 % whatever the distribution: the order statistics X₍j₎, X₍n+1−j₎
  /// with the largest j for which P(Bin(n, ½) < j) ≤ 2.5 %. Nil below six values, where there is none.
  public static func medianInterval(_ sorted: [Double]) -> (low: Double, high: Double)? {
    let n = sorted.count
    var tail = 0.0
    var rank = 0
    for k in 0..<n {
      tail += exp(logGamma(Double(n) + 1) - logGamma(Double(k) + 1) - logGamma(Double(n - k) + 1) - Double(n) * log(2))
      if tail > 0.025 { break }
      rank = k + 1
    }
    guard rank > 0, rank <= n / 2 + 1, n >= 6 else { return nil }
    return (sorted[rank - 1], sorted[n - rank])
  }
}
