import Core
import Providers
import Store
import Synchronization
import Transport

/// One turn being raced: does on the transfer thread what a `RaceMachine` decides: sends, listens, stores, tells. Made by
/// `Engine.start`; the public methods may be called from any thread.
///
/// Unchecked, because everything from `prepare` on is confined to the transfer thread.
public final class Race: @unchecked Sendable {
  let request: RaceRequest
  let engine: Engine
  let observe: @Sendable (RaceEvent) -> Void
  private var machine: RaceMachine
  private(set) var runs: [Int: LaneRun] = [:]
  private var timers: [TransferLoop.TimerID] = []
  /// Gathers what is to be stored, while a call is prepared.
  var started: [StartedCall]?
  private let examiner: Examiner?
  /// What may be spent on lanes, by those who were asked for together.
  let wallets: [Wallet]
  /// Of lanes that are to be sent, as the purse has decided; what those in reserve are sent by as well.
  var leave: Result<Grant, Refusal>?
  /// Somebody has called it off, perhaps before it began.
  let isCalledOff = Atomic(false)
  /// When the first lane was sent, in nanoseconds on the monotonic clock.
  private var gun: Int64?
  /// By service id, as found before the start: a command of the person's is not run on this thread.
  var keys: [String: Engine.KeyResult] = [:]

  var loop: TransferLoop { engine.loop }
  var pricing: Pricing { Pricing(prices: engine.prices) }

  init(_ request: RaceRequest, engine: Engine, observe: @escaping @Sendable (RaceEvent) -> Void) {
    self.request = request
    self.engine = engine
    self.observe = observe
    let order = request.order ?? .together(request.lanes.map { .lane($0.number) }, hedge: request.hedge)
    machine = RaceMachine(
      RaceMachine.Policy(
        rule: request.turn.rule, order: order, hasReserve: request.hedge != nil || request.relay != nil,
        isRelay: request.relay != nil, limit: request.timeout), winner: request.turn.winner)
    let wallets = request.wallets.isEmpty ? [engine.purse.turnWallet()] : request.wallets
    self.wallets = wallets
    // Under any other rule nobody asks for what it reads, and its brief would be paid for nothing.
    let good = request.turn.rule == .firstGood ? request.good : nil
    examiner = good.map { Examiner($0, request, wallets: wallets, engine: engine) }
    _ = machine.handle(.expected(request.lanes.map(\.number)))
  }

  // MARK: From any thread

  /// Stops one lane; what it has said is kept.
  public func stop(_ lane: Int) { loop.perform { self.tell(.stop(lane)) } }

  public func stopAll() {
    isCalledOff.store(true, ordering: .relaxed)
    engine.purse.reconsider()
    examiner?.cancel()
    loop.perform { self.tell(.stopAll) }
  }

  /// Sends lanes' prompts again, or adds lanes to the running turn: responses of their own, older ones stay stored.
  /// - Parameter startsOver: the whole turn is raced anew, under its rule.
  public func run(_ entries: [RaceRequest.Entry], generations: [Int: Int], startsOver: Bool) {
    isCalledOff.store(false, ordering: .relaxed)
    loop.perform {
      self.tell(.expected(entries.map(\.number)))
      self.tell(.outside(entries.filter { !$0.isContestant }.map(\.number)))
      self.examiner?.prepare()
      if startsOver { self.tell(.startsOver) }
    }
    // A lane with another provider may need a key from a command: the streams of the others do not wait for it.
    engine.findKeys(of: entries.map(\.lane), late: keyFound) { keys in
      self.askLeave(for: entries) { leave in
        self.loop.perform {
          // Nobody runs any more: the clock starts anew with these.
          if self.runs.values.allSatisfy({ $0.response.state.isOver }) { self.gun = nil }
          self.keys.merge(keys) { $1 }
          self.leave = leave
          for entry in entries { self.add(entry, generation: generations[entry.number] ?? 1) }
          self.engine.store.commitSoon {
            self.loop.perform { for entry in entries { self.tell(.ready(entry.number)) } }
          }
        }
      }
    }
  }

  /// A key that came after the start: its lanes follow.
  @Sendable func keyFound(_ service: String, _ key: Engine.KeyResult) {
    loop.perform {
      self.keys[service] = key
      self.tell(.keyFound(self.runs.values.filter { $0.service.id == service }.map(\.entry.number).sorted()))
    }
  }

  /// The rows stand: all that start together go in one go, on warm connections, so that nobody pays for being first.
  func fire() {
    examiner?.prepare()
    tell(.began)
  }

  // MARK: What the machine decides

  /// Something has happened: what follows from it is done.
  func tell(_ event: RaceMachine.Event) {
    for action in machine.handle(event) { carryOut(action) }
  }

