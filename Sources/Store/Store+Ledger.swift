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
      var calls: [LedgerCall] = []
      try Tables.response.each(
        db,
        """
        SELECT r.session, r.turn, r.lane, r.generation, r.created, r.provider, r.model, r.model_reported, r.state,
          r.attempts, r.usage_input, r.usage_cache_read, r.usage_cache_write, r.usage_output, r.usage_reasoning,
          r.usage_source, r.usage_details, r.cost_status, r.cost_computed, r.cost_reported, r.cost_is_charge,
          r.cost_lowest, r.cost_highest, r.cost_wasted, r.ttfo, r.end, r.origin,
          CASE WHEN s.purpose = 'lane' AND r.prompt IS NOT NULL THEN 'fusion' ELSE s.purpose END AS purpose, t.rule, t.winner,
          EXISTS (SELECT 1 FROM blind b WHERE b.session = r.session AND b.turn = r.turn AND b.revealed IS NULL) AS hidden,
          (SELECT COUNT(DISTINCT lane) FROM response o WHERE o.session = r.session AND o.turn = r.turn) AS lanes
        FROM response r JOIN session s ON s.id = r.session
        JOIN turn t ON t.session = r.session AND t.number = r.turn
        WHERE r.created >= ? AND r.created < ? AND r.finished IS NOT NULL AND (r.origin IS NULL OR ?)
        ORDER BY r.created, r.id
        """, [since, until, includesImported]
      ) { stored, row in
        let response = stored.response
        var call = LedgerCall(
          key: stored.key, created: stored.created, model: response.model, purpose: row.text("purpose") ?? "",
          state: response.state, usage: response.usage, cost: response.cost)
        call.modelReported = response.modelReported
        (call.firstAnswer, call.end) = (response.timing.firstAnswer, response.timing.end)
        call.origin = stored.origin
        call.lanes = row.count("lanes") ?? 1
        call.rule = row.text("rule").flatMap(RaceRule.init) ?? .all
        call.won = row.lane("winner") == call.key.lane
        call.requestIDs = response.attempts.compactMap(\.requestID)
        if row.flag("hidden") { call.hide() }
        calls.append(call)
      }
      return calls
    }
  }

  /// Calls whose cost is only a bound, with the id that the provider gave: the newest thousand.
  public func unsettled(provider: String) throws(StoreError) -> [(key: ResponseKey, requestID: String)] {
    try read { db in
      try Tables.response.asked(
        db,
        """
        SELECT session, turn, lane, generation, attempts FROM response
        WHERE provider = ? AND cost_status IN ('partial', 'unknown') AND origin IS NULL AND finished IS NOT NULL
        ORDER BY created DESC LIMIT 1000
        """, [provider]
      ).compactMap { stored in stored.response.attempts.last?.requestID.map { (stored.key, $0) } }
    }
  }
}
