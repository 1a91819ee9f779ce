import Core
import TestSupport
import Testing

@testable import Engine

@Suite(.ownThreads) struct RaceMachineTests {
  private static func machine(_ rule: RaceRule, lanes: Int = 2, isRelay: Bool = false) -> RaceMachine {
    let order = StartOrder.together((0..<lanes).map { .lane($0) }, hedge: nil)
    return RaceMachine(RaceMachine.Policy(rule: rule, order: order, hasReserve: isRelay, isRelay: isRelay))
  }

  /// What lane 0 says: how it ends, and whether a token came before. Lane 1 has a whole answer after that.
  struct Case: CustomTestStringConvertible, Sendable {
    var rule: RaceRule
    var ending: RaceMachine.Ending
    var hadToken: Bool
    var isRelay: Bool

    var testDescription: String {
      "\(rule.rawValue), \(ending) \(hadToken ? "after" : "before") a token\(isRelay ? ", for a client" : "")"
    }

    /// Who has won once lane 0 has ended: nobody, itself, or it is looked at first.
    enum Outcome: Equatable { case nobody, wins, isChecked }

    /// The whole table, in words: see `RaceRule.explanation`.
    var expected: Outcome {
      switch (rule, ending) {
      // The first token wins, whatever becomes of it.
      case (.firstToken, _) where hadToken: .wins
      // Somebody waits for an answer, not for the fastest: empty ones and refusals are answers.
      case (.firstToken, .done), (.firstToken, .truncated), (.firstToken, .refused): isRelay ? .wins : .nobody
      case (.all, .done), (.firstFinish, .done): .wins
      case (.firstValid, .done), (.firstValid, .truncated), (.firstGood, .done), (.firstGood, .truncated): .isChecked
      // An answer that breaks off at its cap gives way to a whole one.
      case (.all, .truncated), (.firstFinish, .truncated): .nobody
      case (.all, .refused), (.firstFinish, .refused): isRelay ? .wins : .nobody
      case (.firstValid, .refused), (.firstGood, .refused): isRelay ? .isChecked : .nobody
      case (_, .stopped), (_, .cut), (_, .failed), (.firstToken, _): .nobody
      }
    }

    static let all = RaceRule.allCases.flatMap { rule in
      RaceMachine.Ending.allCases.flatMap { ending in
        [false, true].flatMap { token in
          [false, true].map { Case(rule: rule, ending: ending, hadToken: token, isRelay: $0) }
        }
      }
    }
  }

  @Test(arguments: Case.all) func everyEndOfALaneUnderEveryRule(_ one: Case) {
    var machine = Self.machine(one.rule, isRelay: one.isRelay)
    for lane in 0..<2 { _ = machine.handle(.added(lane)) }
    #expect(machine.handle(.began) == [.launch(0), .launch(1)])
    var actions = one.hadToken ? machine.handle(.decisive(0)) : []
    actions += machine.handle(.ended(0, one.ending, isClientsFault: false))
    let outcome: Case.Outcome =
      actions.contains(.check(0)) ? .isChecked : machine.winner == 0 ? .wins : .nobody
    #expect(outcome == one.expected, "\(actions)")
    // The rest of the race: the check is not passed, and the other lane has a whole answer that is good enough.
    if outcome == .isChecked { actions += machine.handle(.checked(0, passed: false)) }
    actions += machine.handle(
      .ended(1, machine.winner == 0 && one.rule != .all ? .stopped : .done, isClientsFault: false))
    actions += machine.handle(.checked(1, passed: true))
    let winner = one.expected == .wins ? 0 : one.rule == .firstToken && !one.isRelay && one.ending.isFinish ? 0 : 1
    #expect(machine.winner == winner, "\(actions)")
    #expect(actions.last == .over(winner: winner), "it is over: \(actions)")
  }

  @Test func whatBreaksOffAtItsCapWinsWhereNothingWholeCame() {
    for rule in [RaceRule.all, .firstFinish] {
      var machine = Self.machine(rule)
      for lane in 0..<2 { _ = machine.handle(.added(lane)) }
      _ = machine.handle(.began)
      _ = machine.handle(.ended(1, .truncated, isClientsFault: false))
      let actions = machine.handle(.ended(0, .truncated, isClientsFault: false))
      #expect(actions == [.win(1, stopsOthers: false), .over(winner: 1)], "\(rule): the first of them")
    }
  }

