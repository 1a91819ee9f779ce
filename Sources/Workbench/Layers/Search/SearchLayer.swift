import Core
import Terminal

extension KeyPlace {
  static let searchLine = KeyPlace("search line", "While a search is typed")
  static let search = KeyPlace("search", "While matches are shown")
}

extension Action {
  static let searchGo = Action("search.go"), searchScope = Action("search.scope")
  static let searchEmpty = Action("search.empty"), searchEnd = Action("search.end")
  static let searchLeave = Action("search.close")
  static let searchNext = Action("search.next"), searchPrevious = Action("search.previous")
}

/// A search in the answers: the line while it is typed, then the matches.
struct SearchLayer: Layer {
  var search = Search()

  init() {}

  /// Words that stand in the turn in view.
  init(words: String, isEverywhere: Bool = true) {
    (search.query, search.isEverywhere) = (words, isEverywhere)
    (search.isTyping, search.pending) = (false, .first)
  }

  static let keys: [KeyRow] = [
    KeyRow(.searchGo, .searchLine, [.enter], "go to the first match", label: Label("go there", 1)) { state in
      let isEmpty = state.search?.query.isEmpty ?? true
      if isEmpty { return state.closeTop() }
      _ = state.layers.edit(SearchLayer.self) { $0.search.isTyping = false }
      state.findNext(by: 1)
      return []
    },
    KeyRow(
      .searchScope, .searchLine, [.tab, .shiftTab], "all lanes, or this one only",
      label: Label(2) { $0.search?.isEverywhere == true ? "this lane only" : "all lanes" }
    ) { $0.edit(SearchLayer.self) { layer, _ in layer.change { $0.isEverywhere.toggle() } } },
    KeyRow(.searchEmpty, .searchLine, [.control("u"), .control("w")], "empty the line") {
      $0.edit(SearchLayer.self) { layer, _ in layer.change { $0.query = "" } }
    },
    KeyRow(
      .searchLeave, .searchLine, [.escape, .control("c")], "end the search", label: Label("end", 3)
    ) { $0.closeTop() },
    find(.searchNext, "n", "next match", Label("next", 1), 1),
    find(.searchPrevious, "N", "match before", Label("before", 2), -1),
    KeyRow(
      .searchEnd, .search, [.escape, .tab], "end the search", label: Label("end", 3), during: [.replay]
    ) { $0.closeTop() },
  ]

  private static func find(
    _ action: Action, _ key: Character, _ summary: String, _ label: Label, _ step: Int
  ) -> KeyRow {
    KeyRow(action, .search, [.character(key)], summary, label: label, during: [.replay]) { state in
      state.findNext(by: step)
      return []
    }
  }

  func places(_ state: State) -> [KeyPlace] { search.isTyping ? [.searchLine] : [.search] }
  /// Once it is typed, the lanes below take keys too.
  var isWindow: Bool { search.isTyping }
  var takesText: Bool { search.isTyping }

  private mutating func change(_ change: (inout Search) -> Void) -> [Command] {
    change(&search)
    (search.current, search.pending) = (nil, nil)
    return []
  }

  mutating func type(_ key: Key, _ state: State) -> [Command]? {
    guard search.isTyping else { return nil }
    return change { search in
      switch key {
      case .backspace: if !search.query.isEmpty { search.query.removeLast() }
      case .character(let character): search.query.append(character)
      case .paste(let text): search.query += VisibleText.line(text)
      default: break
      }
    }
  }

  func draw(_ state: State, _ layouts: Layouts, _ frame: inout Frame) {}
}

extension State {
  /// The search in the answers, while there is one.
  var search: Search? {
    get { layers.topmost(SearchLayer.self)?.search }
    set {
      guard let newValue else { return layers.remove(SearchLayer.self) }
      _ = layers.edit(SearchLayer.self) { $0.search = newValue }
    }
  }
}
