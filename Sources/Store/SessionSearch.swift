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

  /// Up to so many sessions are gone through by themselves when conditions leave only few.
  private static let few = 2000
  /// Marks around hits, which no text that is shown can have in it.
  private static let marks: (begin: Character, end: Character) = ("\u{1}", "\u{2}")

  let words: SearchWords
  let filter: SessionFilter
  let db: Database

  private enum Place: String {
    case prompts = "prompt"
    case answers = "answer"
    case answersAndReasoning = "answer reasoning"
  }

  /// - Returns: each session once, with its best hit.
  func found(limit: Int) throws -> [Found] {
    var found: [Found] = []
    var seen: Set<String> = []
    let few = try fewSessions()
    for place in [Place.prompts, filter.includesReasoning ? .answersAndReasoning : .answers] where found.count < limit {
      let hits = try hits(in: place, among: few, seen: &seen, limit: limit - found.count)
      for row in hits {
        do {
          found.append(Found(session: row["session"], hit: try hit(row, in: place)))
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT {
          // One damaged text must not hide what the others say.
          let words = SearchHit.Piece("cannot be read: this part of the file is damaged")
          found.append(
            Found(
              session: row["session"], hit: SearchHit(turn: row["turn"], isPrompt: place == .prompts, pieces: [words])))
        }
      }
    }
    return found
  }

  /// Ids as a JSON array where the conditions leave only few; nil where most hits will do.
  private func fewSessions() throws -> String? {
    guard filter.hasConditions else { return nil }
    let conditions = try Conditions(filter, db)
    let statement = try db.cachedStatement(
      sql: "SELECT m.session FROM summary m WHERE \(conditions.sql) LIMIT \(Self.few + 1)")
    let ids = try String.fetchAll(statement, arguments: conditions.arguments)
    return ids.count > Self.few ? nil : JSON.array(ids.map { .string($0) }).serialized()
  }

  private func hits(in place: Place, among few: String?, seen: inout Set<String>, limit: Int) throws -> [Row] {
    let conditions = few == nil ? try Conditions(filter, db) : Conditions("1", [])
    // The plus keeps the index from being asked once for each document.
    let among =
      few == nil
      ? "" : "AND +search.rowid IN (SELECT d.id FROM json_each(?) j CROSS JOIN document d ON d.session = j.value)"
    let statement = try db.cachedStatement(
      sql: """
        SELECT d.id, d.session, d.turn, d.response FROM search CROSS JOIN document d ON d.id = search.rowid
        CROSS JOIN summary m ON m.session = d.session
        WHERE search MATCH ? \(among) AND \(conditions.sql) ORDER BY search.rowid DESC
        """)
    var arguments: StatementArguments = [expression(in: place)]
    if let few { arguments += [few] }
    let rows = try Row.fetchCursor(statement, arguments: arguments + conditions.arguments)
    var hits: [Row] = []
    while hits.count < limit, let row = try rows.next() {
      if seen.insert(row["session"]).inserted { hits.append(row.copy()) }
    }
    return hits
  }

  private func hit(_ row: Row, in place: Place) throws -> SearchHit {
    let (session, turn, response) = (row["session"] as String, row["turn"] as Int, row["response"] as Int64)
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
