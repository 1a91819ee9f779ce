import Core
import TestSupport
import Testing

@testable import Ranking

/// The gate that is looked at once.
@Suite(.ownThreads) struct FixedGateTests {
  /// Of Binomial(n, 1/2), by hand.
  @Test(arguments: [(5, 5, 1.0 / 32), (4, 5, 6.0 / 32), (0, 7, 1.0), (8, 7, 0.0), (10, 10, 1.0 / 1024)])
  func probabilitiesAreExact(losses: Int, decisive: Int, expected: Double) {
    #expect(abs(FixedGate.pValue(losses: losses, decisive: decisive) - expected) < 1e-12)
  }

  @Test func itIsWorseFromTheLevelOn() {
    #expect(FixedGate.isWorse(losses: 5, wins: 0) && !FixedGate.isWorse(losses: 4, wins: 0))
    #expect(FixedGate.isWorse(losses: 59, wins: 41) && !FixedGate.isWorse(losses: 58, wins: 42))
    #expect(!FixedGate.isWorse(losses: 0, wins: 0) && !FixedGate.isWorse(losses: 1, wins: 9))
  }

  /// What it promises is what it does: false alarms at most at the level, true differences as often as it says.
  @Test(arguments: [20, 50, 100]) func simulationAgrees(decisive: Int) {
    var random = SplitMix64(seed: 41)
    func share(_ truth: Double) -> Double {
      let runs = 4000
      var found = 0
      for _ in 0..<runs {
        let losses = (0..<decisive).count { _ in Double.random(in: 0..<1, using: &random) < truth }
        if FixedGate.isWorse(losses: losses, wins: decisive - losses) { found += 1 }
      }
      return Double(found) / Double(runs)
    }
    #expect(share(0.5) <= FixedGate.level + 0.01, "false alarms at \(decisive)")
    #expect(abs(share(0.6) - FixedGate.power(decisive: decisive)) < 0.03, "power at \(decisive)")
    if decisive == 100 { #expect((0.60...0.64).contains(FixedGate.power(decisive: 100))) }
  }
}
