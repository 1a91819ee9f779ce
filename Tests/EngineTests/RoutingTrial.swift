import Core
import Providers
import Synchronization
import TestSupport

@testable import Engine

/// A router with made-up services and prices, and a clock that only the test moves.
final class RoutingTrial: Sendable {
  let router: Router
  let clock = StillClock()
  private let calls = Mutex(0)

  /// Models of the one list: `plain` and `thinker` are cheap to the eye, `tiered` doubles above 200k, `cached` has a cheap
  /// cache, `small` reads 8,000 tokens.
  static let records = """
    [{"id": "list", "models": [
      {"id": "plain", "match": {"equals": "plain"}, "prices": {"input_mtok": 3, "output_mtok": 10}},
      {"id": "thinker", "match": {"equals": "thinker"}, "prices": {"input_mtok": 1, "output_mtok": 4}},
      {"id": "tiered", "match": {"equals": "tiered"}, "context_window": 1000000,
        "prices": {"input_mtok": {"base": 2, "tiers": [{"start": 200000, "price": 4}]}, "output_mtok": 8}},
      {"id": "cached", "match": {"equals": "cached"},
        "prices": {"input_mtok": 4, "cache_read_mtok": 0.4, "output_mtok": 10}},
      {"id": "small", "match": {"starts_with": "small"}, "context_window": 8000,
        "prices": {"input_mtok": 0.1, "output_mtok": 0.1}},
      {"id": "dear", "match": {"equals": "dear"}, "context_window": 500000,
        "prices": {"input_mtok": 20, "output_mtok": 50}}]},
     {"id": "other", "models": [
      {"id": "plain", "match": {"equals": "plain"}, "prices": {"input_mtok": 2.5, "output_mtok": 9}}]},
     {"id": "keyless", "models": [
      {"id": "only-there", "match": {"equals": "only-there"}, "prices": {"input_mtok": 1, "output_mtok": 1}}]}]
    """

  static let services = [
    Service("a", dialect: "openai-chat", baseURL: "http://a") { $0.priceList = "list" },
    Service("a-responses", dialect: "openai-responses", baseURL: "http://a") { $0.priceList = "list" },
    Service("b", dialect: "openai-chat", baseURL: "http://b") { $0.priceList = "other" },
    Service("nokey", dialect: "openai-chat", baseURL: "http://n") { $0.priceList = "keyless" },
    Service("box", dialect: "openai-chat", baseURL: "http://box") {
      $0.needsKey = false
      $0.isLocal = true
    },
    Service("mystery", dialect: "openai-chat", baseURL: "http://m") { $0.needsKey = false },
  ]

  init(_ routes: [String: Route] = [:], seed: UInt64 = 1) {
    clock.now = 1_000_000 * RouteHealth.second
    router = Router(
      routes: routes, services: Self.services,
      prices: PriceBook(update: { PriceBook.Update(source: "test", bytes: Array(Self.records.utf8)) }), seed: seed,
      hasKey: { $0.id != "nokey" }, clock: clock.clock)
  }

  func pass(seconds: Double) { clock.now += Int64(seconds * 1e9) }

  func request(
    input: Int = 1000, call: String? = nil, user: String? = nil, maxTokens: Int? = nil
  ) -> RouteRequest {
    let number = calls.withLock { count in
      count += 1
      return count
    }
    return RouteRequest(call: call ?? "call \(number)", input: input, maxTokens: maxTokens, user: user)
  }

  func decide(_ name: String, _ request: RouteRequest? = nil) throws -> RouteDecision {
    try router.decide(name, request: request ?? self.request()).get()
  }

  /// The models in the order they are asked.
  func order(_ name: String, _ request: RouteRequest? = nil) throws -> [String] {
    try decide(name, request).lanes.map(\.text)
  }

  func first(_ name: String, _ request: RouteRequest? = nil) throws -> String {
    try order(name, request).first ?? ""
  }

  /// An answer of a model.
  func answer(
    _ model: String, route: String = "r", input: Int = 1000, cached: Int = 0, output: Int = 100, reasoning: Int = 0,
    firstAnswer seconds: Double = 0.5, tokensPerSecond: Double = 100
  ) throws {
    let lane = try Lane(parsing: model)
    var response = Response(lane: 0, model: lane.model, parameters: lane.parameters)
    response.state = .done
    (response.usage.input, response.usage.cacheRead) = (input, cached)
    (response.usage.output, response.usage.reasoning) = (output, reasoning)
    response.timing.firstToken = Int64(seconds * 1e9)
    response.timing.firstAnswer = Int64(seconds * 1e9)
    response.timing.end = Int64((seconds + Double(output) / tokensPerSecond) * 1e9)
    response.timing.chunks = output
    router.observe(response, route: route, input: input)
  }

  func fail(_ model: String, _ kind: ResponseError.Kind, wait: Double? = nil, input: Int = 1000) throws {
    let error = ResponseError(kind, "failed", retryAfter: wait.map { Int64($0 * 1e9) })
    router.failed(try Lane(parsing: model).model, error, input: input)
  }
}

/// A route from short words: `a/plain` is a model, anything else another route.
extension Route {
  static func of(_ text: String) throws -> Route {
    text.contains("/") ? .lane(try Lane(parsing: text)) : .named(text)
  }

  static func pick(_ goal: Pick.Goal, _ texts: String..., mostFirstAnswer: Int64? = nil) throws -> Route {
    .pick(Pick(goal, from: try texts.map(Route.of), mostFirstAnswer: mostFirstAnswer))
  }

  static func fallback(_ texts: String...) throws -> Route { .fallback(try texts.map(Route.of)) }

  static func race(_ texts: String..., hedge: Int64? = nil) throws -> Route {
    .race(try texts.map(Route.of), hedge: hedge)
  }
}

extension RouteDecision {
  var why: String {
    guard case .string(let text)? = reasons["why"] else { return "" }
    return text
  }

  /// A member of the reasons of one candidate of the outermost route, as text.
  func reason(_ model: String, _ name: String) -> String? {
    guard case .array(let candidates)? = reasons["candidates"] else { return nil }
    let found = candidates.first { $0["model"] == .string(model) || $0["route"] == .string(model) }
    switch found?[name] {
    case .string(let text)?: return text
    case .number(let text)?: return text
    default: return nil
    }
  }
}
