import Core
import Foundation
import GRDB

/// What comes through the gateway, for those who watch it: read so often that every question must be answered from an index.
extension Store {
  /// The newest calls, newest first. What a process that is gone has left open is told as `cut`.
  /// - Parameter known: read a moment ago, by id; those that were over are not read again.
  /// - Throws: `StoreError`.
  public func trafficCalls(limit: Int, known: [String: TrafficCall] = [:]) throws(StoreError) -> [TrafficCall] {
    try read { db in
      let statement = try db.cachedStatement(
        sql: """
          SELECT s.id, s.created, json_array_length(s.lanes) AS lanes, t.winner, json_extract(t.route, '$.name') AS route,
            t.gateway_key, k.name AS key_name, k.store
          FROM session s INDEXED BY session_purpose JOIN turn t ON t.session = s.id AND t.number = 1
          JOIN summary m ON m.session = s.id LEFT JOIN gateway_key k ON k.id = t.gateway_key
          WHERE s.purpose = 'gateway' AND m.deleted IS NULL ORDER BY s.created DESC, s.rowid DESC LIMIT ?
          """)
      var alive: [String: Bool] = [:]
      return try Row.fetchAll(statement, arguments: [limit]).map { row in
        let id = row.text("id") ?? ""
        if let call = known[id], call.isSettled { return call }
        var call = TrafficCall(
          id: id, created: row.date("created") ?? 0, key: row.text("key_name") ?? row.text("gateway_key"),
          route: row.text("route") ?? "?", lanes: row.count("lanes") ?? 1)
        call.winner = row.lane("winner")
        call.keepsWords = row.text("store").map { $0 == GatewayKey.Keeping.full.rawValue } ?? true
        try addLanes(to: &call, &alive, db)
        return call
      }
    }
  }

  private func addLanes(to call: inout TrafficCall, _ alive: inout [String: Bool], _ db: Database) throws {
    var newest: Int64?
    let answers = try Tables.response.asked(
      db,
      """
      SELECT id, lane, generation, provider, model, state, finished, writer, error, simulated, usage_input,
        usage_cache_read, usage_cache_write, usage_output, usage_reasoning, usage_source, cost_status, cost_computed,
        cost_reported, cost_is_charge, cost_lowest, cost_highest, cost_wasted, ttft, ttfo, end, chunks, chunks_first_read,
         tokens_first_read, cost_reasons
      FROM response WHERE session = ? AND turn = 1 ORDER BY lane, generation
      """, [call.id])
    for stored in answers {
      var response = stored.response
      if !stored.hasEnded {
        let isAlive = alive[stored.writer] ?? self.isAlive(WriterIdentity(text: stored.writer), db)
        alive[stored.writer] = isAlive
        response.state = isAlive ? response.state : .cut
        if isAlive { newest = stored.id }
      }
      call.responses.removeAll { $0.lane == response.lane }
      call.responses.append(response)
    }
    guard let newest, let last = call.responses.lastIndex(where: { !$0.state.isOver }) else { return }
    let (answer, reasoning) = try tail(of: newest, db)
    call.tail = answer.isEmpty ? reasoning : answer
    call.responses[last].state =
      answer.isEmpty ? reasoning.isEmpty ? call.responses[last].state : .thinking : .answering
    // The row was written before the request was sent, and is not written again until the end.
    if call.responses[last].state == .queued { call.responses[last].state = .waiting }
  }

  /// The last few hundred bytes that have been saved of an open response.
  private func tail(of response: Int64, _ db: Database) throws -> (answer: String, reasoning: String) {
    let statement = try db.cachedStatement(
      sql: """
        SELECT substr(CAST(text AS BLOB), -400) AS text, substr(CAST(reasoning AS BLOB), -400) AS reasoning FROM part
        WHERE response = ? ORDER BY ordinal DESC LIMIT 8
        """)
    let parts = try Row.fetchAll(statement, arguments: [response])
    func joined(_ column: String) -> String {
      let bytes = parts.reversed().reduce(into: Data()) { $0 += $1.bytes(column) ?? Data() }.suffix(400)
      // A character that was cut in two at the beginning.
      return text(Data(bytes.drop { $0 & 0xC0 == 0x80 }))
    }
    return (joined("text"), joined("reasoning"))
  }

  /// How many calls are being answered.
  public func openTrafficCalls() throws(StoreError) -> Int {
    try read { db in
      let rows = try Row.fetchAll(
        db.cachedStatement(
          sql: """
            SELECT DISTINCT r.session, r.writer FROM response r INDEXED BY response_open
            JOIN session s ON s.id = r.session WHERE r.finished IS NULL AND s.purpose = 'gateway'
            """))
      let writers = Set(rows.compactMap { $0.text("writer") }).filter { isAlive(WriterIdentity(text: $0), db) }
      return Set(rows.filter { writers.contains($0.text("writer") ?? "") }.compactMap { $0.text("session") }).count
    }
  }

  /// Sums over the calls since a date (seconds since 1970).
  public func trafficSums(since: Int64) throws(StoreError) -> TrafficSums {
    try read { db in
      var sums = TrafficSums()
      let statement = try db.cachedStatement(
        sql: """
          SELECT COUNT(*) AS calls, \(BoundedSQL.sum(BoundedSQL.sessionCost)), TOTAL(unknown) AS unknown,
            COALESCE(SUM(open = 0 AND (instr(states, ' failed ') OR instr(states, ' cut ')) AND NOT
              (instr(states, ' done ') OR instr(states, ' truncated ') OR instr(states, ' refused '))), 0) AS failures
          FROM summary m INDEXED BY summary_created WHERE created >= ? AND purpose = 'gateway'
          """)
      if let row = try Row.fetchOne(statement, arguments: [since]) {
        (sums.calls, sums.failures) = (row.count("calls") ?? 0, row.count("failures") ?? 0)
        sums.cost = BoundedSQL.sum(row)
        sums.hasUnknownCost = row.flag("unknown")
      }
      let times = try db.cachedStatement(
        sql: """
          SELECT r.ttft FROM (SELECT id FROM session INDEXED BY session_purpose
              WHERE purpose = 'gateway' AND created >= ? ORDER BY created DESC LIMIT 1000) s
            JOIN turn t ON t.session = s.id AND t.number = 1
            JOIN response r ON r.session = s.id AND r.turn = 1 AND r.lane = t.winner
          WHERE r.ttft IS NOT NULL ORDER BY r.ttft
          """)
      let sorted = try Row.fetchAll(times, arguments: [since]).compactMap { $0.duration("ttft") }.map(Double.init)
      sums.firstToken = Ledger.percentile(sorted, 0.5).map { Int64(saturating: $0) }
      return sums
    }
  }
}
