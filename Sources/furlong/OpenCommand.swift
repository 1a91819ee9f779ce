import ArgumentParser
import Core
import Engine
import Foundation
import Store
import Terminal
import Workbench

/// What `furlong` does without a command.
struct OpenCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "open", abstract: "Open the workbench (what furlong does without a command).")

  @Argument(help: "A prompt to send at once.")
  var prompt: String?

  @OptionGroup var lanes: LaneOptions

  @Option(
    help: ArgumentHelp("Open a session again; its id may be shortened.", valueName: "id"),
    completion: Completions.sessions)
  var session: String?

  @Option(help: "What wins: \(WorkbenchLaunch.rules.map(\.rawValue).joined(separator: ", ")).")
  var rule: RaceRule?

  @Option(
    defaultAsFlag: ServeCommand.defaultPlace,
    help: ArgumentHelp("Serve the gateway from the same process while the workbench is open.", valueName: "host:port"))
  var serve: String?

  @OptionGroup var looks: LooksOptions
  @OptionGroup var database: DatabaseOptions

  func validate() throws {
    if let serve { _ = try ServeCommand.address(serve, option: "--serve") }
    if let rule, !WorkbenchLaunch.rules.contains(rule) {
      throw ValidationError("\(rule.rawValue) needs a check: use furlong race --valid")
    }
    if let prompt, !CommandLine.arguments.contains("open"), let near = Self.commandMeant(by: prompt) {
      if near == prompt { throw ValidationError("the command comes first: furlong \(near), then its options") }
      throw ValidationError(
        "no command ‘\(prompt)’: did you mean \(near)? To ask it as a prompt: furlong open \(prompt)")
    }
    if session != nil, !lanes.models.isEmpty || lanes.lineup != nil {
      throw ValidationError("--session brings its own lanes: leave out -m and --lineup")
    }
  }

  /// A blind turn that was broken off before two had answered can never be voted on: it is blind no longer.
  private static func revealed(_ session: Session, _ store: Store) -> Session {
    var session = session
    guard let last = session.turns.indices.last, let assignment = session.turns[last].blind,
      BlindReading(assignment).isHopeless(session.turns[last])
    else { return session }
    store.append(.revealed(assignment: assignment.id))
    session.turns[last].blind = nil
    return session
  }

  /// A slip of the finger in a command's name should not be sent to models that cost money.
  private static func commandMeant(by prompt: String) -> String? {
    guard prompt.allSatisfy({ $0.isLetter }) else { return nil }
    return nearest(
      to: prompt.lowercased(), in: Furlong.configuration.subcommands.compactMap { $0.configuration.commandName })
  }

  func run() throws {
    let setup = try Setup(database: database.database)
    if !looks.plain { try WorkbenchLaunch.requireTerminal() }
    let store = try setup.openStore()
    let engine = setup.makeEngine(store: store)
    var isStored = false
    var opened: Session
    if let session {
      do throws(StoreError) { opened = try store.session(session) } catch { throw CommandError(error.message) }
      isStored = true
      opened = Self.revealed(opened, store)
    } else {
      // Without any model the past can still be read; a prompt needs somebody to send it to.
      let lanes = try setup.lanes(self.lanes, engine, mayBeNone: prompt == nil)
      opened = Session(
        id: Session.newID(), created: Clock.system.date(), title: "", rule: rule ?? .all, lanes: lanes, turns: [])
    }
    var launch = WorkbenchLaunch(setup: setup, engine: engine, session: opened, isStored: isStored, looks: looks)
    launch.showsHome = session == nil && prompt == nil
    launch.gateway = try serve.map { try setup.gatewayBeside(engine, place: $0) }
    try launch.run(prompt: prompt)
  }
}

