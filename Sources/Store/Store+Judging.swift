import Core
import Foundation
import GRDB
import Judging

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
      ).compactMap { row in
        guard let id = row.text("id"), let left = row.key("left_"), let right = row.key("right_") else { return nil }
        return Vote(
          id: id, created: row.date("created") ?? 0, assignment: row.text("assignment") ?? "", left: left,
          right: right, choice: row.text("choice").flatMap(Vote.Choice.init) ?? .tie, repeats: row.text("repeats"),
          time: row.duration("time"))
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
        let assignment = row.text("assignment").flatMap(BlindAssignment.init(text:))
      else { return nil }
      return (assignment, row.text("sha256") ?? "", !row.isNull("revealed"))
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
    guard let document = row.text("bytes").flatMap({ try? JSONDocument().parse($0) }), let id = row.text("id"),
      let a = row.key("a_"), let b = row.key("b_")
    else { return nil }
    var judgement = Judgement(
      id: id, created: row.date("created") ?? 0, a: a, b: b, judge: row.text("judge") ?? "",
      version: row.text("version") ?? "",
      outcome: PairOutcome(kind: row.text("kind").flatMap(PairOutcome.Kind.init) ?? .none))
    judgement.read(document)
    judgement.judgeReported = row.text("judge_reported")
    (judgement.cost, judgement.hasUnknownCost) = Self.cost(row)
    judgement.isConfirmed = row.flag("confirmed")
    return judgement
  }

  /// Of the calls behind a verdict or a fit; a figure that cannot be is unknown.
  private static func cost(_ row: Row) -> (Money, hasUnknown: Bool) {
    let cost = row.money("cost")
    return (cost ?? .zero, cost == nil || row.flag("cost_unknown"))
  }

  /// Absolute readings of a session's answers, oldest first.
  public func fits(session: String) throws(StoreError) -> [Fit] {
    try read { db in
      try Row.fetchAll(
        db, sql: "SELECT *, CAST(document AS BLOB) AS bytes FROM fit WHERE session = ? ORDER BY id",
        arguments: [session]
      ).compactMap { row in
        guard let key = row.key() else { return nil }
        let document = row.text("bytes").flatMap { try? JSONDocument().parse($0) }
        var fit = Fit(
          answer: key, judge: row.text("judge") ?? "", value: row.number("value", in: 0...10).map { Int($0) },
          reason: document?["reason"]?.string ?? "")
        fit.judgeReported = row.text("judge_reported")
        fit.isQuarantined = document?["quarantined"]?.bool ?? false
        fit.calls = document?["calls"]?.elements.compactMap(\.string) ?? []
        (fit.cost, fit.hasUnknownCost) = Self.cost(row)
        fit.time = row.duration("time") ?? 0
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
        let brief = row.text("brief").flatMap({ try? JSONDocument().parse($0) }).flatMap({ Brief(json: $0) })
      else { return nil }
      return StoredBrief(
        id: row.text("id") ?? id, created: row.date("created") ?? 0, judge: row.text("judge") ?? "",
        version: row.text("version") ?? "", brief: brief, session: row.text("session"))
    }
  }

  /// The latest card of each judge, and of each model that its provider reported under that name.
  public func cards() throws(StoreError) -> [StoredCard] {
    try read { db in
      var latest: [String: StoredCard] = [:]
      for row in try Row.fetchAll(db, sql: "SELECT * FROM card ORDER BY created, rowid") {
        guard let view = row.text("card").flatMap({ try? JSONDocument().parse($0) }), let card = JudgeCard(json: view)
        else { continue }
        let stored = StoredCard(
          id: row.text("id") ?? "", created: row.date("created") ?? 0, judge: row.text("judge") ?? "",
          judgeReported: row.text("judge_reported"), version: row.text("version") ?? "", card: card)
        latest["\(stored.judge)\n\(stored.judgeReported ?? "")\n\(stored.version)"] = stored
      }
      return latest.values.sorted { ($0.created, $0.id) < ($1.created, $1.id) }
    }
  }
}
