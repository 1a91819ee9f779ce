#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Where each parameter stands in the vector: ratings first, then slot, length and tie, as far as they are fitted.
struct ParameterLayout: Equatable, Sendable {
  var models: Int
  var slot: Int?
  var length: Int?
  var tie: Int?
  /// The tie parameter when it is not fitted: no ties, or nothing but ties.
  var fixedTie: Double
  var size: Int
}

/// The function that `BradleyTerry` maximises, with gradient and curvature, and Newton's search for its maximum. The gauge
/// is fixed by −(Σθ)²/2k, whose curvature 11ᵀ/k leaves the optimum where it was.
struct RatingProblem: Sendable {
  let options: BradleyTerry.Options
  let layout: ParameterLayout
  var observations: [Observation]
  private let tieStart: Double

  /// Prior of slot and length effects when there is one at all: N(0, 0.5²).
  static let effectDeviation = 0.5

  init(_ table: BallotTable, pairs: PairTable, options: BradleyTerry.Options) {
    var observations: [Observation]
    if options.hasSlotTerm || options.hasLengthTerm {
      observations = (0..<table.rows).map { Self.observation($0, of: table, options) }
    } else {
      observations = pairs.all.compactMap { pair in
        pair.votes == 0
          ? nil
          : Observation(a: pair.a, b: pair.b, wins: pair.winWeight, ties: pair.tieWeight, losses: pair.lossWeight)
      }
    }
    observations.removeAll { $0.wins + $0.ties + $0.losses == 0 }
    let ties = observations.reduce(0) { $0 + $1.ties }
    let decided = observations.reduce(0) { $0 + $1.wins + $1.losses }
    let hasTie = options.ties != .half && ties > 0 && decided > 0
    var size = table.models.count
    func next(_ isWanted: Bool) -> Int? {
      guard isWanted else { return nil }
      size += 1
      return size - 1
    }
    let (slot, length, tie) = (next(options.hasSlotTerm), next(options.hasLengthTerm), next(hasTie))
    let start = options.ties.start(ties: ties, decided: decided)
    self.options = options
    self.observations = observations
    tieStart = start
    layout = ParameterLayout(
      models: table.models.count, slot: slot, length: length, tie: tie,
      fixedTie: ties > 0 && options.ties != .half ? start : options.ties.withoutTies, size: size)
  }

  /// One row as a term, for its count of votes.
  static func observation(_ row: Int, of table: BallotTable, _ options: BradleyTerry.Options) -> Observation {
    let weights = Observation.weights(share: table.share(row))
    let count = Double(table.counts[row])
    return Observation(
      a: Int(table.a[row]), b: Int(table.b[row]), slot: options.hasSlotTerm ? 1 : 0,
      length: options.hasLengthTerm ? table.length(row).map(logLengthRatio) ?? 0 : 0, wins: weights.win * count,
      ties: weights.tie * count, losses: weights.loss * count)
  }

  static func logLengthRatio(_ lengths: Ballot.Lengths) -> Double {
    log((Double(max(0, lengths.a)) + 1) / (Double(max(0, lengths.b)) + 1))
  }

  func tie(_ parameters: [Double]) -> Double { layout.tie.map { parameters[$0] } ?? layout.fixedTie }

  func eta(_ observation: Observation, _ parameters: [Double]) -> Double {
    var eta = parameters[observation.a] - parameters[observation.b]
    if let slot = layout.slot { eta += parameters[slot] * observation.slot }
    if let length = layout.length { eta += parameters[length] * observation.length }
    return eta
  }

  func terms(_ observation: Observation, _ parameters: [Double]) -> TieModel.Terms {
    options.ties.terms(
      eta: eta(observation, parameters), tie: tie(parameters), wins: observation.wins, ties: observation.ties,
      losses: observation.losses)
  }

  func logLikelihood(_ parameters: [Double]) -> Double {
    observations.reduce(0) { $0 + terms($1, parameters).logProbability }
  }

  /// Log likelihood + log prior + gauge.
  func objective(_ parameters: [Double]) -> Double {
    var value = logLikelihood(parameters)
    for index in parameters.indices {
      let distance = parameters[index] - priorMean(index)
      value -= precision(index) * distance * distance / 2
    }
    let sum = parameters.prefix(layout.models).reduce(0, +) - gaugeTarget
    return value - sum * sum / (2 * Double(max(layout.models, 1)))
  }

