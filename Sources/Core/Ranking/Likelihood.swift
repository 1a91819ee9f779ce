/// Equal votes in a likelihood: the two, a covariate (0 without one), and the weight of each outcome.
struct Observation {
  var a: Int
  var b: Int
  var x = 0.0
  var shares: Shares
}

/// The log posterior of strengths, tie parameter and covariate, and its maximum by Newton. Parameters in a row:
/// θ of every competitor, then the tie parameter, then the coefficient of the covariate, as far as there are any.
struct Likelihood {
  var ties: TieModel
  var observations: [Observation]
  var competitors: Int
  var hasTie: Bool
  var hasCovariate: Bool
  /// Mean and precision of the normal prior of every parameter; precision 0 is no prior.
  var priorMean: [Double]
  var precision: [Double]

  var size: Int { competitors + (hasTie ? 1 : 0) + (hasCovariate ? 1 : 0) }
  private var tieIndex: Int { competitors }
  private var covariateIndex: Int { size - 1 }

  func difference(_ observation: Observation, _ x: [Double]) -> Double {
    x[observation.a] - x[observation.b] + (hasCovariate ? x[covariateIndex] * observation.x : 0)
  }

  func logTie(_ x: [Double]) -> Double? { hasTie ? x[tieIndex] : nil }

  /// Natural log-likelihood, without the prior.
  func value(_ x: [Double]) -> Double {
    observations.reduce(0) { sum, observation in
      sum + ties.terms(difference: difference(observation, x), logTie: logTie(x)).weighted(observation.shares).log
    }
  }

  func logPrior(_ x: [Double]) -> Double {
    x.indices.reduce(0) { $0 - precision[$1] * (x[$1] - priorMean[$1]) * (x[$1] - priorMean[$1]) / 2 }
  }

  /// The places of one observation's parameters with the derivative of the log-likelihood by each.
  func score(_ observation: Observation, _ term: Term) -> [(index: Int, value: Double)] {
    var places = [(index: observation.a, value: term.d), (index: observation.b, value: -term.d)]
    if hasTie { places.append((tieIndex, term.t)) }
    if hasCovariate { places.append((covariateIndex, term.d * observation.x)) }
    return places
  }

  /// Gradient of the log posterior, and its negative Hessian.
  func derivatives(_ x: [Double]) -> (gradient: [Double], information: SymmetricMatrix) {
    var gradient = x.indices.map { -precision[$0] * (x[$0] - priorMean[$0]) }
    var information = SymmetricMatrix(size: size)
    for index in 0..<size { information[index, index] = precision[index] }
    for observation in observations {
      let term = ties.terms(difference: difference(observation, x), logTie: logTie(x)).weighted(observation.shares)
      let (a, b) = (observation.a, observation.b)
      for (index, value) in score(observation, term) { gradient[index] += value }
      information[a, a] -= term.dd
      information[b, b] -= term.dd
      information[a, b] += term.dd
      information[b, a] += term.dd
      if hasTie {
        information.addBoth(a, tieIndex, -term.dt)
        information.addBoth(b, tieIndex, term.dt)
        information[tieIndex, tieIndex] -= term.tt
      }
      if hasCovariate {
        let c = covariateIndex
        information.addBoth(a, c, -term.dd * observation.x)
        information.addBoth(b, c, term.dd * observation.x)
        information[c, c] -= term.dd * observation.x * observation.x
        if hasTie { information.addBoth(tieIndex, c, -term.dt * observation.x) }
      }
    }
    return (gradient, information)
  }

  /// Adds `11ᵀ/k` to the strengths' block: without a prior only differences are known, and this fixes their mean at 0.
  func gauged(_ information: SymmetricMatrix) -> SymmetricMatrix {
    guard precision[0] == 0 else { return information }
    var information = information
    let gauge = 1 / Double(competitors)
    for row in 0..<competitors {
      for column in 0..<competitors { information[row, column] += gauge }
    }
    return information
  }

  /// The parameters of the maximum by Newton with halved steps; `nil` when there is no finite one.
  func maximum(from start: [Double]) -> [Double]? {
    var x = start
    var best = value(x) + logPrior(x)
    for _ in 0..<200 {
      let (gradient, information) = derivatives(x)
      guard let factor = gauged(information).cholesky() else { return nil }
      let step = factor.solved(gradient)
      // The squared length of the step in standard errors: far below what a vote can show.
      let decrement = zip(gradient, step).reduce(0) { $0 + $1.0 * $1.1 }
      guard decrement > 1e-18 * max(1, abs(best)) else { return centred(x, step) }
      var scale = 1.0
      while true {
        let next = zip(x, step).map { $0 + scale * $1 }
        let isInside = ties != .raoKupper || !hasTie || next[tieIndex] > 0
        let value = isInside ? value(next) + logPrior(next) : -.infinity
        if value >= best + 1e-4 * scale * decrement || (decrement < 1e-9 && value >= best - 1e-9 * abs(best)) {
          (x, best) = (next, value)
          break
        }
        scale /= 2
        if scale < 1e-10 { return decrement < 1e-6 ? x : nil }
      }
      if x.contains(where: { abs($0) > 40 }) { return nil }
    }
    return nil
  }

  /// The last step is below all rounding; then the mean goes to 0 where nothing else fixes it.
  private func centred(_ x: [Double], _ step: [Double]) -> [Double] {
    var x = zip(x, step).map { $0 + $1 }
    guard precision[0] == 0 else { return x }
    let mean = x[0..<competitors].reduce(0, +) / Double(competitors)
    for index in 0..<competitors { x[index] -= mean }
    return x
  }
}

extension SymmetricMatrix {
  fileprivate mutating func addBoth(_ row: Int, _ column: Int, _ value: Double) {
    self[row, column] += value
    self[column, row] += value
  }
}
