/// Ratings from paired comparisons: P(a beats b) depends on θ_a − θ_b alone (Zermelo 1929, Bradley and Terry 1952), with ties
/// by one of `TieModel`. The mode of the posterior, or the plain maximum of the likelihood.
public struct BradleyTerry: Equatable, Sendable {
  public enum Prior: Equatable, Sendable {
    /// θ ~ N(0, 1) for each model: finite whatever the votes.
    case weak
    /// The likelihood alone; needs a strongly connected win graph.
    case none
    /// θ_i ~ N(mean_i, sd²): a part of the votes shrunk to the whole.
    case normal(means: [Double], standardDeviation: Double)
  }

  public struct Options: Equatable, Sendable {
    public var prior: Prior
    public var ties: TieModel
    /// Adds a constant for slot 1 (home advantage).
    public var hasSlotTerm: Bool
    /// Adds λ · log((length_a + 1)/(length_b + 1)), which takes what length alone did out of the ratings.
    public var hasLengthTerm: Bool

    public init(
      prior: Prior = .weak, ties: TieModel = .davidson, hasSlotTerm: Bool = false, hasLengthTerm: Bool = false
    ) {
      self.prior = prior
      self.ties = ties
      self.hasSlotTerm = hasSlotTerm
      self.hasLengthTerm = hasLengthTerm
    }
  }

  public enum Failure: Error, Equatable, Sendable {
    /// Without the prior some rating is infinite.
    case unconnected(WinGraph)
    /// The likelihood rises without end although the graph is connected: by ties alone with a tie parameter that grows along
    /// with the ratings, or by an effect of slot or length that explains everything.
    case noMaximum

    public var message: String {
      switch self {
      case .unconnected(let graph): graph.notice ?? "no finite estimate without the prior"
      case .noMaximum: "no finite estimate without the prior: ratings and ties can grow together without end"
      }
    }
  }

  public let options: Options
  /// Natural log strengths with mean 0.
  public let ratings: [Double]
  /// ν (Davidson) or e^t (Rao-Kupper); nil for half wins.
  public let tieParameter: Double?
  public let slotEffect: Double?
  public let lengthEffect: Double?
  /// Natural log of the likelihood at the optimum, without the prior.
  public let logLikelihood: Double
  /// Sandwich covariance A⁻¹ (B + Λ) A⁻¹ of the ratings (then slot, length, tie), clustered by prompt, with mean 0 taken out.
  public let covariance: SquareMatrix
  /// A⁻¹ with mean 0 taken out: right if every vote were independent and the model true.
  public let modelCovariance: SquareMatrix
  let layout: ParameterLayout
  /// The parameters as the search left them: ratings, slot, length, tie (log ν or t).
  let parameters: [Double]

  /// - Throws: `Failure.unconnected` when there is no prior and the graph falls apart.
  public init(_ table: BallotTable, pairs: PairTable? = nil, options: Options = Options()) throws(Failure) {
    let pairs = pairs ?? PairTable(table)
    if options.prior == .none {
      let graph = WinGraph(pairs)
      guard graph.isStronglyConnected else { throw .unconnected(graph) }
    }
    let problem = RatingProblem(table, pairs: pairs, options: options)
    guard let solution = problem.maximum(), let factor = problem.curvature(at: solution).cholesky() else {
      throw .noMaximum
    }
    let inverse = factor.inverseFromCholesky()
    let meat = Sandwich.meat(table, problem: problem, parameters: solution)
    let count = table.models.count
    self.options = options
    layout = problem.layout
    parameters = solution
    logLikelihood = problem.logLikelihood(solution)
    modelCovariance = inverse.centred(first: count)
    covariance = (inverse * meat * inverse).centred(first: count)
    let mean = solution.prefix(count).reduce(0, +) / Double(max(count, 1))
    ratings = solution.prefix(count).map { $0 - mean }
    tieParameter = options.ties.reported(problem.tie(solution))
    slotEffect = layout.slot.map { solution[$0] }
    lengthEffect = layout.length.map { solution[$0] }
  }

  /// The tie parameter as `TieModel` computes with it.
  var tie: Double { layout.tie.map { parameters[$0] } ?? layout.fixedTie }

  /// Standard error of a rating in the gauge where the ratings have mean 0.
  public func standardError(_ model: Int) -> Double { max(0, covariance[model, model]).squareRoot() }

  /// Standard error of θ_i − θ_j, from the full covariance.
  public func standardError(_ i: Int, minus j: Int) -> Double { covariance.differenceVariance(i, j).squareRoot() }

  /// P(a wins) + P(tie)/2, in a neutral slot and at equal length.
  public func winProbability(_ a: Int, over b: Int) -> Double {
    let chances = options.ties.probabilities(eta: ratings[a] - ratings[b], tie: tie)
    return chances.win + chances.tie / 2
  }

  /// The mean of `winProbability` over all other models; ½ when there is none.
  public func winProbability(_ model: Int) -> Double {
    guard ratings.count > 1 else { return 0.5 }
    let sum = ratings.indices.reduce(0) { $1 == model ? $0 : $0 + winProbability(model, over: $1) }
    return sum / Double(ratings.count - 1)
  }
}
