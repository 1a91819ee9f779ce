import Core
import Dispatch
import Engine
import Synchronization
import Terminal

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The workbench's main loop: waits for keys and events, updates the state, draws. Lives on the main thread; everything from
/// other threads comes through the inbox.
@MainActor
public final class App {
  /// No faster than this: what comes in between is drawn together.
  private static let frameTime: Int64 = 16_000_000
  /// Running clocks move this often.
  private static let tickTime: Int64 = 100_000_000

  private let engine: Engine
  private let screen: Screen
  private let inbox = Inbox()
  private let layouts = Layouts()
  private var state: State
  /// Races that may still be running: the shown turn's, and those of sessions that were left while they streamed.
  private var races: [RaceID: Race] = [:]
  private var isLeaving = false
  private var isDirty = true
  private var lastDraw: Int64 = 0
  private var lastWarm: Int64 = 0
  private var signals: [any DispatchSourceSignal] = []
  private struct RaceID: Hashable {
    let session: String
    let turn: Int
  }

  /// Told the time from a key to the frame that shows it, each frame's own time, and the last frame; for measurements.
  public var probe: Probe?

  public struct Probe {
    public var frames: [Int64] = []
    public var keys: [Int64] = []
    public var last: Frame?

    public init() {}
  }

  /// - Throws: `Screen.Failure` when the terminal cannot be drawn on.
  public init(engine: Engine, state: State, theme: Theme, traits: TerminalTraits) throws(Screen.Failure) {
    self.engine = engine
    self.state = state
    screen = try Screen(theme: theme, traits: traits)
    if !screen.speaksUTF8 { self.state.borders = .ascii }
    (self.state.width, self.state.height) = screen.size
    do {
      self.state.composer.history = try engine.store.recentPrompts(limit: 200)
    } catch {
      self.state.message = error.message
    }
    let inbox = inbox
    engine.store.onFault { fault in inbox.post(.message(fault?.message ?? "answers are being saved again")) }
  }

  /// Runs until the person leaves. The terminal is given back in any case.
  /// - Parameter prompt: sent at once, if given.
  public func run(prompt: String?) {
    defer { screen.close() }
    watchSignals()
    screen.wake(through: inbox.writeEnd)
    if let prompt {
      state.composer.set(prompt)
      dispatch(.key(.enter))
    }
    draw()
    while !isLeaving { step() }
    finish()
  }

  private func watchSignals() {
    signals = [SIGTERM, SIGHUP, SIGINT, SIGQUIT].map { Self.watch($0, inbox) }
  }

