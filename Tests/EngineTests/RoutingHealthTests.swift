import Core
import TestSupport
import Testing

@testable import Engine

@Suite(.ownThreads) struct RoutingHealthTests {
  private func trial() throws -> RoutingTrial {
    RoutingTrial(["r": try .fallback("a/plain", "b/plain", "box/m")])
  }

  @Test func aRateLimitCoolsTheModelDownForAsLongAsItsProviderSays() throws {
    let trial = try trial()
    #expect(try trial.order("r") == ["a/plain", "b/plain", "box/m"], "expected the order as written")
    try trial.fail("a/plain", .rateLimit, wait: 12)
    let decision = try trial.decide("r")
    #expect(decision.lanes.map(\.text) == ["b/plain", "box/m", "a/plain"], "expected it last, not lost")
    #expect(
      decision.reason("a/plain", "excluded") == "cooling down for 12 s"
        && decision.why.contains("cooling down for 12 s"),
      "expected the reason with its seconds: \(decision.reasons.serialized())")
    #expect(try trial.first("a/thinker") == "a/thinker", "expected other models of the provider to go on")
    trial.pass(seconds: 11.9)
    #expect(try trial.first("r") == "b/plain", "expected the pause to be kept to its end")
    trial.pass(seconds: 0.2)
    #expect(try trial.first("r") == "a/plain", "expected it back after 12 s")
  }

  @Test func withoutAWordFromTheProviderThePausesGrow() throws {
    let trial = try trial()
    for seconds in [5.0, 10, 20, 40, 80, 160, 300, 300] {
      // Calls that were under way together are one failure.
      for _ in 0..<3 { try trial.fail("a/plain", .rateLimit) }
      trial.pass(seconds: seconds - 0.5)
      #expect(try trial.first("r") == "b/plain", "expected a pause of \(seconds) s")
      trial.pass(seconds: 1)
      #expect(try trial.first("r") == "a/plain", "expected the end of the pause after \(seconds) s")
    }
    try trial.answer("a/plain")
    try trial.fail("a/plain", .rateLimit)
    trial.pass(seconds: 5.5)
    #expect(try trial.first("r") == "a/plain", "expected to begin anew at 5 s after an answer")
  }

  @Test func fiveFailuresInARowOpenTheCircuitAndOneCallTriesIt() throws {
    let trial = try trial()
    for _ in 0..<4 { try trial.fail("a/plain", .server) }
    #expect(try trial.first("r") == "a/plain", "expected four failures to be borne")
    try trial.fail("a/thinker", .timeout)
    let open = try trial.decide("r")
    #expect(open.lanes.first?.text == "b/plain", "expected the fifth, of whatever model, to open the circuit")
    #expect(open.reason("a/plain", "excluded")?.contains("left alone for 30 s") == true, "expected it to be told")
    trial.pass(seconds: 30.5)
    #expect(try trial.first("r") == "a/plain", "expected one call to be let through after 30 s")
    #expect(try trial.first("r") == "b/plain", "expected only one call to be let through")
    try trial.fail("a/plain", .network)
    #expect(try trial.first("r") == "b/plain", "expected the circuit open again after the trial failed")
    trial.pass(seconds: 30.5)
    #expect(try trial.first("r") == "a/plain", "expected the next trial")
    try trial.answer("a/plain")
    #expect(try trial.first("r") == "a/plain" && trial.first("r") == "a/plain", "expected it closed after an answer")
  }

  @Test func failuresFarApartOrWithAnswersBetweenDoNotOpenIt() throws {
    let trial = try trial()
    for _ in 0..<10 {
      try trial.fail("a/plain", .server)
      trial.pass(seconds: 8)
    }
    #expect(try trial.first("r") == "a/plain", "expected failures over 30 s apart from five to be borne")
    for _ in 0..<4 { try trial.fail("a/plain", .server) }
    try trial.answer("a/plain")
    for _ in 0..<4 { try trial.fail("a/plain", .server) }
    #expect(try trial.first("r") == "a/plain", "expected an answer between to count")
  }

  @Test(arguments: [ResponseError.Kind.auth, .money])
  func aDeadKeyIsLeftForTenMinutesOrUntilTheConfigIsReadAgain(kind: ResponseError.Kind) throws {
    let trial = try trial()
    try trial.fail("a/plain", kind)
    #expect(try trial.order("r") == ["b/plain", "box/m", "a/plain"], "expected the provider to come last")
    trial.pass(seconds: 599)
    #expect(try trial.first("r") == "b/plain", "expected ten minutes")
    trial.pass(seconds: 2)
    #expect(try trial.first("r") == "a/plain", "expected it back after ten minutes")
    try trial.fail("a/plain", kind)
    trial.router.forgiveKeys()
    #expect(try trial.first("r") == "a/plain", "expected it back with a new config")
  }

  @Test func aModelThatIsTooSmallIsPassedOverForLongRequests() throws {
    let trial = RoutingTrial(["r": try .fallback("a/small", "box/m", "a/tiered")])
    #expect(try trial.first("r") == "a/small")
    let long = trial.request(input: 20_000)
    #expect(
      try trial.order("r", long) == ["box/m", "a/tiered", "a/small"], "expected the record's window of 8,000 to count")
    try trial.fail("box/m", .contextLength, input: 20_000)
    #expect(
      try trial.first("r", trial.request(input: 30_000)) == "a/tiered", "expected what was too long to be learnt")
    #expect(try trial.order("r", trial.request(input: 10_000)).first == "box/m", "expected smaller ones to pass")
    let huge = try trial.decide("r", trial.request(input: 2_000_000))
    #expect(
      huge.lanes.map(\.text) == ["a/tiered", "box/m", "a/small"],
      "expected all, the largest first, when none is large enough")
    #expect(huge.why.contains("none may be asked, so all are tried anyway"), "expected it to be told: \(huge.why)")
    var unchecked = trial.request(input: 30_000)
    unchecked.checksContext = false
    #expect(try trial.first("r", unchecked) == "a/small", "expected no check when it does not matter")
  }

  @Test func whenNobodyIsLeftAllAreTriedAnyway() throws {
    let trial = RoutingTrial(["r": try .fallback("a/plain", "nokey/plain")])
    #expect(try trial.order("r") == ["a/plain", "nokey/plain"], "expected a provider without a key to come last")
    try trial.fail("a/plain", .auth)
    let decision = try trial.decide("r")
    #expect(decision.lanes.map(\.text) == ["a/plain", "nokey/plain"], "expected both as written")
    #expect(decision.why.contains("tried anyway"), "expected it to be told: \(decision.why)")
  }

  @Test func whatAModelRefusesIsRemembered() throws {
    let trial = try trial()
    var error = ResponseError(.badRequest, "no tools")
    error.refusedParameter = "tools"
    trial.router.failed(ModelID(provider: "a", model: "plain"), error, input: 10)
    var request = trial.request()
    #expect(try trial.first("r", request) == "a/plain", "expected requests without tools to go on")
    request.needsTools = true
    #expect(try trial.first("r", request) == "b/plain", "expected requests with tools to go elsewhere")
    try trial.fail("b/plain", .notFound)
    #expect(try trial.order("r") == ["a/plain", "box/m", "b/plain"], "expected a model that is not there to come last")
  }

  @Test func anEndedResponseIsEnoughToLearnFrom() throws {
    let trial = try trial()
    var response = Response(lane: 0, model: ModelID(provider: "a", model: "plain"), parameters: Parameters())
    response.state = .failed
    response.error = ResponseError(.rateLimit, "slow down", retryAfter: 3_000_000_000)
    trial.router.observe(response, route: "r", input: 10)
    #expect(try trial.first("r") == "b/plain", "expected the failure to be taken from the response")
    var stopped = Response(lane: 0, model: ModelID(provider: "b", model: "plain"), parameters: Parameters())
    stopped.state = .stopped
    stopped.error = ResponseError(.money, "the budget of the key is used up")
    trial.router.observe(stopped, route: "r", input: 10)
    #expect(try trial.first("r") == "b/plain", "expected a budget of ours to be no fault of the provider")
  }
}
