import Core
import Judging
import Synchronization
import Workbench

/// Streams of several lanes as whole lines, each under its lane's number: readable side by side without moving a cursor.
final class LineStream: Sendable {
  private let pending: Mutex<[String]>

  init(lanes: Int) { pending = Mutex(Array(repeating: "", count: lanes)) }

  /// The lines that `text` completes, ready to print.
  func take(_ text: String, lane: Int) -> [String] {
    pending.withLock { pending in
      pending[lane] += text
      var lines = pending[lane].split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      pending[lane] = lines.removeLast()
      return lines.map { LineStream.line($0, lane: lane) }
    }
  }

  func rest(lane: Int) -> [String] {
    pending.withLock { pending in
      defer { pending[lane] = "" }
      return pending[lane].isEmpty ? [] : [LineStream.line(pending[lane], lane: lane)]
    }
  }

  private static func line(_ text: String, lane: Int) -> String { "\(lane + 1) │ \(VisibleText.of(text))" }
}

/// The result of a race as text.
enum RaceText {
  /// The answers, then the table: in a pipe whole, on a terminal wrapped by words.
  /// - Parameters:
  ///   - session: its id, when it was kept.
  ///   - pager: see `Console.outputPaged`.
  static func printResult(
    _ outcome: RaceOutcome, rule: RaceRule, session: String?, layout: AnswerLayout, pager: String?
  ) {
    if Console.outputIsTerminal {
      let print = RacePrint(outcome: outcome, rule: rule, width: Console.size.columns)
      if layout == .columns, !print.hasRoomForColumns {
        Console.error("too narrow for \(Readable.count(outcome.responses.count, "column")): one after another")
      }
      Console.outputPaged(print.lines(layout) + [""], pager: pager)
    } else {
      printAnswers(outcome, rule: rule)
    }
    printTable(outcome, rule: rule)
    for fit in outcome.fits {
      let value = fit.value.map { "fit \($0)" } ?? "no fit"
      Console.output(
        "lane \(fit.answer.lane + 1): \(value), judged in \(Readable.duration(fit.time)): \(VisibleText.line(fit.reason))"
      )
    }
    if rule == .firstGood {
      let cost = outcome.costOfWinning
      let total = Readable.total(cost.amount, hasUnknown: cost.hasUnknown)
      let words = outcome.wonAfter.map {
        "an acceptable answer after \(Readable.duration($0)), \(total) in all"
      }
      Console.output(words ?? "no answer was good enough; \(total) in all")
    }
    if let session { Console.error("session \(session)") }
  }

  static func printAnswers(_ outcome: RaceOutcome, rule: RaceRule) {
    let places = Scoreboard.places(outcome.raced, winner: outcome.winner, rule: rule)
    for response in outcome.ordered {
      let lane = VisibleText.line(response.title(among: outcome.lanes))
      let place = places[response.lane].map { ", \(Readable.ordinal($0))" } ?? ""
      let simulated = response.isSimulated ? ", simulated" : ""
      Console.output("## \(response.lane + 1) \(lane) (\(response.state.rawValue)\(place)\(simulated))\n")
      if !response.text.isEmpty { Console.output(VisibleText.of(response.text) + "\n") }
      for notice in response.notices { Console.output("(\(VisibleText.line(notice)))\n") }
      if let error = response.error { Console.output("(\(VisibleText.line(error.message)))\n") }
    }
  }

  /// - Parameter marks: nil where nobody has compared the answers.
  static func printTable(_ outcome: RaceOutcome, rule: RaceRule, marks: TurnMarks? = nil) {
    let places = Scoreboard.places(outcome.raced, winner: outcome.winner, rule: rule)
    let columns = Scoreboard.columns(
      hasFits: !outcome.fits.isEmpty, hasMarks: marks?.isCompared == true)
    let rows = outcome.ordered.map { response in
      let row = Scoreboard.row(
        response, place: places[response.lane],
        fit: outcome.fits.last { $0.answer.lane == response.lane }?.value.map(Double.init), marks: marks)
      return columns.map { VisibleText.line(row[$0] ?? "") }
    }
    let numeric = Set(columns.indices.filter { columns[$0].isNumeric })
    for line in TextTable.lines(header: columns.map(\.rawValue), rows: rows, numeric: numeric) { Console.output(line) }
    let sharing = outcome.ordered.filter(\.sharesMachine).map { "\($0.lane + 1)" }
    if !sharing.isEmpty {
      Console.error("lanes \(sharing.joined(separator: ", ")) share this machine and slow each other down")
    }
  }
}
