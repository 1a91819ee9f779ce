import Core
import Terminal

/// The commands that need the terminal: clipboard, editor, themes.
extension App {
  func copySelection() {
    guard let selection = state.desk.selection, let extent = state.desk.extents[selection.lane] else { return }
    let text = selection.text(in: extent)
    if !text.isEmpty { copy(text, "the selection") }
  }

  func copyBlock(_ items: [ChoiceList.Item], _ lane: Int) {
    let text = shownText(lane)
    let inView = items.filter { item in
      let first = item.value.split(whereSeparator: \.isNewline).lazy.map { String($0).trimmed }.first { !$0.isEmpty }
      // A long line is wrapped: its beginning is enough.
      return first.map { text.contains($0.prefix(30)) } ?? false
    }
    if inView.count == 1 { return copy(inView[0].value, "the code block in view") }
    inbox.post(.codeBlocks(inView.isEmpty ? items : inView))
  }

  func chooseTheme() {
    let items = themes.map { ChoiceList.Item(title: $0.name, detail: "", value: $0.name) }
    inbox.post(.themes(items, current: themeName))
  }

  /// By the terminal's own clipboard sequence and a native tool: one of them works nearly everywhere.
  func copy(_ text: String, _ words: String) {
    let tool = NativeClipboard.tool(surroundings.environment)
    if let tool { NativeClipboard.copy(text, with: tool) }
    let isSent = screen.copy(text)
    let size = Readable.count(text.unicodeScalars.count, "character")
    if isSent || tool != nil {
      state.message = "copied \(words), \(size)" + (tool.map { " (by \($0[0]))" } ?? "")
    } else {
      state.message =
        "\(words) is too long for the terminal's clipboard: install wl-copy or xclip, or open it in the editor"
    }
  }

  func edit(_ what: Editing, _ text: String) {
    screen.leave()
    defer {
      screen.enter()
      readSize()
    }
    do throws(Editor.Fault) {
      let edited = try Editor.edit(text, surroundings.environment)
      // Looking changes nothing.
      inbox.post(edited == text ? .message("left as it was") : .edited(what, edited))
    } catch {
      inbox.post(.message(error.message))
    }
  }

  func use(_ name: String, _ isChosen: Bool) {
    guard let theme = themes.first(where: { $0.name == name }) else { return }
    screen.use(theme)
    guard isChosen else { return }
    themeName = name
    do {
      try surroundings.keepTheme(name)
      state.message = "theme \(name), kept in the config"
    } catch {
      state.message = "theme \(name) for now: \(error)"
    }
  }
}
