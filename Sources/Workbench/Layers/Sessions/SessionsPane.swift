import Core
import Terminal

/// The sessions page in a window over all the lanes.
enum SessionsPane {
  /// Above the rows: the line, what can be typed in it, the names of the columns.
  private static let head = 3

  /// One line of them tells more of the chosen one.
  static func visibleRows(_ state: State) -> Int { max(1, state.screen.height - 4 - head - 1) }

  /// Columns of what stands beside the list; 0 where there is no room for it.
  static func previewWidth(_ state: State) -> Int {
    let width = state.screen.width
    return width < 110 ? 0 : width * 48 / 100
  }

  static func draw(_ page: SessionsPage, _ state: State, _ frame: inout Frame) {
    let whole = WindowPane.draw(
      state, width: state.screen.width, height: state.screen.height - 2, title: "Sessions", &frame)
    drawLine(page, whole, state, &frame)
    drawHint(page, whole, state, &frame)
    let beside = page.rows.isEmpty ? 0 : previewWidth(state)
    var area = whole
    area.width -= beside
    if beside > 0 {
      SessionPreviewPane.draw(
        page.preview.flatMap { $0.session == page.chosen?.id ? $0 : nil },
        Area(x: area.x + area.width, y: area.y + 2, width: beside, height: area.height - 2), state, &frame)
    }
    let columns = Columns(width: area.width - 4)
    columns.draw(columns.header, Style(.quiet), x: area.x + 3, y: area.y + 2, &frame)
    guard !page.rows.isEmpty else {
      let words = page.isLoading ? "" : page.line.isEmpty ? "nothing has been raced yet" : "nothing found"
      frame.put(words, x: area.x + 3, y: area.y + 3, Style(.quiet))
      return
    }
    let visible = visibleRows(state)
    // Words are found by where they stand, not by day. Each day takes a row for its name.
    let groups = page.filter.words.isEmpty ? DayGroup.allCases.count : 0
    let first = max(0, min(page.selection - visible / 2, page.rows.count - visible + groups))
    var y = area.y + head
    let beginnings = DayGroup.beginnings(now: state.moment.date)
    var group: DayGroup?
    for (offset, session) in page.rows.dropFirst(first).prefix(visible).enumerated() {
      let day = DayGroup.allCases.first { session.created >= beginnings[$0] ?? .min } ?? .before
      if groups > 0, day != group {
        group = day
        frame.put(day.rawValue, x: area.x + 1, y: y, Style(.title, bold: true))
        y += 1
      }
      guard y < area.y + area.height else { break }
      let isChosen = first + offset == page.selection
      if isChosen { frame.fill(Area(x: area.x, y: y, width: area.width, height: 1), Style(.selection)) }
      if isChosen { frame.put(state.screen.borders.prompt, x: area.x + 1, y: y, Style(.selection, bold: true)) }
      if page.isTicked(session) {
        frame.put(
          state.screen.borders.isASCII ? "*" : "✓", x: area.x + 2, y: y,
          Style(isChosen ? .selection : .good, bold: true))
      }
      columns.draw(
        columns.cells(session, page.marks[session.id], state.screen.borders), Style(isChosen ? .selection : .text),
        x: area.x + 3, y: y, &frame)
      y += 1
      if isChosen, y < area.y + area.height {
        frame.put(detail(session, width: area.width - 6, state), x: area.x + 5, y: y, limit: area.width - 6)
        y += 1
      }
    }
  }

  private static func drawLine(_ page: SessionsPage, _ area: Area, _ state: State, _ frame: inout Frame) {
    let (name, line): (String, Composer) =
      switch page.mode {
      case .browsing: ("", page.line)
      case .title(let line): ("title ", line)
      case .tags(let line): ("tags ", line)
      }
    let ticked = page.ticked.isEmpty ? "" : "\(page.ticked.count) ticked, "
    let count = page.isLoading && page.rows.isEmpty ? "" : ticked + "\(page.rows.count)\(page.isCut ? "+" : "") found"
    let countWidth = TextWidth.of(count)
    frame.put(count, x: area.x + area.width - countWidth - 1, y: area.y, Style(.quiet))
    let used = frame.put(" \(name)\(state.screen.borders.prompt) ", x: area.x, y: area.y, Style(.focus, bold: true))
    let room = area.width - used - countWidth - 3
    // The cursor stays in sight: a long line shows its end.
    let before = tail(VisibleText.line(String(line.characters[..<line.cursor])), columns: room)
    let after = VisibleText.line(String(line.characters[line.cursor...]))
    let written = frame.put(before, x: area.x + used, y: area.y)
    frame.put(TextWidth.fitted(after, columns: room - written), x: area.x + used + written, y: area.y)
    frame.cursor = Frame.Point(x: area.x + used + written, y: area.y)
  }

  /// The end of a text that fits.
  static func tail(_ text: String, columns: Int) -> String {
    var end = Substring(text)
    while TextWidth.of(String(end)) > columns, !end.isEmpty { end = end.dropFirst() }
    return String(end)
  }

