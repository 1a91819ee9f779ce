import Core
import Terminal

/// A list to choose from, in a window.
enum ListPane {
  static func draw(_ list: ChoiceList, _ state: State, _ frame: inout Frame) {
    let area = WindowPane.draw(state, width: 96, height: state.screen.height - 4, title: list.title, &frame)
    let number = "\(list.matches.count) of \(list.items.count)"
    let count = !list.isLoading ? number : list.items.isEmpty ? "loading …" : "\(number) …"
    let countWidth = TextWidth.of(count)
    frame.put(count, x: area.x + area.width - countWidth - 1, y: area.y, Style(.quiet))
    let used = frame.put(" \(state.screen.borders.prompt) ", x: area.x, y: area.y, Style(.focus, bold: true))
    let query = TextWidth.fitted(VisibleText.line(list.query), columns: area.width - used - countWidth - 3)
    let written = frame.put(query, x: area.x + used, y: area.y)
    frame.cursor = Frame.Point(x: area.x + used + written, y: area.y)
    let (first, visible) = rows(list, state)
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

  /// The row of the screen on which the first choice stands.
  static let top = 5

  /// Which choices are shown: the first of them, and how many there is room for.
  static func rows(_ list: ChoiceList, _ state: State) -> (first: Int, count: Int) {
    let visible = max(0, state.screen.height - 8)
    return (max(0, min(list.selection - visible / 2, list.matches.count - visible)), visible)
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
}
