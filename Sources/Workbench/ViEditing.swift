import Terminal

/// vi's commands in the composer, for who set `composer: vi`. Esc leaves insert mode; in normal mode it goes to the lanes.
public struct ViEditing: Equatable, Sendable {
  public enum Mode: Equatable, Sendable { case insert, normal }

  public var mode = Mode.insert
  /// `d`, `c` or `y` waiting for its motion.
  fileprivate var operation: Character?

  public init() {}
}

extension Composer {
  public var isViNormal: Bool { vi?.mode == .normal }

  /// Keys that vi's modes need before the keymap gets them.
  func takesFirst(_ key: Key) -> Bool {
    guard let vi else { return false }
    return key == .escape && vi.mode == .insert
  }

  /// Returns false for keys that mean what they mean without vi.
  mutating func handleVi(_ key: Key) -> Bool {
    guard let mode = vi?.mode else { return false }
    if mode == .insert {
      guard key == .escape else { return false }
      vi?.mode = .normal
      move(to: max(lineStart(of: cursor), cursor - 1))
      return true
    }
    guard case .character(let character) = key else { return false }
    if let operation = vi?.operation {
      vi?.operation = nil
      operate(operation, character)
    } else {
      command(character)
    }
    return true
  }

  private mutating func command(_ character: Character) {
    if let place = motion(character) { return move(to: place) }
    switch character {
    case "i": vi?.mode = .insert
    case "a": insertMode(at: min(lineEnd(of: cursor), cursor + 1))
    case "I": insertMode(at: lineStart(of: cursor))
    case "A": insertMode(at: lineEnd(of: cursor))
    case "o":
      insertMode(at: lineEnd(of: cursor))
      insert("\n")
    case "O":
      insertMode(at: lineStart(of: cursor))
      insert("\n")
      move(to: cursor - 1)
    case "x": kill(cursor..<min(lineEnd(of: cursor), cursor + 1))
    case "D": kill(cursor..<lineEnd(of: cursor))
    case "C":
      kill(cursor..<lineEnd(of: cursor))
      vi?.mode = .insert
    case "d", "c", "y": vi?.operation = character
    case "p":
      move(to: cursor + 1)
      insert(String(killed))
    case "P": insert(String(killed))
    case "u": undo()
    case "j": down()
    case "k": up()
    default: break
    }
  }

  private mutating func insertMode(at place: Int) {
    vi?.mode = .insert
    move(to: place)
  }

  private func motion(_ character: Character) -> Int? {
    switch character {
    case "h": max(lineStart(of: cursor), cursor - 1)
    case "l", " ": min(lineEnd(of: cursor), cursor + 1)
    case "0", "^": lineStart(of: cursor)
    case "$": lineEnd(of: cursor)
    case "b": wordStart(before: cursor)
    case "e": max(cursor, wordEnd(after: cursor + 1) - 1)
    case "w": nextWord(after: cursor)
    case "G": characters.count
    default: nil
    }
  }

  private func nextWord(after place: Int) -> Int {
    var index = place
    while index < characters.count, !characters[index].isWhitespace { index += 1 }
    while index < characters.count, characters[index].isWhitespace { index += 1 }
    return index
  }

  private mutating func operate(_ operation: Character, _ character: Character) {
    var range: Range<Int>
    if character == operation {
      // The whole line; `cc` leaves it empty, the others take its line break along.
      let end = lineEnd(of: cursor)
      range = lineStart(of: cursor)..<(operation == "c" ? end : min(characters.count, end + 1))
    } else {
      guard let target = motion(character) else { return }
      range = min(cursor, target)..<max(cursor, target)
      if character == "e" { range = range.lowerBound..<min(characters.count, range.upperBound + 1) }
    }
    if operation == "y" { return yank(range) }
    kill(range)
    if operation == "c" { vi?.mode = .insert }
  }
}
