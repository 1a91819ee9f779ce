import Core

/// Decides one race: what is launched, tried again, checked and stopped, who wins, when it is over. A pure value: events go in,
/// actions come out, and a `Race` does them. What is said, counted and paid is none of its business.
struct RaceMachine: Equatable {
  /// What sets one race apart from another.
  struct Policy: Equatable {
    var rule: RaceRule
    var order: StartOrder
    /// Lanes may wait for their turn: they are asked when one before them has ended without winning.
    var hasReserve = false
    /// A client of the gateway waits for an answer: a refusal is one, an empty one wins at once, another lane is better than a
    /// pause, and who asks wrongly is not sent on to others.
    var isRelay = false
    /// Nanoseconds for the whole turn.
    var limit: Int64?
  }

  enum Timer: Hashable {
    /// A branch of the order, hedged.
    case branch(Int)
    /// The pause of a lane before its next attempt.
    case pause(Int)
    case limit
  }

  /// How a lane ends.
  enum Ending: CaseIterable, Equatable {
    case done, truncated, refused, stopped, cut, failed

    /// With an answer that may take a place.
    var isFinish: Bool { self == .done || self == .truncated }
  }

  enum Event: Equatable {
    /// These lanes are on their way here: their keys are looked for, their rows written. Those that run are stopped for it.
    case expected([Int])
    /// The lane has a row.
    case added(Int)
    /// The first lanes may go.
    case began
    /// A lane that was expected may go.
    case ready(Int)
    case lacksKey(Int)
    case keyFound([Int])
    /// The first thing that may decide a race: a token, for a client a visible one.
    case decisive(Int)
    /// An attempt has failed before anything came. `mayCorrect`: the request can be sent without what was refused. `jitter`: from 0
    /// to 1.
    case failed(Int, ResponseError, mayCorrect: Bool, jitter: Double)
    /// - isClientsFault: the request itself was refused, as everybody would.
    case ended(Int, Ending, isClientsFault: Bool)
    case checked(Int, passed: Bool)
    case elapsed(Timer)
    /// A person or a client does not want it any more.
    case stop(Int)
    case stopAll
    /// The money for these is used up.
    case spent([Int])
    /// The turn is raced anew, under its rule.
    case startsOver
    /// These are no contestants: they answer from what the others have said.
    case outside([Int])
  }

  enum Stop: Equatable {
    /// Nobody wants it any more.
    case called
    /// Another has won.
    case lost
    /// Another has won before it was asked.
    case heldBack
    case limit
    case money
  }

  enum Action: Equatable {
    /// Make a row for a lane in reserve; `ready` when it stands.
    case add(Int)
    case launch(Int)
    /// The request once more, as it is now.
    case resend(Int)
    /// Call `elapsed` after so many nanoseconds.
    case wait(Timer, Int64)
    case giveUp(Int)
    case stop(Int, Stop)
    case check(Int)
    case win(Int, stopsOthers: Bool)
    case over(winner: Int?)
  }

  private enum Phase: Equatable {
    /// Has a row, and waits for its turn or its key.
    case waiting, keyless
    case running
    /// Between two attempts.
    case pausing
    /// Told to stop.
    case stopping
    /// Has ended, and is looked at.
    case checking
    case over
  }

  private struct Lane: Equatable {
    var phase = Phase.waiting
    var attempts = 0
    var corrections = 0
  }

  /// Parameters taken back in one lane; each may be only once, and no model needs more.
  static let mostCorrections = 4

  private let policy: Policy
  private var starter: Starter
  private var lanes: [Int: Lane] = [:]
  private var order: [Int] = []
  private(set) var winner: Int?
  /// Wins when nobody else has: an answer that broke off at its cap, or one without a token.
  private var secondBest: Int?
  private var sawToken = false
  private var isOver = false
  private var isCalledOff = false
  private var expected: Set<Int> = []
  private var outsiders: Set<Int> = []
  /// Stopped before they were here.
  private var calledOff: Set<Int> = []

  /// - Parameter winner: of a turn that has been raced before.
  init(_ policy: Policy, winner: Int? = nil) {
    (self.policy, self.winner) = (policy, winner)
    starter = Starter(policy.order)
  }

