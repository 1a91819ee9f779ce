import Core
import Foundation
import GRDB
import Store
import TestSupport

/// A past to be looked at: sessions made in one line each.
extension Store {
  /// One turn a prompt; each lane answers with `answers` of the turn, the state before a colon if there is one.
  func add(
    _ id: String, created: Int64 = 100, lanes: [String] = ["a/one", "b/two"], tags: [String] = [],
    cost: String = "0.01",
    blind: BlindAssignment? = nil, _ turns: (prompt: String, answers: [String])...
  ) {
    let session = Session(
      id: id, created: created, title: turns.first?.prompt ?? "", rule: .all,
      lanes: lanes.map { try! Lane(parsing: $0) }, turns: [])
    append(.session(session))
    for (index, each) in turns.enumerated() {
      var turn = Turn(number: index + 1, prompt: each.prompt, rule: .all)
      turn.tags = tags
      if index == turns.count - 1 { turn.blind = blind }
      append(.turn(session: id, turn))
      for (lane, answer) in each.answers.enumerated() {
        let key = ResponseKey(session: id, turn: index + 1, lane: lane, generation: 1)
        var response = Response(lane: lane, model: session.lanes[lane].model, parameters: Parameters())
        append(.began(key, response, request: ["note": .string("request of \(id)")]))
        let parts = answer.split(separator: ":", maxSplits: 1).map(String.init)
        response.state = parts.count > 1 ? ResponseState(rawValue: parts[0])! : .done
        response.text = parts.last ?? ""
        response.reasoning = "reasoning-\(id) ponders"
        (response.usage.input, response.usage.output) = (7, 9)
        response.cost.status = cost == "?" ? .unknown : .exact
        response.cost.computed = Money(decimal: cost)
        append(.ended(key, response))
      }
    }
    let fault = settle(self)
    precondition(fault == nil, "\(fault!)")
  }

  func found(_ line: String, limit: Int = 200) throws -> [String] {
    var faults: [String] = []
    let filter = SessionFilter(line: line, now: 1_000_000_000, faults: &faults)
    precondition(faults.isEmpty, "\(faults)")
    return try sessions(filter, limit: limit).map(\.id)
  }
}

/// Reads a database beside the store.
func rows(_ path: String, _ sql: String) throws -> [String] {
  let queue = try rawDatabase(path)
  defer { try? queue.close() }
  return try queue.read { db in
    try Row.fetchAll(db, sql: sql).map { row in
      row.map { $0.1.isNull ? "NULL" : String.fromDatabaseValue($0.1) ?? "\($0.1)" }.joined(separator: "|")
    }
  }
}

/// `commit`, where a method of that name hides it.
private func settle(_ store: Store) -> StoreError? { commit(store) }

/// Throws when the index does not say what the texts say.
func checkSearch(_ path: String) throws {
  let queue = try rawDatabase(path)
  defer { try? queue.close() }
  try queue.write { try $0.execute(sql: "INSERT INTO search (search, rank) VALUES ('integrity-check', 1)") }
}
