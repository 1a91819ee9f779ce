import Core
import Terminal

extension KeyPlace {
  static let difference = KeyPlace("differences", "Between two answers")
}

extension Action {
  static let differenceNext = Action("difference.next"), differenceBefore = Action("difference.previous")
  static let differenceClose = Action("difference.close")
}

extension Comparison: Layer {
  static let keys: [KeyRow] = [
    KeyRow(.differenceNext, .difference, [.character("n")], "next difference", label: Label("next", 1)) {
      $0.edit(Comparison.self) { $0.walk(forward: true, $1) }
    },
    KeyRow(.differenceBefore, .difference, [.character("N")], "difference before", label: Label("before", 2)) {
      $0.edit(Comparison.self) { $0.walk(forward: false, $1) }
    },
    KeyRow(.differenceClose, .difference, [.character("d")], "close the differences") { $0.closeTop() },
  ]

  func places(_ state: State) -> [KeyPlace] { [.difference, .reading, .window] }

  mutating func move(_ step: Step, _ state: State) -> [Command] {
    let height = WindowPane.pageHeight(state)
    let count = rows(width: WindowPane.pageWidth(state)).count
    scroll = step.moved(scroll, height: height, count: max(1, count - height + 1))
    return []
  }

  /// To the next row where something differs, around the end.
  private mutating func walk(forward: Bool, _ state: State) -> [Command] {
    let rows = rows(width: WindowPane.pageWidth(state))
    let places = rows.indices.filter { rows[$0].begins != nil }
    let next =
      forward
      ? places.first { $0 > scroll } ?? places.first : places.last { $0 < scroll } ?? places.last
    scroll = max(0, min(next ?? 0, rows.count - WindowPane.pageHeight(state)))
    return []
  }

  func draw(_ state: State, _ layouts: Layouts, _ frame: inout Frame) {
    ComparisonPane.draw(self, state, layouts, &frame)
  }
}
