import ArgumentParser
import Core
import Store

extension SessionsCommand {
  struct Title: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "title", abstract: "Give a session another title.")

    @Argument(help: "The session's id, or its beginning.", completion: Completions.sessions)
    var id: String

    @Argument(help: "The title; an empty one goes back to the first prompt.")
    var text: String

    @OptionGroup var database: DatabaseOptions

    func run() throws {
      let store = try Setup(database: database.database).openStore()
      do throws(StoreError) {
        let session = try store.session(id)
        store.append(.title(session: session.id, text))
        try store.close()
      } catch { throw CommandError(error.message) }
    }
  }
}
