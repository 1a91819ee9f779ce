import Core
import Engine
import Judging
import Terminal

/// The turn of a session that was found, cut to what a glance takes in.
struct SessionPreview: Equatable, Sendable {
  struct Answer: Equatable, Sendable {
    var lane: Int
    var name: String
    /// State, time and cost in words.
    var figures: String
    var marks: [TurnMarks.Mark]
    var isWinner: Bool
    /// From shortly before what was looked for.
    var text: String
  }

  var session: String
  var turn: Int
  var turns: Int
  var prompt: String
  /// Nobody may know yet whose answer is whose: none is shown.
  var isBlind = false
  var answers: [Answer] = []
  /// What is marked.
  var words: [String]
}

/// Reads what stands beside the list.
struct PreviewInquiry: Inquiry {
  let session: String
  /// Nil: the last.
  let turn: Int?
  let words: [String]

  /// Characters of an answer that are shown at most, and of those what stands before the match.
  private static let most = 4000
  private static let before = 160
  /// Bytes of an answer that are looked through for the match.
  private static let mostSearched = 1 << 20

  func answer(_ engine: Engine) throws -> SessionPreview {
    let found = try engine.store.session(session)
    let wanted = turn.flatMap { number in found.turns.first { $0.number == number } } ?? found.turns.last
    guard let turn = wanted else {
      return SessionPreview(session: session, turn: 0, turns: 0, prompt: "", words: words)
    }
    var preview = SessionPreview(
      session: session, turn: turn.number, turns: found.turns.count, prompt: String(turn.prompt.prefix(400)),
      words: words)
    guard turn.blind == nil else {
      preview.isBlind = true
      return preview
    }
    let marks = TurnMarks(
      turn, session: session, judgements: try engine.store.judgements(session: session),
      fits: try engine.store.fits(session: session), votes: try engine.store.votes(session: session),
      picks: try engine.store.picks(session: session))
    preview.answers = turn.responses.values.sorted { $0.lane < $1.lane }.map { response in
      let end = response.timing.end.map { " \(Readable.duration($0))" } ?? ""
      return SessionPreview.Answer(
        lane: response.lane, name: Lane(model: response.model, parameters: response.parameters).text,
        figures: "\(response.state.rawValue)\(end) · \(Scoreboard.cost(response))",
        marks: marks.marks(response.lane).filter { $0 != .fastest }, isWinner: turn.winner == response.lane,
        text: response.text.isEmpty ? response.error?.message ?? "" : cut(response.text))
    }
    return preview
  }

  private func cut(_ text: String) -> String {
    let bytes = SearchableLines([String(text.utf8.prefix(Self.mostSearched)) ?? text])
    let place = words.compactMap { LineSearch($0, in: bytes).firstByte }.min() ?? 0
    guard place > Self.before else { return String(text.prefix(Self.most)) }
    // What was made lowercase may have other lengths: near is near enough.
    let start =
      text.utf8.index(text.startIndex, offsetBy: place - Self.before, limitedBy: text.endIndex) ?? text.startIndex
    let whole = text[...start].lastIndex { $0.isWhitespace } ?? text.startIndex
    return "…" + text[whole...].prefix(Self.most)
  }
}

/// Beside the list: the prompt, and the answers side by side as far as there is room.
enum SessionPreviewPane {
  /// Columns that an answer takes at least.
  private static let least = 34

  /// - Parameter offset: lines of the answers that are passed over.
  static func draw(_ preview: SessionPreview?, _ area: Area, offset: Int = 0, _ state: State, _ frame: inout Frame) {
    for y in area.y..<(area.y + area.height) {
      frame.put(state.screen.borders.isASCII ? "|" : "│", x: area.x, y: y, Style(.border))
    }
    let (x, width) = (area.x + 2, area.width - 3)
    guard let preview, preview.turn > 0 else { return }
    var y = area.y
    let place = preview.turns > 1 ? "turn \(preview.turn) of \(preview.turns)  " : ""
    for line in lines("\(place)\(preview.prompt)", width: width).prefix(3) {
      frame.put(line, x: x, y: y, Style(.prompt), limit: width)
      mark(preview.words, [line], x: x, y: y, width: width, &frame)
      y += 1
    }
    y += 1
    guard !preview.isBlind else {
      frame.put("not shown before the vote", x: x, y: y, Style(.quiet), limit: width)
      return
    }
    let columns = max(1, min(preview.answers.count, width / least))
    let rows = max(1, (preview.answers.count + columns - 1) / columns)
    let height = (area.y + area.height - y) / rows
    guard height > 2 else { return }
    for (index, answer) in preview.answers.enumerated() {
      let column = index % columns
      let (start, end) = (width * column / columns, width * (column + 1) / columns)
      let cell = Area(
        x: x + start, y: y + index / columns * height, width: end - start - (column == columns - 1 ? 1 : 2),
        height: height - 1)
      draw(answer, preview.words, cell, offset, state, &frame)
    }
  }

  private static func draw(
    _ answer: SessionPreview.Answer, _ words: [String], _ cell: Area, _ offset: Int, _ state: State,
    _ frame: inout Frame
  ) {
    let signs = answer.marks.map { mark in
      switch mark {
      case .judge: state.screen.borders.judge
      case .you: state.screen.borders.picked
      case .pick: state.screen.borders.openPick
      case .fastest: ""
      }
    }
    let medal = ([answer.isWinner ? "1st" : ""] + signs).filter { !$0.isEmpty }.joined(separator: " ")
    let used = frame.put("\(answer.lane + 1) ", x: cell.x, y: cell.y, Style(.lane(answer.lane), bold: true))
    let room = cell.width - used - TextWidth.of(medal) - 1
    frame.put(
      TextWidth.fittedInTheMiddle(VisibleText.line(answer.name), columns: max(4, room)), x: cell.x + used, y: cell.y,
      Style(.strong))
    frame.put(medal, x: cell.x + cell.width - TextWidth.of(medal), y: cell.y, Style(.good))
    frame.put(answer.figures, x: cell.x, y: cell.y + 1, Style(.quiet), limit: cell.width)
    let all = lines(answer.text, width: cell.width)
    // The end stays in sight.
    let text = all.dropFirst(max(0, min(offset, all.count - (cell.height - 2))))
    for (offset, line) in text.prefix(cell.height - 2).enumerated() {
      frame.put(line, x: cell.x, y: cell.y + 2 + offset, limit: cell.width)
    }
    mark(words, Array(text.prefix(cell.height - 2)), x: cell.x, y: cell.y + 2, width: cell.width, &frame)
  }

  private static func lines(_ text: String, width: Int) -> [String] {
    var wrapped = WrappedText(width: width)
    wrapped.update(VisibleText.of(text))
    return wrapped.lines
  }

  private static func mark(_ words: [String], _ lines: [String], x: Int, y: Int, width: Int, _ frame: inout Frame) {
    let searchable = SearchableLines(lines)
    for word in words {
      let found = LineSearch(word, in: searchable)
      for row in lines.indices {
        for piece in found.pieces(row) {
          let columns = (x + piece.columns.lowerBound)..<min(x + width, x + piece.columns.upperBound)
          if !columns.isEmpty { frame.mark(columns, y: y + row, Style(.match)) }
        }
      }
    }
  }
}
