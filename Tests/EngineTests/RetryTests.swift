import Core
import CustomDump
import TestSupport
import Testing

@testable import Engine

@Suite(.ownThreads) struct RetryTests {
  private let ms: Int64 = 1_000_000

  @Test func delaysDoubleWithJitter() {
    let error = ResponseError(.server, "x")
    #expect(Retry.delay(after: error, attempts: 1, jitter: 0) == 375 * ms)
    #expect(Retry.delay(after: error, attempts: 1, jitter: 1) == 625 * ms)
    #expect(Retry.delay(after: error, attempts: 2, jitter: 0.5) == 1000 * ms)
    #expect(Retry.delay(after: error, attempts: 3, jitter: 0) == nil, "three attempts are the most")
  }

  @Test func theProviderSaysHowLong() {
    var error = ResponseError(.rateLimit, "x", retryAfter: 60_000 * ms)
    #expect(Retry.delay(after: error, attempts: 1, jitter: 0) == 60_000 * ms)
    error.retryAfter = 60_001 * ms
    #expect(Retry.delay(after: error, attempts: 1, jitter: 0) == nil, "too long for a race")
    error.retryAfter = 0
    #expect(Retry.delay(after: error, attempts: 1, jitter: 0) == 0)
  }

  @Test func someErrorsAreNotWorthIt() {
    for kind in ResponseError.Kind.allCases {
      let delay = Retry.delay(after: ResponseError(kind, "x"), attempts: 1, jitter: 0)
      #expect((delay != nil) == [.rateLimit, .overloaded, .server, .network].contains(kind), "\(kind)")
    }
  }
}

@Suite(.serialized, .ownThreads) struct RetryOverTheWireTests {
  private let overloaded = #"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#

  @Test(arguments: [429, 529, 503, 500])
  func aPassingFaultIsTriedAgain(_ status: Int) {
    let body = overloaded
    let server = LoopbackServer { _, number in
      number == 1
        ? .answer(status, ["retry-after-ms": "5", "x-request-id": "r1"], body: body)
        : .stream(Chat.whole("ok"), headers: ["x-request-id": "r2"])
    }
    let track = Track([server])
    #expect(track.run())
    let response = track.response(0)
    #expect(response.state == .done)
    #expect(response.text == "ok")
    #expect(response.attempts.map(\.status) == [status, 200])
    #expect(response.attempts.map(\.requestID) == ["r1", "r2"])
    #expect(response.attempts[0].error?.status == status)
    #expect(response.attempts[1].error == nil)
    #expect(response.notices.count == 1)
    #expect(response.notices[0].hasPrefix("attempt 1 failed, trying again in 0 s: s0 "), "got \(response.notices)")
  }

  @Test func aResetBeforeTheFirstTokenIsTriedAgain() {
    let server = LoopbackServer { _, number in number == 1 ? [.reset] : .stream(Chat.whole("ok")) }
    let track = Track([server])
    #expect(track.run())
    let response = track.response(0)
    #expect(response.state == .done)
    #expect(response.attempts.map(\.status) == [nil, 200])
    #expect(response.attempts.first?.error?.kind == .network)
  }

  @Test func anErrorInsideA200BeforeTheFirstTokenIsTriedAgain() {
    let body = overloaded
    let server = LoopbackServer { _, number in
      number == 1 ? .stream(Array("data: \(body)\n\n".utf8)) : .stream(Chat.whole("ok"))
    }
    let track = Track([server])
    #expect(track.run())
    #expect(track.response(0).text == "ok")
    #expect(track.response(0).attempts.map(\.error?.kind) == [.overloaded, nil])
  }

  @Test func attemptsAreLimited() {
    let body = overloaded
    let server = LoopbackServer { _, _ in .answer(529, ["retry-after-ms": "1"], body: body) }
    let track = Track([server])
    #expect(track.run())
    #expect(track.response(0).state == .failed)
    #expect(track.response(0).error?.kind == .overloaded)
    #expect(track.response(0).error?.message == "s0 is overloaded (529): Overloaded. Retry in a moment.")
    #expect(server.requests.count == 3)
    #expect(track.response(0).attempts.count == 3)
    #expect(track.response(0).cost.amount == .zero, "turned away: nobody bills for that")
  }

