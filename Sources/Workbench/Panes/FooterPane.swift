import Core
import Terminal

/// The last line: a message if there is one, else the keys that matter here, from their rows. What cannot be done now comes
/// last, and quietly.
enum FooterPane {
  private struct Hint {
    var key: String
    var words: String
    var isQuiet = false
  }

  static func draw(_ state: State, _ extents: [Int: State.Extent], y: Int, _ frame: inout Frame) {
    if let message = state.message {
      frame.put(
        " " + TextWidth.fitted(VisibleText.line(message), columns: state.screen.width - 2), x: 0, y: y, Style(.strong))
      return
    }
    var x = 1
    if let search = state.search, state.layers.top is SearchLayer {
      x = drawSearch(search, state, extents, y, &frame) + 3
    }
    draw(hints(state), state, y, x: x, &frame)
  }

  private static func hints(_ state: State) -> [Hint] {
    let notes = (state.layers.top?.note(state) ?? []).map { Hint(key: $0.strong, words: $0.quiet) }
    let takesText = state.takesText
    let places = state.keyPlaces
    // A key that means something else here is not told.
    func usable(_ row: KeyRow) -> Key? {
      row.keys.first { state.keymap.row(for: $0, in: places, takesText: takesText)?.action == row.action }
    }
    var told: [(rank: Int, hint: Hint)] = []
    for (depth, place) in places.enumerated() {
      for row in state.keymap.rows(in: place) {
        guard let label = row.label, row.isMeant(state), let words = label.words(state), let key = usable(row) else {
          continue
        }
        let partner = label.partner.flatMap(state.keymap.row).flatMap(usable).map { $0.name + " " } ?? ""
        let isQuiet = row.obstacle(state) != nil
        // In a window what belongs to it comes first.
        let rank = label.rank + (state.window == nil ? 0 : 100 * depth) + (isQuiet ? 10_000 : 0)
        told.append((rank, Hint(key: partner + key.name, words: words, isQuiet: isQuiet)))
      }
    }
    let order = told.indices.sorted { (told[$0].rank, $0) < (told[$1].rank, $1) }
    return notes + order.map { told[$0].hint }
  }

  /// - Returns: the column behind it.
  private static func drawSearch(
    _ search: Search, _ state: State, _ extents: [Int: State.Extent], _ y: Int, _ frame: inout Frame
  ) -> Int {
    var x = 1 + frame.put("/", x: 1, y: y, Style(.focus, bold: true))
    let lanes = search.isEverywhere ? state.shown : [state.focus]
    let total = lanes.reduce(0) { $0 + (extents[$1]?.matches.count ?? 0) }
    let place = search.isEverywhere ? "all lanes" : "lane \(state.focus + 1)"
    x += frame.put(VisibleText.line(search.query), x: x, y: y, limit: state.screen.width / 2)
    if search.isTyping { frame.cursor = Frame.Point(x: x, y: y) }
    let count = search.query.isEmpty ? place : "\(Readable.count(total, "match", "matches")) in \(place)"
    return x + 2 + frame.put(count, x: x + 2, y: y, Style(.quiet))
  }

  private static func draw(_ hints: [Hint], _ state: State, _ y: Int, x start: Int, _ frame: inout Frame) {
    // In a narrow window the dots make way for hints.
    let gap = state.screen.width < 100 ? "  " : " \(state.screen.borders.dot) "
    var x = start
    for (index, hint) in hints.enumerated() {
      let width = TextWidth.of(hint.key) + 1 + TextWidth.of(hint.words) + (index == 0 ? 0 : TextWidth.of(gap))
      guard x + width < state.screen.width else { break }
      if index > 0 { x += frame.put(gap, x: x, y: y, Style(.border)) }
      x += frame.put(hint.key, x: x, y: y, Style(hint.isQuiet ? .border : .strong))
      x += frame.put(" " + hint.words, x: x, y: y, Style(hint.isQuiet ? .border : .quiet))
    }
  }
}
