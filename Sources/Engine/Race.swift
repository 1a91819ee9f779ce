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
  /// UTF-8 bytes of one answer, reasoning included: a stream that never ends has to end somewhere.
  private static let longestAnswer = 64 << 20
  /// Bytes of an answer with an error status.
  private static let longestRefusal = 64 << 10

  private let request: RaceRequest
  private let engine: Engine
  private let observe: @Sendable (RaceEvent) -> Void
  private var runs: [Int: LaneRun] = [:]
  private var order: [Int] = []
  private var referee: Referee
  private var sawToken = false
  private var hedgeTimers: [TransferLoop.TimerID] = []
  private var timeoutTimer: TransferLoop.TimerID?
  private var pendingChecks = Set<Int>()
  private var isEnded = false
  /// By service id, as found before the start: a command of the person's is not run on this thread.
  private var keys: [String: Engine.KeyResult] = [:]
  /// Lanes whose keys are being looked for, and those of them that have been stopped meanwhile.
  private var awaited: Set<Int>
  private var calledOff: Set<Int> = []

  private var loop: TransferLoop { engine.loop }
  private var pricing: Pricing { Pricing(prices: engine.prices) }

  init(_ request: RaceRequest, engine: Engine, observe: @escaping @Sendable (RaceEvent) -> Void) {
    self.request = request
    self.engine = engine
    self.observe = observe
    referee = Referee(rule: request.turn.rule)
    awaited = Set(request.lanes.map(\.number))
  }

  // MARK: From any thread

  /// Stops one lane; what it has said is kept.
  public func stop(_ lane: Int) { loop.perform { self.callOff(lane) } }

  public func stopAll() {
    loop.perform { for lane in self.awaited.union(self.order) { self.callOff(lane) } }
  }

  /// Sends lanes' prompts again, or adds lanes to the running turn: responses of their own, older ones stay stored.
  /// - Parameter startsOver: the whole turn is raced anew, under its rule.
  public func run(_ entries: [RaceRequest.Entry], generations: [Int: Int], startsOver: Bool) {
    loop.perform {
      self.awaited.formUnion(entries.map(\.number))
      for entry in entries { self.stop(entry.number, isLoser: false) }
      if startsOver {
        self.referee = Referee(rule: self.request.turn.rule)
        self.sawToken = false
      }
    }
    // A lane with another provider may need a key from a command: the streams of the others do not wait for it.
    engine.findKeys(of: entries.map(\.lane)) { keys in
      self.loop.perform {
        self.isEnded = false
        self.keys.merge(keys) { $1 }
        for entry in entries { self.add(entry, generation: generations[entry.number] ?? 1) }
        self.engine.store.commit { _ in
          self.loop.perform { for entry in entries { self.launch(entry.number) } }
        }
      }
    }
  }

  // MARK: Preparation

  /// Rows for all lanes, before anything is sent. Called once, before `fire`.
  func prepare(_ keys: [String: Engine.KeyResult]) {
    self.keys = keys
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
    guard let service = engine.service(id), let dialect = Dialects.named(service.dialect) else {
      return addUnknown(entry, key)
    }
    let run = LaneRun(entry: entry, service: service, dialect: dialect, key: key)
    run.system = request.turn.system
    runs[entry.number] = run
    if !order.contains(entry.number) { order.append(entry.number) }
    let locals = request.lanes.filter {
      engine.service($0.lane.model.provider).map { $0.isLocal && !$0.isSimulated } ?? false
    }
    run.response.sharesMachine = service.isLocal && !service.isSimulated && locals.count > 1
    let body = run.makeRequest()
    run.response.notices += body.notices
    run.response.usage = Usage.estimated(inputBytes: inputBytes(run), outputBytes: 0, reasoningBytes: 0)
    run.response.cost = pricing.quote(for: run.response, by: service, date: Clock.date())
    engine.store.append(.began(key, run.response, request: service.isSimulated ? nil : LaneRun.kept(body.body)))
    observe(.lane(entry.number, .began(run.response)))
  }

  private func addUnknown(_ entry: RaceRequest.Entry, _ key: ResponseKey) {
    let id = entry.lane.model.provider
    let hint = nearest(to: id, in: engine.services.map(\.id)).map { "; did you mean \($0)?" } ?? ""
    let service = Service(id, dialect: ScriptedDialect.name, baseURL: "")
    let run = LaneRun(entry: entry, service: service, dialect: ScriptedDialect(), key: key)
    run.response.isSimulated = false
    run.response.error = ResponseError(
      .badRequest, "no provider ‘\(id)’\(hint): furlong providers lists them, the config can add one")
    runs[entry.number] = run
    if !order.contains(entry.number) { order.append(entry.number) }
    engine.store.append(.began(key, run.response, request: nil))
    observe(.lane(entry.number, .began(run.response)))
  }

  // MARK: The race

  func fire() {
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
    run.isStarted = true
    if let error = run.response.error { return end(run, .failed, error) }
    if run.service.isSimulated { return play(run) }
    send(run)
  }

  private func send(_ run: LaneRun) {
    let key: String?
    switch keys[run.service.id] {
    case .missing(let message): return end(run, .failed, ResponseError(.auth, message))
    case .key(let found): key = found
    case .notNeeded, nil: key = nil
    }
    run.reset()
    let built = run.makeRequest()
    var request = TransferRequest(.post, run.service.baseURL(for: run.entry.lane.model.model) + built.path)
    request.headers = [
      ("Content-Type", "application/json"), ("Accept", "text/event-stream, application/json"),
      ("User-Agent", "furlong"),
    ]
    request.headers += (run.dialect.headers(key: key) + run.service.headers).map { ($0.name, $0.value) }
    request.body = Array(built.body.serialized().utf8)
    run.requestBytes = request.body.count
    request.connectLimit = engine.limits.connect
    request.silenceLimit = engine.limits.firstToken
    setState(run, .connecting)
    let serial = run.serial
    run.transfer = loop.submit(request) { [weak self, weak run] event in
      guard let self, let run, run.serial == serial, !run.response.state.isOver else { return }
      self.handle(event, run)
    }
  }

  private func handle(_ event: TransferEvent, _ run: LaneRun) {
    switch event {
    case .sent(let at):
      run.sentAt = at
      // Told once all lanes that are ready have been sent: telling takes time that the others would wait.
      let serial = run.serial
      loop.after(0) { [weak self, weak run] in
        guard let self, let run, run.serial == serial, run.response.state == .connecting else { return }
        self.setState(run, .waiting)
      }
    case .head(let status, let headers, let at):
      (run.status, run.headers) = (status, headers)
      run.response.timing.firstByte = at - (run.sentAt ?? at)
      run.requestID = ["x-request-id", "request-id", "x-generation-id"].lazy.compactMap { headers[$0] }.first
      if let phases = run.transfer.flatMap({ loop.phases(of: $0) }) {
        run.response.timing.reusedConnection = phases.isReused
        run.response.timing.nameLookup = phases.nameLookup
        run.response.timing.connect = phases.connect
        run.response.timing.tls = phases.tls
      }
    case .bytes(let bytes, let at):
      if (200..<300).contains(run.status) {
        var deltas: [Delta] = []
        run.reader.feed(bytes, into: &deltas)
        take(deltas, at: at, run)
      } else if let transfer = run.transfer {
        run.errorBody.append(contentsOf: bytes)
        guard run.errorBody.count >= Race.longestRefusal else { return }
        // No refusal is that long: enough has come to tell why, and the rest might never end.
        loop.cancel(transfer)
        transferEnded(run, nil, at: at)
      }
    case .finished(let error, let at): transferEnded(run, error, at: at)
    }
  }

  private func take(_ deltas: [Delta], at time: Int64, _ run: LaneRun) {
    let serial = run.serial
    for delta in deltas {
      guard !run.response.state.isOver, run.serial == serial, run.timer == nil || run.service.isSimulated else {
        return
      }
      switch delta {
      case .text(let channel, let text): takeText(channel, text, at: time, run)
      case .usage(let usage): run.response.usage = usage
      case .model(let name): run.response.modelReported = engine.redacted(name)
      case .requestID(let id): run.requestID = run.requestID ?? engine.redacted(id)
      case .finish(let reason): run.response.finishReason = reason
      case .failure(let error): attemptFailed(run, error)
      case .terminator: conclude(run)
      }
    }
  }

  private func takeText(_ channel: Channel, _ text: String, at time: Int64, _ run: LaneRun) {
    let isFirst = !run.hasContent
    let offset = time - (run.sentAt ?? time)
    let event = ResponseEvent.text(channel, text, at: offset)
    run.response.apply(event)
    engine.store.append(.text(run.key, channel, text, at: offset))
    observe(.lane(run.entry.number, event))
    if run.response.text.utf8.count + run.response.reasoning.utf8.count > Race.longestAnswer {
      return attemptFailed(
        run, ResponseError(.protocolFault, "sent more than 64 MB of text and was stopped; what came is kept"))
    }
    guard isFirst else { return }
    sawToken = true
    if let transfer = run.transfer { loop.setSilenceLimit(engine.limits.silence, of: transfer) }
    decide(.firstToken, run)
  }

  private func transferEnded(_ run: LaneRun, _ error: TransferError?, at time: Int64) {
    run.transfer = nil
    if run.status != 0, !(200..<300).contains(run.status), error == nil || !run.errorBody.isEmpty {
      let redirect = (300..<400).contains(run.status) ? run.headers["location"] : nil
      let body = Array(engine.redacted(String(decoding: run.errorBody, as: UTF8.self)).utf8)
      var refusal = ErrorBody.read(status: run.status, headers: run.headers, body: body, now: Clock.date())
      if let redirect {
        refusal = ResponseError(
          .protocolFault, "redirects to \(VisibleText.line(redirect)): set base_url to where the service is",
          status: run.status)
      }
      return attemptFailed(run, refusal)
    }
    var deltas: [Delta] = []
    run.reader.finish(into: &deltas)
    let serial = run.serial
    take(deltas, at: time, run)
    guard !run.response.state.isOver, run.serial == serial, run.timer == nil else { return }
    if run.response.finishReason != nil { return conclude(run) }
    if let error, !(run.hasContent && error.isTransient) {
      return attemptFailed(
        run, ResponseError(error.isTimeout ? .timeout : .network, error.message, retryable: error.isTransient))
    }
    let reason = error.map { " (\($0.message))" } ?? ""
    let message =
      run.hasContent
      ? "the answer was cut off: the stream ended without its end mark\(reason); what came is kept, retry for a whole one"
      : "the stream ended before any token came\(reason)"
    attemptFailed(run, ResponseError(.cut, message, status: run.status, retryable: true))
  }

  /// A failed attempt: corrected and sent again, retried after a pause, or the end of the lane.
  private func attemptFailed(_ run: LaneRun, _ failure: ResponseError) {
    var error = failure
    // Keys go before anything is cut short: half a key is not found any more.
    error.message = engine.redacted(failure.message)
    error.message = Advice.sentence(error, service: run.service, model: run.entry.lane.model.model)
    if let transfer = run.transfer { loop.cancel(transfer) }
    run.transfer = nil
    if run.hasContent { return end(run, error.kind == .cut || error.kind == .network ? .cut : .failed, error) }
    if let notice = run.correct(for: failure) {
      record(run, error)
      notify(run, notice)
      return send(run)
    }
    guard
      let delay = Retry.delay(
        after: error, attempts: run.response.attempts.count - run.corrections + 1, jitter: .random(in: 0...1))
    else { return end(run, .failed, error) }
    record(run, error)
    notify(run, "attempt \(run.response.attempts.count) failed, trying again in \(seconds(delay)): \(error.message)")
    setState(run, .queued)
    run.timer = loop.after(delay) { [weak self, weak run] in
      guard let self, let run, !run.response.state.isOver else { return }
      run.timer = nil
      self.send(run)
    }
  }

  private func seconds(_ nanoseconds: Int64) -> String { "\(decimalText(Double(nanoseconds / 100_000_000) / 10)) s" }

  private func record(_ run: LaneRun, _ error: ResponseError?) {
    let attempt = Attempt(
      status: run.status == 0 ? nil : run.status, error: error, requestID: run.requestID.map(engine.redacted))
    run.response.apply(.attempt(attempt))
    observe(.lane(run.entry.number, .attempt(attempt)))
  }

  private func notify(_ run: LaneRun, _ notice: String) {
    run.response.apply(.notice(notice))
    observe(.lane(run.entry.number, .notice(notice)))
  }

  private func setState(_ run: LaneRun, _ state: ResponseState) {
    guard run.response.state != state else { return }
    run.response.state = state
    observe(.lane(run.entry.number, .state(state)))
  }

  /// The stream said that it is complete.
  private func conclude(_ run: LaneRun) {
    if run.response.finishReason == nil, !run.hasContent {
      return attemptFailed(
        run, ResponseError(.cut, "the stream ended before any token came", status: run.status, retryable: true))
    }
    if let transfer = run.transfer {
      // The connection is good for the next turn once the body's own end has been read; do not wait long for it.
      loop.after(250_000_000) { [loop] in loop.cancel(transfer) }
      run.transfer = nil
    }
    switch run.response.finishReason {
    case .length: end(run, .truncated, nil)
    case .refusal: end(run, .refused, nil)
    default: end(run, .done, nil)
    }
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

  private func end(_ run: LaneRun, _ state: ResponseState, _ error: ResponseError?) {
    if let timer = run.timer { loop.cancel(timer) }
    run.timer = nil
    if run.isStarted, run.status != 0 || run.sentAt != nil || error != nil { record(run, error) }
    run.response.state = state
    run.response.error = error
    run.response.usage = finalUsage(run)
    run.response.cost = pricing.cost(
      of: run.response, by: run.service, date: Clock.date(), isWasted: run.response.cost.isWasted)
    engine.store.append(.ended(run.key, run.response))
    observe(.lane(run.entry.number, .ended(run.response)))
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

  // MARK: The rule

  private func decide(_ moment: Referee.Moment, _ run: LaneRun) {
    let lane = run.entry.number
    switch referee.observe(moment, lane: lane) {
    case .none: break
    case .check:
      pendingChecks.insert(lane)
      ValidityChecker.run(request.check ?? .nonempty, on: run.response.text) { passed in
        self.loop.perform { self.checked(lane, passed) }
      }
    case .win(let stopsOthers):
      engine.store.append(.winner(session: request.session.id, turn: request.turn.number, lane: lane))
      observe(.won(lane: lane))
      if stopsOthers {
        for other in order where other != lane { stop(other, isLoser: true) }
      }
    }
  }

  private func checked(_ lane: Int, _ passed: Bool) {
    pendingChecks.remove(lane)
    guard let run = runs[lane] else { return }
    if !passed { notify(run, "did not pass the check") }
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

  // MARK: Simulated models

  private func play(_ run: LaneRun) {
    guard let steps = ScriptedDialect.steps(for: run.ask) else {
      let names = ScriptedDialect.modelNames.map { "\(run.service.id)/\($0)" }.joined(separator: ", ")
      return end(run, .failed, ResponseError(.notFound, "no simulated model ‘\(run.ask.model)’: there are \(names)"))
    }
    run.status = 200
    run.sentAt = Clock.now()
    run.response.timing.firstByte = 0
    run.response.timing.reusedConnection = true
    setState(run, .waiting)
    step(run, steps[...])
  }

  private func step(_ run: LaneRun, _ steps: ArraySlice<ScriptedDialect.Step>) {
    guard let next = steps.first else { return }
    run.timer = loop.after(next.delay) { [weak self, weak run] in
      guard let self, let run, !run.response.state.isOver else { return }
      run.timer = nil
      self.take([next.delta], at: Clock.now(), run)
      self.step(run, steps.dropFirst())
    }
  }
}
