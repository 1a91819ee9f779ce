import Core
import CustomDump
import Foundation
import Store
import TestSupport
import Testing

@Suite(.ownThreads) struct StoreTests {
  private func fill(_ store: Store) {
    store.append(.session(Sample.session()))
    store.append(.turn(session: Sample.key.session, Sample.turn()))
    store.append(.began(Sample.key, Sample.response(), request: ["model": "gpt-5.6"]))
    store.append(.text(Sample.key, .reasoning, Sample.hostile, at: 1_000_000))
    store.append(.text(Sample.key, .answer, "Hello", at: 2_000_000))
  }

  private func expectWhole(_ store: Store, laterChunks: [String] = []) throws {
    let session = try store.session(Sample.key.session)
    var turn = Sample.turn()
    turn.winner = 0
    turn.responses = [0: Sample.finished()]
    var expected = Sample.session()
    expected.turns = [turn]
    expectNoDifference(session, expected)
    let text = session.turns[0].responses[0]?.text ?? ""
    #expect(Array(text.utf8) == Array(Sample.finished().text.utf8), "byte for byte")
    #expect(Array(session.turns[0].prompt.utf8) == Array(Sample.turn().prompt.utf8), "byte for byte")
    expectNoDifference(
      try store.arrivals(of: Sample.key).map { "\($0.microseconds) \($0.length) \($0.channel)" },
      ["1000 \(Sample.hostile.utf8.count) reasoning", "2000 5 answer"] + laterChunks)
  }

  private func finish(_ store: Store) {
    store.append(.winner(session: Sample.key.session, turn: 1, lane: 0))
    store.append(.ended(Sample.key, Sample.finished()))
  }

  @Test func everythingComesBackFromMemory() throws {
    let store = try Store.inMemory()
    fill(store)
    finish(store)
    #expect(commit(store) == nil)
    try expectWhole(store)
  }

  @Test func everythingComesBackFromTheDisk() throws {
    let folder = TemporaryFolder()
    let store = try Store(path: folder.file("a.db"))
    fill(store)
    #expect(commit(store) == nil)
    finish(store)
    try store.close()
    try expectWhole(store)
    try expectWhole(try Store(path: folder.file("a.db")))
  }

  @Test func whatStreamsCanBeSeenByAnotherReader() throws {
    let folder = TemporaryFolder()
    let store = try Store(path: folder.file("a.db"))
    fill(store)
    #expect(commit(store) == nil)
    store.append(.text(Sample.key, .answer, ", world", at: 3_000_000))
    #expect(commit(store) == nil)
    let other = try Store(path: folder.file("a.db"))
    let response = try #require(try other.session("3f2a").turns.first?.responses[0])
    #expect(response.text == "Hello, world")
    #expect(response.reasoning == Sample.hostile)
    #expect(response.state == .queued, "its writer lives: it must not become cut")
    finish(store)
    try store.close()
    try expectWhole(other, laterChunks: ["3000 7 answer"])
  }

  @Test func aResponseThatNeverStreamedHasNoArrivals() throws {
    let store = try Store.inMemory()
    store.append(.session(Sample.session()))
    store.append(.turn(session: Sample.key.session, Sample.turn()))
    store.append(.began(Sample.key, Sample.response(), request: nil))
    #expect(commit(store) == nil)
    #expect(try store.arrivals(of: Sample.key).isEmpty)
    var failed = Sample.response()
    failed.state = .failed
    store.append(.ended(Sample.key, failed))
    #expect(commit(store) == nil)
    #expect(try store.arrivals(of: Sample.key).isEmpty)
  }

  @Test func theLatestGenerationStands() throws {
    let store = try Store.inMemory()
    fill(store)
    finish(store)
    var key = Sample.key
    key.generation = 2
    var second = Sample.finished(key)
    second.text = "second"
    store.append(.began(key, Sample.response(key), request: nil))
    store.append(.ended(key, second))
    #expect(commit(store) == nil)
    #expect(try store.session("3f2a").turns.first?.responses[0]?.text == "second")
    #expect(try store.arrivals(of: Sample.key).count == 2, "the first one stays stored")
  }

  @Test func sessionsAreFoundByUnambiguousPrefix() throws {
    let store = try Store.inMemory()
    for id in ["aaaa00000001", "aaab00000002", "bbbb00000003"] { store.append(.session(Sample.session(id))) }
    #expect(commit(store) == nil)
    #expect(try store.session("b").id == "bbbb00000003")
    #expect(try store.session("AAAB").id == "aaab00000002")
    #expect(try store.session("aaaa00000001").id == "aaaa00000001")
    #expect(throws: StoreError.ambiguous(prefix: "aaa")) { try store.session("aaa") }
    for missing in ["", "c", "aaaa000000011", "%", "_", "'"] {
      #expect(throws: StoreError.noSuchSession(missing)) { try store.session(missing) }
    }
  }

