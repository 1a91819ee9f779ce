import Core
import Providers
import TestSupport
import Testing

@testable import Engine

@Suite(.serialized, .ownThreads) struct BudgetTests {
  /// gpt-5.6-sol's list price is known; the address is a loopback server's.
  private func track(_ servers: [LoopbackServer], lanes: [String]? = nil) -> Track {
    Track(servers, lanes: lanes ?? servers.indices.map { "s\($0)/gpt-4o" }) { $0.priceList = "openai" }
  }

  @Test func lanesStopAtTheLimitAndKeepWhatCame() throws {
    let server = LoopbackServer(.stream((0..<50).map { .chat("word\($0) ") } + [.stall]))
    let track = track([server])
    // Output costs $10 a million: twenty tokens are $0.0002.
    let ended = track.run { $0.budget = Money(decimal: "0.0002") }
    #expect(ended, "the lane must be stopped")
    let response = track.response(0)
    #expect(response.state == .stopped)
    #expect(response.error?.kind == .money && response.error?.message.contains("budget") == true)
    #expect(response.text.hasPrefix("word0 "), "what came is kept")
    #expect(!response.text.contains("word40"), "nothing is taken far beyond the limit")
  }

  @Test func withoutALimitNothingIsStopped() {
    let track = track([LoopbackServer(.stream(Chat.whole("all of it")))])
    #expect(track.run())
    #expect(track.response(0).state == .done)
  }

  @Test func theWorstCaseCountsTheCapOrWhatAModelCanWrite() throws {
    let server = LoopbackServer(.stream(Chat.whole("x")))
    let track = track([server], lanes: ["s0/gpt-4o,max_tokens=1000", "s0/gpt-4o", "s0/nobody-knows-this"])
    let entries = track.session.lanes.indices.map { number in
      RaceRequest.Entry(
        number: number, lane: track.session.lanes[number],
        messages: [Message(.user, String(repeating: "a", count: 4000))])
    }
    var budget = Budget()
    budget.perTurn = Money(decimal: "0.02")
    let one = try track.engine.estimate([entries[0]], system: nil, budget: budget)
    // 1,000 tokens in at $2.50 and 1,000 out at $10 a million.
    #expect(one.worstCase == Money(decimal: "0.0125"))
    #expect(one.least == Money(decimal: "0.0025"))
    #expect(!one.isOverBudget && one.uncapped.isEmpty)
    let all = try track.engine.estimate(entries, system: nil, budget: budget)
    #expect(all.uncapped == [1] && all.unknown == [2])
    #expect(all.isOverBudget, "a lane without a cap may write on")
  }

  @Test func daysAndMonthsCountWhatWasSpent() throws {
    let server = LoopbackServer(.stream(Chat.whole("one ", "two ", "three")))
    let track = track([server])
    #expect(track.run())
    _ = try track.stored()
    let spent = try #require(track.response(0).cost.amount)
    var budget = Budget()
    budget.perDay = Money(decimal: "1")
    let estimate = try track.engine.estimate([], system: nil, budget: budget)
    #expect(estimate.today == spent)
    #expect(estimate.left == Money(picoDollars: 1_000_000_000_000 - spent.picoDollars))
  }
}
