import CustomDump
import GRDB
import TestSupport
import Testing

@testable import Core
@testable import Store

/// The page about the database: what it asks has answers.
@Suite(.ownThreads) struct SchemaPageTests {
  private let left = Sample.key
  private var right: ResponseKey { ResponseKey(session: left.session, turn: 1, lane: 1, generation: 1) }

  /// A turn with two answers of which one was preferred, and a third that failed.
  private func filled() throws -> Store {
    let store = try Store.inMemory()
    store.append(.session(Sample.session()))
    var turn = Sample.turn(prompt: "Why are there tides?")
    turn.blind = BlindAssignment(
      id: "b1", session: left.session, turn: 1, lanes: [:], pairs: [.init(left: 1, right: 0)], salt: "s")
    store.append(.turn(session: left.session, turn))
    let last = ResponseKey(session: left.session, turn: 1, lane: 2, generation: 1)
    for (key, model, state) in [
      (left, "one", ResponseState.done), (right, "two", .truncated), (last, "three", .failed),
    ] {
      var response = Sample.finished(key)
      (response.model, response.state) = (ModelID(provider: "p", model: model), state)
      response.error = state == .failed ? ResponseError(.overloaded, "try later") : nil
      response.timing.firstToken = state == .failed ? nil : Int64(key.lane + 1) * 1_000_000
      (response.cost.reported, response.cost.computed) = (nil, Money(decimal: "0.25"))
      store.append(.began(key, response, request: nil))
      store.append(.ended(key, response))
    }
    store.append(.vote(Vote(id: "v1", created: 1, assignment: "b1", left: right, right: left, choice: .left)))
    store.append(.revealed(assignment: "b1"))
    #expect(commit(store) == nil)
    return store
  }

  @Test func everyQuestionHasItsAnswer() throws {
    let store = try filled()
    let answers = try SchemaPage.Example.all.map { example in
      try store.read { db in
        try Row.fetchAll(db, sql: example.sql).map { row in
          row.filter { $0.0 != "asked" }.map { "\($0.1)" }.joined(separator: " | ")
        }.sorted()
      }
    }
    expectNoDifference(
      answers,
      [
        [#""p/one" | 1 | 0.25 | 0"#, #""p/three" | 1 | 0.25 | 0"#, #""p/two" | 1 | 0.25 | 0"#],
        [#""p/one" | 1 | 1.0"#, #""p/two" | 1 | 2.0"#],
        [#""p/two" | "p/one" | 1"#],
        [#""p/three" | "overloaded" | 1"#],
        [#""\#(left.session)" | 1 | "Why are there [tides]?""#],
      ])
  }

  @Test func everyTableAndColumnIsExplained() {
    let page = SchemaPage.text
    for table in Tables.all {
      #expect(page.contains("### `\(table.name)`\n"))
      for column in table.columns {
        #expect(
          page.contains("| `\(column.name)` | \(column.kind.sqlType.lowercased())"), "\(table.name).\(column.name)")
        #expect(!column.meaning.isEmpty && !column.meaning.contains("\n"), "\(table.name).\(column.name)")
      }
    }
  }
}
