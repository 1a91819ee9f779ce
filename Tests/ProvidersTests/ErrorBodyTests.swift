import Core
import CustomDump
import Providers
import Testing
import TestSupport

@Suite(.ownThreads) struct ErrorBodyTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var status: Int
    var body: String
    var kind: ResponseError.Kind
    var message: String
    var isRetryable = false
    var testDescription: String { "\(status) \(body)" }

    init(_ status: Int, _ body: String, _ kind: ResponseError.Kind, _ message: String, retry isRetryable: Bool = false)
    {
      (self.status, self.body, self.kind, self.message, self.isRetryable) = (status, body, kind, message, isRetryable)
    }
  }

  private func read(_ status: Int, _ body: String, _ headers: [String: String] = [:], now: Int64 = 0) -> ResponseError {
    ErrorBody.read(status: status, headers: headers, body: Array(body.utf8), now: now)
  }

  /// One for each shape and each class of providers.md.
  static let cases: [Case] = [
    // OpenAI and what imitates it.
    Case(
      400, #"{"error":{"message":"Bad","type":"invalid_request_error","param":null,"code":null}}"#, .badRequest, "Bad"),
    Case(
      401, #"{"error":{"message":"Incorrect API key","type":"invalid_request_error","code":"invalid_api_key"}}"#, .auth,
      "Incorrect API key"),
    Case(403, #"{"error":{"message":"No"}}"#, .auth, "No"),
    Case(
      404, #"{"error":{"message":"The model `x` does not exist","code":"model_not_found"}}"#, .notFound,
      "The model `x` does not exist"),
    Case(408, #"{"error":{"message":"Slow"}}"#, .server, "Slow", retry: true),
    Case(409, #"{"error":{"message":"Lock"}}"#, .server, "Lock", retry: true),
    Case(422, #"{"error":{"message":"Odd"}}"#, .badRequest, "Odd"),
    Case(
      429, #"{"error":{"message":"Slow down","type":"tokens","code":"rate_limit_exceeded"}}"#, .rateLimit, "Slow down",
      retry: true),
    Case(
      429, #"{"error":{"message":"Quota","type":"insufficient_quota","code":"insufficient_quota"}}"#, .money, "Quota"),
    Case(400, #"{"error":{"message":"Too long","code":"context_length_exceeded"}}"#, .contextLength, "Too long"),
    Case(
      400, #"{"error":{"message":"This model's maximum context length is 8192 tokens"}}"#, .contextLength,
      "This model's maximum context length is 8192 tokens"),
    Case(500, #"{"error":{"message":"Oops","type":"server_error"}}"#, .server, "Oops", retry: true),
    Case(502, "Bad gateway", .server, "Bad gateway", retry: true),
    Case(503, "", .overloaded, "no reason given", retry: true),
    Case(504, "", .server, "no reason given", retry: true),
    // Anthropic.
    Case(402, #"{"type":"error","error":{"type":"billing_error","message":"Pay"},"request_id":"r"}"#, .money, "Pay"),
    Case(413, #"{"type":"error","error":{"type":"request_too_large","message":"Big"}}"#, .badRequest, "Big"),
    Case(
      529, #"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#, .overloaded, "Overloaded",
      retry: true),
    Case(
      429,
      #"{"type":"error","error":{"type":"rate_limit_error","message":"Limit","details":{"error_code":"enforced_spend_limit_reached"}}}"#,
      .money, "Limit"),
    Case(
      400, #"{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 300000 tokens"}}"#,
      .contextLength, "prompt is too long: 300000 tokens"),
    // Gemini.
    Case(
      400,
      #"{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT"}}"#,
      .auth, "API key not valid. Please pass a valid API key."),
    Case(403, #"[{"error":{"code":403,"message":"Denied","status":"PERMISSION_DENIED"}}]"#, .auth, "Denied"),
    Case(503, #"{"error":{"code":503,"message":"Busy","status":"UNAVAILABLE"}}"#, .overloaded, "Busy", retry: true),
    // DeepInfra, Mistral: FastAPI.
    Case(
      422, #"{"detail":[{"loc":["body","messages"],"msg":"field required","type":"missing"},{"msg":"and more"}]}"#,
      .badRequest, "body.messages: field required; and more"),
    Case(400, #"{"detail":{"error":"inference failed"}}"#, .badRequest, "inference failed"),
    Case(401, #"{"detail":"Unauthorized"}"#, .auth, "Unauthorized"),
    Case(
      429,
      #"{"object":"error","message":"Requests rate limit exceeded","type":"rate_limited","param":null,"code":"1300"}"#,
      .rateLimit, "Requests rate limit exceeded", retry: true),
    Case(401, #"{"message":"Unauthorized"}"#, .auth, "Unauthorized"),
    // xAI and Ollama: flat.
    Case(400, #"{"code":"Client specified an invalid argument","error":"Bad effort"}"#, .badRequest, "Bad effort"),
    Case(404, #"{"error":"model 'x' not found"}"#, .notFound, "model 'x' not found"),
    // OpenRouter.
    Case(
      402, #"{"error":{"code":402,"message":"Insufficient credits","metadata":{"error_type":"payment_required"}}}"#,
      .money, "Insufficient credits"),
    Case(
      502,
      #"{"error":{"code":502,"message":"","metadata":{"raw":"upstream said no","error_type":"provider_unavailable"}}}"#,
      .server, "", retry: true),
    Case(524, "", .server, "no reason given", retry: true),
    // LiteLLM and vLLM.
    Case(400, #"{"error":{"message":"Budget","type":"budget_exceeded","param":null,"code":"400"}}"#, .money, "Budget"),
    Case(
      404, #"{"error":{"message":"The model `y` does not exist.","type":"NotFoundError","code":404}}"#, .notFound,
      "The model `y` does not exist."),
    // No JSON at all.
    Case(
      500, "<html><body>Error</body></html>", .server, "a web page instead of JSON: check base_url and any proxy",
      retry: true),
    Case(400, "plain \u{1B}[31mwords", .badRequest, "plain ␛[31mwords"),
    Case(418, "{}", .badRequest, "{}"),
  ]

  @Test(arguments: cases)
  func kinds(_ test: Case) {
    let error = read(test.status, test.body)
    #expect(error.kind == test.kind)
    #expect(error.status == test.status)
    #expect(error.retryable == test.isRetryable)
    if !test.message.isEmpty { #expect(error.message == test.message) }
  }

  @Test func recordedErrorsOfLlamaServer() {
    let bad = Fixture.answer("llama-server.smollm2-135m.err-bad-request.http")
    expectNoDifference(
      ErrorBody.read(status: bad.status, headers: [:], body: bad.body, now: 0),
      ResponseError(.badRequest, "Expected 'messages' to be an array", status: 400))
    let long = Fixture.answer("llama-server.smollm2-135m.err-context-too-long.http")
    #expect(ErrorBody.read(status: long.status, headers: [:], body: long.body, now: 0).kind == .contextLength)
  }

  @Test(
    arguments: [
      (["retry-after-ms": "250"], 250_000_000), (["retry-after-ms": "1.5"], 1_500_000),
      (["retry-after": "2"], 2_000_000_000),
      (["retry-after": "0.5"], 500_000_000), (["retry-after-ms": "250", "retry-after": "9"], 250_000_000),
      (["retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"], 10_000_000_000),
      (["retry-after": "Wed, 21 Oct 2020 07:28:00 GMT"], 0), (["retry-after": "-5"], nil),
      (["retry-after": "soon"], nil),
      (["retry-after": "nan"], nil), (["retry-after": "inf"], nil), (["retry-after": "1e300"], nil), ([:], nil),
      (["retry-after": "Fri, 31 Dec 9999 23:59:59 GMT"], 1_000_000_000_000_000_000),
      (["retry-after": "Fri, 31 Dec -2147483648 23:59:59 GMT"], nil),
      (["retry-after-ms": "x", "retry-after": "1"], 1_000_000_000),
    ] as [([String: String], Int64?)])
  func retryAfter(_ headers: [String: String], _ nanoseconds: Int64?) {
    // Ten seconds before Wed, 21 Oct 2026 07:28:00 GMT.
    #expect(read(429, "", headers, now: 1_792_567_670).retryAfter == nanoseconds)
  }

  @Test func geminiTellsTheDelayInTheBody() {
    func body(_ quota: String) -> String {
      """
      {"error":{"code":429,"message":"Quota","status":"RESOURCE_EXHAUSTED","details":[
      {"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaId":"\(quota)"}]},
      {"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34.4s"}]}}
      """
    }
    let minute = read(429, body("GenerateRequestsPerMinutePerProject"))
    #expect(minute.retryAfter == 34_400_000_000)
    #expect(minute.retryable)
    #expect(
      !read(429, body("GenerateRequestsPerDayPerProject")).retryable, "a day's quota does not come back in a race")
    #expect(read(429, body("x"), ["retry-after": "1"]).retryAfter == 1_000_000_000, "a header is nearer to us")
  }

  @Test(
    arguments: [
      (#"{"error":{"message":"Unsupported value","param":"temperature","code":null}}"#, "temperature"),
      (
        #"{"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model.","code":"unsupported_parameter"}}"#,
        "max_tokens"
      ),
      (#"{"error":{"message":"unsupported parameter `top_p`"}}"#, "top_p"), (#"{"error":{"message":"it's bad"}}"#, nil),
    ] as [(String, String?)])
  func namesTheRefusedParameter(_ body: String, _ name: String?) {
    #expect(read(400, body).refusedParameter == name)
  }

  @Test(arguments: [
    ("overloaded_error", ResponseError.Kind.overloaded), ("rate_limit_error", .rateLimit),
    ("authentication_error", .auth),
    ("permission_error", .auth), ("not_found_error", .notFound), ("invalid_request_error", .badRequest),
    ("billing_error", .money), ("api_error", .server), ("something_new", .server), ("insufficient_quota", .money),
  ])
  func insideA200TheWordsDecide(_ type: String, _ kind: ResponseError.Kind) throws {
    let view = try JSONDocument().parse("{\"type\":\"error\",\"error\":{\"type\":\"\(type)\",\"message\":\"m\"}}")
    #expect(ErrorBody.read(view, status: nil)?.kind == kind)
  }

  @Test(arguments: [
    #"{"choices":[]}"#, "[]", "3", "null", #"{"error":null}"#, #"{"message":"hello"}"#, #"{"error":3}"#,
    #"{"type":"ping"}"#,
  ])
  func whatIsNoErrorIsNone(_ body: String) throws {
    #expect(ErrorBody.read(try JSONDocument().parse(body), status: nil) == nil)
  }
}
