#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Several judges on one pair, weighted by what their cards say they are worth. Unweighted votes are not offered: they can be
/// worse than the best judge alone.
public struct Panel: Equatable, Sendable {
  public struct Opinion: Equatable, Sendable {
    public var judge: String
    /// From the judge's card; nil without one.
    public var weight: Double?
    /// 1 for A, 0 for B, graded.
    public var value: Double

    public init(judge: String, weight: Double?, value: Double) {
      self.judge = judge
      self.weight = weight
      self.value = value
    }
  }

  /// Log-odds that A is better.
  public var logOdds: Double
  /// Judges that lean the other way.
  public var dissenters: [String]

  /// `logit(A) = Σ w_j · logit(clip(v_j, 0.1, 0.9)) / logit(0.9)`: a judge that is sure counts with its whole weight.
  /// - Returns: nil when no judge has a weight.
  public static func combine(_ opinions: [Opinion]) -> Panel? {
    let counted = opinions.filter { ($0.weight ?? 0) > 0 }
    guard !counted.isEmpty else { return nil }
    func logit(_ p: Double) -> Double { log(p / (1 - p)) }
    let sum = counted.reduce(0.0) { sum, opinion in
      sum + (opinion.weight ?? 0) * logit(min(0.9, max(0.1, opinion.value))) / logit(0.9)
    }
    let dissenters = counted.filter { ($0.value - 0.5) * sum < 0 }.map(\.judge)
    return Panel(logOdds: sum, dissenters: dissenters)
  }

  /// In words, as `lane 1, 83 %`.
  public var probability: Double { 1 / (1 + exp(-logOdds)) }
}
