import Core
import Foundation
import GRDB

/// The past as a list. Every question is answered in a few milliseconds over a hundred thousand sessions (`make bench`).
extension Store {
  /// Sessions that people list, newest first; those with the words that are looked for: in a prompt first, then in an answer.
  /// - Throws: `StoreError`.
  public func sessions(
    _ filter: SessionFilter = SessionFilter(), limit: Int = 200, offset: Int = 0
  ) throws(StoreError) -> [SessionSummary] {
    let words = filter.words
    return try read { db in
      guard words.isEmpty else {
        return try SessionSearch(words: words, filter: filter, db: db).found(limit: limit + offset).dropFirst(offset)
          .compactMap { found in
            var summary = try summaries(Conditions("m.session = ?", [found.session]), limit: 1, db).first
            summary?.hit = found.hit
            return summary
          }
      }
      // Only words to be left out: nothing was looked for.
      guard words.terms.isEmpty else { return [] }
      return try summaries(Conditions(filter, db), limit: limit, offset: offset, db)
    }
  }

  /// The id of the newest session; nil when there is none.
  public func newestSession() throws(StoreError) -> String? { try sessions(limit: 1).first?.id }

  private func summaries(
    _ conditions: Conditions, limit: Int, offset: Int = 0, _ db: Database
  ) throws -> [SessionSummary] {
    let statement = try db.cachedStatement(
      sql: """
        SELECT m.session, m.created, CAST(s.title AS BLOB) AS title, s.lanes, m.turns, \(BoundedSQL.sessionCost) AS cost, m.unknown, m.open, m.votes,
          m.states, m.tags, m.winner, m.disagreement,
          (SELECT substr(CAST(t.prompt AS BLOB), 1, 600) FROM turn t WHERE t.session = m.session
            ORDER BY t.number LIMIT 1) AS first_prompt,
          (SELECT substr(CAST(t.prompt AS BLOB), 1, 600) FROM turn t WHERE t.session = m.session
            ORDER BY t.number DESC LIMIT 1) AS last_prompt,
          EXISTS (SELECT 1 FROM blind b WHERE b.session = m.session AND b.revealed IS NULL
            AND b.turn = (SELECT MAX(number) FROM turn t WHERE t.session = m.session)) AS is_blind
        FROM summary m JOIN session s ON s.id = m.session WHERE \(conditions.sql)
        ORDER BY m.created DESC, m.rowid DESC LIMIT ? OFFSET ?
        """)
    return try Row.fetchAll(statement, arguments: conditions.arguments + [limit, offset]).map(summary)
  }

  private func summary(_ row: Row) -> SessionSummary {
    var summary = SessionSummary(
      id: row.text("session") ?? "", created: row.date("created") ?? 0, title: row.text("title") ?? "",
      turns: row.count("turns") ?? 0, models: lanes(json: row.text("lanes") ?? "[]").map(\.model.text),
      cost: row.sum("cost"),
      hasUnknownCost: row.flag("unknown"))
    summary.firstPrompt = beginning(row.bytes("first_prompt"))
    summary.lastPrompt = beginning(row.bytes("last_prompt"))
    summary.isBlind = row.flag("is_blind")
    if !summary.isBlind { (summary.winner, summary.votes) = (row.text("winner"), row.count("votes")) }
    summary.tags = texts(json: row.text("tags") ?? "[]")
    summary.disagreement = row.share("disagreement") ?? 0
    let states = (row.text("states") ?? "").split(separator: " ").compactMap { ResponseState(rawValue: String($0)) }
    let isOpen = (row.count("open") ?? 0) > 0
    summary.state = isOpen ? .answering : ResponseState.allCases.last { states.contains($0) }
    return summary
  }

  /// What of a text that was cut at so many bytes is whole.
  private func beginning(_ data: Data?) -> String {
    var characters = text(data ?? Data())
    while characters.hasSuffix("\u{FFFD}") { characters.removeLast() }
    return characters
  }

  // MARK: At the start of the workbench

  /// Prompts as they were typed, newest first, each once.
  public func recentPrompts(limit: Int) throws(StoreError) -> [String] {
    try read { db in
      var seen: Set<String> = []
      var prompts: [String] = []
      // So far back and no further: whoever has asked the same thing ten thousand times knows it.
      let rows = try Row.fetchCursor(
        db,
        sql: """
          SELECT CAST(t.prompt AS BLOB) AS prompt, t.prompt_sha256 FROM turn t INDEXED BY turn_created
          JOIN summary m ON m.session = t.session WHERE m.purpose = 'lane' AND m.deleted IS NULL
          ORDER BY t.created DESC, t.rowid DESC LIMIT 10000
          """)
      while prompts.count < limit, let row = try rows.next() {
        if seen.insert(row.text("prompt_sha256") ?? "").inserted { prompts.append(row.text("prompt") ?? "") }
      }
      return prompts
    }
  }

  /// Models used in lanes, most recent first.
  public func recentModels(limit: Int) throws(StoreError) -> [ModelID] {
    try read { db in
      try Row.fetchAll(
        db, sql: "SELECT provider, model FROM used_model ORDER BY last DESC LIMIT ?", arguments: [limit]
      ).map(\.model)
    }
  }
}

/// The part of a question after WHERE, on `summary m`.
struct Conditions {
  var sql: String
  var arguments: StatementArguments

  init(_ sql: String, _ arguments: StatementArguments) { (self.sql, self.arguments) = (sql, arguments) }

  /// Everything that is asked for but the words.
  init(_ filter: SessionFilter, _ db: Database) throws {
    self.init("m.deleted IS NULL AND m.purpose \(filter.isOfGateway ? "= 'gateway'" : "IN \(listed)")", [])
    if !filter.models.isEmpty || !filter.providers.isEmpty {
      let used = try Row.fetchAll(db, sql: "SELECT provider, model FROM used_model").map(\.model)
      // Names are looked up once: to compare parts of names in every session takes three times as long.
      for part in filter.models.map({ $0.lowercased() }) {
        addAny(of: used.map(\.text).filter { $0.lowercased().contains(part) }.map { " \($0) " })
      }
      for part in filter.providers.map({ $0.lowercased() }) {
        addAny(of: Set(used.map(\.provider)).filter { $0.lowercased().hasPrefix(part) }.sorted().map { " \($0)/" })
      }
    }
    for tag in filter.tags {
      add("m.tags <> '[]' AND EXISTS (SELECT 1 FROM json_each(m.tags) WHERE value = ? COLLATE NOCASE)", tag)
    }
    if let since = filter.since { add("m.created >= ?", since) }
    if let until = filter.until { add("m.created < ?", until) }
    if let least = filter.leastCost { add("\(BoundedSQL.sessionCost) >= ?", least.picoDollars) }
    if let most = filter.mostCost { add("\(BoundedSQL.sessionCost) <= ?", most.picoDollars) }
    for state in filter.states { add("instr(m.states, ?)", " \(state.rawValue) ") }
    if filter.isDisagreed { add("m.disagreement >= ?", Disagreement.threshold) }
  }

  /// The models of a session have one of these in them.
  private mutating func addAny(of names: [String]) {
    sql += " AND (" + (names.map { _ in "instr(m.models, ?)" } + ["0"]).joined(separator: " OR ") + ")"
    arguments += StatementArguments(names)
  }

  private mutating func add(_ condition: String, _ argument: any DatabaseValueConvertible) {
    sql += " AND \(condition)"
    arguments += [argument]
  }
}

/// Sessions that do not count any more, as an SQL set.
let deletedSessions = "(SELECT session FROM summary WHERE deleted IS NOT NULL)"
