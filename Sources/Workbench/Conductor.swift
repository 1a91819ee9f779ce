import Core
import Dispatch
import Engine
import Markdown

/// Carries out the commands that concern the engine and the database, for the screen and for plain mode alike. Main thread;
/// what is read or raced comes back through the inbox.
@MainActor
final class Conductor {
  let engine: Engine
  let inbox: Inbox
  var clock: Clock { engine.clock }
  /// Judges at work; cancelled when the person says so.
  var judgingTask: Task<Void, Never>?
  let surroundings: Surroundings
  /// Races that may still be running: the shown turn's, and those of sessions that were left while they streamed.
  private var races: [TurnID: Race] = [:]
  /// What the turns that are raced here may cost, with all that is done about them.
  private var wallets: [TurnID: Wallet] = [:]
  private var lastWarm: Int64 = 0
  /// What the prompt's cost was reckoned of last, and whether that is still under way.
  private var reckoned = Reckoned()
  private var isReckoning = false

  private struct Reckoned: Equatable {
    var text = ""
    var lanes: [Lane] = []
    var system: String?
    var files = 0
    var session = ""
  }
  /// Data sets that this process asks.
  var experiments: [ExperimentRun] = []
  let finder = SessionFinder()
  let traffic = TrafficReader()

  init(engine: Engine, inbox: Inbox, surroundings: Surroundings) {
    self.engine = engine
    self.inbox = inbox
    self.surroundings = surroundings
  }

  /// An input on its way to the state: races that have ended are let go, and a session opened again is told apart from one
  /// that is still raced here.
  func taken(_ input: Input, _ state: State) -> Input {
    if input.tellsOfMoney { loadSpending(of: input, state) }
    if case .outlook = input { isReckoning = false }
    switch input {
    case .opened(let session, _, let place):
      let id = TurnID(session: session.id, turn: session.turns.last?.number ?? 0)
      return .opened(session, isRacedHere: races[id] != nil, at: place)
    case .race(let session, let turn, .ended):
      let id = TurnID(session: session, turn: turn)
      if id != state.runningID { races[id] = nil }
      return input
    case .key(.paste(let text)):
      guard state.takesFiles, let paths = find(text) else { return input }
      return .dropped(paths)
    default: return input
    }
  }

  /// The files that a text consists of, however it is quoted; nil when one of them is none.
  private func find(_ text: String) -> [String]? {
    for way in NamedFiles.dropped(text) ?? [] {
      let found = way.compactMap(surroundings.findFile)
      if found.count == way.count { return found }
    }
    return nil
  }