  private static func drawHint(_ page: SessionsPage, _ area: Area, _ state: State, _ frame: inout Frame) {
    let (x, y, width) = (area.x + 3, area.y + 1, area.width - 4)
    if case .tags = page.mode {
      frame.put("+new adds, -old takes away, others replace all", x: x, y: y, Style(.quiet), limit: width)
    } else if let fault = page.faults.first {
      frame.put(TextWidth.fitted(VisibleText.line(fault), columns: width), x: x, y: y, Style(.warning))
    } else {
      let hints = [
        "words", "\"a phrase\"", "-without", "model:", "provider:", "tag:", "since:7d", "until:", "cost:>0.01",
        "state:failed", "disagreed", "reasoning",
      ]
      // Whole ones only, the most telling ones where there is little room.
      let shown = width < 110 ? ["model:", "tag:", "since:7d", "cost:>1", "state:failed", "disagreed"] : hints
      var line = ""
      for hint in shown + (width < 110 ? ["reasoning", "provider:", "until:"] : [])
      where TextWidth.of(line) + hint.count + 2 <= width {
        line += (line.isEmpty ? "" : "  ") + hint
      }
      frame.put(line, x: x, y: y, Style(.quiet))
    }
  }

  // MARK: The chosen one

  /// Where the words stand; without words, what the row has no room for.
  private static func detail(_ session: SessionSummary, width: Int, _ state: State) -> StyledLine {
    guard let hit = session.hit else { return StyledLine(facts(session, state), Style(.quiet)) }
    let place = hit.isPrompt || hit.isTitle ? hit.place : hit.model.map { VisibleText.line($0) } ?? "an answer"
    var spans = [Span((session.turns > 1 && !hit.isTitle ? "\(hit.turn) " : "") + "\(place): ", Style(.quiet))]
    if hit.pieces.isEmpty {
      spans.append(Span("not shown before the vote", Style(.quiet)))
      return StyledLine(spans)
    }
    var pieces = hit.pieces.map { SearchHit.Piece(VisibleText.line($0.text), isMatch: $0.isMatch) }
    let room = width - TextWidth.of(spans[0].text)
    // The first match stands within sight.
    if let match = pieces.first(where: \.isMatch), let first = pieces.first, !first.isMatch,
      TextWidth.of(first.text) + TextWidth.of(match.text) > room
    {
      pieces[0].text = "…" + tail(first.text, columns: max(0, room / 2 - TextWidth.of(match.text)))
    }
    spans += pieces.map { Span($0.text, Style($0.isMatch ? .match : .text)) }
    return StyledLine(spans)
  }

  private static func facts(_ session: SessionSummary, _ state: State) -> String {
    let dot = " \(state.screen.borders.dot) "
    var facts = [session.models.map { VisibleText.line($0) }.joined(separator: ", ")]
    facts.insert(Readable.count(session.turns, "turn"), at: 0)
    // A race stops those it does not wait for.
    if let word = session.state, word != .done, word != .stopped { facts.insert(word.rawValue, at: 0) }
    if session.disagreement >= Disagreement.threshold { facts.insert("disagreed", at: 0) }
    if !session.tags.isEmpty { facts.insert(session.tags.map { VisibleText.line($0) }.joined(separator: " "), at: 0) }
    return facts.joined(separator: dot)
  }

  /// Widths of the columns; the prompt takes what the others leave.
  private struct Columns {
    private let widths: [Int]
    private let isNarrow: Bool
    private var gap: Int { isNarrow ? 1 : 2 }
    private static let numeric: Set = [2, 4, 5]

    init(width: Int) {
      isNarrow = width < 76
      let fixed = isNarrow ? [11, 0, 2, width < 60 ? 10 : 18, 2, 8] : [16, 0, 5, min(28, width / 5), 5, 9]
      let others = fixed.reduce(0, +) + (width < 76 ? 1 : 2) * (fixed.count - 1)
      widths = fixed.enumerated().map { $0.offset == 1 ? max(8, width - others) : $0.element }
    }

    var header: [String] {
      isNarrow
        ? ["date", "prompt", "ln", "winner", "vt", "cost"] : ["date", "prompt", "lanes", "winner", "votes", "cost"]
    }

    func cells(_ session: SessionSummary, _ marks: SessionMarks?, _ borders: Borders) -> [String] {
      let date = localTime(session.created)
      let name = VisibleText.line(session.name)
      return [
        isNarrow ? String(date.dropFirst(5)) : date, name.isEmpty ? "(no title)" : name, "\(session.models.count)",
        session.isBlind ? "blind" : winner(session, marks?.words(borders) ?? ""), session.votes.map { "\($0)" } ?? "–",
        Readable.total(session.cost, hasUnknown: session.hasUnknownCost).replacing(" + ", with: "+"),
      ]
    }

    /// Where there is little room, without its provider.
    private func winner(_ session: SessionSummary, _ marks: String) -> String {
      var name = VisibleText.line(session.winner ?? "–")
      if isNarrow, let slash = name.firstIndex(of: "/") { name = String(name[name.index(after: slash)...]) }
      guard !marks.isEmpty else { return name }
      return TextWidth.fittedInTheMiddle(name, columns: widths[3] - TextWidth.of(marks) - 1) + " " + marks
    }

    func draw(_ cells: [String], _ style: Style, x: Int, y: Int, _ frame: inout Frame) {
      var x = x
      for (column, width) in widths.enumerated() {
        let text =
          column == 3
          ? TextWidth.fittedInTheMiddle(cells[column], columns: width) : TextWidth.fitted(cells[column], columns: width)
        let indent = Self.numeric.contains(column) ? width - TextWidth.of(text) : 0
        frame.put(text, x: x + indent, y: y, style)
        x += width + gap
      }
    }
  }
}

/// How long ago, in whole days of this place.
private enum DayGroup: String, CaseIterable {
  case today, yesterday, lastWeek = "last week", before

  /// The first second of each but the last, since 1970.
  static func beginnings(now: Int64) -> [DayGroup: Int64] {
    let today = DayText.start("today", now: now) ?? now
    return [.today: today, .yesterday: DayText.start("yesterday", now: now) ?? today, .lastWeek: today - 6 * 86_400]
  }
}
