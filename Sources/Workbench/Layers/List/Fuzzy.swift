import Core

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