struct DemoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo", abstract: "See it work on simulated models: no key, no network, nothing kept.")

  @OptionGroup var looks: LooksOptions

  func run() throws {
    let setup = try Setup()
    let store: Store
    do throws(StoreError) { store = try Store.inMemory() } catch { throw CommandError(error.message) }
    let engine = setup.makeEngine(store: store)
    let prompt = "Which of you is fastest, and how would I know?"
    let lanes = ["hare", "tortoise", "owl"].map { Lane(model: ModelID(provider: "demo", model: $0)) }
    let session = Session(
      id: Session.newID(), created: Clock.system.date(), title: sessionTitle(prompt), rule: .all, lanes: lanes,
      turns: [])
    if looks.plain || (Console.outputIsTerminal && Console.inputIsTerminal) {
      let launch = WorkbenchLaunch(
        setup: setup, engine: engine, session: session, isStored: false, looks: looks, keepsNothing: true,
        judges: [Lane(model: ModelID(provider: "demo", model: "magpie"))])
      try launch.run(prompt: prompt)
    } else {
      Console.error("Simulated models: no model is asked and nothing is spent.")
      let request = RaceRequest(session: session, isNewSession: true, turn: Turn(number: 1, prompt: prompt, rule: .all))
      RaceText.printResult(
        HeadlessRace(request: request, engine: engine).run(), rule: .all, session: nil, layout: .all, pager: nil)
    }
  }
}

struct LooksOptions: ParsableArguments {
  @Flag(help: "Borders of plain ASCII characters.")
  var ascii = false

  @Flag(help: "Lines of text and menus by number, for screen readers and terminals that can do no more.")
  var plain = false

  /// `NO_MOTION`, set and not empty, or the config's `motion: reduced`.
  func hasReducedMotion(_ setup: Setup) -> Bool {
    !(setup.environment["NO_MOTION"] ?? "").isEmpty || setup.config.motion == .reduced
  }
}

/// Puts the workbench on the terminal.
struct WorkbenchLaunch {
  /// Rules that need nothing more than their name.
  static let rules = RaceRule.allCases.filter { !$0.examines }

  let setup: Setup
  let engine: Engine
  let session: Session
  let isStored: Bool
  let looks: LooksOptions
  var keepsNothing = false
  /// Others than the config's.
  var judges: [Lane]?
  var gateway: GatewayBeside?
  /// Begins with the home page over the lanes.
  var showsHome = false
  /// What is voted on at once.
  var votes: VoteSource?
  /// A data set that is asked at once, its grid in view.
  var experiment: BatchRequest?

  static func requireTerminal() throws(CommandError) {
    guard Console.outputIsTerminal, Console.inputIsTerminal else {
      throw CommandError("the workbench needs a terminal; without one use: furlong race PROMPT -m MODEL")
    }
  }

  func run(prompt: String?) throws {
    if !looks.plain { try Self.requireTerminal() }
    var state = State(session: session)
    state.isStored = isStored
    var faults: [String] = []
    state.keymap = Keymap(overrides: setup.config.keys, faults: &faults)
    if !faults.isEmpty { throw Config.Faults(path: setup.paths.config, lines: faults).commandError }
    if looks.ascii { state.screen.borders = .ascii }
    state.money.budget = setup.config.budget
    state.findings.judges = judges ?? setup.config.judges
    if isStored { state.take(votes: (try? engine.store.votes(session: session.id)) ?? []) }
    if isStored { state.findings.picks = (try? engine.store.picks(session: session.id)) ?? [] }
    if isStored { state.findings.fits = (try? engine.store.fits(session: session.id)) ?? [] }
    if isStored { state.findings.judgements = (try? engine.store.judgements(session: session.id)) ?? [] }
    let surroundings = surroundings()
    if looks.plain { return try runPlain(state, surroundings, prompt: prompt) }
    let theme = try Themes(paths: setup.paths).theme(setup.config.theme)
    state.screen.capturesMouse = setup.config.usesMouse
    state.screen.hasReducedMotion = looks.hasReducedMotion(setup)
    if setup.config.composer == .vi { state.draft.composer.vi = ViEditing() }
    let traits = TerminalTraits(environment: setup.environment)
    let terminal = setup.environment["TERM"] ?? ""
    // The root command is synchronous, so this is the main thread.
    let isShown = MainActor.assumeIsolated {
      do throws(Screen.Failure) {
        let app = try App(engine: engine, state: state, theme: theme, traits: traits, surroundings: surroundings)
        let probe = setup.environment["FURLONG_PROBE"]
        if probe != nil { app.probe = App.Probe() }
        app.run(prompt: prompt, showsHome: showsHome, votes: votes, experiment: experiment)
        if let probe, let times = app.probe { write(times, to: probe) }
        return true
      } catch {
        return false
      }
    }
    guard isShown else {
      throw CommandError(
        "this terminal (TERM=\(terminal.isEmpty ? "not set" : terminal)) cannot show the workbench: set TERM to what it is, or use furlong race"
      )
    }
    do throws(StoreError) { try engine.store.close() } catch { throw CommandError(error.message) }
  }

