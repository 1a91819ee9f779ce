import Terminal

/// Everything a key can do. The raw value is its name in the config and the palette.
public enum Action: String, CaseIterable, Sendable {
  case help, palette = "commands", places = "place.switch", interrupt, suspend, redraw
  case send = "prompt.send", newLine = "prompt.newline", historyBack = "prompt.older", historyForward = "prompt.newer"
  case historySearch = "prompt.search", attach = "prompt.attach", detach = "prompt.detach", editPrompt = "prompt.editor"
  case focusLeft = "lane.left", focusRight = "lane.right"
  case scrollUp = "scroll.up", scrollDown = "scroll.down", halfUp = "scroll.half-up", halfDown = "scroll.half-down"
  case pageUp = "scroll.page-up", pageDown = "scroll.page-down", top = "scroll.top", bottom = "scroll.bottom"
  case zoom = "lane.zoom", stop = "lane.stop", stopAll = "lane.stop-all", retry = "lane.retry", retryAll =
    "lane.retry-all"
  case add = "lane.add", duplicate = "lane.duplicate", drop = "lane.drop", undo = "lane.undo", model = "lane.model"
  case parameters = "lane.parameters", pin = "lane.pin", reasoning = "lane.reasoning", source = "lane.source"
  case copy = "copy.answer", copyCode = "copy.code", copyTurn = "copy.turn", editAnswer = "lane.editor"
  case compare = "compare.difference", map = "compare.map", proceed = "continue"
  case search, searchNext = "search.next", searchPrevious = "search.previous", sync = "scroll.together"
  case scoreboard, sortNext = "scoreboard.sort", sortReverse = "scoreboard.reverse", timeline
  case lineups = "lineup.load", saveLineup = "lineup.save", themes = "theme", mouse
  case sessions, newSession = "session.new", rule = "rule.next", close
  case blind, vote, judge, judges = "judge.choose", criteria = "judge.criteria", verdicts, leaderboard, methods, costs,
    traffic = "gateway.traffic", replay
  case cards = "judge.cards"
  case sessionOpen = "session.open", sessionAgain = "session.again", sessionAgainHere = "session.again-here"
  case sessionTitle = "session.title", sessionTags = "session.tags"
  case sessionDelete = "session.delete", sessionUndelete = "session.undelete"
}

/// Which keys do what: one table, from which the help, the palette, the footer and `furlong keys` are made.
public struct Keymap: Equatable, Sendable {
  public enum Place: String, Sendable {
    case anywhere, prompt, lanes, sessions
  }

  public struct Row: Equatable, Sendable {
    public let action: Action
    public var keys: [Key]
    public let place: Place
    public let summary: String
  }

  public private(set) var rows: [Row] = Keymap.table

