import ArgumentParser
import Core
import Engine
import Foundation
import Judging
import Ranking
import Store
import Workbench

extension BatchGate: ExpressibleByArgument {}

struct BatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "batch", abstract: "Run a data set over several models, judge the answers, report.",
    discussion: """
      One JSON object a line: prompt, and optionally id, system, tags, reference (the right answer, which judges are told), \
      check (\(ValidityCheck.forms.joined(separator: ", "))) and vars, an object of values for {{name}} in the prompts. Two \
      prompts or system prompts are compared as models are: --prompt @a.txt --prompt @b.txt. The same file over the same \
      lanes goes on where it was broken off: nothing is paid twice.
      """)

  @Argument(help: "The data set; - reads it from standard input.")
  var file: String

  @OptionGroup var lanes: LaneOptions
  @OptionGroup var ways: VariantOptions
  @OptionGroup var judge: JudgeOptions

  @OptionGroup var spending: SpendingOptions

  @Option(help: ArgumentHelp("Calls at once to one provider.", valueName: "n"))
  var concurrency: Int?

  @Option(help: ArgumentHelp("Stop an answer after this many seconds.", valueName: "s"))
  var timeout: Double?

  @Option(
    help: ArgumentHelp("Write a report that needs nothing else: a name ending in .html or .md.", valueName: "file"))
  var report: String?

  @Option(
    help: ArgumentHelp(
      "Exit with 1 when lane B is decided worse than lane A (numbers or models).", valueName: "a:b"))
  var failIfWorse: String?

  @Option(
    help: ArgumentHelp(
      "How --fail-if-worse decides: safe, which may be looked at again and again, or fixed, an exact test at 5 % that is made "
        + "once and finds more (the default where CI is set).", valueName: "gate"))
  var gate: BatchGate?

  @Flag(help: "Begin anew although this batch is stored.")
  var restart = false

  @Flag(help: "Begin anew and compare with the last run: latency, cost, wins and checks, and what is beyond noise.")
  var drift = false

  @Flag(help: "Run the commands that checks of the data set name (exec:…); they are listed first.")
  var allowExec = false

  @Flag(help: "Watch it fill as a grid in the workbench; what came is told in the end.")
  var watch = false

  @Flag(help: "Replace a report that is there.")
  var force = false

  @Flag(help: "Print one JSON document.")
  var json = false

  @OptionGroup var database: DatabaseOptions

  @OptionGroup var looks: LooksOptions

  /// So many verdicts are printed one by one.
  private static let mostVerdicts = 6

  func validate() throws {
    if watch, json || drift { throw ValidationError("--watch goes with neither --json nor --drift") }
    if let concurrency, !(1...100).contains(concurrency) { throw ValidationError("--concurrency takes 1 to 100") }
    if let timeout, !(timeout > 0 && timeout <= 86_400) {
      throw ValidationError("--timeout takes seconds, above 0 and up to 86400 (a day)")
    }
    if let report, !report.hasSuffix(".html"), !report.hasSuffix(".md") {
      throw ValidationError("--report takes a name ending in .html or .md")
    }
  }

  /// A data set is somebody's words: none of its commands runs unasked.
  private static func askLeave(_ commands: [String], isGiven: Bool) throws(CommandError) {
    guard !commands.isEmpty else { return }
    let most = 20
    let list =
      commands.prefix(most).map { "  " + VisibleText.line($0) }
      + (commands.count > most ? ["  and \(commands.count - most) more"] : [])
    let told = "this data set runs commands to check answers:\n\(list.joined(separator: "\n"))"
    guard isGiven else { throw CommandError("\(told)\nread them, then add --allow-exec to run them") }
    Console.error(told)
  }

  func run() throws {
    if watch { try WorkbenchLaunch.requireTerminal() }
    let items = try BatchFile.read(file, needsPrompts: ways.prompts.isEmpty)
    if let report { try OutputFile.checkPlace(report, force: force) }
    let setup = try Setup(database: database.database)
    let store = try setup.openStore()
    let engine = setup.makeEngine(store: store)
    let variants = try ways.variants(try setup.lanes(self.lanes, engine))
    let lanes = variants.map(\.lane)
    let contest = try failIfWorse.map { try Self.contest($0, lanes) }
    var request = BatchRequest(
      name: file == "-" ? "standard input" : (file as NSString).lastPathComponent, items: items, variants: variants)
    request.runs = ways.runs
    if let fault = request.fault { throw CommandError(fault) }
    try Self.askLeave(request.commands, isGiven: allowExec)
    request.judges = try judge.lanes(setup, engine, isRequired: false)
    if !request.judges.isEmpty, lanes.count < 2 {
      throw CommandError("a judge compares the answers of two lanes: there is one; add another, or leave --judge out")
    }
    try Self.requireEligible(request)
    if contest != nil, request.judges.isEmpty, items.allSatisfy({ $0.check == nil }) {
      throw CommandError("--fail-if-worse needs something to go by: a --judge, or a check in the data set")
    }
    let gate = gate ?? ((setup.environment["CI"] ?? "").isEmpty ? .safe : .fixed)
    if contest != nil, gate == .fixed {
      let power = FixedGate.power(decisive: items.count)
      Console.error(
        "with \(Readable.count(items.count, "prompt")) a 60:40 difference is found in about \(Int(saturating: (power * 10).rounded())) of 10 runs"
      )
    }
    request.budget = spending.maxCost
    request.allowsUnpriced = spending.allowUnpriced
    request.concurrency = concurrency
    request.timeout = timeout.map { Int64(saturating: $0 * 1e9) }
    request.startsOver = restart || drift
    request.countsFamily = judge.countFamily
    request.brief = judge.brief
    engine.store.onFault { if let fault = $0 { Console.error("furlong: \(fault.message)") } }
    if watch {
      let session = Session(
        id: Session.newID(), created: Clock.system.date(), title: "", rule: .all, lanes: lanes, turns: [])
      var launch = WorkbenchLaunch(setup: setup, engine: engine, session: session, isStored: false, looks: looks)
      launch.experiment = request
      try launch.run(prompt: nil)
    }
    let ((last, result), interruption) = try BatchAsking.run { [request, drift, watch] observe in
      // What was asked in the grid, and stopped there by leaving it: nothing is asked behind it.
      if watch {
        guard let result = try await engine.lastRun(of: request) else { throw CommandError("nothing was asked") }
        return (last: nil as BatchResult?, result: result)
      }
      let last = drift ? try await engine.lastRun(of: request) : nil
      return (last: last, result: try await engine.run(request, observe: observe))
    }
    do throws(StoreError) { try store.close() } catch { throw CommandError(error.message) }
    let summary = BatchSummary(
      result, request, uncarded: try Self.withoutCard(request.judges, store),
      tables: JudgeText.tables(result.judgements, store))
    if let report {
      let text = report.hasSuffix(".html") ? BatchHTML(summary).text : BatchMarkdown(summary).text
      try OutputFile.write(text, to: report, force: force)
    }
    let change = last.map { DriftText(lanes, before: $0, after: result) }
    if json {
      var document = summary.json
      document["drift"] = change?.json
      Console.output(document.serialized(indented: true))
    } else {
      for line in summary.lines { Console.output(line) }
      // More would hide what they come to.
      if !summary.counted.isEmpty, summary.counted.count <= Self.mostVerdicts {
        for (item, turn) in summary.turns {
          let own = summary.counted.filter { $0.a.turn == turn.number }
          guard !own.isEmpty else { continue }
          Console.output("\n\(VisibleText.line("\(item.id): \(sessionTitle(item.prompt))"))")
          JudgeText.output(own, result.session, summary.tables)
        }
      } else if !summary.counted.isEmpty {
        Console.error("each verdict: --report, or furlong sessions show \(result.session.id)")
      }
      if let change { for line in [""] + change.lines { Console.output(line) } }
    }
    if drift, last == nil {
      Console.error("no earlier run of this data set over these models: the next one is compared with this")
    }
    Console.error("session \(result.session.id)")
    if let interruption {
      Console.error("interrupted: the same command goes on from here")
      throw ExitCode(128 + interruption)
    }
    if let shortage = result.progress.shortage {
      let isOwn = shortage.contains("--max-cost")
      Console.error(
        "furlong: \(shortage): the same command \(isOwn ? "with a higher --max-cost " : "")goes on from here")
      throw ExitCode(1)
    }
    if let contest, let reason = summary.whyUnmeasured(contest.a, contest.b) {
      Console.error("furlong: --fail-if-worse has measured too little: \(reason)")
      throw ExitCode(1)
    }
    if let contest, summary.isWorse(contest.b, than: contest.a, gate) {
      let how = gate == .safe ? "" : " (exact test at 5 %)"
      Console.error("furlong: lane \(contest.b + 1) is decided worse than lane \(contest.a + 1)\(how)")
      throw ExitCode(1)
    }
    if !summary.isComplete {
      Console.error("furlong: not complete: \(summary.missingWords)")
      throw ExitCode(1)
    }
  }

  /// Judges whose verdicts do not enter the leaderboard, since nobody knows what they are worth.
  private static func withoutCard(_ judges: [Lane], _ store: Store) throws -> [String] {
    let cards: [StoredCard]
    do throws(StoreError) { cards = try store.cards() } catch { throw CommandError(error.message) }
    return judges.map(\.text).filter { judge in
      !cards.contains { $0.judge == judge && $0.version == JudgePrompt.version }
    }
  }

  /// A judge that may judge no pair is a mistake; one that may judge some is told about the others.
  private static func requireEligible(_ request: BatchRequest) throws(CommandError) {
    for judge in request.judges {
      let refusals = request.refusals(of: judge)
      guard let reason = refusals.reason else { continue }
      if refusals.isTotal { throw CommandError(reason) }
      let words = refusals.pairs.map { "\($0.a + 1) and \($0.b + 1)" }.joined(separator: ", ")
      Console.error("lanes \(words): \(reason)")
    }
  }

  /// `A:B`, each a lane number or a model. Names may hold colons: every place to part them is tried.
  private static func contest(_ text: String, _ lanes: [Lane]) throws(CommandError) -> (a: Int, b: Int) {
    func lane(_ name: Substring) -> Int? {
      if let number = Int(name), lanes.indices.contains(number - 1) { return number - 1 }
      let found = lanes.indices.filter {
        [lanes[$0].title, lanes[$0].text, lanes[$0].model.text].contains(String(name))
      }
      return found.count == 1 ? found.first : nil
    }
    for colon in text.indices where text[colon] == ":" {
      if let a = lane(text[..<colon]), let b = lane(text[text.index(after: colon)...]), a != b { return (a, b) }
    }
    throw CommandError(
      "--fail-if-worse ‘\(VisibleText.line(text))’ is not A:B with two different lanes, by number or model")
  }
}
