import ArgumentParser
import Core
import Store
import Workbench

extension SessionsCommand {
  struct Remove: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "rm", abstract: "Delete sessions; the receipts of what they cost stay.",
      discussion: """
        Prompts, answers, votes and verdicts of the sessions are gone for good, with what judges were told of them. What each
        call cost stays in the ledger. To have no trace left in the file itself: furlong sessions vacuum.
        """)

    @Argument(help: "The sessions' ids, or their beginnings.", completion: Completions.sessions)
    var ids: [String]

    @Flag(name: .shortAndLong, help: "Do not ask first.")
    var yes = false

    @OptionGroup var database: DatabaseOptions

    func run() throws {
      let store = try Setup(database: database.database).openStore()
      var sessions: [Session] = []
      do throws(StoreError) {
        for id in ids {
          let session = try store.session(id)
          if !sessions.contains(where: { $0.id == session.id }) { sessions.append(session) }
        }
      } catch { throw CommandError(error.message) }
      let running = sessions.filter { session in
        session.turns.contains { $0.responses.values.contains { !$0.state.isOver } }
      }
      if let first = running.first {
        throw CommandError("session \(first.id) is being answered by another Furlong: stop it there first")
      }
      if !yes, Console.inputIsTerminal, Console.errorIsTerminal {
        for session in sessions { Console.error("\(session.id)  \(VisibleText.line(session.title))") }
        Console.errorLine("Delete \(Readable.count(sessions.count, "session")) for good? [y/N] ")
        guard ["y", "yes"].contains(readLine()?.lowercased()) else { throw ExitCode(1) }
      }
      for session in sessions { store.append(.deleted(session: session.id)) }
      do throws(StoreError) { try store.close() } catch { throw CommandError(error.message) }
      for session in sessions { Console.output("deleted \(session.id); its receipts stay") }
    }
  }
}
