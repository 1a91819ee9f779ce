/// Who won against whom; a tie is an edge both ways. Ratings by likelihood alone are finite exactly when every model can be
/// reached from every other along wins (Ford 1957).
public struct WinGraph: Equatable, Sendable {
  /// The strongly connected parts, the largest first; models in rising order.
  public let parts: [[Int]]

  public var isStronglyConnected: Bool { parts.count <= 1 }

  public init(_ pairs: PairTable) {
    var edges: [(winner: Int, loser: Int)] = []
    for pair in pairs.met {
      if pair.winWeight + pair.tieWeight > 0 { edges.append((pair.a, pair.b)) }
      if pair.lossWeight + pair.tieWeight > 0 { edges.append((pair.b, pair.a)) }
    }
    self.init(models: pairs.models, edges: edges)
  }

  init(models count: Int, edges: [(winner: Int, loser: Int)]) {
    var beaten: [[Int]] = Array(repeating: [], count: count)
    var beatenBy = beaten
    for edge in edges {
      beaten[edge.winner].append(edge.loser)
      beatenBy[edge.loser].append(edge.winner)
    }
    var parts: [[Int]] = []
    var isPlaced = Array(repeating: false, count: count)
    for model in 0..<count where !isPlaced[model] {
      let above = Self.reached(from: model, along: beatenBy)
      let below = Self.reached(from: model, along: beaten)
      let part = (0..<count).filter { above[$0] && below[$0] }
      for member in part { isPlaced[member] = true }
      parts.append(part)
    }
    self.parts = parts.sorted { ($1.count, $0[0]) < ($0.count, $1[0]) }
  }

  private static func reached(from start: Int, along edges: [[Int]]) -> [Bool] {
    var isReached = Array(repeating: false, count: edges.count)
    isReached[start] = true
    var open = [start]
    while let model = open.popLast() {
      for next in edges[model] where !isReached[next] {
        isReached[next] = true
        open.append(next)
      }
    }
    return isReached
  }

  /// What a person is told when the graph falls apart; nil when it does not.
  public var notice: String? {
    guard !isStronglyConnected else { return nil }
    return "no finite estimate without the prior: the models fall into \(parts.count) groups between which"
      + " wins go one way only, or none do"
  }
}
