import Core
import TestSupport
import Testing

@Suite(.ownThreads) struct LedgerTests {
  private func call(
    _ turn: Int, _ lane: Int, model: String, cost: String?, end: Double?, won: Bool = false, wasted: Bool = false,
    state: ResponseState = .done
  ) -> LedgerCall {
    var value = Cost()
    value.computed = cost.flatMap(Money.init(decimal:))
    value.status = cost == nil ? .unknown : .exact
    value.isWasted = wasted
    var call = LedgerCall(
      key: ResponseKey(session: "s", turn: turn, lane: lane, generation: 1), created: Int64(turn) * 86_400,
      model: ModelID(model)!, purpose: "lane", state: state, usage: Usage(), cost: value)
    call.end = end.map { Int64($0 * 1e9) }
    (call.lanes, call.rule, call.won) = (2, .firstFinish, won)
    return call
  }

  @Test func unknownCostsAreCountedButNeverAsZero() {
    let ledger = Ledger([call(1, 0, model: "a/x", cost: "0.5", end: 1), call(1, 1, model: "a/y", cost: nil, end: 1)]) {
      "day \($0 / 86_400)"
    }
    #expect(ledger.total.cost.decimalText == "0.5")
    #expect(ledger.total.unknown == 1)
    #expect(ledger.entries(by: .model).map(\.name) == ["a/x", "a/y"], "the dearest first")
    #expect(ledger.entries(by: .day).map(\.name) == ["day 1"])
    #expect(ledger.entries(by: .provider).map(\.calls) == [2])
  }

  @Test func racingIsWinnersLosersWasteAndTime() {
    let ledger = Ledger([
      call(1, 0, model: "a/x", cost: "0.1", end: 2, won: true),
      call(1, 1, model: "a/y", cost: "0.03", end: nil, wasted: true, state: .stopped),
      call(2, 0, model: "a/x", cost: "0.1", end: 3), call(2, 1, model: "a/y", cost: "0.2", end: 8, won: true),
    ]) { "\($0)" }
    let racing = ledger.racing
    #expect(racing.turns == 2)
    #expect(racing.winners.decimalText == "0.3")
    #expect(racing.losers.decimalText == "0.1")
    #expect(racing.waste.decimalText == "0.03")
    // y usually takes 8 s against the winner's 2; x takes 2.5 s against the winner's 8.
    #expect(racing.saved == 6 - 5.5)
    #expect(ledger.total.waste.decimalText == "0.03")
  }

  @Test func failedCallsStayInTheTailAndFewCallsHaveNone() {
    let calls = (0..<19).map { call($0, 0, model: "a/x", cost: "0", end: Double($0)) }
    let few = Ledger(calls) { "\($0)" }.total
    #expect(Ledger.percentile(few.ends, 0.5) == 9)
    #expect(Ledger.percentile(few.ends, 0.95) == nil, "fewer than twenty have no 95th percentile")
    let failed = Ledger(calls + (0..<4).map { call($0, 1, model: "a/x", cost: "0", end: nil, state: .failed) }) {
      "\($0)"
    }
    #expect(Ledger.percentile(failed.total.ends, 0.95) == .infinity)
    #expect(failed.total.failures == 4)
  }

  @Test func boundsOfStoppedAnswersAreToldApart() {
    var stopped = call(1, 0, model: "a/x", cost: "0.1", end: nil, state: .stopped)
    stopped.cost.status = .partial
    stopped.cost.highest = Money(decimal: "0.4")
    #expect(Ledger([stopped]) { "\($0)" }.total.uncertain?.decimalText == "0.3")
    stopped.cost.highest = nil
    #expect(Ledger([stopped]) { "\($0)" }.total.uncertain == nil, "nobody can say")
  }
}
