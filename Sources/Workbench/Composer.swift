import Terminal

/// The prompt being written: text, cursor, and the way through older prompts.
public struct Composer: Equatable, Sendable {
  public private(set) var characters: [Character] = []
  /// From 0 to `characters.count`.
  public private(set) var cursor = 0
  /// Newest first.
  public var history: [String] = []
  private var historyIndex: Int?
  private var draft: [Character] = []
  private(set) var killed: [Character] = []
  private var undone: [Moment] = []
  /// Letters typed one after the other are undone together.
  private var isTyping = false
  public var vi: ViEditing?
  /// Changes with every edit, so that a layout of the text can be kept.
  public private(set) var revision = 0

  public init() {}

  private struct Moment: Equatable, Sendable {
    var characters: [Character]
    var cursor: Int
  }

  public var text: String { String(characters) }
  public var isEmpty: Bool { characters.isEmpty }

  public mutating func insert(_ text: String) {
    remember(isTyping: text.count == 1 && text != " ")
    let new = Array(text)
    characters.insert(contentsOf: new, at: cursor)
    cursor += new.count
    edited()
  }

  public mutating func set(_ text: String) {
    remember()
    characters = Array(text)
    cursor = characters.count
    edited()
  }

  /// Empties it; `undo` brings the text back.
  public mutating func clear() {
    historyIndex = nil
    set("")
  }

  /// Takes the last change back.
  public mutating func undo() {
    guard let moment = undone.popLast() else { return }
    (characters, cursor) = (moment.characters, moment.cursor)
    isTyping = false
    edited()
  }

  private mutating func remember(isTyping: Bool = false) {
    defer { self.isTyping = isTyping }
    if isTyping, self.isTyping { return }
    undone.append(Moment(characters: characters, cursor: cursor))
    if undone.count > 100 { undone.removeFirst() }
  }

  /// Empties it for the next prompt and remembers this one.
  public mutating func take() -> String {
    let text = self.text
    history.removeAll { $0 == text }
    history.insert(text, at: 0)
    historyIndex = nil
    set("")
    undone = []
    vi?.mode = .insert
    return text
  }

  private mutating func edited() { revision += 1 }

  /// The editing keys, for the help; they are a shell's and cannot be changed.
  public static let editingKeys: [(keys: String, summary: String)] = [
    ("Ctrl-A  Ctrl-E", "beginning and end of the line"), ("Alt-B  Alt-F", "a word back, a word on"),
    ("Ctrl-W  Alt-D", "cut the word before, the word after"), ("Ctrl-U  Ctrl-K", "cut to the beginning, to the end"),
    ("Ctrl-Y  Ctrl-_", "put back what was cut, undo"), ("@  Tab", "a file, sent along; Tab completes its name"),
    ("Esc  (composer: vi)", "vi's commands, Esc again to the lanes"),
  ]

  /// Editing keys as in a shell. Returns whether the key meant something here.
  public mutating func handle(_ key: Key) -> Bool {
    if vi != nil, handleVi(key) { return true }
    switch key {
    case .control("_"): undo()
    case .character(let character): insert(String(character))
    case .paste(let text): insert(text)
    case .left, .control("b"): cursor = max(0, cursor - 1)
    case .right, .control("f"): cursor = min(characters.count, cursor + 1)
    case .wordLeft, .alt("b"): cursor = wordStart(before: cursor)
    case .wordRight, .alt("f"): cursor = wordEnd(after: cursor)
    case .home, .control("a"): cursor = lineStart(of: cursor)
    case .end, .control("e"): cursor = lineEnd(of: cursor)
    case .backspace: remove(max(0, cursor - 1)..<cursor)
    case .delete, .control("d"): remove(cursor..<min(characters.count, cursor + 1))
    case .control("w"), .alt("\u{7F}"): kill(wordStart(before: cursor)..<cursor)
    case .alt("d"): kill(cursor..<wordEnd(after: cursor))
    case .control("u"): kill(lineStart(of: cursor)..<cursor)
    case .control("k"): kill(cursor..<lineEnd(of: cursor))
    case .control("y"): insert(String(killed))
    default: return false
    }
    return true
  }

  mutating func move(to place: Int) {
    cursor = max(0, min(characters.count, place))
    isTyping = false
  }

  mutating func remove(_ range: Range<Int>) {
    guard !range.isEmpty else { return }
    remember()
    characters.removeSubrange(range)
    cursor = range.lowerBound
    edited()
  }

  mutating func kill(_ range: Range<Int>) {
    killed = Array(characters[range])
    remove(range)
  }

  /// Copies without cutting.
  mutating func yank(_ range: Range<Int>) { killed = Array(characters[range]) }

  func lineStart(of place: Int) -> Int {
    characters[..<place].lastIndex(where: \.isNewline).map { $0 + 1 } ?? 0
  }

  func lineEnd(of place: Int) -> Int { characters[place...].firstIndex(where: \.isNewline) ?? characters.count }

  func wordStart(before place: Int) -> Int {
    var index = place
    while index > 0, characters[index - 1].isWhitespace { index -= 1 }
    while index > 0, !characters[index - 1].isWhitespace { index -= 1 }
    return index
  }

  func wordEnd(after place: Int) -> Int {
    var index = place
    while index < characters.count, characters[index].isWhitespace { index += 1 }
    while index < characters.count, !characters[index].isWhitespace { index += 1 }
    return index
  }

  // MARK: Lines and history

  /// Moves up a line; on the first one, to the older prompt.
  public mutating func up() {
    let start = lineStart(of: cursor)
    guard start > 0 else { return older() }
    let column = cursor - start
    let previous = lineStart(of: start - 1)
    cursor = min(previous + column, start - 1)
  }

  /// Moves down a line; on the last one, to the newer prompt.
  public mutating func down() {
    let end = lineEnd(of: cursor)
    guard end < characters.count else { return newer() }
    let column = cursor - lineStart(of: cursor)
    cursor = min(end + 1 + column, lineEnd(of: end + 1))
  }

  private mutating func older() {
    let next = historyIndex.map { $0 + 1 } ?? 0
    guard next < history.count else { return }
    if historyIndex == nil { draft = characters }
    historyIndex = next
    set(history[next])
  }

  private mutating func newer() {
    guard let index = historyIndex else { return }
    if index == 0 {
      historyIndex = nil
      set(String(draft))
    } else {
      historyIndex = index - 1
      set(history[index - 1])
    }
  }
}
