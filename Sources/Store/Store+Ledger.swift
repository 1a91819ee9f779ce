import Core
import GRDB

extension Store {
  /// Calls that have ended, oldest first, judges' included; those of emptied sessions too: money spent is spent. What was
  /// imported was paid elsewhere, and is in it only when asked for. Before a vote the calls of a blind turn have neither name nor
  /// time: those would tell whose answer is whose.
  /// - Parameters: seconds since 1970; `until` is excluded.
  public func ledger(
    since: Int64 = 0, until: Int64 = .max, includesImported: Bool = false
  ) throws(StoreError) -> [LedgerCall] {
    try read { db in
      let document = JSONDocument()
      var calls: [LedgerCall] = []
      let rows = try Row.fetchCursor(
        db,
        sql: """
          SELECT r.session, r.turn, r.lane, r.generation, r.created, r.provider, r.model, r.model_reported, r.state,
            r.attempts, r.usage_input, r.usage_cache_read, r.usage_cache_write, r.usage_output, r.usage_reasoning,
            r.usage_source, r.usage_details, r.cost_status, r.cost_computed, r.cost_reported, r.cost_is_charge,
            r.cost_lowest, r.cost_highest, r.cost_wasted, r.ttfo, r.end, r.origin, s.purpose, t.rule, t.winner,
            EXISTS (SELECT 1 FROM blind b WHERE b.session = r.session AND b.turn = r.turn AND b.revealed IS NULL) AS hidden,
            (SELECT COUNT(DISTINCT lane) FROM response o WHERE o.session = r.session AND o.turn = r.turn) AS lanes
          FROM response r JOIN session s ON s.id = r.session
          JOIN turn t ON t.session = r.session AND t.number = r.turn
          WHERE r.created >= ? AND r.created < ? AND r.finished IS NOT NULL AND (r.origin IS NULL OR ?)
          ORDER BY r.created, r.id
          """, arguments: [since, until, includesImported])
      while let row = try rows.next() {
        guard let key = row.key() else { continue }
        var response = Response(lane: key.lane, model: row.model, parameters: Parameters())
        readReceipt(row, into: &response)
        var call = LedgerCall(
          key: key, created: row.date("created") ?? 0, model: response.model, purpose: row.text("purpose") ?? "",
          state: row.state, usage: response.usage, cost: response.cost)
        call.modelReported = row.text("model_reported")
        (call.firstAnswer, call.end) = (response.timing.firstAnswer, response.timing.end)
        call.origin = row.text("origin")
        call.lanes = row.count("lanes") ?? 1
        call.rule = row.text("rule").flatMap(RaceRule.init) ?? .all
        call.won = row.lane("winner") == call.key.lane
        let attempts = row.text("attempts").flatMap { try? document.parse($0) }?.elements ?? []
        call.requestIDs = attempts.compactMap { $0["request_id"]?.string }
        if row.flag("hidden") { call.hide() }
        calls.append(call)
      }
      return calls
    }
  }

  /// Calls whose cost is only a bound, with the id that the provider gave: the newest thousand.
  public func unsettled(provider: String) throws(StoreError) -> [(key: ResponseKey, requestID: String)] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT session, turn, lane, generation, attempts FROM response
          WHERE provider = ? AND cost_status IN ('partial', 'unknown') AND origin IS NULL AND finished IS NOT NULL
          ORDER BY created DESC LIMIT 1000
          """, arguments: [provider]
      ).compactMap { row in
        let attempts = row.text("attempts").flatMap { try? JSONDocument().parse($0) }?.elements ?? []
        guard let id = attempts.last?["request_id"]?.string, let key = row.key() else { return nil }
        return (key, id)
      }
    }
  }
}
