#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How a comparison can end, given η = θ_a − θ_b and one tie parameter. A tie rate carries information: two models that
/// often tie are close.
public enum TieModel: String, Equatable, Sendable, CaseIterable {
  /// P(a) : P(tie) : P(b) = e^{η/2} : ν : e^{−η/2} (Davidson 1970). Reported: ν.
  case davidson
  /// P(a) = σ(η − t), P(b) = σ(−η − t), the rest ties, t ≥ 0 (Rao and Kupper 1967). Reported: e^t.
  case raoKupper = "rao-kupper"
  /// A tie is half a win for each: P(a) = σ(η). No parameter.
  case half

  /// The log of an outcome's probability with its first derivatives and negated second ones, by η and by the parameter
  /// (log ν for Davidson, t for Rao-Kupper).
  struct Terms {
    var logProbability = 0.0
    var slope = 0.0
    var tieSlope = 0.0
    var curvature = 0.0
    var crossCurvature = 0.0
    var tieCurvature = 0.0

    mutating func add(_ other: Terms, times weight: Double) {
      guard weight != 0 else { return }
      logProbability += weight * other.logProbability
      slope += weight * other.slope
      tieSlope += weight * other.tieSlope
      curvature += weight * other.curvature
      crossCurvature += weight * other.crossCurvature
      tieCurvature += weight * other.tieCurvature
    }
  }

  /// The sum over outcomes with these weights. `tie` is log ν or t; −∞ and 0 stand for a model without ties.
  func terms(eta: Double, tie: Double, wins: Double, ties: Double, losses: Double) -> Terms {
    switch self {
    case .davidson: Self.davidsonTerms(eta, tie, wins, ties, losses)
    case .raoKupper: Self.raoKupperTerms(eta, tie, wins, ties, losses)
    case .half: Self.halfTerms(eta, wins + ties / 2, losses + ties / 2)
    }
  }

  private static func davidsonTerms(_ eta: Double, _ tie: Double, _ wins: Double, _ ties: Double, _ losses: Double)
    -> Terms
  {
    let top = max(abs(eta) / 2, tie)
    let (up, level, down) = (exp(eta / 2 - top), exp(tie - top), exp(-eta / 2 - top))
    let sum = up + level + down
    let (win, even, loss) = (up / sum, level / sum, down / sum)
    let mean = (win - loss) / 2
    let total = wins + ties + losses
    let logSum = top + log(sum)
    return Terms(
      logProbability: (wins - losses) * eta / 2 + (ties > 0 ? ties * tie : 0) - total * logSum,
      slope: (wins - losses) / 2 - total * mean, tieSlope: ties - total * even,
      curvature: total * ((win + loss) / 4 - mean * mean), crossCurvature: -total * mean * even,
      tieCurvature: total * even * (1 - even))
  }

  private static func raoKupperTerms(_ eta: Double, _ tie: Double, _ wins: Double, _ ties: Double, _ losses: Double)
    -> Terms
  {
    var terms = Terms()
    let (win, loss) = (sigmoid(eta - tie), sigmoid(-eta - tie))
    terms.add(
      Terms(
        logProbability: logSigmoid(eta - tie), slope: 1 - win, tieSlope: win - 1, curvature: win * (1 - win),
        crossCurvature: -win * (1 - win), tieCurvature: win * (1 - win)), times: wins + ties)
    terms.add(
      Terms(
        logProbability: logSigmoid(-eta - tie), slope: loss - 1, tieSlope: loss - 1, curvature: loss * (1 - loss),
        crossCurvature: loss * (1 - loss), tieCurvature: loss * (1 - loss)), times: losses + ties)
    guard ties > 0 else { return terms }
    // P(tie) = (e^{2t} − 1) σ(η − t) σ(−η − t).
    let opening = tie > 0 ? expm1(2 * tie) : 0
    let steep = tie > 0 ? sinh(min(tie, 300)) : 0
    terms.logProbability += opening > 0 ? ties * log(opening) : -.infinity
    terms.tieSlope += opening > 0 ? ties * 2 * (1 + 1 / opening) : 0
    terms.tieCurvature += steep > 0 ? ties / (steep * steep) : 0
    return terms
  }

  private static func halfTerms(_ eta: Double, _ wins: Double, _ losses: Double) -> Terms {
    let win = sigmoid(eta)
    return Terms(
      logProbability: (wins > 0 ? wins * logSigmoid(eta) : 0) + (losses > 0 ? losses * logSigmoid(-eta) : 0),
      slope: wins - (wins + losses) * win, curvature: (wins + losses) * win * (1 - win))
  }

  /// P(a wins), P(tie) and P(b wins).
  func probabilities(eta: Double, tie: Double) -> (win: Double, tie: Double, loss: Double) {
    switch self {
    case .davidson:
      let top = max(abs(eta) / 2, tie)
      let (up, level, down) = (exp(eta / 2 - top), exp(tie - top), exp(-eta / 2 - top))
      let sum = up + level + down
      return (up / sum, level / sum, down / sum)
    case .raoKupper:
      let (win, loss) = (sigmoid(eta - tie), sigmoid(-eta - tie))
      return (win, max(0, 1 - win - loss), loss)
    case .half: return (sigmoid(eta), 0, sigmoid(-eta))
    }
  }

  /// The parameter without ties, which is the plain model.
  var withoutTies: Double { self == .davidson ? -.infinity : 0 }

  /// Where a search for the parameter starts: what the tie rate says of equal models. Also what it stays at when nothing
  /// was decided, where no finite estimate exists.
  func start(ties: Double, decided: Double) -> Double {
    let odds = ties / max(decided, 0.5)
    return self == .davidson ? log(2 * odds) : log1p(2 * odds)
  }

  /// What is shown: ν or e^t; nil for half wins.
  func reported(_ tie: Double) -> Double? { self == .half ? nil : exp(tie) }
}
