import ArgumentParser
import Core
import Engine
import Judging
import Foundation
import Store
import Synchronization
import Workbench

extension RaceRule: ExpressibleByArgument {}
extension AnswerLayout: ExpressibleByArgument {}

struct RaceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "race", abstract: "Send one prompt to several models at once.",
    discussion: """
      Rules: \(RaceRule.allCases.map { "\($0.rawValue) (\($0.explanation))" }.joined(separator: "; ")).
      Checks for first-valid: \(ValidityCheck.forms.joined(separator: ", ")); a command gets the answer on its standard input and
      passes with status 0 within ten seconds.
      """)

  @Argument(
    help:
      "The prompt; - reads it from standard input, and what comes there goes with any other: cat FILE | furlong race …")
  var prompt: String

  @OptionGroup var lanes: LaneOptions

  @Option(help: "What wins.")
  var rule: RaceRule?

  @Option(help: ArgumentHelp("What makes an answer valid; implies --rule first-valid.", valueName: "check"))
  var valid: String?

  @Option(
    name: .customLong("judge"),
    help: ArgumentHelp("Who reads the finishers for first-good; else the config's judge.", valueName: "model"))
  var judge: String?

  @Option(help: ArgumentHelp("The fit, 0 to 10, from which an answer is good enough for first-good.", valueName: "fit"))
  var bar: Double?

  @Option(
    help: ArgumentHelp("Start the next lane only when nothing has come for this many milliseconds.", valueName: "ms"))
  var hedge: Int?

  @Option(help: "The system prompt.")
  var system: String?

  @Option(name: .customLong("file"), help: ArgumentHelp("An image or text file to send along.", valueName: "file"))
  var files: [String] = []

  @Option(
    name: .customLong("tag"),
    help: ArgumentHelp(
      "What the prompt is about, for a leaderboard of its own; several may be given.", valueName: "tag"),
    completion: Completions.tags)
  var tags: [String] = []

  @Option(help: ArgumentHelp("Stop the whole turn after this many seconds.", valueName: "s"))
  var timeout: Double?

  @OptionGroup var spending: SpendingOptions

  @Flag(help: "Print one JSON document.")
  var json = false

  @Flag(
    help: "Print the winner's bare text and nothing else; implies --rule first-finish where several lanes have none.")
  var answer = false

  @Option(
    help: ArgumentHelp(
      "What a terminal shows: the winner's answer, all one after another, or columns; else all for the rule all, and the winner's for others.",
      valueName: "layout"))
  var show: AnswerLayout?

  @Flag(help: "Never start a pager, however long it is.")
  var noPager = false

  @OptionGroup var database: DatabaseOptions

  func validate() throws {
    if answer, json { throw ValidationError("--answer is bare text, --json a document: one of them") }
    if let valid, ValidityCheck(valid) == nil {
      throw ValidationError("‘\(valid)’ is no check: write one of \(ValidityCheck.forms.joined(separator: ", "))")
    }
    if let valid, case .regex(let pattern)? = ValidityCheck(valid), (try? Regex(pattern)) == nil {
      throw ValidationError("‘\(pattern)’ is not a regular expression")
    }
    if judge != nil || bar != nil, rule != .firstGood {
      throw ValidationError("--judge and --bar go with --rule first-good")
    }
    if let bar, !(0...10).contains(bar) { throw ValidationError("--bar takes a fit from 0 to 10") }
    if valid != nil, let rule, rule != .firstValid { throw ValidationError("--valid goes with --rule first-valid") }
    if let hedge, !(1...86_400_000).contains(hedge) {
      throw ValidationError("--hedge takes milliseconds, from 1 to 86400000 (a day)")
    }
    if let timeout, !(timeout > 0 && timeout <= 86_400) {
      throw ValidationError("--timeout takes seconds, above 0 and up to 86400 (a day)")
    }
  }

  func run() throws {
    let setup = try Setup(database: database.database)
    let prompt = try self.prompt == "-" ? Self.readStandardInput() : Self.withStandardInput(self.prompt)
    if prompt.allSatisfy(\.isWhitespace) { throw CommandError("the prompt is empty") }
    let attachments = try files.map(Self.attachment)
    let store = try setup.openStore()
    let engine = setup.makeEngine(store: store)
    let lanes = try setup.lanes(self.lanes, engine)
    try Self.requireAnyKey(lanes, setup, engine)
    let rule = rule ?? (valid != nil ? .firstValid : answer && lanes.count > 1 ? .firstFinish : .all)
    let session = Session(
      id: Session.newID(), created: Clock.system.date(), title: sessionTitle(prompt), rule: rule, lanes: lanes,
      turns: [])
    var turn = Turn(number: 1, prompt: prompt, system: system, attachments: attachments, rule: rule)
    turn.tags = tags
    var request = RaceRequest(session: session, isNewSession: true, turn: turn)
    request.check = valid.flatMap(ValidityCheck.init)
    request.hedge = hedge.map { Int64($0) * 1_000_000 }
    request.timeout = timeout.map { Int64(saturating: $0 * 1e9) }
    if rule == .firstGood { request.good = try goodEnough(lanes, setup, engine) }
    request.wallets = [engine.purse.turnWallet(spending.maxCost)]
    request.allowsUnpriced = spending.allowUnpriced
    try Self.requireRoom(request, engine)
    let race = HeadlessRace(request: request, engine: engine)
    let outcome = race.run()
    // Saved before it is printed: whoever reads the output may leave in the middle.
    var isSaved = true
    do throws(StoreError) {
      try store.close()
    } catch {
      // Told already when it happened; the answers are on standard output.
      isSaved = false
    }
    if json {
      Console.output(RaceDocument(session: session.id, turn: turn, outcome: outcome).json.serialized(indented: true))
    } else if answer {
      let lane = outcome.winner ?? (lanes.count == 1 ? 0 : nil)
      guard let response = lane.flatMap({ outcome.responses[$0] }), !response.text.isEmpty else {
        if let signal = outcome.interruption { throw ExitCode(128 + signal) }
        Console.error("furlong: no lane has won: there is no answer")
        throw ExitCode(1)
      }
      let text = VisibleText.of(response.text.withLineFeeds)
      Console.outputWhole(text.hasSuffix("\n") ? text : text + "\n")
    } else {
      let layout = show ?? (rule == .all ? .all : .winner)
      let pager = noPager ? nil : Console.pager(setup.environment)
      RaceText.printResult(outcome, rule: rule, session: session.id, layout: layout, pager: pager)
    }
    if let signal = outcome.interruption { throw ExitCode(128 + signal) }
    if !outcome.isAsAsked(rule: rule) || !isSaved { throw ExitCode(1) }
  }

  private func goodEnough(_ lanes: [Lane], _ setup: Setup, _ engine: Engine) throws(CommandError) -> GoodEnough {
    var options = JudgeOptions()
    options.judges = judge.map { [$0] } ?? []
    guard let judge = try options.lanes(setup, engine, isRequired: true).first else { throw CommandError("no judge") }
    let own = lanes.count { $0.model == judge.model }
    // Where all answers are of the judge's own model it cannot favour itself.
    guard own == 0 || own == lanes.count else {
      throw CommandError("\(judge.model.text) is a contestant, and does not judge itself: name another --judge")
    }
    return GoodEnough(judge: judge, bar: bar ?? GoodEnough.usualBar)
  }

  /// A race that cannot even begin is refused before it is stored.
  private static func requireRoom(_ request: RaceRequest, _ engine: Engine) throws(CommandError) {
    let estimate: Estimate
    do throws(StoreError) {
      estimate = try engine.estimate(request.lanes, system: request.turn.system, wallets: request.wallets)
    } catch {
      throw CommandError(error.message)
    }
    guard let left = estimate.left else { return }
    if !estimate.unknown.isEmpty, !request.allowsUnpriced, !engine.purse.budget.allowsUnpriced {
      let names = estimate.unknown.map { request.session.lanes[$0].model.text }.joined(separator: ", ")
      throw CommandError(
        "the price of \(names) is not known, and there is a budget: set it under prices in the config, or add --allow-unpriced"
      )
    }
    if estimate.least > left || left == .zero && estimate.worstCase > .zero {
      let held = estimate.held == .zero ? "" : ", since requests that run hold \(estimate.held.screenText)"
      throw CommandError(
        "reading the prompt alone costs \(estimate.least.screenText), and the budget leaves \(left.screenText)\(held): raise whichever is lowest, --max-cost or the config's per_turn, per_day or per_month"
      )
    }
  }

  /// One lane without its key fails by itself, while the others race; when none has a key there is no race. Nothing is run to
  /// find out.
  private static func requireAnyKey(_ lanes: [Lane], _ setup: Setup, _ engine: Engine) throws(CommandError) {
    var missing: [String] = []
    for lane in lanes {
      guard let service = engine.service(lane.model.provider) else { return }
      if !service.needsKey || setup.keyFinder.hasKey(service) { return }
      if case .missing(let message) = engine.key(for: service), !missing.contains(message) { missing.append(message) }
    }
    throw CommandError(missing.joined(separator: "\nfurlong: "))
  }

  /// The prompt, and behind it what was piped in. Whoever starts us may leave a pipe open on which nobody ever writes.
  private static func withStandardInput(_ prompt: String) throws -> String {
    if Console.inputIsTerminal { return prompt }
    var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
    guard poll(&input, 1, 3000) > 0 else {
      Console.error("nothing came on standard input in 3 s: the prompt goes without it")
      return prompt
    }
    // Closed: there is none.
    if input.revents & Int16(POLLNVAL) != 0 { return prompt }
    let piped = try readStandardInput()
    return piped.allSatisfy(\.isWhitespace) ? prompt : "\(prompt)\n\n\(piped)"
  }

  static func readStandardInput() throws -> String {
    if Console.inputIsTerminal { Console.error("Type the prompt, then Ctrl-D.") }
    guard let data = try FileHandle.standardInput.readToEnd() else { return "" }
    guard let text = String(data: data, encoding: .utf8) else {
      throw CommandError("the prompt on standard input is not UTF-8 text")
    }
    return text
  }

  static func attachment(_ path: String) throws -> Attachment {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw CommandError("cannot read the file \(path)")
    }
    if data.count > 20 << 20 { throw CommandError("\(path) is larger than 20 MB, more than any provider takes") }
    guard let attachment = Attachment(name: (path as NSString).lastPathComponent, sniffing: Array(data)) else {
      throw CommandError("\(path) is neither an image (PNG, JPEG, GIF, WebP) nor UTF-8 text")
    }
    return attachment
  }
}

