import Core
import Foundation
import GRDB

/// The end of deleted sessions. Money that was spent stays spent: the receipts of their calls are kept, all words are not.
extension Store {
  /// Empties the sessions that processes like these have deleted. Those with an answer still coming wait for the next time.
  func purge(where isGone: (WriterIdentity, Database) -> Bool) throws {
    func marked(_ db: Database) throws -> [String] {
      try Row.fetchAll(
        db,
        sql: "SELECT session, deleted FROM summary WHERE deleted IS NOT NULL AND deleted <> 'emptied' AND open = 0"
      ).filter { isGone(WriterIdentity(text: $0.text("deleted") ?? ""), db) }.compactMap { $0.text("session") }
    }
    guard try !database.read(marked).isEmpty else { return }
    // Looked for again within the transaction: another Furlong may have taken one up again.
    try database.write { db in for id in try marked(db) { try purge(id, db) } }
  }

  private func purge(_ id: String, _ db: Database) throws {
    // Those of judges quote its prompts and answers.
    for call in try calls(about: id, db) { try empty(call, db) }
    try deleteBriefs(of: id, db)
    try db.run(
      sql: "DELETE FROM judgement_confirmed WHERE judgement IN (SELECT id FROM judgement WHERE session = ?)",
      arguments: [id])
    try db.run(sql: "DELETE FROM vote_undone WHERE vote IN (SELECT id FROM vote WHERE session = ?)", arguments: [id])
    for table in ["vote", "pick", "blind", "judgement", "fit", "plan"] {
      try db.run(sql: "DELETE FROM \(table) WHERE session = ?", arguments: [id])
    }
    try empty(id, db)
    try GramIndex.goBack(db)
  }

  /// Sessions of judges' calls: they are named after the session they are about, and verdicts name them. A brief that an
  /// earlier version asked for is known by the task in its prompt.
  private func calls(about id: String, _ db: Database) throws -> Set<String> {
    var calls = Set(
      try String.fetchAll(
        db, sql: "SELECT id FROM session WHERE purpose IN ('judge', 'brief') AND title = ?", arguments: [id]))
    for table in ["judgement", "fit"] {
      calls.formUnion(
        try String.fetchAll(
          db,
          sql: """
            SELECT s.id FROM \(table) t, json_each(t.document, '$.calls') e JOIN session s ON s.id = e.value
            WHERE t.session = ? AND s.purpose IN ('judge', 'brief')
            """, arguments: [id]))
    }
    let prompts = try Data.fetchAll(
      db, sql: "SELECT CAST(prompt AS BLOB) FROM turn WHERE session = ? AND prompt <> ''", arguments: [id])
    for prompt in prompts {
      calls.formUnion(
        try String.fetchAll(
          db,
          sql: """
            SELECT s.id FROM session s JOIN turn t ON t.session = s.id
            WHERE s.purpose = 'brief' AND s.title = 'brief' AND instr(t.prompt, CAST(? AS TEXT))
            """, arguments: [blob("\"task\":" + JSON.string(text(prompt)).serialized())]))
    }
    return calls
  }

  /// Those that no verdict on another session goes by.
  private func deleteBriefs(of id: String, _ db: Database) throws {
    try db.run(
      sql: """
        DELETE FROM brief WHERE id IN (
            SELECT id FROM brief WHERE session = :id
            UNION SELECT json_extract(document, '$.brief') FROM judgement WHERE session = :id)
          AND id NOT IN (SELECT json_extract(document, '$.brief') FROM judgement
            WHERE session <> :id AND json_extract(document, '$.brief') IS NOT NULL)
        """, arguments: ["id": id])
  }

  /// Takes all words out of a session; what its calls were, took and cost stays.
  private func empty(_ id: String, _ db: Database) throws {
    try GramIndex.forget(session: id, db)
    try db.run(
      sql: "DELETE FROM part WHERE response IN (SELECT id FROM response WHERE session = ?)", arguments: [id])
    try db.run(sql: "DELETE FROM attachment WHERE session = ?", arguments: [id])
    let responses = try Tables.response.asked(
      db, "SELECT id, parameters, error, attempts FROM response WHERE session = ?", [id])
    for stored in responses { try empty(stored, db) }
    try db.run(
      sql: """
        UPDATE turn SET prompt = '', prompt_sha256 = '', system = NULL, item = NULL, run = NULL, tags = '[]', disagreement = NULL
        WHERE session = ?
        """, arguments: [id])
    let session = try Row.fetchOne(db, sql: "SELECT lanes FROM session WHERE id = ?", arguments: [id])
    let lanes = lanes(json: session?.text("lanes") ?? "[]").map { lane in
      var lane = lane
      (lane.system, lane.variant) = (nil, nil)
      lane.parameters.stop = []
      return lane
    }
    try db.run(sql: "UPDATE session SET title = '', lanes = ? WHERE id = ?", arguments: [lanesText(lanes), id])
    try db.run(sql: "UPDATE summary SET deleted = 'emptied', votes = 0 WHERE session = ?", arguments: [id])
  }

  /// Providers like to repeat what was said in their errors.
  private func empty(_ stored: Tables.StoredResponse, _ db: Database) throws {
    var stored = stored
    stored.response.error?.message = ""
    for index in stored.response.attempts.indices { stored.response.attempts[index].error?.message = "" }
    stored.response.parameters.stop = []
    try Tables.bareResponse.run(stored, db, [stored.id.databaseValue])
    try db.run(
      sql: """
        UPDATE response SET text = '', reasoning = '', arrivals = NULL, request = NULL, system = NULL, prompt = NULL,
          notices = '[]'
        WHERE id = ?
        """, arguments: [stored.id])
  }

  // MARK: Room

  /// Makes the file as small as what is in it, so that nothing of what was deleted is left in it either.
  /// - Returns: bytes before and after.
  /// - Throws: `StoreError`.
  public func vacuum() throws(StoreError) -> (before: Int64, after: Int64) {
    do {
      let before = size
      // The words of what was deleted are still in the index until it is written anew.
      try database.write { db in
        try rebuildSearch(db)
        try db.execute(sql: "INSERT INTO search (search) VALUES ('optimize')")
      }
      try database.vacuum()
      try database.writeWithoutTransaction { db in _ = try db.checkpoint(.truncate) }
      return (before, size)
    } catch {
      throw StoreError(error, path: path)
    }
  }

  /// The index of words, from the texts.
  func rebuildSearch(_ db: Database) throws {
    try db.execute(sql: "INSERT INTO search (search) VALUES ('rebuild')")
    try GramIndex.rebuild(db)
  }

  /// Of the file and its journal, in bytes.
  private var size: Int64 {
    [path, path + "-wal"].reduce(0) { sum, path in
      let attributes = try? FileManager.default.attributesOfItem(atPath: path)
      return sum + ((attributes?[.size] as? Int64) ?? 0)
    }
  }
}
