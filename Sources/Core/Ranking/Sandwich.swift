/// The middle of the sandwich covariance: the sum over prompts of the outer product of the prompt's summed scores
/// (Liang and Zeger 1986). A vote without a prompt is a cluster of its own.
enum Sandwich {
  static func meat(_ likelihood: Likelihood, _ table: BallotTable, _ x: [Double]) -> SymmetricMatrix {
    var meat = SymmetricMatrix(size: likelihood.size)
    var cache = TermCache(likelihood, x)
    var singles: [Int: Single] = [:]
    for row in 0..<table.rows where table.prompt[row] < 0 {
      if likelihood.hasCovariate || table.value(row) != nil {
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
    let order = table.rowsByPrompt()
    var sum = [Double](repeating: 0, count: likelihood.size)
    var isTouched = [Bool](repeating: false, count: likelihood.size)
    var touched: [Int] = []
    for (place, row) in order.enumerated() {
      let (observation, term) = cache.term(Int(row), table)
      let weight = Double(table.count[Int(row)])
      func add(_ index: Int, _ value: Double) {
        if !isTouched[index] {
          isTouched[index] = true
          touched.append(index)
        }
        sum[index] += value * weight
      }
      add(observation.a, term.d)
      add(observation.b, -term.d)
      if likelihood.hasTie { add(likelihood.competitors, term.t) }
      if likelihood.hasCovariate { add(likelihood.size - 1, term.d * observation.x) }
      guard place + 1 == order.count || table.prompt[Int(order[place + 1])] != table.prompt[Int(row)] else { continue }
      for first in touched {
        for second in touched { meat[first, second] += sum[first] * sum[second] }
      }
      for index in touched { (sum[index], isTouched[index]) = (0, false) }
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
    let (observation, term) = term(row, table)
    return likelihood.score(observation, term)
  }

  /// A single vote of the row, and what it adds to the log-likelihood.
  mutating func term(_ row: Int, _ table: BallotTable) -> (Observation, Term) {
    let observation = table.observation(row, withLength: likelihood.hasCovariate, times: 1)
    return (observation, find(observation).weighted(observation.shares))
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
