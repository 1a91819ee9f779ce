import Core
import GRDB

/// The index of words in scripts without blanks. Rows of `document` with such signs are in it, up to the one that
/// `grams_state` names.
enum GramIndex {
  /// Takes in what has come since.
  static func catchUp(_ db: Database) throws {
    let done = try Int64.fetchOne(db.cachedStatement(sql: "SELECT done FROM grams_state")) ?? 0
    let last = try Int64.fetchOne(db.cachedStatement(sql: "SELECT COALESCE(MAX(id), 0) FROM document")) ?? 0
    guard last > done else { return }
    try insert(db, "id > ? AND id <= ?", [done, last])
    try db.run(sql: "UPDATE grams_state SET done = ?", arguments: [last])
  }

  /// Before the words of a session are emptied.
  static func forget(session: String, _ db: Database) throws {
    let done = try Int64.fetchOne(db.cachedStatement(sql: "SELECT done FROM grams_state")) ?? 0
    let condition = "id <= ? AND id IN (SELECT id FROM document WHERE session = ?)"
    try each(db, condition, [done, session]) { values in
      try db.run(
        sql: "INSERT INTO grams (grams, rowid, prompt, answer, reasoning) VALUES ('delete', ?, ?, ?, ?)",
        arguments: StatementArguments(values))
    }
  }

  /// After documents are gone: the numbers of the last ones will be given again.
  static func goBack(_ db: Database) throws {
    try db.run(sql: "UPDATE grams_state SET done = MIN(done, COALESCE((SELECT MAX(id) FROM document), 0))")
  }

  static func rebuild(_ db: Database) throws {
    try db.execute(sql: "INSERT INTO grams (grams) VALUES ('delete-all'); UPDATE grams_state SET done = 0")
    try catchUp(db)
    try db.execute(sql: "INSERT INTO grams (grams) VALUES ('optimize')")
  }

  private static func insert(_ db: Database, _ condition: String, _ arguments: StatementArguments) throws {
    try each(db, condition, arguments) { values in
      try db.run(
        sql: "INSERT INTO grams (rowid, prompt, answer, reasoning) VALUES (?, ?, ?, ?)",
        arguments: StatementArguments(values))
    }
  }

  /// Documents with such signs: their number, and what the index has of each column.
  private static func each(
    _ db: Database, _ condition: String, _ arguments: StatementArguments, _ body: ([DatabaseValue]) throws -> Void
  ) throws {
    let statement = try db.cachedStatement(
      sql: """
        SELECT id, prompt, answer, reasoning FROM document_text WHERE \(condition)
          AND (prompt GLOB '\(Grams.pattern)' OR answer GLOB '\(Grams.pattern)' OR reasoning GLOB '\(Grams.pattern)')
        """)
    // Read before anything is written: a cursor over what changes may see a row twice.
    var found: [[DatabaseValue]] = []
    let rows = try Row.fetchCursor(statement, arguments: arguments)
    func flush() throws {
      for values in found { try body(values) }
      found = []
    }
    while let row = try rows.next() {
      found.append(
        [row["id"] as DatabaseValue]
          + ["prompt", "answer", "reasoning"].map { Grams.indexed(row.text($0) ?? "").databaseValue })
      if found.count >= 2000 { try flush() }
    }
    try flush()
  }
}