  func mayCorrect(_ lane: Int) -> Bool { lanes[lane].map { $0.corrections < Self.mostCorrections } ?? false }
  func isChecking(_ lane: Int) -> Bool { lanes[lane]?.phase == .checking }

  /// The lanes that go first.
  var first: [Int] {
    var trial = starter
    return trial.begin().compactMap { if case .launch(let lane) = $0 { lane } else { nil } }
  }

  mutating func handle(_ event: Event) -> [Action] {
    switch event {
    case .expected(let lanes): return expect(lanes)
    case .added(let lane):
      lanes[lane] = Lane()
      if !order.contains(lane) { order.append(lane) }
      isOver = false
      return []
    case .began: return begin()
    case .ready(let lane): return ready(lane)
    case .lacksKey(let lane):
      if lanes[lane]?.phase == .running { lanes[lane]?.phase = .keyless }
      return []
    case .keyFound(let found): return found.filter { lanes[$0]?.phase == .keyless }.flatMap { launch($0) }
    case .decisive(let lane):
      sawToken = true
      return lanes[lane]?.phase == .running ? decide(lane, isFirstToken: true) : []
    case .failed(let lane, let error, let mayCorrect, let jitter):
      return failed(lane, error, mayCorrect: mayCorrect, jitter)
    case .ended(let lane, let ending, let isClientsFault):
      guard let phase = lanes[lane]?.phase, phase != .over, phase != .checking else { return [] }
      return ended(lane, ending, isClientsFault: isClientsFault)
    case .checked(let lane, let passed):
      guard lanes[lane]?.phase == .checking else { return [] }
      lanes[lane]?.phase = .over
      var actions = passed && winner == nil ? win(lane, stopsOthers: true) : []
      actions += useReserve(after: lane)
      return actions + overIfAllAre()
    case .elapsed(let timer): return elapsed(timer)
    case .stop(let lane):
      if expected.contains(lane) { calledOff.insert(lane) }
      return stop([lane], .called)
    case .stopAll:
      isCalledOff = true
      calledOff.formUnion(expected)
      return stop(order, .called)
    case .spent(let lanes): return stop(lanes, .money)
    case .startsOver:
      (winner, secondBest, sawToken) = (nil, nil, false)
      return []
    case .outside(let lanes):
      outsiders.formUnion(lanes)
      return []
    }
  }

  // MARK: Coming and going

  private mutating func expect(_ new: [Int]) -> [Action] {
    expected.formUnion(new)
    calledOff.subtract(new)
    isCalledOff = false
    return stop(new, .called)
  }

  private mutating func begin() -> [Action] {
    let wait = policy.limit.map { [Action.wait(.limit, $0)] } ?? []
    var actions = wait + stop(order.filter(calledOff.contains), .called)
    (expected, calledOff) = ([], [])
    actions += follow(starter.begin())
    return actions + overIfAllAre()
  }

  private mutating func ready(_ lane: Int) -> [Action] {
    expected.remove(lane)
    let actions = calledOff.remove(lane) == nil ? launch(lane) : stop([lane], .called)
    return actions + overIfAllAre()
  }

  private mutating func launch(_ lane: Int) -> [Action] {
    guard let phase = lanes[lane]?.phase, phase == .waiting || phase == .keyless else { return [] }
    lanes[lane]?.phase = .running
    return [.launch(lane)]
  }

  private mutating func follow(_ steps: [Starter.Step]) -> [Action] {
    guard !isCalledOff else { return [] }
    return steps.flatMap { step -> [Action] in
      switch step {
      case .launch(let lane) where lanes[lane] == nil:
        expected.insert(lane)
        return [.add(lane)]
      case .launch(let lane): return launch(lane)
      case .wait(let delay, let branch): return [.wait(.branch(branch), delay)]
      }
    }
  }

  private mutating func stop(_ some: [Int], _ why: Stop) -> [Action] {
    some.compactMap { lane in
      switch lanes[lane]?.phase {
      case .waiting, .keyless, .running, .pausing:
        lanes[lane]?.phase = .stopping
        return .stop(lane, why)
      case .stopping, .checking, .over, nil: return nil
      }
    }
  }

