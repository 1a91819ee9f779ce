import Core
import Dispatch
import Engine
import Terminal

/// What a command needs from outside the workbench: clipboard, editor, files, themes, lineups.
extension App {
  func carryOutAround(_ command: Command) {
    switch command {
    case .copy(let text, let words): copy(text, words)
    case .copySelection:
      let text = selectedText
      if !text.isEmpty { copy(text, "the selection") }
    case .edit(let what, let text): edit(what, text)
    case .attach(let path):
      let read = surroundings.readFile
      load { _ in .attached(try read(path)) }
    case .loadFiles(let folder):
      let list = surroundings.listFolder
      load { _ in
        let prefix = folder == "." ? "" : folder
        return .files(list(folder).map { ChoiceList.Item(title: $0, detail: "", value: prefix + $0) })
      }
    case .saveLineup(let name):
      let lanes = state.lineup
      engine.store.append(.lineup(name: name, lanes: lanes))
      inbox.post(.message("saved as lineup ‘\(VisibleText.line(name))’: \(Readable.count(lanes.count, "lane"))"))
    case .loadLineup(let name):
      let configured = surroundings.lineups
      load { engine in
        let saved = try engine.store.lineups().first { $0.name == name }?.lanes
        return .lineup(saved ?? configured[name] ?? [])
      }
    case .loadLineups:
      let configured = surroundings.lineups.map { (name: $0.key, lanes: $0.value) }
      load { engine in
        let saved = try engine.store.lineups()
        let all = saved + configured.filter { entry in !saved.contains { $0.name == entry.name } }
        return .lineups(
          all.sorted { $0.name < $1.name }.map { entry in
            ChoiceList.Item(
              title: entry.name, detail: entry.lanes.map(\.model.text).joined(separator: ", "), value: entry.name)
          })
      }
    case .loadThemes:
      let items = surroundings.themes.map { ChoiceList.Item(title: $0.name, detail: "", value: $0.name) }
      state.overlay = .list(ChoiceList(.theme(before: themeName), title: "Theme", items: items))
    case .useTheme(let name, let isChosen): use(name, isChosen)
    case .captureMouse(let isOn): screen.capturesMouse = isOn
    default: break
    }
  }

  /// By the terminal's own clipboard sequence and a native tool: one of them works nearly everywhere.
  private func copy(_ text: String, _ words: String) {
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

  private func edit(_ what: Editing, _ text: String) {
    screen.leave()
    defer {
      screen.enter()
      (state.width, state.height) = screen.size
    }
    do throws(Editor.Fault) {
      inbox.post(.edited(what, try Editor.edit(text, surroundings.environment)))
    } catch {
      inbox.post(.message(error.message))
    }
  }

  private func use(_ name: String, _ isChosen: Bool) {
    guard let theme = surroundings.themes.first(where: { $0.name == name }) else { return }
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
