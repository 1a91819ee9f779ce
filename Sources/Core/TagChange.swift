/// What a person types to change tags: `+new`, `-old`, or the whole list.
public enum TagChange {
  public static func isSigned(_ word: String) -> Bool { word.hasPrefix("+") || word.hasPrefix("-") }

  /// Without its sign.
  public static func bare(_ word: String) -> String { isSigned(word) ? String(word.dropFirst()) : word }

  /// Each once, in the order they were given.
  public static func apply(_ words: [String], to tags: [String]) -> [String] {
    var result = words.allSatisfy(isSigned) ? tags : []
    for word in words {
      let tag = bare(word)
      if word.hasPrefix("-") {
        result.removeAll { $0 == tag }
      } else if !tag.isEmpty, !result.contains(tag) {
        result.append(tag)
      }
    }
    return result
  }
}
