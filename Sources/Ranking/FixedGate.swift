import Core

/// A gate that is looked at once, when all is measured: the exact one-sided sign test on decisive prompts. Unlike `PairEvidence`
/// it may not be looked at again and again, and finds more for it.
public enum FixedGate {
  public static let level = 0.05

  /// P(X ≥ losses) for X of Binomial(decisive, 1/2): how often as many are lost where nothing is worse.
  public static func pValue(losses: Int, decisive: Int) -> Double { tail(losses, decisive, 0.5) }

  public static func isWorse(losses: Int, wins: Int) -> Bool {
    losses > wins && pValue(losses: losses, decisive: losses + wins) <= level
  }

  /// How often a share of losses is found, with so many decisive prompts.
  public static func power(decisive: Int, share: Double = 0.6) -> Double {
    guard let least = (0...decisive).first(where: { pValue(losses: $0, decisive: decisive) <= level }) else { return 0 }
    return tail(least, decisive, share)
  }

  /// P(X ≥ k) for X of Binomial(n, p), the regularised incomplete beta function I_p(k, n − k + 1).
  private static func tail(_ k: Int, _ n: Int, _ p: Double) -> Double {
    k <= 0 ? 1 : k > n ? 0 : incompleteBeta(p, Double(k), Double(n - k + 1))
  }
}
