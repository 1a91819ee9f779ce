import ArgumentParser
import Core
import Store

extension SessionsCommand {
  struct Tag: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "tag", abstract: "Print or change a session's tags.",
      discussion: """
        Without tags it prints them, one a line. +TAG adds one, -TAG takes one away, tags without a sign replace all there are.
        They hold for every turn of the session, and for those to come.
        """)

    @OptionGroup var database: DatabaseOptions

    @Argument(help: "The session's id, or its beginning.", completion: Completions.sessions)
    var id: String

    @Argument(parsing: .allUnrecognized, help: "Tags, or changes to them.")
    var tags: [String] = []

    func validate() throws {
      if tags.contains(where: { TagChange.bare($0).isEmpty }) { throw ValidationError("a tag is empty") }
      let signed = tags.count { TagChange.isSigned($0) }
      if signed > 0, signed < tags.count {
        throw ValidationError(
          "tags with a sign change the ones there are, those without replace them: not both at once")
      }
    }

    func run() throws {
      let store = try Setup(database: database.database).openStore()
      do throws(StoreError) {
        let session = try store.session(id)
        var all: [String] = []
        for tag in session.turns.flatMap(\.tags) where !all.contains(tag) { all.append(tag) }
        if !tags.isEmpty {
          if session.turns.isEmpty { throw StoreError.noSuchSession(id) }
          all = TagChange.apply(tags, to: all)
          store.append(.tags(session: session.id, all))
          try store.close()
        }
        for tag in all { Console.output(VisibleText.line(tag)) }
      } catch { throw CommandError(error.message) }
    }
  }
}
