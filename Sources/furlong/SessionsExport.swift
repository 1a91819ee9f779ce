import ArgumentParser
import Core
import Store

extension SessionsCommand {
  struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "export", abstract: "Write sessions to a file, or to standard output.",
      discussion: """
        Without --format it goes by the file's name, and is Markdown without one. Keys that the config and the environment have, and \
        what looks like one, are replaced by [key] in every format. Of a turn that is still blind only the texts leave, without \
        names, order, times or costs; a session file, a table and pairs leave it out and say so.
        """)

    @Argument(
      help: ArgumentHelp("Sessions by id, or its beginning; - reads them from standard input.", valueName: "id"),
      completion: Completions.sessions)
    var ids: [String] = []

    @Flag(help: "All sessions.")
    var all = false

    @Option(name: .shortAndLong, help: "What to write.")
    var format: ExportFormat?

    @Option(
      name: .shortAndLong,
      help: ArgumentHelp("Where to; never over another file unless --force is given.", valueName: "file"),
      completion: .file())
    var output: String?

    @Flag(help: "Replace a file that is there.")
    var force = false

    @Option(help: ArgumentHelp("This turn alone.", valueName: "number"))
    var turn: Int?

    @Option(help: "Whose preferences become pairs: your votes, judges' verdicts, or both, each told as what it is.")
    var source = PairSource.human

    @Flag(help: .hidden)
    var markdown = false

    @OptionGroup var database: DatabaseOptions

    func validate() throws {
      if markdown { return }
      if ids.isEmpty != all { throw ValidationError("name sessions by their ids, or give --all for all") }
      if chosen == .furlong, turn != nil {
        throw ValidationError("a session file holds whole sessions: --turn goes with the other formats")
      }
      if let turn, turn < 1 { throw ValidationError("turns are counted from 1") }
    }

    private var chosen: ExportFormat { format ?? output.flatMap(ExportFormat.guessed) ?? .markdown }

    func run() throws {
      if markdown { return Console.output(ExportFormat.markdownTable.joined(separator: "\n")) }
      if let output { try OutputFile.checkPlace(output, force: force) }
      let setup = try Setup(database: database.database)
      let store = try setup.openStore()
      let secrets = Secrets(setup)
      for message in secrets.unread { Console.error("not looked for in what leaves: \(message)") }
      var sessions: [SessionRows] = []
      do {
        let names = try all ? store.sessionIDs() : Self.expanded(ids)
        var seen: Set<String> = []
        for name in names {
          let rows = try store.rows(of: name)
          if seen.insert(rows.id).inserted { sessions.append(rows) }
        }
      } catch let error as StoreError {
        throw CommandError(error.message)
      }
      for index in sessions.indices { sessions[index].redact(secrets.redaction, paths: secrets.paths) }
      let result = try chosen == .furlong ? file(sessions) : text(sessions)
      if let output {
        try OutputFile.write(result.text, to: output, force: force)
        Console.error("\(output): \(result.words)")
      } else {
        Console.outputWhole(result.text)
      }
      if result.leftOut { throw ExitCode(1) }
    }

    /// `-` stands for the first word of each line of standard input, as `sessions list` prints them.
    private static func expanded(_ ids: [String]) throws -> [String] {
      var names: [String] = []
      for id in ids {
        guard id == "-" else {
          names.append(id)
          continue
        }
        while let line = readLine() {
          if let word = line.split(separator: " ").first, word != "id" { names.append(String(word)) }
        }
      }
      guard !names.isEmpty else { throw CommandError("standard input names no session") }
      return names
    }

    private typealias Result = (text: String, words: String, leftOut: Bool)

    private func file(_ sessions: [SessionRows]) throws -> Result {
      let blind = sessions.filter { !$0.blindTurns.isEmpty }
      for session in blind {
        let turns = session.blindTurns.map(String.init).joined(separator: ", ")
        Console.error(
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
      switch chosen {
      case .markdown: return (MarkdownExport(sessions: sessions).text, told, false)
      case .json: return (JSONExport(sessions: sessions).text, told, false)
      case .html: return (HTMLExport(sessions: sessions).text, told, false)
      case .jsonl: return (LinesExport(sessions: sessions).text, told, Self.tell(parts))
      case .csv: return (CSVExport(sessions: sessions).text, told, Self.tell(parts))
      case .pairs: return pairs(sessions)
      case .furlong: return try file(rows)
      }
    }

    private static func tell(_ blind: [(session: String, turn: Int)]) -> Bool {
      for (session, turn) in blind {
        Console.error(
          "turn \(turn) of session \(session) is left out: it is blind still, and a line of it would have a name")
      }
      return !blind.isEmpty
    }

    private func pairs(_ sessions: [ExportedSession]) -> Result {
      let pairs = PairsExport(sessions, source: source)
      for (reason, count) in pairs.leftOut.sorted(by: { $0.key < $1.key }) {
        Console.error("\(words(count, "preference")) left out: \(reason)")
      }
      let layout = pairs.isConversational ? "lists of messages (one has a history or a system prompt)" : "plain texts"
      Console.error(
        "\(words(pairs.count, "pair")) from \(source == .both ? "votes and verdicts" : source == .human ? "votes" : "verdicts"), as \(layout)"
      )
      return (pairs.text, words(pairs.count, "pair"), false)
    }

    private func words(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
  }
}
