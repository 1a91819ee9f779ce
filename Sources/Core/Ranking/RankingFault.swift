/// Why no ranking can be computed; the text says what to do.
public enum RankingFault: Error, Equatable, Sendable, CustomStringConvertible {
  case noVotes
  /// Some competitors never lost to the others, or were never compared with them: the first of them is named.
  case unconnected(competitor: String)
  case noFiniteEstimate
  case tooManyCompetitors(Int)
  case unknownAnchor(String)
  case otherCompetitors

  /// Dense matrices of this size still take seconds.
  static let mostCompetitors = 2000

  public var description: String {
    switch self {
    case .noVotes: "there are no votes between two different models; add some"
    case .unconnected(let competitor):
      "no finite estimate without the prior: the wins do not connect all models both ways (see \(competitor)); "
        + "use the weak prior or collect more votes"
    case .noFiniteEstimate:
      "no finite estimate without the prior: the votes leave a strength unbounded; use the weak prior or collect more votes"
    case .tooManyCompetitors(let number): "\(number) models are too many; at most \(Self.mostCompetitors) can be ranked"
    case .otherCompetitors: "a part of the votes lists other models than the whole; use the same list for both"
    case .unknownAnchor(let name): "the anchor \(name) is in no vote; name a model that is"
    }
  }
}

/// Whether every competitor can be reached from every other along wins; a tie leads both ways (Ford 1957). Without it
/// the likelihood has no finite maximum.
enum Connectivity {
  /// The index of a competitor that cannot be reached from the first, or not reach it; `nil` when all are connected.
  static func firstUnconnected(count: Int, pairs: [PairCounts]) -> Int? {
    var beats = [[Int]](repeating: [], count: count)
    var beatenBy = beats
    for pair in pairs {
      if pair.shares.a > 0 || pair.shares.tie > 0 {
        beats[pair.a].append(pair.b)
        beatenBy[pair.b].append(pair.a)
      }
      if pair.shares.b > 0 || pair.shares.tie > 0 {
        beats[pair.b].append(pair.a)
        beatenBy[pair.a].append(pair.b)
      }
    }
    let (forward, backward) = (reached(beats), reached(beatenBy))
    return (0..<count).first { !forward[$0] || !backward[$0] }
  }

  private static func reached(_ edges: [[Int]]) -> [Bool] {
    var seen = [Bool](repeating: false, count: edges.count)
    var open = edges.isEmpty ? [] : [0]
    if !edges.isEmpty { seen[0] = true }
    while let next = open.popLast() {
      for other in edges[next] where !seen[other] {
        seen[other] = true
        open.append(other)
      }
    }
    return seen
  }
}
