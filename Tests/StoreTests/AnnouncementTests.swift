import Core
import Foundation
import GRDB
import TestSupport
import Testing

@testable import Store

/// A call has a row before it is sent, and never two.
@Suite(.ownThreads) struct AnnouncementTests {
  private let folder = TemporaryFolder()

  private func call(_ id: String) -> (Session, Turn, [StartedCall]) {
    let lane = Lane(model: ModelID(provider: "test", model: "m"))
    var session = Session(id: id, created: 7, title: "hi", rule: .firstToken, lanes: [lane], turns: [])
    session.purpose = .gateway
    var turn = Turn(number: 1, prompt: "hello", rule: .firstToken)
    turn.route = ["name": "fast"]
    turn.gatewayKey = "k1"
    let response = Response(lane: 0, model: lane.model, parameters: Parameters())
    let key = ResponseKey(session: id, turn: 1, lane: 0, generation: 1)
    return (session, turn, [StartedCall(key: key, response: response, request: nil)])
  }

  private func count(_ store: Store, _ sql: String) throws -> Int {
    try store.read { try Int.fetchOne($0, sql: sql) ?? 0 }
  }

  private func announce(_ store: Store, _ id: String) async {
    let (session, turn, calls) = call(id)
    await withCheckedContinuation { continuation in
      store.announce(session, turn, calls) { continuation.resume() }
    }
  }

  private func commit(_ store: Store) async {
    await withCheckedContinuation { continuation in store.commit { _ in continuation.resume() } }
  }

  @Test func theRowStandsBeforeTheCallIsSentAndGoesWithItsOwn() async throws {
    let store = try Store.inMemory()
    await announce(store, "aaaaaaaaaaaa")
    #expect(
      try count(store, "SELECT (SELECT COUNT(*) FROM announcement) + (SELECT COUNT(*) FROM response)") == 1,
      "one row of the call, whichever")
    await commit(store)
    #expect(try count(store, "SELECT COUNT(*) FROM announcement") == 0, "its own rows have taken its place")
    #expect(try store.session("aaaaaaaaaaaa").turns.first?.prompt == "hello")
    // Its own rows may be there first.
    for number in 0..<50 { await announce(store, "bbbbbbbbbb\(number + 10)") }
    await commit(store)
    #expect(
      try count(store, "SELECT COUNT(*) FROM announcement") == 0 && count(store, "SELECT COUNT(*) FROM response") == 51)
  }

  @Test func whatADeadProcessAnnouncedIsMarkedAsCut() throws {
    let path = folder.file("dead.db")
    let (session, turn, calls) = call("cccccccccccc")
    do {
      let store = try Store(path: path)
      try store.database.write { db in
        try Announcement(session: session, turn: turn, calls: calls).write(by: "999999:1", db)
        try db.execute(sql: "INSERT INTO announcement VALUES ('d', '999999:1', 'no JSON')")
      }
      try store.close()
    }
    let store = try Store(path: path)
    let found = try store.session("cccccccccccc")
    #expect(found.purpose == .gateway && found.created == 7 && found.lanes.map(\.text) == ["test/m"])
    #expect(found.turns.first?.responses[0]?.state == .cut, "the call is there, and marked")
    #expect(try count(store, "SELECT COUNT(*) FROM announcement") == 0, "and nothing is left of the announcements")
    #expect(try count(store, "SELECT COUNT(*) FROM turn WHERE gateway_key = 'k1' AND route LIKE '%fast%'") == 1)
  }
}
