import Core
import Terminal

extension KeyPlace {
  static let form = KeyPlace("parameters", "Among the parameters")
}

extension Action {
  static let formApply = Action("form.apply"), formUp = Action("form.up"), formDown = Action("form.down")
  static let formLeft = Action("form.left"), formRight = Action("form.right"), formEmpty = Action("form.empty")
  static let formEditor = Action("form.editor")
}

extension ParameterForm: Layer {
  static let keys: [KeyRow] = [
    KeyRow(.formApply, .form, [.enter], "apply", label: Label("apply", 1)) { state in
      (state.layers.top as? ParameterForm).map { state.apply($0) } ?? []
    },
    mover(.formUp, [.up, .shiftTab], "field above", .up),
    mover(.formDown, [.down, .tab], "field below", .down, label: Label("field", 2, with: .formUp)),
    mover(.formLeft, [.left], "value before", .left),
    mover(.formRight, [.right], "next value", .right, label: Label("choose", 3, with: .formLeft)),
    mover(.formEmpty, [.control("u"), .control("w")], "empty the field", .control("u"), label: Label("empty", 4)),
    KeyRow(
      .formEditor, .form, [.control("o")], "write the system prompt in $EDITOR",
      unless: { state in
        (state.layers.top as? ParameterForm)?.field?.name == system ? nil : "only the system prompt has an editor"
      }
    ) { state in
      [.edit(.system, (state.layers.top as? ParameterForm)?.field?.text ?? "")]
    },
  ]

  private static func mover(
    _ action: Action, _ keys: [Key], _ summary: String, _ key: Key, label: Label? = nil
  ) -> KeyRow {
    KeyRow(action, .form, keys, summary, label: label) { state in
      state.edit(ParameterForm.self) { form, state in form.type(key, state) ?? [] }
    }
  }

  func places(_ state: State) -> [KeyPlace] { [.form, .window] }
  var takesText: Bool { true }

  mutating func type(_ key: Key, _ state: State) -> [Command]? {
    handle(key, lanes: state.shown.map { state.lanes[$0] }, own: state.lanes[lane], system: state.draft.system)
    return []
  }

  mutating func move(_ step: Step, _ state: State) -> [Command] {
    if case .lines(let count) = step { return type(count < 0 ? .up : .down, state) ?? [] }
    return []
  }

  /// A copy that was not wanted goes away again.
  func closed(_ state: inout State) -> [Command] {
    guard isCopy, lane == state.lanes.count - 1 else { return [] }
    state.session.lanes.removeLast()
    state.focus = state.shown.last ?? 0
    return state.saveSetup
  }

  func draw(_ state: State, _ layouts: Layouts, _ frame: inout Frame) { FormPane.draw(self, state, &frame) }
}
