import Core
import Judging
import Ranking

/// A batch in figures: rows are the items, columns the variants. Small enough to change a cell at a time while thousands are
/// asked. A value.
public struct BatchTable: Sendable {
  /// What is known of one answer.
  public struct Cell: Equatable, Sendable {
    /// Nil: not asked yet.
    public internal(set) var state: ResponseState?
    /// It is being asked.
    public internal(set) var isAsked = false
    public internal(set) var generation = 1
    /// Nanoseconds since it was sent, of an answer that came.
    public internal(set) var end: Int64?
    public internal(set) var cost: Money?
    public internal(set) var hasUnknownCost = false
    public internal(set) var passed: Bool?
    /// What judges gave it, 0 to 10: the sum, and how often.
    public internal(set) var fit = 0.0
    public internal(set) var fits = 0

    public var isFinish: Bool { state?.isFinish == true }
    public var hasFailed: Bool { state == .failed || state == .cut || state == .refused }
  }

  /// What judges say of two answers.
  public struct Verdict: Equatable, Sendable {
    public let a: Int
    public let b: Int
    public let judge: String
    public let kind: PairOutcome.Kind
    /// 1: the first wins, 0: the second; nil: it does not count.
    public let value: Double?
    let fitA: Double?
    let fitB: Double?
  }

  /// An asking of an item: a turn.
  public struct Run: Sendable {
    public let turn: Int
    /// It is being voted on: nothing of it may be told.
    public let isHidden: Bool
    public internal(set) var cells: [Cell]
    public internal(set) var verdicts: [Verdict] = []
  }

  public struct Row: Sendable {
    public let id: String
    /// The beginning of what is asked.
    public let title: String
    public let tags: [String]
    public internal(set) var runs: [Run] = []
  }

  public let lanes: [Lane]
  /// Who judges; verdicts of others do not count here.
  public let judges: Set<String>
  public private(set) var rows: [Row] = []
  /// By turn: the row, and the run in it.
  private var places: [Int: (row: Int, run: Int)] = [:]

  /// - Parameter judges: nil: whoever has judged.
  public init(_ result: BatchResult, lanes: [Lane], judges: [Lane]?) {
    self.lanes = lanes
    self.judges = Set(judges?.map(\.text) ?? result.judgements.map(\.judge))
    var index: [String: Int] = [:]
    for item in result.items {
      index[item.id] = rows.count
      rows.append(Row(id: item.id, title: sessionTitle(item.prompt), tags: item.tags))
    }
    for turn in result.session.turns {
      guard let row = turn.item.flatMap({ index[$0] }) else { continue }
      places[turn.number] = (row, rows[row].runs.count)
      rows[row].runs.append(
        Run(turn: turn.number, isHidden: turn.blind != nil, cells: Array(repeating: Cell(), count: lanes.count)))
      for response in turn.responses.values where lanes.indices.contains(response.lane) {
        answered(turn.number, response, passed: result.checks[turn.number]?[response.lane])
      }
    }
    judged(result.judgements)
  }

  // MARK: What happens

  public mutating func apply(_ event: BatchEvent) {
    switch event {
    case .began, .progress: break
    case .asked(let turn, let lane): change(turn, lane) { ($0.isAsked, $0.state) = (true, nil) }
    case .answered(let turn, let response, let passed): answered(turn, response, passed: passed)
    case .judged(let judgements): judged(judgements)
    }
  }

  private mutating func change(_ turn: Int, _ lane: Int, _ body: (inout Cell) -> Void) {
    guard let place = places[turn], lanes.indices.contains(lane) else { return }
    body(&rows[place.row].runs[place.run].cells[lane])
  }

  private mutating func answered(_ turn: Int, _ response: Response, passed: Bool?) {
    change(turn, response.lane) { cell in
      if cell.generation != response.generation { (cell.fit, cell.fits) = (0, 0) }
      cell.generation = response.generation
      (cell.state, cell.isAsked, cell.passed) = (response.state, false, passed ?? cell.passed)
      cell.end = response.state.isFinish ? response.timing.end : nil
      cell.cost = response.cost.amount
      cell.hasUnknownCost = response.cost.status == .unknown
    }
  }

