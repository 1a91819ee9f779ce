import ArgumentParser
import Core
import Engine
import Foundation
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

  @Option(
    help: ArgumentHelp(
      "A data set, as furlong batch takes it: asked first, and voted on without having been seen.", valueName: "file"))
  var prompts: String?

  @OptionGroup var lanes: LaneOptions
  @OptionGroup var spending: SpendingOptions
  @OptionGroup var looks: LooksOptions
  @OptionGroup var database: DatabaseOptions

  func validate() throws {
    if [tag != nil, batch != nil, prompts != nil, !sessions.isEmpty].count(where: { $0 }) > 1 {
      throw ValidationError("one of sessions, --tag, --batch and --prompts is voted on at a time")
    }
  }

  func run() throws {
    let setup = try Setup(database: database.database)
    if !looks.plain { try WorkbenchLaunch.requireTerminal() }
    let store = try setup.openStore()
    var source = VoteSource.recent
    let named = sessions + [batch].compactMap(\.self)
    let engine = setup.makeEngine(store: store)
    if let prompts {
      source = .sessions([try ask(prompts, setup, engine)])
    } else if let tag {
      source = .tag(tag)
    } else if !named.isEmpty {
      do throws(StoreError) {
        source = .sessions(try named.map { (id) throws(StoreError) in try store.session(id).id })
      } catch {
        throw CommandError(error.message)
      }
    }
    let session = Session(
      id: Session.newID(), created: Clock.system.date(), title: "", rule: .all,
      lanes: try setup.lanes(try LaneOptions.parse([]), engine, mayBeNone: true), turns: [])
    var launch = WorkbenchLaunch(setup: setup, engine: engine, session: session, isStored: false, looks: looks)
    launch.votes = source
    try launch.run(prompt: nil)
  }

  /// Asks what is not asked yet of a data set, without a word of what comes.
  /// - Returns: its session.
  private func ask(_ path: String, _ setup: Setup, _ engine: Engine) throws -> String {
    let lanes = try setup.lanes(lanes, engine)
    guard lanes.count > 1 else { throw CommandError("a vote compares two lanes: name them with -m, as in -m A -m B") }
    let items = try BatchFile.read(path)
    var request = BatchRequest(
      name: path == "-" ? "standard input" : (path as NSString).lastPathComponent, items: items, lanes: lanes)
    request.budget = spending.maxCost
    request.allowsUnpriced = spending.allowUnpriced
    guard request.commands.isEmpty else {
      throw CommandError(
        "its checks run commands: furlong batch \(path) --allow-exec asks it, then --batch votes on it")
    }
    let (result, interruption) = try BatchAsking.run { [request] in try await engine.run(request, observe: $0) }
    if let interruption {
      Console.error("interrupted: the same command goes on from here")
      throw ExitCode(128 + interruption)
    }
    if let shortage = result.progress.shortage { Console.error("furlong: \(shortage): what came is voted on") }
    return result.session.id
  }
}