  /// Rows without a key are in the palette only.
  private static let table: [Row] = [
    row(.send, .prompt, [.enter], "send the prompt to all lanes"),
    row(.newLine, .prompt, [.control("j")], "new line"),
    row(.historyBack, .prompt, [.up, .alt("p")], "older prompt"),
    row(.historyForward, .prompt, [.down, .alt("n")], "newer prompt"),
    row(.historySearch, .prompt, [.control("r")], "search older prompts"),
    row(.editPrompt, .prompt, [.control("o")], "write the prompt in $EDITOR"),
    row(.attach, .prompt, [.control("t")], "attach a file"),
    row(.detach, .prompt, [.alt("t")], "take the last file away"),
    row(.places, .anywhere, [.tab, .escape], "switch between prompt and lanes"),
    row(.focusLeft, .lanes, [.character("h"), .left], "lane to the left (1 to 9: that lane)"),
    row(.focusRight, .lanes, [.character("l"), .right], "lane to the right"),
    row(.scrollUp, .lanes, [.character("k"), .up], "scroll up"),
    row(.scrollDown, .lanes, [.character("j"), .down], "scroll down"),
    row(.halfUp, .lanes, [.control("u")], "half a page up"),
    row(.halfDown, .lanes, [.control("d")], "half a page down"),
    row(.pageUp, .anywhere, [.pageUp], "page up"),
    row(.pageDown, .anywhere, [.pageDown], "page down"),
    row(.top, .lanes, [.character("g"), .home], "to the beginning"),
    row(.bottom, .lanes, [.character("G"), .end], "to the end, and follow"),
    row(.sync, .lanes, [.character("=")], "scroll all lanes together"),
    row(.zoom, .lanes, [.character("z")], "zoom the lane"),
    row(.pin, .lanes, [.character("P")], "pin the lane beside the others"),
    row(.stop, .lanes, [.character("x")], "stop the lane"),
    row(.stopAll, .lanes, [.character("X")], "stop all lanes"),
    row(.retry, .lanes, [.character("r")], "retry the lane"),
    row(.retryAll, .lanes, [.character("R")], "retry all lanes"),
    row(.add, .lanes, [.character("a")], "add a lane"),
    row(.duplicate, .lanes, [.character("A")], "add a copy of the lane with other parameters"),
    row(.drop, .lanes, [.character("D")], "drop the lane"),
    row(.undo, .lanes, [.character("u")], "bring the dropped lane back"),
    row(.model, .lanes, [.character("m")], "change the lane's model"),
    row(.parameters, .lanes, [.character("p")], "parameters and system prompt"),
    row(.reasoning, .lanes, [.character("t")], "open or fold the reasoning"),
    row(.source, .lanes, [.character("M")], "rendered Markdown, or the text as it came"),
    row(.compare, .lanes, [.character("d")], "differences to another lane"),
    row(.map, .lanes, [.character("f")], "where the lanes disagree"),
    row(.search, .lanes, [.character("/")], "search the answers"),
    row(.searchNext, .lanes, [.character("n")], "next match"),
    row(.searchPrevious, .lanes, [.character("N")], "match before"),
    row(.proceed, .lanes, [.character("c")], "continue every lane from this answer"),
    row(.copy, .lanes, [.character("y")], "copy the answer's source text"),
    row(.copyCode, .lanes, [.character("Y")], "copy a code block"),
    row(.copyTurn, .lanes, [.control("y")], "copy the whole turn as Markdown"),
    row(.editAnswer, .lanes, [.character("e")], "open the answer in $EDITOR"),
    row(.scoreboard, .lanes, [.character("s")], "scoreboard on and off"),
    row(.sortNext, .lanes, [.character("o")], "sort the scoreboard by the next column"),
    row(.sortReverse, .lanes, [.character("O")], "sort the other way round"),
    row(.timeline, .lanes, [.character("T")], "timeline of the turn on and off"),
    row(.lineups, .lanes, [.character("i")], "load a lineup"),
    row(.saveLineup, .lanes, [.character("I")], "save these lanes as a lineup"),
    row(.rule, .lanes, [.character("w")], "next race rule: what wins"),
    row(.blind, .lanes, [.character("b")], "blind: hide whose answers they are until you have voted"),
    row(.vote, .lanes, [.character("v")], "vote: the next choice (or 1 left, 2 right, 3 tie, 4 both bad)"),
    row(.judge, .lanes, [.character("J")], "let the judge compare the answers"),
    row(.verdicts, .lanes, [.character("V")], "verdicts on this turn, with their reasons"),
    row(.criteria, .lanes, [.character("C")], "what the judge goes by: edit the criteria"),
    row(.judges, .lanes, [], "choose the judge"),
    row(.cards, .lanes, [], "judge cards: what each judge's verdicts are worth"),
    row(.leaderboard, .lanes, [.character("L")], "leaderboard"),
    row(.replay, .lanes, [.character("B")], "replay: watch the turn again as it happened"),
    row(.costs, .lanes, [.character("$")], "costs: what was spent, on what, and how fast it was"),
    row(.traffic, .lanes, [.character("U")], "gateway traffic: its calls as they happen"),
    row(.methods, .lanes, [.character("W")], "how the numbers shown are computed"),
    row(.sessions, .lanes, [.character("H")], "sessions"),
    row(.newSession, .lanes, [], "new session with the same lanes"),
    row(.themes, .lanes, [], "choose a theme"),
    row(.sessionOpen, .sessions, [.enter], "open the session and go on with it"),
    row(.sessionAgain, .sessions, [.control("r")], "ask its prompt again in a new session, with its own lanes"),
    row(
      .sessionAgainHere, .sessions, [.control("t")], "ask its prompt again in a new session, with the lanes shown now"),
    row(.sessionTitle, .sessions, [.alt("t")], "change the title"),
    row(.sessionTags, .sessions, [.alt("g")], "change the tags"),
    row(.sessionDelete, .sessions, [.control("x")], "delete the session; its receipts stay"),
    row(.sessionUndelete, .sessions, [.alt("x")], "bring the deleted session back, until you leave"),
    row(.mouse, .anywhere, [.alt("m")], "mouse on and off"),
    row(.palette, .anywhere, [.control("p"), .character(":")], "commands"),
    row(.help, .anywhere, [.f1, .character("?")], "help"),
    row(.interrupt, .anywhere, [.control("c")], "clear the prompt, else stop the lanes, else leave"),
    row(.suspend, .anywhere, [.control("z")], "suspend"),
    row(.redraw, .anywhere, [.control("l")], "redraw"),
    row(.close, .lanes, [.character("q")], "close what is open, then leave"),
  ]

