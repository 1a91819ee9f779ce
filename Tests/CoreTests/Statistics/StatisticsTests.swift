import TestSupport
import Testing
@testable import Core

/// Intervals, percentiles and the functions below them, against numbers from elsewhere.
@Suite(.ownThreads) struct StatisticsTests {
  @Test func intervalsOfSharesAreAsComputedElsewhere() {
    let eight = Proportion.wilson(8, of: 10)
    #expect(isNear(eight.low, 0.490162, within: 1e-6) && isNear(eight.high, 0.943318, within: 1e-6))
    let zero = Proportion.wilson(0, of: 12)
    #expect(zero.low == 0 && isNear(zero.high, 0.242494, within: 1e-6))
    #expect(Proportion.wilson(0, of: 0).share == nil)
    let beta = Proportion.beta(3, of: 10)
    #expect(isNear(beta.low, 0.109263, within: 1e-6) && isNear(beta.high, 0.609743, within: 1e-6))
    let none = Proportion.beta(0, of: 10)
    #expect(isNear(none.low, 0.002299, within: 1e-6) && isNear(none.high, 0.284914, within: 1e-6))
  }

  @Test func percentilesAreOfTypeSeven() {
    #expect(Quantiles.type7([1, 2, 3, 4], 0.5) == 2.5)
    #expect(isNear(Quantiles.type7([1, 2, 3, 4, 10], 0.9), 7.6, within: 1e-12))
    #expect(Quantiles.type7([], 0.5) == nil && Quantiles.type7([7], 0.95) == 7)
    #expect(Quantiles.type7([1, 2, .infinity], 0.5) == 2 && Quantiles.type7([1, .infinity], 0.9) == .infinity)
  }

  @Test func theMedianHasAnExactInterval() throws {
    #expect(Quantiles.medianInterval([1, 2, 3, 4, 5]) == nil, "five values leave 6.25 % outside")
    let six = try #require(Quantiles.medianInterval([1, 2, 3, 4, 5, 6]))
    #expect(six == (1, 6))
    let twenty = try #require(Quantiles.medianInterval((1...20).map(Double.init)))
    #expect(twenty == (6, 15), "order statistics 6 and 15 of 20, got \(twenty)")
  }

  @Test func specialFunctionsAreAsComputedElsewhere() {
    let known: [(Double, Int, Double)] = [
      (3.84, 1, 5.00435212e-02), (20, 15, 1.71932689e-01), (100, 60, 9.16828861e-04), (0.5, 4, 9.73500979e-01),
    ]
    for (x, degrees, expected) in known {
      let value = chiSquareSurvival(x, degrees: degrees)
      #expect(isNear(value / expected, 1, within: 1e-7), "χ²(\(degrees)) > \(x): \(value), expected \(expected)")
    }
    #expect(chiSquareSurvival(0, degrees: 3) == 1)
    #expect(isNear(incompleteBeta(0.3, 2, 5), 0.579825, within: 1e-9))
  }
}
