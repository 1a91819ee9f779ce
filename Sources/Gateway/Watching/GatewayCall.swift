import Core

/// What there is to tell of one request to the gateway when it has ended: never a word of what was asked or answered.
public struct GatewayCall: Equatable, Sendable {
  /// As the client wrote it: a route, `provider/model`, or a bare model name.
  public var asked: String
  public var dialect: ClientDialect
  /// The path of the endpoint, `/v1/chat/completions`.
  public var path: String
  public var isStream: Bool
  /// The name of the key it came with.
  public var key: String?
  /// HTTP status that the client got.
  public var status: Int
  /// A kind of `ResponseError` or `KeyRefusal`; nil when it ended well.
  public var error: String?
  /// Nanoseconds since 1970.
  public var began: Int64
  /// Nanoseconds from the request to the end of its answer, and to its first token; nil when none came.
  public var duration: Int64
  public var firstToken: Int64?
  /// Everyone who was asked, in order.
  public var upstream: [UpstreamCall] = []
  /// Whether several were asked at once.
  public var isRace = false
  /// The session in which it is kept.
  public var session: String?
  public var parent: TraceParent?

  public init(
    asked: String, dialect: ClientDialect, path: String, isStream: Bool, status: Int, began: Int64, duration: Int64
  ) {
    self.asked = asked
    self.dialect = dialect
    self.path = path
    self.isStream = isStream
    self.status = status
    self.began = began
    self.duration = duration
  }

  /// The one whose answer the client got.
  public var winner: UpstreamCall? { upstream.first { $0.isWinner } }
}

/// One model that was asked for a gateway call.
public struct UpstreamCall: Equatable, Sendable {
  public var model: ModelID
  public var modelReported: String?
  public var parameters: Parameters
  public var state: ResponseState
  public var finishReason: FinishReason?
  public var error: ResponseError.Kind?
  public var requestID: String?
  /// HTTP requests beyond the first.
  public var retries: Int
  public var usage: Usage
  public var cost: Cost
  /// Nanoseconds from the gateway's request until this one was sent.
  public var sentAfter: Int64
  /// Nanoseconds since it was sent.
  public var firstToken: Int64?
  public var end: Int64?
  public var isWinner: Bool
  /// Asked because the one before it had failed.
  public var isFallback: Bool

  /// - Parameter sentAfter: of the first lane, in nanoseconds since the gateway's request; the response knows the rest.
  public init(_ response: Response, sentAfter: Int64 = 0, isWinner: Bool, isFallback: Bool = false) {
    model = response.model
    modelReported = response.modelReported
    parameters = response.parameters
    state = response.state
    finishReason = response.finishReason
    error = response.error?.kind
    requestID = response.attempts.last?.requestID
    retries = max(0, response.attempts.count - 1)
    usage = response.usage
    usage.raw = nil
    usage.rawTimings = nil
    cost = response.cost
    self.sentAfter = sentAfter.addingSaturating(response.timing.sentAfter)
    firstToken = response.timing.firstToken
    end = response.timing.end
    self.isWinner = isWinner
    self.isFallback = isFallback
  }
}
