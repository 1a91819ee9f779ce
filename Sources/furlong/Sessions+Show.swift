import ArgumentParser
import Core
import Store

extension SessionsCommand {
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
        if let route = turn.route {
          for line in RouteText.explanation(route) { Console.output(line) }
          Console.output("")
        }
      }
    }

    private static func outcome(_ turn: Turn) -> RaceOutcome {
      RaceOutcome(responses: turn.responses, winner: turn.winner)
    }
  }
}
