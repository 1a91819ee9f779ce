import Core
import GRDB

extension Store {
  /// Before the summaries were made their sums could not be too large for an integer: a database of that time in which calls cost
  /// more than any call can would not open any more. Such costs are unknown.
  static func forgetSpoiltCosts(in database: any DatabaseWriter) throws {
    func isEarly(_ db: Database) throws -> Bool {
      guard try db.tableExists("response") else { return false }
      return try !db.columns(in: "response").contains { $0.name == "cost" }
    }
    guard try database.read(isEarly) else { return }
    try database.write { db in
      for column in ["cost_computed", "cost_reported"] {
        try db.execute(
          sql: """
            UPDATE response SET \(column) = NULL
            WHERE \(column) IS NOT NULL AND (\(BoundedSQL.callMoney(column))) IS NULL
            """)
      }
      try db.execute(
        sql: """
          UPDATE response SET cost_status = 'unknown' WHERE finished IS NOT NULL AND cost_status IS NOT 'unknown'
            AND cost_computed IS NULL AND cost_reported IS NULL
          """)
    }
  }
}
