import Core
import Judging
import Store

extension Engine {
  /// Tries a judge on pairs with a known outcome; the card is stored.
  /// - Parameters:
  ///   - probes: all of them, unless a caller wants fewer.
  ///   - observe: calls made and to be made, and the cost so far; on any thread.
  /// - Returns: nil when it was cancelled, since half a card would flatter or shame by chance.
  /// - Throws: why the purse gave no leave for a call; no card is kept then, for the same reason.
  public func makeCard(
    of judge: Lane, probes: [Probe] = Probes.all, concurrency: Int = 6, wallets: [Wallet] = [],
    allowsUnpriced: Bool = false,
    observe: @escaping @Sendable (_ done: Int, _ total: Int, Money) -> Void = { _, _, _ in }
  ) async throws(ResponseError) -> StoredCard? {
    let caller = JudgeCaller(
      engine: self, concurrency: concurrency, wallets: wallets, allowsUnpriced: allowsUnpriced
    ) {
      observe($0.done, $0.total, $0.cost)
    }
    caller.expect(probes.count * 2)
    let results = await withTaskGroup(of: (place: Int, trial: JudgeCard.Trial, model: String?).self) { group in
      for (place, probe) in probes.enumerated() {
        group.addTask {
          let found = await caller.compare(
            Candidate(text: probe.a), Candidate(text: probe.b), of: JudgeTask(prompt: probe.prompt), by: probe.brief,
            judge, .probe, about: "probe \(probe.id)")
          return (place, JudgeCard.Trial(probe, found.readings), found.exchanges.first?.modelReported)
        }
      }
      var results: [(place: Int, trial: JudgeCard.Trial, model: String?)] = []
      for await result in group { results.append(result) }
      return results.sorted { $0.place < $1.place }
    }
    if Task.isCancelled { return nil }
    if let refusal = caller.spent.refusal { throw ResponseError(.money, refusal) }
    var card = JudgeCard(probes: Probes.version, trials: results.map(\.trial))
    card.cost = caller.spent.cost
    card.hasUnknownCost = caller.spent.hasUnknownCost
    let stored = StoredCard(
      id: Session.newID(), created: clock.date(), judge: judge.text,
      judgeReported: results.lazy.compactMap(\.model).first,
      version: JudgePrompt.version, card: card)
    store.append(.card(stored))
    return stored
  }
}

extension JudgeCard.Trial {
  init(_ probe: Probe, _ readings: Judgement.Readings) {
    /// Whether the answer listed first was preferred.
    func firstSlot(_ reading: OrderReading) -> Bool? {
      guard case .verdict(let verdict) = reading, let steps = verdict.preference.steps, steps != 0 else { return nil }
      return steps > 0
    }
    func isUnparsed(_ reading: OrderReading) -> Bool {
      switch reading {
      case .unparsed, .incoherent, .refused: true
      default: false
      }
    }
    let both = [readings.ab, readings.ba]
    self.init(
      probe: probe.id, kind: probe.kind.rawValue, expected: probe.expected.rawValue,
      outcome: PairOutcome.combine(ab: readings.ab, ba: readings.ba), firstSlots: both.map(firstSlot),
      unparsed: both.count(where: isUnparsed), lengthRatio: probe.lengthRatio)
  }
}

/// What several judges together say of one pair.
public struct PanelVerdict: Equatable, Sendable {
  public var a: ResponseKey
  public var b: ResponseKey
  /// Nil when no judge has a card that gives it a say.
  public var panel: Panel?
  /// Judges without a say: no card, a card that may be guessing, or of a contestant's family.
  public var silent: [String]

  /// `panel: lane 1, 83 % (against it: x/y)`.
  public var words: String {
    let pair = "lanes \(a.lane + 1) and \(b.lane + 1)"
    guard let panel else { return "panel on \(pair): none, since no judge has a card that gives it a say" }
    let share = max(panel.probability, 1 - panel.probability)
    let winner = "lane \((panel.logOdds >= 0 ? a.lane : b.lane) + 1)"
    let against = panel.dissenters.isEmpty ? "" : "; against it: \(panel.dissenters.joined(separator: ", "))"
    let quiet = silent.isEmpty ? "" : "; without a say: \(silent.joined(separator: ", "))"
    return "panel on \(pair): \(winner), \(Int(saturating: (share * 100).rounded())) %\(against)\(quiet)"
  }
}

extension Engine {
  /// Panels on the pairs that more than one judge has decided, weighted by their cards. A judge that is set aside, or whose
  /// verdict is quarantined, has no say.
  public func panels(_ judgements: [Judgement]) throws(StoreError) -> [PanelVerdict] {
    let cards = try store.cards()
    var order: [ResponseKey] = []
    var groups: [ResponseKey: [ResponseKey: [Judgement]]] = [:]
    for judgement in judgements where !judgement.outcome.isMechanical {
      if groups[judgement.a] == nil { order.append(judgement.a) }
      groups[judgement.a, default: [:]][judgement.b, default: []].append(judgement)
    }
    return order.flatMap { a in
      (groups[a] ?? [:]).sorted { $0.key.lane < $1.key.lane }.compactMap { b, all -> PanelVerdict? in
        guard Set(all.map(\.judge)).count > 1 else { return nil }
        let opinions = all.compactMap { judgement -> Panel.Opinion? in
          guard judgement.rankingValue != nil, let value = judgement.outcome.value else { return nil }
          return Panel.Opinion(judge: judgement.judge, weight: weight(of: judgement, cards), value: value)
        }
        let heard = Set(opinions.filter { ($0.weight ?? 0) > 0 }.map(\.judge))
        return PanelVerdict(
          a: a, b: b, panel: Panel.combine(opinions),
          silent: Set(all.map(\.judge)).subtracting(heard).sorted())
      }
    }
  }

  private func weight(of judgement: Judgement, _ cards: [StoredCard]) -> Double? {
    cards.last {
      $0.judge == judgement.judge && $0.version == judgement.version && $0.judgeReported == judgement.judgeReported
    }?.card.weight
  }

  /// Judges whose provider has put another model under the same name since their card was made: the old card says nothing of it.
  public func changedJudges(_ judgements: [Judgement]) throws(StoreError) -> [Lane] {
    let cards = try store.cards().filter { $0.version == JudgePrompt.version }
    var changed: [String] = []
    for judgement in judgements where judgement.judgeReported != nil && !changed.contains(judgement.judge) {
      let own = cards.filter { $0.judge == judgement.judge }
      if !own.isEmpty, !own.contains(where: { $0.judgeReported == judgement.judgeReported }) {
        changed.append(judgement.judge)
      }
    }
    return changed.compactMap { try? Lane(parsing: $0) }
  }
}
