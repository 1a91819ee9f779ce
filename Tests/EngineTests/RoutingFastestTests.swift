import Core
import TestSupport
import Testing

@testable import Engine

@Suite(.ownThreads) struct RoutingFastestTests {
  private func trial(_ count: Int = 2, seed: UInt64 = 1) throws -> RoutingTrial {
    let models = ["a/plain", "a/thinker", "a/cached", "b/plain"]
    return RoutingTrial(["r": .pick(Route.Pick(.fastest, from: try models.prefix(count).map(Route.of)))], seed: seed)
  }

  @Test func eachIsTriedOnceBeforeAnyIsPreferred() throws {
    let trial = try trial(4)
    // A burst: no answer has come yet when the next is decided.
    let firsts = try (0..<4).map { _ in try trial.first("r") }
    #expect(Set(firsts).count == 4, "expected each of four to be tried within four calls: \(firsts)")
    #expect(try trial.decide("r").why.contains("nothing is measured yet"), "expected no second round of trials")
    let fresh = try self.trial(2)
    #expect(try fresh.decide("r").why.contains("never measured"), "expected the cold start to be told")
  }

  @Test func aTrialThatToldNothingIsMadeAgain() throws {
    let trial = try trial(2)
    _ = try trial.first("r")
    _ = try trial.first("r")
    try trial.answer("a/thinker")
    trial.pass(seconds: 301)
    #expect(try trial.first("r") == "a/plain", "expected the one without an answer to be tried again")
  }

  /// The one that begins first is not always the one that ends first.
  @Test func theEndOfTheExpectedAnswerCounts() throws {
    let trial = try trial(2)
    for _ in 0..<40 {
      try trial.answer("a/plain", output: 1000, firstAnswer: 0.2, tokensPerSecond: 50)
      try trial.answer("a/thinker", output: 1000, firstAnswer: 1.5, tokensPerSecond: 500)
    }
    func wins(_ model: String, maxTokens: Int) throws -> Int {
      try (0..<200).filter { _ in try trial.first("r", trial.request(maxTokens: maxTokens)) == model }.count
    }
    #expect(try wins("a/thinker", maxTokens: 1000) > 180, "expected 3.5 s to beat 20 s")
    #expect(try wins("a/plain", maxTokens: 10) > 180, "expected 0.4 s to beat 1.5 s for a short answer")
  }

  @Test func aboutOneCallInTwentyExplores() throws {
    let trial = try trial(3)
    for _ in 0..<40 {
      try trial.answer("a/plain", firstAnswer: 0.2)
      try trial.answer("a/thinker", firstAnswer: 6)
      try trial.answer("a/cached", firstAnswer: 6)
    }
    let others = try (0..<4000).filter { _ in try trial.first("r") != "a/plain" }.count
    // 5 % of 4,000 is 200, with a standard deviation of 14; the draws hardly ever favour six seconds.
    #expect((150...250).contains(others), "expected about 200 of 4,000 calls: \(others)")
  }

  @Test func theSameCallIsDecidedTheSameWay() throws {
    let (one, two) = (try trial(4, seed: 5), try trial(4, seed: 5))
    for trial in [one, two] {
      for model in ["a/plain", "a/thinker", "a/cached", "b/plain"] {
        for index in 0..<3 { try trial.answer(model, firstAnswer: 0.5 + 0.1 * Double(index)) }
      }
    }
    for _ in 0..<100 { #expect(try one.order("r") == two.order("r"), "expected equal orders from equal seeds") }
  }

  @Test func whatIsNewCountsMoreThanWhatIsOld() throws {
    let trial = try trial(2)
    for _ in 0..<20 {
      try trial.answer("a/plain", firstAnswer: 0.3)
      try trial.answer("a/thinker", firstAnswer: 1)
    }
    trial.pass(seconds: 2 * 3600)
    for _ in 0..<3 { try trial.answer("a/plain", firstAnswer: 5) }
    try trial.answer("a/thinker", firstAnswer: 1)
    let wins = try (0..<200).filter { _ in try trial.first("r") == "a/thinker" }.count
    #expect(wins > 160, "expected three slow answers of today to outweigh twenty fast ones of two hours ago: \(wins)")
  }

  /// Little evidence leaves room for chance, much does not.
  @Test func littleEvidenceIsDoubted() throws {
    func share(_ answers: Int) throws -> Int {
      let trial = try trial(2)
      for _ in 0..<answers {
        try trial.answer("a/plain", firstAnswer: 1)
        try trial.answer("a/thinker", firstAnswer: 1.3)
      }
      return try (0..<1000).filter { _ in try trial.first("r") == "a/thinker" }.count
    }
    let (few, many) = (try share(1), try share(40))
    #expect(few > 250 && many < 150, "expected doubt after one answer each (\(few)) and little after forty (\(many))")
  }

  @Test func historyFromTheStoreIsAHeadStart() throws {
    let trial = try trial(2)
    var observations: [RouteObservation] = []
    for index in 0..<20 {
      for (model, seconds) in [("plain", 4.0), ("thinker", 0.4)] {
        var one = RouteObservation(
          model: ModelID(provider: "a", model: model), route: "r", created: 10_000 - Int64(index))
        (one.output, one.isWhole) = (100, true)
        (one.firstAnswer, one.tokensPerSecond) = (Int64(seconds * 1e9), 100)
        observations.append(one)
      }
    }
    trial.clock.date = 10_000
    trial.router.seed(with: observations)
    let wins = try (0..<100).filter { _ in try trial.first("r") == "a/thinker" }.count
    #expect(wins > 85, "expected no cold start after twenty stored answers: \(wins)")
    #expect(try trial.decide("r").reason("a/thinker", "samples") == "20")
  }
}
