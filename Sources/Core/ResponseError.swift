/// Why a response failed: a value that is kept and shown, not thrown across rooms.
public struct ResponseError: Error, Equatable, Sendable {
  public enum Kind: String, Sendable, CaseIterable {
    case auth, rateLimit = "rate_limit", money, badRequest = "bad_request", notFound = "not_found"
    case contextLength = "context_length", overloaded, server, network, timeout, protocolFault = "protocol", cut,
      cancelled
  }

  public var kind: Kind
  /// One sentence for a person: what happened and what to do.
  public var message: String
  /// HTTP status, if an answer came at all.
  public var status: Int?
  /// Whether the same request may be sent again.
  public var retryable: Bool
  /// What the provider asked to wait, in nanoseconds.
  public var retryAfter: Int64?
  /// A request parameter that the model does not take, by its wire name.
  public var refusedParameter: String?

  public init(
    _ kind: Kind, _ message: String, status: Int? = nil, retryable: Bool? = nil, retryAfter: Int64? = nil,
    refusedParameter: String? = nil
  ) {
    self.kind = kind
    self.message = message
    self.status = status
    self.retryable = retryable ?? [.rateLimit, .overloaded, .server, .network].contains(kind)
    self.retryAfter = retryAfter
    self.refusedParameter = refusedParameter
  }

  public var json: JSON {
    [
      "kind": .string(kind.rawValue), "message": .string(message), "status": status.map { .int($0) } ?? .null,
      "retryable": .bool(retryable),
    ]
  }

  public init?(json: JSONView) {
    guard let kind = json["kind"]?.string.flatMap(Kind.init) else { return nil }
    self.init(
      kind, json["message"]?.string ?? "", status: json["status"]?.int, retryable: json["retryable"]?.bool ?? false)
  }
}
