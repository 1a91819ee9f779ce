/// All votes between two competitors, seen from the one with the lower index.
public struct PairCounts: Equatable, Sendable {
  public var a: Int
  public var b: Int
  /// Votes for `a` and for `b`; a weak win is a win.
  public var wins = 0
  public var losses = 0
  public var ties = 0
  public var bothBad = 0
  /// The votes as a likelihood sees them: graded votes are split.
  var shares = Shares()

  public var votes: Int { wins + losses + ties + bothBad }

  mutating func count(_ outcome: BallotOutcome, _ number: Int) {
    switch outcome {
    case .a: wins += number
    case .b: losses += number
    case .tie: ties += number
    case .bothBad: bothBad += number
    }
  }
}

extension BallotOutcome {
  /// The same outcome with the two competitors exchanged.
  public var swapped: BallotOutcome {
    switch self {
    case .a: .b
    case .b: .a
    case .tie, .bothBad: self
    }
  }
}

extension BallotTable {
  /// The pairs that were compared, by their indexes, each in one pass over the rows.
  public func pairCounts() -> [PairCounts] {
    let slots = PairSlots(self)
    var pairs = slots.pairs
    for row in 0..<rows {
      let isSwapped = a[row] > b[row]
      let slot = slots.slot(row, self)
      pairs[slot].count(isSwapped ? outcome[row].swapped : outcome[row], Int(count[row]))
      pairs[slot].shares.add(isSwapped ? shares(row).swapped : shares(row), times: Double(count[row]))
    }
    return pairs
  }

  /// Every pair's decisive results with one voice a prompt: the majority of the votes on it, nothing when they are even.
  /// Repeated votes on one prompt are not independent, so only these may go into an e-value.
  func independentResults() -> [(wins: Int, losses: Int)] {
    let slots = PairSlots(self)
    var results = [(wins: Int, losses: Int)](repeating: (0, 0), count: slots.pairs.count)
    for row in 0..<rows where prompt[row] < 0 {
      guard outcome[row] == .a || outcome[row] == .b else { continue }
      let slot = slots.slot(row, self)
      if isWinOfLower(row) { results[slot].wins += Int(count[row]) } else { results[slot].losses += Int(count[row]) }
    }
    let order = rowsByPrompt()
    var balance = [Int](repeating: 0, count: slots.pairs.count)
    var touched: [Int] = []
    for (place, row) in order.enumerated() {
      if outcome[Int(row)] == .a || outcome[Int(row)] == .b {
        let slot = slots.slot(Int(row), self)
        touched.append(slot)
        balance[slot] += isWinOfLower(Int(row)) ? Int(count[Int(row)]) : -Int(count[Int(row)])
      }
      guard place + 1 == order.count || prompt[Int(order[place + 1])] != prompt[Int(row)] else { continue }
      for slot in touched {
        if balance[slot] > 0 { results[slot].wins += 1 }
        if balance[slot] < 0 { results[slot].losses += 1 }
        balance[slot] = 0
      }
      touched.removeAll(keepingCapacity: true)
    }
    return results
  }

  private func isWinOfLower(_ row: Int) -> Bool { (outcome[row] == .a) == (a[row] < b[row]) }

  /// The rows that have a prompt, prompt by prompt and each in its order.
  func rowsByPrompt() -> [Int32] {
    let highest = Int(prompt.max() ?? -1)
    guard highest <= 4 * rows else {
      let chosen = (0..<Int32(rows)).filter { prompt[Int($0)] >= 0 }
      return chosen.sorted { (prompt[Int($0)], $0) < (prompt[Int($1)], $1) }
    }
    // Numbers of prompts are dense as a rule: counted, not compared.
    var starts = [Int](repeating: 0, count: highest + 2)
    for id in prompt where id >= 0 { starts[Int(id) + 1] += 1 }
    for id in starts.indices.dropFirst() { starts[id] += starts[id - 1] }
    var order = [Int32](repeating: 0, count: starts.last ?? 0)
    for (row, id) in prompt.enumerated() where id >= 0 {
      order[starts[Int(id)]] = Int32(row)
      starts[Int(id)] += 1
    }
    return order
  }
}

/// The place of every compared pair in a dense list, ordered by the indexes of its two.
private struct PairSlots {
  private(set) var pairs: [PairCounts] = []
  private var slots: [Int32]
  private let size: Int

  init(_ table: BallotTable) {
    size = table.competitors.count
    slots = [Int32](repeating: -1, count: size * size)
    for row in 0..<table.rows { slots[key(row, table)] = 0 }
    for low in 0..<size {
      for high in low..<size where slots[low * size + high] == 0 {
        slots[low * size + high] = Int32(pairs.count)
        pairs.append(PairCounts(a: low, b: high))
      }
    }
  }

  private func key(_ row: Int, _ table: BallotTable) -> Int {
    Int(min(table.a[row], table.b[row])) * size + Int(max(table.a[row], table.b[row]))
  }

  func slot(_ row: Int, _ table: BallotTable) -> Int { Int(slots[key(row, table)]) }
}
