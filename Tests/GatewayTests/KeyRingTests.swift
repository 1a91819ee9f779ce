import Core
import Foundation
import Store
import TestSupport
import Testing

@testable import Gateway

@Suite(.ownThreads) struct KeyRingTests {
  private static let token = "fl-test"
  private static let date = secondsSince1970(isoTime: "2026-11-27T12:00:00Z") ?? 0
  private let clock = StillClock(date: Self.date)

  private func store(_ change: (inout GatewayKey) -> Void = { _ in }) throws -> Store {
    let store = try Store.inMemory()
    try add(to: store, change)
    return store
  }

  private func add(
    to store: Store, token: String = token, _ change: (inout GatewayKey) -> Void = { _ in }
  ) throws {
    var key = GatewayKey(id: "id of \(token)", name: "laptop", created: 1, hash: GatewayKey.hash(of: token))
    change(&key)
    #expect(try store.addGatewayKey(key), "the name is free")
  }

  private func ring(_ store: Store) throws -> KeyRing { try KeyRing(store: store, interval: nil, clock: clock.clock) }

  private func refresh(_ ring: KeyRing) {
    let gate = Gate()
    ring.refresh { _ in gate.open() }
    #expect(gate.wait(), "the database was looked at in time")
  }

  private func admit(
    _ ring: KeyRing, _ token: String? = token, route: String = "fast", second: Int64 = 0
  ) -> Result<Admission, KeyRefusal> {
    clock.now = second * 1_000_000_000
    return ring.admit(token: token, route: route)
  }

  private func refusal(_ result: Result<Admission, KeyRefusal>) -> KeyRefusal? {
    if case .failure(let refusal) = result { refusal } else { nil }
  }

  private func dollars(_ text: String) -> Money { Money(decimal: text) ?? .zero }

  // MARK: Numbers

  @Test func sumsGoToTheEdgeAndNoFurther() throws {
    let store = try store { $0.allowance = Allowance(amount: Money(picoDollars: .max), period: .month) }
    let ring = try ring(store)
    (clock.now, clock.date) = (.max, .max)
    for cost in [Money(picoDollars: .max), Money(picoDollars: .min), nil] {
      if let admission = try? ring.admit(token: Self.token, route: "fast").get() {
        ring.settle(admission, cost: cost)
      }
    }
    refresh(ring)
    let key = try #require(try store.gatewayKeys().first)
    for date in [Int64.min, -1, 0, Self.date, 253_402_300_799, .max] {
      clock.date = date
      #expect(ring.spent(key) >= .zero)
      _ = ring.admit(token: Self.token, route: "fast")
      ring.refresh()
    }
  }

  // MARK: Who

  @Test func withoutAnyKeyThisMachineMayAsk() throws {
    let ring = try ring(try Store.inMemory())
    #expect(try admit(ring, nil).get().key == nil, "nobody needs a key")
    #expect(try admit(ring, "sk-whatever").get().key == nil, "what an SDK sends anyway does no harm")
    let stranger = ring.admit(token: nil, route: "fast", isLoopback: false)
    #expect(refusal(stranger)?.kind == .missing, "another machine needs one all the same")
  }

  @Test func withAKeyEveryoneNeedsOne() throws {
    let ring = try ring(try store())
    #expect(refusal(admit(ring, nil))?.kind == .missing)
    #expect(refusal(admit(ring, "fl-other"))?.status == 401, "an unknown key is not taken")
    #expect(try admit(ring).get().key?.name == "laptop")
  }

  @Test func aNewKeyWorksAndARevokedOneDoesNotAfterALook() throws {
    let store = try store()
    let ring = try ring(store)
    try add(to: store, token: "fl-second") { $0.name = "second" }
    refresh(ring)
    #expect(try admit(ring, "fl-second").get().key?.name == "second", "the new key is known")
    #expect(try store.revokeGatewayKey(name: "laptop", date: 5))
    #expect(try store.revokeGatewayKey(name: "second", date: 5))
    refresh(ring)
    #expect(refusal(admit(ring))?.kind == .revoked)
    #expect(refusal(admit(ring, nil))?.kind == .missing, "revoking the last key does not open the door")
  }

  @Test func itLooksByItself() throws {
    let store = try Store.inMemory()
    let ring = try KeyRing(store: store, interval: 1)
    try add(to: store)
    #expect(eventually { ring.needsKeys }, "a key that was added is met")
  }

