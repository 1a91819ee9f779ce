import Core
import Terminal

/// A window over the lanes: a list to choose from, or a page to read.
public enum Overlay: Equatable, Sendable {
  case list(ChoiceList)
  case help(scroll: Int)
  case form(ParameterForm)
  case question(Question)
  case difference(Comparison)
  case map(DisagreementMap)
  case page(Page)
  case sessions(SessionsPage)
  case traffic(TrafficPage)
}

/// Something to be confirmed before it is done.
public struct Question: Equatable, Sendable {
  public enum Purpose: Equatable, Sendable { case ask(Asking) }

  public var purpose: Purpose
  public var title: String
  /// Whole sentences, each a paragraph.
  public var sentences: [String]
}

/// A list that is filtered as one types: models, sessions and commands all use it.
public struct ChoiceList: Equatable, Sendable {
  public enum Purpose: Equatable, Sendable {
    case addLane, changeModel(lane: Int), sessions, commands
    case history, lineups, saveLineup, codeBlocks
    case theme(before: String)
    case compare(with: Int)
    case attach(folder: String)
    case judge
  }

  public struct Item: Equatable, Sendable {
    public var title: String
    public var detail: String
    /// What choosing it means: a model, a session id, an action name.
    public var value: String
    /// Shown quietly: it can be chosen but will not work yet (a key is missing).
    public var isQuiet = false

    public init(title: String, detail: String, value: String, isQuiet: Bool = false) {
      self.title = title
      self.detail = detail
      self.value = value
      self.isQuiet = isQuiet
    }
  }

  public var purpose: Purpose
  public var title: String
  public var items: [Item]
  public var isLoading = false
  public private(set) var query = ""
  public private(set) var selection = 0
  public private(set) var matches: [Item]

  /// - Parameter chosen: value of the item to begin at.
  public init(_ purpose: Purpose, title: String, items: [Item], isLoading: Bool = false, chosen: String? = nil) {
    self.purpose = purpose
    self.title = title
    self.items = items
    self.isLoading = isLoading
    matches = items
    selection = items.firstIndex { $0.value == chosen } ?? 0
  }

  public var chosen: Item? { matches.indices.contains(selection) ? matches[selection] : nil }

  /// Whether what is chosen is a lane: then it may also be typed, with parameters.
  public var takesLanes: Bool {
    switch purpose {
    case .addLane, .changeModel, .judge: true
    case .sessions, .commands, .history, .lineups, .saveLineup, .codeBlocks, .theme, .compare, .attach: false
    }
  }

  /// What may be typed when no row has it; nil when only rows can be taken.
  public var typedHint: String? {
    switch purpose {
    case .addLane, .changeModel, .judge: "Enter takes it as typed: provider/model"
    case .saveLineup: "Enter saves under this name"
    case .attach: "Enter takes it as typed: a path"
    case .sessions, .commands, .history, .lineups, .codeBlocks, .theme, .compare: nil
    }
  }

  /// What Enter takes: the chosen row, or what was typed.
  public var entered: Item? {
    let typed = Item(title: query, detail: "", value: query)
    switch purpose {
    case .addLane, .changeModel, .judge:
      return !query.isEmpty && (chosen == nil || query.contains(",")) ? typed : chosen
    case .saveLineup: return query.isEmpty ? chosen : typed
    case .attach: return !query.isEmpty && (chosen == nil || query.contains("/")) ? typed : chosen
    case .sessions, .commands, .history, .lineups, .codeBlocks, .theme, .compare: return chosen
    }
  }

  /// New contents, while the person goes on typing.
  public mutating func fill(_ items: [Item]) {
    self.items = items
    isLoading = false
    filter(keepingSelection: true)
  }

  /// Returns whether the key meant something to the list.
  public mutating func handle(_ key: Key, page: Int) -> Bool {
    switch key {
    case .up, .control("p"): select(selection - 1)
    case .down, .control("n"), .tab: select(selection + 1)
    case .pageUp: select(selection - page)
    case .pageDown: select(selection + page)
    case .home: select(0)
    case .end: select(matches.count - 1)
    case .backspace:
      if !query.isEmpty { query.removeLast() }
      filter()
    case .control("u"), .control("w"):
      query = ""
      filter()
    case .character(let character):
      query.append(character)
      filter()
    case .paste(let text):
      query += VisibleText.line(text)
      filter()
    default: return false
    }
    return true
  }

  private mutating func select(_ index: Int) { selection = max(0, min(matches.count - 1, index)) }

  private mutating func filter(keepingSelection: Bool = false) {
    let before = chosen
    matches = Fuzzy.filter(items, query)
    selection = keepingSelection ? before.flatMap { matches.firstIndex(of: $0) } ?? 0 : 0
  }
}

/// Fuzzy search: the letters of the query in order, better when they stand together and at the beginnings of words.
enum Fuzzy {
  static func filter(_ items: [ChoiceList.Item], _ query: String) -> [ChoiceList.Item] {
    let words = query.lowercased().split(separator: " ").map { Array($0.utf8) }
    if words.isEmpty { return items }
    let scored = items.enumerated().compactMap { index, item -> (item: ChoiceList.Item, score: Int, index: Int)? in
      let text = Array(item.title.lowercased().utf8)
      var total = 0
      for word in words {
        guard let score = score(word, in: text) else { return nil }
        total += score
      }
      return (item, total, index)
    }
    // The order of the list breaks ties.
    return scored.sorted { ($1.score, $0.index) < ($0.score, $1.index) }.map(\.item)
  }

  /// Nil when the letters are not all there.
  static func score(_ word: [UInt8], in text: [UInt8]) -> Int? {
    // A whole match anywhere beats scattered letters.
    if let place = firstOccurrence(of: word, in: text) {
      let isWordStart = place == 0 || !isLetter(text[place - 1])
      return 1000 + (isWordStart ? 200 : 0) - min(place, 100)
    }
    var score = 0
    var next = 0
    var last = -2
    for (index, byte) in text.enumerated() where next < word.count && byte == word[next] {
      score += index == last + 1 ? 8 : index == 0 || !isLetter(text[index - 1]) ? 6 : 1
      last = index
      next += 1
    }
    return next == word.count ? score - text.count / 20 : nil
  }

  private static func firstOccurrence(of word: [UInt8], in text: [UInt8]) -> Int? {
    guard word.count <= text.count else { return nil }
    return (0...(text.count - word.count)).first { text[$0..<($0 + word.count)].elementsEqual(word) }
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte >= 0x80
  }
}
