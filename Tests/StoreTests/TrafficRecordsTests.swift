import Core
import Foundation
import GRDB
import TestSupport
import Testing

@testable import Store

/// What those who watch the gateway read.
@Suite(.ownThreads) struct TrafficRecordsTests {
  /// - Parameter states: of the lanes asked, in their order; nil for one that is still open.
  private func add(
    _ id: String, to store: Store, created: Int64 = 1000, key: String? = nil, lanes: Int = 1, winner: Int? = nil,
    _ states: ResponseState?...
  ) throws {
    var session = Session(
      id: id, created: created, title: "", rule: .firstToken,
      lanes: try (0..<lanes).map { try Lane(parsing: "p\($0)/m") }, turns: [])
    session.purpose = .gateway
    store.append(.session(session))
    var turn = Turn(number: 1, prompt: "hello", rule: .firstToken)
    turn.gatewayKey = key
    turn.route = ["name": "cheap", "reasons": ["why": "a test"]]
    store.append(.turn(session: id, turn))
    for (lane, state) in states.enumerated() {
      let place = ResponseKey(session: id, turn: 1, lane: lane, generation: 1)
      var response = Response(lane: lane, model: ModelID("p\(lane)/m")!, parameters: Parameters())
      store.append(.began(place, response, request: nil))
      guard let state else {
        store.append(.text(place, .answer, "so far, \(Sample.hostile)", at: 5))
        continue
      }
      response.state = state
      response.text = "answer"
      (response.usage.input, response.usage.output) = (7, 9)
      response.timing.note(.answer, at: Int64(lane + 1) * 1_000_000)
      response.cost.status = .exact
      response.cost.computed = Money(decimal: "0.25")
      store.append(.ended(place, response))
    }
    if let winner { store.append(.winner(session: id, turn: 1, lane: winner)) }
    #expect(commit(store) == nil)
  }

  @Test func callsComeNewestFirstWithTheirLanes() throws {
    let store = try Store.inMemory()
    var key = GatewayKey(id: "k1", name: "app", created: 1, hash: "h")
    key.keeping = .metadata
    _ = try store.addGatewayKey(key)
    store.add("aaaaaaaaaaaa", created: 5000, ("not a call", ["yes"]))
    try add("bbbbbbbbbbbb", to: store, key: "k1", lanes: 3, winner: 1, .failed, .done)
    try add("cccccccccccc", to: store, created: 2000, winner: 0, .done)
    let calls = try store.trafficCalls(limit: 9)
    #expect(calls.map(\.id) == ["cccccccccccc", "bbbbbbbbbbbb"])
    let call = calls[1]
    #expect((call.key, call.route, call.lanes, call.winner, call.keepsWords) == ("app", "cheap", 3, 1, false))
    #expect(calls[0].key == nil && calls[0].keepsWords)
    #expect(call.responses.map(\.state) == [.failed, .done] && call.state == .done && !call.isOpen)
    #expect(call.serving?.timing.firstToken == 2_000_000 && call.serving?.usage.output == 9)
    #expect(call.cost == Money(decimal: "0.5") && !call.hasUnknownCost)
    #expect(!call.responses.contains { $0.text != "" }, "words are not read")
    #expect(try store.trafficCalls(limit: 1).map(\.id) == ["cccccccccccc"])
    var known = call
    known.route = "remembered"
    let again = try store.trafficCalls(limit: 9, known: [call.id: known])
    #expect(again.map(\.route) == ["cheap", "remembered"], "one that is over is not read again")
  }

  @Test func whatHasComeOfAnOpenCallIsTold() throws {
    let store = try Store.inMemory()
    try add("bbbbbbbbbbbb", to: store, nil)
    let call = try #require(try store.trafficCalls(limit: 1).first)
    #expect(call.isOpen && call.state == .answering)
    #expect(call.tail == "so far, \(Sample.hostile)", "as it came: whoever draws it makes it harmless")
    #expect(try store.openTrafficCalls() == 1)
    try store.database.write { try $0.execute(sql: "UPDATE response SET writer = '1:1'") }
    let left = try #require(try store.trafficCalls(limit: 1).first)
    #expect(left.state == .cut && !left.isOpen, "its process is gone")
    #expect(try store.openTrafficCalls() == 0)
  }

  @Test func sums() throws {
    let store = try Store.inMemory()
    store.add("aaaaaaaaaaaa", created: 1000, cost: "9", ("not a call", ["yes"]))
    try add("bbbbbbbbbbb1", to: store, lanes: 2, winner: 1, .failed, .done)
    try add("bbbbbbbbbbb2", to: store, .failed)
    try add("bbbbbbbbbbb3", to: store, .stopped)
    try add("bbbbbbbbbbb4", to: store, created: 100, winner: 0, .done)
    let sums = try store.trafficSums(since: 1000)
    #expect(sums.calls == 3)
    #expect(sums.failures == 1, "neither a fallback that was saved nor a client that left")
    #expect(sums.cost == Money(decimal: "1") && !sums.hasUnknownCost)
    #expect(sums.firstToken == 2_000_000)
    #expect(try store.trafficSums(since: 0).firstToken == 1_500_000)
    #expect(try store.trafficSums(since: 9999) == TrafficSums())
  }

  /// A tail is cut at bytes, not at characters.
  @Test func aLongTailIsWhole() throws {
    let store = try Store.inMemory()
    try add("bbbbbbbbbbbb", to: store, nil)
    let place = ResponseKey(session: "bbbbbbbbbbbb", turn: 1, lane: 0, generation: 1)
    for offset in 0..<3 {
      store.append(.text(place, .answer, String(repeating: "海", count: 500 + offset), at: 10))
      #expect(commit(store) == nil)
      let tail = try #require(try store.trafficCalls(limit: 1).first?.tail)
      #expect(tail.utf8.count > 390 && tail.allSatisfy { $0 == "海" })
    }
  }

  @Test func theSessionHasItsRoute() throws {
    let store = try Store.inMemory()
    try add("bbbbbbbbbbbb", to: store, key: "k1", winner: 0, .done)
    let turn = try #require(try store.session("bbbb").turns.first)
    #expect(turn.route == ["name": "cheap", "reasons": ["why": "a test"]] && turn.gatewayKey == "k1")
    var filter = SessionFilter()
    #expect(try store.sessions(filter).isEmpty, "people's list has none of it")
    filter.isOfGateway = true
    #expect(try store.sessions(filter).map(\.id) == ["bbbbbbbbbbbb"])
  }
}
