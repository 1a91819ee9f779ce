import Core
import Terminal

/// The prompt being written, at most six lines of it, with the terminal's own cursor in it.
struct PromptPane {
  private static let mostLines = 6

  let state: State
  private let rows: PromptRows
  private let cursor: Frame.Point

  init(state: State, _ layouts: Layouts) {
    self.state = state
    rows = layouts.prompt(state.draft.composer, width: max(4, state.screen.width - 5))
    cursor = rows.cursor(state.draft.composer)
  }

  /// One line of text at least, and the line above it.
  var height: Int { 1 + max(1, min(Self.mostLines, rows.count)) }

  func draw(_ area: Area, _ frame: inout Frame) {
    let isActive = state.place == .prompt && state.window == nil
    let rule = String(repeating: state.screen.borders.horizontal, count: area.width)
    frame.put(rule, x: area.x, y: area.y, Style(isActive ? .focus : .border))
    drawChips(area, &frame)
    let visible = area.height - 1
    let first = max(0, min(cursor.y - visible + 1, rows.count - visible))
    if rows.count > visible {
      let above = first > 0 ? "\(state.screen.borders.up) \(first) " : ""
      let below = rows.count - first - visible
      let mark = " \(above)\(below > 0 ? "\(state.screen.borders.down) \(below) " : "")more "
      frame.put(mark, x: area.x + area.width - TextWidth.of(mark) - 1, y: area.y, Style(.quiet))
    } else if !state.draft.composer.isEmpty, !state.draft.outlook.words.isEmpty, area.width >= 60 {
      let mark = " \(state.draft.outlook.words) "
      frame.put(mark, x: area.x + area.width - TextWidth.of(mark) - 1, y: area.y, Style(.quiet))
    }
    let role: Role = isActive ? .focus : .quiet
    frame.put(" \(state.screen.borders.prompt) ", x: area.x, y: area.y + 1, Style(role, bold: isActive))
    if state.draft.composer.isEmpty {
      frame.put(placeholder, x: area.x + 3, y: area.y + 1, Style(.quiet))
    }
    for row in first..<min(rows.count, first + visible) {
      frame.put(rows.text(row, state.draft.composer), x: area.x + 3, y: area.y + 1 + row - first)
    }
    if isActive { frame.cursor = Frame.Point(x: area.x + 3 + cursor.x, y: area.y + 1 + cursor.y - first) }
  }

  /// What goes with the prompt, on the line above it: files, a system prompt, the answer that all lanes go on from.
  private func drawChips(_ area: Area, _ frame: inout Frame) {
    var x = area.x + 2
    func put(_ text: String, _ style: Style) {
      guard x + 8 < area.x + area.width else { return }
      x += frame.put(" \(TextWidth.fitted(text, columns: area.x + area.width - x - 4)) ", x: x, y: area.y, style) + 1
    }
    for file in state.draft.attachments {
      put(
        "\(state.screen.borders.file) \(VisibleText.line(file.name)) \(Readable.bytes(file.data.count))",
        Style(.selection))
    }
    if let system = state.draft.system, !system.isEmpty { put("system: \(VisibleText.line(system))", Style(.quiet)) }
    if let lane = state.turn?.continued { put("from lane \(lane + 1)'s answer", Style(.prompt)) }
    if state.draft.composer.isViNormal { put("NORMAL", Style(.focus, bold: true)) }
  }

  private var placeholder: String {
    switch state.asked.count {
    case 0: "no lane to ask yet"
    case 1: "ask the lane \(state.screen.borders.ellipsis)"
    default: "ask all \(state.asked.count) lanes \(state.screen.borders.ellipsis)"
    }
  }
}

/// The prompt broken into rows at the width, character by character, so that the cursor is where it looks.
struct PromptRows {
  let revision: Int
  let width: Int
  /// Index of the first character of each row; line breaks belong to the row they end.
  private let starts: [Int]

  init(_ composer: Composer, width: Int) {
    revision = composer.revision
    self.width = width
    var starts = [0]
    var column = 0
    for (index, character) in composer.characters.enumerated() {
      if character.isNewline {
        starts.append(index + 1)
        column = 0
        continue
      }
      let size = PromptRows.width(of: character)
      if column + size > width {
        starts.append(index)
        column = 0
      }
      column += size
    }
    // A full last row: the cursor stands on the next one.
    if column == width { starts.append(composer.characters.count) }
    self.starts = starts
  }

  var count: Int { starts.count }

  func text(_ row: Int, _ composer: Composer) -> String {
    let end = row + 1 < starts.count ? starts[row + 1] : composer.characters.count
    return String(composer.characters[starts[row]..<end].filter { !$0.isNewline })
  }

  func cursor(_ composer: Composer) -> Frame.Point {
    // The last row that begins at or before the cursor.
    var low = 0
    var high = starts.count - 1
    while low < high {
      let middle = (low + high + 1) / 2
      if starts[middle] <= composer.cursor { low = middle } else { high = middle - 1 }
    }
    let before = composer.characters[starts[low]..<composer.cursor]
    return Frame.Point(x: before.reduce(0) { $0 + PromptRows.width(of: $1) }, y: low)
  }

  private static func width(of character: Character) -> Int {
    character.isASCII && character.asciiValue.map { $0 >= 0x20 && $0 < 0x7F } == true
      ? 1 : TextWidth.of(String(character))
  }
}
