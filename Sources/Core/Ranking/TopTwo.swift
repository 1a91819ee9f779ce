/// The pair whose vote tells most about which competitor is best: top-two Thompson sampling (Russo 2016) on
/// `N(θ, H⁻¹)` of a fit with a prior.
public enum TopTwo {
  public struct Choice: Equatable, Sendable {
    public var a: Int
    public var b: Int
    /// Why this pair, in words for a person.
    public var reason: String
  }

  /// How often in ten the pair is drawn at random instead, to keep the order of all honest.
  static let randomShare = 0.1
  private static let mostRedraws = 100

  /// Draws strengths and takes their best; draws on until another is best and takes that as the second.
  /// - Returns: `nil` for fewer than two competitors. The same seed chooses the same pair; the sides are random too.
  public static func next(_ fit: BradleyTerry.Fit, names: [String], seed: UInt64) -> Choice? {
    let count = fit.strengths.count
    guard count > 1, names.count == count else { return nil }
    var generator = SeededGenerator(seed: seed)
    if generator.unit() < randomShare {
      let a = Int.random(in: 0..<count, using: &generator)
      let b = (a + Int.random(in: 1..<count, using: &generator)) % count
      return Choice(a: a, b: b, reason: "drawn at random, as one pair in ten is")
    }
    let draw = StrengthDraw(fit)
    let first = draw.best(&generator)
    var second = first
    for _ in 0..<mostRedraws where second == first { second = draw.best(&generator) }
    var reason = "both may be the best: \(names[first]) and \(names[second])"
    if second == first {
      second = fit.strengths.indices.filter { $0 != first }.max { fit.strengths[$0] < fit.strengths[$1] } ?? first
      reason = "\(names[first]) is almost surely the best; \(names[second]) comes next"
    }
    let isSwapped = generator.unit() < 0.5
    return Choice(a: isSwapped ? second : first, b: isSwapped ? first : second, reason: reason)
  }

  /// How often each competitor is the best of draws from `N(θ, H⁻¹)`.
  public static func chancesOfBest(_ fit: BradleyTerry.Fit, draws: Int = 1000, seed: UInt64 = 1) -> [Double] {
    var counts = [Double](repeating: 0, count: fit.strengths.count)
    guard !counts.isEmpty, draws > 0 else { return counts }
    var generator = SeededGenerator(seed: seed)
    let draw = StrengthDraw(fit)
    for _ in 0..<draws { counts[draw.best(&generator)] += 1 }
    return counts.map { $0 / Double(draws) }
  }
}

/// Draws of all strengths. The mean-0 covariance is singular along the mean only, so a draw may add any mean: it
/// changes no order.
private struct StrengthDraw {
  private let strengths: [Double]
  private let lower: SymmetricMatrix?

  init(_ fit: BradleyTerry.Fit) {
    strengths = fit.strengths
    var covariance = fit.inverseHessian
    let (size, scale) = (covariance.size, (0..<covariance.size).map { fit.inverseHessian[$0, $0] }.max() ?? 0)
    for row in 0..<size {
      for column in 0..<size { covariance[row, column] += scale / Double(size) }
    }
    lower = covariance.cholesky()
  }

  /// The index of the highest of one draw.
  func best(_ generator: inout SeededGenerator) -> Int {
    var values = strengths
    if let lower {
      let normals = strengths.map { _ in generator.normal() }
      for row in values.indices {
        for column in 0...row { values[row] += lower[row, column] * normals[column] }
      }
    }
    return values.indices.max { values[$0] < values[$1] } ?? 0
  }
}
