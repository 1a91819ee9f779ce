import Core
import Terminal

extension Action {
  static let send = Action("prompt.send"), newLine = Action("prompt.newline")
  static let historyBack = Action("prompt.older"), historyForward = Action("prompt.newer")
  static let historySearch = Action("prompt.search"), editPrompt = Action("prompt.editor")
  static let attach = Action("prompt.attach"), detach = Action("prompt.detach")
}

extension KeyRow {
  /// While a prompt is written. Plain characters are its text.
  static let prompt: [KeyRow] = [
    KeyRow(
      .send, .prompt, [.enter], "send the prompt to all lanes", label: Label("send", 1), during: [.hidden]
    ) { $0.send() },
    KeyRow(.newLine, .prompt, [.control("j")], "new line", label: Label("new line", 6), during: [.hidden]) {
      $0.draft.composer.insert("\n")
      return []
    },
    KeyRow(.historyBack, .prompt, [.up, .alt("p")], "older prompt", during: [.hidden]) {
      $0.draft.composer.up()
      return []
    },
    KeyRow(.historyForward, .prompt, [.down, .alt("n")], "newer prompt", during: [.hidden]) {
      $0.draft.composer.down()
      return []
    },
    KeyRow(
      .historySearch, .prompt, [.control("r")], "search older prompts", label: Label("older prompts", 9),
      during: [.hidden]
    ) { state in
      let items = state.draft.composer.history.map { ChoiceList.Item(title: sessionTitle($0), detail: "", value: $0) }
      state.open(ChoiceList(.history, title: "Older prompts", items: items))
      return []
    },
    KeyRow(
      .editPrompt, .prompt, [.control("o")], "write the prompt in $EDITOR", label: Label("editor", 8),
      during: [.hidden]
    ) { [.edit(.prompt, $0.draft.composer.text)] },
    KeyRow(.attach, .prompt, [.control("t")], "attach a file", label: Label("attach", 7), during: [.hidden]) { state in
      state.open(ChoiceList(.attach(folder: ".", at: nil), title: "Attach a file", items: [], isLoading: true))
      return [.loadFiles(folder: ".")]
    },
    KeyRow(
      .detach, .prompt, [.alt("t")], "take the last file away", during: [.hidden],
      unless: { $0.draft.attachments.isEmpty ? "no file is attached" : nil }
    ) { state in
      guard let file = state.draft.attachments.popLast() else { return [] }
      return state.tell("\(file.name) does not go with the prompt")
    },
  ]
}
