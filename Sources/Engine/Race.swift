import Core
import Providers
import Store
import Synchronization
import Transport

/// One turn being raced: sends, listens, judges by the rule, stops losers, retries, stores. Made by `Engine.start`; the public
/// methods may be called from any thread.
///
/// Unchecked, because everything from `prepare` on is confined to the transfer thread.
public final class Race: @unchecked Sendable {
  let request: RaceRequest
  let engine: Engine
  let observe: @Sendable (RaceEvent) -> Void
  private var runs: [Int: LaneRun] = [:]
  private var order: [Int] = []
  private var referee: Referee
  var sawToken = false
  private var starter: Starter
  private var hedgeTimers: [TransferLoop.TimerID] = []
  private var timeoutTimer: TransferLoop.TimerID?
  private var pendingChecks = Set<Int>()
  private var isEnded = false
  /// Gathers what is to be stored, while a call is prepared.
  private var started: [StartedCall]?
  private let examiner: Examiner?
  /// What may be spent on lanes, by those who were asked for together.
  private let wallets: [Wallet]
  /// Of lanes that are to be sent, as the purse has decided; what those in reserve are sent by as well.
  private var leave: Result<Grant, Refusal>?
  /// Somebody has called it off before it began.
  private let isCalledOff = Atomic(false)
  /// When the first lane was sent, in nanoseconds on the monotonic clock.
  private var gun: Int64?
  /// By service id, as found before the start: a command of the person's is not run on this thread.
  var keys: [String: Engine.KeyResult] = [:]
  /// Lanes whose keys are being looked for, and those of them that have been stopped meanwhile.
  private var awaited: Set<Int>
  private var calledOff: Set<Int> = []

  var loop: TransferLoop { engine.loop }
  private var pricing: Pricing { Pricing(prices: engine.prices) }

  init(_ request: RaceRequest, engine: Engine, observe: @escaping @Sendable (RaceEvent) -> Void) {
    self.request = request
    self.engine = engine
    self.observe = observe
    referee = Referee(rule: request.turn.rule, takesEmpty: request.relay != nil)
    starter = Starter(request.order ?? .together(request.lanes.map { .lane($0.number) }, hedge: request.hedge))
    let wallets = request.wallets.isEmpty ? [engine.purse.turnWallet()] : request.wallets
    self.wallets = wallets
    examiner = request.good.map { Examiner($0, request, wallets: wallets, engine: engine) }
    awaited = Set(request.lanes.map(\.number))
  }

  // MARK: From any thread

  /// Stops one lane; what it has said is kept.
  public func stop(_ lane: Int) { loop.perform { self.callOff(lane) } }

  public func stopAll() {
    isCalledOff.store(true, ordering: .relaxed)
    engine.purse.reconsider(after: 0)
    examiner?.cancel()
    loop.perform { for lane in self.awaited.union(self.order) { self.callOff(lane) } }
  }

  /// Sends lanes' prompts again, or adds lanes to the running turn: responses of their own, older ones stay stored.
  /// - Parameter startsOver: the whole turn is raced anew, under its rule.
  public func run(_ entries: [RaceRequest.Entry], generations: [Int: Int], startsOver: Bool) {
    isCalledOff.store(false, ordering: .relaxed)
    loop.perform {
      self.awaited.formUnion(entries.map(\.number))
      for entry in entries { self.stop(entry.number, isLoser: false) }
      self.examiner?.prepare()
      if startsOver {
        self.referee = Referee(rule: self.request.turn.rule, takesEmpty: self.request.relay != nil)
        self.sawToken = false
      }
    }
    // A lane with another provider may need a key from a command: the streams of the others do not wait for it.
    engine.findKeys(of: entries.map(\.lane), late: keyFound) { keys in
      self.askLeave(for: entries) { leave in
        self.loop.perform {
          self.isEnded = false
          // Nobody runs any more: the clock starts anew with these.
          if self.runs.values.allSatisfy({ $0.response.state.isOver }) { self.gun = nil }
          self.keys.merge(keys) { $1 }
          self.leave = leave
          for entry in entries { self.add(entry, generation: generations[entry.number] ?? 1) }
          self.engine.store.commitSoon {
            self.loop.perform { for entry in entries { self.launch(entry.number) } }
          }
        }
      }
    }
  }

