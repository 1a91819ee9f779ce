/// What is believed of the strengths before the votes.
public enum StrengthPrior: Equatable, Sendable {
  /// `θ ~ N(0, 1)`, and `N(0, 0.5)` for a covariate: always a finite estimate, also of a few votes.
  case weak
  /// Maximum likelihood; needs wins that connect all competitors both ways.
  case none
  /// `θ ~ N(mean, deviation²)`: a part of the votes that is drawn to the strengths of all of them.
  case around([Double], deviation: Double)
}

/// Strengths from comparisons: `d = θ_a - θ_b` in one of the `TieModel`s (Bradley and Terry 1952; Davidson 1970;
/// Rao and Kupper 1967), by maximum likelihood or with a normal prior. Stateless, on any thread.
public enum BradleyTerry {
  /// The fitted strengths and how sure they are.
  public struct Fit: Equatable, Sendable {
    public var ties: TieModel
    /// Natural log strength of every competitor, mean 0.
    public var strengths: [Double]
    /// `log ν` or `η`; `nil` when the model has none or no tie was seen.
    public var logTie: Double?
    /// Coefficient of `log((length_a + 1) / (length_b + 1))`; `nil` when length is not taken out.
    public var length: Double?
    /// Natural log-likelihood at the optimum, without the prior. Ties of `half` count half of each win's logarithm.
    public var logLikelihood: Double
    public var votes: Int
    /// Sandwich covariance `A⁻¹ B A⁻¹` of the strengths, clustered by prompt, mean 0 (White 1982; Liang and Zeger 1986).
    /// `A` is the negative Hessian of the log posterior, `B` the sum over prompts of the squared score, plus the prior's
    /// precision: without votes it is the prior's own covariance.
    public var covariance: SymmetricMatrix
    /// `A⁻¹` of the strengths, mean 0: the covariance if every vote were independent and the model true.
    public var inverseHessian: SymmetricMatrix
    /// Whether wins and ties lead from every competitor to every other: else there is no finite estimate without a prior.
    public var isConnected: Bool

    /// `ν` or `θ = e^η`; 0 (Davidson) or 1 (Rao-Kupper) when no tie was seen, `nil` for `half`.
    public var tieParameter: Double? {
      guard ties != .half else { return nil }
      return logTie.map(expOf) ?? (ties == .davidson ? 0 : 1)
    }

    public func standardError(_ i: Int) -> Double { max(0, covariance[i, i]).squareRoot() }

    /// `sqrt(V_ii + V_jj - 2 V_ij)`: the error of a difference, for which overlapping bars say nothing.
    public func standardError(of i: Int, against j: Int) -> Double { covariance.differenceVariance(i, j).squareRoot() }

    /// Chances of a win of `i`, of `j`, and of a tie.
    public func probabilities(_ i: Int, _ j: Int) -> (a: Double, b: Double, tie: Double) {
      ties.probabilities(difference: strengths[i] - strengths[j], logTie: logTie)
    }

    /// `P(i beats j) + P(tie)/2` of every pair; 0.5 on the diagonal.
    public func winProbabilities() -> [[Double]] {
      strengths.indices.map { i in
        strengths.indices.map { j in
          guard i != j else { return 0.5 }
          let chances = probabilities(i, j)
          return chances.a + chances.tie / 2
        }
      }
    }
  }

