import Core
import Engine
import Terminal

/// Keys while a window is open over the lanes.
extension State {
  mutating func press(_ key: Key, in overlay: Overlay) -> [Command] {
    let action = keymap.action(for: key, in: .lanes)
    let isClosing = isClosing(key)
    switch overlay {
    case .help(let place):
      if let step = step(key) {
        self.overlay = .help(scroll: max(0, place + step))
      } else if isClosing || action == .help || key == .enter {
        self.overlay = nil
      }
    case .list(let list): return press(key, in: list)
    case .sessions(let page): return press(key, in: page)
    case .traffic(let page): return press(key, in: page)
    case .form(let form): return press(key, in: form)
    case .question(let question):
      if key == .enter || key == .character("y") {
        self.overlay = nil
        switch question.purpose {
        case .ask(.turn): return sendNow()
        case .ask(.lanes(let lanes)): return askNow(lanes)
        }
      }
      if isClosing || key == .character("n") { self.overlay = nil }
    case .difference(var comparison):
      let rows = comparison.rows(width: OverlayPane.pageWidth(self))
      let last = max(0, rows.count - OverlayPane.pageHeight(self))
      if let step = step(key) {
        comparison.scroll += step
      } else if action == .searchNext {
        let next = rows.indices.first { $0 > comparison.scroll && rows[$0].begins != nil }
        comparison.scroll = next ?? rows.indices.first { rows[$0].begins != nil } ?? 0
      } else if action == .searchPrevious {
        let before = rows.indices.last { $0 < comparison.scroll && rows[$0].begins != nil }
        comparison.scroll = before ?? rows.indices.last { rows[$0].begins != nil } ?? 0
      } else if isClosing || action == .compare {
        return closeOverlay()
      }
      comparison.scroll = max(0, min(comparison.scroll, last))
      self.overlay = .difference(comparison)
    case .map(var map):
      if let step = step(key) {
        map.selection = max(0, min(map.rows.count - 1, map.selection + step))
      } else if action == .searchNext {
        map.walk(by: 1)
      } else if action == .searchPrevious {
        map.walk(by: -1)
      } else if isClosing || action == .map {
        return closeOverlay()
      }
      self.overlay = .map(map)
    case .page(var page):
      if let step = step(key) {
        page.scroll = scrolled(page, by: step)
      } else if case .leaderboard(let choice) = page.purpose, let next = choice.after(key) {
        return [.loadLeaderboard(next)]
      } else if case .costs(let grouping) = page.purpose, key == .tab || key == .shiftTab {
        return [.loadCosts(grouping.after(key == .tab ? 1 : -1))]
      } else if page.purpose == .verdicts, key == .character("a") {
        return confirmVerdicts()
      } else if action == .methods, !page.methods.isEmpty {
        page.showsMethods.toggle()
        page.scroll = 0
      } else if isClosing || key == .enter {
        return closeOverlay()
      }
      self.overlay = .page(page)
    }
    return []
  }

  private mutating func closeOverlay() -> [Command] {
    overlay = nil
    return []
  }

  func isClosing(_ key: Key) -> Bool {
    let action = keymap.action(for: key, in: .lanes)
    return [.places, .close, .interrupt].contains(action) || key == .escape
  }

  /// Where a page stands after so many rows.
  func scrolled(_ page: Page, by step: Int) -> Int {
    let last = page.lines(width: OverlayPane.pageWidth(self)).count - (height - 4)
    return max(0, min(max(0, min(page.scroll, last) + step), last))
  }

  /// Rows that a key moves a page by.
  func step(_ key: Key) -> Int? {
    switch key {
    case .up, .character("k"): -1
    case .down, .character("j"): 1
    case .pageUp, .control("u"): -height / 2
    case .pageDown, .control("d"), .character(" "): height / 2
    case .home, .character("g"): -1_000_000
    case .end, .character("G"): 1_000_000
    default: nil
    }
  }

  private mutating func press(_ key: Key, in form: ParameterForm) -> [Command] {
    var form = form
    switch key {
    case .enter: return apply(form)
    case .escape, .control("c"):
      overlay = nil
      guard form.isCopy, form.lane == lanes.count - 1 else { return [] }
      session.lanes.removeLast()
      focus = shown.last ?? 0
      return saveSetup
    case .control("o") where form.field?.name == ParameterForm.system:
      return [.edit(.system, form.field?.text ?? "")]
    default:
      form.handle(key, lanes: shown.map { lanes[$0] }, own: lanes[form.lane], system: system)
      overlay = .form(form)
    }
    return []
  }

  private mutating func press(_ key: Key, in list: ChoiceList) -> [Command] {
    var list = list
    if key == .enter {
      guard let item = list.entered else { return [] }
      if list.takesLanes {
        do throws(InvalidLane) { _ = try Lane(parsing: item.value) } catch {
          message = error.message
          return []
        }
      }
      overlay = nil
      return choose(item, list.purpose)
    }
    if key == .escape || key == .control("c") {
      overlay = nil
      if case .theme(let before) = list.purpose { return [.useTheme(name: before, isChosen: false)] }
      return []
    }
    let before = list.chosen
    if list.handle(key, page: max(1, height - 8)) { overlay = .list(list) }
    if case .theme = list.purpose, let chosen = list.chosen, chosen != before {
      return [.useTheme(name: chosen.value, isChosen: false)]
    }
    return []
  }

  mutating func choose(_ item: ChoiceList.Item, _ purpose: ChoiceList.Purpose) -> [Command] {
    switch purpose {
    case .commands: return Action(rawValue: item.value).map { perform($0) } ?? []
    case .sessions: return [.open(session: item.value)]
    case .addLane: return (try? Lane(parsing: item.value)).map { add($0) } ?? []
    case .changeModel(let lane): return (try? Lane(parsing: item.value)).map { change(lane, to: $0) } ?? []
    case .history:
      composer.set(item.value)
      place = .prompt
    case .lineups: return [.loadLineup(name: item.value)]
    case .saveLineup: return [.saveLineup(name: item.value)]
    case .codeBlocks: return [.copy(item.value, words: "the code block")]
    case .theme: return [.useTheme(name: item.value, isChosen: true)]
    case .compare: if let lane = Int(item.value) { compare(with: lane) }
    case .judge: return (try? Lane(parsing: item.value)).map { chooseJudge($0) } ?? []
    case .attach:
      guard item.value.hasSuffix("/"), !item.title.isEmpty else { return [.attach(path: item.value)] }
      overlay = .list(ChoiceList(.attach(folder: item.value), title: "Attach a file", items: [], isLoading: true))
      return [.loadFiles(folder: item.value)]
    }
    return []
  }
}
