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
      let writer = SessionsWriter(format: chosen, turn: turn, source: source) { Console.error($0) }
      let result = try writer.write(sessions)
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
  }
}