  @Test func aKeyAsksOnlyForItsRoutes() throws {
    let ring = try ring(try store { $0.routes = ["fast"] })
    #expect(try admit(ring).get().key != nil)
    let refused = refusal(admit(ring, route: "dear"))
    #expect(refused?.status == 403)
    #expect(
      refused?.message.contains("but for fast") == true, "the refusal names what it may: \(refused?.message ?? "")")
  }

  // MARK: How often

  @Test func theRateIsCountedOverASlidingMinute() throws {
    let ring = try ring(try store { $0.requestsPerMinute = 2 })
    #expect(refusal(admit(ring, second: 0)) == nil)
    #expect(refusal(admit(ring, second: 30)) == nil)
    let refused = refusal(admit(ring, second: 40))
    #expect(refused?.kind == .rate && refused?.retryAfter == 20, "the first one leaves the minute in 20 s")
    #expect(refusal(admit(ring, second: 60)) == nil, "then there is room for one")
    #expect(refusal(admit(ring, second: 61))?.retryAfter == 29, "and the next has to wait for the second")
  }

  // MARK: How much

  @Test func aSpentBudgetStopsAtTheDoor() throws {
    let ring = try ring(
      try store {
        $0.requestsPerMinute = 1
        $0.allowance = Allowance("1/day")
      })
    let first = try admit(ring).get()
    ring.settle(first, cost: dollars("1"))
    let refused = refusal(admit(ring, second: 61))
    #expect(refused?.kind == .budget && refused?.isRetryable == false, "all is spent")
    #expect(refused?.message.contains("2026-11-28T00:00:00Z") == true, "it says when: \(refused?.message ?? "")")
  }

  @Test func settlingTwiceCountsOnce() throws {
    let store = try store()
    let ring = try ring(store)
    let admission = try admit(ring).get()
    for _ in 0..<2 { ring.settle(admission, cost: dollars("0.5")) }
    refresh(ring)
    #expect(ring.spent(try #require(admission.key)) == dollars("0.5"))
    let day = GatewayKey.day(Self.date)
    #expect(try store.gatewaySpending(days: day..<(day + 1)).map(\.calls) == [1], "one call is in the database")
  }

  @Test func whatIsSpentCountsOnceBeforeAndAfterALook() throws {
    let ring = try ring(try store { $0.allowance = Allowance("1/month") })
    for round in 1...3 {
      let admission = try admit(ring).get()
      ring.settle(admission, cost: dollars("0.1"))
      let key = try #require(admission.key)
      let expected = Money(picoDollars: Int64(round) * 100_000_000_000)
      #expect(ring.spent(key) == expected, "before the look")
      refresh(ring)
      #expect(ring.spent(key) == expected, "after the look")
    }
  }

  @Test func whatAnotherGatewaySpentIsSeenAfterALook() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("furlong-ring-\(UUID().uuidString).db")
      .path
    defer { for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + end) } }
    let stores = [try Store(path: path), try Store(path: path)]
    try add(to: stores[0]) { $0.allowance = Allowance("1/day") }
    let rings = try stores.map { try ring($0) }
    let admission = try admit(rings[0]).get()
    rings[0].settle(admission, cost: dollars("1"))
    refresh(rings[0])
    refresh(rings[1])
    #expect(refusal(admit(rings[1]))?.kind == .budget, "the other one's dollar counts here too")
    #expect(rings[1].spent(try #require(admission.key)) == dollars("1"))
  }

  @Test func aNewDayBeginsAnew() throws {
    let ring = try ring(try store { $0.allowance = Allowance("1/day") })
    ring.settle(try admit(ring).get(), cost: dollars("1"))
    #expect(refusal(admit(ring))?.kind == .budget)
    clock.date += 86_400
    #expect(refusal(admit(ring)) == nil, "yesterday's spending is over")
  }

  @Test func everyRefusalHasTheWordsOfBothSDKs() {
    for kind in KeyRefusal.Kind.allCases {
      let refusal = KeyRefusal(kind, "no")
      #expect([401, 403, 429].contains(refusal.status), "\(kind) has a status that SDKs have an exception for")
      #expect(!refusal.openAICode.isEmpty && refusal.anthropicType.hasSuffix("_error"), "\(kind) has its words")
    }
    #expect(KeyRefusal(.budget, "no").openAICode == "insufficient_quota", "SDKs know this one as final")
  }
}
