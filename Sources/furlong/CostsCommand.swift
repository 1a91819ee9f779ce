import ArgumentParser
import Core
import Engine
import Store
import Workbench

extension Ledger.Grouping: ExpressibleByArgument {}

struct CostsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "costs", abstract: "What was spent, on what, and how fast it was.",
    discussion: """
      Every call counts, judges' and stopped ones too. Costs are exact where the provider reported its charge or the tokens;
      ‘+ ?’ marks calls whose price nobody knows, ‘…’ what stopped answers may have cost at the most.

      --reprice counts the same tokens at another model's prices; that model would have counted other tokens. --prices today
      takes the prices of today instead of those of each call's day.
      """)

  enum PriceDay: String, ExpressibleByArgument, CaseIterable { case call, today }

  @Option(help: "How calls are put together.")
  var by = Ledger.Grouping.model

  @Option(
    help: ArgumentHelp("From this day on: 2026-11-25, today, yesterday, or 7d for seven days ago.", valueName: "date"),
    transform: dayStart)
  var since: Int64?

  @Option(help: ArgumentHelp("Up to the end of this day.", valueName: "date"), transform: dayEnd)
  var until: Int64?

  @Option(help: ArgumentHelp("What the same tokens cost with another model.", valueName: "model"))
  var reprice: String?

  @Option(help: "The prices of each call's day, or of today.")
  var prices = PriceDay.call

  @Flag(help: "Print one JSON document.")
  var json = false

  @Flag(help: "Print CSV, a row a group.")
  var csv = false

  @Flag(help: "Count imported sessions too, which were paid elsewhere.")
  var imported = false

  @Flag(help: "Ask providers for the charge of answers that were stopped, where they tell it.")
  var settle = false

  @OptionGroup var database: DatabaseOptions

  func validate() throws {
    if json, csv { throw ValidationError("one of --json and --csv") }
    if let reprice, ModelID(reprice) == nil {
      throw ValidationError("‘\(reprice)’ is no model: write provider/model, as in openai/gpt-5.6")
    }
  }

  func run() throws {
    let setup = try Setup(database: database.database)
    let store = try setup.openStore()
    let engine = setup.makeEngine(store: store)
    if settle { try Self.settle(engine) }
    var calls: [LedgerCall]
    do throws(StoreError) {
      calls = try store.ledger(since: since ?? 0, until: until ?? .max, includesImported: imported)
    } catch {
      throw CommandError(error.message)
    }
    let before = Ledger(calls, day: localDay).total
    let other = reprice.flatMap(ModelID.init)
    if let other, engine.service(other.provider) == nil {
      throw CommandError("no provider ‘\(other.provider)’: furlong providers lists them")
    }
    let isRepriced = other != nil || prices == .today
    if isRepriced {
      calls = engine.repriced(calls, as: other, at: prices == .today ? Clock.system.date() : nil)
    }
    let ledger = Ledger(calls, day: localDay)
    if json { return Console.output(document(ledger, isRepriced ? before : nil).serialized(indented: true)) }
    if csv { return printCSV(ledger) }
    guard !calls.isEmpty else { return Console.output("no calls: nothing has been spent") }
    let lines = LedgerLines(ledger, by: by)
    for line in TextTable.lines(
      header: lines.header, rows: lines.rows.map { $0.map(VisibleText.line) }, numeric: LedgerLines.numeric)
    {
      Console.output(line)
    }
    for drawing in [lines.bars(width: 80, most: 31, ascii: false), lines.picture(width: 80, height: 10, ascii: false)]
    where !drawing.isEmpty {
      Console.output("")
      for line in drawing { Console.output(line.text) }
    }
    // Under another model's name there are no rivals to compare with.
    if other == nil, !lines.racing.isEmpty { for line in [""] + lines.racing { Console.output(line) } }
    if isRepriced {
      let now = ledger.total
      Console.output(
        "\nAs it was: \(Readable.total(before.cost, hasUnknown: before.unknown > 0)); so it would have been: "
          + "\(Readable.total(now.cost, hasUnknown: now.unknown > 0))."
          + (other == nil ? "" : " The same tokens are counted; another model would have counted others."))
    }
  }

  private static func settle(_ engine: Engine) throws {
    let waiter = Waiter<Int>()
    engine.settleCharges { waiter.fulfil($0) }
    let count = waiter.wait(seconds: 30) ?? 0
    do throws(StoreError) { try engine.store.close() } catch { throw CommandError(error.message) }
    Console.error("\(Readable.count(count, "charge")) of stopped answers looked up")
  }

  private func document(_ ledger: Ledger, _ before: Ledger.Entry?) -> JSON {
    let racing = ledger.racing
    var document: JSON = [
      "by": .string(by.rawValue), "total": Self.json(ledger.total),
      "groups": .array(ledger.entries(by: by).map(Self.json)),
      "racing": [
        "races": .int(racing.turns), "winners_usd": .string(racing.winners.decimalText),
        "other_finishers_usd": .string(racing.losers.decimalText), "stopped_usd": .string(racing.waste.decimalText),
        "unknown_calls": .int(racing.unknown), "saved_s": .double(racing.saved), "compared": .int(racing.compared),
      ],
    ]
    if let before { document["before"] = Self.json(before) }
    return document
  }

  private static func json(_ entry: Ledger.Entry) -> JSON {
    func seconds(_ sorted: [Double], _ level: Double) -> JSON {
      Ledger.percentile(sorted, level).map { .double($0) } ?? .null
    }
    return [
      "name": .string(entry.name), "calls": .int(entry.calls), "failures": .int(entry.failures),
      "input": .int(entry.input), "cache_read": .int(entry.cached), "output": .int(entry.output),
      "usd": .string(entry.cost.decimalText), "unknown_calls": .int(entry.unknown),
      "uncertain_usd": .optional(entry.uncertain?.decimalText), "wasted_usd": .string(entry.waste.decimalText),
      "ttfo_s": ["p50": seconds(entry.firstAnswers, 0.5), "p95": seconds(entry.firstAnswers, 0.95)],
      "end_s": [
        "p50": seconds(entry.ends, 0.5), "p95": seconds(entry.ends, 0.95), "p99": seconds(entry.ends, 0.99),
      ],
    ]
  }

  private func printCSV(_ ledger: Ledger) {
    Console.output("name,calls,failures,input,cache_read,output,usd,unknown_calls,wasted_usd,ttfo_p50_s,end_p50_s")
    for entry in ledger.entries(by: by) {
      func seconds(_ sorted: [Double]) -> String {
        Ledger.percentile(sorted, 0.5).flatMap { $0.isFinite ? decimalText($0, places: 6) : nil } ?? ""
      }
      let numbers = [entry.calls, entry.failures, entry.input, entry.cached, entry.output].map(String.init)
      let cells =
        [CSVExport.field(entry.name)] + numbers + [entry.cost.decimalText, "\(entry.unknown)", entry.waste.decimalText]
        + [seconds(entry.firstAnswers), seconds(entry.ends)]
      Console.output(cells.joined(separator: ","))
    }
  }
}
