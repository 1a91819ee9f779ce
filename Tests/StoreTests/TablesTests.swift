import CustomDump
import Foundation
import GRDB
import TestSupport
import Testing

@testable import Core
@testable import Store

/// The one description of each table, against the tables that the steps of the migrations make.
@Suite(.ownThreads) struct TablesTests {
  @Test func theDescriptionsAreTheTablesThatThereAre() throws {
    let real = try Store.inMemory().read { db in
      let names = try String.fetchAll(
        db,
        sql: """
          SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'grdb_migrations'
            AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT IN ('search', 'grams') AND name NOT LIKE 'search\\_%' ESCAPE '\\'
            AND name NOT GLOB 'grams_[cdi]*'
          """)
      return try names.reduce(into: [:]) { tables, name in
        tables[name] = try Row.fetchAll(db, sql: "SELECT * FROM pragma_table_info(?)", arguments: [name]).map { row in
          // A row's own number is none of those that may be NULL, though SQLite says so.
          let isRequired = row["notnull"] as Bool || row["pk"] as Int > 0
          return "\(row["name"] as String) \(row["type"] as String)\(isRequired ? " NOT NULL" : "")"
        }.sorted()
      }
    }
    let described = Dictionary(
      uniqueKeysWithValues: Tables.all.map { table in
        let columns = table.columns.map { "\($0.name) \($0.kind.sqlType)\($0.isNullable ? "" : " NOT NULL")" }
        return (table.name, columns.sorted())
      })
    expectNoDifference(described, real, "to change a table, add a step behind the others and describe its columns")
  }

  /// Nothing is bound to or read from the column beside it.
  @Test func everyColumnOfAnAnswerIsItsOwn() throws {
    let store = try Store.inMemory()
    var stored = Tables.StoredResponse(Sample.key, Sample.finished())
    (stored.created, stored.writer, stored.request) = (11, "1:2", #"{"a":1}"#)
    store.append(.session(Sample.session()))
    store.append(.turn(session: Sample.key.session, Sample.turn()))
    #expect(commit(store) == nil)
    let read = try store.database.write { db in
      try Tables.beginResponse.run(stored, db)
      stored.id = db.lastInsertedRowID
      (stored.finished, stored.hasEnded, stored.arrivals) = (12, true, Data([1, 2]))
      try Tables.endResponse.run(stored, db, [stored.id.databaseValue])
      return try Tables.response.all(db, "WHERE id = ?", [stored.id])
    }
    expectNoDifference(read, [stored])
  }
}
