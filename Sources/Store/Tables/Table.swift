import GRDB

/// A table of the database, described once: its statements, the reading of its rows, what session files have of it and its part of
/// docs/schema.md all come from here. A value, made once.
struct Table<Root>: Sendable {
  let name: String
  let meaning: String
  let columns: [Column<Root>]
  fileprivate let blank: @Sendable () -> Root
  /// The last word on a value, when all columns are read.
  fileprivate let complete: (@Sendable (inout Root) -> Void)?

  init(
    _ name: String, _ meaning: String, blank: @autoclosure @escaping @Sendable () -> Root,
    complete: (@Sendable (inout Root) -> Void)? = nil, @ColumnsBuilder<Root> columns: () -> [Column<Root>]
  ) {
    (self.name, self.meaning, self.blank, self.complete) = (name, meaning, blank, complete)
    self.columns = columns()
  }

  var description: StoredTableDescription {
    StoredTableDescription(name: name, meaning: meaning, columns: columns.map(\.about))
  }
}

/// Columns one below the other.
@resultBuilder enum ColumnsBuilder<Root> {
  static func buildExpression(_ column: Column<Root>) -> Column<Root> { column }
  static func buildBlock(_ columns: Column<Root>...) -> [Column<Root>] { columns }
}

// MARK: - Writing

/// A statement that writes values of a table. Its text is made once; SQLite's own form of it is kept by the connection.
struct Writing<Root>: Sendable {
  let sql: String
  fileprivate let columns: [Column<Root>]

  /// - Parameter more: for the marks behind those of the columns.
  func run(_ value: Root, _ db: Database, _ more: [DatabaseValue] = []) throws {
    var arguments: [DatabaseValue] = []
    arguments.reserveCapacity(columns.count + more.count)
    for column in columns { arguments.append(column.bind(value)) }
    arguments += more
    try db.cachedStatement(sql: sql).execute(arguments: StatementArguments(arguments))
  }
}

extension Table {
  /// A row of all columns that are written when one is added.
  /// - Parameters:
  ///   - condition: what must hold; a mark in it is one behind the columns.
  ///   - conflict: what is done where there is one already.
  func insertion(_ verb: String = "INSERT", where condition: String? = nil, conflict: String? = nil) -> Writing<Root> {
    let columns = columns.filter { $0.moments.contains(.added) }
    let marks = columns.map(\.about.mark).joined(separator: ", ")
    let source = condition.map { "SELECT \(marks) WHERE \($0)" } ?? "VALUES (\(marks))"
    return Writing(
      sql: "\(verb) INTO \(name) (\(columns.map(\.about.quoted).joined(separator: ", "))) \(source)"
        + (conflict.map { " ON CONFLICT \($0)" } ?? ""), columns: columns)
  }

  /// - Parameter condition: with marks of its own, behind those of the columns.
  func ending(where condition: String) -> Writing<Root> {
    change(columns.filter { $0.moments.contains(.ended) }, where: condition)
  }

  /// Of these columns alone.
  func change(_ names: [String], where condition: String) -> Writing<Root> {
    change(
      names.map { name in
        guard let column = columns.first(where: { $0.about.name == name }) else {
          preconditionFailure("\(self.name) has no column \(name)")
        }
        return column
      }, where: condition)
  }

  private func change(_ columns: [Column<Root>], where condition: String) -> Writing<Root> {
    let list = columns.map { "\($0.about.quoted) = \($0.about.mark)" }.joined(separator: ", ")
    return Writing(sql: "UPDATE \(name) SET \(list) WHERE \(condition)", columns: columns)
  }
}

extension StoredColumn {
  var quoted: String { "\"\(name)\"" }

  /// Where its value is bound.
  var mark: String { kind == .text ? "CAST(? AS TEXT)" : "?" }
}

// MARK: - Reading

extension Table {
  /// What SELECT lists to read whole values: texts as their bytes, since a NUL would end them.
  /// - Parameter alias: of this table within the question.
  func list(_ alias: String? = nil) -> String {
    columns.filter { $0.read != nil }.map { column in
      let place = (alias ?? name) + "." + column.about.quoted
      return column.about.kind == .text ? "CAST(\(place) AS BLOB) AS \(column.about.quoted)" : place
    }.joined(separator: ", ")
  }

  /// Values in the order asked for, without rows that are none.
  /// - Parameter rest: what follows the table's name: `WHERE …`.
  func all(_ db: Database, _ rest: String = "", _ arguments: StatementArguments = []) throws -> [Root] {
    try asked(db, "SELECT \(list()) FROM \(name) \(rest)", arguments)
  }

  func first(_ db: Database, _ rest: String, _ arguments: StatementArguments = []) throws -> Root? {
    try all(db, rest, arguments).first
  }

  /// The same of a question of its own, with some of these columns under their names.
  func asked(_ db: Database, _ sql: String, _ arguments: StatementArguments = []) throws -> [Root] {
    var values: [Root] = []
    try each(db, sql, arguments) { value, _ in values.append(value) }
    return values
  }

  /// Calls `body` with each value and its row, which has what is not of this table. The statement is kept by the connection: `body`
  /// must not ask the same.
  func each(
    _ db: Database, _ sql: String, _ arguments: StatementArguments = [], _ body: (Root, Row) throws -> Void
  ) throws {
    let statement = try db.cachedStatement(sql: sql)
    let reader = Reader(self, statement.columnNames)
    let rows = try Row.fetchCursor(statement, arguments: arguments)
    while let row = try rows.next() {
      if let value = reader.read(row) { try body(value, row) }
    }
  }
}

/// Reads the rows of one statement: where each column stands is found once, since finding names takes longer than reading.
private struct Reader<Root> {
  /// Without the names and meanings of a column, which would be counted for each cell.
  private struct Place {
    let index: Int
    let isNeeded: Bool
    let read: @Sendable (Cell, inout Root) -> Bool
    let takeSpoilt: (@Sendable (inout Root) -> Void)?
  }

  private let places: [Place]
  private let complete: (@Sendable (inout Root) -> Void)?
  /// As a row of nothing but NULL reads: most cells are, and those are not read.
  private let blank: Root

  init(_ table: Table<Root>, _ names: [String]) {
    places = table.columns.compactMap { column in
      guard let read = column.read, let index = names.firstIndex(of: column.about.name) else { return nil }
      return Place(index: index, isNeeded: column.isNeeded, read: read, takeSpoilt: column.takeSpoilt)
    }
    complete = table.complete
    var blank = table.blank()
    for place in places { _ = place.read(Cell(nil), &blank) }
    self.blank = blank
  }

  /// Nil for a row that is none.
  func read(_ row: Row) -> Root? {
    var value = blank
    for place in places {
      if row.hasNull(atIndex: place.index) {
        if place.isNeeded { return nil }
      } else if !place.read(Cell(row[place.index] as DatabaseValue), &value) {
        if place.isNeeded { return nil }
        place.takeSpoilt?(&value)
      }
    }
    complete?(&value)
    return value
  }
}
