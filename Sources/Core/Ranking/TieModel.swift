/// How a tie enters the likelihood of a comparison. With `d = θ_a - θ_b`:
public enum TieModel: String, Sendable, Equatable, CaseIterable {
  /// `P(a) : P(tie) : P(b) = e^{d/2} : ν : e^{-d/2}` (Davidson 1970).
  case davidson
  /// `P(a) = σ(d - η)`, `P(b) = σ(-d - η)`, tie = rest, `θ = e^η ≥ 1` (Rao and Kupper 1967).
  case raoKupper = "rao-kupper"
  /// `P(a) = σ(d)` (Bradley and Terry 1952); a tie is half a win for each.
  case half

  /// Probabilities of a, b and tie.
  /// - Parameter logTie: `log ν` of Davidson, `η` of Rao and Kupper; `nil` when no ties can happen.
  public func probabilities(difference d: Double, logTie: Double?) -> (a: Double, b: Double, tie: Double) {
    guard let logTie, self != .half else { return (sigmoid(d), sigmoid(-d), 0) }
    if self == .raoKupper {
      let (a, b) = (sigmoid(d - logTie), sigmoid(-d - logTie))
      return (a, b, max(0, 1 - a - b))
    }
    let highest = max(abs(d) / 2, logTie)
    let (a, b, tie) = (expOf(d / 2 - highest), expOf(-d / 2 - highest), expOf(logTie - highest))
    let sum = a + b + tie
    return (a / sum, b / sum, tie / sum)
  }
}

/// The log-probability of one outcome with its first and second derivatives by `d` and by the tie parameter `t`.
struct Term: Equatable {
  var log = 0.0
  var d = 0.0
  var t = 0.0
  var dd = 0.0
  var dt = 0.0
  var tt = 0.0

  mutating func add(_ other: Term, times weight: Double) {
    guard weight != 0 else { return }
    log += weight * other.log
    d += weight * other.d
    t += weight * other.t
    dd += weight * other.dd
    dt += weight * other.dt
    tt += weight * other.tt
  }
}

/// The terms of all three outcomes at one `d`.
struct Terms {
  var a: Term
  var b: Term
  var tie: Term

  func weighted(_ shares: Shares) -> Term {
    var sum = Term()
    sum.add(a, times: shares.a)
    sum.add(b, times: shares.b)
    sum.add(tie, times: shares.tie)
    return sum
  }
}

extension TieModel {
  func terms(difference d: Double, logTie: Double?) -> Terms {
    guard let logTie, self != .half else { return Self.bradleyTerry(d) }
    return self == .davidson ? Self.davidson(d, logTie) : Self.raoKupper(d, logTie)
  }

  private static func bradleyTerry(_ d: Double) -> Terms {
    let (p, q) = (sigmoid(d), sigmoid(-d))
    let a = Term(log: logSigmoid(d), d: q, dd: -p * q)
    let b = Term(log: logSigmoid(-d), d: -p, dd: -p * q)
    var tie = Term()
    tie.add(a, times: 0.5)
    tie.add(b, times: 0.5)
    return Terms(a: a, b: b, tie: tie)
  }

  private static func davidson(_ d: Double, _ t: Double) -> Terms {
    let highest = max(abs(d) / 2, t)
    let (x, y, z) = (expOf(d / 2 - highest), expOf(-d / 2 - highest), expOf(t - highest))
    let logSum = highest + logOf(x + y + z)
    let (p, q, r) = (x / (x + y + z), y / (x + y + z), z / (x + y + z))
    // An exponential family: the Hessian is the negative covariance of its statistics, whatever the outcome.
    let (dd, dt, tt) = (-((p + q) - (p - q) * (p - q)) / 4, (p - q) / 2 * r, -r * (1 - r))
    let mean = (p - q) / 2
    return Terms(
      a: Term(log: d / 2 - logSum, d: 0.5 - mean, t: -r, dd: dd, dt: dt, tt: tt),
      b: Term(log: -d / 2 - logSum, d: -0.5 - mean, t: -r, dd: dd, dt: dt, tt: tt),
      tie: Term(log: t - logSum, d: -mean, t: 1 - r, dd: dd, dt: dt, tt: tt))
  }

  private static func raoKupper(_ d: Double, _ eta: Double) -> Terms {
    func side(_ x: Double, sign: Double) -> Term {
      let (p, q) = (sigmoid(x), sigmoid(-x))
      return Term(log: logSigmoid(x), d: sign * q, t: -q, dd: -p * q, dt: sign * p * q, tt: -p * q)
    }
    let (a, b) = (side(d - eta, sign: 1), side(-d - eta, sign: -1))
    // P(tie) = (e^{2η} - 1) P(a) P(b)
    let rest = 1 - expOf(-2 * eta)
    var tie = Term(log: 2 * eta + logOf(rest), t: 2 / rest, tt: -4 * (1 - rest) / (rest * rest))
    tie.add(a, times: 1)
    tie.add(b, times: 1)
    return Terms(a: a, b: b, tie: tie)
  }
}