  func gradient(_ parameters: [Double]) -> [Double] {
    var gradient = parameters.indices.map { -precision($0) * (parameters[$0] - priorMean($0)) }
    for observation in observations {
      let terms = terms(observation, parameters)
      gradient[observation.a] += terms.slope
      gradient[observation.b] -= terms.slope
      if let slot = layout.slot { gradient[slot] += terms.slope * observation.slot }
      if let length = layout.length { gradient[length] += terms.slope * observation.length }
      if let tie = layout.tie { gradient[tie] += terms.tieSlope }
    }
    let sum = parameters.prefix(layout.models).reduce(0, +) - gaugeTarget
    for model in 0..<layout.models { gradient[model] -= sum / Double(layout.models) }
    return gradient
  }

  /// The negated second derivatives of `objective`: A, with prior and gauge.
  func curvature(at parameters: [Double]) -> SquareMatrix {
    var matrix = SquareMatrix(size: layout.size)
    let models = layout.models
    for row in 0..<models {
      for column in 0..<models { matrix[row, column] = 1 / Double(models) }
    }
    for index in 0..<layout.size { matrix[index, index] += precision(index) }
    let size = layout.size
    matrix.withElements { elements in
      for observation in observations {
        let terms = terms(observation, parameters)
        let (a, b, bend) = (observation.a, observation.b, terms.curvature)
        elements[a * size + a] += bend
        elements[b * size + b] += bend
        elements[a * size + b] -= bend
        elements[b * size + a] -= bend
        func addEffect(_ index: Int, _ x: Double) {
          elements[a * size + index] += bend * x
          elements[b * size + index] -= bend * x
          elements[index * size + a] += bend * x
          elements[index * size + b] -= bend * x
          elements[index * size + index] += bend * x * x
          guard let tie = layout.tie else { return }
          elements[index * size + tie] += terms.crossCurvature * x
          elements[tie * size + index] += terms.crossCurvature * x
        }
        if let slot = layout.slot { addEffect(slot, observation.slot) }
        if let length = layout.length { addEffect(length, observation.length) }
        if let slot = layout.slot, let length = layout.length {
          elements[slot * size + length] += bend * observation.slot * observation.length
          elements[length * size + slot] += bend * observation.slot * observation.length
        }
        guard let tie = layout.tie else { continue }
        elements[tie * size + tie] += terms.tieCurvature
        elements[a * size + tie] += terms.crossCurvature
        elements[tie * size + a] += terms.crossCurvature
        elements[b * size + tie] -= terms.crossCurvature
        elements[tie * size + b] -= terms.crossCurvature
      }
    }
    return matrix
  }

  /// Newton's method with halved steps; the function is concave. Nil when it does not settle.
  func maximum(from start: [Double]? = nil) -> [Double]? {
    var parameters = start ?? (0..<layout.size).map(priorMean)
    if start == nil, let tie = layout.tie { parameters[tie] = tieStart }
    var value = objective(parameters)
    for _ in 0..<200 {
      guard let factor = curvature(at: parameters).cholesky() else { return nil }
      let step = factor.solvingCholesky(gradient(parameters))
      guard let largest = step.map(abs).max() else { return parameters }
      if largest < 1e-10 { return parameters }
      var scale = 1.0
      while true {
        let candidate = zip(parameters, step).map { $0 + scale * $1 }
        let reached = objective(candidate)
        // At the optimum rounding may take a little away.
        if reached >= value - 1e-12 * abs(value), isAllowed(candidate) {
          parameters = candidate
          value = reached
          break
        }
        scale /= 2
        if scale < 1e-12 { return largest < 1e-6 ? parameters : nil }
      }
      if largest * scale < 1e-10 { return parameters }
    }
    return nil
  }

  private func isAllowed(_ parameters: [Double]) -> Bool {
    guard options.ties == .raoKupper, let tie = layout.tie else { return true }
    return parameters[tie] > 0
  }

  /// 1/sd² of a parameter's prior; 0 without one. The tie parameter never has one.
  func precision(_ index: Int) -> Double {
    if index == layout.tie { return 0 }
    switch options.prior {
    case .none: return 0
    case .weak: return index < layout.models ? 1 : 1 / (Self.effectDeviation * Self.effectDeviation)
    case .normal(_, let deviation):
      return index < layout.models ? 1 / (deviation * deviation) : 1 / (Self.effectDeviation * Self.effectDeviation)
    }
  }

  private func priorMean(_ index: Int) -> Double {
    guard case .normal(let means, _) = options.prior, index < layout.models else { return 0 }
    return means[index]
  }

  private var gaugeTarget: Double {
    guard case .normal(let means, _) = options.prior else { return 0 }
    return means.reduce(0, +)
  }
}
