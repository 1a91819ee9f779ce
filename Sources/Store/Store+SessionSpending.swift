import Core
import GRDB

extension Store {
  /// What a session's answers, those that were asked for again, and its judging have cost, as far as they have ended.
  public func spending(session: String) throws(StoreError) -> SessionSpending {
    try read { db in
      var spending = SessionSpending()
      var latest: [[Int]: Int] = [:]
      let own = try Row.fetchAll(
        db,
        sql: """
          SELECT turn, lane, generation, cost FROM response WHERE session = ? AND finished IS NOT NULL
          ORDER BY turn, lane, generation DESC
          """, arguments: [session])
      for row in own {
        guard let turn = row.count("turn"), let lane = row.lane("lane"), let generation = row.count("generation") else {
          continue
        }
        let newest = latest[[turn, lane]] ?? generation
        latest[[turn, lane]] = newest
        let cost = row.money("cost")
        if cost == nil { spending.hasUnknown = true }
        if generation == newest {
          spending.answers = spending.answers + (cost ?? .zero)
        } else {
          spending.retries = spending.retries + (cost ?? .zero)
        }
        spending.turns[turn] = (spending.turns[turn] ?? .zero) + (cost ?? .zero)
        spending.counted.insert(ResponseKey(session: session, turn: turn, lane: lane, generation: generation))
      }
      // The calls of judges are sessions of their own, named after the one they are about.
      let judging = try Row.fetchAll(
        db,
        sql: """
          SELECT r.cost FROM session s JOIN response r ON r.session = s.id
          WHERE s.purpose IN ('judge', 'brief') AND s.title = ? AND r.finished IS NOT NULL
          """, arguments: [session])
      for row in judging {
        let cost = row.money("cost")
        if cost == nil { spending.hasUnknown = true }
        spending.judging = spending.judging + (cost ?? .zero)
      }
      return spending
    }
  }
}
