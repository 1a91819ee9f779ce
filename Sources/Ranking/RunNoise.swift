import Core

/// Whether a difference between two lanes is more than what asking the same again changes. Each item is asked several times; the
/// spread within items is what runs do, and the margin is the t interval of a mean whose only error is that spread
/// (repeated measures; Cochran and Cox, Experimental Designs, 2.2).
public struct RunNoise: Equatable, Sendable {
  /// Mean over the items of their mean outcome, -1 to 1; above 0 for the first lane.
  public let difference: Double
  /// Half the 95 % interval that runs alone give it.
  public let margin: Double
  /// Items that were compared more than once.
  public let items: Int

  /// - Parameter items: each with the outcomes of its runs, -1 to 1.
  /// - Returns: nil with fewer than two items that have two runs or more.
  public init?(items: [[Double]]) {
    let repeated = items.filter { $0.count > 1 }
    guard repeated.count > 1 else { return nil }
    var (mean, variance, degrees) = (0.0, 0.0, 0)
    for outcomes in repeated {
      let own = outcomes.reduce(0, +) / Double(outcomes.count)
      mean += own
      let squares = outcomes.reduce(0) { $0 + ($1 - own) * ($1 - own) }
      variance += squares / Double(outcomes.count - 1) / Double(outcomes.count)
      degrees += outcomes.count - 1
    }
    let count = Double(repeated.count)
    difference = mean / count
    margin = studentQuantile95(degrees: degrees) * variance.squareRoot() / count
    self.items = repeated.count
  }

  public var isWithinNoise: Bool { abs(difference) <= margin }

  /// A sentence. `a` and `b`: how the two are called.
  public func words(a: String, b: String) -> String {
    func figure(_ value: Double) -> String { decimalText(value, places: 2) }
    if difference == 0, margin == 0 { return "\(a) and \(b) are alike in every run" }
    let (ahead, behind) = difference >= 0 ? (a, b) : (b, a)
    let sizes = "\(figure(abs(difference))) ± \(figure(margin)) a prompt"
    return isWithinNoise
      ? "\(ahead) over \(behind) by \(sizes): within run-to-run noise"
      : "\(ahead) over \(behind) by \(sizes): more than run-to-run noise"
  }
}

/// Two-sided 95 % of Student's t: P(|T| > q) = I_{ν/(ν+q²)}(ν/2, 1/2) (Abramowitz and Stegun 26.7.1).
func studentQuantile95(degrees: Int) -> Double {
  let half = Double(degrees) / 2
  func tail(_ q: Double) -> Double { incompleteBeta(Double(degrees) / (Double(degrees) + q * q), half, 0.5) }
  var (low, high) = (1.0, 13.0)
  for _ in 0..<60 {
    let middle = (low + high) / 2
    if tail(middle) > 0.05 { low = middle } else { high = middle }
  }
  return (low + high) / 2
}
