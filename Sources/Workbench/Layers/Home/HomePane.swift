import Core
import Terminal

/// The home page, between the bar and the prompt: one column, or keys beside the rest where there is room.
enum HomePane {
  private struct Line {
    var line: StyledLine
    var row: HomePage.Row?
    var leadWidth = 0
  }

  static func isWide(_ state: State) -> Bool { state.screen.width >= 110 }

  static func draw(_ home: HomeLayer, _ state: State, _ layouts: Layouts, _ frame: inout Frame) {
    let area = Area(
      x: 0, y: 1, width: state.screen.width, height: state.screen.height - 2 - PromptPane(state: state, layouts).height)
    guard area.height > 2 else { return }
    frame.fill(area, Style())
    let page = HomePage(home, state)
    let isLow = area.height < 18
    var y = area.y + (area.height < 26 ? 0 : 1)
    for line in page.head(isLow: isLow) {
      frame.put(line.label, x: 2, y: y, line.isState ? Style(.quiet) : Style(.focus, bold: true))
      frame.put(TextWidth.fitted(line.words, columns: area.width - 14), x: isLow ? 8 : 13, y: y, Style(.text))
      y += 1
    }
    if !isLow { y += 1 }
    let body = Area(x: 0, y: y, width: area.width, height: area.y + area.height - y)
    let choice = home.choice(state)
    let sections = page.sections
    guard isWide(state) else {
      return column(sections, body, choice, hasGaps: !isLow, state, &frame)
    }
    let isKeys = { (section: HomePage.Section) in
      section.rows.contains { if case .key? = $0.choice { true } else { false } }
    }
    let left = Area(x: 0, y: body.y, width: body.width * 3 / 5, height: body.height)
    let right = Area(x: left.width + 1, y: body.y, width: body.width - left.width - 1, height: body.height)
    column(sections.filter { !isKeys($0) }, left, choice, hasGaps: true, state, &frame)
    column(sections.filter(isKeys), right, choice, hasGaps: true, state, &frame)
  }

  /// Sections below each other; the chosen row is always in sight.
  private static func column(
    _ sections: [HomePage.Section], _ area: Area, _ choice: HomeChoice?, hasGaps: Bool, _ state: State,
    _ frame: inout Frame
  ) {
    let lines = lines(sections, width: area.width - 4, hasGaps: hasGaps)
    let isCut = lines.count > area.height
    let height = isCut ? area.height - 1 : area.height
    let place = lines.firstIndex { $0.row?.choice != nil && $0.row?.choice == choice } ?? 0
    let first = max(0, min(place - height + 2, lines.count - height))
    for (offset, line) in lines.dropFirst(first).prefix(height).enumerated() {
      let isChosen = line.row?.choice != nil && line.row?.choice == choice
      draw(line, isChosen, Area(x: area.x, y: area.y + offset, width: area.width, height: 1), state, &frame)
    }
    guard isCut else { return }
    let rest = lines.dropFirst(first + height).count { $0.row != nil }
    let words = rest > 0 ? "\(state.screen.borders.down) \(rest) more" : "\(state.screen.borders.up) more above"
    frame.put(words, x: area.x + 4, y: area.y + area.height - 1, Style(.quiet))
  }

  private static func lines(_ sections: [HomePage.Section], width: Int, hasGaps: Bool) -> [Line] {
    var lines: [Line] = []
    for section in sections {
      if hasGaps, !lines.isEmpty { lines.append(Line(line: StyledLine())) }
      let room = width - TextWidth.of(section.title) - 2
      let note = TextWidth.of(section.note) <= room ? section.note : ""
      let gap = String(repeating: " ", count: max(0, width - TextWidth.of(section.title) - TextWidth.of(note)))
      lines.append(
        Line(line: StyledLine([Span(section.title, Style(.heading, bold: true)), Span(gap + note, Style(.quiet))])))
      if !section.words.isEmpty {
        lines += StyledLine.wrapped(section.words, width: width - 2).map { line in
          Line(line: StyledLine([Span("  ")] + line.spans))
        }
      }
      let leadWidth = section.rows.map { TextWidth.of($0.lead) }.max() ?? 0
      lines += section.rows.map { Line(line: StyledLine(), row: $0, leadWidth: leadWidth) }
    }
    return lines
  }

  private static func draw(_ line: Line, _ isChosen: Bool, _ area: Area, _ state: State, _ frame: inout Frame) {
    guard let row = line.row else {
      frame.put(line.line, x: area.x + 2, y: area.y, limit: area.width - 3)
      return
    }
    let inner = Area(x: area.x + 1, y: area.y, width: area.width - 2, height: 1)
    if isChosen {
      frame.fill(inner, Style(.selection))
      frame.put(state.screen.borders.prompt, x: inner.x + 1, y: area.y, Style(.selection, bold: true))
    }
    let quiet = Style(isChosen ? .selection : .quiet)
    let start = inner.x + 3 + (line.leadWidth > 0 ? line.leadWidth + 2 : 0)
    frame.put(row.lead, x: inner.x + 3, y: area.y, row.role == .quiet && !isChosen ? Style(.text) : quiet)
    let endWidth = TextWidth.of(row.end)
    let room = inner.x + inner.width - 1 - start - (endWidth > 0 ? endWidth + 2 : 0)
    frame.put(
      TextWidth.fitted(row.text, columns: max(0, room)), x: start, y: area.y, Style(isChosen ? .selection : row.role))
    frame.put(row.end, x: inner.x + inner.width - 1 - endWidth, y: area.y, quiet)
  }
}
