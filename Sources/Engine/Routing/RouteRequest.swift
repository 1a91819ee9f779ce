import Core

/// What a router must know of one call.
public struct RouteRequest: Equatable, Sendable {
  /// Chance is drawn from it: the same call always gets the same decision.
  public var call: String
  /// Tokens to be read, by estimate.
  public var input: Int
  /// Of these, how many at the beginning were sent before; nil when nobody knows.
  public var cachedPrefix: Int?
  /// The client's cap on what is written.
  public var maxTokens: Int?
  /// Who asks, for routes that are sticky by user.
  public var user: String?
  public var needsImages = false
  public var needsTools = false
  /// False to try models that are known to be too small as well.
  public var checksContext = true

  public init(call: String, input: Int, maxTokens: Int? = nil, user: String? = nil) {
    self.call = call
    self.input = input
    self.maxTokens = maxTokens
    self.user = user
  }
}

/// Why nobody can be asked by a name.
public struct RouteFault: Error, Equatable, Sendable {
  public enum Kind: Sendable {
    case unknown, ambiguous
    /// No name of anything.
    case malformed
  }

  public var kind: Kind
  /// One sentence for a person, with what could be asked for instead.
  public var message: String
  /// Names that can be asked for: all that match, or the nearest.
  public var candidates: [String]

  public init(kind: Kind, message: String, candidates: [String]) {
    (self.kind, self.message, self.candidates) = (kind, message, candidates)
  }
}
