import Core
import Dispatch
import Engine
import Terminal

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The workbench as lines of text, for screen readers and terminals that can do nothing else: answers are told as they finish,
/// menus go by number. The same state, engine and database as on the screen. Main thread.
@MainActor
public final class PlainWorkbench {
  var state: State
  private let inbox = Inbox()
  private let conductor: Conductor
  private let output: (String) -> Void
  private var lines = LineReader()
  private var isLeaving = false
  private var interrupts: (any DispatchSourceSignal)?

  /// - Parameter output: prints one line.
  public init(engine: Engine, state: State, surroundings: Surroundings, output: @escaping (String) -> Void) {
    self.state = state
    self.output = output
    conductor = Conductor(engine: engine, inbox: inbox, surroundings: surroundings)
    let inbox = inbox
    engine.store.onFault { fault in inbox.post(.message(fault?.message ?? "answers are being saved again")) }
  }

  /// - Parameters:
  ///   - prompt: sent at once, if given.
  ///   - votes: voted on at once; what else can be done is not told then.
  public func run(prompt: String?, votes: VoteSource? = nil) {
    interrupts = Self.watchInterrupt(inbox)
    conductor.begin(&state)
    if let votes {
      vote(votes)
      return conductor.finish()
    }
    tellLanes()
    tell("Type a prompt and press Enter. An empty line opens the menu.")
    if let prompt { send(prompt) }
    while !isLeaving, let line = nextLine() { take(line) }
    // Input that ended is no reason to cut the answers off, nor the judge.
    while state.isStreaming || state.findings.judging != nil, !isLeaving { wait(readsInput: false) }
    conductor.finish()
  }

  private nonisolated static func watchInterrupt(_ inbox: Inbox) -> any DispatchSourceSignal {
    signal(SIGINT, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
    source.setEventHandler { inbox.post(.key(.control("c"))) }
    source.resume()
    return source
  }

  // MARK: Lines in

  /// The next line that is typed; what happens meanwhile is told. Nil at the end of the input.
  func nextLine() -> String? {
    while !isLeaving {
      if let line = lines.next() { return line }
      if lines.isAtEnd { return nil }
      wait(readsInput: true)
    }
    return nil
  }

  /// Asks a question; nil for an empty answer.
  func ask(_ question: String) -> String? {
    tell(question)
    guard let line = nextLine()?.trimmed, !line.isEmpty else { return nil }
    return line
  }

  func wait(readsInput: Bool) {
    var sources = [pollfd(fd: inbox.descriptor, events: Int16(POLLIN), revents: 0)]
    if readsInput { sources.append(pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)) }
    _ = poll(&sources, nfds_t(sources.count), -1)
    carryOut(update(&state, conductor.tick))
    for input in inbox.take() { dispatch(input) }
    if readsInput, sources[1].revents != 0 { lines.fill() }
  }

  private func take(_ line: String) {
    if state.isStreaming {
      let word = line.trimmed.lowercased()
      if word == "stop" { return carryOut([.stopAll(state.runningID)]) }
      if let lane = Int(word), state.race.lanes.contains(lane - 1) {
        return carryOut([.stop(state.runningID, lane: lane - 1)])
      }
      return tell("Lanes are still answering. Type stop to stop all, or a lane's number to stop that one.")
    }
    if line.trimmed.isEmpty { openMenu() } else { send(([line] + lines.pasted()).joined(separator: "\n")) }
  }

  func send(_ prompt: String) {
    state.draft.composer.set(prompt)
    carryOut(state.perform(.send))
    // Files that it names have been read meanwhile.
    for input in inbox.take() { dispatch(input) }
    tellMessage()
  }

  // MARK: Lines out

  /// What models and files sent never reaches the terminal as it is.
  func tell(_ text: String) { output(VisibleText.of(text)) }

  func tellMessage() {
    // What follows names a key, of which there are none here.
    guard let message = state.message?.split(separator: ";").first else { return }
    state.message = nil
    tell(message.prefix(1).uppercased() + message.dropFirst() + ".")
  }

  func name(_ lane: Int) -> String { "Lane \(lane + 1), \(state.lanes[lane].title)" }

  func tellLanes() {
    tell(Readable.count(state.asked.count, "lane") + ", race rule \(state.session.rule.rawValue):")
    for lane in state.asked { tell("  \(name(lane))") }
  }

  func dispatch(_ posted: Input) {
    let input = conductor.taken(posted, state)
    carryOut(update(&state, input))
    tellMessage()
    if case .gateway(.listening(let port)) = input { tell("The gateway listens on port \(port).") }
    if let question = state.layers.top as? Question { confirm(question) }
    if case .judging(let session, _, .judged(let judgement)) = input, session == state.session.id {
      tellVerdict(judgement)
    }
    if case .judged(let session, _) = input, session == state.session.id { tell("The judge has ended.") }
    guard case .race(let session, let turn, let event) = input, session == state.session.id,
      turn == state.turn?.number
    else { return }
    switch event {
    case .lane(let lane, .ended(let response)): tellEnd(lane, response)
    case .lane(let lane, .notice(let text)): tell("\(name(lane)): \(text).")
    case .won(let lane) where state.turn?.rule != .all: tell("\(name(lane)) wins.")
    case .won, .lane, .fit, .ended: break
    }
  }

  private func tellEnd(_ lane: Int, _ response: Response) {
    var parts = [name(lane), response.state.rawValue]
    let places = state.places
    if let place = places[lane] { parts.append(Readable.ordinal(place)) }
    if let end = response.timing.end { parts.append(Readable.duration(end)) }
    parts.append(response.isSimulated ? "simulated" : Readable.cost(response.cost))
    tell("")
    tell(parts.joined(separator: ", ") + (response.text.isEmpty ? "." : ":"))
    if !response.text.isEmpty { tell(response.text) }
    if let error = response.error { tell("\(error.message).") }
    if !state.isStreaming {
      tell("")
      tell("All lanes have ended. Type the next prompt, or an empty line for the menu.")
    }
  }

  func confirm(_ question: Question) {
    for sentence in question.sentences { tell(sentence) }
    let answer = ask("Send it all the same? Type yes or no.")
    carryOut(state.perform(answer?.lowercased().hasPrefix("y") == true ? .questionYes : .questionNo))
  }

  func carryOut(_ commands: [Command]) {
    for command in commands {
      switch command {
      case .quit: isLeaving = true
      case .race:
        tell("Asking \(Readable.count(state.asked.count, "lane")).")
        conductor.carryOut(command)
      default: conductor.carryOut(command)
      }
    }
  }

  /// Lists come from the engine: waits until this one has been filled.
  func filledList() -> ChoiceList? {
    while let list = state.layers.topmost(ChoiceList.self) {
      if !list.isLoading { return list }
      wait(readsInput: false)
    }
    return nil
  }
}