  private static func row(_ action: Action, _ place: Place, _ keys: [Key], _ summary: String) -> Row {
    Row(action: action, keys: keys, place: place, summary: summary)
  }

  public init() {}

  /// - Parameter overrides: key names by action name, as in the config.
  /// - Returns: what is wrong with them, each a sentence; those rows keep their default.
  public init(overrides: [String: String], faults: inout [String]) {
    for (name, text) in overrides.sorted(by: { $0.key < $1.key }) {
      guard let index = rows.firstIndex(where: { $0.action.rawValue == name }) else {
        faults.append("keys: no action ‘\(name)’; furlong keys lists them")
        continue
      }
      let keys = text.split(separator: " ").map { Key(name: String($0)) }
      // An empty text, or `none`, takes the key away.
      if text.isEmpty || text == "none" {
        rows[index].keys = []
        continue
      }
      guard !keys.contains(nil) else {
        faults.append("keys: ‘\(text)’ for \(name) is no key; write one like x, Ctrl-X or PgDn, several, or none")
        continue
      }
      rows[index].keys = keys.compactMap(\.self)
    }
    for place in [Place.prompt, .lanes, .sessions] {
      var owners: [Key: Action] = [:]
      for row in rows where row.place == place || row.place == .anywhere {
        for key in row.keys {
          if let other = owners[key] {
            faults.append("keys: \(key.name) is both \(other.rawValue) and \(row.action.rawValue)")
          }
          owners[key] = row.action
        }
      }
    }
  }

  /// The action of a key where the person is. In the prompt and among the sessions, plain characters are text.
  public func action(for key: Key, in place: Place) -> Action? {
    rows.first { row in
      guard row.keys.contains(key), row.place == place || row.place == .anywhere else { return false }
      if place == .prompt || place == .sessions, case .character = key { return false }
      return true
    }?.action
  }

  public func keyName(_ action: Action) -> String {
    rows.first { $0.action == action }?.keys.first?.name ?? ""
  }

  /// In the lanes a single letter is shown before any other key of the action.
  func laneKeyName(_ action: Action) -> String {
    let keys = rows.first { $0.action == action }?.keys ?? []
    return (keys.first { if case .character = $0 { true } else { false } } ?? keys.first)?.name ?? ""
  }
}
