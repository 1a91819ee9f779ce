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

  @Test(arguments: [(80, 24), (120, 40)]) func costsByModel(_ width: Int, _ height: Int) {
    var state = Sample.state(lanes: 2, width: width, height: height)
    state.place = .lanes
    state.money.budget.perDay = Money(decimal: "5")
    #expect(update(&state, .key(.character("$"))) == [.inquire(CostsInquiry())])
    _ = update(&state, .answer(CostsInquiry.Found(ledger: ledger, today: Money(decimal: "0.05")!)))
    expectScreen(view(state, Layouts()).frame, "costs-\(width)x\(height)")
    #expect(update(&state, .key(.tab)).isEmpty, "it is grouped by what was read already")
    #expect(state.layers.topmost(CostsPage.self)?.grouping == .provider)
    _ = update(&state, .key(.shiftTab))
    #expect(state.layers.topmost(CostsPage.self)?.grouping == .model)
  }

  @Test func aRowLeadsToItsSessions() {
    var state = Sample.state(lanes: 2, width: 100, height: 30)
    state.place = .lanes
    _ = update(&state, .key(.character("$")))
    _ = update(&state, .answer(CostsInquiry.Found(ledger: ledger, today: .zero)))
    _ = update(&state, .key(.down))
    let commands = update(&state, .key(.enter))
    guard case .findSessions(let filter, _, _)? = commands.first else {
      Issue.record("expected sessions, got \(commands)")
      return
    }
    #expect(filter.models.count == 1)
    _ = update(&state, .key(.escape))
    #expect(state.layers.top is CostsPage, "back where one was")
  }

  @Test func nothingAskedIsSaidSo() {
    let empty = Page.costs(
      Ledger([]) { "\($0)" }, by: .model, today: .zero, budget: Budget(), width: 76, ascii: false)
    #expect(empty.text(width: 76).contains("Nothing has been asked yet"))
  }
}
