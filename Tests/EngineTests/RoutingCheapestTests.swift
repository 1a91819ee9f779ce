import Core
import TestSupport
import Testing

@testable import Engine

/// Cases in which the sum of the list prices names the wrong model.
@Suite(.ownThreads) struct RoutingCheapestTests {
  @Test func aModelThatThinksTenTimesAsMuchIsNotCheapForItsLowPrice() throws {
    let trial = RoutingTrial(["r": try .pick(.cheapest, "a/plain", "a/thinker")])
    #expect(try trial.first("r") == "a/thinker", "expected the lower price while nothing else is known")
    for _ in 0..<20 {
      try trial.answer("a/plain", output: 300)
      try trial.answer("a/thinker", output: 3000, reasoning: 2700)
    }
    let decision = try trial.decide("r")
    // 1,000 in at $3 and about 300 out at $10, against 1,000 at $1 and about 3,000 at $4.
    #expect(decision.lanes.map(\.text) == ["a/plain", "a/thinker"], "expected the terse one first: \(decision.why)")
    #expect(decision.reason("a/plain", "expected_usd") == "0.006", "expected 1,000 × $3/M + 300 × $10/M")
    let output = try #require(decision.reason("a/thinker", "expected_output").flatMap(Int.init))
    #expect((2500...3000).contains(output), "expected its own length, not a page: \(output)")
    #expect(
      decision.why.contains("$0.0060") && decision.why.contains("a/thinker"), "expected both costs: \(decision.why)")
  }

  @Test func aLongPromptIsPricedAtItsTier() throws {
    let trial = RoutingTrial(["r": try .pick(.cheapest, "a/tiered", "a/plain")])
    #expect(try trial.first("r", trial.request(input: 100_000)) == "a/tiered", "expected $2 against $3 a million")
    let long = try trial.decide("r", trial.request(input: 250_000, maxTokens: 0))
    #expect(long.lanes.first?.text == "a/plain", "expected $3 against $4 above 200,000 tokens: \(long.why)")
    #expect(long.reason("a/tiered", "expected_usd") == "1", "expected 250,000 × $4/M, the whole at the tier's price")
    #expect(
      try trial.first("r", trial.request(input: 200_000)) == "a/tiered", "expected the base price up to the tier itself"
    )
  }

  @Test func whatAModelFindsInItsCacheCountsAtThatPrice() throws {
    let trial = RoutingTrial(["r": try .pick(.cheapest, "a/cached", "a/plain")])
    #expect(try trial.first("r", trial.request(input: 50_000)) == "a/plain", "expected $3 against $4 uncached")
    for _ in 0..<5 {
      try trial.answer("a/cached", input: 50_000, cached: 45_000)
      try trial.answer("a/plain", input: 50_000)
    }
    let decision = try trial.decide("r", trial.request(input: 50_000))
    #expect(decision.lanes.first?.text == "a/cached", "expected nine tenths at $0.40: \(decision.why)")
    #expect(decision.reason("a/cached", "expected_cached") == "45000", "expected its own share")
    var fresh = trial.request(input: 50_000)
    fresh.cachedPrefix = 0
    #expect(try trial.first("r", fresh) == "a/plain", "expected no cache for a prompt that was never sent")
  }

  @Test func theCapOfTheClientIsTheMostThatIsWritten() throws {
    let trial = RoutingTrial(["r": try .pick(.cheapest, "a/plain", "a/thinker")])
    for _ in 0..<20 {
      try trial.answer("a/plain", output: 300)
      try trial.answer("a/thinker", output: 3000)
    }
    #expect(try trial.first("r", trial.request(maxTokens: 50)) == "a/thinker", "expected 50 tokens of each")
  }

  /// An untried model is taken to be as terse as the tersest here: otherwise a route of short answers would never try it.
  @Test func anUntriedModelIsNotHeldToAPageWhereAnswersAreShort() throws {
    let trial = RoutingTrial(["r": try .pick(.cheapest, "a/plain", "b/plain")])
    for _ in 0..<10 { try trial.answer("a/plain", output: 5) }
    #expect(try trial.first("r") == "b/plain", "expected the lower price of the untried one to decide")
  }

  @Test func lengthsOfOneRouteAreNotThoseOfAnother() throws {
    let trial = RoutingTrial([
      "short": try .pick(.cheapest, "a/plain", "a/thinker"), "long": try .pick(.cheapest, "a/plain", "a/thinker"),
    ])
    for _ in 0..<50 {
      for (route, output) in [("short", 20), ("long", 5000)] {
        try trial.answer("a/thinker", route: route, output: output)
        try trial.answer("a/plain", route: route, output: route == "short" ? 20 : 500)
      }
    }
    #expect(try trial.first("short") == "a/thinker", "expected short answers to be cheap there")
    #expect(try trial.first("long") == "a/plain", "expected long ones to be dear there")
  }

  @Test func unknownPricesComeLastAndLocalModelsAreFree() throws {
    let trial = RoutingTrial(["r": try .pick(.cheapest, "mystery/x", "a/dear", "box/m")])
    let decision = try trial.decide("r")
    #expect(decision.lanes.map(\.text) == ["box/m", "a/dear", "mystery/x"], "expected free, known, unknown")
    #expect(decision.reason("mystery/x", "note") == "no price is known", "expected it to be said")
    #expect(decision.reason("mystery/x", "expected_usd") == nil, "expected no figure, least of all zero")
    #expect(decision.reason("box/m", "expected_usd") == "0" && decision.why == "free", "expected free: \(decision.why)")
  }

  @Test func whoIsSurelyTooSlowGoesLastUnlessAllAre() throws {
    let trial = RoutingTrial([
      "r": try .pick(.cheapest, "a/thinker", "a/plain", mostFirstAnswer: 3_000_000_000)
    ])
    for _ in 0..<10 { try trial.answer("a/thinker", firstAnswer: 8) }
    let decision = try trial.decide("r")
    #expect(decision.lanes.map(\.text) == ["a/plain", "a/thinker"], "expected the slow one last, not lost")
    #expect(
      decision.reason("a/thinker", "excluded")?.contains("8.0 s, more than 3.0 s") == true,
      "expected the reason: \(decision.reasons.serialized())")
    for _ in 0..<10 { try trial.answer("a/plain", firstAnswer: 9) }
    #expect(try trial.first("r") == "a/thinker", "expected nobody to be held back when all are slow")
    trial.pass(seconds: 6 * 3600)
    try trial.answer("a/plain", firstAnswer: 1)
    #expect(try trial.first("r") == "a/thinker", "expected old slowness to be doubted after hours without news")
  }
}
