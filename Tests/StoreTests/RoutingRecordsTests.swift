import Core
import GRDB
import TestSupport
import Testing

@testable import Store

@Suite(.ownThreads) struct RoutingRecordsTests {
  private func stored() throws -> Store {
    let store = try Store.inMemory()
    store.append(.session(Sample.session()))
    store.append(.turn(session: Sample.key.session, Sample.turn()))
    store.append(.began(Sample.key, Sample.response(), request: nil))
    store.append(.ended(Sample.key, Sample.finished()))
    #expect(commit(store) == nil)
    return store
  }

  @Test func whatACallTookIsReadWithItsRoute() throws {
    let store = try stored()
    try store.database.write { try $0.execute(sql: #"UPDATE turn SET route = '{"name":"fast","why":"x"}'"#) }
    let finished = Sample.finished()
    let one = try #require(try store.routeObservations().first)
    #expect(
      one == RouteObservation(finished, route: "fast", created: one.created), "expected it as the response has it")
    #expect(one.output == 40 && one.reasoning == 30 && one.cacheRead == 50, "expected the counts: \(one)")
  }

  @Test func brokenOrMissingRoutesAreNone() throws {
    let store = try stored()
    #expect(try store.routeObservations().first?.route == nil)
    try store.database.write { try $0.execute(sql: "UPDATE turn SET route = '{broken'") }
    #expect(try store.routeObservations().first?.route == nil, "expected a broken document to be passed over")
  }

  @Test func importedAndBlindCallsAreLeftOut() throws {
    let imported = try stored()
    try imported.database.write { try $0.execute(sql: "UPDATE response SET origin = 'llm'") }
    #expect(try imported.routeObservations().isEmpty, "expected no times of another machine")
    let blind = try stored()
    blind.append(
      .blind(
        BlindAssignment(
          id: "b1", session: Sample.key.session, turn: 1, lanes: [0: "openai/gpt-5.6"], pairs: [], salt: "s")))
    #expect(commit(blind) == nil)
    #expect(try blind.routeObservations().isEmpty, "expected nothing that would tell whose answer is whose")
  }

  @Test func theLastOnesAreReadOldestFirst() throws {
    let store = try stored()
    for lane in 1...3 {
      let key = ResponseKey(session: Sample.key.session, turn: 1, lane: lane, generation: 1)
      var response = Sample.finished(key)
      response.usage.output = lane
      store.append(.began(key, Sample.response(key), request: nil))
      store.append(.ended(key, response))
    }
    #expect(commit(store) == nil)
    #expect(try store.routeObservations(last: 2).map(\.output) == [2, 3], "expected the last two, oldest first")
  }
}
