import Core
import Terminal

/// Two answers against each other, by words.
enum ComparisonPane {
  static func draw(_ comparison: Comparison, _ state: State, _ layouts: Layouts, _ frame: inout Frame) {
    let percent = Int(saturating: (comparison.agreement * 100).rounded(.down))
    let area = WindowPane.draw(
      state, width: state.screen.width, height: state.screen.height - 2,
      title: "Differences \(state.screen.borders.dot) \(percent) % shared"
        + (comparison.isCut ? " \(state.screen.borders.dot) of the first \(Comparison.most >> 10) KB" : ""),
      &frame)
    let rows = layouts.rows(comparison, width: WindowPane.pageWidth(state))
    let isSplit = rows.first?.right != nil
    let column = isSplit ? (WindowPane.pageWidth(state) - 3) / 2 : WindowPane.pageWidth(state)
    let x = area.x + 1
    func title(_ lane: Int, _ role: Role, _ width: Int) -> StyledLine {
      let text = "\(lane + 1) \(VisibleText.line(state.lanes[lane].title))"
      return StyledLine(TextWidth.fitted(text, columns: width), Style(role, bold: true, underlined: role == .removed))
    }
    if isSplit {
      frame.put(title(comparison.left, .removed, column), x: x, y: area.y, limit: column)
      frame.put(title(comparison.right, .added, column), x: x + column + 3, y: area.y, limit: column)
    } else {
      let used = frame.put(title(comparison.left, .removed, column / 2 - 1), x: x, y: area.y)
      frame.put(title(comparison.right, .added, column / 2 - 1), x: x + used + 2, y: area.y)
    }
    let height = WindowPane.pageHeight(state)
    for (offset, row) in rows.dropFirst(comparison.scroll).prefix(height).enumerated() {
      let y = area.y + 1 + offset
      frame.put(row.left, x: x, y: y, limit: column)
      if let right = row.right {
        frame.put(state.screen.borders.vertical, x: x + column + 1, y: y, Style(.border))
        frame.put(right, x: x + column + 3, y: y, limit: column)
      }
    }
    let total = rows.count { $0.begins != nil }
    let passed = rows.prefix(comparison.scroll + 1).count { $0.begins != nil }
    let mark =
      total == 0
      ? " no difference " : " \(Readable.count(total, "difference")) \(state.screen.borders.dot) at \(max(1, passed)) "
    frame.put(mark, x: area.x + area.width - TextWidth.of(mark) - 1, y: area.y + area.height, Style(.quiet))
  }
}