  // MARK: Money

  /// Asks the purse for leave to send these lanes, those of the request when none are named. `then` on some thread.
  func askLeave(
    for entries: [RaceRequest.Entry]? = nil, then: @escaping @Sendable (Result<Grant, Refusal>) -> Void
  ) {
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
  func keepToBudget() {
    guard case .success(let grant) = leave, grant.isLimited else { return }
    let own = order.compactMap { runs[$0] }.filter { $0.grant === grant && !$0.response.state.isOver }
    guard !own.isEmpty else { return }
    let running = own.compactMap(\.response.costSoFar).reduce(.zero, +)
    let mayGoOn = grant.mayGoOn(running: running) { [weak self] in
      guard let self else { return }
      loop.perform { self.keepToBudget() }
    }
    guard !mayGoOn, let amount = grant.amount else { return }
    for run in own {
      stop(
        run.entry.number, isLoser: false,
        error: ResponseError(.money, "stopped: the budget of \(amount.screenText) is spent"))
    }
  }

  /// A lane has ended, and its cost is known.
  private func settle(_ run: LaneRun) {
    guard let grant = run.grant else { return }
    grant.spend(run.response.cost.amount ?? .zero)
    // A relay's books are kept when all of it has ended.
    let others = runs.values.filter { $0.grant === grant && !$0.response.state.isOver }
    if others.isEmpty, request.relay == nil { grant.settle() }
  }

  /// A key that came after the start: its lanes follow.
  @Sendable func keyFound(_ service: String, _ key: Engine.KeyResult) {
    loop.perform {
      self.keys[service] = key
      for lane in self.order where self.runs[lane]?.isWaitingForKey == true { self.launch(lane) }
    }
  }

  // MARK: Preparation

  /// As `prepare`, but what is to be stored is handed back.
  func prepareCalls(_ keys: [String: Engine.KeyResult], _ leave: Result<Grant, Refusal>) -> [StartedCall] {
    started = []
    prepare(keys, leave)
    defer { started = nil }
    return started ?? []
  }

  /// Rows for all lanes, before anything is sent. Called once, before `fire`.
  func prepare(_ keys: [String: Engine.KeyResult], _ leave: Result<Grant, Refusal>) {
    self.keys.merge(keys) { $1 }
    self.leave = leave
    // What a relay holds in reserve is seldom needed: a row for it would be written for nothing.
    let first = request.relay.map { _ in Set(starterLanes) }
    for entry in request.lanes where first?.contains(entry.number) ?? true { add(entry, generation: 1) }
  }

  /// The lanes that are sent at once.
  private var starterLanes: [Int] {
    var trial = starter
    return trial.begin().compactMap { if case .launch(let lane) = $0 { lane } else { nil } }
  }

  /// A lane that is still on its way here is stopped when it arrives.
  private func callOff(_ lane: Int) {
    if awaited.contains(lane) { calledOff.insert(lane) }
    stop(lane, isLoser: false)
  }

  private func add(_ entry: RaceRequest.Entry, generation: Int) {
    let key = ResponseKey(
      session: request.session.id, turn: request.turn.number, lane: entry.number, generation: generation)
    let id = entry.lane.model.provider
    let run: LaneRun
    var body: JSON?
    if let service = engine.service(id), let dialect = Dialects.named(service.dialect) {
      run = LaneRun(entry: entry, service: service, dialect: dialect, key: key)
      body = prepare(run)
      run.response.error = service.fault(inModel: entry.lane.model.model).map { ResponseError(.badRequest, $0) }
    } else {
      // A session may name a provider that the config has no more: a lane that fails, and says so, when it is launched.
      let hint = nearest(to: id, in: engine.services.map(\.id)).map { "; did you mean \($0)?" } ?? ""
      let nobody = Service(id, dialect: ScriptedDialect.name, baseURL: "")
      run = LaneRun(entry: entry, service: nobody, dialect: ScriptedDialect(), key: key)
      run.response.isSimulated = false
      run.response.error = ResponseError(
        .badRequest, "no provider ‘\(id)’\(hint): furlong providers lists them, the config can add one")
    }
    if let relay = request.relay {
      let lane = entry.number
      run.tap = { data, isWhole in relay.tap(lane, isWhole ? .whole(data) : .event(data)) }
      if run.response.error == nil, let refusal = refusal(of: run) {
        run.response.error = ResponseError(.badRequest, refusal)
      }
    }
    switch leave {
    case .success(let grant): run.grant = grant
    case .failure(let refusal): run.response.error = run.response.error ?? refusal.error
    case nil: break
    }
    runs[entry.number] = run
    if !order.contains(entry.number) { order.append(entry.number) }
    if started == nil {
      keep(.began(key, run.response, request: body))
    } else {
      started?.append(StartedCall(key: key, response: run.response, request: body))
    }
    observe(.lane(entry.number, .began(run.response)))
  }

  /// Why a relayed request cannot be sent as it was asked for; for a client that is an error, not a notice.
  private func refusal(of run: LaneRun) -> String? {
    guard let relayed = run.entry.relayed else { return nil }
    if let refusal = relayed.refusal { return refusal }
    return relayed.body == nil && !run.response.notices.isEmpty ? run.response.notices.joined(separator: "; ") : nil
  }

  /// Fills in what is known before the start. Returns what is kept of the request; nil for a simulated model.
  private func prepare(_ run: LaneRun) -> JSON? {
    func isLocal(_ service: Service) -> Bool { service.isLocal && !service.isSimulated }
    let locals = request.lanes.filter { engine.service($0.lane.model.provider).map(isLocal) ?? false }
    run.system = run.entry.lane.system ?? request.turn.system
    run.schema = request.schema
    run.response.sharesMachine = isLocal(run.service) && locals.count > 1
    let built = run.makeRequest()
    run.response.notices += built.notices
    run.response.usage = Usage.estimated(inputBytes: inputBytes(run), outputBytes: 0, reasoningBytes: 0)
    run.response.count = OutputCount(bytesPerToken: engine.measures.bytesPerToken(of: run.response.model))
    run.response.system = run.entry.lane.system
    run.response.cost = pricing.quote(for: run.response, by: run.service, date: Clock.date())
    if run.service.isSimulated { return nil }
    switch request.relay?.keeping {
    // The words of a relayed thread are nowhere else.
    case .full: return LaneRun.keptWhole(built.body)
    // Tools and schemas are words as well.
    case .metadata, .some(.none): return nil
    case nil: return LaneRun.kept(built.body)
    }
  }

  /// Has a record kept, as far as this race is kept at all.
  func keep(_ record: Record) {
    switch (keeping, record) {
    case (.full, _): engine.store.append(record)
    case (.none, _), (.metadata, .text): break
    case (.metadata, .ended(let key, let response)): engine.store.append(.ended(key, response.withoutWords))
    case (.metadata, _): engine.store.append(record)
    }
  }

  // MARK: The race

  func fire() {
    examiner?.prepare()
    for lane in calledOff { stop(lane, isLoser: false) }
    (awaited, calledOff) = ([], [])
    if let timeout = request.timeout {
      timeoutTimer = loop.after(timeout) { [weak self] in self?.timeOut() }
    }
    // All that start together go in one go, on warm connections: nobody pays for being first.
    follow(starter.begin())
  }

  private func follow(_ steps: [Starter.Step]) {
    for step in steps {
      switch step {
      case .launch(let lane): isLate(lane) ? addLate(lane) : launch(lane)
      case .wait(let delay, let branch):
        hedgeTimers.append(loop.after(delay) { [weak self] in self?.elapsed(branch) })
      }
    }
  }

  /// Something has come: the branch is kept in reserve, for when those before it fail.
  private func elapsed(_ branch: Int) {
    if !sawToken, !isEnded { follow(starter.elapsed(branch)) }
  }

  /// A client waits, and there is another to ask: nobody waits for one that is limited or broken.
  var prefersAnother: Bool { request.relay != nil && starter.hasReserve }

  /// Whether a lane in reserve has no row yet.
  private func isLate(_ lane: Int) -> Bool { request.relay != nil && runs[lane] == nil }

  /// A lane in reserve is needed: its row stands before it is sent.
  private func addLate(_ lane: Int) {
    guard let entry = request.lanes.first(where: { $0.number == lane }) else { return }
    add(entry, generation: 1)
    awaited.insert(lane)
    engine.store.commitSoon { self.loop.perform { self.launch(lane) } }
  }

  private func launch(_ lane: Int) {
    awaited.remove(lane)
    if calledOff.remove(lane) != nil { return stop(lane, isLoser: false) }
    guard let run = runs[lane], !run.response.state.isOver, !run.isStarted else { return }
    guard keys[run.service.id] != nil || run.service.isSimulated else {
      run.isWaitingForKey = true
      return notify(run, "waiting for the key of \(run.service.id)")
    }
    run.isWaitingForKey = false
    // Without leave nothing is begun, which is no attempt.
    guard let leave = run.grant?.leave() else {
      return end(run, .failed, run.response.error ?? ResponseError(.money, "not sent: nobody has given leave to spend"))
    }
    run.isStarted = true
    if let error = run.response.error { return end(run, .failed, error) }
    if run.service.isSimulated { return play(run) }
    send(run, leave)
  }

  private func stop(_ lane: Int, isLoser: Bool, error: ResponseError? = nil) {
    guard let run = runs[lane], !run.response.state.isOver else { return }
    if let transfer = run.transfer { loop.cancel(transfer) }
    run.transfer = nil
    run.response.cost.isWasted = isLoser && run.isStarted
    end(run, .stopped, error)
  }

  private func timeOut() {
    for lane in order {
      stop(lane, isLoser: false, error: ResponseError(.timeout, "stopped: the time limit for this turn was reached"))
    }
  }

  func end(_ run: LaneRun, _ state: ResponseState, _ error: ResponseError?) {
    if let timer = run.timer { loop.cancel(timer) }
    run.timer = nil
    run.response.notices += run.response.toolCalls.map { "called \($0.name)(\($0.arguments))" }
    if run.isStarted, run.status != 0 || run.sentAt != nil || error != nil { record(run, error) }
    run.response.state = state
    run.response.error = error
    let usage = finalUsage(run)
    for fault in run.response.usage.leftOut { notify(run, "the provider reported \(fault): left out") }
    run.response.usage = usage
    let response = run.response
    if response.timing.firstToken != nil {
      run.response.timing.tokensInFirstRead = response.count.inFirstRead(
        of: usage.output, hidden: response.hiddenReasoning)
    }
    if let sent = run.sentAt, let gun { run.response.timing.sentAfter = max(0, sent - gun) }
    run.response.cost = pricing.cost(
      of: run.response, by: run.service, date: Clock.date(), isWasted: run.response.cost.isWasted,
      elapsed: run.sentAt.map { loop.now() - $0 })
    if let price = run.response.cost.price, !price.charge(for: usage).total.isOfCall {
      notify(run, "its tokens come to more than a call can cost: left out")
    }
    engine.measures.learn(run.response)
    keep(.ended(run.key, run.response))
    observe(.lane(run.entry.number, .ended(run.response)))
    settle(run)
    if run.response.cost.status == .partial, let id = run.response.attempts.last?.requestID {
      var key = run.key
      key.generation = run.response.generation
      loop.after(Engine.settlingDelay) { [engine, service = run.service] in engine.settle(key, id: id, by: service) }
    }
    if state.isFinish || state == .refused && request.relay != nil { decide(.finished, run) }
    useReserve(after: run.entry.number)
    endIfOver()
  }

  /// What the provider counted, or an estimate of what it will bill: input once it was sent, output from the text that came.
  private func finalUsage(_ run: LaneRun) -> Usage {
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

  private func inputBytes(_ run: LaneRun) -> Int {
    request.relay?.inputBytes ?? run.entry.inputBytes(system: request.turn.system)
  }

  /// A lane's request has left: the first of them starts the clock of the race.
  func noteSent(at moment: Int64) { gun = gun ?? moment }

  // MARK: The rule

  func decide(_ moment: Referee.Moment, _ run: LaneRun) {
    let lane = run.entry.number
    switch referee.observe(moment, lane: lane) {
    case .none: break
    case .check:
      pendingChecks.insert(lane)
      if request.turn.rule == .firstGood { return examine(run) }
      ValidityChecker.run(request.check ?? .nonempty, on: run.response.text) { passed in
        self.loop.perform { self.checked(lane, passed) }
      }
    case .win(let stopsOthers):
      keep(.winner(session: request.session.id, turn: request.turn.number, lane: lane))
      observe(.won(lane: lane))
      if stopsOthers {
        for other in order where other != lane { stop(other, isLoser: true) }
        // Finishers that the judge still reads have lost.
        pendingChecks = []
        examiner?.cancel()
      }
    }
  }

  /// Finishers are read by the judge as they land.
  private func examine(_ run: LaneRun) {
    guard let examiner else { return checked(run.entry.number, false, "no judge: it cannot be found good enough") }
    let answer = ResponseKey(
      session: run.key.session, turn: run.key.turn, lane: run.key.lane, generation: run.response.generation)
    let lane = run.entry.number
    examiner.examine(run.response, answer) { fit, passed in
      self.loop.perform {
        self.observe(.fit(fit))
        let words = fit.value.map { "fit \($0) of 10" } ?? "no fit"
        self.checked(lane, passed, "\(words): \(fit.reason)")
      }
    }
  }

  private func checked(_ lane: Int, _ passed: Bool, _ notice: String = "did not pass the check") {
    // Somebody may have called the race off meanwhile.
    guard pendingChecks.remove(lane) != nil, let run = runs[lane] else { return }
    if !passed { notify(run, notice) }
    decide(.checked(passed: passed), run)
    useReserve(after: lane)
    endIfOver()
  }

  /// Lanes in reserve: not needed once somebody has won; the next one's turn when a lane has ended without a winner.
  private func useReserve(after lane: Int) {
    guard request.hedge != nil || request.relay != nil else { return }
    guard referee.winner == nil else {
      for lane in order where runs[lane].map({ !$0.isStarted && !$0.response.state.isOver }) ?? false {
        stop(lane, isLoser: false)
      }
      return
    }
    guard !pendingChecks.contains(lane) else { return }
    // Who asks wrongly asks everybody wrongly; what one protocol cannot carry, another may.
    if request.relay != nil, let error = runs[lane]?.response.error, error.kind == .badRequest, error.status != nil {
      return
    }
    follow(starter.ended(lane))
  }

  private func endIfOver() {
    guard !isEnded, pendingChecks.isEmpty, order.allSatisfy({ runs[$0]?.response.state.isOver ?? true }) else { return }
    isEnded = true
    for timer in hedgeTimers { loop.cancel(timer) }
    if let timeoutTimer { loop.cancel(timeoutTimer) }
    observe(.ended(winner: referee.winner))
    // Behind all that has been told of what it cost.
    for run in runs.values {
      if keeping == GatewayKey.Keeping.none, run.grant?.isLimited == true, let cost = run.response.cost.amount {
        engine.store.append(.unkept(cost))
      }
      run.grant?.settle()
    }
  }
}
