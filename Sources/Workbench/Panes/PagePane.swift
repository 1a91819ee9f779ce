import Core
import Terminal

/// A page in a window over all the lanes.
enum PagePane {
  static func draw(_ page: Page, _ state: State, _ frame: inout Frame) {
    let title = page.showsMethods ? "\(page.title) \(state.borders.dot) how it is computed" : page.title
    let area = OverlayPane.window(
      state, width: state.width, height: state.height - 2, title: VisibleText.line(title), &frame)
    let lines = page.lines(width: OverlayPane.pageWidth(state))
    let height = area.height
    let first = max(0, min(page.scroll, lines.count - height))
    for (offset, line) in lines.dropFirst(first).prefix(height).enumerated() {
      frame.put(line, x: area.x + 1, y: area.y + offset, limit: area.width - 2)
    }
    if lines.count > height {
      let mark = " \(first + 1)-\(min(lines.count, first + height)) of \(lines.count) "
      frame.put(mark, x: area.x + area.width - TextWidth.of(mark) - 1, y: area.y + area.height, Style(.quiet))
    }
  }
}