/// What came out of a race without a screen.
struct RaceOutcome: Sendable {
  /// By lane number.
  var responses: [Int: Response] = [:]
  var winner: Int?
  /// What a judge gave the finishers.
  var fits: [Fit] = []
  var judgements: [Judgement] = []
  /// The person's, none while they may not know whose answer is whose.
  var votes: [Vote] = []
  /// Answers that the person picked with their names in view.
  var picks: [Pick] = []
  /// Nanoseconds from the start of the race to its winner, judging included.
  var wonAfter: Int64?
  /// The signal that stopped it.
  var interruption: Int32?
  /// The lanes of the session, which tell variants of one model apart.
  var lanes: [Lane] = []

  /// Answers that were raced, not written from the others.
  var raced: [Response] { ordered.filter { !lanes.indices.contains($0.lane) || !lanes[$0.lane].isFusion } }

  var ordered: [Response] { responses.values.sorted { $0.lane < $1.lane } }

  func marks(_ turn: Turn, session: String) -> TurnMarks {
    var turn = turn
    turn.responses = responses
    return TurnMarks(turn, session: session, judgements: judgements, fits: fits, votes: votes, picks: picks)
  }

  /// All lanes and what the judge read of them.
  var costOfWinning: (amount: Money, hasUnknown: Bool) {
    let costs = ordered.map(\.cost)
    return (
      costs.compactMap(\.amount).reduce(.zero, +) + fits.map(\.cost).reduce(.zero, +),
      costs.contains { $0.status == .unknown } || fits.contains(where: \.hasUnknownCost)
    )
  }

