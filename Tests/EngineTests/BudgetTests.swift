import Core
import Providers
import Store
import TestSupport
import Testing
import Transport

@testable import Engine

@Suite(.serialized, .ownThreads) struct BudgetTests {
  /// gpt-5.6-sol's list price is known; the address is a loopback server's.
  private func track(_ servers: [LoopbackServer], lanes: [String]? = nil, budget: Budget = Budget()) -> Track {
    Track(servers, lanes: lanes ?? servers.indices.map { "s\($0)/gpt-4o" }, budget: budget) { $0.priceList = "openai" }
  }

  /// A judge that stands ready is asked under `first-good` only.
  @Test func theJudgeIsAskedForNothingUnderOtherRules() throws {
    let judge = LoopbackServer(.stream(Chat.whole("no verdict")))
    let gate = Gate()
    let lane = LoopbackServer(.stream([.chat("a"), .hold(gate), .chatEnd, .close]))
    for rule in [RaceRule.all, .firstFinish, .firstGood] {
      let track = track([lane, judge], lanes: ["s0/gpt-4o"])
      track.start(rule) { $0.good = GoodEnough(judge: Lane(model: ModelID("s1/gpt-4o")!)) }
      #expect(track.waitForText(0))
      if rule == .firstGood { #expect(eventually { !judge.requests.isEmpty }, "its brief is written meanwhile") }
      gate.open()
      #expect(track.finish())
      if rule != .firstGood { #expect(judge.requests.isEmpty, "\(rule): \(judge.requests.count) calls") }
    }
  }

  @Test func lanesStopAtTheLimitAndKeepWhatCame() throws {
    let server = LoopbackServer(.stream((0..<50).map { .chat("word\($0) ") } + [.stall]))
    let track = track([server])
    // Output costs $10 a million: twenty tokens are $0.0002.
    let ended = track.run { $0.wallets = [Wallet(Money(decimal: "0.0002"), name: "a test")] }
    #expect(ended, "the lane must be stopped")
    let response = track.response(0)
    #expect(response.state == .stopped)
    #expect(response.error?.kind == .money && response.error?.message.contains("budget") == true)
    #expect(response.text.hasPrefix("word0 "), "what came is kept")
    #expect(!response.text.contains("word40"), "nothing is taken far beyond the limit")
  }

  /// Its whole answer has come and is paid: it is not stopped while the end mark is on its way. Count and reason in one event.
  @Test(arguments: [
    Chat.finish("stop") + Chat.usage(input: 100_000, output: 10),
    Chat.finish("stop").dropLast(3) + #","usage":{"prompt_tokens":100000,"completion_tokens":10}}"# + "\n\n",
  ])
  func whatHasSaidWhyItEndsIsNotStopped(_ end: String) throws {
    let gate = Gate()
    let server = LoopbackServer(.stream([.chat("right"), .text(end), .hold(gate), .text(Chat.done), .close]))
    let track = track([server])
    track.start { $0.wallets = [Wallet(Money(decimal: "0.0002"), name: "a test")] }
    #expect(track.wait { if case .lane(0, .counted) = $0 { true } else { false } }, "the count must come")
    gate.open()
    #expect(track.finish())
    let response = track.response(0)
    #expect(response.state == .done && response.error == nil, "\(response.state): \(response.error?.message ?? "")")
    #expect(response.cost.amount == Money(decimal: "0.2501"), "all of it is paid: \(response.cost)")
  }

  /// A budget is no matter of how a provider cuts its text: 2,000 tokens of four bytes each, in chunks of 1 to 100.
  @Test(arguments: [1, 4, 20, 100], [false, true])
  func aChunkIsNotAToken(_ size: Int, _ countsEach: Bool) throws {
    let chunks: [Step] = (1...(2000 / size)).map { (number: Int) in
      let usage = countsEach ? Chat.usage(input: 10, output: number * size) : ""
      return .text(Chat.content(String(repeating: " abc", count: size)) + usage)
    }
    let track = track([LoopbackServer(.stream(chunks + [.stall]))])
    // Output costs $10 a million: a hundred tokens are $0.001.
    let limit = try #require(Money(decimal: "0.001"))
    #expect(track.run { $0.wallets = [Wallet(limit, name: "a test")] }, "\(size) a chunk: it must be stopped")
    let response = track.response(0)
    #expect(response.state == .stopped && response.error?.kind == .money, "\(size) a chunk")
    let tokens = response.text.utf8.count / 4
    // What comes in one read is one round trip.
    #expect(tokens >= 80, "\(size) a chunk: \(tokens) tokens are what there is money for")
    let cost = try #require(response.cost.amount)
    #expect(cost >= Money(decimal: "0.0008") ?? .zero, "\(size) a chunk: \(cost.decimalText) is told")
  }

  @Test(arguments: ["0.02", "1"]) func whatOthersHoldIsNotPromisedTwice(_ perDay: String) throws {
    let store = try Store(path: folder.file("shared.db"))
    let other = try Store(path: folder.file("shared.db"))
    var budget = Budget()
    budget.perDay = Money(decimal: perDay)
    let purses = [Purse(budget, store: store), Purse(budget, store: other)]
    var exposure = Exposure(model: ModelID("a/b")!)
    (exposure.least, exposure.usual, exposure.most) = (dollars("0.001"), dollars("0.015"), dollars("0.015"))
    let grants = Journal<Result<Grant, Refusal>>()
    for number in 0..<20 {
      var want = Purse.Want()
      want.exposures = [exposure]
      purses[number % 2].ask(want) { grants.append($0) }
    }
    #expect(grants.wait { $0.count >= 20 }, "all are answered")
    let given = grants.entries.compactMap { try? $0.get() }
    let sum = given.compactMap(\.amount).reduce(.zero, +)
    #expect(sum <= dollars(perDay), "promised: \(sum.decimalText) of \(perDay)")
    #expect(sum == min(dollars(perDay), dollars("0.3")), "all that there is is promised: \(sum.decimalText)")
    for case .failure(let refusal) in grants.entries { #expect(refusal.isPassing, "others hold it: \(refusal)") }
    for grant in given { grant.settle() }
    let again = Journal<Result<Grant, Refusal>>()
    var want = Purse.Want()
    want.exposures = [exposure]
    let released = Gate()
    store.commit { _ in other.commit { _ in released.open() } }
    #expect(released.wait(), "both have written what they gave back")
    purses[0].ask(want) { again.append($0) }
    #expect(again.wait { $0.count >= 1 })
    #expect((try? again.entries[0].get())?.amount == dollars("0.015"), "what was not spent came back")
  }

  @Test func whoWaitsGetsWhatComesBack() throws {
    let purse = Purse(Budget(), store: try Store.inMemory())
    let wallet = Wallet(dollars("1"), name: "a test")
    var want = Purse.Want()
    var exposure = Exposure(model: ModelID("a/b")!)
    (exposure.usual, exposure.most) = (dollars("1"), dollars("1"))
    (want.exposures, want.wallets, want.waits) = ([exposure], [wallet], true)
    let grants = Journal<Result<Grant, Refusal>>()
    purse.ask(want) { grants.append($0) }
    purse.ask(want) { grants.append($0) }
    #expect(grants.entries.count == 1, "the second waits")
    let first = try grants.entries[0].get()
    first.spend(dollars("0.25"), of: exposure, running: .zero)
    first.settle()
    #expect(grants.wait { $0.count >= 2 }, "then it gets what is left")
    #expect(try grants.entries[1].get().amount == dollars("0.75"))
    #expect(wallet.spent == dollars("0.25") && wallet.left == .zero)
  }

  /// A judge waits for the money of the lane that it is to read, not for those that still run.
  @Test func whatALaneDidNotUseIsFreeBeforeTheOthersEnd() throws {
    let path = folder.file("lowered.db")
    let store = try Store(path: path)
    var budget = Budget()
    budget.perDay = dollars("10")
    let purse = Purse(budget, store: store)
    let wallet = Wallet(dollars("1"), name: "a test")
    var lane = Exposure(model: ModelID("a/b")!)
    (lane.usual, lane.most) = (dollars("0.4"), dollars("0.8"))
    var want = Purse.Want()
    (want.exposures, want.wallets, want.waits) = ([lane, lane], [wallet], true)
    let grants = Journal<Result<Grant, Refusal>>()
    purse.ask(want) { grants.append($0) }
    #expect(grants.wait { $0.count >= 1 }, "two lanes are given 0.8")
    let lanes = try grants.entries[0].get()
    want.exposures = [lane]
    (want.exposures[0].least) = dollars("0.3")
    purse.ask(want) { grants.append($0) }
    lanes.spend(dollars("0.1"), of: lane, running: dollars("0.2"))
    #expect(grants.wait { $0.count >= 2 }, "0.3 of the ended lane's 0.4 are free, beside the 0.2 that nobody had")
    #expect(lanes.amount == dollars("0.5"), "0.1 is spent, 0.4 stay for the lane that runs")
    #expect(try grants.entries[1].get().amount == dollars("0.4"))
    let written = Gate()
    store.commit { _ in written.open() }
    #expect(written.wait())
    #expect(try store.held() == dollars("0.9"), "other processes see the same")
    lanes.spend(dollars("0.3"), of: lane, running: .zero)
    #expect(lanes.amount == dollars("0.4"), "nobody runs: what is spent is what is held")
  }

  @Test func aDaysBudgetIsFreeAgainAfterMidnightByTheClockThatIsHandedIn() throws {
    let clock = StillClock()
    var budget = Budget()
    (budget.perDay, budget.perMonth) = (dollars("1"), dollars("1.5"))
    let store = try Store.inMemory(clock: clock.clock)
    let loop = TransferLoop()
    defer { loop.stop() }
    let engine = Engine(
      services: [], store: store, prices: PriceBook(), loop: loop, budget: budget, clock: clock.clock
    ) { _ in .notNeeded }
    var exposure = Exposure(model: ModelID("a/b")!)
    (exposure.least, exposure.usual, exposure.most) = (dollars("0.4"), dollars("0.4"), dollars("0.4"))
    func ask() -> Result<Grant, Refusal>? {
      var want = Purse.Want()
      want.exposures = [exposure]
      let answers = Journal<Result<Grant, Refusal>>()
      engine.purse.ask(want) { answers.append($0) }
      return answers.wait { $0.count >= 1 } ? answers.entries[0] : nil
    }
    func isGranted() -> Bool { if case .success? = ask() { true } else { false } }
    clock.date = Engine.midnight(at: clock.date, ofFirst: true) + 10 * 86_400
    store.append(.unkept(dollars("0.9")))
    #expect(!isGranted(), "0.9 of 1 is spent")
    #expect(try engine.spentToday() == dollars("0.9"))
    // Two days, so that no change of summer time matters.
    clock.date += 2 * 86_400
    #expect(isGranted(), "a new day")
    #expect(try engine.spentToday() == .zero)
    store.append(.unkept(dollars("0.5")))
    #expect(!isGranted(), "1.4 of the month's 1.5 is spent")
    clock.date += 30 * 86_400
    #expect(isGranted(), "a new month")
  }

  @Test func whatIsFreeIsAskedWhenAllIsSpent() throws {
    var budget = Budget()
    (budget.perDay, budget.perTurn) = (.zero, .zero)
    let server = LoopbackServer(.stream(Chat.whole("free")))
    let track = Track([server], budget: budget) { $0.isLocal = true }
    #expect(track.run() && track.response(0).state == .done, "\(track.response(0).error?.message ?? "")")
  }

  @Test func aModelWithoutAPriceNeedsTheWord() throws {
    let track = track([LoopbackServer(.stream(Chat.whole("x")))], lanes: ["s0/nobody-knows-this"])
    let wallet = Wallet(dollars("1"), name: "a test")
    #expect(track.run { $0.wallets = [wallet] })
    #expect(track.response(0).error?.message.contains("price of s0/nobody-knows-this is not known") == true)
    #expect(track.response(0).attempts.isEmpty, "nothing was sent")
    let allowed = self.track([LoopbackServer(.stream(Chat.whole("x")))], lanes: ["s0/nobody-knows-this"])
    #expect(
      allowed.run { request in
        (request.wallets, request.allowsUnpriced) = ([wallet], true)
      })
    #expect(allowed.response(0).state == .done)
  }

  // MARK: A gateway's key

  private func key(_ allowance: String) -> GatewayKey {
    var key = GatewayKey(id: "0000000000aa", name: "laptop", created: 1, hash: "h")
    key.allowance = Allowance(allowance)
    return key
  }

  private func refusal(_ exposure: Exposure, _ key: GatewayKey, _ purse: Purse) -> Refusal? {
    var want = Purse.Want()
    (want.exposures, want.key) = ([exposure], key)
    let answers = Journal<Result<Grant, Refusal>>()
    purse.ask(want) { answers.append($0) }
    guard answers.wait(until: { $0.count >= 1 }), case .failure(let refusal) = answers.entries[0] else { return nil }
    return refusal
  }

  @Test func aKeysRequestIsRefusedBeforeItsLimit() throws {
    let clock = StillClock()
    let store = try Store.inMemory(clock: clock.clock)
    let purse = Purse(Budget(), store: store, clock: clock.clock)
    var exposure = Exposure(model: ModelID("a/b")!)
    (exposure.usual, exposure.most) = (dollars("0.6"), dollars("0.6"))
    var want = Purse.Want()
    (want.exposures, want.key) = ([exposure], key("1/day"))
    let first = Journal<Result<Grant, Refusal>>()
    purse.ask(want) { first.append($0) }
    #expect(first.wait { $0.count >= 1 } && (try? first.entries[0].get()) != nil)
    let second = refusal(exposure, key("1/day"), purse)
    #expect(
      second?.error.kind == .rateLimit && second?.error.retryAfter == 1_000_000_000, "two of 0.6 do not fit at once")
    store.append(
      .gatewaySpending(
        GatewaySpending(key: "0000000000aa", day: GatewayKey.day(clock.date), cost: dollars("0.9"), calls: 1)))
    try first.entries[0].get().settle()
    exposure.most = dollars("0.2")
    let third = refusal(exposure, key("1/day"), purse)
    #expect(third?.error.kind == .money && third?.error.retryable == false, "0.9 is spent: 0.2 is too much")
    #expect(third?.error.message.contains("T00:00:00Z") == true, "it says when: \(third?.error.message ?? "")")
    exposure.most = dollars("0.1")
    #expect(refusal(exposure, key("1/day"), purse) == nil, "what just fits is let through")
  }

  /// What each field makes of a request that costs 0.5 dollars at the most: 50,000 tokens at $10 a million.
  @Test(arguments: [
    ("\"max_tokens\":50000", "0.5"), ("\"max_tokens\":50000,\"n\":100", "50"),
    ("\"max_completion_tokens\":1,\"max_tokens\":50000", "0.5"), ("\"max_tokens\":50000,\"best_of\":4", "2"),
    ("\"max_tokens\":0,\"max_output_tokens\":50000", "0.5"),
  ])
  func everyFieldThatMultipliesCounts(_ fields: String, _ most: String) throws {
    let track = track([LoopbackServer([])])
    let view = try JSONDocument().parse("{\(fields)}")
    let body = JSON.object(view.members.map { .init(name: $0.name, value: .source($0.value.source)) })
    let exposure = track.engine.exposure(of: track.session.lanes[0], inputBytes: 0, body: body)
    #expect(exposure.most == dollars(most), "\(fields): \(exposure.most.decimalText)")
  }

  @Test(arguments: [
    "\"service_tier\":\"ultrafast\"", "\"models\":[\"x/y\"]", "\"previous_response_id\":\"r\"",
    "\"tools\":[{\"type\":\"web_search\"}]", "\"web_search_options\":{}",
  ])
  func whatCannotBeReckonedIsRefusedToAKeyWithABudget(_ field: String) throws {
    let track = track([LoopbackServer([])])
    let view = try JSONDocument().parse("{\"max_tokens\":10,\(field)}")
    let body = JSON.object(view.members.map { .init(name: $0.name, value: .source($0.value.source)) })
    let exposure = track.engine.exposure(of: track.session.lanes[0], inputBytes: 0, body: body)
    #expect(refusal(exposure, key("1/day"), track.engine.purse) != nil, "\(field)")
  }

  private let folder = TemporaryFolder()

  private func dollars(_ text: String) -> Money { Money(decimal: text) ?? .zero }

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
    let wallet = Wallet(Money(decimal: "0.02"), name: "a test")
    let one = try track.engine.estimate([entries[0]], system: nil, wallets: [wallet])
    // 1,000 tokens in at $2.50 and 1,000 out at $10 a million.
    #expect(one.worstCase == Money(decimal: "0.0125"))
    #expect(one.least == Money(decimal: "0.0025"))
    #expect(!one.isOverBudget && one.uncapped.isEmpty)
    let all = try track.engine.estimate(entries, system: nil, wallets: [wallet])
    #expect(all.uncapped == [1] && all.unknown == [2])
    #expect(all.isOverBudget, "a lane without a cap may write on")
  }

  @Test func daysAndMonthsCountWhatWasSpent() throws {
    let server = LoopbackServer(.stream(Chat.whole("one ", "two ", "three")))
    var budget = Budget()
    budget.perDay = Money(decimal: "1")
    let track = track([server], budget: budget)
    #expect(track.run())
    _ = try track.stored()
    let spent = try #require(track.response(0).cost.amount)
    let estimate = try track.engine.estimate([], system: nil)
    #expect(estimate.today == spent)
    #expect(estimate.left == Money(picoDollars: 1_000_000_000_000 - spent.picoDollars))
  }
}
