import Core
import Terminal

extension Action {
  static let help = Action("help"), palette = Action("commands"), places = Action("place.switch")
  static let interrupt = Action("interrupt"), suspend = Action("suspend"), redraw = Action("redraw")
  static let mouse = Action("mouse"), close = Action("close")
  static let scrollUp = Action("scroll.up"), scrollDown = Action("scroll.down")
  static let halfUp = Action("scroll.half-up"), halfDown = Action("scroll.half-down")
  static let pageUp = Action("scroll.page-up"), pageDown = Action("scroll.page-down")
  static let top = Action("scroll.top"), bottom = Action("scroll.bottom")
  static let lineKeep = Action("line.keep"), lineLeave = Action("line.leave")
  static let windowClose = Action("window.close"), windowClear = Action("window.clear")
  static let listUp = Action("list.up"), listDown = Action("list.down")
  static let listFirst = Action("list.first"), listLast = Action("list.last")
}

extension KeyRow {
  private static func mover(
    _ action: Action, _ place: KeyPlace, _ keys: [Key], _ summary: String, _ step: Step, label: Label? = nil
  ) -> KeyRow {
    KeyRow(action, place, keys, summary, label: label, during: [.hidden, .replay]) { $0.move(step) }
  }

  /// Lanes and pages move by the same keys.
  static let reading: [KeyRow] = [
    mover(.scrollUp, .reading, [.up, .character("k")], "up", .lines(-1)),
    mover(
      .scrollDown, .reading, [.down, .character("j")], "down", .lines(1),
      label: Label(28, with: .scrollUp) { $0.window == nil ? nil : "move" }),
    mover(.halfUp, .reading, [.control("u")], "half a page up", .halves(-1)),
    mover(.halfDown, .reading, [.control("d"), .character(" ")], "half a page down", .halves(1)),
    mover(.top, .reading, [.character("g"), .home], "to the beginning", .beginning),
    mover(.bottom, .reading, [.character("G"), .end], "to the end, and follow", .end),
  ]

  /// Rows to choose from, while letters filter them.
  static let list: [KeyRow] = [
    mover(.listUp, .list, [.up, .control("p")], "up", .lines(-1)),
    mover(.listDown, .list, [.down, .control("n"), .tab], "down", .lines(1), label: Label("choose", 1, with: .listUp)),
    mover(.listFirst, .list, [.home], "to the first row", .beginning),
    mover(.listLast, .list, [.end], "to the last row", .end),
  ]

  static let desk: [KeyRow] = [
    KeyRow(
      .places, .desk, [.tab, .escape], "switch between prompt and lanes",
      label: Label(2) { $0.place == .prompt ? "lanes" : "prompt" }, during: [.hidden, .replay]
    ) { state in
      state.place = state.place == .prompt ? .lanes : .prompt
      return []
    }
  ]

  /// In whatever stands over the lanes.
  static let windows: [KeyRow] = [
    KeyRow(.windowClose, .window, [.escape, .character("q")], "close it", label: Label("close", 90)) { $0.closeTop() },
    KeyRow(.windowClear, .window, [.control("c")], "empty the line, else close it") { state in
      state.clearLine() ?? state.closeTop()
    },
  ]

  /// In a line that is typed within a page.
  static let lines: [KeyRow] = [
    KeyRow(.lineKeep, .line, [.enter], "keep what is written", label: Label("keep", 1)) { $0.endLine(keeps: true) },
    KeyRow(.lineLeave, .line, [.escape, .control("c")], "leave the line", label: Label("leave", 2)) {
      $0.endLine(keeps: false)
    },
  ]

  static let anywhere: [KeyRow] = [
    mover(.pageUp, .anywhere, [.pageUp], "page up", .pages(-1)),
    mover(.pageDown, .anywhere, [.pageDown], "page down", .pages(1)),
    KeyRow(.mouse, .anywhere, [.alt("m")], "mouse on and off", during: [.hidden, .replay]) { state in
      state.screen.capturesMouse.toggle()
      state.message = state.screen.capturesMouse ? "mouse on" : "mouse off: the terminal selects text itself"
      return [.captureMouse(state.screen.capturesMouse)]
    },
    KeyRow(
      .palette, .anywhere, [.character(":"), .control("p")], "commands", label: Label("commands", 3),
      during: [.hidden, .replay]
    ) { state in
      state.openPalette()
      return []
    },
    KeyRow(
      .help, .anywhere, [.character("?"), .f1], "help", label: Label("keys", 4), during: [.hidden, .replay]
    ) { state in
      state.open(HelpLayer(places: state.keyPlaces))
      return []
    },
    KeyRow(
      .interrupt, .anywhere, [.control("c")], "clear the prompt, else stop the lanes, else leave",
      label: Label(5) { $0.place == .lanes || $0.window != nil ? nil : $0.isStreaming ? "stop" : "quit" },
      during: [.hidden, .replay]
    ) { $0.interrupt() },
    KeyRow(.suspend, .anywhere, [.control("z")], "suspend", during: [.hidden, .replay]) { _ in [.suspend] },
    KeyRow(.redraw, .anywhere, [.control("l")], "redraw", during: [.hidden, .replay]) { _ in [.redraw] },
  ]
}

extension State {
  fileprivate mutating func endLine(keeps: Bool) -> [Command] {
    guard let index = layers.all.indices.last else { return [] }
    var layer = layers.all[index]
    let commands = layer.endLine(keeps: keeps, self)
    layers.replace(at: index, with: layer)
    return commands
  }

  /// All that can be done here, of what is on top first; what cannot be done now quietly, with its reason.
  mutating func openPalette() {
    let places = keyPlaces
    let own = places.flatMap { place in keymap.rows.filter { $0.place == place } }
    // What stands below can be done as well: what is on top is closed for it.
    let below = keymap.rows.filter { row in
      [.prompt, .lanes, .reading, .desk].contains(row.place) && !places.contains(row.place)
    }
    let items = (own + below).filter { $0.isForPalette }.map { row in
      let reason = row.obstacle(self)
      return ChoiceList.Item(
        title: row.summary, detail: reason ?? row.keys.first?.name ?? "", value: row.action.rawValue,
        isQuiet: reason != nil)
    }
    open(ChoiceList(.commands, title: "Commands", items: items))
  }

  mutating func perform(_ action: Action) -> [Command] {
    guard let row = keymap.row(action) else { return [] }
    return perform(row)
  }

  mutating func perform(_ row: KeyRow) -> [Command] {
    if let obstacle = row.obstacle(self) { return tell(obstacle) }
    return row.run(&self)
  }
}

extension KeyRow {
  /// Moving about is not chosen from a list of commands, nor is what only makes sense while one types.
  fileprivate var isForPalette: Bool {
    ![.palette, .send, .newLine].contains(action) && place != .list && place != .window && place != .reading
  }
}
