import Core
import Terminal

/// The first line: what is raced by which rule, how far it is, what it cost.
enum HeaderPane {
  static func draw(_ state: State, _ frame: inout Frame) {
    let dot = " \(state.borders.dot) "
    frame.fill(Area(x: 0, y: 0, width: state.width, height: 1), Style(.bar))
    guard !state.isHidden else {
      frame.put(" furlong", x: 0, y: 0, Style(.bar, bold: true))
      frame.put("  blind\(dot)who is who shows after the vote", x: 8, y: 0, Style(.bar))
      return
    }
    var right = [Readable.count(state.shown.count, "lane")]
    let over = state.responses.filter { $0.state.isOver }.count
    if !state.responses.isEmpty { right.append("\(over) of \(state.responses.count) ended") }
    if let judging = state.judging { right.append(judging.words) }
    if let port = state.gateway { right.insert("gateway :\(port)", at: 0) }
    let unknown = state.hasUnknownCost ? " + ?" : ""
    right.append(spending(state) + unknown)
    if state.width >= 70 { right.append(String(state.session.id.prefix(4))) }
    let tail = right.joined(separator: dot) + " "
    let tailWidth = TextWidth.of(tail)
    var used = frame.put(" furlong", x: 0, y: 0, Style(.bar, bold: true))
    let mode = state.isBlind ? "blind" : "race"
    used += frame.put("  \(mode)\(dot)\(state.session.rule.rawValue)", x: used, y: 0, Style(.bar))
    let room = state.width - used - tailWidth - 2
    if !state.session.title.isEmpty, room >= 12 {
      let title = TextWidth.fitted(VisibleText.line(state.session.title), columns: room - TextWidth.of(dot))
      frame.put(dot + title, x: used, y: 0, Style(.bar))
    }
    frame.put(tail, x: max(used, state.width - tailWidth), y: 0, Style(.bar))
  }
}

extension HeaderPane {
  /// A running total, beside the budget where there is one.
  private static func spending(_ state: State) -> String {
    if let limit = state.budget.perTurn { return "\(state.spentThisTurn.screenText) of \(limit.screenText)" }
    if let limit = state.budget.perDay {
      return "today \(state.spentToday.screenText) of \(limit.screenText)"
    }
    return state.spent.screenText
  }
}

/// The last line: a message if there is one, else the keys that matter here.
enum FooterPane {
  static func draw(_ state: State, _ extents: [Int: State.Extent], y: Int, _ frame: inout Frame) {
    if let message = state.message {
      frame.put(
        " " + TextWidth.fitted(VisibleText.line(message), columns: state.width - 2), x: 0, y: y, Style(.strong))
      return
    }
    if let search = state.search { return drawSearch(search, state, extents, y, &frame) }
    let keymap = state.keymap
    func hint(_ action: Action, _ words: String) -> (String, String) { (keymap.keyName(action), words) }
    let hints: [(String, String)]
    switch (state.overlay, state.place) {
    case (.list?, _): hints = [("Enter", "take it"), ("↑ ↓", "choose"), ("letters", "filter"), ("Esc", "close")]
    case (.help?, _): hints = [("↑ ↓", "scroll"), ("Esc", "close")]
    case (.form?, _):
      hints = [
        ("Enter", "apply"), ("↑ ↓", "field"), ("← →", "choose"), ("Ctrl-U", "empty"), ("Esc", "leave as it was"),
      ]
    case (.question?, _): hints = [("Enter", "send it"), ("Esc", "do not")]
    case (.difference?, _), (.map?, _):
      hints = [
        hint(.searchNext, "next"), hint(.searchPrevious, "before"), ("↑ ↓", "move"), ("Esc", "close"),
      ]
    case (nil, .prompt):
      hints = [
        hint(.send, "send"), hint(.places, "lanes"), hint(.palette, "commands"), hint(.help, "help"),
        hint(.interrupt, state.isStreaming ? "stop" : "quit"), hint(.newLine, "new line"), hint(.attach, "attach"),
        hint(.editPrompt, "editor"),
        hint(.historySearch, "older prompts"),
      ]
    case (.page(let page)?, _):
      let board: [(String, String)]
      switch page.purpose {
      case .reading: board = []
      case .leaderboard: board = [("Tab", "your votes, verdicts, both"), ("l", "length in or out"), ("t", "next tag")]
      case .costs: board = [("Tab", "by model, provider, day, session, purpose")]
      case .verdicts: board = [("a", "let quarantined ones count")]
      case .call: board = []
      }
      hints =
        [("↑ ↓", "scroll")] + board + (page.methods.isEmpty ? [] : [hint(.methods, "how computed")]) + [
          ("Esc", "close")
        ]
    case (nil, _) where state.playback != nil: hints = playbackHints(state)
    case (.sessions(let page)?, _):
      hints =
        page.isEditing
        ? [("Enter", "keep"), ("Esc", "leave as it was")]
        : [
          hint(.sessionOpen, "open"), hint(.sessionAgain, "again"), hint(.sessionAgainHere, "mine"),
          hint(.sessionDelete, "delete"),
        ] + (state.deletedSessions.isEmpty ? [] : [hint(.sessionUndelete, "undo")]) + [
          hint(.sessionTitle, "title"), hint(.sessionTags, "tags"), ("Esc", "close"),
        ]
    case (.traffic(let page)?, _):
      hints =
        page.call == nil
        ? [("Enter", "look in"), ("↑ ↓", "choose"), ("letters", "filter"), ("Esc", "close"), ("Home", "follow")]
        : [("↑ ↓", "scroll"), ("Esc", "back")]
    case (nil, .lanes) where state.isHidden:
      hints = [
        ("1", "left"), ("2", "right"), ("3", "tie"), ("4", "both bad"), ("Enter", state.isVoted ? "reveal" : "confirm"),
        hint(.undo, "undo"), hint(.blind, "give up"), ("j k", "scroll"),
      ]
    case (nil, .lanes) where state.isStreaming:
      hints = [
        hint(.places, "prompt"), hint(.stop, "stop"), hint(.stopAll, "stop all"), hint(.zoom, "zoom"),
        (keymap.laneKeyName(.help), "keys"), ("1-9", "lane"), hint(.timeline, "timeline"),
        hint(.reasoning, "reasoning"),
        hint(.add, "add"),
      ]
    case (nil, .lanes):
      hints = [
        hint(.places, "ask"), hint(.zoom, "zoom"), hint(.add, "add"), hint(.parameters, "params"),
        hint(.compare, "diff"), hint(.copy, "copy"), (keymap.laneKeyName(.help), "keys"), hint(.proceed, "continue"),
        hint(.close, "quit"), hint(.blind, "blind"), hint(.judge, "judge"),
        hint(.retry, "retry"), hint(.search, "search"), hint(.timeline, "timeline"), hint(.model, "model"),
        hint(.lineups, "lineups"), hint(.sessions, "sessions"),
      ]
    }
    draw(hints, state, y, x: 1, &frame)
  }

