import Core
import Foundation
import TestSupport
import Testing

@testable import Ranking

/// Whether a difference is more than what asking again changes.
@Suite(.ownThreads) struct RunNoiseTests {
  /// Tabulated values of Student's t.
  @Test(arguments: [(1, 12.706), (2, 4.303), (5, 2.571), (10, 2.228), (30, 2.042), (1000, 1.962)])
  func quantilesAreThoseOfTheTables(degrees: Int, value: Double) {
    #expect(abs(studentQuantile95(degrees: degrees) - value) < 0.001, "t at \(degrees) degrees of freedom")
  }

  @Test func itIsWithheldWithoutRepeats() {
    #expect(RunNoise(items: [[1], [0], [1]]) == nil, "one run each says nothing of runs")
    #expect(RunNoise(items: [[1, 0], [1]]) == nil, "one repeated item is too few")
    #expect(RunNoise(items: []) == nil)
  }

  @Test func figuresAreThoseOfTheFormula() throws {
    // Means 0.5 and 0; variances within 0.5 and 2, each over two runs: (0.25 + 1) over 2², times t at 2 degrees.
    let noise = try #require(RunNoise(items: [[1, 0], [1, -1], [1]]))
    #expect(noise.difference == 0.25 && noise.items == 2, "\(noise)")
    #expect(abs(noise.margin - 4.302_652_7 * (1.25).squareRoot() / 2) < 1e-4, "\(noise)")
    #expect(noise.isWithinNoise)
    #expect(
      noise.words(a: "lane 1", b: "lane 2") == "lane 1 over lane 2 by 0.25 ± 2.41 a prompt: within run-to-run noise")
    let clear = try #require(RunNoise(items: [[-1, -1], [-1, -1]]))
    #expect(!clear.isWithinNoise && clear.words(a: "a", b: "b").hasPrefix("b over a by 1.00 ± 0.00"), "\(clear)")
    let alike = try #require(RunNoise(items: [[0, 0], [0, 0]]))
    #expect(alike.words(a: "a", b: "b") == "a and b are alike in every run")
  }

  /// Where runs alone make the difference, the interval holds the true one in 93 to 97 of 100.
  @Test(arguments: [(3, 3), (10, 2), (40, 4)]) func theMarginCovers(items: Int, runs: Int) {
    var random = SplitMix64(seed: 17)
    func normal() -> Double {
      let (u, v) = (Double.random(in: 1e-12..<1, using: &random), Double.random(in: 0..<1, using: &random))
      return (-2 * log(u)).squareRoot() * cos(2 * .pi * v)
    }
    let trials = 4000
    var covered = 0
    for _ in 0..<trials {
      let truths = (0..<items).map { _ in normal() }
      let outcomes = truths.map { truth in (0..<runs).map { _ in truth + 0.5 * normal() } }
      guard let noise = RunNoise(items: outcomes) else { continue }
      let truth = truths.reduce(0, +) / Double(items)
      if abs(noise.difference - truth) <= noise.margin { covered += 1 }
    }
    let share = Double(covered) / Double(trials)
    #expect((0.93...0.97).contains(share), "\(items) items, \(runs) runs: covered in \(share)")
  }
}
