import Core
import Store

/// Sessions as a text of one format; what is left out of it is told.
struct SessionsWriter {
  let format: ExportFormat
  /// This turn alone; nil: all.
  var turn: Int?
  var source = PairSource.human
  /// Takes a sentence.
  let tell: (String) -> Void

  typealias Result = (text: String, words: String, leftOut: Bool)

  private func file(_ sessions: [SessionRows]) throws -> Result {
    let blind = sessions.filter { !$0.blindTurns.isEmpty }
    for session in blind {
      let turns = session.blindTurns.map(String.init).joined(separator: ", ")
      tell(
        "session \(session.id) is left out: turn \(turns) is blind still, and its file would tell whose answers they are;"
          + " furlong ab --vote CHOICE --session \(session.id) votes and reveals")
    }
    let file = SessionFile(sessions: sessions.filter(\.blindTurns.isEmpty))
    guard !file.sessions.isEmpty || blind.isEmpty else { throw CommandError("nothing is left to write") }
    let text = file.text
    // What could not be read again must not be taken for a copy.
    do throws(InvalidFile) { _ = try SessionFile(Array(text.utf8)) } catch {
      throw CommandError("these sessions cannot be kept in a file: \(error.message)")
    }
    return (text, words(file.sessions.count, "session"), !blind.isEmpty)
  }

  private func text(_ rows: [SessionRows]) throws -> Result {
    let sessions = try rows.map { try ExportedSession($0, turn: turn) }
    if let turn, sessions.allSatisfy(\.parts.isEmpty) { throw CommandError("there is no turn \(turn)") }
    let parts = sessions.flatMap { session in
      session.parts.filter(\.isBlind).map { (session.session.id, $0.turn.number) }
    }
    let told = words(sessions.count, "session")
    switch format {
    case .markdown: return (MarkdownExport(sessions: sessions).text, told, false)
    case .json: return (JSONExport(sessions: sessions).text, told, false)
    case .html: return (HTMLExport(sessions: sessions).text, told, false)
    case .jsonl: return (LinesExport(sessions: sessions).text, told, tellBlind(parts))
    case .csv: return (CSVExport(sessions: sessions).text, told, tellBlind(parts))
    case .pairs: return pairs(sessions)
    case .furlong: return try file(rows)
    }
  }

  private func tellBlind(_ blind: [(session: String, turn: Int)]) -> Bool {
    for (session, turn) in blind {
      tell(
        "turn \(turn) of session \(session) is left out: it is blind still, and a line of it would have a name")
    }
    return !blind.isEmpty
  }

  private func pairs(_ sessions: [ExportedSession]) -> Result {
    let pairs = PairsExport(sessions, source: source)
    for (reason, count) in pairs.leftOut.sorted(by: { $0.key < $1.key }) {
      tell("\(words(count, "preference")) left out: \(reason)")
    }
    let layout = pairs.isConversational ? "lists of messages (one has a history or a system prompt)" : "plain texts"
    tell(
      "\(words(pairs.count, "pair")) from \(source == .both ? "votes and verdicts" : source == .human ? "votes" : "verdicts"), as \(layout)"
    )
    return (pairs.text, words(pairs.count, "pair"), false)
  }

  private func words(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

  /// - Parameter sessions: without keys.
  func write(_ sessions: [SessionRows]) throws -> Result { try format == .furlong ? file(sessions) : text(sessions) }

  /// A session into a file of the folder one is in, which no file has the name of yet.
  /// - Returns: what was written, as a sentence.
  static func keep(_ id: String, format: ExportFormat, _ setup: Setup, _ store: Store) throws -> String {
    store.waitUntilWritten()
    let secrets = Secrets(setup)
    var rows = try store.rows(of: id)
    rows.redact(secrets.redaction, paths: secrets.paths)
    var notices: [String] = []
    let result = try SessionsWriter(format: format) { notices.append($0) }.write([rows])
    let ending = format.extensions.first ?? ""
    let names = ["furlong-\(id)\(ending)"] + (2..<1000).map { "furlong-\(id)-\($0)\(ending)" }
    guard let path = names.first(where: { (try? OutputFile.checkPlace($0, force: false)) != nil }) else {
      throw CommandError("the folder has too many files of this session: furlong sessions export writes elsewhere")
    }
    try OutputFile.write(result.text, to: path, force: false)
    return (["written to \(path)"] + notices).joined(separator: " · ")
  }
}
