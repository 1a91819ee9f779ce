import Core
import Terminal

/// The prompt being written, at most six lines of it, with the terminal's own cursor in it.
struct PromptPane {
  private static let mostLines = 6

  let state: State
  private let rows: [String]
  private let cursor: Frame.Point

  init(state: State) {
    self.state = state
    (rows, cursor) = PromptPane.layout(state.composer, width: max(4, state.width - 5))
  }

  /// One line of text at least, and the line above it.
  var height: Int { 1 + max(1, min(Self.mostLines, rows.count)) }

  func draw(_ area: Area, _ frame: inout Frame) {
    let isActive = state.place == .prompt && state.overlay == nil
    let rule = String(repeating: state.borders.horizontal, count: area.width)
    frame.put(rule, x: area.x, y: area.y, Style(isActive ? .focus : .border))
    let visible = area.height - 1
    let first = max(0, min(cursor.y - visible + 1, rows.count - visible))
    let role: Role = isActive ? .focus : .quiet
    frame.put(" \(state.borders.prompt) ", x: area.x, y: area.y + 1, Style(role, bold: isActive))
    if state.composer.isEmpty {
      frame.put(placeholder, x: area.x + 3, y: area.y + 1, Style(.quiet))
    }
    for (offset, row) in rows.dropFirst(first).prefix(visible).enumerated() {
      frame.put(row, x: area.x + 3, y: area.y + 1 + offset)
    }
    if isActive { frame.cursor = Frame.Point(x: area.x + 3 + cursor.x, y: area.y + 1 + cursor.y - first) }
  }

  private var placeholder: String {
    switch state.lanes.count {
    case 0: "no lane to ask yet"
    case 1: "ask the lane …"
    default: "ask all \(state.lanes.count) lanes …"
    }
  }

  /// Breaks at the width, character by character, so that the cursor is where it looks.
  private static func layout(_ composer: Composer, width: Int) -> (rows: [String], cursor: Frame.Point) {
    var rows = [""]
    var column = 0
    var cursor = Frame.Point(x: 0, y: 0)
    for (index, character) in composer.characters.enumerated() {
      if index == composer.cursor { cursor = Frame.Point(x: column, y: rows.count - 1) }
      if character.isNewline {
        rows.append("")
        column = 0
        continue
      }
      let text = String(character)
      let size = character.isASCII && character != "\t" ? 1 : TextWidth.of(text)
      if column + size > width {
        rows.append("")
        column = 0
        if index == composer.cursor { cursor = Frame.Point(x: 0, y: rows.count - 1) }
      }
      rows[rows.count - 1] += text
      column += size
    }
    if composer.cursor == composer.characters.count {
      if column == width {
        rows.append("")
        column = 0
      }
      cursor = Frame.Point(x: column, y: rows.count - 1)
    }
    return (rows, cursor)
  }
}
