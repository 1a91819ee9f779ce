import Core

/// An error as a client's SDK expects it: status, body and headers (providers' published shapes; openai 3.54.0 and anthropic
/// 2.12.0 `_exceptions.py`).
struct ClientFault: Error, Equatable {
  var status: Int
  var kind: ResponseError.Kind
  /// One sentence for a person. Keys have been taken out.
  var message: String
  /// The field at fault.
  var field: String?
  /// Nanoseconds.
  var retryAfter: Int64?
  /// False where trying again is useless, or has been done here; nil leaves it to the SDK.
  var shouldRetry: Bool?
  /// It is the address that is not found, not a model.
  var isAddress = false
  /// What a key was refused for, in the words that both SDKs know.
  private var refusal: KeyRefusal?

  init(_ status: Int, _ kind: ResponseError.Kind, _ message: String, field: String? = nil) {
    (self.status, self.kind, self.message, self.field) = (status, kind, message, field)
  }

  init(_ fault: RequestFault) { self.init(400, .badRequest, fault.message, field: fault.field) }

  init(_ refusal: KeyRefusal) {
    let kind: ResponseError.Kind =
      switch refusal.kind {
      case .missing, .unknown, .revoked, .route: .auth
      case .rate: .rateLimit
      case .budget: .money
      }
    self.init(refusal.status, kind, refusal.message)
    self.refusal = refusal
    retryAfter = refusal.retryAfter.map { Int64($0) * 1_000_000_000 }
    if !refusal.isRetryable { shouldRetry = false }
  }

  /// - Parameter wasRetried: the gateway has tried more than once already.
  init(_ error: ResponseError, wasRetried: Bool) {
    self.init(ClientFault.status(of: error), error.kind, error.message, field: error.refusedParameter)
    retryAfter = error.retryAfter
    if wasRetried || !error.retryable { shouldRetry = false }
  }

  private static func status(of error: ResponseError) -> Int {
    switch error.kind {
    case .overloaded: 503
    case .network, .protocolFault, .cut: 502
    case .timeout: 504
    case .cancelled: 499
    case .auth: error.status ?? 401
    case .rateLimit: 429
    case .money: error.status ?? 402
    case .notFound: 404
    case .badRequest, .contextLength: error.status.flatMap { (400..<500).contains($0) ? $0 : nil } ?? 400
    case .server: error.status.flatMap { $0 >= 500 || $0 == 408 || $0 == 409 ? $0 : nil } ?? 502
    }
  }

  func status(in dialect: ClientDialect) -> Int { kind == .overloaded && dialect == .anthropic ? 529 : status }

  /// OpenAI's `type` and `code`, which its SDK hands to the program as they are.
  private var openAIWords: (type: String, code: String?) {
    if let refusal { return (refusal.openAIType, refusal.openAICode) }
    return switch kind {
    case .auth: status == 403 ? ("permission_error", "not_allowed") : ("authentication_error", "invalid_api_key")
    case .rateLimit: ("rate_limit_error", "rate_limit_exceeded")
    case .money: ("insufficient_quota", "insufficient_quota")
    case .badRequest: ("invalid_request_error", nil)
    case .notFound: ("invalid_request_error", isAddress ? "not_found" : "model_not_found")
    case .contextLength: ("invalid_request_error", "context_length_exceeded")
    case .overloaded: ("server_error", "overloaded")
    case .timeout: ("server_error", "timeout")
    case .cut: ("server_error", "stream_cut")
    case .server, .network, .protocolFault, .cancelled: ("server_error", "upstream_\(kind.rawValue)")
    }
  }

  private var anthropicType: JSON {
    if let refusal { return .string(refusal.anthropicType) }
    return switch kind {
    case .auth: status == 403 ? "permission_error" : "authentication_error"
    case .rateLimit: "rate_limit_error"
    case .money: "billing_error"
    case .badRequest, .contextLength: status == 413 ? "request_too_large" : "invalid_request_error"
    case .notFound: "not_found_error"
    case .overloaded: "overloaded_error"
    case .timeout: "timeout_error"
    case .server, .network, .protocolFault, .cut, .cancelled: "api_error"
    }
  }

  /// OpenAI's error object.
  var openAIError: JSON {
    [
      "message": .string(message), "type": .string(openAIWords.type), "param": .optional(field),
      "code": .optional(openAIWords.code),
    ]
  }

  /// Anthropic's error object.
  var anthropicError: JSON { ["type": anthropicType, "message": .string(message)] }

  func body(in dialect: ClientDialect, call: String) -> JSON {
    switch dialect {
    case .chat, .responses: ["error": openAIError]
    case .anthropic: ["type": "error", "error": anthropicError, "request_id": .string(call)]
    }
  }

  /// Names in lower case.
  var headers: [(name: String, value: String)] {
    var headers: [(String, String)] = []
    if let retryAfter {
      headers.append(("retry-after", "\(max(1, (retryAfter + 999_999_999) / 1_000_000_000))"))
      headers.append(("retry-after-ms", "\(retryAfter / 1_000_000)"))
    }
    if let shouldRetry { headers.append(("x-should-retry", "\(shouldRetry)")) }
    return headers
  }
}