  func carryOut(_ command: Command) {
    switch command {
    case .race(let session, let isNew, let judges): race(session, isNew: isNew, judges)
    case .run(let session, let lanes, let spent): run(session, lanes, spent)
    case .stop(let turn, let lane): races[turn]?.stop(lane)
    case .stopAll(let turn): races[turn]?.stopAll()
    case .saveSetup(let session, let lanes, let rule):
      engine.store.append(.setup(session: session, lanes: lanes, rule: rule))
    case .saveContinued(let session, let turn, let lane):
      engine.store.append(.continued(session: session, turn: turn, lane: lane))
    case .warm(let lanes): warm(lanes)
    case .estimate(let session, let asking, let lanes, let spent): estimate(session, asking, lanes, spent)
    case .loadModels: loadModels()
    case .loadSessions: load { .sessions(try $0.store.sessions().map(Self.item)) }
    case .open(let session, let place):
      load { .opened(try $0.store.session(session), isRacedHere: false, at: place) }
      loadJudgements(session)
    case .findSessions(let filter, let limit, let number): find(filter, limit, number)
    case .setTitle(let session, let title): engine.store.append(.title(session: session, title))
    case .setTags(let session, let tags): engine.store.append(.tags(session: session, tags))
    case .delete(let session): engine.store.append(.deleted(session: session))
    case .undelete(let session): engine.store.append(.undeleted(session: session))
    case .again(let session, let turn, let withOwnLanes):
      load { .again(try $0.store.session(session), turn: turn, withOwnLanes: withOwnLanes) }
    case .attach(let path):
      let read = surroundings.readFile
      let found = find(path)?.first ?? path
      load { _ in .attached(try read(found)) }
    case .attachMentioned(let names, let revision):
      let found = names.compactMap { $0.lazy.compactMap(surroundings.findFile).first }
      do {
        let files = try found.map(surroundings.readFile)
        inbox.post(.mentioned(names.flatMap(\.self), files, revision: revision))
      } catch {
        inbox.post(.message("not sent: \(error); without the @ it is text"))
      }
    case .loadFiles(let folder): loadFiles(folder)
    case .saveLineup(let name, let lanes):
      engine.store.append(.lineup(name: name, lanes: lanes))
      inbox.post(.message("saved as lineup ‘\(VisibleText.line(name))’: \(Readable.count(lanes.count, "lane"))"))
    case .loadLineup(let name):
      let configured = surroundings.lineups
      load { engine in
        let saved = try engine.store.lineups().first { $0.name == name }?.lanes
        return .lineup(saved ?? configured[name] ?? [])
      }
    case .loadLineups: loadLineups()
    case .loadFormats(let sessions):
      let items = surroundings.exportFormats.map { ChoiceList.Item(title: $0.name, detail: $0.meaning, value: $0.name) }
      inbox.post(.formats(items, sessions: sessions))
    case .export(let sessions, let format):
      let write = surroundings.export
      load { _ in
        let told = try sessions.map { try write($0, format) }
        return .message(told.count == 1 ? told[0] : "\(told.count) files: \(told.last ?? "")")
      }
    case .judgeSessions(let sessions, let judges): judge(sessions, judges)
    case .vote(let vote): engine.store.append(.vote(vote))
    case .pick(let pick): engine.store.append(.pick(pick))
    case .undoVote(let id): engine.store.append(.undoneVote(id: id))
    case .reveal(let reading):
      engine.store.append(.revealed(assignment: reading.assignment.id))
      if let repeated = reading.repeated { engine.store.append(.revealed(assignment: repeated.assignment.id)) }
    case .hide(let assignment): engine.store.append(.blind(assignment))
    case .revealed(let assignment): engine.store.append(.revealed(assignment: assignment))
    case .loadRepeat: loadRepeat()
    case .judge(let session, let judges, let spent): judge(session, judges, spent)
    case .stopJudging: judgingTask?.cancel()
    case .loadPanels(let session, let verdicts): load { .panels(session: session, try $0.panels(verdicts)) }
    case .loadCriteria(let session, let turn, let judges): loadCriteria(session, turn, judges)
    case .saveCriteria(let brief, let session, let turn, let judges):
      engine.keep(brief, for: JudgeRequest(session: session, turn: turn, judges: judges))
    case .confirmJudgement(let id): engine.store.append(.confirmed(judgement: id))
    case .runExperiment(let request): runExperiment(request)
    case .readExperiment(let session): readExperiment(session)
    case .planRest(let session): planExperiment(session)
    case .planExperiment(let draft): planExperiment(draft)
    case .stopExperiment(let session): stopExperiment(session)
    case .loadReplay(let session): load { .replay(try $0.replay(session)) }
    case .readTraffic(let limit): readTraffic(limit: limit)
    case .findCode(let text, let lane): load { _ in .codeFound(MarkdownText.codeBlocks(in: text), lane: lane) }
    case .inquiry(let inquiry): load { .answer(try inquiry.inquiry.anyAnswer($0)) }
    case .keepKey(let services, let key, let needsLanes): keepKey(services, key, needsLanes: needsLanes)
    // Done by whoever shows the workbench.
    case .copy, .copyBlock, .copySelection, .edit, .useTheme, .captureMouse, .loadThemes, .suspend, .redraw, .quit:
      break
    }
  }

  /// The time, as the state is told it.
  var tick: Input { .tick(clock.now(), date: clock.date()) }

