import ArgumentParser
import Core
import Engine
import Providers
import Store
import Workbench

struct ReconcileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reconcile", abstract: "Compare the ledger with a provider's usage export.",
    discussion: """
      Reads the CSV exports of the OpenAI and Anthropic consoles (usage or cost), OpenRouter's activity, or a generic CSV:

        model,time,request_id,input_tokens,output_tokens,cost_usd
        gpt-5.6,2026-11-24T09:30:12Z,req_8f2…,1200,340,0.0116

      time is a moment (one call), a date (a day's calls), or with end_time the beginning of a span; UTC without a zone, or seconds
      since 1970. input_tokens include cached ones. Every column but model and time may be left out.

      Lines are matched by request id where both sides have one, else by model and time. Exit status 1 when something is missing on
      either side, or a difference exceeds --tolerance.
      """)

  @Argument(help: ArgumentHelp("The export; - reads standard input.", valueName: "file"))
  var file: String

  @Option(help: ArgumentHelp("Whose bill it is, where the file does not tell.", valueName: "provider"))
  var provider: String?

  @Option(
    help: ArgumentHelp(
      "How much a figure may differ, as a part of the bill's (0.01: one in a hundred).", valueName: "share"))
  var tolerance = 0.0

  @Flag(help: "Print one JSON document.")
  var json = false

  @OptionGroup var database: DatabaseOptions

  func validate() throws {
    if !(0...1).contains(tolerance) {
      throw ValidationError("--tolerance is a part, from 0 to 1: 0.01 is one in a hundred")
    }
  }

  func run() throws {
    let bill = try BillFile(path: file)
    guard let first = bill.lines.map(\.start).min(), let last = bill.lines.map(\.end).max() else {
      throw CommandError("\(VisibleText.line(file)) has no lines below its header: there is nothing to compare")
    }
    let setup = try Setup(database: database.database)
    let store = try setup.openStore()
    let slack = bill.lines.contains(where: \.isInstant) ? Reconciliation.slack : 0
    let stored: [LedgerCall]
    do throws(StoreError) { stored = try store.ledger(since: first - slack, until: last + slack) } catch {
      throw CommandError(error.message)
    }
    let calls = stored.filter {
      $0.cost.status != .free && !$0.isHidden && isOfBill($0, bill.kind, setup.config.services)
    }
    let hidden = stored.count(where: \.isHidden)
    if hidden > 0 {
      Console.error("left out: \(Readable.count(hidden, "call")) of blind turns that wait for your vote")
    }
    let result = Reconciliation(bill.lines, calls)
    if json { Console.output(document(result, bill).serialized(indented: true)) } else { show(result, bill) }
    if result.exceeds(tolerance) { throw ExitCode(1) }
  }

  /// By whose price list a provider goes, whatever it is called here; one that the config has no more by its name.
  private func isOfBill(_ call: LedgerCall, _ kind: BillFile.Kind, _ services: [Service]) -> Bool {
    if let provider { return call.model.provider == provider }
    switch kind {
    case .openai, .anthropic, .openrouter:
      let service = services.first { $0.id == call.model.provider }
      return (service?.priceList ?? call.model.provider) == kind.rawValue
    case .generic: return true
    }
  }

  private func show(_ result: Reconciliation, _ bill: BillFile) {
    let rows = result.matches.map { match in
      [
        VisibleText.line(match.name), "\(match.calls)", Self.count(match.there.input), Self.signed(match.input),
        Self.count(match.there.output), Self.signed(match.output), match.there.cost?.decimalText ?? "–",
        match.cost.map(Self.dollars) ?? "–", match.exceeds(tolerance) ? "differs" : "",
      ]
    }
    if !rows.isEmpty {
      let header = ["matched", "calls", "in", "Δ", "out", "Δ", "USD", "Δ", ""]
      for line in TextTable.lines(header: header, rows: rows, numeric: [1, 2, 3, 4, 5, 6, 7]) { Console.output(line) }
    }
    for line in result.missingHere {
      Console.output(
        "missing here: line \(line.line), \(VisibleText.line(line.requestID ?? line.model)), "
          + "\(localTime(line.start)), \(line.cost.map { "$" + $0.decimalText } ?? "no cost given")")
    }
    for call in result.missingThere {
      Console.output(
        "missing there: \(call.model.text), \(localTime(call.created)), session \(call.key.session) turn \(call.key.turn)"
          + " lane \(call.key.lane + 1), " + (call.amount.map { "$" + $0.decimalText } ?? "cost unknown"))
    }
    let differing = result.matches.count { $0.exceeds(tolerance) }
    Console.output(
      "\n\(Readable.count(bill.lines.count, "line")) of \(bill.kind.rawValue): \(result.matches.count) matched"
        + (differing > 0 ? " (\(differing) differing)" : "")
        + ", \(result.missingHere.count) missing here, \(result.missingThere.count) missing there")
  }

  private static func count(_ value: Int?) -> String { value.map { "\($0)" } ?? "–" }
  private static func signed(_ value: Int?) -> String {
    value.map { $0 == 0 ? "0" : $0 > 0 ? "+\($0)" : "\($0)" } ?? "–"
  }
  private static func dollars(_ amount: Money) -> String { (amount > .zero ? "+" : "") + amount.decimalText }

  private func document(_ result: Reconciliation, _ bill: BillFile) -> JSON {
    func sum(_ sum: Reconciliation.Sum) -> JSON {
      [
        "input": sum.input.map { .int($0) } ?? .null, "output": sum.output.map { .int($0) } ?? .null,
        "usd": .optional(sum.cost?.decimalText),
      ]
    }
    return [
      "kind": .string(bill.kind.rawValue), "lines": .int(bill.lines.count),
      "agrees": .bool(!result.exceeds(tolerance)),
      "matched": .array(
        result.matches.map { match in
          [
            "name": .string(match.name), "lines": .array(match.lines.map { .int($0) }), "calls": .int(match.calls),
            "here": sum(match.here), "there": sum(match.there), "differs": .bool(match.exceeds(tolerance)),
            "difference": [
              "input": match.input.map { .int($0) } ?? .null, "output": match.output.map { .int($0) } ?? .null,
              "usd": .optional(match.cost?.decimalText),
            ],
          ]
        }),
      "missing_here": .array(
        result.missingHere.map { line in
          [
            "line": .int(line.line), "request_id": .optional(line.requestID), "model": .string(line.model),
            "usd": .optional(line.cost?.decimalText),
          ]
        }),
      "missing_there": .array(
        result.missingThere.map { call in
          [
            "session": .string(call.key.session), "turn": .int(call.key.turn), "lane": .int(call.key.lane),
            "model": .string(call.model.text), "request_ids": .array(call.requestIDs.map { .string($0) }),
            "usd": .optional(call.amount?.decimalText),
          ]
        }),
    ]
  }
}
