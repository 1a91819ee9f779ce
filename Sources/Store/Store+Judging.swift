import Core
import Foundation
import GRDB

extension Store {
  /// Votes that stand, oldest first; of one session, or of all.
  /// - Throws: `StoreError`.
  public func votes(session: String? = nil) throws(StoreError) -> [Vote] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT * FROM vote WHERE (session = :session OR :session IS NULL)
            AND id NOT IN (SELECT vote FROM vote_undone) AND session NOT IN \(deletedSessions) ORDER BY created, rowid
          """, arguments: ["session": session]
      ).map { row in
        func key(_ side: String) -> ResponseKey {
          ResponseKey(
            session: row["session"], turn: row["turn"], lane: row["\(side)_lane"],
            generation: row["\(side)_generation"])
        }
        return Vote(
          id: row["id"], created: row["created"], assignment: row["assignment"], left: key("left"),
          right: key("right"), choice: Vote.Choice(rawValue: row["choice"]) ?? .tie, repeats: row["repeats"],
          time: row["time"])
      }
    }
  }

  /// A blind assignment with the hash that was stored before its answers showed.
  public func assignment(
    _ id: String
  ) throws(StoreError) -> (assignment: BlindAssignment, sha256: String, isRevealed: Bool)? {
    try read { db in
      guard
        let row = try Row.fetchOne(
          db, sql: "SELECT assignment, sha256, revealed FROM blind WHERE id = ?", arguments: [id]),
        let assignment = BlindAssignment(text: row["assignment"])
      else { return nil }
      return (assignment, row["sha256"], row["revealed"] as Int64? != nil)
    }
  }

  /// Verdicts, oldest first; of one session, or of all.
  public func judgements(session: String? = nil) throws(StoreError) -> [Judgement] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT j.*, CAST(document AS BLOB) AS bytes, c.judgement IS NOT NULL AS confirmed FROM judgement j
          LEFT JOIN judgement_confirmed c ON c.judgement = j.id
          WHERE (session = :session OR :session IS NULL) AND session NOT IN \(deletedSessions)
          ORDER BY j.created, j.rowid
          """, arguments: ["session": session]
      ).compactMap(Self.judgement)
    }
  }

  private static func judgement(_ row: Row) -> Judgement? {
    func key(_ side: String) -> ResponseKey {
      ResponseKey(
        session: row["session"], turn: row["turn"], lane: row["\(side)_lane"], generation: row["\(side)_generation"])
    }
    guard let document = try? JSONDocument().parse(text(row["bytes"])) else { return nil }
    var judgement = Judgement(
      id: row["id"], created: row["created"], a: key("a"), b: key("b"), judge: row["judge"], version: row["version"],
      outcome: PairOutcome(kind: PairOutcome.Kind(rawValue: row["kind"]) ?? .none))
    judgement.read(document)
    judgement.judgeReported = row["judge_reported"]
    judgement.cost = Money(picoDollars: row["cost"])
    judgement.hasUnknownCost = row["cost_unknown"]
    judgement.isConfirmed = row["confirmed"]
    return judgement
  }

  /// Absolute readings of a session's answers, oldest first.
  public func fits(session: String) throws(StoreError) -> [Fit] {
    try read { db in
      try Row.fetchAll(
        db, sql: "SELECT *, CAST(document AS BLOB) AS bytes FROM fit WHERE session = ? ORDER BY id",
        arguments: [session]
      ).map { row in
        let document = try? JSONDocument().parse(text(row["bytes"]))
        var fit = Fit(
          answer: ResponseKey(
            session: row["session"], turn: row["turn"], lane: row["lane"], generation: row["generation"]),
          judge: row["judge"], value: row["value"], reason: document?["reason"]?.string ?? "")
        fit.judgeReported = row["judge_reported"]
        fit.isQuarantined = document?["quarantined"]?.bool ?? false
        fit.calls = document?["calls"]?.elements.compactMap(\.string) ?? []
        fit.cost = Money(picoDollars: row["cost"])
        fit.hasUnknownCost = row["cost_unknown"]
        fit.time = row["time"]
        return fit
      }
    }
  }

  /// Nil when none is kept.
  public func brief(_ id: String) throws(StoreError) -> StoredBrief? {
    try read { db in
      guard
        let row = try Row.fetchOne(
          db, sql: "SELECT id, created, judge, version, session, CAST(brief AS BLOB) AS brief FROM brief WHERE id = ?",
          arguments: [id]),
        let brief = (try? JSONDocument().parse(text(row["brief"]))).flatMap({ Brief(json: $0) })
      else { return nil }
      return StoredBrief(
        id: row["id"], created: row["created"], judge: row["judge"], version: row["version"], brief: brief,
        session: row["session"])
    }
  }

  /// The latest card of each judge, and of each model that its provider reported under that name.
  public func cards() throws(StoreError) -> [StoredCard] {
    try read { db in
      var latest: [String: StoredCard] = [:]
      for row in try Row.fetchAll(db, sql: "SELECT * FROM card ORDER BY created, rowid") {
        guard let view = try? JSONDocument().parse(row["card"] as String), let card = JudgeCard(json: view) else {
          continue
        }
        let stored = StoredCard(
          id: row["id"], created: row["created"], judge: row["judge"], judgeReported: row["judge_reported"],
          version: row["version"], card: card)
        latest["\(stored.judge)\n\(stored.judgeReported ?? "")\n\(stored.version)"] = stored
      }
      return latest.values.sorted { ($0.created, $0.id) < ($1.created, $1.id) }
    }
  }
}