  private static func playbackHints(_ state: State) -> [(String, String)] {
    guard let playback = state.playback else { return [] }
    let place = "\(Readable.duration(playback.position)) of \(Readable.duration(playback.replay.end))"
    return [
      ("replay \(playback.speed)×", place), ("Space", playback.isPaused ? "play" : "pause"), ("Esc", "end"),
      ("← →", "seek"), (", .", "step"), ("+ -", "speed"), ("w", "what if"),
    ]
  }

  private static func drawSearch(
    _ search: Search, _ state: State, _ extents: [Int: State.Extent], _ y: Int, _ frame: inout Frame
  ) {
    var x = 1 + frame.put("/", x: 1, y: y, Style(.focus, bold: true))
    let lanes = search.isEverywhere ? state.shown : [state.focus]
    let total = lanes.reduce(0) { $0 + (extents[$1]?.matches.count ?? 0) }
    let place = search.isEverywhere ? "all lanes" : "lane \(state.focus + 1)"
    x += frame.put(VisibleText.line(search.query), x: x, y: y, limit: state.width / 2)
    if search.isTyping { frame.cursor = Frame.Point(x: x, y: y) }
    let count = search.query.isEmpty ? place : "\(Readable.count(total, "match", "matches")) in \(place)"
    x += 2 + frame.put(count, x: x + 2, y: y, Style(.quiet))
    let keymap = state.keymap
    let hints =
      search.isTyping
      ? [("Enter", "go there"), ("Tab", search.isEverywhere ? "this lane only" : "all lanes"), ("Esc", "end")]
      : [
        (keymap.keyName(.searchNext), "next"), (keymap.keyName(.searchPrevious), "before"), ("Esc", "end"),
      ]
    draw(hints, state, y, x: x + 3, &frame)
  }

  private static func draw(_ hints: [(String, String)], _ state: State, _ y: Int, x start: Int, _ frame: inout Frame) {
    // In a narrow window the dots make way for hints.
    let gap = state.width < 100 ? "  " : " \(state.borders.dot) "
    var x = start
    for (index, (key, words)) in hints.enumerated() {
      let width = TextWidth.of(key) + 1 + words.count + (index == 0 ? 0 : TextWidth.of(gap))
      guard x + width < state.width else { break }
      if index > 0 { x += frame.put(gap, x: x, y: y, Style(.border)) }
      x += frame.put(key, x: x, y: y, Style(.strong))
      x += frame.put(" " + words, x: x, y: y, Style(.quiet))
    }
  }
}
