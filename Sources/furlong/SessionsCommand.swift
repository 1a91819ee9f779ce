import ArgumentParser
import Core
import Store
import Workbench

struct SessionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sessions", abstract: "Look at what has been raced.",
    subcommands: [List.self, Show.self, Export.self, Import.self],
    defaultSubcommand: List.self)

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List sessions, newest first.")

    @Option(help: "At most this many.")
    var limit = 50

    @OptionGroup var database: DatabaseOptions

    func run() throws {
      let store = try Setup(database: database.database).openStore()
      let sessions: [SessionSummary]
      do throws(StoreError) { sessions = try store.sessions(limit: max(1, limit)) } catch {
        throw CommandError(error.message)
      }
      let rows = sessions.map { session in
        [
          session.id, localTime(session.created), "\(session.models.count)", "\(session.turns)",
          Readable.total(session.cost, hasUnknown: session.hasUnknownCost), VisibleText.line(session.title),
        ]
      }
      for line in TextTable.lines(
        header: ["id", "date", "lanes", "turns", "cost", "prompt"], rows: rows, numeric: [2, 3, 4])
      {
        Console.output(line)
      }
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show", abstract: "Print a session: prompts, answers, table.")

    @Argument(help: "The session's id, or its beginning.")
    var id: String

    @Flag(help: "Print one JSON document.")
    var json = false

    @OptionGroup var database: DatabaseOptions

    func run() throws {
      let store = try Setup(database: database.database).openStore()
      let session: Session
      do throws(StoreError) { session = try store.session(id) } catch { throw CommandError(error.message) }
      if json {
        let turns = session.turns.map { turn in
          if let assignment = turn.blind {
            return BlindTrial(session: session, turn: turn, assignment: assignment).blindDocument
          }
          return RaceDocument(session: session.id, turn: turn, outcome: Self.outcome(turn)).jsonWithPrompt
        }
        let document: JSON = ["session": .string(session.id), "turns": .array(turns)]
        return Console.output(document.serialized(indented: true))
      }
      for turn in session.turns {
        Console.output("# \(turn.number): \(VisibleText.of(turn.prompt))\n")
        if let system = turn.system { Console.output("System: \(VisibleText.of(system))\n") }
        for file in turn.attachments {
          Console.output("File: \(VisibleText.line(file.name)) (\(file.mediaType), \(file.data.count) bytes)\n")
        }
        if let assignment = turn.blind {
          Console.output(BlindTrial(session: session, turn: turn, assignment: assignment).blindText)
          Console.output("(blind: furlong ab --vote CHOICE --session \(session.id) votes and reveals)\n")
          continue
        }
        RaceText.printAnswers(Self.outcome(turn), rule: turn.rule)
        RaceText.printTable(Self.outcome(turn), rule: turn.rule)
        Console.output("")
      }
    }

    private static func outcome(_ turn: Turn) -> RaceOutcome {
      RaceOutcome(responses: turn.responses, winner: turn.winner)
    }
  }
}
