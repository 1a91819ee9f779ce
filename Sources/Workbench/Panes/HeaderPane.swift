import Core
import Terminal

/// The first line: what is raced by which rule, how far it is, what it cost.
enum HeaderPane {
  static func draw(_ state: State, _ frame: inout Frame) {
    let dot = " \(state.borders.dot) "
    frame.fill(Area(x: 0, y: 0, width: state.width, height: 1), Style(.bar))
    var right = [Readable.count(state.lanes.count, "lane")]
    let over = state.responses.filter { $0.state.isOver }.count
    if !state.responses.isEmpty { right.append("\(over) of \(state.responses.count) ended") }
    let unknown = state.hasUnknownCost ? " + ?" : ""
    right.append(state.spent.screenText + unknown)
    if state.width >= 70 { right.append(String(state.session.id.prefix(4))) }
    let tail = right.joined(separator: dot) + " "
    let tailWidth = TextWidth.of(tail)
    var used = frame.put(" furlong", x: 0, y: 0, Style(.bar, bold: true))
    used += frame.put("  race\(dot)\(state.session.rule.rawValue)", x: used, y: 0, Style(.bar))
    let room = state.width - used - tailWidth - 2
    if !state.session.title.isEmpty, room >= 12 {
      let title = TextWidth.fitted(VisibleText.line(state.session.title), columns: room - TextWidth.of(dot))
      frame.put(dot + title, x: used, y: 0, Style(.bar))
    }
    frame.put(tail, x: max(used, state.width - tailWidth), y: 0, Style(.bar))
  }
}

/// The last line: a message if there is one, else the keys that matter here.
enum FooterPane {
  static func draw(_ state: State, y: Int, _ frame: inout Frame) {
    if let message = state.message {
      frame.put(
        " " + TextWidth.fitted(VisibleText.line(message), columns: state.width - 2), x: 0, y: y, Style(.warning))
      return
    }
    let keymap = state.keymap
    func hint(_ action: Action, _ words: String) -> (String, String) { (keymap.keyName(action), words) }
    let hints: [(String, String)]
    switch (state.overlay, state.place) {
    case (.list?, _): hints = [("Enter", "take it"), ("↑ ↓", "choose"), ("letters", "filter"), ("Esc", "close")]
    case (.help?, _): hints = [("↑ ↓", "scroll"), ("Esc", "close")]
    case (nil, .prompt):
      hints = [
        hint(.send, "send"), hint(.places, "lanes"), hint(.newLine, "new line"), hint(.palette, "commands"),
        hint(.help, "help"),
      ]
    case (nil, .lanes):
      hints = [
        hint(.places, "prompt"), ("?", "help"), ("1-9", "lane"), hint(.zoom, "zoom"), hint(.stop, "stop"),
        hint(.retry, "retry"), hint(.add, "add"), hint(.model, "model"), hint(.sessions, "sessions"),
      ]
    }
    var x = 1
    for (index, (key, words)) in hints.enumerated() {
      let width = TextWidth.of(key) + 1 + words.count + (index == 0 ? 0 : 3)
      guard x + width < state.width else { break }
      if index > 0 { x += frame.put(" \(state.borders.dot) ", x: x, y: y, Style(.border)) }
      x += frame.put(key, x: x, y: y, Style(.strong))
      x += frame.put(" " + words, x: x, y: y, Style(.quiet))
    }
  }
}