  private func carryOut(_ action: RaceMachine.Action) {
    switch action {
    case .add(let lane): addLate(lane)
    case .launch(let lane): if let run = runs[lane], !run.response.state.isOver { launch(run) }
    case .resend(let lane):
      guard let run = runs[lane], !run.response.state.isOver, let leave = run.grant?.leave() else { return }
      run.timer = nil
      send(run, leave)
    case .wait(let timer, let delay): wait(timer, delay)
    case .giveUp(let lane): if let run = runs[lane] { end(run, .failed, run.failure) }
    case .stop(let lane, let why): stop(lane, why)
    case .check(let lane): if let run = runs[lane] { check(run) }
    case .win(let lane, let stopsOthers):
      keep(.winner(session: request.session.id, turn: request.turn.number, lane: lane))
      observe(.won(lane: lane))
      if stopsOthers { examiner?.cancel() }
    case .over(let winner):
      for timer in timers { loop.cancel(timer) }
      timers = []
      observe(.ended(winner: winner))
      keepBooks()
    }
  }

  private func wait(_ timer: RaceMachine.Timer, _ delay: Int64) {
    let id = loop.after(delay) { [weak self] in self?.tell(.elapsed(timer)) }
    if case .pause(let lane) = timer {
      guard let run = runs[lane] else { return }
      run.timer = id
      tellOfPause(run, delay)
    } else {
      timers.append(id)
    }
  }

  private func launch(_ run: LaneRun) {
    guard keys[run.service.id] != nil || run.service.isSimulated else {
      tell(.lacksKey(run.entry.number))
      return notify(run, "waiting for the key of \(run.service.id)")
    }
    // Without leave nothing is begun, which is no attempt.
    guard let leave = run.grant?.leave() else {
      return end(run, .failed, run.response.error ?? ResponseError(.money, "not sent: nobody has given leave to spend"))
    }
    run.isStarted = true
    if let error = run.response.error { return end(run, .failed, error) }
    if run.service.isSimulated { return play(run) }
    send(run, leave)
  }

  private func stop(_ lane: Int, _ why: RaceMachine.Stop) {
    guard let run = runs[lane], !run.response.state.isOver else { return }
    if let transfer = run.transfer { loop.cancel(transfer) }
    run.transfer = nil
    run.response.cost.isWasted = why == .lost && run.isStarted
    let error: ResponseError? =
      switch why {
      case .called, .lost, .heldBack: nil
      case .limit: ResponseError(.timeout, "stopped: the time limit for this turn was reached")
      case .money:
        ResponseError(.money, "stopped: \(run.grant?.limitWords ?? "the budget") is spent")
      }
    end(run, .stopped, error)
  }

  /// Takes up a lane that has its row.
  func take(_ run: LaneRun) {
    runs[run.entry.number] = run
    tell(.added(run.entry.number))
  }

  func mayCorrect(_ lane: Int) -> Bool { machine.mayCorrect(lane) }

  /// The lanes that are sent at once.
  var firstLanes: [Int] { machine.first }

  // MARK: Ends

  func end(_ run: LaneRun, _ state: ResponseState, _ error: ResponseError?) {
    if let timer = run.timer { loop.cancel(timer) }
    run.timer = nil
    run.response.notices += run.response.toolCalls.map {
      "called \($0.name)(\($0.arguments.beginning(bytes: 16 << 10)))"
    }
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
      of: run.response, by: run.service, date: engine.clock.date(), isWasted: run.response.cost.isWasted,
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
    let isClientsFault = error.map { $0.kind == .badRequest && $0.status != nil } ?? false
    tell(.ended(run.entry.number, RaceMachine.Ending(state), isClientsFault: isClientsFault))
  }

  /// A lane's request has left: the first of them starts the clock of the race.
  func noteSent(at moment: Int64) { gun = gun ?? moment }

  // MARK: Checks

  private func check(_ run: LaneRun) {
    if request.turn.rule == .firstGood { return examine(run) }
    let lane = run.entry.number
    ValidityChecker.run(request.check ?? .nonempty, on: run.response.text) { passed in
      self.loop.perform { self.checked(lane, passed) }
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
    // Somebody may have won meanwhile.
    if !passed, let run = runs[lane], machine.isChecking(lane) { notify(run, notice) }
    tell(.checked(lane, passed: passed))
  }
}

extension RaceMachine.Ending {
  /// Of a state that is over.
  fileprivate init(_ state: ResponseState) {
    self =
      switch state {
      case .done: .done
      case .truncated: .truncated
      case .refused: .refused
      case .stopped: .stopped
      case .cut: .cut
      case .failed, .queued, .connecting, .waiting, .thinking, .answering: .failed
      }
  }
}
