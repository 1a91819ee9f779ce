/// Win rates from a judge's verdicts that a person's votes correct. Pure functions.
public enum JudgeCorrection {
  /// The true win rate of A behind a judge's, `W = (J + q_B - 1)/(q_A + q_B - 1)` (Rogan and Gladen 1978), clipped to
  /// 0...1; the interval is the delta method's with the noise of all three rates.
  /// - Parameters:
  ///   - judged: verdicts for A, of all verdicts.
  ///   - whenA: verdicts for A where the person voted A; `q_A` is their share.
  ///   - whenB: verdicts for B where the person voted B; `q_B` is their share.
  /// - Returns: `nil` when a rate has no votes, or `q_A + q_B < 1.2`: such a judge says too little.
  public static func roganGladen(
    judged: (count: Int, of: Int), whenA: (count: Int, of: Int), whenB: (count: Int, of: Int)
  ) -> Agreement.Estimate? {
    guard judged.of > 0, whenA.of > 0, whenB.of > 0 else { return nil }
    func rate(_ share: (count: Int, of: Int)) -> (value: Double, variance: Double) {
      let p = Double(share.count) / Double(share.of)
      return (p, p * (1 - p) / Double(share.of))
    }
    let (j, a, b) = (rate(judged), rate(whenA), rate(whenB))
    let power = a.value + b.value - 1
    guard power >= 0.2 - 1e-12 else { return nil }
    let w = (j.value + b.value - 1) / power
    // Derivatives of W: 1/power by J, -W/power by q_A, (1 - W)/power by q_B.
    let error = (j.variance + w * w * a.variance + (1 - w) * (1 - w) * b.variance).squareRoot() / power
    func clipped(_ x: Double) -> Double { min(1, max(0, x)) }
    return Agreement.Estimate(
      value: clipped(w), low: clipped(w - Standings.sigmas * error), high: clipped(w + Standings.sigmas * error))
  }

  /// A mean of votes that verdicts sharpen.
  public struct Powered: Equatable, Sendable {
    public var estimate: Agreement.Estimate
    public var standardError: Double
    /// How much weight the judge gets, 0 to 1.
    public var lambda: Double
    /// `n · var_human/var_ppi - n`: how many votes the judge was worth.
    public var votesSaved: Double
  }

  /// Prediction-powered mean with tuned weight (PPI++, Angelopoulos, Duchi, Zrnic 2023):
  /// `W = λ mean_N(j) + mean_n(h - λ j)`, `λ = cov_n(h, j)/((1 + n/N) var(j))` clipped to 0...1, variance
  /// `λ² var_N(j)/N + var_n(h - λ j)/n`. Variances divide by n - 1.
  /// - Parameters:
  ///   - human: the person's votes, 1, 0.5 or 0.
  ///   - judge: the judge's verdicts on the same pairs.
  ///   - judgeOnly: its verdicts where the person did not vote.
  /// - Returns: `nil` of fewer than two common pairs.
  public static func ppi(human: [Double], judge: [Double], judgeOnly: [Double]) -> Powered? {
    precondition(human.count == judge.count, "votes and verdicts of the same pairs")
    guard human.count > 1 else { return nil }
    let (n, others) = (Double(human.count), Double(judgeOnly.count))
    let spread = variance(judge + judgeOnly)
    var lambda = 0.0
    if judgeOnly.count > 1, spread > 0 {
      lambda = min(1, max(0, covariance(human, judge) / ((1 + n / others) * spread)))
    }
    let rest = zip(human, judge).map { $0 - lambda * $1 }
    let value = (lambda > 0 ? lambda * mean(judgeOnly) : 0) + mean(rest)
    let error2 = (lambda > 0 ? lambda * lambda * variance(judgeOnly) / others : 0) + variance(rest) / n
    let (alone, error) = (variance(human) / n, error2.squareRoot())
    return Powered(
      estimate: Agreement.Estimate(
        value: value, low: value - Standings.sigmas * error, high: value + Standings.sigmas * error),
      standardError: error, lambda: lambda, votesSaved: error2 > 0 ? n * alone / error2 - n : 0)
  }

  private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
  private static func variance(_ values: [Double]) -> Double { covariance(values, values) }

  private static func covariance(_ x: [Double], _ y: [Double]) -> Double {
    guard x.count > 1 else { return 0 }
    let (meanX, meanY) = (mean(x), mean(y))
    return zip(x, y).reduce(0) { $0 + ($1.0 - meanX) * ($1.1 - meanY) } / Double(x.count - 1)
  }
}
