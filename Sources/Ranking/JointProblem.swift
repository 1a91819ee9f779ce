import Core

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The function that `JointModel` maximises. η is not linear in θ and log c together, so the search is Fisher scoring on all
/// parameters at once with halved steps: as sure as alternating between θ and c, and faster.
struct JointProblem: Sendable {
  /// Where a rater's parameters stand: log c, s, l, f, log ν. Those that are not fitted keep their start by a firm prior.
  struct RaterLayout {
    var scale: Int
    var slot: Int
    var length: Int
    var family: Int
    var tie: Int
  }

  struct Row: Sendable {
    var a: Int
    var b: Int
    var rater: Int
    var length: Double
    var family: Double
    var count: Double
    var wins: Double
    var ties: Double
    var losses: Double
  }

  private static let perRater = 5
  private static let deviation = 0.5
  let models: Int
  private(set) var rows: [Row] = []
  private var precisions: [Double]
  private var start: [Double]
  private let hasLength: Bool

  init(_ table: BallotTable, families: [Set<Int>], hasLength: Bool) {
    models = table.models.count
    self.hasLength = hasLength
    precisions = Array(repeating: 1, count: models)
    start = Array(repeating: 0, count: models)
    rows = (0..<table.rows).map { row in
      let weights = Observation.weights(share: table.share(row))
      let rater = table.rater(row)
      let family = rater < families.count ? families[rater] : []
      let (a, b) = (Int(table.a[row]), Int(table.b[row]))
      return Row(
        a: a, b: b, rater: rater, length: hasLength ? table.length(row).map(RatingProblem.logLengthRatio) ?? 0 : 0,
        family: (family.contains(a) ? 1 : 0) - (family.contains(b) ? 1 : 0), count: Double(table.counts[row]),
        wins: weights.win, ties: weights.tie, losses: weights.loss)
    }
    // What is known beforehand holds a parameter so firmly that it does not move.
    let fixed = 1e12
    let weak = 1 / (Self.deviation * Self.deviation)
    for rater in 0..<table.raterCount {
      let own = rows.filter { $0.rater == rater }
      let ties = own.reduce(0) { $0 + $1.ties * $1.count }
      let decided = own.reduce(0) { $0 + ($1.wins + $1.losses) * $1.count }
      let hasTie = ties > 0 && decided > 0
      precisions += [rater == 0 ? fixed : weak, weak, weak, weak, hasTie ? 0 : fixed]
      // Without ties ν is as good as 0.
      start += [0, 0, 0, 0, ties > 0 ? TieModel.davidson.start(ties: ties, decided: decided) : -40]
    }
  }

  var size: Int { start.count }

  func layout(_ rater: Int) -> RaterLayout {
    let first = models + rater * Self.perRater
    return RaterLayout(scale: first, slot: first + 1, length: first + 2, family: first + 3, tie: first + 4)
  }

  func rater(_ rater: Int, at parameters: [Double]) -> JointModel.Rater {
    let places = layout(rater)
    let votes = rows.reduce(0) { $1.rater == rater ? $0 + $1.count : $0 }
    return JointModel.Rater(
      scale: exp(parameters[places.scale]), slot: parameters[places.slot], length: parameters[places.length],
      family: parameters[places.family], tieParameter: exp(parameters[places.tie]), votes: Int(saturating: votes))
  }

  /// One vote's derivatives of η, as (parameter, value) without repetition, and the terms of its outcome.
  private func derivatives(_ row: Row, _ parameters: [Double]) -> (eta: [(Int, Double)], tie: Int, TieModel.Terms) {
    let places = layout(row.rater)
    let scale = exp(parameters[places.scale])
    let distance = parameters[row.a] - parameters[row.b]
    var eta = scale * distance + parameters[places.slot]
    var slopes = [(row.a, scale), (row.b, -scale), (places.slot, 1)]
    if row.rater > 0 { slopes.append((places.scale, scale * distance)) }
    if row.length != 0 {
      eta += parameters[places.length] * row.length
      slopes.append((places.length, row.length))
    }
    if row.family != 0 {
      eta += parameters[places.family] * row.family
      slopes.append((places.family, row.family))
    }
    let terms = TieModel.davidson.terms(
      eta: eta, tie: parameters[places.tie], wins: row.wins, ties: row.ties, losses: row.losses)
    return (slopes, places.tie, terms)
  }

