/// How often two models met and how it ended, from a's side.
public struct PairCounts: Equatable, Sendable {
  public var a: Int
  public var b: Int
  public var wins = 0
  public var losses = 0
  public var ties = 0
  public var bothBad = 0
  /// Decisive prompts after each prompt's votes on this pair became one by majority: what the e-value may count.
  public var promptWins = 0
  public var promptLosses = 0
  /// Weights of the likelihood: a weak win is half a win and half a tie.
  var winWeight = 0.0
  var tieWeight = 0.0
  var lossWeight = 0.0

  public init(a: Int, b: Int) {
    self.a = a
    self.b = b
  }

  public var votes: Int { wins + losses + ties + bothBad }
}

/// All pairs of a table, a < b, and the counts of each model. Made once a table.
public struct PairTable: Equatable, Sendable {
  public let models: Int
  private(set) var all: [PairCounts]

  public init(_ table: BallotTable) {
    models = table.models.count
    var cells: [PairCounts] = []
    cells.reserveCapacity(models * max(models - 1, 0) / 2)
    for b in 0..<models {
      for a in 0..<b { cells.append(PairCounts(a: a, b: b)) }
    }
    cells.withUnsafeMutableBufferPointer { cells in
      for row in 0..<table.rows { Self.count(row, of: table, into: cells) }
      Self.collapse(table, into: cells)
    }
    all = cells
  }

  /// Pairs that met at least once, in a fixed order.
  public var met: [PairCounts] { all.filter { $0.votes > 0 } }

  public subscript(a: Int, b: Int) -> PairCounts { all[Self.index(min(a, b), max(a, b))] }

  @inline(__always) static func index(_ a: Int, _ b: Int) -> Int { b * (b - 1) / 2 + a }

  private static func count(_ row: Int, of table: BallotTable, into cells: UnsafeMutableBufferPointer<PairCounts>) {
    let (first, second) = (Int(table.a[row]), Int(table.b[row]))
    let isSwapped = first > second
    let cell = index(min(first, second), max(first, second))
    let count = table.counts[row]
    switch table.outcomes[row] {
    case .a where !isSwapped, .b where isSwapped: cells[cell].wins += count
    case .a, .b: cells[cell].losses += count
    case .tie: cells[cell].ties += count
    case .bothBad: cells[cell].bothBad += count
    }
    let share = isSwapped ? 1 - table.share(row) : table.share(row)
    let weights = Observation.weights(share: share)
    cells[cell].winWeight += weights.win * Double(count)
    cells[cell].tieWeight += weights.tie * Double(count)
    cells[cell].lossWeight += weights.loss * Double(count)
  }

  /// Several votes on one prompt say one thing about a pair: the majority of the decisive ones, or nothing when they balance.
  private static func collapse(_ table: BallotTable, into cells: UnsafeMutableBufferPointer<PairCounts>) {
    for cell in cells.indices {
      cells[cell].promptWins = cells[cell].wins
      cells[cell].promptLosses = cells[cell].losses
    }
    let (starts, rows) = table.rowsByPrompt()
    var balance = Array(repeating: 0, count: cells.count)
    var touched: [Int] = []
    for prompt in 0..<max(starts.count - 1, 0) {
      touched.removeAll(keepingCapacity: true)
      for row in rows[starts[prompt]..<starts[prompt + 1]] {
        let row = Int(row)
        let outcome = table.outcomes[row]
        guard outcome == .a || outcome == .b else { continue }
        let (first, second) = (Int(table.a[row]), Int(table.b[row]))
        let cell = index(min(first, second), max(first, second))
        let count = table.counts[row]
        touched.append(cell)
        if (outcome == .a) == (first < second) {
          balance[cell] += count
          cells[cell].promptWins -= count
        } else {
          balance[cell] -= count
          cells[cell].promptLosses -= count
        }
      }
      for cell in touched {
        if balance[cell] > 0 { cells[cell].promptWins += 1 }
        if balance[cell] < 0 { cells[cell].promptLosses += 1 }
        balance[cell] = 0
      }
    }
  }
}

/// One term of a likelihood: two models, what else bears on the outcome, and the weights of the three outcomes.
struct Observation: Equatable, Sendable {
  var a: Int
  var b: Int
  var slot = 0.0
  var length = 0.0
  var wins: Double
  var ties: Double
  var losses: Double

  /// A share of 0.75 is half a win and half a tie: the score, wins + ties/2, is the share.
  @inline(__always) static func weights(share: Double) -> (win: Double, tie: Double, loss: Double) {
    share >= 0.5 ? (2 * share - 1, 2 - 2 * share, 0) : (0, 2 * share, 1 - 2 * share)
  }
}
