import Core
import Terminal

/// The window over the lanes.
enum OverlayPane {
  static func draw(_ state: State, _ layouts: Layouts, _ frame: inout Frame) {
    switch state.overlay {
    case nil: break
    case .list(let list): draw(list, state, &frame)
    case .help(let scroll): drawHelp(scroll, state, &frame)
    case .form(let form): FormPane.draw(form, state, &frame)
    case .question(let question): FormPane.draw(question, state, &frame)
    case .difference(let comparison): ComparisonPane.draw(comparison, state, layouts, &frame)
    case .map(let map): ComparisonPane.draw(map, state, &frame)
    case .page(let page): PagePane.draw(page, state, &frame)
    case .sessions(let page): SessionsPane.draw(page, state, &frame)
    case .traffic(let page): TrafficPane.draw(page, state, &frame)
    }
  }

  /// Columns and rows of text in a window over all the lanes.
  static func pageWidth(_ state: State) -> Int { max(2, state.width - 4) }
  static func pageHeight(_ state: State) -> Int { max(1, state.height - 5) }

  static func window(_ state: State, width: Int, height: Int, title: String, _ frame: inout Frame) -> Area {
    let screen = Area(x: 0, y: 1, width: state.width, height: state.height - 2)
    // A page takes the whole width, anything else leaves what is below it to be seen at the sides.
    let area = screen.centered(width: width >= state.width ? state.width : min(width, state.width - 4), height: height)
    frame.fill(area, Style())
    frame.box(area, Style(.focus), borders: state.borders)
    frame.put(" \(title) ", x: area.x + 2, y: area.y, Style(.focus, bold: true))
    return area.inside
  }

  private static func draw(_ list: ChoiceList, _ state: State, _ frame: inout Frame) {
    let area = window(state, width: 96, height: state.height - 4, title: list.title, &frame)
    let count = list.isLoading ? "loading …" : "\(list.matches.count) of \(list.items.count)"
    let countWidth = TextWidth.of(count)
    frame.put(count, x: area.x + area.width - countWidth - 1, y: area.y, Style(.quiet))
    let used = frame.put(" \(state.borders.prompt) ", x: area.x, y: area.y, Style(.focus, bold: true))
    let query = TextWidth.fitted(VisibleText.line(list.query), columns: area.width - used - countWidth - 3)
    let written = frame.put(query, x: area.x + used, y: area.y)
    frame.cursor = Frame.Point(x: area.x + used + written, y: area.y)
    let visible = area.height - 2
    let first = max(0, min(list.selection - visible / 2, list.matches.count - visible))
    for (offset, item) in list.matches.dropFirst(first).prefix(visible).enumerated() {
      let isChosen = first + offset == list.selection
      drawItem(item, isChosen, Area(x: area.x, y: area.y + 2 + offset, width: area.width, height: 1), &frame)
    }
    if list.matches.isEmpty, !list.isLoading {
      frame.put(
        list.items.isEmpty
          ? list.query.isEmpty ? "nothing here yet" : list.typedHint ?? "nothing here yet"
          : list.typedHint ?? "nothing matches",
        x: area.x + 3, y: area.y + 2, Style(.quiet))
    }
  }

  private static func drawItem(_ item: ChoiceList.Item, _ isChosen: Bool, _ area: Area, _ frame: inout Frame) {
    if isChosen { frame.fill(area, Style(.selection)) }
    let detail = VisibleText.line(item.detail)
    let detailWidth = min(TextWidth.of(detail), area.width / 2)
    frame.put(
      TextWidth.fitted(VisibleText.line(item.title), columns: area.width - detailWidth - 5), x: area.x + 3, y: area.y,
      Style(isChosen ? .selection : item.isQuiet ? .quiet : .text))
    frame.put(
      TextWidth.fitted(detail, columns: detailWidth), x: area.x + area.width - detailWidth - 1, y: area.y,
      Style(isChosen ? .selection : .quiet))
  }

  private static func drawHelp(_ scroll: Int, _ state: State, _ frame: inout Frame) {
    let lines = helpLines(state.keymap)
    let area = window(state, width: 76, height: min(lines.count + 2, state.height - 4), title: "Help", &frame)
    let first = max(0, min(scroll, lines.count - area.height))
    for (offset, line) in lines.dropFirst(first).prefix(area.height).enumerated() {
      frame.put(line.key, x: area.x + 2, y: area.y + offset, Style(line.isHeading ? .title : .strong))
      frame.put(line.words, x: area.x + 24, y: area.y + offset, limit: area.width - 25)
    }
    if lines.count > area.height {
      let mark = " \(first + 1)-\(min(lines.count, first + area.height)) of \(lines.count) "
      frame.put(mark, x: area.x + area.width - TextWidth.of(mark) - 1, y: area.y + area.height, Style(.quiet))
    }
  }

  private struct HelpLine {
    var key: String
    var words: String
    var isHeading = false
  }

  private static func helpLines(_ keymap: Keymap) -> [HelpLine] {
    let groups: [(String, Keymap.Place)] = [
      ("In the prompt", .prompt), ("In the lanes", .lanes), ("Among the sessions", .sessions),
      ("Anywhere", .anywhere),
    ]
    return groups.flatMap { title, place -> [HelpLine] in
      let rows = keymap.rows.filter { $0.place == place && !$0.keys.isEmpty }.map { row in
        HelpLine(key: row.keys.map(\.name).joined(separator: "  "), words: row.summary)
      }
      let editing = place == .prompt ? Composer.editingKeys.map { HelpLine(key: $0.keys, words: $0.summary) } : []
      return [HelpLine(key: title, words: "", isHeading: true)] + rows + editing + [HelpLine(key: "", words: "")]
    }.dropLast()
  }
}