  private func runPlain(_ state: sending State, _ surroundings: Surroundings, prompt: String?) throws(CommandError) {
    MainActor.assumeIsolated {
      PlainWorkbench(engine: engine, state: state, surroundings: surroundings) { Console.output($0) }.run(
        prompt: prompt, votes: votes)
    }
    do throws(StoreError) { try engine.store.close() } catch { throw CommandError(error.message) }
  }

  private func surroundings() -> Surroundings {
    var surroundings = Surroundings(
      readFile: { try RaceCommand.attachment(($0 as NSString).expandingTildeInPath) },
      listFolder: { folder in
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { !$0.hasPrefix(".") }.sorted().prefix(2000).map { name in
          var isFolder = ObjCBool(false)
          _ = FileManager.default.fileExists(atPath: folder + "/" + name, isDirectory: &isFolder)
          return isFolder.boolValue ? name + "/" : name
        }
      })
    surroundings.findFile = { FileSearch.find($0) }
    surroundings.environment = ChildEnvironment.forPrograms(setup.environment, of: setup.config.services)
    surroundings.gateway = gateway
    surroundings.lineups = setup.config.lineups
    let themes = Themes(paths: setup.paths)
    // A broken file is told by name when it is asked for; here it is only not offered.
    surroundings.themes = { themes.names.compactMap { try? themes.theme($0) } }
    let config = setup.paths.config
    surroundings.keepTheme = { try Config.keep(theme: $0, in: config) }
    surroundings.exportFormats = ExportFormat.allCases.map { ($0.rawValue, $0.explanation) }
    let (setup, store) = (self.setup, engine.store)
    surroundings.export = { id, format in
      guard let format = ExportFormat(rawValue: format) else { throw CommandError("no format \(format)") }
      do { return try SessionsWriter.keep(id, format: format, setup, store) } catch let error as StoreError {
        throw CommandError(error.message)
      }
    }
    surroundings.experiment = { try BatchFile.request(of: $0) }
    let keeper = KeyKeeper(configPath: config, finder: setup.keyFinder)
    surroundings.keepKey = { try keeper.keep($0, $1) }
    if keepsNothing {
      surroundings.keepTheme = { _ in throw CommandError("the demo keeps nothing") }
      surroundings.keepKey = { _, _ in throw CommandError("the demo keeps nothing") }
    }
    return surroundings
  }

  /// For `make bench` and tests: the time each frame and each key took, in nanoseconds, and what was drawn last: its rows, and
  /// each cell's role and attributes (the second half of a wide glyph is -1).
  private func write(_ probe: App.Probe, to path: String) {
    let rows = probe.last?.text.split(separator: "\n", omittingEmptySubsequences: false) ?? []
    let styles = probe.last?.cells.map { cell in
      let style = cell.style
      let attributes = [style.isBold, style.isItalic, style.isUnderlined, style.isReversed]
      let bits = attributes.enumerated().reduce(0) { $1.element ? $0 | 256 << $1.offset : $0 }
      return Int64(cell.text.isEmpty ? -1 : style.role.rawValue | bits)
    }
    let document: JSON = [
      "frames": .array(probe.frames.map { .int($0) }), "keys": .array(probe.keys.map { .int($0) }),
      "screen": .array(rows.map { .string(String($0)) }), "styles": .array((styles ?? []).map { .int($0) }),
    ]
    _ = FileManager.default.createFile(atPath: path, contents: Data(document.serialized().utf8))
  }
}
