import Core
import Terminal
import TestSupport
import Testing

@testable import Workbench

/// The list of models, while it is filled twice.
@Suite(.ownThreads) struct ModelPickerTests {
  private func item(_ name: String, _ detail: String = "", isQuiet: Bool = false) -> ChoiceList.Item {
    ChoiceList.Item(title: name, detail: detail, value: name, isQuiet: isQuiet)
  }

  private func picker() -> State {
    var state = Sample.state(lanes: 1)
    _ = update(&state, .key(.tab))
    #expect(update(&state, .key(.character("a"))) == [.loadModels])
    return state
  }

  private func list(_ state: State) -> ChoiceList? { state.layers.top as? ChoiceList }

  @Test func whatIsKnownCanBeTakenBeforeTheRestComes() {
    var state = picker()
    _ = update(&state, .models([item("openai/gpt-5.6")], isWhole: false))
    #expect(list(state)?.isLoading == true && view(state, Layouts()).frame.text.contains("1 of 1 …"))
    _ = update(&state, .key(.enter))
    #expect(state.lanes.last?.model.text == "openai/gpt-5.6" && state.window == nil)
    _ = update(&state, .models([item("late/one")]))
    #expect(state.window == nil, "what comes later opens nothing")
  }

  @Test func theCursorAndTheLineStay() {
    var state = picker()
    _ = update(&state, .models([item("a/one"), item("a/two"), item("a/three")], isWhole: false))
    for character in "t" { _ = update(&state, .key(.character(character))) }
    _ = update(&state, .key(.down))
    #expect(list(state)?.chosen?.value == "a/three")
    _ = update(&state, .models([item("b/ten"), item("a/one"), item("a/two"), item("a/three", "200k")]))
    #expect(list(state)?.query == "t" && list(state)?.chosen == item("a/three", "200k"))
    #expect(list(state)?.isLoading == false)
  }

  @Test func thoseWithoutAKeyStayLastWhateverIsTyped() {
    var state = picker()
    _ = update(&state, .models([item("b/xgpt"), item("a/gpt", isQuiet: true), item("c/g-p-t")]))
    for character in "gpt" { _ = update(&state, .key(.character(character))) }
    #expect(list(state)?.matches.map(\.value) == ["b/xgpt", "c/g-p-t", "a/gpt"])
  }
}
