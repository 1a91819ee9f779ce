/// What one comparison said of its two competitors, first and second.
public enum BallotOutcome: UInt8, Sendable, Equatable, CaseIterable {
  case a, b, tie, bothBad
}

/// Votes in columns, one row for equal ones, from which every ranking is computed. A value without identity: whoever
/// reads a source of votes fills one, and it may go to any thread.
public struct BallotTable: Equatable, Sendable {
  /// Names in the order in which they came; the columns `a` and `b` are indexes into it.
  public private(set) var competitors: [String] = []
  public private(set) var a: [Int32] = []
  public private(set) var b: [Int32] = []
  public private(set) var outcome: [BallotOutcome] = []
  /// How often the row was said; 1 for a single vote.
  public private(set) var count: [Int32] = []
  /// Votes on one prompt depend on each other and share a cluster. -1: each single vote is its own.
  public private(set) var prompt: [Int32] = []
  /// 0 is the human, 1 and more are judges.
  public private(set) var rater: [Int32] = []
  /// Lengths of both answers in code points, -1 when they are not known.
  public private(set) var lengthA: [Int32] = []
  public private(set) var lengthB: [Int32] = []
  private var winnerShare: [Float] = []
  private var indexes: [String: Int32] = [:]

  public init(competitors: [String] = []) {
    for name in competitors { _ = index(of: name) }
  }

  public var rows: Int { a.count }
  /// All votes, rows times their counts.
  public var votes: Int { count.reduce(0) { $0 + Int($1) } }

  /// The index of a competitor, which is added when it is new.
  public mutating func index(of name: String) -> Int32 {
    if let index = indexes[name] { return index }
    let index = Int32(competitors.count)
    competitors.append(name)
    indexes[name] = index
    return index
  }

  /// Graded vote: the winner's share of it, `nil` for a whole one. A weak win is 0.75 for the winner, 0.25 for the other.
  public func value(_ row: Int) -> Double? { winnerShare[row].isNaN ? nil : Double(winnerShare[row]) }

  /// Adds `count` equal votes. A row of a competitor against itself, or with a count below 1, says nothing and is left out.
  /// - Parameter value: the winner's share, 0.5 to 1; it has no meaning for ties.
  public mutating func add(
    a first: Int32, b second: Int32, outcome: BallotOutcome, value: Double? = nil, count: Int = 1, prompt: Int32 = -1,
    rater: Int32 = 0, lengthA: Int32 = -1, lengthB: Int32 = -1
  ) {
    guard first != second, count > 0 else { return }
    precondition(min(first, second) >= 0 && Int(max(first, second)) < competitors.count, "an index of no competitor")
    a.append(first)
    b.append(second)
    self.outcome.append(outcome)
    winnerShare.append(value.map { Float(min(1, max(0.5, $0))) } ?? .nan)
    self.count.append(Int32(clamping: count))
    self.prompt.append(prompt)
    self.rater.append(rater)
    self.lengthA.append(lengthA)
    self.lengthB.append(lengthB)
  }

  /// Adds `count` equal votes by the names of the two.
  public mutating func add(
    _ first: String, _ second: String, _ outcome: BallotOutcome, value: Double? = nil, count: Int = 1,
    prompt: Int32 = -1, rater: Int32 = 0, lengthA: Int32 = -1, lengthB: Int32 = -1
  ) {
    let (first, second) = (index(of: first), index(of: second))
    add(
      a: first, b: second, outcome: outcome, value: value, count: count, prompt: prompt, rater: rater,
      lengthA: lengthA, lengthB: lengthB)
  }

  /// How a single vote of the row counts in a likelihood: for a, for b, as a tie; together 1.
  func shares(_ row: Int) -> Shares {
    let winner = winnerShare[row].isNaN ? 1 : Double(winnerShare[row])
    switch outcome[row] {
    case .a: return Shares(a: winner, b: 1 - winner, tie: 0)
    case .b: return Shares(a: 1 - winner, b: winner, tie: 0)
    case .tie, .bothBad: return Shares(a: 0, b: 0, tie: 1)
    }
  }

  /// The log of the answers' length ratio, `log((lengthA + 1) / (lengthB + 1))`; 0 when a length is not known.
  func logLengthRatio(_ row: Int) -> Double {
    guard lengthA[row] >= 0, lengthB[row] >= 0 else { return 0 }
    return logOf(Double(lengthA[row]) + 1) - logOf(Double(lengthB[row]) + 1)
  }
}

/// The weight of a vote in each of the three outcomes of a likelihood.
struct Shares: Equatable, Sendable {
  var a = 0.0
  var b = 0.0
  var tie = 0.0

  var total: Double { a + b + tie }
  var swapped: Shares { Shares(a: b, b: a, tie: tie) }

  mutating func add(_ other: Shares, times weight: Double) {
    a += other.a * weight
    b += other.b * weight
    tie += other.tie * weight
  }
}
