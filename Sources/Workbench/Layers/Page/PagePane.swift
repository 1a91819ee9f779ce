import Core
import Terminal

/// A page in a window over all the lanes.
enum PagePane {
  /// Lines of a page that are shown at once.
  static func height(_ state: State) -> Int { max(1, state.screen.height - 4) }

  /// The row of the screen on which a page begins.
  static let top = 2

  static func draw(_ page: Page, _ cursor: PageCursor, _ state: State, _ frame: inout Frame) {
    let title = cursor.showsMethods ? "\(page.title) \(state.screen.borders.dot) how it is computed" : page.title
    let area = WindowPane.draw(
      state, width: state.screen.width, height: state.screen.height - 2, title: VisibleText.line(title), &frame)
    let width = WindowPane.pageWidth(state)
    let lines = (cursor.showsMethods ? page.methods : page.blocks).flatMap { $0.lines(width: width) }
    let height = area.height
    let first = cursor.first(lines.count, height: height)
    let chosen = cursor.showsMethods ? nil : cursor.line(lines)
    for (offset, line) in lines.dropFirst(first).prefix(height).enumerated() {
      let y = area.y + offset
      frame.put(line.line, x: area.x + 1, y: y, limit: area.width - 2)
      guard first + offset == chosen else { continue }
      frame.put(state.screen.borders.prompt, x: area.x, y: y, Style(.focus, bold: true))
      frame.mark((area.x + 1)..<(area.x + area.width - 1), y: y, Style(.selection))
    }
    if lines.count > height {
      let mark = " \(first + 1)-\(min(lines.count, first + height)) of \(lines.count) "
      frame.put(mark, x: area.x + area.width - TextWidth.of(mark) - 1, y: area.y + area.height, Style(.quiet))
    }
  }
}
