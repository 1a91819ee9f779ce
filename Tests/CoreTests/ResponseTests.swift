import Core
import CustomDump
import TestSupport
import Testing

@Suite(.ownThreads) struct TimingTests {
  private let ms: Int64 = 1_000_000

  @Test func speedLeavesOutTheFirstRead() {
    var timing = Timing()
    timing.note(.answer, at: 100 * ms)
    timing.note(.answer, at: 100 * ms)
    for index in 1...8 { timing.note(.answer, at: (100 + Int64(index) * 100) * ms) }
    #expect(timing.chunks == 10)
    #expect(timing.chunksInFirstRead == 2)
    #expect(timing.tokensPerSecond(outputTokens: 10) == 10, "8 tokens in 0.8 s")
    #expect(timing.tokensPerSecond(outputTokens: 20) == 20, "a chunk is not a token: two chunks of ten are a fifth")
    timing.tokensInFirstRead = 12
    #expect(timing.tokensPerSecond(outputTokens: 20) == 10, "where it is known, it is not reckoned")
  }

  @Test func thereIsNoSpeedWithoutASpan() {
    var timing = Timing()
    #expect(timing.tokensPerSecond(outputTokens: 10) == nil, "nothing came")
    timing.note(.answer, at: ms)
    timing.note(.answer, at: ms)
    #expect(timing.tokensPerSecond(outputTokens: 10) == nil, "all came at once")
    timing.note(.answer, at: 6 * ms - 1)
    #expect(timing.tokensPerSecond(outputTokens: 10) == nil, "within 5 ms that is the network's speed")
    timing.note(.answer, at: 6 * ms)
    #expect(timing.tokensPerSecond(outputTokens: 1) == nil)
    #expect(timing.tokensPerSecond(outputTokens: 2) == nil, "no more tokens than the first read had")
    #expect(timing.tokensPerSecond(outputTokens: 4) == 400, "two chunks of four came later")
  }

  @Test func reasoningIsAFirstTokenButNoFirstAnswer() {
    var timing = Timing()
    timing.note(.reasoning, at: 5)
    timing.note(.answer, at: 9)
    timing.note(.answer, at: 12)
    #expect(timing.firstToken == 5)
    #expect(timing.firstAnswer == 9)
    #expect(timing.end == 12)
  }

  @Test func theClockDoesNotGoBack() {
    let first = Clock.system.now()
    #expect(Clock.system.now() >= first)
  }
}

@Suite(.ownThreads) struct ResponseTests {
  private let fresh = Response(lane: 2, model: ModelID("a/b")!, parameters: Parameters())

  @Test func textMovesTheState() {
    var response = fresh
    response.apply(.state(.waiting))
    response.apply(.text(.reasoning, "hm", at: 10))
    #expect(response.state == .thinking)
    response.apply(.text(.answer, "Hel", at: 20))
    #expect(response.state == .answering)
    response.apply(.text(.reasoning, "…", at: 25))
    #expect(response.state == .answering, "an afterthought does not take the answer back")
    response.apply(.text(.answer, "lo", at: 30))
    #expect(response.text == "Hello")
    #expect(response.reasoning == "hm…")
    #expect(response.timing.firstToken == 10)
    #expect(response.timing.firstAnswer == 20)
    #expect(response.timing.end == 30)
    #expect(response.timing.chunks == 4)
  }

  @Test func attemptsAndNoticesAreKeptInOrder() {
    var response = fresh
    let attempt = Attempt(status: 429, error: ResponseError(.rateLimit, "slow"), requestID: "r1")
    response.apply(.attempt(attempt))
    response.apply(.notice("one"))
    response.apply(.notice("two"))
    expectNoDifference(response.attempts, [attempt])
    #expect(response.notices == ["one", "two"])
  }

  @Test func beganAndEndedReplaceTheWhole() {
    var response = fresh
    response.apply(.text(.answer, "x", at: 1))
    var other = fresh
    other.generation = 2
    response.apply(.began(other))
    expectNoDifference(response, other)
    other.state = .done
    response.apply(.ended(other))
    expectNoDifference(response, other)
  }

  @Test func everyStateIsOverOrNot() {
    let over = ResponseState.allCases.filter(\.isOver)
    #expect(over == [.done, .truncated, .refused, .stopped, .cut, .failed])
    #expect(ResponseState.allCases.filter(\.isFinish) == [.done, .truncated])
  }

  @Test func anErrorSurvivesItsJSON() throws {
    let error = ResponseError(.rateLimit, "slow \u{1B}", status: 429)
    let document = JSONDocument()
    #expect(ResponseError(json: try document.parse(error.json.serialized())) == error)
    #expect(error.retryable)
    #expect(ResponseError(json: try document.parse(#"{"kind": "new"}"#)) == nil)
    let retryable = ResponseError.Kind.allCases.filter { ResponseError($0, "").retryable }
    #expect(retryable == [.rateLimit, .overloaded, .server, .network])
  }

  @Test func aPriceSurvivesItsJSON() throws {
    let price = Price(
      rates: [.input: "2", .cacheRead: "0.2", .output: .init("10", tier: 9, variant: "a=b", source: "c")],
      source: "list 1", record: "a/b", since: "2026-01-01")
    #expect(Price(json: try JSONDocument().parse(price.json.serialized())) == price)
  }

  @Test func usageIsNeverNegative() {
    var usage = Usage()
    usage.input = 5
    usage.cacheRead = 4
    usage.cacheWrite = 4
    #expect(usage.classes.map(\.kind) == [.cacheRead, .cacheWrite])
    #expect(usage.classes.map(\.count) == [4, 1], "no more than the input")
    let estimate = Usage.estimated(inputBytes: 9, outputBytes: 4, reasoningBytes: 1)
    #expect(estimate.input == 3)
    #expect(estimate.output == 2, "reasoning is part of the output")
    #expect(estimate.reasoning == 1)
    #expect(estimate.source == .estimated)
  }
}
