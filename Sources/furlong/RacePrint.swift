import Core
import Foundation
import Synchronization
import Terminal
import Workbench

/// How the answers of a race are laid out on a terminal.
enum AnswerLayout: String, CaseIterable, Sendable {
  /// The winner's alone; without a winner all.
  case winner
  /// One after another.
  case all
  /// Beside each other, where there is room.
  case columns
}

/// The answers of a race as lines for a terminal: wrapped by words, code as it came.
struct RacePrint {
  let outcome: RaceOutcome
  let rule: RaceRule
  /// Columns of the terminal.
  let width: Int

  /// A column narrower than this is no pleasure to read.
  private static let leastColumn = 36
  private static let between = " │ "

  /// Whether all answers fit beside each other.
  var hasRoomForColumns: Bool { columnWidth >= Self.leastColumn }

  private var columnWidth: Int {
    (width - (outcome.responses.count - 1) * Self.between.count) / max(1, outcome.responses.count)
  }

  func lines(_ layout: AnswerLayout) -> [String] {
    let all = outcome.ordered
    if layout == .winner, let winner = outcome.winner, let response = outcome.responses[winner] {
      return lines(of: response, width: width)
    }
    let column = columnWidth
    guard layout == .columns, all.count > 1, hasRoomForColumns else {
      return all.enumerated().flatMap { ($0 == 0 ? [] : [""]) + lines(of: $1, width: width) }
    }
    // Code is wrapped too here: a longer line would run into the next column.
    let columns = all.map { lines(of: $0, width: column, wrapsCode: true) }
    return (0..<(columns.map(\.count).max() ?? 0)).map { row in
      let cells = columns.map { lines in
        let text = row < lines.count ? lines[row] : ""
        return text + String(repeating: " ", count: max(0, column - TextWidth.of(text)))
      }
      var line = cells.joined(separator: Self.between)
      while line.hasSuffix(" ") { line.removeLast() }
      return line
    }
  }

  private func lines(of response: Response, width: Int, wrapsCode: Bool = false) -> [String] {
    let places = Scoreboard.places(outcome.ordered, winner: outcome.winner, rule: rule)
    let name = VisibleText.line(Lane(model: response.model, parameters: response.parameters).text)
    let place = places[response.lane].map { ", \(Readable.ordinal($0))" } ?? ""
    let simulated = response.isSimulated ? ", simulated" : ""
    var lines = Self.wrapped(
      "## \(response.lane + 1) \(name) (\(response.state.rawValue)\(place)\(simulated))", width: width, wrapsCode: true)
    lines.append("")
    if !response.text.isEmpty {
      lines += Self.wrapped(VisibleText.of(response.text.withLineFeeds), width: width, wrapsCode: wrapsCode)
    }
    for notice in response.notices { lines += Self.wrapped("(\(VisibleText.line(notice)))", width: width) }
    if let error = response.error { lines += Self.wrapped("(\(VisibleText.line(error.message)))", width: width) }
    return lines
  }

  /// By words; lines between fences stay whole, so that what is copied off the screen still runs.
  static func wrapped(_ text: String, width: Int, wrapsCode: Bool = false) -> [String] {
    var lines: [String] = []
    var fence: Substring?
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let begin = line.drop { $0 == " " }
      let mark = begin.prefix { $0 == begin.first && ($0 == "`" || $0 == "~") }
      let isFence = mark.count >= 3 && (fence.map { mark.hasPrefix($0) && mark.count == begin.count } ?? true)
      let isCode = fence != nil || isFence
      if isFence { fence = fence == nil ? mark : nil }
      guard !isCode || wrapsCode, !line.isEmpty else {
        lines.append(String(line))
        continue
      }
      var wrapped = WrappedText(width: width)
      wrapped.update(String(line))
      lines += wrapped.lines
    }
    return lines
  }
}

/// How far the lanes of a race are: one line on standard error that is written over, gone when all have ended.
final class RaceProgress: Sendable {
  private struct Lane {
    var words = "queued"
    var characters = 0
    var end: String?
  }

  private struct Shown {
    var lanes: [Int: Lane] = [:]
    var at: Int64 = 0
    var width = 0
  }

  private let started = Clock.system.now()
  private let shown = Mutex(Shown())

  func note(_ event: RaceEvent) {
    guard Console.errorIsTerminal, case .lane(let lane, let change) = event else { return }
    shown.withLock { shown in
      switch change {
      case .state(let state): shown.lanes[lane, default: Lane()].words = state.rawValue
      case .text(let channel, let text, _):
        shown.lanes[lane, default: Lane()].words = channel == .answer ? "answering" : "thinking"
        shown.lanes[lane, default: Lane()].characters += channel == .answer ? text.count : 0
      case .ended(let response):
        let time = response.timing.end.map { " " + Readable.duration($0) } ?? ""
        shown.lanes[lane, default: Lane()].end = response.state.rawValue + time
      default: break
      }
      let now = Clock.system.now()
      var isEnd = false
      if case .ended = change { isEnd = true }
      guard isEnd || now - shown.at > 100_000_000 else { return }
      shown.at = now
      let lanes = shown.lanes.sorted { $0.key < $1.key }.map { number, lane in
        "\(number + 1) \(lane.end ?? "\(lane.words)\(lane.characters > 0 ? " \(lane.characters) characters" : "")")"
      }
      let text = TextWidth.fitted(
        "\(Readable.duration(now - started))  " + lanes.joined(separator: " · "), columns: Console.size.columns - 1)
      Self.write(text, &shown.width)
    }
  }

  /// Takes the line away.
  func end() { shown.withLock { if $0.width > 0 { Self.write("", &$0.width) } } }

  private static func write(_ text: String, _ width: inout Int) {
    let padding = String(repeating: " ", count: max(0, width - TextWidth.of(text)))
    Console.errorLine("\r\(text)\(padding)\r")
    width = TextWidth.of(text)
  }
}

extension Console {
  /// Of the terminal on standard output; 80 × 24 where it does not say.
  static var size: (columns: Int, rows: Int) {
    var size = winsize()
    for file: Int32 in [1, 2] where ioctl(file, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 {
      return (Int(size.ws_col), max(1, Int(size.ws_row)))
    }
    return (80, 24)
  }

  /// Lines of result: on a terminal through the person's pager when they are more than it shows at once.
  /// - Parameter pager: a command for the shell, as `PAGER` has it; nil or empty: none.
  static func outputPaged(_ lines: [String], pager: String?) {
    let text = lines.map { $0 + "\n" }.joined()
    let rows = lines.reduce(0) { $0 + max(1, (TextWidth.of($1) + size.columns - 1) / size.columns) }
    guard let pager, !pager.isEmpty, outputIsTerminal, inputIsTerminal, rows >= size.rows else {
      return outputWhole(text)
    }
    // Ctrl-C is for the pager.
    let before = signal(SIGINT, SIG_IGN)
    defer { signal(SIGINT, before) }
    guard let pipe = popen(pager, "w") else { return outputWhole(text) }
    fputs(text, pipe)
    // Not there: the shell has said so.
    if pclose(pipe) == 127 << 8 { outputWhole(text) }
  }

  /// `PAGER`, else `less` as git starts it.
  static func pager(_ environment: [String: String]) -> String? {
    let named = environment["PAGER"].map { $0 == "cat" ? "" : $0 }
    return named ?? "LESS=${LESS-FRX} less"
  }
}
