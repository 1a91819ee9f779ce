/// What one call took and gave: what routing learns from, live or from the store.
public struct RouteObservation: Equatable, Sendable {
  public var model: ModelID
  /// How hard it was told to think: the same model is another one to wait for.
  public var effort: String?
  /// The route it was asked through; nil for none.
  public var route: String?
  /// Seconds since 1970.
  public var created: Int64
  public var input = 0
  public var cacheRead = 0
  /// Reasoning included.
  public var output = 0
  public var reasoning = 0
  /// The answer came to an end of its own, so that its length says something.
  public var isWhole = false
  /// Nanoseconds to the first visible answer (TTFO).
  public var firstAnswer: Int64?
  public var tokensPerSecond: Double?

  public init(model: ModelID, effort: String? = nil, route: String? = nil, created: Int64) {
    self.model = model
    self.effort = effort
    self.route = route
    self.created = created
  }

  public init(_ response: Response, route: String?, created: Int64) {
    self.init(model: response.model, effort: response.parameters.effort, route: route, created: created)
    (input, cacheRead) = (response.usage.input, response.usage.cacheRead)
    (output, reasoning) = (response.usage.output, response.usage.reasoning)
    isWhole = response.state.isFinish
    firstAnswer = response.timing.firstAnswer
    tokensPerSecond = response.tokensPerSecond
  }
}
