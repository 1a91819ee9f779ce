import Core
import Terminal

extension KeyPlace {
  static let help = KeyPlace("help", "In the help")
}

extension Action {
  static let helpClose = Action("help.close")
}

/// All keys, those of where one was first.
struct HelpLayer: Layer {
  /// Where one was.
  let fromPlaces: [KeyPlace]
  var scroll = 0

  static let keys: [KeyRow] = [
    KeyRow(.helpClose, .help, [.enter, .f1, .character("?")], "close the help") { $0.closeTop() }
  ]

  init(places: [KeyPlace]) { fromPlaces = places }

  func places(_ state: State) -> [KeyPlace] { [.help, .reading, .window] }

  mutating func move(_ step: Step, _ state: State) -> [Command] {
    let height = HelpPane.height(self, state)
    scroll = step.moved(scroll, height: height, count: max(1, HelpPane.lines(self, state).count - height + 1))
    return []
  }

  func draw(_ state: State, _ layouts: Layouts, _ frame: inout Frame) { HelpPane.draw(self, state, &frame) }
}
