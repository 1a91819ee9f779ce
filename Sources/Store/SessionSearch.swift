import Core
import Foundation
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

    var columns: [String] { rawValue.split(separator: " ").map(String.init) }
  }

  /// - Returns: each session once, with its best hit.
  func found(limit: Int) throws -> [Found] {
    var found: [Found] = []
    var seen: Set<String> = []
    let among = try fewSessions()
    for title in try titles(limit: limit) where seen.insert(title.session).inserted { found.append(title) }
    for place in [Place.prompts, filter.includesReasoning ? .answersAndReasoning : .answers] where found.count < limit {
      // Words of other scripts are in both indexes: in that of pairs where they touch signs of a script without blanks.
      var hits =
        isDense
        ? []
        : try hits(in: place, index: .words, among: among, seen: &seen, limit: limit - found.count)
          .map { ($0, Index.words) }
      if found.count + hits.count < limit {
        hits += try self.hits(
          in: place, index: .pairs, among: among, seen: &seen, limit: limit - found.count - hits.count
        ).map { ($0, Index.pairs) }
      }
      for (row, index) in hits {
        let session = row.text("session") ?? ""
        do {
          found.append(Found(session: session, hit: try hit(row, in: place, index)))
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

  /// Which index is asked.
  private enum Index: String { case words = "search", pairs = "grams" }

  /// Signs of a script without blanks are looked for: only the index of pairs knows them.
  private var isDense: Bool { words.terms.contains { !$0.isExcluded && $0.isDense } }

  private func hits(
    in place: Place, index which: Index, among: Few?, seen: inout Set<String>, limit: Int
  ) throws -> [Row] {
    let index = which.rawValue
    let columns = "SELECT d.id, d.session, d.turn, d.response FROM"
    var (matched, arguments) = ("\(index) MATCH ?", StatementArguments([expression(in: place, which)]))
    if which == .words, let excluded = denseExclusion(in: place) {
      // Read in one go, for which the plus is: asking it for each hit takes 20 µs.
      matched += " AND +search.rowid NOT IN (SELECT rowid FROM grams WHERE grams MATCH ?)"
      arguments += [excluded]
    }
    let statement: Statement
    if let among, among.documents <= fewest {
      statement = try db.cachedStatement(
        sql: """
          \(columns) json_each(?) j CROSS JOIN document d ON d.session = j.value CROSS JOIN \(index) ON \(index).rowid = d.id
          WHERE \(matched) ORDER BY d.id DESC
          """)
      arguments = [among.ids] + arguments
    } else if let among {
      // The plus keeps the index from being asked once for each document.
      statement = try db.cachedStatement(
        sql: """
          \(columns) \(index) CROSS JOIN document d ON d.id = \(index).rowid WHERE \(matched) AND +\(index).rowid IN
            (SELECT d.id FROM json_each(?) j CROSS JOIN document d ON d.session = j.value) ORDER BY \(index).rowid DESC
          """)
      arguments += [among.ids]
    } else {
      let conditions = try Conditions(filter, db)
      statement = try db.cachedStatement(
        sql: """
          \(columns) \(index) CROSS JOIN document d ON d.id = \(index).rowid CROSS JOIN summary m ON m.session = d.session
          WHERE \(matched) AND \(conditions.sql) ORDER BY \(index).rowid DESC
          """)
      arguments += conditions.arguments
    }
    let rows = try Row.fetchCursor(statement, arguments: arguments)
    var hits: [Row] = []
    while hits.count < limit, let row = try rows.next() {
      let session = row.text("session") ?? ""
      guard !seen.contains(session) else { continue }
      // Pairs of signs say little of what stands beside them: the text decides.
      if which == .pairs, try !isSaid(row["id"], in: place) { continue }
      seen.insert(session)
      hits.append(row.copy())
    }
    return hits
  }

  /// Titles that people gave: those that a prompt begins with are found with it.
  private func titles(limit: Int) throws -> [Found] {
    let wanted = words.terms.filter { !$0.isExcluded }.map(\.text)
    let conditions = try Conditions(filter, db)
    let tests = words.terms.map { "instr(lower(s.title), lower(?)) \($0.isExcluded ? "=" : ">") 0" }
    let rows = try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT s.id, CAST(s.title AS BLOB) AS title, m.turns FROM titled CROSS JOIN session s ON s.id = titled.session
          CROSS JOIN summary m ON m.session = s.id
          WHERE \(tests.joined(separator: " AND ")) AND \(conditions.sql)
          ORDER BY m.created DESC, m.rowid DESC LIMIT ?
          """), arguments: StatementArguments(words.terms.map(\.text)) + conditions.arguments + [limit])
    return rows.map { row in
      var hit = SearchHit(
        turn: max(1, row.count("turns") ?? 1), isPrompt: false, pieces: Self.pieces(of: row.text("title") ?? "", wanted)
      )
      hit.isTitle = true
      return Found(session: row.text("id") ?? "", hit: hit)
    }
  }

  private func hit(_ row: Row, in place: Place, _ index: Index) throws -> SearchHit {
    let (session, turn) = (row.text("session") ?? "", row.count("turn") ?? 0)
    let response = row.number("response", in: .min ... .max)
    if place == .prompts {
      return SearchHit(turn: turn, isPrompt: true, pieces: try pieces(row["id"], in: place, index))
    }
    // Whose answer says what is not told before the vote.
    let isBlind = try Bool.fetchOne(
      db.cachedStatement(
        sql: "SELECT EXISTS (SELECT 1 FROM blind WHERE session = ? AND turn = ? AND revealed IS NULL)"),
      arguments: [session, turn])
    if isBlind == true { return SearchHit(turn: turn, isPrompt: false, pieces: []) }
    let model = try String.fetchOne(
      db.cachedStatement(sql: "SELECT provider || '/' || model FROM response WHERE id = ?"), arguments: [response])
    return SearchHit(turn: turn, model: model, isPrompt: false, pieces: try pieces(row["id"], in: place, index))
  }

  /// The texts of a document that are looked through.
  private func texts(_ document: Int64, in place: Place) throws -> [String] {
    let statement = try db.cachedStatement(
      sql: """
        SELECT CAST(prompt AS BLOB) AS prompt, CAST(answer AS BLOB) AS answer, CAST(reasoning AS BLOB) AS reasoning
        FROM document_text WHERE id = ?
        """)
    guard let row = try Row.fetchOne(statement, arguments: [document]) else { return [] }
    return place.columns.compactMap { row.text($0) }
  }

  private func isSaid(_ document: Int64, in place: Place) throws -> Bool {
    let texts = try texts(document, in: place)
    return words.terms.filter { !$0.isExcluded && ($0.isDense || $0.text.contains(" ")) }.allSatisfy { term in
      texts.contains { Self.range(of: term.text, in: $0) != nil }
    }
  }

  private static func range(of term: String, in text: String) -> Range<String.Index>? {
    text.range(of: term, options: [.caseInsensitive, .literal])
  }

  /// The first place where one of the words stands, with some text around.
  private static func pieces(of text: String, _ terms: [String]) -> [SearchHit.Piece] {
    let found = terms.compactMap { range(of: $0, in: text) }.min { $0.lowerBound < $1.lowerBound }
    guard let found else { return [SearchHit.Piece(String(text.prefix(80)))] }
    let start = text.index(found.lowerBound, offsetBy: -24, limitedBy: text.startIndex) ?? text.startIndex
    let end = text.index(found.upperBound, offsetBy: 60, limitedBy: text.endIndex) ?? text.endIndex
    let before = (start > text.startIndex ? "…" : "") + text[start..<found.lowerBound]
    let behind = String(text[found.upperBound..<end]) + (end < text.endIndex ? "…" : "")
    return [SearchHit.Piece(before), SearchHit.Piece(String(text[found]), isMatch: true), SearchHit.Piece(behind)]
      .filter { !$0.text.isEmpty }
  }

  private func pieces(_ document: Int64, in place: Place, _ index: Index) throws -> [SearchHit.Piece] {
    guard index == .words else {
      let wanted = words.terms.filter { !$0.isExcluded }.map(\.text)
      let texts = try texts(document, in: place)
      return Self.pieces(of: texts.first { Self.range(of: wanted[0], in: $0) != nil } ?? texts.first ?? "", wanted)
    }
    let statement = try db.cachedStatement(
      sql: "SELECT snippet(search, -1, char(1), char(2), '…', 24) FROM search WHERE search MATCH ? AND rowid = ?")
    let snippet = try String.fetchOne(statement, arguments: [expression(in: place, .words), document]) ?? ""
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
  private func expression(in place: Place, _ index: Index) -> String {
    func query(_ term: SearchWords.Term) -> String? { index == .words ? term.inWords : term.inPairs }
    let wanted = words.terms.filter { !$0.isExcluded }.compactMap(query).joined(separator: " AND ")
    let excluded = words.terms.filter { $0.isExcluded && !(index == .words && $0.isDense) }.compactMap(query)
    return "{\(place.rawValue)} : ((\(wanted))"
      + (excluded.isEmpty ? ")" : " NOT (\(excluded.joined(separator: " OR "))))")
  }

  /// What is to be left out and only the index of pairs knows; nil where there is nothing.
  private func denseExclusion(in place: Place) -> String? {
    let excluded = words.terms.filter { $0.isExcluded && $0.isDense }.compactMap(\.inPairs)
    return excluded.isEmpty ? nil : "{\(place.rawValue)} : (\(excluded.joined(separator: " OR ")))"
  }
}

extension SearchWords.Term {
  /// It has signs of a script without blanks.
  fileprivate var isDense: Bool { text.unicodeScalars.contains(where: Grams.isDense) }

  fileprivate var inWords: String {
    "\"" + text.filter { $0 != "\"" && $0 != "\0" } + "\"" + (isPrefix ? "*" : "")
  }

  fileprivate var inPairs: String? { Grams.query(text, isPrefix: isPrefix).map { "(\($0))" } }
}