  /// Fits strengths, tie parameter and, when asked for, the length coefficient jointly. A `bothBad` counts as a tie. A
  /// weak win of 0.75 adds `0.75 log P(win) + 0.25 log P(loss)`.
  /// - Throws: `noVotes`; `tooManyCompetitors`; without prior `unconnected` or `noFiniteEstimate`.
  public static func fit(
    _ table: BallotTable, ties: TieModel = .davidson, prior: StrengthPrior = .weak, removingLength: Bool = false
  ) throws(RankingFault) -> Fit {
    let count = table.competitors.count
    guard count <= RankingFault.mostCompetitors else { throw .tooManyCompetitors(count) }
    guard table.rows > 0 else { throw .noVotes }
    let pairs = table.pairCounts()
    let unconnected = Connectivity.firstUnconnected(count: count, pairs: pairs)
    if prior == .none, let unconnected { throw .unconnected(competitor: table.competitors[unconnected]) }

    let tied = pairs.reduce(0) { $0 + $1.shares.tie }
    let decided = pairs.reduce(0) { $0 + $1.shares.a + $1.shares.b }
    // Of nothing but ties the tie parameter has no finite value, and half-wins say the same of the strengths.
    let ties = decided > 0 ? ties : .half
    let likelihood = Likelihood(
      ties: ties, table: table, pairs: pairs, prior: prior, hasTie: ties != .half && tied > 0,
      hasCovariate: removingLength)
    var start = likelihood.priorMean
    if likelihood.hasTie {
      start[count] = ties == .davidson ? logOf(2 * tied / decided) : max(0.01, logOf(1 + 2 * tied / decided))
    }
    guard let x = likelihood.maximum(from: start),
      let inverse = likelihood.gauged(likelihood.derivatives(x).information).inverse()
    else { throw .noFiniteEstimate }

    var meat = Sandwich.meat(likelihood, table, x)
    for index in 0..<likelihood.size { meat[index, index] += likelihood.precision[index] }
    let sandwich = inverse.multiplied(by: meat).multiplied(by: inverse)
    let mean = x[0..<count].reduce(0, +) / Double(count)
    return Fit(
      ties: ties, strengths: x[0..<count].map { $0 - mean }, logTie: likelihood.logTie(x),
      length: removingLength ? x.last : nil, logLikelihood: likelihood.value(x), votes: table.votes,
      covariance: sandwich.centred(first: count).leading(count),
      inverseHessian: inverse.centred(first: count).leading(count), isConnected: unconnected == nil)
  }
}

extension Likelihood {
  init(
    ties: TieModel, table: BallotTable, pairs: [PairCounts], prior: StrengthPrior, hasTie: Bool, hasCovariate: Bool
  ) {
    self.ties = ties
    self.hasTie = hasTie
    self.hasCovariate = hasCovariate
    competitors = table.competitors.count
    observations =
      hasCovariate
      ? (0..<table.rows).map { row in table.observation(row, withLength: true, times: Double(table.count[row])) }
      : pairs.map { Observation(a: $0.a, b: $0.b, shares: $0.shares) }
    let others = (hasTie ? 1 : 0) + (hasCovariate ? 1 : 0)
    switch prior {
    case .none:
      priorMean = [Double](repeating: 0, count: competitors + others)
      precision = priorMean
    case .weak:
      priorMean = [Double](repeating: 0, count: competitors + others)
      precision = [Double](repeating: 1, count: competitors) + [Double](repeating: 0, count: others)
    case .around(let mean, let deviation):
      precondition(mean.count == competitors && deviation > 0, "a prior for other competitors")
      priorMean = mean + [Double](repeating: 0, count: others)
      precision =
        [Double](repeating: 1 / (deviation * deviation), count: competitors) + [Double](repeating: 0, count: others)
    }
    if hasCovariate, prior != .none { precision[precision.count - 1] = 4 }
  }
}

extension BallotTable {
  /// A row as a likelihood sees it.
  func observation(_ row: Int, withLength: Bool, times weight: Double) -> Observation {
    var shares = Shares()
    shares.add(self.shares(row), times: weight)
    return Observation(a: Int(a[row]), b: Int(b[row]), x: withLength ? logLengthRatio(row) : 0, shares: shares)
  }
}

extension SymmetricMatrix {
  /// The upper left block.
  func leading(_ count: Int) -> SymmetricMatrix {
    var block = SymmetricMatrix(size: count)
    for row in 0..<count {
      for column in 0..<count { block[row, column] = self[row, column] }
    }
    return block
  }
}
