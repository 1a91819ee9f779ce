import Core
import Foundation
import TestSupport
import Testing

@testable import Store

/// Two Furlongs that go on with one session at the same time.
@Suite(.ownThreads) struct SharedSessionTests {
  private func commit(_ store: Store) -> StoreError? {
    let done = DispatchSemaphore(value: 0)
    nonisolated(unsafe) var result: StoreError?
    store.commit {
      result = $0
      done.signal()
    }
    done.wait()
    return result
  }

  private func write(_ text: String, to store: Store, _ session: Session, turn: Int) -> StoreError? {
    store.append(.turn(session: session.id, Turn(number: turn, prompt: text, rule: .all)))
    let key = ResponseKey(session: session.id, turn: turn, lane: 0, generation: 1)
    var response = Response(lane: 0, model: session.lanes[0].model, parameters: Parameters())
    store.append(.began(key, response, request: nil))
    response.state = .done
    response.text = "answer to \(text)"
    store.append(.ended(key, response))
    store.append(.winner(session: session.id, turn: turn, lane: 0))
    return commit(store)
  }

  @Test func bothTurnsAreKept() throws {
    let folder = TemporaryFolder()
    let stores = try [Store(path: folder.path + "/f.db"), Store(path: folder.path + "/f.db")]
    let session = Session(
      id: "00000000000a", created: 1, title: "t", rule: .all, lanes: [try Lane(parsing: "a/b")], turns: [])
    stores[0].append(.session(session))
    #expect(write("first", to: stores[0], session, turn: 1) == nil)
    #expect(write("second", to: stores[1], session, turn: 1) == nil, "the same number in another process")
    let kept = try stores[0].session("00000000000a")
    #expect(kept.turns.map(\.number) == [1, 2])
    #expect(kept.turns.map(\.prompt) == ["first", "second"])
    #expect(kept.turns.map { $0.responses[0]?.text } == ["answer to first", "answer to second"])
    #expect(kept.turns.map(\.winner) == [0, 0])
  }

  /// What can never be written is told for good, and does not hold up the rest.
  @Test func aLossIsNotForgotten() throws {
    let store = try Store.inMemory()
    let key = ResponseKey(session: "nowhere", turn: 1, lane: 0, generation: 1)
    let response = Response(lane: 0, model: ModelID(provider: "a", model: "b"), parameters: Parameters())
    let session = Session(
      id: "00000000000b", created: 1, title: "t", rule: .all, lanes: [try Lane(parsing: "a/b")], turns: [])
    store.append(.began(key, response, request: nil))
    store.append(.session(session))
    #expect(commit(store) != nil)
    #expect(write("p", to: store, session, turn: 1) == nil, "what comes after is written")
    #expect(throws: StoreError.self, "the loss must be told at the end") { try store.close() }
  }
}
