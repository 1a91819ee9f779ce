import Core
import Terminal

/// Letters typed while the lanes have the focus: a single one is a key, several that follow fast on each other are a sentence.
struct TypedLetters: Equatable, Sendable {
  /// What came in quick succession.
  var text = ""
  /// Monotonic nanoseconds of the last.
  var at: Int64 = 0
  /// What the first of them does, if it is alone.
  var waiting: Action?

  /// Nanoseconds until a letter is alone.
  static let patience: Int64 = 300_000_000
}

extension State {
  /// Nanoseconds until what waits is done; nil when nothing does.
  var waitsFor: Int64? { letters.waiting == nil ? nil : max(0, letters.at + TypedLetters.patience - moment.now) }

  /// What waited long enough is done.
  mutating func doWaiting() -> [Command] {
    guard let waiting = letters.waiting, moment.now - letters.at >= TypedLetters.patience else { return [] }
    return doWaitingNow(waiting)
  }

  private mutating func doWaitingNow(_ action: Action) -> [Command] {
    letters = TypedLetters()
    return perform(action)
  }

  /// A key while the lanes have the focus.
  /// - Returns: nil when it means what its row says, after these commands.
  mutating func takeAsLetter(_ key: Key, _ row: KeyRow?, _ before: inout [Command]) -> [Command]? {
    guard window == nil, place == .lanes, case .character(let character) = key else {
      if let waiting = letters.waiting { before += doWaitingNow(waiting) }
      return nil
    }
    let isFast = moment.now - letters.at < TypedLetters.patience
    if let waiting = letters.waiting {
      // The same once more, or the number of a lane, is no word.
      guard isFast, !character.isNumber, !letters.text.hasSuffix(String(character)) else {
        before += doWaitingNow(waiting)
        return takeAsLetter(key, row, &before)
      }
      place = .prompt
      let text = letters.text + String(character)
      letters = TypedLetters()
      draft.composer.insert(text)
      return [.warm(lineup)]
    }
    letters = TypedLetters(text: isFast ? letters.text + String(character) : String(character), at: moment.now)
    guard let row, row.waits, row.obstacle(self) == nil else { return nil }
    letters.waiting = row.action
    return []
  }
}