  /// Outside the main actor: the handler runs on a queue of its own.
  private nonisolated static func watch(_ number: Int32, _ inbox: Inbox) -> any DispatchSourceSignal {
    signal(number, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
    let first = Mutex<Int64?>(nil)
    source.setEventHandler {
      // Ctrl-C in another program on this terminal is meant for that one.
      if Screen.isAway, [SIGINT, SIGQUIT].contains(number) { return }
      let now = Clock.now()
      let since = first.withLock { first in
        defer { first = first ?? now }
        return now - (first ?? now)
      }
      // Asked again, the main loop having not left: at once then. Not at a second report of the same thing (a terminal that
      // closes, `timeout`), which comes right behind the first.
      if since > 100_000_000, number != SIGHUP { Screen.die(bySignal: number) }
      inbox.post(.quit)
    }
    source.resume()
    return source
  }

  private func step() {
    var sources = [
      pollfd(fd: 0, events: Int16(POLLIN), revents: 0), pollfd(fd: inbox.descriptor, events: Int16(POLLIN), revents: 0),
    ]
    let ready = poll(&sources, 2, waitMilliseconds())
    let woken = Clock.now()
    dispatch(.tick(woken))
    // An interrupted wait is a resize, which ncurses tells as a key.
    let hasKeys = ready < 0 || screen.isSignalled || sources[0].revents & Int16(POLLIN) != 0
    let isRead = hasKeys && readKeys()
    // A terminal that is gone stays readable, and there is never anything to read.
    if sources[0].revents & Int16(POLLHUP | POLLERR | POLLNVAL) != 0, !isRead { isLeaving = true }
    for input in inbox.take() { dispatch(input) }
    if state.isStreaming, woken - lastDraw >= Self.tickTime { isDirty = true }
    if isDirty, hasKeys || Clock.now() - lastDraw >= Self.frameTime {
      draw()
      if hasKeys { probe?.keys.append(Clock.now() - woken) }
    }
  }

  private func waitMilliseconds() -> Int32 {
    let now = Clock.now()
    if isDirty { return Int32(max(0, (lastDraw + Self.frameTime - now) / 1_000_000) + 1) }
    return state.isStreaming ? Int32(max(1, (lastDraw + Self.tickTime - now) / 1_000_000)) : 60_000
  }

  /// - Returns: whether there were any.
  private func readKeys() -> Bool {
    let keys = screen.readKeys()
    for key in keys { if key == .resize { readSize() } else { dispatch(.key(key)) } }
    return !keys.isEmpty
  }

  private func readSize() {
    let size = screen.size
    dispatch(.size(width: size.width, height: size.height))
  }

  private func draw() {
    let start = Clock.now()
    let (frame, extents) = view(state, layouts)
    state.extents = extents
    screen.draw(frame)
    lastDraw = Clock.now()
    isDirty = false
    probe?.frames.append(lastDraw - start)
    probe?.last = frame
  }

  private func dispatch(_ posted: Input) {
    var input = posted
    if case .opened(let session, _) = input {
      let id = RaceID(session: session.id, turn: session.turns.last?.number ?? 0)
      input = .opened(session, isRacedHere: races[id] != nil)
    }
    if case .tick = input {} else { isDirty = true }
    if case .race(let session, let turn, .ended) = input, RaceID(session: session, turn: turn) != shownRace {
      races[RaceID(session: session, turn: turn)] = nil
    }
    for command in update(&state, input) { carryOut(command) }
  }

  // MARK: Commands

  private func carryOut(_ command: Command) {
    switch command {
    case .race(let isNewSession): startRace(isNewSession: isNewSession)
    case .run(let lanes): run(lanes)
    case .stop(let lane): race?.stop(lane)
    case .stopAll: race?.stopAll()
    case .saveSetup:
      let session = state.session
      engine.store.append(.setup(session: session.id, lanes: session.lanes, rule: session.rule))
    case .warm:
      let now = Clock.now()
      if now - lastWarm > 20_000_000_000 || lastWarm == 0 {
        lastWarm = now
        engine.warm(state.lanes)
      }
    case .loadModels: loadModels()
    case .loadSessions: load { .sessions(try $0.store.sessions().map(Self.item)) }
    case .open(let session): load { .opened(try $0.store.session(session), isRacedHere: false) }
    case .suspend:
      screen.suspend()
      readSize()
    case .redraw: screen.redraw()
    case .quit: isLeaving = true
    }
  }

  private var shownRace: RaceID { RaceID(session: state.session.id, turn: state.turn?.number ?? 0) }

  private var race: Race? { races[shownRace] }

  private func startRace(isNewSession: Bool) {
    guard let turn = state.turn else { return }
    let request = RaceRequest(session: state.session, isNewSession: isNewSession, turn: turn)
    races[shownRace] = engine.start(request, observe: post(shownRace))
  }

  private func run(_ lanes: [Int]) {
    guard let turn = state.turn else { return }
    let entries = lanes.map { RaceRequest.entry(number: $0, session: state.session, turn: turn) }
    let generations = Dictionary(uniqueKeysWithValues: lanes.map { ($0, turn.responses[$0]?.generation ?? 1) })
    if race == nil {
      // A session opened again: the turn has its row, a race of no lanes takes the new responses.
      let request = RaceRequest(session: state.session, isNewSession: false, turn: turn, lanes: [])
      races[shownRace] = engine.resume(request, observe: post(shownRace))
    }
    race?.run(entries, generations: generations, startsOver: lanes.count == state.lanes.count)
  }

  private func post(_ id: RaceID) -> @Sendable (RaceEvent) -> Void {
    { [inbox] event in inbox.post(.race(session: id.session, turn: id.turn, event)) }
  }

  /// Reads from the database away from the main thread.
  private func load(_ read: @escaping @Sendable (Engine) throws -> Input) {
    let (engine, inbox) = (engine, inbox)
    DispatchQueue.global().async {
      do {
        inbox.post(try read(engine))
      } catch {
        inbox.post(.message((error as? StoreFault)?.message ?? "\(error)"))
      }
    }
  }

  private func loadModels() {
    let (engine, inbox) = (engine, inbox)
    DispatchQueue.global().async {
      let recent = (try? engine.store.recentModels(limit: 20)) ?? []
      engine.catalogue(recent: recent) { entries in inbox.post(.models(entries.map(Self.item))) }
    }
  }

  private nonisolated static func item(_ entry: CatalogueEntry) -> ChoiceList.Item {
    ChoiceList.Item(title: entry.model.text, detail: entry.detail, value: entry.model.text, isQuiet: entry.isKeyMissing)
  }

  private nonisolated static func item(_ session: SessionSummary) -> ChoiceList.Item {
    let cost = session.hasUnknownCost ? "\(session.cost.screenText) + ?" : session.cost.screenText
    return ChoiceList.Item(
      title: session.title.isEmpty ? "(no title)" : session.title,
      // What one looks for first: a narrow window cuts the end.
      detail: "\(localTime(session.created)) · \(cost) · \(Readable.count(session.models.count, "lane")) · "
        + Readable.count(session.turns, "turn"),
      value: session.id)
  }

  /// Lanes still running are stopped and kept, those of sessions left behind too.
  private func finish() {
    for race in races.values { race.stopAll() }
    let stopped = DispatchSemaphore(value: 0)
    engine.settle { stopped.signal() }
    _ = stopped.wait(timeout: .now() + 1)
  }
}

/// `2026-11-23 14:05` in the person's own time zone.
public func localTime(_ seconds: Int64) -> String {
  var time = time_t(seconds)
  var parts = tm()
  localtime_r(&time, &parts)
  var buffer = [CChar](repeating: 0, count: 32)
  let count = strftime(&buffer, buffer.count, "%Y-%m-%d %H:%M", &parts)
  return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
