import Core
import Terminal

extension KeyPlace {
  static let question = KeyPlace("questions", "When asked")
}

extension Action {
  static let questionYes = Action("question.yes"), questionNo = Action("question.no")
}

/// Something to be confirmed before it is done.
public struct Question: Layer, Sendable {
  var asking: Asking
  var title: String
  /// Whole sentences, each a paragraph.
  public var sentences: [String]

  static let keys: [KeyRow] = [
    KeyRow(.questionYes, .question, [.enter, .character("y")], "yes, do it", label: Label("yes", 1)) { state in
      guard let question = state.layers.pop() as? Question else { return [] }
      return switch question.asking {
      case .turn: state.sendNow()
      case .lanes(let lanes): state.askNow(lanes)
      case .judge: state.judgeNow()
      case .fuse(let fusion): state.fuseNow(fusion)
      }
    },
    KeyRow(.questionNo, .question, [.character("n")], "no", label: Label("no", 2)) { $0.closeTop() },
  ]

  func places(_ state: State) -> [KeyPlace] { [.question, .window] }

  func draw(_ state: State, _ layouts: Layouts, _ frame: inout Frame) {
    let width = min(64, state.screen.width - 8)
    let lines = sentences.flatMap { StyledLine.wrapped([Span($0)], width: width - 4) + [StyledLine()] }
    let area = WindowPane.draw(state, width: width, height: lines.count + 3, title: title, &frame)
    for (index, line) in lines.enumerated() where index < area.height - 1 {
      frame.put(line, x: area.x + 1, y: area.y + 1 + index, limit: area.width - 2)
    }
  }
}
