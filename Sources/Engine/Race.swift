import Core
import Providers
import Store
import Transport

/// One turn being raced: sends, listens, judges by the rule, stops losers, retries, stores. Made by `Engine.start`; the public
/// methods may be called from any thread.
///
/// Unchecked, because everything from `prepare` on is confined to the transfer thread.
public final class Race: @unchecked Sendable {
  private let request: RaceRequest
  let engine: Engine
  let observe: @Sendable (RaceEvent) -> Void
  private var runs: [Int: LaneRun] = [:]
  private var order: [Int] = []
  private var referee: Referee
  var sawToken = false
  private var hedgeTimers: [TransferLoop.TimerID] = []
  private var timeoutTimer: TransferLoop.TimerID?
  private var pendingChecks = Set<Int>()
  private var isEnded = false
  private let examiner: Examiner?
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
    referee = Referee(rule: request.turn.rule)
    examiner = request.good.map { Examiner($0, request, engine: engine) }
    awaited = Set(request.lanes.map(\.number))
  }

  // MARK: From any thread

  /// Stops one lane; what it has said is kept.
  public func stop(_ lane: Int) { loop.perform { self.callOff(lane) } }

  public func stopAll() {
    examiner?.cancel()
    loop.perform { for lane in self.awaited.union(self.order) { self.callOff(lane) } }
  }

  /// Sends lanes' prompts again, or adds lanes to the running turn: responses of their own, older ones stay stored.
  /// - Parameter startsOver: the whole turn is raced anew, under its rule.
  public func run(_ entries: [RaceRequest.Entry], generations: [Int: Int], startsOver: Bool) {
    loop.perform {
      self.awaited.formUnion(entries.map(\.number))
      for entry in entries { self.stop(entry.number, isLoser: false) }
      self.examiner?.prepare()
      if startsOver {
        self.referee = Referee(rule: self.request.turn.rule)
        self.sawToken = false
      }
    }
    // A lane with another provider may need a key from a command: the streams of the others do not wait for it.
    engine.findKeys(of: entries.map(\.lane), late: keyFound) { keys in
      self.loop.perform {
        self.isEnded = false
        // Nobody runs any more: the clock starts anew with these.
        if self.runs.values.allSatisfy({ $0.response.state.isOver }) { self.gun = nil }
        self.keys.merge(keys) { $1 }
        for entry in entries { self.add(entry, generation: generations[entry.number] ?? 1) }
        self.engine.store.commit { _ in
          self.loop.perform { for entry in entries { self.launch(entry.number) } }
        }
      }
    }
  }

  /// A key that came after the start: its lanes follow.
  @Sendable func keyFound(_ service: String, _ key: Engine.KeyResult) {
    loop.perform {
      self.keys[service] = key
      for lane in self.order where self.runs[lane]?.isWaitingForKey == true { self.launch(lane) }
    }
  }

  // MARK: Preparation

  /// Rows for all lanes, before anything is sent. Called once, before `fire`.
  func prepare(_ keys: [String: Engine.KeyResult]) {
    self.keys.merge(keys) { $1 }
    for entry in request.lanes { add(entry, generation: 1) }
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
    } else {
      // A session may name a provider that the config has no more: a lane that fails, and says so, when it is launched.
      let hint = nearest(to: id, in: engine.services.map(\.id)).map { "; did you mean \($0)?" } ?? ""
      let nobody = Service(id, dialect: ScriptedDialect.name, baseURL: "")
      run = LaneRun(entry: entry, service: nobody, dialect: ScriptedDialect(), key: key)
      run.response.isSimulated = false
      run.response.error = ResponseError(
        .badRequest, "no provider ‘\(id)’\(hint): furlong providers lists them, the config can add one")
    }
    runs[entry.number] = run
    if !order.contains(entry.number) { order.append(entry.number) }
    engine.store.append(.began(key, run.response, request: body))
    observe(.lane(entry.number, .began(run.response)))
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
    run.response.system = run.entry.lane.system
    run.response.cost = pricing.quote(for: run.response, by: run.service, date: Clock.date())
    return run.service.isSimulated ? nil : LaneRun.kept(built.body)
  }

  // MARK: The race

  func fire() {
    examiner?.prepare()
    for lane in calledOff { stop(lane, isLoser: false) }
    (awaited, calledOff) = ([], [])
    if let timeout = request.timeout {
      timeoutTimer = loop.after(timeout) { [weak self] in self?.timeOut() }
    }
    guard let hedge = request.hedge else {
      // All in one go, on warm connections: nobody pays for being first.
      for lane in order { launch(lane) }
      return
    }
    for (place, lane) in order.enumerated() {
      hedgeTimers.append(loop.after(Int64(place) * hedge) { [weak self] in self?.launchHedged(lane) })
    }
  }

  /// Something has come: the lane is kept in reserve, for when those before it fail.
  private func launchHedged(_ lane: Int) {
    if !sawToken { launch(lane) }
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
    run.isStarted = true
    if let error = run.response.error { return end(run, .failed, error) }
    if run.service.isSimulated { return play(run) }
    send(run)
  }

  private func stop(_ lane: Int, isLoser: Bool, error: ResponseError? = nil) {
    guard let run = runs[lane], !run.response.state.isOver else { return }
    if let transfer = run.transfer { loop.cancel(transfer) }
    run.transfer = nil
    run.response.cost.isWasted = isLoser && run.isStarted
    end(run, .stopped, error)
  }

  /// What the running lanes have cost so far is an estimate: a chunk is counted as a token.
  func keepToBudget() {
    guard let budget = request.budget else { return }
    let spent = order.compactMap { runs[$0]?.response.costSoFar }.reduce(.zero, +)
    guard spent >= budget else { return }
    for lane in order {
      stop(lane, isLoser: false, error: ResponseError(.money, "stopped: the budget of \(budget.screenText) is spent"))
    }
  }

  private func timeOut() {
    for lane in order {
      stop(lane, isLoser: false, error: ResponseError(.timeout, "stopped: the time limit for this turn was reached"))
    }
  }

  func end(_ run: LaneRun, _ state: ResponseState, _ error: ResponseError?) {
    if let timer = run.timer { loop.cancel(timer) }
    run.timer = nil
    if run.isStarted, run.status != 0 || run.sentAt != nil || error != nil { record(run, error) }
    run.response.state = state
    run.response.error = error
    run.response.usage = finalUsage(run)
    if let sent = run.sentAt, let gun { run.response.timing.sentAfter = max(0, sent - gun) }
    run.response.cost = pricing.cost(
      of: run.response, by: run.service, date: Clock.date(), isWasted: run.response.cost.isWasted)
    engine.store.append(.ended(run.key, run.response))
    observe(.lane(run.entry.number, .ended(run.response)))
    if run.response.cost.status == .partial, let id = run.response.attempts.last?.requestID {
      var key = run.key
      key.generation = run.response.generation
      loop.after(Engine.settlingDelay) { [engine, service = run.service] in engine.settle(key, id: id, by: service) }
    }
    if state.isFinish { decide(.finished, run) }
    useReserve()
    endIfOver()
  }

  /// What the provider counted, or an estimate of what it will bill: input once it was sent, output from the text that came.
  private func finalUsage(_ run: LaneRun) -> Usage {
    let reported = run.response.usage
    if reported.raw != nil || reported.output > 0, reported.isOutputFinal { return reported }
    guard run.sentAt != nil, run.status == 0 || (200..<300).contains(run.status) else { return Usage() }
    var usage = Usage.estimated(
      inputBytes: inputBytes(run), outputBytes: run.response.text.utf8.count,
      reasoningBytes: run.response.reasoning.utf8.count)
    if reported.raw != nil {
      // The input is certain, only the output is a guess.
      (usage.input, usage.cacheRead, usage.cacheWrite, usage.raw) =
        (reported.input, reported.cacheRead, reported.cacheWrite, reported.raw)
      usage.output = max(usage.output, reported.output)
    }
    return usage
  }

  private func inputBytes(_ run: LaneRun) -> Int {
    run.entry.messages.reduce(run.system?.utf8.count ?? 0) { $0 + $1.textWithFiles.utf8.count }
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
      engine.store.append(.winner(session: request.session.id, turn: request.turn.number, lane: lane))
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
    useReserve()
    endIfOver()
  }

  /// Lanes held back by hedging: not needed once somebody has won; the next one's turn when all that were started have ended
  /// without a winner.
  private func useReserve() {
    guard request.hedge != nil, pendingChecks.isEmpty else { return }
    let waiting = order.filter { lane in runs[lane].map { !$0.isStarted && !$0.response.state.isOver } ?? false }
    if referee.winner != nil {
      for lane in waiting { stop(lane, isLoser: false) }
    } else if let next = waiting.first, runs.values.allSatisfy({ !$0.isStarted || $0.response.state.isOver }) {
      launch(next)
    }
  }

  private func endIfOver() {
    guard !isEnded, pendingChecks.isEmpty, order.allSatisfy({ runs[$0]?.response.state.isOver ?? true }) else { return }
    isEnded = true
    for timer in hedgeTimers { loop.cancel(timer) }
    if let timeoutTimer { loop.cancel(timeoutTimer) }
    observe(.ended(winner: referee.winner))
  }
}
