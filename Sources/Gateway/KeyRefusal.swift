/// Why a client may not ask: what it is told, in the words of whichever SDK it uses.
public struct KeyRefusal: Error, Equatable, Sendable {
  public enum Kind: String, Sendable, CaseIterable {
    /// No key was sent, and this gateway wants one.
    case missing
    case unknown
    case revoked
    /// The key may not ask for this model or route.
    case route
    /// Too many requests in the last minute.
    case rate
    /// The budget is spent.
    case budget
  }

  public var kind: Kind
  /// One sentence for a person: which limit, and what to do.
  public var message: String
  /// Whole seconds after which the same request may be admitted; nil when asking again is of no use.
  public var retryAfter: Int?

  public init(_ kind: Kind, _ message: String, retryAfter: Int? = nil) {
    self.kind = kind
    self.message = message
    self.retryAfter = retryAfter
  }

  /// The HTTP status by which both SDKs choose their exception. A spent budget is a 429, as OpenAI's own is.
  public var status: Int {
    switch kind {
    case .missing, .unknown, .revoked: 401
    case .route: 403
    case .rate, .budget: 429
    }
  }

  /// Whether an SDK may ask again by itself: it does so after every 429 that is not marked.
  public var isRetryable: Bool { kind == .rate }

  /// `error.type` of an OpenAI answer.
  public var openAIType: String {
    switch kind {
    case .missing, .unknown, .revoked, .route: "invalid_request_error"
    case .rate: "requests"
    case .budget: "insufficient_quota"
    }
  }

  /// `error.code` of an OpenAI answer.
  public var openAICode: String {
    switch kind {
    case .missing, .unknown, .revoked: "invalid_api_key"
    case .route: "model_not_allowed"
    case .rate: "rate_limit_exceeded"
    case .budget: "insufficient_quota"
    }
  }

  /// `error.type` of an Anthropic answer.
  public var anthropicType: String {
    switch kind {
    case .missing, .unknown, .revoked: "authentication_error"
    case .route: "permission_error"
    case .rate: "rate_limit_error"
    case .budget: "billing_error"
    }
  }
}
