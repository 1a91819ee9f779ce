#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// One lane's run over a set of prompts, for comparing it with another run over the same set.
public struct DriftRun: Equatable, Sendable {
  /// By item: seconds to the end of a finished answer, and dollars.
  public var ends: [String: Double] = [:]
  public var costs: [String: Double] = [:]
  /// Against the other lanes, by the judges.
  public var wins = 0
  public var losses = 0
  /// By the items' own checks.
  public var passed = 0
  public var checked = 0
  /// Names that the provider gave.
  public var models: Set<String> = []

  public init() {}
}

/// What changed between two runs, and whether it is more than noise.
public enum Drift {
  public struct Finding: Equatable, Sendable {
    public var measure: String
    /// In seconds, dollars, or parts of one.
    public var before: Double
    public var after: Double
    /// The change with its 95 % interval: a ratio for times and costs, a difference for shares. Nil: too few to say.
    public var change: IntervalEstimate?
    /// Items, or decided pairs of both runs.
    public var n: Int
    public var isRatio: Bool

    /// The interval leaves out no change.
    public var isBeyondNoise: Bool {
      guard let change else { return false }
      let nothing = isRatio ? 1.0 : 0.0
      return change.low > nothing || change.high < nothing
    }
  }

  public static func findings(_ before: DriftRun, _ after: DriftRun) -> [Finding] {
    var findings: [Finding] = []
    for (measure, old, new) in [("end", before.ends, after.ends), ("cost", before.costs, after.costs)] {
      if let finding = paired(measure, old, new) { findings.append(finding) }
    }
    let shares = [
      ("wins", before.wins, before.wins + before.losses, after.wins, after.wins + after.losses),
      ("passed", before.passed, before.checked, after.passed, after.checked),
    ]
    for (measure, a, n, b, m) in shares where n > 0 && m > 0 {
      let (old, new) = (Proportion.wilson(a, of: n), Proportion.wilson(b, of: m))
      findings.append(
        Finding(
          measure: measure, before: old.share ?? 0, after: new.share ?? 0, change: newcombe(old, new), n: n + m,
          isRatio: false))
    }
    return findings
  }

  /// Item against item: the median of the ratios, with the interval of a median by order statistics, which holds whatever
  /// the distribution. Below six items there is none.
  private static func paired(_ measure: String, _ old: [String: Double], _ new: [String: Double]) -> Finding? {
    let pairs = old.compactMap { item, before in new[item].map { (before, $0) } }.filter { $0.0 > 0 && $0.1 > 0 }
    guard let before = Quantiles.type7(pairs.map(\.0).sorted(), 0.5),
      let after = Quantiles.type7(pairs.map(\.1).sorted(), 0.5)
    else { return nil }
    let ratios = pairs.map { log($0.1 / $0.0) }.sorted()
    var change: IntervalEstimate?
    if let middle = Quantiles.type7(ratios, 0.5), let interval = Quantiles.medianInterval(ratios) {
      change = IntervalEstimate(value: exp(middle), low: exp(interval.low), high: exp(interval.high))
    }
    return Finding(measure: measure, before: before, after: after, change: change, n: pairs.count, isRatio: true)
  }

  /// The difference of two shares, after less before: Newcombe's hybrid of Wilson's intervals (1998, method 10).
  private static func newcombe(_ old: Proportion, _ new: Proportion) -> IntervalEstimate? {
    guard let a = new.share, let b = old.share else { return nil }
    func distance(_ x: Double, _ y: Double) -> Double { (x * x + y * y).squareRoot() }
    return IntervalEstimate(
      value: a - b, low: a - b - distance(a - new.low, old.high - b), high: a - b + distance(new.high - a, b - old.low))
  }
}