  private mutating func elapsed(_ timer: Timer) -> [Action] {
    switch timer {
    case .limit: return stop(order, .limit)
    case .pause(let lane):
      guard lanes[lane]?.phase == .pausing else { return [] }
      lanes[lane]?.phase = .running
      return [.resend(lane)]
    case .branch(let branch):
      // Something has come: the branch is kept in reserve, for when those before it fail.
      return sawToken || winner != nil || isOver ? [] : follow(starter.elapsed(branch))
    }
  }

  private mutating func failed(_ lane: Int, _ error: ResponseError, mayCorrect: Bool, _ jitter: Double) -> [Action] {
    guard var one = lanes[lane], one.phase == .running else { return [] }
    one.attempts += 1
    defer { lanes[lane] = one }
    if mayCorrect {
      one.corrections += 1
      return [.resend(lane)]
    }
    // A client waits, and there is another to ask: nobody waits for one that is limited or broken.
    let prefersAnother = policy.isRelay && starter.hasReserve
    let longest = policy.isRelay ? Retry.longestRelayedWait : Retry.longestWait
    guard !prefersAnother,
      let delay = Retry.delay(
        after: error, attempts: one.attempts - one.corrections, jitter: jitter, longestWait: longest)
    else { return [.giveUp(lane)] }
    one.phase = .pausing
    return [.wait(.pause(lane), delay)]
  }

  // MARK: The rule

  private mutating func ended(_ lane: Int, _ ending: Ending, isClientsFault: Bool) -> [Action] {
    lanes[lane]?.phase = .over
    var actions: [Action] = []
    if ending.isFinish || ending == .refused && policy.isRelay {
      actions += decide(lane, isFirstToken: false, isWhole: ending != .truncated)
    }
    if lanes[lane]?.phase == .checking { return actions }
    // Who asks wrongly asks everybody wrongly; what one protocol cannot carry, another may.
    if !(policy.isRelay && isClientsFault) || winner != nil { actions += useReserve(after: lane) }
    return actions + overIfAllAre()
  }

  private mutating func decide(_ lane: Int, isFirstToken: Bool, isWhole: Bool = true) -> [Action] {
    guard winner == nil, !outsiders.contains(lane) else { return [] }
    switch policy.rule {
    case .firstToken where isFirstToken || policy.isRelay: return win(lane, stopsOthers: true)
    case _ where isFirstToken: return []
    // It has ended without a token.
    case .firstToken: secondBest = secondBest ?? lane
    case .all where isWhole: return win(lane, stopsOthers: false)
    case .firstFinish where isWhole: return win(lane, stopsOthers: true)
    case .all, .firstFinish: secondBest = secondBest ?? lane
    case .firstValid, .firstGood:
      lanes[lane]?.phase = .checking
      return [.check(lane)]
    }
    return []
  }

  private mutating func win(_ lane: Int, stopsOthers: Bool) -> [Action] {
    winner = lane
    guard stopsOthers else { return [.win(lane, stopsOthers: false)] }
    let others = order.filter { $0 != lane }
    // Finishers that are still looked at have lost.
    for other in others where lanes[other]?.phase == .checking { lanes[other]?.phase = .over }
    let (asked, unasked) = (others.filter { !isUnasked($0) }, others.filter(isUnasked))
    return [.win(lane, stopsOthers: true)] + stop(asked, .lost) + stop(unasked, .heldBack)
  }

  /// Lanes in reserve: not needed once somebody has won; the next one's turn when a lane has ended without a winner.
  private mutating func useReserve(after lane: Int) -> [Action] {
    guard policy.hasReserve else { return [] }
    guard winner == nil else {
      return stop(order.filter(isUnasked), .heldBack)
    }
    return follow(starter.ended(lane))
  }

  private func isUnasked(_ lane: Int) -> Bool { lanes[lane]?.phase == .waiting || lanes[lane]?.phase == .keyless }

  private mutating func overIfAllAre() -> [Action] {
    guard !isOver, expected.isEmpty, order.allSatisfy({ lanes[$0]?.phase == .over }) else { return [] }
    var actions: [Action] = []
    if winner == nil, let secondBest { actions = win(secondBest, stopsOthers: false) }
    isOver = true
    return actions + [.over(winner: winner)]
  }
}