  /// Lanes that a rule stopped, or held back, are as asked; a lane that failed by itself, or a rule without a winner, is not.
  func isAsAsked(rule: RaceRule) -> Bool {
    (rule == .all || winner != nil)
      && ordered.allSatisfy { $0.state.isFinish || ($0.state == .stopped && $0.error == nil) }
  }
}

/// Runs a race on the calling thread until it is over, telling how far it is. Ctrl-C stops the lanes and keeps what came.
final class HeadlessRace: Sendable {
  private let request: RaceRequest
  private let engine: Engine
  /// Nothing is told that would say which lane is which.
  private let isBlind: Bool
  private let outcome = Mutex(RaceOutcome())
  private let running = Mutex<Race?>(nil)
  private let finished = DispatchSemaphore(value: 0)
  /// Printing may block on a slow reader; the transfer thread must not.
  private let printer = DispatchQueue(label: "furlong.output")

  init(request: RaceRequest, engine: Engine, isBlind: Bool = false) {
    self.isBlind = isBlind
    self.request = request
    self.engine = engine
  }

  func run() -> RaceOutcome {
    engine.store.onFault { if let fault = $0 { Console.error("furlong: \(fault.message)") } }
    let warmed = DispatchSemaphore(value: 0)
    engine.warm(request.lanes.map(\.lane)) { warmed.signal() }
    warmed.wait()
    let began = Clock.system.now()
    let progress = RaceProgress()
    let race = engine.start(request) { [self] event in
      outcome.withLock { outcome in
        switch event {
        case .lane(let lane, let event):
          if case .began(let response) = event {
            outcome.responses[lane] = response
          } else {
            outcome.responses[lane]?.apply(event)
          }
        case .ended(let winner): outcome.winner = winner
        case .won: outcome.wonAfter = Clock.system.now() - began
        case .fit(let fit): outcome.fits.append(fit)
        }
      }
      printer.async {
        self.show(event, progress)
        // Nobody reads the answers any more.
        if Console.outputFault != nil { self.running.withLock { $0?.stopAll() } }
      }
      if case .ended = event {
        printer.async {
          progress.end()
          self.finished.signal()
        }
      }
    }
    running.withLock { $0 = race }
    let watches = [SIGINT, SIGTERM, SIGHUP].map { watch($0, race) }
    finished.wait()
    for watch in watches { watch.end() }
    return outcome.withLock { $0 }
  }

  /// Stops the lanes and keeps what came; told twice, it ends at once.
  private func watch(_ number: Int32, _ race: Race) -> SignalWatch {
    SignalWatch(number) { [self] in
      let isSecond = outcome.withLock { outcome in
        defer { outcome.interruption = number }
        return outcome.interruption != nil
      }
      if isSecond { exit(128 + number) }
      race.stopAll()
    }
  }

  private func show(_ event: RaceEvent, _ progress: RaceProgress) {
    guard !isBlind else { return }
    progress.note(event)
    switch event {
    case .lane(let lane, .notice(let text)): tell("lane \(lane + 1): \(text)", progress)
    case .lane(let lane, .began(let response)):
      for notice in response.notices { tell("lane \(lane + 1): \(notice)", progress) }
    case .lane(let lane, .ended(let response)):
      if let error = response.error, response.state != .stopped || error.kind == .timeout {
        tell("lane \(lane + 1) \(response.model.text): \(response.state.rawValue): \(error.message)", progress)
      }
    default: break
    }
  }

  /// A line of its own, not behind the progress.
  private func tell(_ text: String, _ progress: RaceProgress) {
    progress.end()
    Console.error(text)
  }
}
