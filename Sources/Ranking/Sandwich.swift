/// The middle of the sandwich: B + Λ, where B is the sum over prompts of (sum of the prompt's scores)(…)ᵀ (Liang and Zeger
/// 1986) and Λ the precision of the prior, which counts as one independent observation more of each model. Simulated with five
/// models and 10 to 50 votes, 95 % intervals of differences hold 91 to 92 % of the time; without Λ only 67 to 87 %.
enum Sandwich {
  static func meat(_ table: BallotTable, problem: RatingProblem, parameters: [Double]) -> SquareMatrix {
    let layout = problem.layout
    let size = layout.size
    var matrix = SquareMatrix(size: size)
    for index in 0..<size { matrix[index, index] = problem.precision(index) }
    let extras = [layout.slot, layout.length, layout.tie].compactMap { $0 }
    matrix.withElements { elements in
      // Votes that stand alone: `count` times the square of one score.
      for row in 0..<table.rows where table.prompts[row] < 0 && table.counts[row] > 0 {
        let count = Double(table.counts[row])
        let observation = single(row, table, problem)
        let score = Score(observation, problem, parameters)
        let (a, b) = (observation.a, observation.b)
        let square = count * score.rating * score.rating
        elements[a * size + a] += square
        elements[b * size + b] += square
        elements[a * size + b] -= square
        elements[b * size + a] -= square
        for index in extras {
          let value = score.extra(index, layout)
          let cross = count * score.rating * value
          elements[a * size + index] += cross
          elements[index * size + a] += cross
          elements[b * size + index] -= cross
          elements[index * size + b] -= cross
          for other in extras { elements[index * size + other] += count * value * score.extra(other, layout) }
        }
      }
      addPrompts(table, problem, parameters, extras, into: elements)
    }
    return matrix
  }

  private static func addPrompts(
    _ table: BallotTable, _ problem: RatingProblem, _ parameters: [Double], _ extras: [Int],
    into elements: UnsafeMutableBufferPointer<Double>
  ) {
    let size = problem.layout.size
    let (starts, rows) = table.rowsByPrompt()
    var sum = Array(repeating: 0.0, count: size)
    var isTouched = Array(repeating: false, count: size)
    var touched: [Int] = []
    func add(_ index: Int, _ value: Double) {
      sum[index] += value
      guard !isTouched[index] else { return }
      isTouched[index] = true
      touched.append(index)
    }
    for prompt in 0..<max(starts.count - 1, 0) {
      for row in rows[starts[prompt]..<starts[prompt + 1]] {
        let count = Double(table.counts[Int(row)])
        let observation = single(Int(row), table, problem)
        let score = Score(observation, problem, parameters)
        add(observation.a, count * score.rating)
        add(observation.b, -count * score.rating)
        for index in extras { add(index, count * score.extra(index, problem.layout)) }
      }
      for i in touched {
        for j in touched { elements[i * size + j] += sum[i] * sum[j] }
      }
      for index in touched {
        sum[index] = 0
        isTouched[index] = false
      }
      touched.removeAll(keepingCapacity: true)
    }
  }

  /// One vote of a row.
  private static func single(_ row: Int, _ table: BallotTable, _ problem: RatingProblem) -> Observation {
    let weights = Observation.weights(share: table.share(row))
    let options = problem.options
    return Observation(
      a: Int(table.a[row]), b: Int(table.b[row]), slot: options.hasSlotTerm ? 1 : 0,
      length: options.hasLengthTerm ? table.length(row).map(RatingProblem.logLengthRatio) ?? 0 : 0, wins: weights.win,
      ties: weights.tie, losses: weights.loss)
  }

  /// The derivatives of one vote's log probability.
  private struct Score {
    var rating: Double
    private var slot: Double
    private var length: Double
    private var tie: Double

    init(_ observation: Observation, _ problem: RatingProblem, _ parameters: [Double]) {
      let terms = problem.terms(observation, parameters)
      rating = terms.slope
      slot = terms.slope * observation.slot
      length = terms.slope * observation.length
      tie = terms.tieSlope
    }

    func extra(_ index: Int, _ layout: ParameterLayout) -> Double {
      index == layout.tie ? tie : index == layout.slot ? slot : length
    }
  }
}
