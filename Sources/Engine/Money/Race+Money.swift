import Core
import Store

/// What a race is paid from, and what is known of its cost when it ends.
extension Race {
  /// Asks the purse for leave to send these lanes, those of the request when none are named. `then` on some thread.
  func askLeave(
    for entries: [RaceRequest.Entry]? = nil, then: @escaping @Sendable (Result<Grant, Refusal>) -> Void
  ) {
    // What nothing limits need not be reckoned.
    guard engine.purse.limits(wallets, request.key) else { return then(.success(engine.purse.unlimited(wallets))) }
    var want = Purse.Want()
    want.exposures = (entries ?? request.lanes).map {
      engine.exposure(of: $0, system: request.turn.system, relay: request.relay)
    }
    want.together = entries != nil || request.order.map(\.isRace) ?? true
    (want.wallets, want.key) = (wallets, request.key)
    (want.allowsUnpriced, want.waits) = (request.allowsUnpriced, request.waitsForMoney)
    want.isGone = { [weak self] in self?.isCalledOff.load(ordering: .relaxed) ?? true }
    engine.purse.ask(want, then: then)
  }

  /// How much is kept of it: nothing of a relayed call that was never sent.
  var keeping: GatewayKey.Keeping {
    if request.relay != nil, case .failure = leave { return .none }
    return request.relay?.keeping ?? .full
  }

  /// Lanes whose money is used up are stopped, by their running counts.
  func keepToBudget(_ grant: Grant?) {
    guard let grant, grant.isLimited else { return }
    let own = runs.values.filter { $0.grant === grant && !$0.response.state.isOver }
    guard !own.isEmpty else { return }
    let running = own.compactMap(\.response.costSoFar).reduce(.zero, +)
    let mayGoOn = grant.mayGoOn(running: running) { [weak self, weak grant] in
      guard let self, let grant else { return }
      loop.perform { self.keepToBudget(grant) }
    }
    // One that has said why it ends costs nothing more: stopped now, its whole answer would be lost, and asked for again.
    let unfinished = own.filter { $0.response.finishReason == nil }
    if !mayGoOn { tell(.spent(unfinished.map(\.entry.number).sorted())) }
  }

  /// A lane has ended, and its cost is known.
  func settle(_ run: LaneRun) {
    guard let grant = run.grant else { return }
    let others = runs.values.filter { $0.grant === grant && !$0.response.state.isOver }
    // Lanes that are asked one after another share the same money.
    let isTogether = request.relay == nil && request.order.map(\.isRace) ?? true
    let exposure =
      isTogether
      ? engine.exposure(of: run.entry, system: request.turn.system) : Exposure(model: run.response.model)
    grant.spend(
      run.response.cost.amount ?? .zero, of: exposure,
      running: others.compactMap(\.response.costSoFar).reduce(.zero, +))
    // Its books are kept when all of it has ended.
    if others.isEmpty, request.relay == nil { grant.settle() }
  }

  /// All has ended: behind all that has been told of what it cost.
  func keepBooks() {
    for run in runs.values {
      if keeping == GatewayKey.Keeping.none, run.grant?.isLimited == true, let cost = run.response.cost.amount {
        engine.store.append(.unkept(cost))
      }
      run.grant?.settle()
    }
  }

  /// What the provider counted, or an estimate of what it will bill: input once it was sent, output from the text that came.
  func finalUsage(_ run: LaneRun) -> Usage {
    let reported = run.response.usage
    // Counts that come with every chunk are final only where the answer is.
    let isFinal = reported.isOutputFinal && (run.response.finishReason != nil || run.response.state.isFinish)
    if reported.raw != nil || reported.output > 0, isFinal, !reported.lacksCounts { return reported }
    guard run.sentAt != nil, run.status == 0 || (200..<300).contains(run.status) else { return Usage() }
    let count = run.response.count
    var usage = Usage.estimated(
      inputBytes: inputBytes(run), outputBytes: 0, reasoningBytes: run.response.reasoning.utf8.count)
    usage.output = max(count.tokens, usage.reasoning)
    if reported.lacksCounts {
      // What else is counted there says nothing by itself; a charge does.
      (usage.raw, usage.variant) = (reported.raw, reported.variant)
      (usage.reportedCost, usage.reportedCostIsCharge) = (reported.reportedCost, reported.reportedCostIsCharge)
    } else if reported.raw != nil {
      // The input is certain, only the output is a guess.
      (usage.input, usage.cacheRead, usage.cacheWrite, usage.raw) =
        (reported.input, reported.cacheRead, reported.cacheWrite, reported.raw)
      usage.reasoning = max(usage.reasoning, reported.reasoning)
      usage.output = max(usage.output, reported.output, usage.reasoning)
    }
    return usage
  }

  func inputBytes(_ run: LaneRun) -> Int {
    request.relay?.inputBytes ?? run.entry.inputBytes(system: request.turn.system)
  }
}
