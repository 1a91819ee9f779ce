import GRDB

/// One step of the tables from version to version. A landed one never changes, which a test sees to by `hash` of its text: what is
/// to be different comes as a step of its own behind the others.
///
/// Text that models or people wrote is stored with `CAST(… AS TEXT)` of its bytes, since a NUL would end an ordinary bound
/// string. Times of calls are nanoseconds since *sent*, money is pico-dollars, dates are seconds since 1970.
struct Migration: Sendable {
  /// As `grdb_migrations` keeps it once the step is done.
  let name: String
  let sql: String
  /// Fills in what SQL cannot work out.
  let finish: @Sendable (Database) throws -> Void

  init(_ name: String, sql: String, finish: @escaping @Sendable (Database) throws -> Void = { _ in }) {
    (self.name, self.sql, self.finish) = (name, sql, finish)
  }

  func run(_ db: Database) throws {
    try db.execute(sql: sql)
    try finish(db)
  }

  /// All of them, in their order. Only ever longer.
  static let all: [Migration] = [
    sessions, continuedTurns, votes, history, gateway, oneShape, purse, picks, experiments, grams,
  ]
}

extension Migration {
  /// No change of its own: notes that a database has the shape that the steps before give today. See `Shape`.
  static let oneShape = Migration("6 one shape", sql: "")
}

/// Which steps a database has behind it, and how it gets the others.
enum Migrations {
  /// Whether a later version of Furlong wrote it.
  static func isNewer(_ db: Database) throws -> Bool {
    try !done(db).isSubset(of: Migration.all.map(\.name))
  }

  static func isComplete(_ db: Database) throws -> Bool { try done(db).count == Migration.all.count }

  /// Does what is missing. Which that is gets decided under the lock that also covers the doing: of several programs that open a
  /// database at once one does it, and the others wait and find it done.
  static func run(_ database: any DatabaseWriter, upTo last: Migration = .grams) throws {
    try database.barrierWriteWithoutTransaction { db in
      try db.inTransaction(.immediate) {
        try run(db, upTo: last)
        return .commit
      }
    }
  }

  private static func run(_ db: Database, upTo last: Migration) throws {
    let done = try done(db)
    if !done.isEmpty, !done.contains(Migration.oneShape.name) { try Shape.restore(db, after: done) }
    // The table and its name are those of GRDB's own migrator, which earlier versions used.
    try db.execute(sql: "CREATE TABLE IF NOT EXISTS grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)")
    for migration in Migration.all {
      if !done.contains(migration.name) {
        try migration.run(db)
        try db.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES (?)", arguments: [migration.name])
      }
      if migration.name == last.name { break }
    }
  }

  private static func done(_ db: Database) throws -> Set<String> {
    guard try db.tableExists("grdb_migrations") else { return [] }
    return try Set(String.fetchAll(db, sql: "SELECT identifier FROM grdb_migrations"))
  }
}
