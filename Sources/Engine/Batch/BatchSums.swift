import Core
import Ranking

/// What the columns of a batch come to. Items are what is counted: several runs or judges of one are not independent.
public struct BatchSums: Equatable, Sendable {
  public struct Lane: Equatable, Sendable {
    /// Answers that came, and those that failed.
    public internal(set) var answered = 0
    public internal(set) var failed = 0
    /// Checks that passed, over items, 0 to 1; nil without a check.
    public internal(set) var passed: IntervalEstimate?
    /// Won against the other lanes, over items: 1 all, 0.5 ties; nil where fewer than `leastItems` were compared.
    public internal(set) var share: IntervalEstimate?
    /// Items compared.
    public internal(set) var compared = 0
    /// Mean of what judges gave, 0 to 10.
    public internal(set) var fit: Double?
    /// Nanoseconds, the middle one.
    public internal(set) var end: Int64?
    public internal(set) var cost = Money.zero
    public internal(set) var hasUnknownCost = false
  }

  public struct Pair: Equatable, Sendable {
    public let a: Int
    public let b: Int
    public let evidence: PairEvidence
    public let noise: RunNoise?
  }

  /// With fewer no interval is told.
  public static let leastItems = 5

  public private(set) var lanes: [Lane] = []
  /// Those for which anything has been compared.
  public private(set) var pairs: [Pair] = []

  public init(_ whole: BatchTable) {
    let table = whole.told
    lanes = table.lanes.indices.map { Self.lane($0, table) }
    for a in table.lanes.indices {
      for b in table.lanes.indices where b > a {
        let evidence = table.evidence(a, b)
        guard evidence.wins + evidence.losses + evidence.ties > 0 else { continue }
        pairs.append(Pair(a: a, b: b, evidence: evidence, noise: table.runNoise(a, b)))
      }
    }
  }

  private static func lane(_ number: Int, _ table: BatchTable) -> Lane {
    var lane = Lane()
    var ends: [Double] = []
    var (passed, checked, won, fit, fits) = (0.0, 0, 0.0, 0.0, 0)
    for row in table.rows {
      var (own, count, balance, balances) = (0.0, 0, 0.0, 0)
      for run in row.runs {
        let cell = run.cells[number]
        if cell.isFinish { lane.answered += 1 }
        if cell.hasFailed { lane.failed += 1 }
        if let end = cell.end { ends.append(Double(end)) }
        lane.cost = lane.cost + (cell.cost ?? .zero)
        lane.hasUnknownCost = lane.hasUnknownCost || cell.hasUnknownCost
        (fit, fits) = (fit + cell.fit, fits + cell.fits)
        if let passed = cell.passed { (own, count) = (own + (passed ? 1 : 0), count + 1) }
        for other in table.lanes.indices where other != number {
          if let value = table.balance(run, number, other) { (balance, balances) = (balance + value, balances + 1) }
        }
      }
      if count > 0 { (passed, checked) = (passed + own / Double(count), checked + 1) }
      if balances > 0 { (won, lane.compared) = (won + (balance / Double(balances) + 1) / 2, lane.compared + 1) }
    }
    if checked > 0 { lane.passed = IntervalEstimate(meanOf: passed, of: checked) }
    if lane.compared >= leastItems { lane.share = IntervalEstimate(meanOf: won, of: lane.compared) }
    if fits > 0 { lane.fit = fit / Double(fits) }
    lane.end = Quantiles.type7(ends.sorted(), 0.5).map { Int64(saturating: $0) }
    return lane
  }
}

extension BatchTable.Row {
  /// An answer failed, or did not pass its check.
  public var hasFailure: Bool { runs.contains { $0.cells.contains { $0.hasFailed || $0.passed == false } } }

  /// Something is not done: not asked, stopped, or failed.
  public var isOpen: Bool { runs.isEmpty || runs.contains { $0.cells.contains { !$0.isFinish } } }

  /// It says different things of the same: an answer passes and another does not, two verdicts of a pair contradict each other
  /// or the order of the answers decided, runs came out differently.
  public var disagrees: Bool {
    let checks = Set(runs.flatMap { $0.cells.compactMap(\.passed) })
    if checks.count > 1 { return true }
    var signs: [[Int]: Set<Int>] = [:]
    for run in runs {
      for verdict in run.verdicts {
        if verdict.kind == .orderSplit { return true }
        guard let value = verdict.value else { continue }
        signs[[verdict.a, verdict.b], default: []].insert(value > 0.5 ? 1 : value < 0.5 ? -1 : 0)
      }
    }
    return signs.values.contains { $0.isSuperset(of: [1, -1]) }
  }
}
