import Core

/// One model's win rate from many verdicts of a judge and few votes of a person.
public enum Calibration {
  /// Rogan and Gladen (1978): W = (J + q_B − 1)/(q_A + q_B − 1), with q_A = P(judge says A | you say A), q_B likewise, and
  /// J the judge's rate of A on other items. Interval by the delta method:
  /// var = [J(1−J)/N + W² q_A(1−q_A)/n_A + (1−W)² q_B(1−q_B)/n_B] / (q_A + q_B − 1)² (Lang and Reiczigel 2014).
  /// Shares at 0 or 1 count with (k + 1)/(n + 2) in the variance, so that few items never look certain.
  public struct RoganGladen: Equatable, Sendable {
    public let rate: IntervalEstimate
    public let agreementOnA: Double
    public let agreementOnB: Double

    /// - Parameters: `judgeA` of `judged` verdicts say A; of `humanA` items that you gave to A the judge gave `agreedA`
    ///   to A; likewise B.
    /// - Returns: nil when q_A + q_B < 1.2 (the judge knows too little to be corrected) or a count is zero.
    public init?(judgeA: Int, judged: Int, agreedA: Int, humanA: Int, agreedB: Int, humanB: Int) {
      guard judged > 0, humanA > 0, humanB > 0 else { return nil }
      let (j, qA, qB) = (Self.share(judgeA, judged), Self.share(agreedA, humanA), Self.share(agreedB, humanB))
      let gain = qA + qB - 1
      guard gain >= 0.2 - 1e-12 else { return nil }
      let rate = min(max((j + qB - 1) / gain, 0), 1)
      let noise =
        Self.variance(judgeA, judged) + rate * rate * Self.variance(agreedA, humanA)
        + (1 - rate) * (1 - rate) * Self.variance(agreedB, humanB)
      let half = normalQuantile95 * noise.squareRoot() / gain
      self.rate = IntervalEstimate(value: rate, low: max(0, rate - half), high: min(1, rate + half))
      (agreementOnA, agreementOnB) = (qA, qB)
    }

    private static func share(_ count: Int, _ total: Int) -> Double { Double(count) / Double(total) }

    private static func variance(_ count: Int, _ total: Int) -> Double {
      let share = count == 0 || count == total ? (Double(count) + 1) / (Double(total) + 2) : share(count, total)
      return share * (1 - share) / Double(total)
    }
  }

  /// Prediction-powered inference with a tuned weight (Angelopoulos, Duchi and Zrnic 2023):
  /// W = λ mean_N(j) + mean_n(h − λj), λ = cov_n(h, j)/((1 + n/N) var(j)) clipped to [0, 1],
  /// var = λ² var_N(j)/N + var_n(h − λj)/n. Never needs the judge to be right.
  public struct PredictionPowered: Equatable, Sendable {
    public let rate: IntervalEstimate
    public let lambda: Double
    public let variance: Double
    /// What the votes alone say.
    public let humanRate: IntervalEstimate
    /// n · var_human/var_ppi − n: how many votes the judge was worth; 0 when it was worth none.
    public let votesSaved: Double

    /// - Parameters: outcomes in 0…1 (a win 1, a tie ½): `human` and `judge` on the same n items, `judgeOnly` on others.
    /// - Returns: nil below two items on either side, or lists of different length.
    public init?(human: [Double], judge: [Double], judgeOnly: [Double]) {
      let n = Double(human.count)
      let more = Double(judgeOnly.count)
      guard human.count > 1, human.count == judge.count, judgeOnly.count > 1 else { return nil }
      // var(j) is pooled over all the judge saw.
      let spread = Moments(judge + judgeOnly).variance
      let weight = spread > 0 ? Moments.covariance(human, judge) / ((1 + n / more) * spread) : 0
      let lambda = min(max(weight, 0), 1)
      let rest = Moments(zip(human, judge).map { $0 - lambda * $1 })
      let unseen = Moments(judgeOnly)
      let alone = Moments(human)
      let value = lambda * unseen.mean + rest.mean
      let variance = lambda * lambda * unseen.variance / more + rest.variance / n
      self.lambda = lambda
      self.variance = variance
      rate = Self.estimate(value, variance)
      humanRate = Self.estimate(alone.mean, alone.variance / n)
      votesSaved = variance > 0 ? max(0, n * (alone.variance / n) / variance - n) : 0
    }

    private static func estimate(_ value: Double, _ variance: Double) -> IntervalEstimate {
      let half = normalQuantile95 * variance.squareRoot()
      return IntervalEstimate(value: value, low: max(0, value - half), high: min(1, value + half))
    }
  }
}

/// Mean and variance (n − 1) of a sample of two or more.
struct Moments {
  let mean: Double
  let variance: Double

  init(_ sample: [Double]) {
    let mean = sample.reduce(0, +) / Double(max(sample.count, 1))
    self.mean = mean
    let squares = sample.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    variance = squares / Double(max(sample.count - 1, 1))
  }

  static func covariance(_ x: [Double], _ y: [Double]) -> Double {
    let (meanX, meanY) = (Moments(x).mean, Moments(y).mean)
    return zip(x, y).reduce(0) { $0 + ($1.0 - meanX) * ($1.1 - meanY) } / Double(max(x.count - 1, 1))
  }
}
