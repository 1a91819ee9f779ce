import Foundation
import GRDB

/// The tables of a database as SQLite describes them. Steps 3 to 5 were edited after programs had already run them, so that
/// databases with the same steps behind them may differ; `restore` gives them the shape that those steps give today.
struct Shape {
  private struct Object {
    var kind: String
    var name: String
    var sql: String

    /// Without comments and layout, which differ where a column was added.
    var meaning: String {
      let lines = sql.split(separator: "\n").map { $0.prefix(upTo: $0.range(of: "--")?.lowerBound ?? $0.endIndex) }
      return lines.joined(separator: " ").split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
  }

  private struct Column: Equatable {
    var name: String
    /// As it stands behind `ADD COLUMN`.
    var definition: String
  }

  private var objects: [Object] = []
  private var columns: [String: [Column]] = [:]

  /// Tables that are worked out from the others and can be made anew.
  private static let derived: Set<String> = ["summary", "document", "used_model", "search"]

  /// - Parameter done: names of the steps that the database has behind it.
  static func restore(_ db: Database, after done: Set<String>) throws {
    let steps = Migration.all.filter { done.contains($0.name) }
    let wanted = try DatabaseQueue().write { model in
      for step in steps { try model.execute(sql: step.sql) }
      return try Shape(model)
    }
    let found = try Shape(db)
    guard !found.fits(wanted) else { return }
    try found.dropWorkedOut(db)
    try found.completeTables(wanted, db)
    try wanted.makeWorkedOut(db)
  }

  private init(_ db: Database) throws {
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name <> 'grdb_migrations'
          AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE 'search\\_%' ESCAPE '\\'
        """)
    objects = rows.map { Object(kind: $0["type"], name: $0["name"], sql: $0["sql"]) }
    for table in tables {
      let rows = try Row.fetchAll(db, sql: "SELECT * FROM pragma_table_info(?)", arguments: [table.name])
      columns[table.name] = rows.map { row in
        let fallback = (row["dflt_value"] as String?).map { " DEFAULT \($0)" } ?? ""
        let name: String = row["name"]
        return Column(
          name: name, definition: "\(name) \(row["type"] as String)\(row["notnull"] ? " NOT NULL" : "")\(fallback)")
      }
    }
  }

  private var tables: [Object] { objects.filter { $0.kind == "table" && !Self.derived.contains($0.name) } }

  private func fits(_ other: Shape) -> Bool {
    func sorted(_ columns: [Column]) -> [String] { columns.map(\.definition).sorted() }
    func meanings(_ shape: Shape) -> [String: String] {
      let others = shape.objects.filter { $0.kind != "table" || Self.derived.contains($0.name) }
      return Dictionary(uniqueKeysWithValues: others.map { ($0.kind + $0.name, $0.meaning) })
    }
    return columns.mapValues(sorted) == other.columns.mapValues(sorted) && meanings(self) == meanings(other)
  }

  /// Triggers first: what is done next is none of theirs. Sessions that are deleted but not yet emptied stay marked.
  private func dropWorkedOut(_ db: Database) throws {
    if objects.contains(where: { $0.name == "summary" }) {
      try db.execute(
        sql: """
          CREATE TEMP TABLE marked AS SELECT session, deleted FROM summary WHERE deleted IS NOT NULL;
          """)
    }
    for kind in ["trigger", "view", "index"] {
      for object in objects where object.kind == kind { try db.execute(sql: "DROP \(kind) \"\(object.name)\"") }
    }
    for object in objects where Self.derived.contains(object.name) {
      try db.execute(sql: "DROP TABLE \"\(object.name)\"")
    }
  }

  private func completeTables(_ wanted: Shape, _ db: Database) throws {
    if columns["announcement"]?.contains(where: { $0.name == "id" }) == true {
      // It had a number in place of its session.
      try db.execute(sql: "ALTER TABLE announcement RENAME TO announcement_before")
    }
    for table in wanted.tables {
      if try !db.tableExists(table.name) { try db.execute(sql: table.sql) }
      let present = try Set(db.columns(in: table.name).map(\.name))
      for column in wanted.columns[table.name] ?? [] where !present.contains(column.name) {
        try db.execute(sql: "ALTER TABLE \"\(table.name)\" ADD COLUMN \(column.definition)")
      }
    }
    if try db.tableExists("announcement_before") {
      try db.execute(
        sql: """
          INSERT OR IGNORE INTO announcement (session, writer, document)
            SELECT json_extract(document, '$.session'), writer, document FROM announcement_before
            WHERE json_valid(document) AND json_extract(document, '$.session') IS NOT NULL;
          DROP TABLE announcement_before;
          """)
    }
  }

  private func makeWorkedOut(_ db: Database) throws {
    let isSummed = objects.contains { $0.name == "summary" }
    for object in objects where Self.derived.contains(object.name) || object.kind == "view" {
      try db.execute(sql: object.sql)
    }
    if isSummed { try fillWorkedOut(db) }
    for object in objects where object.kind == "index" || object.kind == "trigger" { try db.execute(sql: object.sql) }
  }

  private func fillWorkedOut(_ db: Database) throws {
    try db.execute(sql: Migration.historyFilling)
    // Since step 5 there are calls whose words are not searched.
    try db.execute(
      sql: """
        DELETE FROM document WHERE session IN (SELECT id FROM session WHERE purpose = 'gateway');
        DELETE FROM used_model WHERE NOT EXISTS (SELECT 1 FROM response r JOIN session s ON s.id = r.session
          WHERE r.provider = used_model.provider AND r.model = used_model.model
            AND s.purpose NOT IN ('judge', 'brief', 'probe', 'gateway'));
        UPDATE summary SET disagreement =
          COALESCE((SELECT MAX(disagreement) FROM turn t WHERE t.session = summary.session), 0);
        """)
    if try db.tableExists("marked", in: "temp") {
      try db.execute(
        sql: """
          UPDATE summary SET deleted = (SELECT deleted FROM marked m WHERE m.session = summary.session);
          DELETE FROM document WHERE session IN (SELECT session FROM summary WHERE deleted = 'emptied');
          DROP TABLE temp.marked;
          """)
    }
    try db.execute(sql: "INSERT INTO search (search) VALUES ('rebuild')")
  }
}
