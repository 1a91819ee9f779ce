import ArgumentParser
import Core
import Store
import Workbench

struct VoteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vote", abstract: "Vote on answers with their names hidden, a key a vote.",
    discussion: """
      Without a session, a tag or a batch: on what the newest sessions have. Answers that are the same, or of models of one
      maker, and what has been voted on already are left out, and it is told how many.
      """)

  @Argument(help: "Sessions whose turns are voted on; an id may be shortened.", completion: Completions.sessions)
  var sessions: [String] = []

  @Option(help: "All turns with this tag.", completion: Completions.tags)
  var tag: String?

  @Option(
    help: ArgumentHelp("A batch: the session that it was run in.", valueName: "id"), completion: Completions.sessions)
  var batch: String?

  @OptionGroup var looks: LooksOptions
  @OptionGroup var database: DatabaseOptions

  func validate() throws {
    if [tag != nil, batch != nil, !sessions.isEmpty].count(where: { $0 }) > 1 {
      throw ValidationError("one of sessions, --tag and --batch is voted on at a time")
    }
  }

  func run() throws {
    let setup = try Setup(database: database.database)
    if !looks.plain { try WorkbenchLaunch.requireTerminal() }
    let store = try setup.openStore()
    var source = VoteSource.recent
    let named = sessions + [batch].compactMap(\.self)
    if let tag {
      source = .tag(tag)
    } else if !named.isEmpty {
      do throws(StoreError) {
        source = .sessions(try named.map { (id) throws(StoreError) in try store.session(id).id })
      } catch {
        throw CommandError(error.message)
      }
    }
    let engine = setup.makeEngine(store: store)
    let session = Session(
      id: Session.newID(), created: Clock.system.date(), title: "", rule: .all,
      lanes: try setup.lanes(try LaneOptions.parse([]), engine, mayBeNone: true), turns: [])
    var launch = WorkbenchLaunch(setup: setup, engine: engine, session: session, isStored: false, looks: looks)
    launch.votes = source
    try launch.run(prompt: nil)
  }
}