  /// Before the first key: gives the state the time and chance, which it cannot get by itself. What runs beside the workbench begins
  /// with it.
  func begin(_ state: inout State) {
    var random = SystemRandomNumberGenerator()
    state.moment.random = SplitMix64(seed: random.next())
    (state.moment.now, state.moment.date) = (clock.now(), clock.date())
    let inbox = inbox
    surroundings.gateway?.start { inbox.post(.gateway($0)) }
  }

  /// The gateway beside it ends first; lanes still running are stopped and kept, those of sessions left behind too.
  func finish() {
    surroundings.gateway?.stop()
    for race in races.values { race.stopAll() }
    judgingTask?.cancel()
    for run in experiments { run.stop() }
    let stopped = DispatchSemaphore(value: 0)
    engine.settle { stopped.signal() }
    _ = stopped.wait(timeout: .now() + 1)
  }

  // MARK: Races

  private func race(_ session: Session, isNew: Bool, _ judges: [Lane]) {
    guard let turn = session.turns.last else { return }
    let id = TurnID(session: session.id, turn: turn.number)
    var request = RaceRequest(session: session, isNewSession: isNew, turn: turn)
    request.wallets = [wallet(id, spent: .zero)]
    request.good = judges.first.map { GoodEnough(judge: $0) }
    races[id] = engine.start(request, observe: post(id))
  }

  private func run(_ session: Session, _ lanes: [Int], _ spent: Money) {
    guard let turn = session.turns.last else { return }
    let entries = lanes.map { RaceRequest.entry(number: $0, session: session, turn: turn) }
    let generations = Dictionary(uniqueKeysWithValues: lanes.map { ($0, turn.responses[$0]?.generation ?? 1) })
    let id = TurnID(session: session.id, turn: turn.number)
    if races[id] == nil {
      // A session opened again: the turn has its row, a race of no lanes takes the new responses.
      var request = RaceRequest(session: session, isNewSession: false, turn: turn, lanes: [])
      request.wallets = [wallet(id, spent: spent)]
      races[id] = engine.resume(request, observe: post(id))
    }
    races[id]?.run(entries, generations: generations, startsOver: lanes.count == session.activeLanes.count)
  }

  private func post(_ id: TurnID) -> @Sendable (RaceEvent) -> Void {
    { [inbox] event in inbox.post(.race(session: id.session, turn: id.turn, event)) }
  }

  private func warm(_ lanes: [Lane]) {
    let now = clock.now()
    guard now - lastWarm > 20_000_000_000 || lastWarm == 0 else { return }
    lastWarm = now
    engine.warm(lanes)
  }

  private func estimate(_ session: Session, _ asking: Asking, _ lanes: [Int], _ spent: Money) {
    guard let turn = session.turns.last else { return }
    let wallet = wallet(TurnID(session: session.id, turn: turn.number), spent: spent)
    load { engine in
      let entries = lanes.map { RaceRequest.entry(number: $0, session: session, turn: turn) }
      return .estimated(try engine.estimate(entries, system: turn.system, wallets: [wallet]), asking)
    }
  }

  /// What the prompt will cost as it stands, whenever that has changed.
  func reckon(_ state: State) {
    guard !isReckoning, !state.draft.composer.isEmpty else { return }
    let now = Reckoned(
      text: state.draft.composer.text, lanes: state.lineup, system: state.draft.system,
      files: state.draft.attachments.count,
      session: state.session.id)
    guard now != reckoned else { return }
    (reckoned, isReckoning) = (now, true)
    let session = state.session
    let turn = state.nextTurn
    load { engine in
      var outlook = Outlook()
      engine.readMeasures(of: session.lanes.map(\.model))
      for number in session.activeLanes {
        let exposure = engine.exposure(
          of: RaceRequest.entry(number: number, session: session, turn: turn), system: turn.system)
        outlook.probable = outlook.probable + exposure.probable
        outlook.most = outlook.most + exposure.most
        if exposure.isUnpriced { outlook.hasUnknown = true }
        outlook.usual[number] = engine.usualAnswer(of: session.lanes[number].model)
      }
      return .outlook(outlook)
    }
  }

