import Core
import Foundation
import GRDB

extension Store {
  /// What `origin` says of an answer that came in a session file and names no other origin; it does not leave again.
  static let fileOrigin = "session file"

  // MARK: Out

  /// Ids of all sessions that people list, oldest first.
  public func sessionIDs() throws(StoreError) -> [String] {
    try read { db in
      try String.fetchAll(
        db,
        sql: """
          SELECT s.id FROM session s JOIN summary m ON m.session = s.id
          WHERE s.purpose IN \(listed) AND m.deleted IS NULL ORDER BY s.created, s.id
          """)
    }
  }

  /// A session as rows, with the calls and briefs that its verdicts name. What is still coming leaves as `cut`.
  /// - Parameter prefix: an id or an unambiguous beginning.
  public func rows(of prefix: String) throws(StoreError) -> SessionRows {
    try read { db in
      // A range, which the index finds: ids are hexadecimal, and `g` is the first letter behind them.
      let beginning = prefix.lowercased()
      let ids = try String.fetchAll(
        db.cachedStatement(sql: "SELECT id FROM session WHERE id >= ? AND id < ? || 'g' LIMIT 2"),
        arguments: [beginning, beginning])
      guard let id = ids.first, !prefix.isEmpty else { throw StoreError.noSuchSession(prefix) }
      if ids.count > 1 { throw StoreError.ambiguous(prefix: prefix) }
      var rows = try Self.rows(id, db)
      for call in Set(rows.namedCalls).sorted() {
        let found = try Self.rows(call, db)
        if found[.session].count == 1 { rows.calls.append(found) }
      }
      rows.calls.sort { ($0.created, $0.id) < ($1.created, $1.id) }
      return rows
    }
  }

  private static func rows(_ id: String, _ db: Database) throws -> SessionRows {
    var rows = SessionRows()
    for table in StoredTable.allCases {
      let list = table.columns.map { column in
        column.kind.isText ? "CAST(\(column.quoted) AS BLOB) AS \(column.quoted)" : column.quoted
      }.joined(separator: ", ")
      func fetch(_ condition: String, _ argument: String) throws {
        rows[table] += try Row.fetchAll(
          db.cachedStatement(sql: "SELECT \(list) FROM \(table.name) WHERE \(condition) ORDER BY \(table.order)"),
          arguments: [argument]
        ).filter { row in table.columns.allSatisfy { !$0.isPlace || value(row, $0).integer != nil } }
          .map { row in table.columns.map { value(row, $0) } }
      }
      switch table {
      case .session: try fetch("id = ?", id)
      case .voteUndone: try fetch("vote IN (SELECT id FROM vote WHERE session = ?)", id)
      case .judgementConfirmed: try fetch("judgement IN (SELECT id FROM judgement WHERE session = ?)", id)
      case .brief: for brief in Set(rows.namedBriefs).sorted() { try fetch("id = ?", brief) }
      case .response:
        try fetch("session = ?", id)
        try closeOpenAnswers(id, &rows, db)
      case .turn, .attachment, .blind, .vote, .pick, .judgement, .fit: try fetch("session = ?", id)
      }
    }
    if let origin = StoredTable.response.index("origin") {
      rows.change(.response, "origin") { row in row[origin].text == fileOrigin ? .null : nil }
    }
    return rows
  }

  private static func value(_ row: Row, _ column: StoredColumn) -> StoredValue {
    if row.isNull(column.name) { return .null }
    // What cannot be stays here: a file with it would not be taken back.
    if let range = column.kind.range {
      return row.number(column.name, in: range).map(StoredValue.integer) ?? column.standIn
    }
    return switch column.kind {
    case .share: row.share(column.name).map(StoredValue.real) ?? .null
    case .bytes: .bytes(Array(row.bytes(column.name) ?? Data()))
    case .id, .digest, .text, .process, .label, .word, .json: .text(row.text(column.name) ?? "")
    case .rowNumber, .date, .day, .duration, .tokens, .lane, .flag, .money, .sum, .count: .null
    }
  }

