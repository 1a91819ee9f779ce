import Core
import Terminal

/// The scoreboard below the lanes.
enum ScoreboardPane {
  /// Rows wanted: none while there is nothing to compare, or when the window is too low for both.
  static func height(_ state: State) -> Int {
    let rows = rows(state)
    return state.desk.panel == .scoreboard && rows > 0 && state.screen.height >= 20 + rows ? rows + 1 : 0
  }

  static func leastHeight(_ state: State) -> Int { 20 + rows(state) }

  /// Counted without a copy of each answer: panes ask for every frame, and every lane.
  private static func rows(_ state: State) -> Int {
    guard let turn = state.turn else { return 0 }
    return state.shown.count { turn.responses[$0] != nil }
  }

  static func draw(_ state: State, _ area: Area, _ frame: inout Frame) {
    let marks = state.marks
    // In a narrow window the first word says enough of how it began.
    let columns = Scoreboard.columns(hasFits: state.hasFits, hasMarks: marks?.isCompared == true)
      .filter { area.width >= 92 || $0 != .ttft }
    let places = state.places
    let responses = Scoreboard.sorted(state.responses, by: state.desk.order)
    let rows = responses.map { Scoreboard.row($0, place: places[$0.lane], fit: state.fit($0.lane), marks: marks) }
    let gap = area.width < 100 ? 1 : 2
    let widths = Self.widths(columns, rows, total: area.width - 2, gap: gap)
    func draw(_ texts: [Scoreboard.Column: String], y: Int, _ style: (Scoreboard.Column) -> Style) {
      var x = area.x + 1
      for (column, width) in zip(columns, widths) {
        let text = TextWidth.fittedInTheMiddle(VisibleText.line(texts[column] ?? ""), columns: width)
        let indent = column.isNumeric ? width - TextWidth.of(text) : 0
        frame.put(text, x: x + indent, y: y, style(column), limit: width)
        x += width + gap
      }
    }
    draw(Dictionary(uniqueKeysWithValues: columns.map { ($0, $0.title) }), y: area.y) { column in
      column == state.desk.order.column && state.desk.order != Scoreboard.Order() ? Style(.strong) : Style(.quiet)
    }
    for (index, response) in responses.enumerated() {
      let isFirst = places[response.lane] == 1
      draw(rows[index], y: area.y + 1 + index) { column in
        switch column {
        case .state: Style(response.state.role)
        case .model: Style(isFirst ? .strong : .text)
        case .number: Style(.lane(response.lane), bold: true)
        default: Style(.text)
        }
      }
    }
    let used = widths.reduce(0, +) + gap * widths.count + 2
    guard area.width - used >= Self.leastBars else { return }
    let bars = Area(x: area.x + used, y: area.y, width: area.width - used, height: area.height)
    TimelinePane.drawBars(of: responses, state, bars, &frame)
  }

  /// Columns from which on the times stand beside the figures as bars too.
  private static let leastBars = 40

  /// Every column as wide as its widest text; the model takes what is left.
  private static func widths(
    _ columns: [Scoreboard.Column], _ rows: [[Scoreboard.Column: String]], total: Int, gap: Int
  ) -> [Int] {
    var widths = columns.map { column -> Int in
      let widest = rows.map { TextWidth.of($0[column] ?? "") }.max() ?? 0
      let least = column == .number ? 1 : column.isNumeric ? gap + 3 : 0
      return max(TextWidth.of(column.title), widest, least)
    }
    guard let model = columns.firstIndex(of: .model) else { return widths }
    let taken = widths.reduce(0, +) - widths[model] + gap * (columns.count - 1)
    widths[model] = max(8, min(widths[model], total - taken))
    return widths
  }
}
