import Core

@testable import Gateway

/// Calls as the gateway would tell of them.
enum WatchedCalls {
  static let began: Int64 = 1_795_000_000_000_000_000
  static let trace = "0af7651916cd43dd8448eb211c80319c"

  /// One that raced two models: the first one won, the other was stopped.
  static func race() -> GatewayCall {
    var call = GatewayCall(
      asked: "fast", dialect: .chat, path: "/v1/chat/completions", isStream: true, status: 200, began: began,
      duration: 900_000_000)
    call.key = "laptop"
    call.firstToken = 210_000_000
    call.isRace = true
    call.session = "3f2a9c1e04b7"
    call.parent = TraceParent(header: "00-\(trace)-b7ad6b7169203331-01", state: "vendor=1")
    var won = response("openai/gpt-5.6", .done)
    won.finishReason = .stop
    won.modelReported = "gpt-5.6-2026-09-01"
    (won.usage.input, won.usage.cacheRead, won.usage.output, won.usage.reasoning) = (100, 40, 60, 20)
    (won.cost.status, won.cost.computed) = (.exact, Money(decimal: "0.0021"))
    (won.timing.firstToken, won.timing.end) = (200_000_000, 880_000_000)
    won.attempts = [Attempt(status: 429), Attempt(status: 200, requestID: "chatcmpl-1")]
    won.parameters.temperature = 0.5
    var stopped = response("google/gemini-3.1-pro", .stopped)
    stopped.usage = .estimated(inputBytes: 400, outputBytes: 40, reasoningBytes: 0)
    (stopped.cost.status, stopped.cost.computed, stopped.cost.isWasted) = (.partial, Money(decimal: "0.0004"), true)
    stopped.timing.sentAfter = 1_000_000
    stopped.timing.end = 300_000_000
    stopped.error = ResponseError(.cancelled, "stopped: the secret prompt")
    call.upstream = [
      UpstreamCall(won, sentAfter: 2_000_000, isWinner: true),
      UpstreamCall(stopped, sentAfter: 2_000_000, isWinner: false),
    ]
    return call
  }

  /// One whose first model failed.
  static func fallback() -> GatewayCall {
    var call = GatewayCall(
      asked: "sure", dialect: .anthropic, path: "/v1/messages", isStream: false, status: 200, began: began,
      duration: 2_000_000_000)
    call.firstToken = 1_900_000_000
    var failed = response("mistral/large", .failed)
    failed.error = ResponseError(.overloaded, "busy: the secret prompt", status: 529)
    var answered = response("local/smollm2-135m", .done)
    (answered.usage.input, answered.usage.output) = (9, 12)
    answered.cost.status = .free
    answered.cost.computed = .zero
    (answered.timing.firstToken, answered.timing.end) = (500_000_000, 900_000_000)
    call.upstream = [
      UpstreamCall(failed, isWinner: false),
      UpstreamCall(answered, sentAfter: 1_000_000_000, isWinner: true, isFallback: true),
    ]
    return call
  }

  /// One that nobody was asked for.
  static func refused(_ asked: String = "made-up") -> GatewayCall {
    var call = GatewayCall(
      asked: asked, dialect: .responses, path: "/v1/responses", isStream: false, status: 404, began: began,
      duration: 40_000)
    call.error = "not_found"
    return call
  }

  private static func response(_ model: String, _ state: ResponseState) -> Response {
    var response = Response(
      lane: 0, model: ModelID(model) ?? ModelID(provider: "none", model: model), parameters: Parameters())
    response.state = state
    return response
  }
}