  @Test func sessionsAreListedNewestFirst() throws {
    let store = try Store.inMemory()
    #expect(try store.newestSession() == nil)
    store.append(.session(Sample.session("000000000001", created: 10)))
    store.append(.session(Sample.session("000000000002", created: 30)))
    store.append(.session(Sample.session("000000000003", created: 20)))
    for number in 1...2 { store.append(.turn(session: "000000000003", Sample.turn(number))) }
    for (turn, status) in [(1, Cost.Status.exact), (2, .unknown)] {
      let key = ResponseKey(session: "000000000003", turn: turn, lane: 0, generation: 1)
      var response = Sample.finished(key)
      response.cost.status = status
      response.cost.reported = status == .unknown ? nil : Money(decimal: "0.25")
      response.cost.computed = status == .unknown ? nil : Money(decimal: "0.20")
      store.append(.began(key, Sample.response(key), request: nil))
      store.append(.ended(key, response))
    }
    store.append(
      .setup(session: "000000000003", lanes: [try Lane(parsing: "a/b,seed=1")], rule: .firstFinish))
    #expect(commit(store) == nil)
    let list = try store.sessions()
    #expect(list.map(\.id) == ["000000000002", "000000000003", "000000000001"])
    var expected = SessionSummary(
      id: "000000000003", created: 20, title: list[0].title, turns: 2, models: ["a/b"], cost: Money(decimal: "0.25")!,
      hasUnknownCost: true)
    (expected.firstPrompt, expected.lastPrompt) = (Sample.turn().prompt, Sample.turn().prompt)
    (expected.votes, expected.state) = (0, .truncated)
    expectNoDifference(list[1], expected)
    #expect(try store.session("000000000003").rule == .firstFinish)
    #expect(list[0].turns == 0)
    #expect(try store.sessions(limit: 1).count == 1)
    #expect(try store.newestSession() == "000000000002")
    expectNoDifference(try store.recentModels(limit: 5), [ModelID("openai/gpt-5.6")!])
  }

  @Test func recentPromptsComeOnceEach() throws {
    let store = try Store.inMemory()
    store.append(.session(Sample.session()))
    for (number, prompt) in ["one", "two \u{0}", "one", "three"].enumerated() {
      store.append(.turn(session: Sample.key.session, Sample.turn(number + 1, prompt: prompt)))
    }
    #expect(commit(store) == nil)
    #expect(try store.recentPrompts(limit: 10) == ["three", "one", "two \u{0}"])
    #expect(try store.recentPrompts(limit: 2) == ["three", "one"])
  }

  @Test func twoStoresWriteOneFile() throws {
    let folder = TemporaryFolder()
    let stores = [try Store(path: folder.file("a.db")), try Store(path: folder.file("a.db"))]
    for round in 0..<20 {
      for (place, store) in stores.enumerated() {
        let id = "00000000\(place)\(round + 100)"
        store.append(.session(Sample.session(id)))
        store.append(.turn(session: id, Sample.turn()))
      }
      if round % 5 == 0 { for store in stores { #expect(commit(store) == nil) } }
    }
    for store in stores { try store.close() }
    for store in stores { #expect(try store.sessions().count == 40) }
  }

  @Test func aRecordThatCannotBeWrittenDoesNotHoldUpTheOthers() throws {
    let store = try Store.inMemory()
    store.append(.turn(session: "nowhere", Sample.turn()))
    fill(store)
    finish(store)
    _ = commit(store)
    try expectWhole(store)
  }

  @Test func faultsAreTold() throws {
    let store = try Store.inMemory()
    let faults = Journal<StoreError?>()
    store.onFault { faults.append($0) }
    store.append(.turn(session: "nowhere", Sample.turn()))
    let fault = try #require(commit(store), "a turn without a session is a fault")
    guard case .other = fault else {
      Issue.record("expected another fault than \(fault)")
      return
    }
    store.append(.session(Sample.session()))
    #expect(commit(store) == nil)
    // A loss is told once and stays a loss: nothing that comes later takes it back.
    #expect(faults.entries.count == 1)
    guard case .lost? = faults.entries.first else {
      Issue.record("expected a loss, not \(faults.entries)")
      return
    }
    #expect(throws: StoreError.self) { try store.close() }
  }
}