  /// Another Furlong is filling these right now: what it has saved so far, as if it had been cut.
  private static func closeOpenAnswers(_ id: String, _ rows: inout SessionRows, _ db: Database) throws {
    let table = StoredTable.response
    func index(_ name: String) -> Int { table.index(name) ?? 0 }
    for place in rows[table].indices where rows[table][place][index("finished")] == .null {
      let row = rows[table][place]
      let response = try Int64.fetchOne(
        db, sql: "SELECT id FROM response WHERE session = ? AND turn = ? AND lane = ? AND generation = ?",
        arguments: [
          id, row[index("turn")].integer, row[index("lane")].integer, row[index("generation")].integer,
        ])
      let saved = try Tables.joinedParts(of: response ?? 0, db)
      let error = ResponseError(.cut, "this answer was still coming when it left for a file", retryable: true)
      rows[table][place][index("text")] = .text(text(saved.text))
      rows[table][place][index("reasoning")] = .text(text(saved.reasoning))
      rows[table][place][index("arrivals")] = .bytes(Array(saved.arrivals))
      rows[table][place][index("finished")] = row[index("created")]
      rows[table][place][index("state")] = .text(ResponseState.cut.rawValue)
      rows[table][place][index("error")] = .text(error.json.serialized())
    }
  }

  // MARK: In

  /// What became of a session that was to be added.
  public struct Arrival: Equatable, Sendable {
    public enum Outcome: Equatable, Sendable {
      case added
      /// Nothing was done; here it has so many turns.
      case alreadyHere(turns: Int)
    }

    public var outcome: Outcome
    /// Its id here; another than in the file when that was taken by another session.
    public var id: String
    public var asked: String
    public var title: String
    public var turns: Int
  }

  /// Nanoseconds of one transaction of an import, and milliseconds between two: another program that writes, such as a gateway
  /// with a call to announce, gets its turn soon.
  private static let slice: Int64 = 20_000_000
  private static let pause: Int32 = 10

  /// Adds sessions, all of them or none: what has been added is taken out again when a later one cannot be. Waits for the disk. An
  /// import that is killed goes on when it is done again, since what is here is left as it is.
  public func add(_ sessions: [SessionRows]) throws(StoreError) -> [Arrival] {
    var arrivals: [Arrival] = []
    var added: [String] = []
    while arrivals.count < sessions.count {
      if !arrivals.isEmpty { poll(nil, 0, Self.pause) }
      let rest = sessions[arrivals.count...]
      do {
        let slice = try onQueue {
          Result {
            try self.database.write { db in
              let slice = try self.addSlice(of: rest, db)
              try GramIndex.catchUp(db)
              return slice
            }
          }
        }.get()
        arrivals += slice.arrivals
        added += slice.added
      } catch {
        remove(added)
        throw StoreError(error, path: path)
      }
    }
    return arrivals
  }

  /// As many as there is time for, and one at least.
  private func addSlice(
    of sessions: ArraySlice<SessionRows>, _ db: Database
  ) throws -> (arrivals: [Arrival], added: [String]) {
    let end = clock.now() + Self.slice
    var slice: (arrivals: [Arrival], added: [String]) = ([], [])
    for session in sessions {
      var arrival = Arrival(
        outcome: .added, id: session.id, asked: session.id, title: session.title, turns: session.turns)
      if try isHere(session, db) {
        let turns = try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM turn WHERE session = ?", arguments: [session.id])
        arrival.outcome = .alreadyHere(turns: turns ?? 0)
      } else {
        let ids = try insert(session, db)
        arrival.id = ids.last ?? session.id
        slice.added += ids
      }
      slice.arrivals.append(arrival)
      if clock.now() >= end { break }
    }
    return slice
  }

  /// A fault here is the one that is told already.
  private func remove(_ ids: [String]) {
    onQueue {
      try? database.write { db in
        for id in ids {
          try GramIndex.forget(session: id, db)
          try db.execute(sql: "DELETE FROM session WHERE id = ?", arguments: [id])
        }
        try GramIndex.goBack(db)
      }
    }
  }

  /// The same session is one with the same id and purpose, and the same second of birth or the same program that it is from;
  /// another that has its id by chance is not.
  private func isHere(_ session: SessionRows, _ db: Database) throws -> Bool {
    try Bool.fetchOne(
      db,
      sql: """
        SELECT EXISTS (SELECT 1 FROM session s WHERE id = ? AND purpose = ? AND (created = ? OR EXISTS
          (SELECT 1 FROM response r WHERE r.session = s.id AND r.origin = ? AND r.origin <> ?)))
        """,
      arguments: [
        session.id, session.texts(.session, "purpose").first, session.created, session.texts(.response, "origin").first,
        Self.fileOrigin,
      ]) ?? false
  }

