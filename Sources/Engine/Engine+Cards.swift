import Core
import Store

extension Engine {
  /// Tries a judge on pairs with a known outcome; the card is stored.
  /// - Parameters:
  ///   - probes: all of them, unless a caller wants fewer.
  ///   - observe: calls made and to be made, and the cost so far; on any thread.
  /// - Returns: nil when it was cancelled, since half a card would flatter or shame by chance.
  public func makeCard(
    of judge: Lane, probes: [Probe] = Probes.all, concurrency: Int = 6, budget: Money? = nil,
    observe: @escaping @Sendable (_ done: Int, _ total: Int, Money) -> Void = { _, _, _ in }
  ) async -> StoredCard? {
    let caller = JudgeCaller(engine: self, concurrency: concurrency, budget: budget) {
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
    var card = JudgeCard(probes: Probes.version, trials: results.map(\.trial))
    card.cost = caller.spent.cost
    card.hasUnknownCost = caller.spent.hasUnknownCost
    let stored = StoredCard(
      created: Clock.date(), judge: judge.text, judgeReported: results.lazy.compactMap(\.model).first,
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
