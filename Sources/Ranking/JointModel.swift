#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Votes and verdicts in one model: every rater r (the person is 0, judges 1…) sees the same θ through its own scale and tastes,
///     η = c_r (θ_a − θ_b) + s_r + l_r log((len_a + 1)/(len_b + 1)) + f_r ([a in family r] − [b in family r]),
/// outcomes by Davidson with ν_r, c_0 = 1. Priors: θ ~ N(0, 1), log c_r ~ N(0, 0.5²), s, l, f ~ N(0, 0.5²).
public struct JointModel: Equatable, Sendable {
  /// What of length is taken out of the ratings.
  public enum LengthControl: String, Equatable, Sendable, CaseIterable {
    /// No length terms: length counts as each rater likes it.
    case none
    /// Only the excess taste of the judges, l_r − l_0: a model keeps l_0 times its usual log length. The default.
    case judgesExcess = "judges-excess"
    /// All of it, the person's too.
    case all
  }

  /// What was learned of one rater.
  public struct Rater: Equatable, Sendable {
    /// c_r: 1 for the person; near 0 for a judge that sees nothing of what the others see.
    public var scale: Double
    /// s_r: liking for slot 1.
    public var slot: Double
    /// l_r: liking for length, per unit of natural log ratio.
    public var length: Double
    /// f_r: liking for its own family.
    public var family: Double
    /// ν_r.
    public var tieParameter: Double
    public var votes: Int
  }

  /// Natural log strengths with mean 0.
  public let ratings: [Double]
  public let raters: [Rater]
  public let logLikelihood: Double
  /// Sandwich covariance of the ratings, clustered by prompt.
  public let covariance: SquareMatrix
  public let lengthControl: LengthControl

  public func standardError(_ model: Int) -> Double { max(0, covariance[model, model]).squareRoot() }
  public func standardError(_ i: Int, minus j: Int) -> Double { covariance.differenceVariance(i, j).squareRoot() }

  /// - Parameter families: per rater, the models of its own family; may be shorter than the raters.
  /// - Throws: `BradleyTerry.Failure.noMaximum` when the search does not settle.
  public init(
    _ table: BallotTable, families: [Set<Int>] = [], lengthControl: LengthControl = .judgesExcess
  ) throws(BradleyTerry.Failure) {
    let problem = JointProblem(table, families: families, hasLength: lengthControl != .none)
    guard let found = problem.maximum(), let factor = problem.curvature(at: found).cholesky() else {
      throw .noMaximum
    }
    let inverse = factor.inverseFromCholesky()
    let sandwich = inverse * problem.meat(table, at: found) * inverse
    let count = table.models.count
    self.lengthControl = lengthControl
    logLikelihood = problem.logLikelihood(found)
    raters = (0..<table.raterCount).map { problem.rater($0, at: found) }

    // Taking out only the excess leaves a model what the person likes about its usual length: θ_i + l_0 · L_i.
    let usual = lengthControl == .judgesExcess ? Self.usualLogLengths(table) : Array(repeating: 0, count: count)
    let taste = problem.layout(0).length
    let shown = (0..<count).map { found[$0] + usual[$0] * found[taste] }
    let mean = shown.reduce(0, +) / Double(max(count, 1))
    ratings = shown.map { $0 - mean }
    var block = SquareMatrix(size: count)
    for i in 0..<count {
      for j in 0..<count {
        block[i, j] =
          sandwich[i, j] + usual[i] * sandwich[taste, j] + usual[j] * sandwich[i, taste]
          + usual[i] * usual[j] * sandwich[taste, taste]
      }
    }
    covariance = block.centred(first: count)
  }

  /// Each model's mean log(length + 1) minus the mean of these means; 0 where no length is known.
  private static func usualLogLengths(_ table: BallotTable) -> [Double] {
    var sums = Array(repeating: 0.0, count: table.models.count)
    var counts = sums
    for row in 0..<table.rows {
      guard let lengths = table.length(row) else { continue }
      for (model, length) in [(Int(table.a[row]), lengths.a), (Int(table.b[row]), lengths.b)] {
        sums[model] += log(Double(max(0, length)) + 1) * Double(table.counts[row])
        counts[model] += Double(table.counts[row])
      }
    }
    let known = sums.indices.filter { counts[$0] > 0 }
    let mean = known.reduce(0) { $0 + sums[$1] / counts[$1] } / Double(max(known.count, 1))
    return sums.indices.map { counts[$0] > 0 ? sums[$0] / counts[$0] - mean : 0 }
  }
}