  /// A reset may overtake what was sent before it.
  private static let textSeen = Gate()

  @Test(arguments: [
    ("reset", [Step.hold(textSeen), .reset], ResponseState.cut, ResponseError.Kind.cut),
    ("no end mark", [.close], .cut, .cut),
    ("garbage", [.text("data: }{\n\n"), .stall], .failed, .protocolFault),
    (
      "an error", [.text("data: {\"error\":{\"type\":\"overloaded_error\",\"message\":\"m\"}}\n\n"), .stall], .failed,
      .overloaded
    ),
  ])
  func neverAfterTheFirstToken(_ name: String, _ fault: [Step], _ state: ResponseState, _ kind: ResponseError.Kind) {
    let server = LoopbackServer(.stream([.chat("Half")] + fault))
    let track = Track([server])
    track.start()
    #expect(track.waitForText(0))
    Self.textSeen.open()
    #expect(track.finish(), "\(name) must end the lane")
    let response = track.response(0)
    #expect(response.state == state, "\(name)")
    #expect(response.error?.kind == kind, "\(name): \(response.error?.message ?? "")")
    #expect(response.text == "Half", "what came is kept")
    #expect(response.attempts.count == 1)
    #expect(server.requests.count == 1, "never sent again")
    #expect(response.usage.source == .estimated)
  }

  @Test func aStreamWithAFinishReasonButNoEndMarkIsWhole() {
    let server = LoopbackServer(.stream(Array((Chat.content("ok") + Chat.finish("stop")).utf8)))
    let track = Track([server])
    #expect(track.run())
    #expect(track.response(0).state == .done)
  }

  @Test func silenceAfterTheFirstTokenEndsTheLane() {
    var limits = Engine.Limits()
    limits.silence = 100_000_000
    let server = LoopbackServer(.stream([.chat("Half"), .stall]))
    let track = Track([server], limits: limits)
    #expect(track.run())
    #expect(track.response(0).state == .failed)
    #expect(track.response(0).error?.kind == .timeout)
    #expect(track.response(0).text == "Half")
  }

  @Test(arguments: [200, 500])
  func aBodyThatNeverEndsIsBrokenOff(_ status: Int) {
    let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 16)
    let server = LoopbackServer { _, _ in
      .head(status, ["retry-after": "1000"]) + [.endless(piece)]
    }
    let track = Track([server])
    #expect(track.run(), "an endless body must not hold the race up for ever")
    #expect(track.response(0).state == .failed)
    #expect(track.response(0).error?.kind == (status == 200 ? .protocolFault : .server))
    #expect(server.disconnection() != nil)
  }

  @Test func refusedParametersAreTakenBackAndTold() {
    let server = LoopbackServer { request, _ in
      if request.text.contains("\"max_tokens\"") {
        return .answer(
          400,
          body:
            #"{"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model.","code":"unsupported_parameter","param":"max_tokens"}}"#
        )
      }
      if request.text.contains("temperature") {
        return .answer(400, body: #"{"error":{"message":"Unsupported value","param":"temperature","code":null}}"#)
      }
      return .stream(Chat.whole("ok"))
    }
    let track = Track([server], lanes: ["s0/m,temperature=0.5,max_tokens=9"])
    #expect(track.run())
    let response = track.response(0)
    #expect(response.state == .done)
    #expect(server.requests.count == 3)
    #expect(server.requests.last?.text.contains(#""max_completion_tokens":9"#) == true)
    #expect(
      response.notices == [
        "the cap on tokens was sent as max_completion_tokens", "temperature not sent: m does not take it",
      ])
    #expect(response.attempts.map(\.status) == [400, 400, 200])
    #expect(response.parameters.temperature == 0.5, "the lane keeps what the person set")
  }

  @Test func aRefusalThatCannotBeCorrectedFails() {
    let server = LoopbackServer(.answer(400, body: #"{"error":{"message":"No","param":"messages"}}"#))
    let track = Track([server])
    #expect(track.run())
    #expect(track.response(0).state == .failed)
    #expect(track.response(0).error?.message == "s0 refused the request (400): No.")
    #expect(server.requests.count == 1)
  }
}
