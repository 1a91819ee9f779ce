#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Whether one strength a competitor tells what the votes say. Pure functions.
public enum ModelChecks {
  /// Three of whom each won more often than lost against the next.
  public struct Cycle: Equatable, Sendable {
    /// a beats b, b beats c, c beats a.
    public var a: Int
    public var b: Int
    public var c: Int
    /// The smallest of the three majorities, in votes: how much it would take to break the cycle.
    public var margin: Int
  }

  /// The cyclic triple with the largest smallest majority; `nil` when there is none.
  public static func largestCycle(_ table: BallotTable) -> Cycle? {
    let count = table.competitors.count
    var lead = [Int](repeating: 0, count: count * count)
    for pair in table.pairCounts() {
      lead[pair.a * count + pair.b] = pair.wins - pair.losses
      lead[pair.b * count + pair.a] = pair.losses - pair.wins
    }
    var largest: Cycle?
    for a in 0..<count {
      for b in a + 1..<max(count, a + 1) where lead[a * count + b] != 0 {
        for c in a + 1..<count where c != b && lead[a * count + b] > (largest?.margin ?? 0) {
          let margin = min(lead[a * count + b], lead[b * count + c], lead[c * count + a])
          if margin > (largest?.margin ?? 0) { largest = Cycle(a: a, b: b, c: c, margin: margin) }
        }
      }
    }
    return largest
  }

  public struct RatioTest: Equatable, Sendable {
    /// `2 (log L_free - log L_BT)`.
    public var statistic: Double
    public var degreesOfFreedom: Int
    public var pValue: Double
  }

  /// Likelihood ratio of a free win rate for every pair against Bradley-Terry strengths, on decisive votes, by the
  /// chi-squared distribution with pairs - (k - 1) degrees of freedom (Wilks 1938).
  /// - Returns: `nil` when there is nothing to test, a pair has fewer than 10 decisive votes, or there is no finite fit.
  public static func bradleyTerryFits(_ table: BallotTable) -> RatioTest? {
    var decisive = BallotTable(competitors: table.competitors)
    let pairs = table.pairCounts().filter { $0.wins + $0.losses > 0 }
    var free = 0.0
    for pair in pairs {
      let (w, l) = (Double(pair.wins), Double(pair.losses))
      guard w + l >= 10 else { return nil }
      if w > 0 { free += w * log(w / (w + l)) }
      if l > 0 { free += l * log(l / (w + l)) }
      decisive.add(a: Int32(pair.a), b: Int32(pair.b), outcome: .a, count: pair.wins)
      decisive.add(a: Int32(pair.a), b: Int32(pair.b), outcome: .b, count: pair.losses)
    }
    let degrees = pairs.count - (table.competitors.count - 1)
    guard degrees > 0 else { return nil }
    let fit: BradleyTerry.Fit
    do throws(RankingFault) { fit = try BradleyTerry.fit(decisive, ties: .half, prior: .none) } catch { return nil }
    let statistic = max(0, 2 * (free - fit.logLikelihood))
    return RatioTest(
      statistic: statistic, degreesOfFreedom: degrees, pValue: upperChiSquared(statistic, degrees: degrees))
  }

  /// `P(χ² ≥ x)`, exact by the recurrence `Q(s + 1, y) = Q(s, y) + yˢ e⁻ʸ / Γ(s + 1)` with `y = x/2` (DLMF 8.8.6).
  static func upperChiSquared(_ x: Double, degrees: Int) -> Double {
    guard x > 0 else { return 1 }
    let y = x / 2
    var s = degrees % 2 == 0 ? 1.0 : 0.5
    var sum = degrees % 2 == 0 ? exp(-y) : erfc(y.squareRoot())
    while s < Double(degrees) / 2 {
      var sign: Int32 = 0
      sum += exp(s * log(y) - y - lgamma_r(s + 1, &sign))
      s += 1
    }
    return min(1, sum)
  }
}

extension BradleyTerry {
  /// Strengths of a part of the votes, one tag for example, drawn to those of all: `θ_tag ~ N(θ_overall, τ²)`. Five votes
  /// crown nobody. Both tables must list the same competitors in the same order.
  public static func fitTag(
    _ part: BallotTable, within overall: Fit, deviation: Double = 0.5
  ) throws(RankingFault) -> Fit {
    guard part.competitors.count == overall.strengths.count else { throw .otherCompetitors }
    return try fit(part, ties: overall.ties, prior: .around(overall.strengths, deviation: deviation))
  }
}
