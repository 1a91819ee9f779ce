import Core
import GRDB

/// One search for words within one reading of the database. Hits are taken newest first, those in prompts before those in
/// answers: ranking by bm25 would have to read every hit of a word before it could give the first one (0.2 s for the most common
/// words of a hundred thousand sessions, against less than a millisecond).
struct SessionSearch {
  struct Found {
    var session: String
    var hit: SearchHit
  }

  /// Marks around hits, which no text that is shown can have in it.
  private static let marks: (begin: Character, end: Character) = ("\u{1}", "\u{2}")

  let words: SearchWords
  let filter: SessionFilter
  let db: Database
  /// Up to so many sessions are picked out of the hits when conditions leave only few.
  var few = 2000
  /// Up to so many prompts and answers the index is asked about one by one: about 20 µs each.
  var fewest = 500

  private enum Place: String {
    case prompts = "prompt"
    case answers = "answer"
    case answersAndReasoning = "answer reasoning"
  }

  /// - Returns: each session once, with its best hit.
  func found(limit: Int) throws -> [Found] {
    var found: [Found] = []
    var seen: Set<String> = []
    let among = try fewSessions()
    for place in [Place.prompts, filter.includesReasoning ? .answersAndReasoning : .answers] where found.count < limit {
      let hits = try hits(in: place, among: among, seen: &seen, limit: limit - found.count)
      for row in hits {
        let session = row.text("session") ?? ""
        do {
          found.append(Found(session: session, hit: try hit(row, in: place)))
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT {
          // One damaged text must not hide what the others say.
          let words = SearchHit.Piece("cannot be read: this part of the file is damaged")
          found.append(
            Found(
              session: session,
              hit: SearchHit(turn: row.count("turn") ?? 0, isPrompt: place == .prompts, pieces: [words])))
        }
      }
    }
    return found
  }

  /// Where the conditions leave only few; nil where most hits will do.
  private struct Few {
    /// A JSON array of session ids.
    var ids: String
    var documents: Int
  }

  private func fewSessions() throws -> Few? {
    guard filter.hasConditions else { return nil }
    let conditions = try Conditions(filter, db)
    let statement = try db.cachedStatement(
      sql:
        "SELECT m.session, m.turns + m.calls AS documents FROM summary m WHERE \(conditions.sql) LIMIT \(few + 1)")
    let rows = try Row.fetchAll(statement, arguments: conditions.arguments)
    guard rows.count <= few else { return nil }
    return Few(
      ids: JSON.array(rows.map { .string($0.text("session") ?? "") }).serialized(),
      documents: rows.reduce(0) { $0.addingSaturating($1.count("documents") ?? fewest) })
  }

  private func hits(in place: Place, among: Few?, seen: inout Set<String>, limit: Int) throws -> [Row] {
    let columns = "SELECT d.id, d.session, d.turn, d.response FROM"
    let statement: Statement
    let arguments: StatementArguments
    if let among, among.documents <= fewest {
      statement = try db.cachedStatement(
        sql: """
          \(columns) json_each(?) j CROSS JOIN document d ON d.session = j.value CROSS JOIN search ON search.rowid = d.id
          WHERE search MATCH ? ORDER BY d.id DESC
          """)
      arguments = [among.ids, expression(in: place)]
    } else if let among {
      // The plus keeps the index from being asked once for each document.
      statement = try db.cachedStatement(
        sql: """
          \(columns) search CROSS JOIN document d ON d.id = search.rowid WHERE search MATCH ? AND +search.rowid IN
            (SELECT d.id FROM json_each(?) j CROSS JOIN document d ON d.session = j.value) ORDER BY search.rowid DESC
          """)
      arguments = [expression(in: place), among.ids]
    } else {
      let conditions = try Conditions(filter, db)
      statement = try db.cachedStatement(
        sql: """
          \(columns) search CROSS JOIN document d ON d.id = search.rowid CROSS JOIN summary m ON m.session = d.session
          WHERE search MATCH ? AND \(conditions.sql) ORDER BY search.rowid DESC
          """)
      arguments = [expression(in: place)] + conditions.arguments
    }
    let rows = try Row.fetchCursor(statement, arguments: arguments)
    var hits: [Row] = []
    while hits.count < limit, let row = try rows.next() {
      if seen.insert(row.text("session") ?? "").inserted { hits.append(row.copy()) }
    }
    return hits
  }

  private func hit(_ row: Row, in place: Place) throws -> SearchHit {
    let (session, turn) = (row.text("session") ?? "", row.count("turn") ?? 0)
    let response = row.number("response", in: .min ... .max)
    if place == .prompts {
      return SearchHit(turn: turn, isPrompt: true, pieces: try pieces(row["id"], in: place))
    }
    // Whose answer says what is not told before the vote.
    let isBlind = try Bool.fetchOne(
      db.cachedStatement(
        sql: "SELECT EXISTS (SELECT 1 FROM blind WHERE session = ? AND turn = ? AND revealed IS NULL)"),
      arguments: [session, turn])
    if isBlind == true { return SearchHit(turn: turn, isPrompt: false, pieces: []) }
    let model = try String.fetchOne(
      db.cachedStatement(sql: "SELECT provider || '/' || model FROM response WHERE id = ?"), arguments: [response])
    return SearchHit(turn: turn, model: model, isPrompt: false, pieces: try pieces(row["id"], in: place))
  }

  private func pieces(_ document: Int64, in place: Place) throws -> [SearchHit.Piece] {
    let statement = try db.cachedStatement(
      sql: "SELECT snippet(search, -1, char(1), char(2), '…', 24) FROM search WHERE search MATCH ? AND rowid = ?")
    let snippet = try String.fetchOne(statement, arguments: [expression(in: place), document]) ?? ""
    var pieces: [SearchHit.Piece] = []
    var piece = SearchHit.Piece("")
    for character in snippet {
      guard character == Self.marks.begin || character == Self.marks.end else {
        piece.text.append(character)
        continue
      }
      if !piece.text.isEmpty { pieces.append(piece) }
      piece = SearchHit.Piece("", isMatch: character == Self.marks.begin)
    }
    if !piece.text.isEmpty { pieces.append(piece) }
    return pieces
  }

  /// In FTS5's own language. Everything typed stands in quotes, so that nothing of it is an operator.
  private func expression(in place: Place) -> String {
    func quoted(_ term: SearchWords.Term) -> String {
      "\"" + term.text.filter { $0 != "\"" && $0 != "\0" } + "\"" + (term.isPrefix ? "*" : "")
    }
    let wanted = words.terms.filter { !$0.isExcluded }.map(quoted).joined(separator: " AND ")
    let excluded = words.terms.filter(\.isExcluded).map(quoted).joined(separator: " OR ")
    return "{\(place.rawValue)} : ((\(wanted))" + (excluded.isEmpty ? ")" : " NOT (\(excluded)))")
  }
}
