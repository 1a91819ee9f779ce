/// How far the answers to one prompt are apart, by the words they share: 0 when all say the same words, 1 when two share none.
/// Enough to find turns worth reading again; no verdict on meaning.
public enum Disagreement {
  /// Where a list calls lanes at odds: two answers share less than a quarter of their words.
  public static let threshold = 0.75

  /// Of each answer's beginning; a difference as large as `threshold` shows long before.
  private static let longest = 20_000

  /// Nil for fewer than two answers.
  public static func among(_ answers: [String]) -> Double? {
    guard answers.count > 1 else { return nil }
    let sets = answers.map { words($0) }
    var most = 0.0
    for (index, a) in sets.enumerated() {
      for b in sets[..<index] {
        let all = a.union(b).count
        most = max(most, all == 0 ? 0 : 1 - Double(a.intersection(b).count) / Double(all))
      }
    }
    return most
  }

  private static func words(_ text: String) -> Set<Substring> {
    Set(text.prefix(longest).lowercased().split { !$0.isLetter && !$0.isNumber })
  }
}
