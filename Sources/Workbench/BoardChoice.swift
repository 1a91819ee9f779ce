import Engine
import Terminal

extension BoardChoice {
  /// The board that a key leads to; nil for other keys. Tab: your votes, verdicts, both; l: length; t: the next tag, then all.
  func after(_ key: Key) -> BoardChoice? {
    var next = self
    let all = BallotSource.allCases
    let place = all.firstIndex(of: source) ?? 0
    switch key {
    case .tab: next.source = all[(place + 1) % all.count]
    case .shiftTab: next.source = all[(place + all.count - 1) % all.count]
    case .character("l"): next.isWithoutLength.toggle()
    case .character("t"):
      guard let tag, let index = tags.firstIndex(of: tag) else {
        next.tag = tags.first
        return tags.isEmpty ? nil : next
      }
      next.tag = index + 1 < tags.count ? tags[index + 1] : nil
    default: return nil
    }
    return next
  }
}
