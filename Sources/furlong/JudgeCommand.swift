import ArgumentParser
import Core
import Engine
import Judging
import Store
import Workbench

struct JudgeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "judge", abstract: "Judge, or judge again, what is stored: no answer is generated anew.",
    discussion: """
      Every pair of lanes is compared twice, with the order exchanged, by the config's judge when none is named. Exit status 1
      when a pair got no verdict.
      """)

  @Argument(
    help: ArgumentHelp(
      "The session's id, or its beginning; a turn after a colon (default: the last).", valueName: "session[:turn]"),
    completion: Completions.sessions)
  var place: String

  @OptionGroup var judge: JudgeOptions

  @Option(help: ArgumentHelp("The right answer, which the judges are told.", valueName: "text"))
  var reference: String?

  @OptionGroup var spending: SpendingOptions

  @Flag(help: "Make no new card when the model behind a judge has changed.")
  var noReprobe = false

  @Option(
    help: ArgumentHelp(
      "Let a quarantined verdict count, by its id or all of the turn's; nothing is judged.", valueName: "id"))
  var confirm: String?

  @Flag(help: "Print one JSON document.")
  var json = false

  @OptionGroup var database: DatabaseOptions

  func run() throws {
    let setup = try Setup(database: database.database)
    let store = try setup.openStore()
    let engine = setup.makeEngine(store: store)
    let (session, turn) = try Self.find(place, store)
    guard turn.blind == nil else {
      throw CommandError("this turn is blind: vote first (furlong ab --vote CHOICE --session \(session.id))")
    }
    if let confirm { return try Self.confirm(confirm, session, turn, store) }
    var request = JudgeRequest(session: session, turn: turn, judges: try judge.lanes(setup, engine, isRequired: true))
    request.reference = reference
    request.brief = judge.brief
    request.wallets = [engine.purse.turnWallet(spending.maxCost)]
    request.allowsUnpriced = spending.allowUnpriced
    request.countsFamily = judge.countFamily
    guard !request.allPairs.isEmpty else { throw CommandError("a judge compares two answers: there are not two") }
    let result = JudgeText.run(request, engine: engine)
    let tables = JudgeText.tables(result.judgements, store)
    var panels: [PanelVerdict] = []
    do throws(StoreError) {
      panels = try engine.panels(result.judgements)
      if result.interruption == nil, !noReprobe {
        JudgeText.probeAgain(try engine.changedJudges(result.judgements), engine, request)
      }
    } catch {
      throw CommandError(error.message)
    }
    do throws(StoreError) { try store.close() } catch { throw CommandError(error.message) }
    if json {
      let document: JSON = [
        "session": .string(session.id), "turn": .int(turn.number),
        "verdicts": .array(result.judgements.map { JudgeText.json($0, tables[$0.id]) }),
        "panels": .array(
          panels.map { verdict in
            [
              "a": .int(verdict.a.lane), "b": .int(verdict.b.lane),
              "probability_a": verdict.panel.map { .double($0.probability) } ?? .null,
              "dissenters": .array((verdict.panel?.dissenters ?? []).map { .string($0) }),
              "without_a_say": .array(verdict.silent.map { .string($0) }),
            ]
          }),
      ]
      Console.output(document.serialized(indented: true))
    } else {
      JudgeText.output(result.judgements, session, tables)
      for panel in panels { Console.output(VisibleText.line(panel.words)) }
    }
    if let signal = result.interruption { throw ExitCode(128 + signal) }
    let expected = request.allPairs.count * request.judges.count
    if result.judgements.count(where: { $0.outcome.isDecided }) < expected { throw ExitCode(1) }
  }

  private static func confirm(_ id: String, _ session: Session, _ turn: Turn, _ store: Store) throws {
    let count: Int
    do throws(StoreError) {
      let open = try store.judgements(session: session.id).filter {
        $0.a.turn == turn.number && $0.outcome.isQuarantined && !$0.isConfirmed && (id == "all" || $0.id == id)
      }
      for judgement in open { store.append(.confirmed(judgement: judgement.id)) }
      try store.close()
      count = open.count
    } catch {
      throw CommandError(error.message)
    }
    guard count > 0 else { throw CommandError("no quarantined verdict ‘\(id)’ on turn \(turn.number)") }
    Console.error("\(Readable.count(count, "quarantined verdict")) let count")
  }

  /// `ID`, `ID:TURN`.
  static func find(_ text: String, _ store: Store) throws(CommandError) -> (Session, Turn) {
    let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
    let session: Session
    do throws(StoreError) { session = try store.session(parts.first ?? "") } catch { throw CommandError(error.message) }
    let number = parts.count > 1 ? Int(parts[1]) : session.turns.last?.number
    guard let number, let turn = session.turns.first(where: { $0.number == number }) else {
      throw CommandError(
        parts.count > 1
          ? "session \(session.id) has no turn \(parts[1]): it has \(session.turns.count)"
          : "session \(session.id) has no turn yet")
    }
    return (session, turn)
  }
}

