import Core
import Terminal

/// The table of keys in a window.
enum HelpPane {
  struct Line {
    var key: String
    var words: String
    var isHeading = false
    var isQuiet = false
  }

  static func height(_ help: HelpLayer, _ state: State) -> Int {
    max(1, min(lines(help, state).count, state.screen.height - 6))
  }

  static func draw(_ help: HelpLayer, _ state: State, _ frame: inout Frame) {
    let lines = lines(help, state)
    let area = WindowPane.draw(
      state, width: 76, height: min(lines.count + 2, state.screen.height - 4), title: "Help", &frame)
    let first = max(0, min(help.scroll, lines.count - area.height))
    for (offset, line) in lines.dropFirst(first).prefix(area.height).enumerated() {
      let y = area.y + offset
      frame.put(line.key, x: area.x + 2, y: y, Style(line.isHeading ? .title : line.isQuiet ? .quiet : .strong))
      frame.put(line.words, x: area.x + 24, y: y, Style(line.isQuiet ? .quiet : .text), limit: area.width - 25)
    }
    if lines.count > area.height {
      let mark = " \(first + 1)-\(min(lines.count, first + area.height)) of \(lines.count) "
      frame.put(mark, x: area.x + area.width - TextWidth.of(mark) - 1, y: area.y + area.height, Style(.quiet))
    }
  }

  /// What cannot be done now is quiet.
  static func lines(_ help: HelpLayer, _ state: State) -> [Line] {
    var places = help.fromPlaces
    for row in state.keymap.rows where !places.contains(row.place) { places.append(row.place) }
    return places.flatMap { place -> [Line] in
      let rows = state.keymap.rows.filter { $0.place == place && !$0.keys.isEmpty }.map { row in
        Line(
          key: row.keys.map(\.name).joined(separator: "  "), words: row.summary,
          isQuiet: help.fromPlaces.contains(place) && row.obstacle(state) != nil)
      }
      let editing = place == .prompt ? Composer.editingKeys.map { Line(key: $0.keys, words: $0.summary) } : []
      if rows.isEmpty, editing.isEmpty { return [] }
      return [Line(key: place.title, words: "", isHeading: true)] + rows + editing + [Line(key: "", words: "")]
    }.dropLast()
  }
}