  func logLikelihood(_ parameters: [Double]) -> Double {
    rows.reduce(0) { $0 + $1.count * derivatives($1, parameters).2.logProbability }
  }

  /// Log likelihood + log priors + gauge.
  func objective(_ parameters: [Double]) -> Double {
    var value = logLikelihood(parameters)
    for index in parameters.indices {
      let distance = parameters[index] - start(index)
      value -= precisions[index] * distance * distance / 2
    }
    let sum = parameters.prefix(models).reduce(0, +)
    return value - sum * sum / (2 * Double(max(models, 1)))
  }

  private func start(_ index: Int) -> Double { precisions[index] == 0 ? 0 : start[index] }

  func gradient(_ parameters: [Double]) -> [Double] {
    var gradient = parameters.indices.map { -precisions[$0] * (parameters[$0] - start($0)) }
    for row in rows {
      let (slopes, tie, terms) = derivatives(row, parameters)
      for (index, slope) in slopes { gradient[index] += row.count * terms.slope * slope }
      gradient[tie] += row.count * terms.tieSlope
    }
    let sum = parameters.prefix(models).reduce(0, +)
    for model in 0..<models { gradient[model] -= sum / Double(models) }
    return gradient
  }

  /// Fisher information with priors and gauge: positive definite everywhere.
  func curvature(at parameters: [Double]) -> SquareMatrix {
    var matrix = SquareMatrix(size: size)
    for row in 0..<models {
      for column in 0..<models { matrix[row, column] = 1 / Double(models) }
    }
    for index in 0..<size { matrix[index, index] += precisions[index] }
    for row in rows {
      let (slopes, tie, terms) = derivatives(row, parameters)
      for (i, slope) in slopes {
        for (j, other) in slopes { matrix[i, j] += row.count * terms.curvature * slope * other }
        matrix[i, tie] += row.count * terms.crossCurvature * slope
        matrix[tie, i] += row.count * terms.crossCurvature * slope
      }
      matrix[tie, tie] += row.count * terms.tieCurvature
    }
    return matrix
  }

  func maximum() -> [Double]? {
    var parameters = start
    var value = objective(parameters)
    for _ in 0..<500 {
      guard let factor = curvature(at: parameters).cholesky() else { return nil }
      let step = factor.solvingCholesky(gradient(parameters))
      guard let largest = step.map(abs).max() else { return parameters }
      if largest < 1e-9 { return parameters }
      var scale = 1.0
      while true {
        let candidate = zip(parameters, step).map { $0 + scale * $1 }
        let reached = objective(candidate)
        if reached >= value - 1e-12 * abs(value) {
          parameters = candidate
          value = reached
          break
        }
        scale /= 2
        if scale < 1e-12 { return largest < 1e-5 ? parameters : nil }
      }
    }
    return nil
  }

  /// B + Λ, as in `Sandwich`.
  func meat(_ table: BallotTable, at parameters: [Double]) -> SquareMatrix {
    var matrix = SquareMatrix(size: size)
    for index in 0..<size { matrix[index, index] = precisions[index] }
    func add(_ score: [Int: Double], times weight: Double) {
      for (i, x) in score {
        for (j, y) in score { matrix[i, j] += weight * x * y }
      }
    }
    func score(_ row: Int, times weight: Double, into sum: inout [Int: Double]) {
      let (slopes, tie, terms) = derivatives(rows[row], parameters)
      for (index, slope) in slopes { sum[index, default: 0] += weight * terms.slope * slope }
      sum[tie, default: 0] += weight * terms.tieSlope
    }
    for row in rows.indices where table.prompts[row] < 0 {
      var sum: [Int: Double] = [:]
      score(row, times: 1, into: &sum)
      add(sum, times: rows[row].count)
    }
    let (starts, sorted) = table.rowsByPrompt()
    for prompt in 0..<max(starts.count - 1, 0) {
      var sum: [Int: Double] = [:]
      for row in sorted[starts[prompt]..<starts[prompt + 1]] {
        score(Int(row), times: rows[Int(row)].count, into: &sum)
      }
      add(sum, times: 1)
    }
    return matrix
  }
}
