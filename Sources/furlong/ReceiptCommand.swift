import ArgumentParser
import Core
import Store
import Workbench

struct ReceiptCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "receipt", abstract: "The evidence for what each call of a turn cost.",
    discussion:
      "Token classes as the provider counts them, the price of each and where it is from, what was computed and charged."
  )

  @Argument(
    help: ArgumentHelp(
      "The session's id, or its beginning; a turn after a colon (default: the last). Of a call through the gateway what it has in x-furlong-call.",
      valueName: "session[:turn]"),
    completion: Completions.sessions)
  var place: String

  @Flag(help: "Print one JSON document.")
  var json = false

  @OptionGroup var database: DatabaseOptions

  func run() throws {
    let store = try Setup(database: database.database).openStore()
    let (session, turn) = try JudgeCommand.find(place, store)
    if turn.blind != nil {
      throw CommandError("turn \(turn.number) is blind: vote first, its receipts would tell whose answer is whose")
    }
    let responses = turn.responses.values.sorted { $0.lane < $1.lane }
    let spending: SessionSpending
    do throws(StoreError) { spending = try store.spending(session: session.id) } catch {
      throw CommandError(error.message)
    }
    if json {
      var document: JSON = [
        "session": .string(session.id), "turn": .int(turn.number), "receipts": .array(responses.map(Self.json)),
      ]
      document["session_cost"] = Self.json(spending)
      document["route"] = turn.route
      return Console.output(document.serialized(indented: true))
    }
    for response in responses {
      let lines = ReceiptLines(response)
      Console.output("\(response.lane + 1)  \(VisibleText.line(response.model.text))  \(response.state.rawValue)")
      let rows = lines.rows.map { $0.map(VisibleText.line) }
      if response.cost.status != .free, !rows.isEmpty {
        for line in TextTable.lines(header: ReceiptLines.header, rows: rows, numeric: ReceiptLines.numeric) {
          Console.output("   " + line)
        }
      }
      for sum in lines.sums { Console.output("   \(sum.name): \(VisibleText.line(sum.words))") }
      Console.output("")
    }
    Console.output("session: \(Self.words(spending))")
    if let route = turn.route { for line in RouteText.explanation(route) { Console.output(line) } }
  }

  /// All that the ledger has of the session.
  private static func words(_ spending: SessionSpending) -> String {
    let parts = [
      ("answers", spending.answers), ("asked again", spending.retries), ("judging", spending.judging),
    ].filter { $0.1 != .zero }.map { "\($0.0) $\($0.1.decimalText)" }
    let unknown = spending.hasUnknown ? " and what nobody knows the price of" : ""
    return "$\(spending.total.decimalText)\(unknown)" + (parts.count > 1 ? ": " + parts.joined(separator: ", ") : "")
  }

  private static func json(_ spending: SessionSpending) -> JSON {
    [
      "usd": .string(spending.total.decimalText), "answers_usd": .string(spending.answers.decimalText),
      "asked_again_usd": .string(spending.retries.decimalText), "judging_usd": .string(spending.judging.decimalText),
      "has_unknown": .bool(spending.hasUnknown),
    ]
  }

  private static func json(_ response: Response) -> JSON {
    let cost = response.cost
    let isKnown = cost.status != .unknown
    return [
      "lane": .int(response.lane), "model": .string(response.model.text),
      "model_reported": .optional(response.modelReported), "state": .string(response.state.rawValue),
      "status": .string(cost.status.rawValue), "usd": .optional(isKnown ? cost.amount?.decimalText : nil),
      "computed_usd": .optional(cost.computed?.decimalText), "reported_usd": .optional(cost.reported?.decimalText),
      "counted": .string(response.usage.source.rawValue), "record": .optional(cost.price?.record),
      "since": .optional(cost.price?.since), "receipt": JSONExport.receipt(response),
      "request_ids": .array(response.attempts.compactMap(\.requestID).map { .string($0) }),
    ]
  }
}
