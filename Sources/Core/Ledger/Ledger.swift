/// What was spent, by any of the ways to look at it. Pure: made of calls, oldest first.
public struct Ledger: Sendable {
  /// How calls are put together.
  public enum Grouping: String, CaseIterable, Sendable {
    case model, provider, day, session, purpose

    public func after(_ step: Int) -> Grouping {
      let all = Grouping.allCases
      let place = all.firstIndex(of: self) ?? 0
      return all[(place + step + all.count) % all.count]
    }
  }

  /// Sums over some calls.
  public struct Entry: Equatable, Sendable {
    public var name: String
    public var calls = 0
    public var failures = 0
    public var input = 0
    public var cached = 0
    public var output = 0
    /// Of the calls whose cost is known.
    public var cost = Money.zero
    public var unknown = 0
    /// What calls stopped or cut may have cost beyond `cost`; nil when nobody can say.
    public var uncertain: Money? = .zero
    /// Of lanes that a rule stopped.
    public var waste = Money.zero
    /// Time to the first visible answer and to the end, in seconds, rising; failed calls stay in as infinite.
    public var firstAnswers: [Double] = []
    public var ends: [Double] = []

    public init(_ name: String) { self.name = name }
  }

  public let calls: [LedgerCall]
  /// The local day of a moment; the caller knows the time zone.
  private let day: @Sendable (Int64) -> String

  public init(_ calls: [LedgerCall], day: @escaping @Sendable (Int64) -> String) {
    self.calls = calls
    self.day = day
  }

  public var total: Entry { sum("total", calls) }

  /// The dearest first; days in their order.
  public func entries(by grouping: Grouping) -> [Entry] {
    let groups = Dictionary(grouping: calls) { name($0, grouping) }
    let entries = groups.map { sum($0.key, $0.value) }
    return entries.sorted { a, b in
      if grouping == .day { return a.name < b.name }
      return (b.cost, a.name) < (a.cost, b.name)
    }
  }

  private func name(_ call: LedgerCall, _ grouping: Grouping) -> String {
    switch grouping {
    case .model: call.model.text
    case .provider: call.model.provider
    case .day: day(call.created)
    case .session: call.key.session
    case .purpose: call.purpose
    }
  }

  private func sum(_ name: String, _ calls: [LedgerCall]) -> Entry {
    var entry = Entry(name)
    for call in calls {
      entry.calls += 1
      entry.input += call.usage.input
      entry.cached += call.usage.cacheRead
      entry.output += call.usage.output
      if let amount = call.amount {
        entry.cost = entry.cost + amount
        if call.cost.isWasted { entry.waste = entry.waste + amount }
      } else {
        entry.unknown += 1
      }
      if call.cost.status == .partial {
        let more = call.cost.highest.map { $0 - (call.amount ?? .zero) }
        entry.uncertain = entry.uncertain.flatMap { sum in more.map { sum + $0 } }
      }
      // A person's or a rule's stop is no failure, and has no end.
      if call.state == .failed || call.state == .cut {
        entry.failures += 1
        entry.firstAnswers.append(.infinity)
        entry.ends.append(.infinity)
      } else if call.state != .stopped {
        if let first = call.firstAnswer { entry.firstAnswers.append(Double(first) / 1e9) }
        if let end = call.end { entry.ends.append(Double(end) / 1e9) }
      }
    }
    entry.firstAnswers.sort()
    entry.ends.sort()
    return entry
  }
}

extension Ledger {
  /// Exact, type 7; nil where there are too few: fewer than 20 give no 95th percentile, fewer than 100 no 99th.
  public static func percentile(_ sorted: [Double], _ level: Double) -> Double? {
    let least = level > 0.98 ? 100 : level > 0.9 ? 20 : 1
    return sorted.count < least ? nil : Quantiles.type7(sorted, level)
  }

  /// What racing cost, and what it saved in time.
  public struct Racing: Equatable, Sendable {
    public var turns = 0
    public var winners = Money.zero
    /// Lanes that ended by themselves without winning.
    public var losers = Money.zero
    /// Lanes that the rule stopped.
    public var waste = Money.zero
    public var unknown = 0
    /// Seconds that the winner's end came before the median end of its rivals' models, added up, and the turns behind it.
    public var saved = 0.0
    public var compared = 0
  }

  /// Over the turns of two lanes or more whose rule stops the others. A stopped lane has no end: what it would have taken is the
  /// median of its model's own ends in this ledger.
  public var racing: Racing {
    var racing = Racing()
    let medians = Dictionary(
      uniqueKeysWithValues: entries(by: .model).compactMap { entry in
        Ledger.percentile(entry.ends.filter(\.isFinite), 0.5).map { (entry.name, $0) }
      })
    let raced = calls.filter { $0.lanes > 1 && $0.rule != .all }
    for (_, lanes) in Dictionary(grouping: raced, by: { TurnKey(session: $0.key.session, turn: $0.key.turn) }) {
      racing.turns += 1
      for call in lanes {
        guard let amount = call.amount else {
          racing.unknown += 1
          continue
        }
        if call.won {
          racing.winners = racing.winners + amount
        } else if call.cost.isWasted {
          racing.waste = racing.waste + amount
        } else {
          racing.losers = racing.losers + amount
        }
      }
      guard let end = lanes.first(where: \.won)?.end else { continue }
      let rivals = lanes.filter { !$0.won }.compactMap { medians[$0.model.text] }
      guard !rivals.isEmpty else { continue }
      racing.compared += 1
      racing.saved += rivals.reduce(0, +) / Double(rivals.count) - Double(end) / 1e9
    }
    return racing
  }

  private struct TurnKey: Hashable {
    var session: String
    var turn: Int
  }

  /// How a model's median end has moved: the later half of its answers against the earlier half. Nil below 12 answers.
  public func trend(of model: String) -> (earlier: Double, later: Double)? {
    let ends = calls.filter { $0.model.text == model && $0.state.isFinish }.compactMap {
      $0.end.map { Double($0) / 1e9 }
    }
    guard ends.count >= 12 else { return nil }
    let half = ends.count / 2
    guard let earlier = Ledger.percentile(ends[..<half].sorted(), 0.5),
      let later = Ledger.percentile(ends[half...].sorted(), 0.5)
    else { return nil }
    return (earlier, later)
  }
}
