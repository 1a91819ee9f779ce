import Core
import Dispatch
import Engine
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
  private var tickTime: Int64 { state.screen.hasReducedMotion ? 1_000_000_000 : 100_000_000 }

  let screen: Screen
  let inbox = Inbox()
  private let conductor: Conductor
  private var clock: Clock { conductor.clock }
  let surroundings: Surroundings
  private(set) lazy var themes = surroundings.themes()
  private let layouts: Layouts
  var state: State
  private var drawn: Frame?
  private var isLeaving = false
  private var isDirty = true
  private var lastDraw: Int64 = 0
  var themeName: String

  /// Told the time from a key to the frame that shows it, each frame's own time, and the last frame; for measurements.
  public var probe: Probe?

  public struct Probe {
    public var frames: [Int64] = []
    public var keys: [Int64] = []
    public var last: Frame?

    public init() {}
  }

  /// - Throws: `Screen.Failure` when the terminal cannot be drawn on.
  public init(
    engine: Engine, state: State, theme: Theme, traits: TerminalTraits, surroundings: Surroundings
  ) throws(Screen.Failure) {
    conductor = Conductor(engine: engine, inbox: inbox, surroundings: surroundings)
    self.state = state
    self.surroundings = surroundings
    layouts = Layouts(clock: engine.clock.now)
    themeName = theme.name
    screen = try Screen(theme: theme, traits: traits)
    if !screen.speaksUTF8 { self.state.screen.borders = .ascii }
    if !state.screen.capturesMouse { screen.capturesMouse = false }
    (self.state.screen.width, self.state.screen.height) = screen.size
    do {
      self.state.draft.composer.history = try engine.store.recentPrompts(limit: 200)
    } catch {
      self.state.message = error.message
    }
    if let other = screen.standIn {
      let name = VisibleText.line(surroundings.environment["TERM"] ?? "")
      self.state.message = "no description of \(name) here: drawn on as \(other)"
    }
    let inbox = inbox
    engine.store.onFault { fault in inbox.post(.message(fault?.message ?? "answers are being saved again")) }
  }

  /// Runs until the person leaves. The terminal is given back in any case.
  /// - Parameters:
  ///   - prompt: sent at once, if given.
  ///   - showsHome: begins at the home page.
  ///   - votes: what is voted on at once.
  ///   - experiment: what is asked at once, its grid in view.
  public func run(
    prompt: String?, showsHome: Bool = false, votes: VoteSource? = nil, experiment: BatchRequest? = nil
  ) {
    defer { screen.close() }
    screen.wake(through: inbox.writeEnd)
    conductor.begin(&state)
    if let prompt {
      state.draft.composer.set(prompt)
      dispatch(.key(.enter))
    }
    if showsHome { for command in state.perform(.home) { carryOut(command) } }
    if let votes { for command in state.openVoteDesk(votes) { carryOut(command) } }
    if let experiment { for command in state.begin(experiment) { carryOut(command) } }
    if state.session.purpose == .batch, prompt == nil { for command in state.openExperiment() { carryOut(command) } }
    draw()
    while !isLeaving { step() }
    if state.gateway != nil {
      state.message = "the gateway finishes what it is answering"
      draw()
    }
    conductor.finish()
  }

  private func step() {
    var sources = [
      pollfd(fd: 0, events: Int16(POLLIN), revents: 0), pollfd(fd: inbox.descriptor, events: Int16(POLLIN), revents: 0),
    ]
    poll(&sources, 2, waitMilliseconds())
    let woken = clock.now()
    let waits = state.waitsFor != nil
    dispatch(conductor.tick)
    // What a letter does that was alone is to be seen.
    if waits, state.waitsFor == nil { isDirty = true }
    let isDue = screen.inputDeadline.map { $0 <= woken } ?? false
    let hasKeys = isDue || screen.isSignalled || sources[0].revents & Int16(POLLIN) != 0
    if screen.isAskedToEnd { dispatch(.quit) }
    let isRead = hasKeys && readKeys()
    // A terminal that is gone stays readable, and there is never anything to read.
    if sources[0].revents & Int16(POLLHUP | POLLERR | POLLNVAL) != 0, !isRead { dispatch(.quit) }
    for input in inbox.take() { dispatch(input) }
    conductor.reckon(state)
    if state.isPlaying { isDirty = true }
    if state.isStreaming, woken - lastDraw >= tickTime { isDirty = true }
    if isDirty, hasKeys || clock.now() - lastDraw >= Self.frameTime {
      draw()
      if hasKeys { probe?.keys.append(clock.now() - woken) }
    }
  }

  private func waitMilliseconds() -> Int32 {
    // A signal that came since they were read may have had its byte taken with the inbox.
    if screen.isSignalled || screen.isAskedToEnd { return 0 }
    let now = clock.now()
    guard let deadline = screen.inputDeadline else { return waitForNews(now) }
    return min(waitForNews(now), Int32(max(0, (deadline - now) / 1_000_000)) + 1)
  }

  private func waitForNews(_ now: Int64) -> Int32 {
    if isDirty { return Int32(max(0, (lastDraw + Self.frameTime - now) / 1_000_000) + 1) }
    if let waits = state.waitsFor { return Int32(waits / 1_000_000) + 1 }
    if state.isPlaying { return Int32(Self.frameTime / 1_000_000) }
    if state.isStreaming { return Int32(max(1, (lastDraw + tickTime - now) / 1_000_000)) }
    if state.experimentPage?.snapshot?.isElsewhere == true { return Int32(ExperimentPage.interval / 1_000_000) }
    return state.isWatchingTraffic ? Int32(state.trafficInterval / 1_000_000) : 60_000
  }

  /// - Returns: whether there were any.
  private func readKeys() -> Bool {
    let keys = screen.readKeys(now: clock.now())
    for key in keys { if key == .resize { readSize() } else { dispatch(.key(key)) } }
    return !keys.isEmpty
  }

  func readSize() {
    let size = screen.size
    dispatch(.size(width: size.width, height: size.height))
  }

  private func draw() {
    let start = clock.now()
    let (frame, extents) = view(state, layouts)
    let isSearching = state.search?.pending != nil
    for command in update(&state, .drawn(extents)) { carryOut(command) }
    screen.draw(frame)
    drawn = frame
    lastDraw = clock.now()
    // What was looked for has been found by drawing it; what is long is laid out in several frames.
    isDirty = isSearching || layouts.isBehind
    probe?.frames.append(lastDraw - start)
    probe?.last = frame
  }

  private func dispatch(_ posted: Input) {
    let input = conductor.taken(posted, state)
    if case .tick = input {} else { isDirty = true }
    for command in update(&state, input) { carryOut(command) }
  }

  // MARK: Commands

  private func carryOut(_ command: Command) {
    switch command {
    case .copy(let text, let words): copy(text, words)
    case .copyBlock(let items, let lane): copyBlock(items, lane)
    case .copySelection: copySelection()
    case .edit(let what, let text): edit(what, text)
    case .loadThemes: chooseTheme()
    case .useTheme(let name, let isChosen): use(name, isChosen)
    case .captureMouse(let isOn): screen.capturesMouse = isOn
    case .suspend:
      screen.suspend()
      readSize()
    case .redraw: screen.redraw()
    case .quit: isLeaving = true
    default: conductor.carryOut(command)
    }
  }

  /// Rows of a lane's text as they are on the screen.
  func shownText(_ lane: Int) -> String {
    guard let area = state.desk.extents[lane]?.area, let drawn, area.width > 0 else { return "" }
    return (area.y..<(area.y + area.height)).map { y in
      drawn.cells[(y * drawn.width + area.x)..<(y * drawn.width + area.x + area.width)].map(\.text).joined()
    }.joined(separator: "\n")
  }
}

/// `2026-11-23 14:05` in the person's own time zone.
public func localTime(_ seconds: Int64) -> String { local(seconds, "%Y-%m-%d %H:%M") }

/// `14:05:09` in the person's own time zone.
public func localClock(_ seconds: Int64) -> String { local(seconds, "%H:%M:%S") }

/// `2026-11-23 14:05:09`.
public func localSecond(_ seconds: Int64) -> String { local(seconds, "%Y-%m-%d %H:%M:%S") }

/// `2026-11-23` of the person's own time zone.
@Sendable public func localDay(_ seconds: Int64) -> String { local(seconds, "%Y-%m-%d") }

private func local(_ seconds: Int64, _ format: String) -> String {
  var time = time_t(seconds.clamped(to: Bounds.dates))
  var parts = tm()
  localtime_r(&time, &parts)
  var buffer = [CChar](repeating: 0, count: 32)
  let count = strftime(&buffer, buffer.count, format, &parts)
  return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
