import Core
import Foundation
import GRDB
import Judging

extension Store {
  /// Votes that stand, oldest first; of one session, or of all.
  /// - Throws: `StoreError`.
  public func votes(session: String? = nil) throws(StoreError) -> [Vote] {
    try read { db in
      try Tables.vote.all(
        db,
        """
        WHERE (session = :session OR :session IS NULL)
          AND id NOT IN (SELECT vote FROM vote_undone) AND session NOT IN \(deletedSessions) ORDER BY created, rowid
        """, ["session": session])
    }
  }

  /// Answers picked in the open that hold, one a turn, oldest first; of one session, or of all.
  /// - Throws: `StoreError`.
  public func picks(session: String? = nil) throws(StoreError) -> [Pick] {
    try read { db in
      let all = try Tables.pick.all(
        db,
        """
        WHERE (session = :session OR :session IS NULL) AND session NOT IN \(deletedSessions) ORDER BY created, rowid
        """, ["session": session])
      let latest = Dictionary(all.enumerated().map { ("\($1.answer.session)/\($1.answer.turn)", $0) }) { $1 }
      return latest.values.sorted().map { all[$0] }.filter { !$0.isTakenBack }
    }
  }

  /// A blind assignment with the hash that was stored before its answers showed.
  public func assignment(
    _ id: String
  ) throws(StoreError) -> (assignment: BlindAssignment, sha256: String, isRevealed: Bool)? {
    try read { db in
      try Tables.blind.first(db, "WHERE id = ?", [id]).map { ($0.assignment, $0.sha256, $0.isRevealed) }
    }
  }

  /// Verdicts, oldest first; of one session, or of all.
  public func judgements(session: String? = nil) throws(StoreError) -> [Judgement] {
    try read { db in
      var judgements: [Judgement] = []
      try Tables.judgement.each(
        db,
        """
        SELECT \(Tables.judgement.list("j")), c.judgement IS NOT NULL AS confirmed FROM judgement j
        LEFT JOIN judgement_confirmed c ON c.judgement = j.id
        WHERE (session = :session OR :session IS NULL) AND session NOT IN \(deletedSessions)
        ORDER BY j.created, j.rowid
        """, ["session": session]
      ) { judgement, row in
        var judgement = judgement
        judgement.isConfirmed = row.flag("confirmed")
        judgements.append(judgement)
      }
      return judgements
    }
  }

  /// Absolute readings of a session's answers, oldest first.
  public func fits(session: String) throws(StoreError) -> [Fit] {
    try read { db in try Tables.fit.all(db, "WHERE session = ? ORDER BY id", [session]).map(\.fit) }
  }

  /// Nil when none is kept.
  public func brief(_ id: String) throws(StoreError) -> StoredBrief? {
    try read { db in try Tables.brief.first(db, "WHERE id = ?", [id]) }
  }

  /// The latest card of each judge, and of each model that its provider reported under that name.
  public func cards() throws(StoreError) -> [StoredCard] {
    try read { db in
      var latest: [String: StoredCard] = [:]
      for stored in try Tables.card.all(db, "ORDER BY created, rowid") {
        latest["\(stored.judge)\n\(stored.judgeReported ?? "")\n\(stored.version)"] = stored
      }
      return latest.values.sorted { ($0.created, $0.id) < ($1.created, $1.id) }
    }
  }
}
