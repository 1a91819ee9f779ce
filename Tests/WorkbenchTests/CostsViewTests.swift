import Core
import Engine
import Terminal
import TestSupport
import Testing

@testable import Workbench

/// The page of costs, and what keys do on it.
@Suite(.ownThreads) struct CostsViewTests {
  private let ledger = Ledger(
    (0..<48).map { number in
      let models = ["openai/gpt-5.6", "anthropic/claude-sonnet-5", "local/smollm2-135m"]
      let place = number % 3
      var usage = Usage()
      (usage.input, usage.cacheRead, usage.output) = (1200 + 10 * number, 300, 150 + number)
      var cost = Cost()
      cost.status = place == 2 ? .free : .exact
      cost.computed = Money(picoDollars: place == 2 ? 0 : Int64(2_000_000_000 * (place + 1) + 10_000_000 * number))
      var call = LedgerCall(
        key: ResponseKey(session: "s", turn: number / 3, lane: place, generation: 1),
        created: Int64(number / 12) * 86_400, model: ModelID(models[place])!, purpose: "lane", state: .done,
        usage: usage, cost: cost)
      call.firstAnswer = Int64(200 + 100 * place + number) * 1_000_000
      call.end = Int64(900 + 700 * place + 5 * number) * 1_000_000
      (call.lanes, call.rule, call.won) = (3, .firstFinish, place == 0)
      if number % 12 == 4 {
        call.state = .stopped
        call.end = nil
        call.cost.status = .partial
        call.cost.isWasted = true
        call.cost.highest = Money(decimal: "0.02")
      }
      return call
    }
  ) { isoDate($0) }

  private func page(_ grouping: Ledger.Grouping, width: Int) -> Page {
    var budget = Budget()
    budget.perDay = Money(decimal: "5")
    return Page.costs(
      ledger, by: grouping, today: Money(decimal: "0.05")!, budget: budget, width: width - 4, ascii: false)
  }

  @Test(arguments: [(80, 24), (120, 40)]) func costsByModel(_ width: Int, _ height: Int) {
    var state = Sample.state(lanes: 2, width: width, height: height)
    state.place = .lanes
    #expect(update(&state, .key(.character("$"))) == [.loadCosts(.model)])
    _ = update(&state, .page(page(.model, width: width)))
    expectScreen(view(state, Layouts()).frame, "costs-\(width)x\(height)")
    #expect(update(&state, .key(.tab)) == [.loadCosts(.provider)])
    #expect(update(&state, .key(.shiftTab)) == [.loadCosts(.purpose)])
  }

  @Test func nothingAskedIsSaidSo() {
    let empty = Page.costs(
      Ledger([]) { "\($0)" }, by: .model, today: .zero, budget: Budget(), width: 76, ascii: false)
    #expect(empty.lines(width: 76).map(\.text).joined().contains("Nothing has been asked yet"))
  }
}
