/// The middle of the sandwich covariance: the sum over prompts of the outer product of the prompt's summed scores
/// (Liang and Zeger 1986). A vote without a prompt is a cluster of its own.
enum Sandwich {
  static func meat(_ likelihood: Likelihood, _ table: BallotTable, _ x: [Double]) -> SymmetricMatrix {
    var meat = SymmetricMatrix(size: likelihood.size)
    var clustered: [(prompt: Int32, row: Int32)] = []
    var cache = TermCache(likelihood, x)
    var singles: [Int: Single] = [:]
    for row in 0..<table.rows {
      if table.prompt[row] >= 0 {
        clustered.append((table.prompt[row], Int32(row)))
      } else if likelihood.hasCovariate || table.value(row) != nil {
        meat.addOuter(cache.scores(row, table), times: Double(table.count[row]))
      } else {
        // Equal votes have equal scores: the outer product is added once for all of them.
        let key =
          (Int(table.a[row]) * likelihood.competitors + Int(table.b[row])) << 2 | Int(table.outcome[row].rawValue)
        singles[key, default: Single(row: row, count: 0)].count += Double(table.count[row])
      }
    }
    for single in singles.values.sorted(by: { $0.row < $1.row }) {
      meat.addOuter(cache.scores(single.row, table), times: single.count)
    }
    clustered.sort { ($0.prompt, $0.row) < ($1.prompt, $1.row) }
    var sum = [Double](repeating: 0, count: likelihood.size)
    var touched: [Int] = []
    for (place, entry) in clustered.enumerated() {
      let row = Int(entry.row)
      for (index, value) in cache.scores(row, table) {
        if !touched.contains(index) { touched.append(index) }
        sum[index] += value * Double(table.count[row])
      }
      guard place + 1 == clustered.count || clustered[place + 1].prompt != entry.prompt else { continue }
      meat.addOuter(touched.map { ($0, sum[$0]) }, times: 1)
      for index in touched { sum[index] = 0 }
      touched.removeAll(keepingCapacity: true)
    }
    return meat
  }

  private struct Single {
    var row: Int
    var count: Double
  }
}

/// The terms of the pairs, computed when a row first needs them.
private struct TermCache {
  private let likelihood: Likelihood
  private let x: [Double]
  private var terms: [Terms?]

  init(_ likelihood: Likelihood, _ x: [Double]) {
    self.likelihood = likelihood
    self.x = x
    terms = [Terms?](
      repeating: nil, count: likelihood.hasCovariate ? 0 : likelihood.competitors * likelihood.competitors)
  }

  mutating func scores(_ row: Int, _ table: BallotTable) -> [(index: Int, value: Double)] {
    let observation = table.observation(row, withLength: likelihood.hasCovariate, times: 1)
    return likelihood.score(observation, find(observation).weighted(observation.shares))
  }

  private mutating func find(_ observation: Observation) -> Terms {
    let place = observation.a * likelihood.competitors + observation.b
    if !likelihood.hasCovariate, let known = terms[place] { return known }
    let found = likelihood.ties.terms(
      difference: likelihood.difference(observation, x), logTie: likelihood.logTie(x))
    if !likelihood.hasCovariate { terms[place] = found }
    return found
  }
}

extension SymmetricMatrix {
  fileprivate mutating func addOuter(_ values: [(index: Int, value: Double)], times weight: Double) {
    for first in values {
      for second in values { self[first.index, second.index] += weight * first.value * second.value }
    }
  }
}