/// Verdicts as text and as JSON.
enum JudgeText {
  /// Judges with progress on standard error.
  static func run(
    _ request: JudgeRequest, engine: Engine
  ) -> (judgements: [Judgement], interruption: Int32?) {
    let showsProgress = Console.errorIsTerminal
    let result = Wait.run {
      await engine.judge(request) { event in
        switch event {
        case .progress(let done, let total, let cost, let unknown) where showsProgress:
          Console.error("judging \(done) of \(total) · \(Readable.total(cost, hasUnknown: unknown))")
        case .notice(let text): Console.error(text)
        default: break
        }
      }
    }
    return (result.value, result.interruption)
  }

  /// The model behind these judges has changed under its name: their cards are made anew.
  static func probeAgain(_ judges: [Lane], _ engine: Engine, _ request: JudgeRequest) {
    for judge in judges {
      Console.error(
        "the model behind \(judge.text) has changed since its card was made: trying it again on \(Probes.all.count) probes"
      )
      let failure = Wait.run { () -> String? in
        do throws(ResponseError) {
          _ = try await engine.makeCard(
            of: judge, wallets: request.wallets, allowsUnpriced: request.allowsUnpriced)
          return nil
        } catch {
          return error.message
        }
      }.value
      if let failure { Console.error("no new card: \(failure)") }
    }
  }

  /// Number and model of a lane.
  static func name(_ lane: Int, _ session: Session) -> String {
    "\(lane + 1) \(session.lanes.indices.contains(lane) ? session.lanes[lane].title : "")"
  }

  /// Verdicts as tables, by their ids, with the criteria that the judges went by.
  static func tables(_ judgements: [Judgement], _ store: Store) -> [String: VerdictTable] {
    var briefs: [String: Brief] = [:]
    for id in Set(judgements.compactMap(\.brief)) { briefs[id] = (try? store.brief(id))??.brief }
    return Dictionary(
      judgements.map { ($0.id, VerdictTable($0, brief: $0.brief.flatMap { briefs[$0] })) }, uniquingKeysWith: { $1 })
  }

  static func output(_ judgements: [Judgement], _ session: Session, _ tables: [String: VerdictTable]) {
    for judgement in judgements {
      let table = tables[judgement.id] ?? VerdictTable(judgement, brief: nil)
      let (a, b) = (judgement.a.lane, judgement.b.lane)
      let names = [a, b].map { name($0, session) }
      let outcome = judgement.outcome
      Console.output(VisibleText.line("\(names[0])  against  \(names[1])  (judge \(judgement.judge))"))
      let mark = outcome.isQuarantined && !judgement.isConfirmed ? " [quarantined: not counted]" : ""
      let id = mark.isEmpty ? "" : " \(judgement.id)"
      Console.output("  \(outcome.words(a: a, b: b))\(mark)\(id): \(VisibleText.line(outcome.reason))")
      let fits = [outcome.fitA, outcome.fitB].map { $0.map(Readable.fit) ?? "–" }
      let cost = Readable.total(judgement.cost, hasUnknown: judgement.hasUnknownCost)
      Console.output("  fit \(fits[0]) : \(fits[1]) · \(cost)")
      for flag in outcome.flags { Console.output("  · \(VisibleText.line(flag))") }
      let rows = table.rows(outcome).map { $0.map(VisibleText.line) }
      if !table.criteria.isEmpty {
        let header = ["criterion", "lane \(a + 1)", "lane \(b + 1)"]
        for line in TextTable.lines(header: header, rows: rows) { Console.output("  " + line) }
      }
      for order in table.orders {
        let said = order.preference.map { "\($0): " } ?? "no verdict, "
        Console.output("  (\(order.first + 1) listed first) \(said)\(VisibleText.line(order.reason))")
        for fault in order.faults {
          Console.output("    lane \(fault.lane + 1) \(fault.kind.words): “\(VisibleText.line(fault.quote))”")
        }
      }
    }
  }

  /// - Parameter table: the same verdict with its criteria.
  static func json(_ judgement: Judgement, _ table: VerdictTable?) -> JSON {
    let outcome = judgement.outcome
    func number(_ value: Double?) -> JSON { value.map(JSON.double) ?? .null }
    let winner = outcome.winner.map { $0 == .a ? judgement.a.lane : judgement.b.lane }
    return [
      "id": .string(judgement.id), "a": .int(judgement.a.lane), "b": .int(judgement.b.lane),
      "judge": .string(judgement.judge), "judge_reported": .optional(judgement.judgeReported),
      "prompt_version": .string(judgement.version), "outcome": .string(outcome.kind.rawValue),
      "winner": winner.map { .int($0) } ?? .null, "tie_kind": .optional(outcome.tieKind?.rawValue),
      "value": number(outcome.value), "counts": number(judgement.rankingValue),
      "fit": ["a": number(outcome.fitA), "b": number(outcome.fitB)], "reason": .string(outcome.reason),
      "mechanical": .bool(outcome.isMechanical), "quarantined": .bool(outcome.isQuarantined),
      "flags": .array(outcome.flags.map { .string($0) }),
      "orders": judgement.readings.map { ["ab": $0.ab.json, "ba": $0.ba.json] } ?? .null,
      "cost": ["usd": judgement.hasUnknownCost ? .null : .string(judgement.cost.decimalText)],
      "words": .string(outcome.words(a: judgement.a.lane, b: judgement.b.lane)),
      "criteria": (table ?? VerdictTable(judgement, brief: nil)).json,
    ]
  }
}