  /// Of a turn; of one that was raced before, it has spent what its answers cost.
  func wallet(_ id: TurnID, spent: Money) -> Wallet {
    if let wallet = wallets[id] { return wallet }
    let wallet = engine.purse.turnWallet(spent: spent)
    wallets[id] = wallet
    return wallet
  }

  /// Money is told by the ledger, once what has just ended is in it.
  private func loadSpending(of input: Input, _ state: State) {
    let shown = if case .opened(let opened, _, _) = input { opened } else { state.session }
    let (session, number) = (shown.id, shown.turns.last?.number ?? 0)
    let wallet = wallets[TurnID(session: session, turn: number)]
    let (engine, inbox) = (engine, inbox)
    engine.store.commit { _ in
      OwnThread.start {
        var spending = State.Spending()
        guard let read = try? engine.store.spending(session: session), let today = try? engine.spentToday() else {
          return
        }
        (spending.session, spending.today) = (read, today)
        spending.turn = wallet?.spent ?? read.turns[number] ?? .zero
        inbox.post(.spending(session: session, spending))
      }
    }
  }

  /// Verdicts of a session that is opened.
  func loadJudgements(_ session: String) {
    load {
      .votes(session: session, try $0.store.votes(session: session), picks: try $0.store.picks(session: session))
    }
    load {
      .judgements(
        session: session, try $0.store.judgements(session: session), try $0.store.fits(session: session))
    }
  }

  // MARK: Lists

  /// Reads away from the main thread.
  func load(_ read: @escaping @Sendable (Engine) throws -> Input) {
    let (engine, inbox) = (engine, inbox)
    OwnThread.start {
      do {
        inbox.post(try read(engine))
      } catch {
        inbox.post(.message((error as? StoreFault)?.message ?? "\(error)"))
      }
    }
  }

  private func loadModels() {
    let (engine, inbox) = (engine, inbox)
    OwnThread.start {
      let recent = (try? engine.store.recentModels(limit: 20)) ?? []
      let early = { (entries: [CatalogueEntry]) in inbox.post(.models(entries.map(Self.item), isWhole: false)) }
      engine.catalogue(recent: recent, asking: .all, early: early) { inbox.post(.models($0.map(Self.item))) }
    }
  }

  private func loadFiles(_ folder: String) {
    let list = surroundings.listFolder
    load { _ in
      let prefix = folder == "." ? "" : folder
      return .files(list(folder).map { ChoiceList.Item(title: $0, detail: "", value: prefix + $0) })
    }
  }

  /// Saved ones before those of the config that have the same name.
  private func loadLineups() {
    let configured = surroundings.lineups
    load { engine in
      let saved = Dictionary(try engine.store.lineups().map { ($0.name, $0.lanes) }) { first, _ in first }
      let all = configured.merging(saved) { $1 }
      return .lineups(
        all.sorted { $0.key < $1.key }.map { name, lanes in
          ChoiceList.Item(title: name, detail: lanes.map(\.model.text).joined(separator: ", "), value: name)
        })
    }
  }

  private nonisolated static func item(_ entry: CatalogueEntry) -> ChoiceList.Item {
    ChoiceList.Item(title: entry.model.text, detail: entry.detail, value: entry.model.text, isQuiet: entry.isKeyMissing)
  }

  nonisolated static func item(_ session: SessionSummary) -> ChoiceList.Item {
    let cost = session.hasUnknownCost ? "\(session.cost.screenText) + ?" : session.cost.screenText
    return ChoiceList.Item(
      title: session.title.isEmpty ? "(no title)" : session.title,
      // What one looks for first: a narrow window cuts the end.
      detail: "\(localTime(session.created)) · \(cost) · \(Readable.count(session.models.count, "lane")) · "
        + Readable.count(session.turns, "turn"),
      value: session.id)
  }
}

extension Input {
  /// Something has ended that cost money, or a session is shown that did.
  fileprivate var tellsOfMoney: Bool {
    switch self {
    case .race(_, _, .lane(_, .ended)), .race(_, _, .ended), .judging(_, _, .judged), .judged, .opened: true
    default: false
    }
  }
}
