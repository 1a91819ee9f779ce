import Core
import GRDB

/// Data sets that are asked: what is to be done in their sessions, and by whom.
extension Store {
  /// What is to be done in the session of a data set; nil where an earlier version began it, or another machine.
  public func plan(of session: String) throws(StoreError) -> JSON? {
    try read { db in try Tables.plan.first(db, "WHERE session = ?", [session])?.plan }
  }

  /// Takes the session of a data set as this process's own to ask, with what is to be done in it.
  /// - Returns: false where another living process is asking it.
  public func claim(_ session: Session, plan: JSON) throws(StoreError) -> Bool {
    waitUntilWritten()
    do {
      return try database.write { db in
        try Tables.addSession.run(session, db)
        let holder = try Tables.plan.first(db, "WHERE session = ?", [session.id])?.writer
        if let holder, holder != identity, isAlive(WriterIdentity(text: holder), db) { return false }
        try Tables.keepPlan.run(Tables.StoredPlan(session: session.id, plan: plan, writer: identity), db)
        return true
      }
    } catch {
      throw StoreError(error, path: path)
    }
  }

  /// The session of a data set is nobody's to ask any more.
  public func release(_ session: String) {
    waitUntilWritten()
    try? database.write { db in
      try db.run(sql: "UPDATE plan SET writer = NULL WHERE session = ? AND writer = ?", arguments: [session, identity])
    }
  }

  /// Another living process is asking the data set of this session.
  public func isAskedElsewhere(_ session: String) throws(StoreError) -> Bool {
    try read { db in
      guard let holder = try Tables.plan.first(db, "WHERE session = ?", [session])?.writer else { return false }
      return holder != identity && isAlive(WriterIdentity(text: holder), db)
    }
  }
}