  @Test func thoseInReserveAreAskedInTurn() {
    let order = StartOrder.inTurn([.lane(0), .lane(1), .lane(2)])
    var machine = RaceMachine(
      RaceMachine.Policy(rule: .firstToken, order: order, hasReserve: true, isRelay: true))
    #expect(machine.first == [0])
    _ = machine.handle(.added(0))
    #expect(machine.handle(.began) == [.launch(0)])
    let limited = ResponseError(.rateLimit, "later", status: 429)
    #expect(
      machine.handle(.failed(0, limited, mayCorrect: false, jitter: 0)) == [.giveUp(0)], "there is another to ask")
    #expect(machine.handle(.ended(0, .failed, isClientsFault: false)) == [.add(1)])
    _ = machine.handle(.added(1))
    #expect(machine.handle(.ready(1)) == [.launch(1)])
    #expect(
      machine.handle(.ended(1, .failed, isClientsFault: true)) == [.over(winner: nil)], "everybody would refuse that")
  }

  @Test func whoIsCalledOffBeforeItIsHereIsStoppedWhenItComes() {
    var machine = Self.machine(.all, lanes: 1)
    _ = machine.handle(.expected([0]))
    _ = machine.handle(.stopAll)
    _ = machine.handle(.added(0))
    #expect(machine.handle(.began) == [.stop(0, .called)])
    #expect(machine.handle(.ended(0, .stopped, isClientsFault: false)) == [.over(winner: nil)])
  }

  @Test func aClientThatLeavesIsTheEndOfIt() {
    let order = StartOrder.inTurn([.lane(0), .lane(1)])
    var machine = RaceMachine(RaceMachine.Policy(rule: .firstToken, order: order, hasReserve: true, isRelay: true))
    _ = machine.handle(.added(0))
    _ = machine.handle(.began)
    #expect(machine.handle(.stopAll) == [.stop(0, .called)])
    #expect(machine.handle(.ended(0, .stopped, isClientsFault: false)) == [.over(winner: nil)], "nobody else is asked")
  }

  // MARK: Any order of events

  /// A driver as wild as can be: it does what it is told, and lets anything happen at any time.
  private struct Driver {
    var random: SplitMix64
    var machine: RaceMachine
    let count: Int
    var launched: Set<Int> = []
    var ended: Set<Int> = []
    var present: Set<Int> = []
    var coming: Set<Int> = []
    var timers: [RaceMachine.Timer] = []
    var checks: Set<Int> = []
    var winners: [Int] = []
    var overs = 0
    var isDecided = false
    var faults: [String] = []

    init(seed: UInt64) {
      random = SplitMix64(seed: seed)
      count = Int.random(in: 1...5, using: &random)
      let isRelay = Bool.random(using: &random)
      let lanes = (0..<count).map { StartOrder.lane($0) }
      let orders: [StartOrder] = [
        .together(lanes, hedge: nil), .together(lanes, hedge: 1), .inTurn(lanes),
        .inTurn([.together(Array(lanes.prefix(2)), hedge: 1)] + lanes.dropFirst(2)),
      ]
      let order = orders.randomElement(using: &random) ?? orders[0]
      let hasReserve = isRelay || order != orders[0]
      machine = RaceMachine(
        RaceMachine.Policy(
          rule: RaceRule.allCases.randomElement(using: &random) ?? .all, order: order, hasReserve: hasReserve,
          isRelay: isRelay, limit: Bool.random(using: &random) ? 1 : nil))
      tell(.expected(Array(0..<count)))
      let first = isRelay ? machine.first : Array(0..<count)
      for lane in first { add(lane) }
      if Int.random(in: 0..<20, using: &random) == 0 { tell(.stopAll) }
      tell(.began)
    }

    mutating func add(_ lane: Int) {
      present.insert(lane)
      ended.remove(lane)
      tell(.added(lane))
    }

    mutating func end(_ lane: Int, _ ending: RaceMachine.Ending) {
      guard present.contains(lane), !ended.contains(lane) else { return }
      ended.insert(lane)
      tell(.ended(lane, ending, isClientsFault: Bool.random(using: &random)))
    }

    mutating func tell(_ event: RaceMachine.Event) { for action in machine.handle(event) { carryOut(action) } }

    mutating func carryOut(_ action: RaceMachine.Action) {
      if overs > 0 { faults.append("\(action) after the end") }
      switch action {
      case .add(let lane):
        if isDecided { faults.append("added \(lane) after a decision") }
        coming.insert(lane)
        add(lane)
      case .launch(let lane):
        if ended.contains(lane) { return }
        if isDecided { faults.append("launched \(lane) after a decision") }
        if !launched.insert(lane).inserted { faults.append("launched \(lane) twice") }
        if Int.random(in: 0..<6, using: &random) == 0 {
          launched.remove(lane)
          tell(.lacksKey(lane))
        } else if Int.random(in: 0..<8, using: &random) == 0 {
          end(lane, .failed)
        }
      case .resend(let lane): if ended.contains(lane) { faults.append("sent \(lane) again after its end") }
      case .wait(let timer, _): timers.append(timer)
      case .giveUp(let lane): end(lane, .failed)
      case .stop(let lane, _): end(lane, .stopped)
      case .check(let lane): checks.insert(lane)
      case .win(let lane, let stopsOthers):
        winners.append(lane)
        isDecided = isDecided || stopsOthers
      case .over(let winner):
        overs += 1
        if winner != winners.last { faults.append("over with \(String(describing: winner)), won: \(winners)") }
      }
    }

    mutating func happen() {
      let lane = Int.random(in: 0..<count, using: &random)
      let running = launched.contains(lane) && !ended.contains(lane)
      switch Int.random(in: 0..<12, using: &random) {
      case 0...1: if running { tell(.decisive(lane)) }
      case 2...3:
        if running, let ending = RaceMachine.Ending.allCases.randomElement(using: &random) { end(lane, ending) }
      case 4:
        let kinds: [ResponseError.Kind] = [.rateLimit, .badRequest, .network, .auth]
        let error = ResponseError(kinds.randomElement(using: &random) ?? .auth, "no")
        let mayCorrect = machine.mayCorrect(lane) && Bool.random(using: &random)
        if running { tell(.failed(lane, error, mayCorrect: mayCorrect, jitter: 0.5)) }
      case 5...6: if let timer = timers.popLast() { tell(.elapsed(timer)) }
      case 7: if let check = checks.popFirst() { tell(.checked(check, passed: Bool.random(using: &random))) }
      case 8: if coming.remove(lane) != nil { tell(.ready(lane)) }
      case 9: tell(.keyFound([lane]))
      case 10: if Int.random(in: 0..<10, using: &random) == 0 { tell(.stop(lane)) }
      default:
        if Int.random(in: 0..<20, using: &random) == 0 { tell(running ? .spent([lane]) : .stopAll) }
      }
    }

    /// What is left comes to its end.
    mutating func finish() {
      for _ in 0..<50 where overs == 0 {
        while let lane = coming.popFirst() { tell(.ready(lane)) }
        tell(.keyFound(Array(0..<count)))
        while let timer = timers.popLast() { tell(.elapsed(timer)) }
        for lane in 0..<count where launched.contains(lane) { end(lane, .done) }
        while let check = checks.popFirst() { tell(.checked(check, passed: true)) }
      }
    }
  }

  @Test func noOrderOfEventsBreaksIt() {
    var outcomes: [Bool: Int] = [:]
    for seed in 0..<100_000 {
      var driver = Driver(seed: UInt64(seed))
      for _ in 0..<30 where driver.overs == 0 { driver.happen() }
      driver.finish()
      var faults = driver.faults
      if driver.winners.count > 1 { faults.append("winners \(driver.winners)") }
      if driver.overs != 1 { faults.append("over \(driver.overs) times") }
      if driver.present != driver.ended { faults.append("never ended: \(driver.present.subtracting(driver.ended))") }
      if !faults.isEmpty {
        Issue.record("seed \(seed): \(faults.joined(separator: "; "))\n\(driver.machine)")
        return
      }
      outcomes[driver.winners.isEmpty, default: 0] += 1
    }
    #expect((outcomes[false] ?? 0) > 10_000 && (outcomes[true] ?? 0) > 1_000, "both kinds came: \(outcomes)")
  }

  /// A lane that answers from the others has not raced, whatever the rule.
  @Test(arguments: RaceRule.allCases) func whoIsOutsideWinsNothing(rule: RaceRule) {
    var machine = Self.machine(rule, lanes: 0)
    _ = machine.handle(.outside([3]))
    _ = machine.handle(.added(3))
    _ = machine.handle(.ready(3))
    var actions = machine.handle(.decisive(3))
    actions += machine.handle(.ended(3, .done, isClientsFault: false))
    #expect(machine.winner == nil && actions.last == .over(winner: nil), "\(actions)")
  }

  /// A turn that has been raced keeps its winner when another lane is asked later.
  @Test func aWinnerStaysWhoItWas() {
    let order = StartOrder.together([], hedge: nil)
    var machine = RaceMachine(
      RaceMachine.Policy(rule: .all, order: order, hasReserve: false, isRelay: false), winner: 1)
    _ = machine.handle(.added(0))
    _ = machine.handle(.ready(0))
    let actions = machine.handle(.ended(0, .done, isClientsFault: false))
    #expect(actions.last == .over(winner: 1), "\(actions)")
  }
}
