import Core
import Terminal

extension KeyPlace {
  static let map = KeyPlace("map", "Where the lanes disagree")
}

extension Action {
  static let mapNext = Action("map.next"), mapBefore = Action("map.previous"), mapClose = Action("map.close")
}

extension DisagreementMap: Layer {
  static let keys: [KeyRow] = [
    KeyRow(.mapNext, .map, [.character("n")], "next sentence in dispute", label: Label("next", 1)) {
      $0.edit(DisagreementMap.self) { map, _ in map.walked(by: 1) }
    },
    KeyRow(.mapBefore, .map, [.character("N")], "sentence in dispute before", label: Label("before", 2)) {
      $0.edit(DisagreementMap.self) { map, _ in map.walked(by: -1) }
    },
    KeyRow(.mapClose, .map, [.character("f")], "close the map") { $0.closeTop() },
  ]

  func places(_ state: State) -> [KeyPlace] { [.map, .reading, .window] }

  private mutating func walked(by step: Int) -> [Command] {
    walk(by: step)
    return []
  }

  mutating func move(_ step: Step, _ state: State) -> [Command] {
    selection = step.moved(selection, height: WindowPane.pageHeight(state), count: max(1, rows.count))
    return []
  }

  func draw(_ state: State, _ layouts: Layouts, _ frame: inout Frame) { MapPane.draw(self, state, &frame) }
}
