/// Three models that beat each other in a circle, which no rating can show: a over b, b over c, c over a.
public struct CyclicTriple: Equatable, Sendable {
  /// Wins and losses of each side, from the side of the first.
  public struct Side: Equatable, Sendable {
    public var winner: Int
    public var loser: Int
    public var wins: Int
    public var losses: Int

    /// (wins − losses)/√(wins + losses): standard deviations from equal.
    public var strength: Double { Double(wins - losses) / Double(wins + losses).squareRoot() }
  }

  public let sides: [Side]

  /// The strength of the weakest side: a circle is as strong as that.
  public var strength: Double { sides.map(\.strength).min() ?? 0 }

  /// Whether each side is decided by itself (E ≥ 20); weaker circles come about by chance.
  public var isDecided: Bool {
    sides.allSatisfy { PairEvidence(wins: $0.wins, losses: $0.losses).isDecided }
  }

  /// The strongest circle by majorities of decisive votes (one a prompt); nil when there is none.
  public static func largest(_ pairs: PairTable) -> CyclicTriple? {
    let count = pairs.models
    guard count >= 3 else { return nil }
    // Strength of i over j; negative when j is ahead.
    var strengths = Array(repeating: 0.0, count: count * count)
    for pair in pairs.all where pair.promptWins + pair.promptLosses > 0 {
      let strength = side(pair.a, pair.b, pairs).strength
      strengths[pair.a * count + pair.b] = strength
      strengths[pair.b * count + pair.a] = -strength
    }
    var best = 0.0
    var found: (Int, Int, Int)?
    strengths.withUnsafeBufferPointer { strengths in
      for i in 0..<count {
        for j in (i + 1)..<max(count, i + 1) {
          let first = strengths[i * count + j]
          // A side that is no stronger than the best circle cannot make a better one.
          guard abs(first) > best else { continue }
          for k in (j + 1)..<max(count, j + 1) {
            let (second, third) = (strengths[j * count + k], strengths[k * count + i])
            let isForward = first > 0
            let weakest = isForward ? min(first, second, third) : min(-first, -second, -third)
            guard weakest > best else { continue }
            best = weakest
            found = isForward ? (i, j, k) : (k, j, i)
          }
        }
      }
    }
    return found.map { i, j, k in CyclicTriple(sides: [side(i, j, pairs), side(j, k, pairs), side(k, i, pairs)]) }
  }

  private static func side(_ winner: Int, _ loser: Int, _ pairs: PairTable) -> Side {
    let pair = pairs[winner, loser]
    let isStraight = winner < loser
    return Side(
      winner: winner, loser: loser, wins: isStraight ? pair.promptWins : pair.promptLosses,
      losses: isStraight ? pair.promptLosses : pair.promptWins)
  }
}