  /// Those on answers as they stand; the last of a judge on a pair counts.
  private mutating func judged(_ judgements: [Judgement]) {
    for judgement in judgements where judges.contains(judgement.judge) {
      let (a, b) = (judgement.a, judgement.b)
      guard let place = places[a.turn], lanes.indices.contains(a.lane), lanes.indices.contains(b.lane) else { continue }
      var run = rows[place.row].runs[place.run]
      guard run.cells[a.lane].generation == a.generation, run.cells[b.lane].generation == b.generation else { continue }
      if let old = run.verdicts.firstIndex(where: { ($0.a, $0.b, $0.judge) == (a.lane, b.lane, judgement.judge) }) {
        run.note(run.verdicts.remove(at: old), by: -1)
      }
      let outcome = judgement.outcome
      let verdict = Verdict(
        a: a.lane, b: b.lane, judge: judgement.judge, kind: outcome.kind, value: judgement.rankingValue,
        fitA: outcome.fitA, fitB: outcome.fitB)
      run.verdicts.append(verdict)
      run.note(verdict, by: 1)
      rows[place.row].runs[place.run] = run
    }
  }

  // MARK: What it comes to

  /// Without turns that are being voted on.
  var told: BatchTable {
    var table = self
    for row in rows.indices { table.rows[row].runs.removeAll(where: \.isHidden) }
    return table
  }

  /// What verdicts came to between two lanes, seen from the first.
  public struct Tally: Equatable, Sendable {
    public var wins = 0
    public var ties = 0
    public var losses = 0
    public var splits = 0
    public var missing = 0

    public init() {}

    public var text: String { "\(wins)-\(ties + splits)-\(losses)" }

    mutating func add(_ verdict: Verdict, isForward: Bool) {
      guard verdict.value != nil else {
        missing += 1
        return
      }
      switch verdict.kind {
      case .win, .weakWin: if ((verdict.value ?? 0) > 0.5) == isForward { wins += 1 } else { losses += 1 }
      case .orderSplit: splits += 1
      default: ties += 1
      }
    }
  }

  public func tally(_ a: Int, _ b: Int) -> Tally {
    var tally = Tally()
    for row in rows {
      for run in row.runs {
        for verdict in run.verdicts {
          if (verdict.a, verdict.b) == (a, b) { tally.add(verdict, isForward: true) }
          if (verdict.a, verdict.b) == (b, a) { tally.add(verdict, isForward: false) }
        }
      }
    }
    return tally
  }

  /// How a run of an item came out between two lanes: -1 to 1, above 0 for the first; nil: nothing says. Verdicts decide, and
  /// without a judge the check: who passes where the other does not.
  func balance(_ run: Run, _ a: Int, _ b: Int) -> Double? {
    guard !judges.isEmpty else {
      guard let first = run.cells[a].passed, let second = run.cells[b].passed else { return nil }
      return (first ? 1 : 0) - (second ? 1 : 0)
    }
    let values = run.verdicts.compactMap { verdict -> Double? in
      guard let value = verdict.value else { return nil }
      if (verdict.a, verdict.b) == (a, b) { return 2 * value - 1 }
      if (verdict.a, verdict.b) == (b, a) { return 1 - 2 * value }
      return nil
    }
    return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }

  /// One outcome for each item, since verdicts of several judges or runs on one prompt are not independent.
  public func evidence(_ a: Int, _ b: Int) -> PairEvidence {
    var (wins, losses, ties) = (0, 0, 0)
    for row in rows {
      let balances = row.runs.compactMap { balance($0, a, b) }
      guard !balances.isEmpty else { continue }
      let sum = balances.reduce(0, +)
      if sum > 1e-9 { wins += 1 } else if sum < -1e-9 { losses += 1 } else { ties += 1 }
    }
    return PairEvidence(wins: wins, losses: losses, ties: ties, bothBad: 0)
  }

  /// How far the difference between two lanes goes beyond what the same lane does from run to run.
  /// - Returns: nil without two items of which each has two runs that were compared.
  public func runNoise(_ a: Int, _ b: Int) -> RunNoise? {
    RunNoise(items: rows.map { row in row.runs.compactMap { balance($0, a, b) } })
  }
}

extension BatchTable.Run {
  fileprivate mutating func note(_ verdict: BatchTable.Verdict, by sign: Int) {
    for (lane, fit) in [(verdict.a, verdict.fitA), (verdict.b, verdict.fitB)] {
      guard let fit else { continue }
      cells[lane].fit += Double(sign) * fit
      cells[lane].fits += sign
    }
  }
}

extension BatchTable.Row {
  /// Verdicts on one lane against all others.
  public func tally(_ lane: Int) -> BatchTable.Tally {
    var tally = BatchTable.Tally()
    for verdict in runs.lazy.flatMap(\.verdicts) {
      if verdict.a == lane { tally.add(verdict, isForward: true) }
      if verdict.b == lane { tally.add(verdict, isForward: false) }
    }
    return tally
  }
}
