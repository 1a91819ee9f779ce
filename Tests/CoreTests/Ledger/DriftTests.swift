import Core
import TestSupport
import Testing

@Suite(.ownThreads) struct DriftTests {
  private func run(_ scale: Double, wins: Int, of decided: Int, items: Int = 30, seed: UInt64 = 3) -> DriftRun {
    var random = SplitMix64(seed: seed)
    var run = DriftRun()
    for item in 0..<items {
      run.ends["\(item)"] = (1 + Double(item) / 10) * scale * Double.random(in: 0.9...1.1, using: &random)
      run.costs["\(item)"] = 0.001
    }
    (run.wins, run.losses) = (wins, decided - wins)
    return run
  }

  private func finding(_ measure: String, _ before: DriftRun, _ after: DriftRun) -> Drift.Finding? {
    Drift.findings(before, after).first { $0.measure == measure }
  }

  @Test func aChangeOfAThirdIsBeyondNoiseAndTheSameAgainIsNot() {
    let before = run(1, wins: 10, of: 20)
    let slower = finding("end", before, run(1.33, wins: 10, of: 20, seed: 4))
    #expect(slower?.isBeyondNoise == true)
    #expect(abs((slower?.change?.value ?? 0) - 1.33) < 0.1)
    #expect(finding("end", before, run(1, wins: 10, of: 20, seed: 9))?.isBeyondNoise == false)
    #expect(finding("cost", before, before)?.isBeyondNoise == false, "the same to the cent")
  }

  @Test func winsNeedEnoughPairs() {
    #expect(finding("wins", run(1, wins: 7, of: 10), run(1, wins: 4, of: 10))?.isBeyondNoise == false)
    let drop = finding("wins", run(1, wins: 70, of: 100), run(1, wins: 40, of: 100))
    #expect(drop?.isBeyondNoise == true)
    // Newcombe (1998), table II, example (a): 56/70 against 48/80 differ by 0.2 with 0.0524 to 0.3339.
    let published = finding("wins", run(1, wins: 48, of: 80), run(1, wins: 56, of: 70))?.change
    #expect(abs((published?.low ?? 0) - 0.0524) < 0.0001)
    #expect(abs((published?.high ?? 0) - 0.3339) < 0.0001)
  }

  @Test func fewItemsSayNothing() {
    let few = finding("end", run(1, wins: 0, of: 0, items: 5), run(9, wins: 0, of: 0, items: 5))
    #expect(few?.change == nil)
    #expect(few?.isBeyondNoise == false)
    #expect(finding("wins", run(1, wins: 0, of: 0), run(1, wins: 0, of: 0)) == nil)
  }
}