  /// - Returns: the ids of what was added: of judges' calls, and last its own.
  private func insert(_ session: SessionRows, _ db: Database) throws -> [String] {
    var session = session
    var names: [String: String] = [:]
    /// Another id for what has one that is taken.
    func rename(_ ids: [String], _ table: StoredTable) throws {
      for id in ids where names[id] == nil {
        let isTaken = try Bool.fetchOne(
          db, sql: "SELECT EXISTS (SELECT 1 FROM \(table.name) WHERE id = ?)", arguments: [id])
        if isTaken == true { names[id] = Session.newID() }
      }
    }
    session.calls = try session.calls.filter { try !isHere($0, db) }
    try rename([session.id] + session.calls.map(\.id), .session)
    for table in [StoredTable.blind, .vote, .pick, .judgement] { try rename(session.texts(table, "id"), table) }
    if !names.isEmpty { session.rename(names) }
    for one in session.calls + [session] { try write(one, db) }
    return (session.calls + [session]).map(\.id)
  }

  private func write(_ session: SessionRows, _ db: Database) throws {
    for table in StoredTable.allCases {
      let columns = (table.namesSession ? ["session"] : []) + table.columns.map(\.quoted)
      let more = table == .response ? ["writer"] : []
      let marks =
        (table.namesSession ? ["?"] : []) + table.columns.map { $0.kind.isText ? "CAST(? AS TEXT)" : "?" }
        + more.map { _ in "''" }
      // A brief is named by what is in it: one that is here is the same.
      let statement = try db.cachedStatement(
        sql: """
          INSERT\(table == .brief ? " OR IGNORE" : "") INTO \(table.name) \
          (\((columns + more).joined(separator: ", "))) VALUES (\(marks.joined(separator: ", ")))
          """)
      let origin = table.index("origin")
      for row in session[table] {
        var values = row.map(\.databaseValue)
        if let origin, row[origin] == .null { values[origin] = blob(Self.fileOrigin) }
        try statement.execute(
          arguments: StatementArguments((table.namesSession ? [session.id.databaseValue] : []) + values))
      }
    }
    // A title that somebody gave it elsewhere is looked for too.
    if session.texts(.session, "purpose").first == "lane", !session.title.isEmpty {
      try db.execute(
        sql: """
          INSERT OR IGNORE INTO titled (session) SELECT :id WHERE NOT EXISTS (SELECT 1 FROM turn t WHERE t.session = :id
            AND t.number = 1 AND instr(t.prompt, rtrim(CAST(:title AS TEXT), '…')))
          """, arguments: ["id": session.id, "title": blob(session.title)])
    }
    // What is kept up by triggers when these two change.
    try db.execute(
      sql: "UPDATE turn SET winner = winner, disagreement = disagreement WHERE session = ?", arguments: [session.id])
  }
}

extension SessionRows {
  /// Gives ids other names wherever they stand, but in the text of an assignment, which was promised by its hash.
  fileprivate mutating func rename(_ names: [String: String]) {
    func renamed(_ value: StoredValue) -> StoredValue? { value.text.flatMap { names[$0] }.map { .text($0) } }
    for table in StoredTable.allCases {
      for (index, column) in table.columns.enumerated() where column.kind == .id {
        change(table, column.name) { renamed($0[index]) }
      }
    }
    for table in [StoredTable.judgement, .fit] {
      guard let index = table.index("document") else { continue }
      change(table, "document") { row in
        row[index].text.map { text in
          .text(names.reduce(text) { $0.replacingOccurrences(of: "\"\($1.key)\"", with: "\"\($1.value)\"") })
        }
      }
    }
    for index in calls.indices { calls[index].rename(names) }
  }
}

extension StoredValue {
  fileprivate var databaseValue: DatabaseValue {
    switch self {
    case .null: .null
    case .integer(let number): number.databaseValue
    case .real(let number): number.databaseValue
    case .text(let text): blob(text)
    case .bytes(let bytes): Data(bytes).databaseValue
    }
  }
}
