/// What the votes between two competitors prove, valid at every look and when pairs are chosen adaptively: an e-value
/// against "both win equally often", and a confidence sequence (Ville 1939; Robbins 1970). Only decisive votes count,
/// one a prompt.
public struct PairEvidence: Equatable, Sendable {
  public var wins: Int
  public var losses: Int
  public var ties: Int
  public var bothBad: Int

  /// The evidence that decides a single pair: a false alarm at most once in 20.
  public static let threshold = 20.0

  public init(wins: Int, losses: Int, ties: Int = 0, bothBad: Int = 0) {
    (self.wins, self.losses, self.ties, self.bothBad) = (max(0, wins), max(0, losses), ties, bothBad)
  }

  public var decisive: Int { wins + losses }

  /// `log E`, with `E = 2ⁿ B(1 + k, 1 + n - k)` for `k` wins of `n` decisive votes.
  public var logEValue: Double { Self.logEValue(wins: Double(wins), of: Double(decisive)) }

  /// `E`, held at the largest finite number.
  public var eValue: Double { min(expOf(logEValue), .greatestFiniteMagnitude) }

  private static func logEValue(wins: Double, of votes: Double) -> Double {
    votes * logOf(2) + logBeta(1 + wins, 1 + votes - wins)
  }

  /// All shares `p` of wins with `B(1 + k, 1 + n - k) < 20 pᵏ (1 - p)ⁿ⁻ᵏ`: 95 %, whenever one looks.
  public var confidence: (low: Double, high: Double) {
    guard decisive > 0 else { return (0, 1) }
    let (k, n) = (Double(wins), Double(decisive))
    let limit = logBeta(1 + k, 1 + n - k) - logOf(Self.threshold)
    func isInside(_ p: Double) -> Bool {
      let logLikelihood = (k > 0 ? k * logOf(p) : 0) + (k < n ? (n - k) * logOf(1 - p) : 0)
      return logLikelihood > limit
    }
    func edge(inside: Double, outside: Double) -> Double {
      var (inside, outside) = (inside, outside)
      for _ in 0..<60 {
        let middle = (inside + outside) / 2
        if isInside(middle) { inside = middle } else { outside = middle }
      }
      return inside
    }
    let mode = k / n
    return (wins == 0 ? 0 : edge(inside: mode, outside: 0), losses == 0 ? 1 : edge(inside: mode, outside: 1))
  }

  /// Whether one is better, when `testedPairs` are looked at together (Bonferroni on e-values): `E ≥ 20 m`.
  public func isDecided(testedPairs: Int = 1) -> Bool {
    // lgamma leaves an error in the last places, and an E of exactly 20 decides.
    logEValue >= logOf(Self.threshold * Double(max(1, testedPairs))) - 1e-9
  }

  /// Whether the confidence sequence lies inside 45 to 55 %.
  public var isPracticallyEqual: Bool {
    let range = confidence
    return range.low >= 0.45 && range.high <= 0.55
  }

  /// Decisive votes that are still needed if the share stays as it is, estimated by `(k + 1)/(n + 2)`: the median of 101
  /// simulated courses, always the same for the same pair. 0 when decided, `nil` when nobody leads or 10 000 votes would
  /// not be enough.
  public func expectedVotesLeft(testedPairs: Int = 1) -> Int? {
    guard !isDecided(testedPairs: testedPairs) else { return 0 }
    guard wins != losses else { return nil }
    let share = Double(wins + 1) / Double(decisive + 2)
    let limit = Self.threshold * Double(max(1, testedPairs))
    var generator = SeededGenerator(seed: UInt64(decisive))
    let lengths = (0..<101).map { _ in
      var (k, n, evidence, length) = (Double(wins), Double(decisive), expOf(logEValue), 0)
      while evidence < limit, length <= Self.mostExpected {
        let isWin = generator.unit() < share
        evidence *= 2 * ((isWin ? k : n - k) + 1) / (n + 2)
        if isWin { k += 1 }
        n += 1
        length += 1
      }
      return length
    }
    let median = lengths.sorted()[50]
    return median <= Self.mostExpected ? median : nil
  }

  private static let mostExpected = 10_000

  /// The state of the pair in words, the better one first.
  public func words(a: String, b: String, testedPairs: Int = 1) -> String {
    let (leader, other) = wins >= losses ? (a, b) : (b, a)
    if isDecided(testedPairs: testedPairs) {
      return "\(leader) better than \(other) (decided, \(max(wins, losses)):\(min(wins, losses)))"
    }
    if isPracticallyEqual { return "no difference larger than 10 points" }
    guard wins != losses, eValue >= 2 else { return "not enough votes" }
    // Rounded down: evidence that does not decide never reads as if it did.
    let evidence = "evidence \(Int(eValue + 1e-9))/\(Int(Self.threshold) * max(1, testedPairs))"
    guard let left = expectedVotesLeft(testedPairs: testedPairs) else { return "leaning \(leader) (\(evidence))" }
    return "leaning \(leader) (\(evidence)), about \(left) \(left == 1 ? "vote" : "votes") to go"
  }
}
