import Core
import Dispatch
import Engine

/// Carries out the commands that concern the engine and the database, for the screen and for plain mode alike. Main thread;
/// what is read or raced comes back through the inbox.
@MainActor
final class Conductor {
  let engine: Engine
  let inbox: Inbox
  var clock: Clock { engine.clock }
  /// Judges at work; cancelled when the person says so.
  var judgingTask: Task<Void, Never>?
  private let surroundings: Surroundings
  /// Races that may still be running: the shown turn's, and those of sessions that were left while they streamed.
  private var races: [RaceID: Race] = [:]
  /// What the turns that are raced here may cost, with all that is done about them.
  private var wallets: [RaceID: Wallet] = [:]
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
  let finder = SessionFinder()
  let traffic = TrafficReader()

  private struct RaceID: Hashable {
    let session: String
    let turn: Int
  }

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
    case .opened(let session, _):
      let id = RaceID(session: session.id, turn: session.turns.last?.number ?? 0)
      return .opened(session, isRacedHere: races[id] != nil)
    case .race(let session, let turn, .ended):
      let id = RaceID(session: session, turn: turn)
      if id != shownRace(state) { races[id] = nil }
      return input
    default: return input
    }
  }

  func carryOut(_ command: Command, _ state: State) {
    switch command {
    case .race(let isNewSession): startRace(isNewSession: isNewSession, state)
    case .run(let lanes): run(lanes, state)
    case .stop(let lane): races[shownRace(state)]?.stop(lane)
    case .stopAll: races[shownRace(state)]?.stopAll()
    case .saveSetup:
      let session = state.session
      engine.store.append(.setup(session: session.id, lanes: session.lanes, rule: session.rule))
    case .saveContinued:
      guard let turn = state.turn else { return }
      engine.store.append(.continued(session: state.session.id, turn: turn.number, lane: turn.continued))
    case .warm: warm(state)
    case .estimate(let prompt): estimate(prompt, state)
    case .estimateAgain(let lanes): estimate(lanes, state)
    case .loadModels: loadModels()
    case .loadSessions: load { .sessions(try $0.store.sessions().map(Self.item)) }
    case .open(let session):
      load { .opened(try $0.store.session(session), isRacedHere: false) }
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
      load { _ in .attached(try read(path)) }
    case .loadFiles(let folder): loadFiles(folder)
    case .saveLineup(let name):
      let lanes = state.lineup
      engine.store.append(.lineup(name: name, lanes: lanes))
      inbox.post(.message("saved as lineup ‘\(VisibleText.line(name))’: \(Readable.count(lanes.count, "lane"))"))
    case .loadLineup(let name):
      let configured = surroundings.lineups
      load { engine in
        let saved = try engine.store.lineups().first { $0.name == name }?.lanes
        return .lineup(saved ?? configured[name] ?? [])
      }
    case .loadLineups: loadLineups()
    case .vote(let vote): engine.store.append(.vote(vote))
    case .undoVote(let id): engine.store.append(.undoneVote(id: id))
    case .reveal(let reading): reveal(reading)
    case .loadRepeat: loadRepeat()
    case .judge: judge(state)
    case .stopJudging: judgingTask?.cancel()
    case .loadPanels(let verdicts): loadPanels(verdicts, state)
    case .loadEvidence: loadEvidence(state)
    case .loadCriteria: loadCriteria(state)
    case .saveCriteria(let brief): saveCriteria(brief, state)
    case .confirmJudgement(let id): engine.store.append(.confirmed(judgement: id))
    case .loadLeaderboard(let choice): loadLeaderboard(choice, state)
    case .loadCards: loadCards()
    case .loadReplay: load { [session = state.session] in .replay(try $0.replay(session)) }
    case .loadCosts(let grouping): loadCosts(grouping, state)
    case .readTraffic(let limit): readTraffic(limit: limit)
    case .loadCall(let id): loadCall(id, width: state.width - 4)
    case .copy, .copySelection, .edit, .useTheme, .captureMouse, .loadThemes, .suspend, .redraw, .quit: break
    }
  }

  /// The time, as the state is told it.
  var tick: Input { .tick(clock.now(), date: clock.date()) }

  /// Before the first key: gives the state the time and chance, which it cannot get by itself. What runs beside the workbench begins
  /// with it.
  func begin(_ state: inout State) {
    var random = SystemRandomNumberGenerator()
    state.random = SplitMix64(seed: random.next())
    (state.now, state.date) = (clock.now(), clock.date())
    let inbox = inbox
    surroundings.gateway?.start { inbox.post(.gateway($0)) }
  }

  /// The gateway beside it ends first; lanes still running are stopped and kept, those of sessions left behind too.
  func finish() {
    surroundings.gateway?.stop()
    for race in races.values { race.stopAll() }
    judgingTask?.cancel()
    let stopped = DispatchSemaphore(value: 0)
    engine.settle { stopped.signal() }
    _ = stopped.wait(timeout: .now() + 1)
  }

  // MARK: Races

  private func shownRace(_ state: State) -> RaceID {
    RaceID(session: state.session.id, turn: state.turn?.number ?? 0)
  }

  private func startRace(isNewSession: Bool, _ state: State) {
    guard let turn = state.turn else { return }
    var request = RaceRequest(session: state.session, isNewSession: isNewSession, turn: turn)
    request.wallets = [wallet(state)]
    request.good = state.judges.first.map { GoodEnough(judge: $0) }
    races[shownRace(state)] = engine.start(request, observe: post(shownRace(state)))
  }

  private func run(_ lanes: [Int], _ state: State) {
    guard let turn = state.turn else { return }
    let entries = lanes.map { RaceRequest.entry(number: $0, session: state.session, turn: turn) }
    let generations = Dictionary(uniqueKeysWithValues: lanes.map { ($0, turn.responses[$0]?.generation ?? 1) })
    let id = shownRace(state)
    if races[id] == nil {
      // A session opened again: the turn has its row, a race of no lanes takes the new responses.
      var request = RaceRequest(session: state.session, isNewSession: false, turn: turn, lanes: [])
      request.wallets = [wallet(state)]
      races[id] = engine.resume(request, observe: post(id))
    }
    races[id]?.run(entries, generations: generations, startsOver: lanes.count == state.shown.count)
  }

  private func post(_ id: RaceID) -> @Sendable (RaceEvent) -> Void {
    { [inbox] event in inbox.post(.race(session: id.session, turn: id.turn, event)) }
  }

  private func warm(_ state: State) {
    let now = clock.now()
    guard now - lastWarm > 20_000_000_000 || lastWarm == 0 else { return }
    lastWarm = now
    engine.warm(state.lineup)
  }

  /// What the turn that is being written may cost.
  private func estimate(_ prompt: String, _ state: State) {
    let session = state.session
    let turn = Turn(
      number: (state.turn?.number ?? 0) + 1, prompt: prompt, system: state.system, attachments: state.attachments,
      rule: session.rule)
    load { engine in
      let entries = session.activeLanes.map { RaceRequest.entry(number: $0, session: session, turn: turn) }
      let estimate = try engine.estimate(entries, system: turn.system, wallets: [engine.purse.turnWallet()])
      return .estimated(estimate, .turn)
    }
  }

  /// What the prompt will cost as it stands, whenever that has changed.
  func reckon(_ state: State) {
    guard !isReckoning, !state.composer.isEmpty else { return }
    let now = Reckoned(
      text: state.composer.text, lanes: state.lineup, system: state.system, files: state.attachments.count,
      session: state.session.id)
    guard now != reckoned else { return }
    (reckoned, isReckoning) = (now, true)
    let session = state.session
    let turn = Turn(
      number: (state.turn?.number ?? 0) + 1, prompt: now.text, system: state.system, attachments: state.attachments,
      rule: session.rule)
    load { engine in
      var outlook = Outlook()
      engine.readMeasures(of: session.lanes.map(\.model))
      for number in session.activeLanes {
        let exposure = engine.exposure(
          of: RaceRequest.entry(number: number, session: session, turn: turn), system: turn.system)
        outlook.probable = outlook.probable + exposure.probable
        outlook.most = outlook.most + exposure.most
        if exposure.isUnpriced { outlook.hasUnknown = true }
      }
      return .outlook(outlook)
    }
  }

  /// What lanes of the latest turn may cost that are to be asked again.
  private func estimate(_ lanes: [Int], _ state: State) {
    guard let turn = state.turn else { return }
    let (session, wallet) = (state.session, wallet(state))
    load { engine in
      let entries = lanes.map { RaceRequest.entry(number: $0, session: session, turn: turn) }
      return .estimated(try engine.estimate(entries, system: turn.system, wallets: [wallet]), .lanes(lanes))
    }
  }

  /// Of the shown turn; of one that was raced before, it has spent what its answers cost.
  func wallet(_ state: State) -> Wallet {
    let id = shownRace(state)
    if let wallet = wallets[id] { return wallet }
    let wallet = engine.purse.turnWallet(spent: state.spentThisTurn)
    wallets[id] = wallet
    return wallet
  }

  /// Money is told by the ledger, once what has just ended is in it.
  private func loadSpending(of input: Input, _ state: State) {
    let shown = if case .opened(let opened, _) = input { opened } else { state.session }
    let (session, number) = (shown.id, shown.turns.last?.number ?? 0)
    let wallet = wallets[RaceID(session: session, turn: number)]
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
    load { .votes(session: session, try $0.store.votes(session: session)) }
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
      engine.catalogue(recent: recent) { entries in inbox.post(.models(entries.map(Self.item))) }
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
