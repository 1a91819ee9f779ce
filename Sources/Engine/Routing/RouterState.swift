import Core
import Providers

/// What a router knows and decides by. Owned by it, behind its lock.
struct RouterState {
  let routes: [String: Route]
  let services: [String: Service]
  /// Those whose key is there, or that need none.
  let usable: Set<String>
  let prices: PriceBook
  let seed: UInt64
  var history = RouteHistory()
  var health = RouteHealth()
  private var brackets: [ModelID: PriceBrackets] = [:]
  /// When a contender that has shown nothing yet was last asked.
  private var trials: [Contender: Int64] = [:]

  /// - Parameter date: now, in seconds since 1970.
  init(
    routes: [String: Route], services: [String: Service], usable: Set<String>, prices: PriceBook, seed: UInt64,
    date: Int64
  ) {
    self.routes = routes
    self.services = services
    self.usable = usable
    self.prices = prices
    self.seed = seed
    // Looking up a price for the first time takes half a millisecond.
    for lane in routes.values.flatMap(\.lanes) { _ = bracketed(lane.model, date: date) }
  }

  /// A trial that has told nothing by then is made again.
  static let trialTime = 300 * RouteHealth.second
  /// What a model is taken to write when nobody knows: a page.
  static let priorOutput = 500.0

  mutating func decide(
    _ name: String, _ route: Route, _ request: RouteRequest, now: Int64, date: Int64
  ) -> RouteDecision {
    let scene = RouteScene(name: name, enclosing: name, request: request, seed: seed, now: now, date: date)
    var branch = evaluate(route, scene)
    if branch.reasons["candidates"] == nil, let lane = branch.lane {
      branch.reasons = [
        "route": .string(name), "kind": "model", "candidates": [branch.reasons], "chosen": .string(lane.text),
        "why": .string(routes[name] == nil ? "asked for by its name" : "\(name) stands for it"),
      ]
    }
    var lanes: [Lane] = []
    let order = branch.plan.order(numbering: &lanes)
    for lane in branch.plan.first {
      health.started(lane.model.provider, now: now)
      let contender = Contender(lane)
      if history.models[contender] == nil {
        if trials.count >= 4096 { trials = trials.filter { now - $0.value < Self.trialTime } }
        trials[contender] = now
      }
    }
    var decision = RouteDecision(name: name, lanes: lanes, order: order, reasons: branch.reasons)
    decision.shadows = branch.shadows
    decision.judge = branch.judge
    return decision
  }

  // MARK: - One model

  /// - Parameter name: the lane's text.
  mutating func forecast(_ lane: Lane, _ name: String, _ scene: RouteScene) -> Forecast {
    var forecast = Forecast()
    let contender = Contender(lane)
    let request = scene.request
    let price = bracketed(lane.model, date: scene.date)
    let past = history.models[contender]
    let habit = history.habit(contender, past, route: scene.name, priorOutput: scene.priorOutput)
    let cap =
      [request.maxTokens, lane.parameters.maxTokens].compactMap { $0 }.min()
      ?? services[lane.model.provider]?.defaultMaxTokens
    let output = min(habit.output, cap.map(Double.init) ?? .infinity)
    let reasoning = Int(saturating: (output * habit.reasoningShare).rounded())
    forecast.output = Int(saturating: output.rounded())
    // What was sent before is the most that can be in a cache.
    let most = min(request.input, request.cachedPrefix ?? request.input)
    forecast.cached = min(most, Int(saturating: (Double(request.input) * habit.cachedShare).rounded()))
    forecast.cost = price?.cost(
      input: request.input, cached: forecast.cached, output: forecast.output, reasoning: min(reasoning, forecast.output)
    )
    forecast.window = health.room(lane.model, recorded: price?.window)
    guard let past else {
      forecast.isUntried = trials[contender].map { scene.now - $0 >= Self.trialTime } ?? true
      return forecast
    }
    forecast.samples = past.samples
    forecast.readTimes(past, visible: max(0, forecast.output - reasoning), scene, name)
    return forecast
  }

  func standing(_ lane: Lane, _ forecast: Forecast, _ scene: RouteScene) -> Standing {
    guard services[lane.model.provider] != nil else { return .out("there is no provider \(lane.model.provider)") }
    guard usable.contains(lane.model.provider) else { return .out("no key for \(lane.model.provider)") }
    return health.standing(lane.model, room: forecast.window, scene.request, now: scene.now)
  }

  private mutating func bracketed(_ model: ModelID, date: Int64) -> PriceBrackets? {
    if let known = brackets[model], date < known.expires { return known }
    guard let service = services[model.provider] else { return nil }
    if brackets.count >= 4096 { brackets = [:] }
    let found = PriceBrackets(model.model, of: service, prices: prices, date: date)
    brackets[model] = found
    return found
  }
}

/// One decision in the making: what it is about, and where in the routes it is.
struct RouteScene {
  /// What was asked for: whose history counts.
  var name: String
  /// The nearest route with a name: what chance is drawn by.
  var enclosing: String
  var request: RouteRequest
  var seed: UInt64
  var now: Int64
  var date: Int64
  /// How much a model without a past is taken to write.
  var priorOutput = RouterState.priorOutput
  /// Somebody further out picks the fastest.
  var drawsSpeed = false
}

/// What is expected of one candidate for this very call.
struct Forecast {
  var cost: Money?
  var output = 0
  var cached = 0
  var window: Int?
  /// Seconds, by the middle of what was seen; nil when nothing was.
  var firstAnswer: Double?
  /// The same with the benefit of the doubt.
  var firstAnswerAtBest: Double?
  var tokensPerSecond: Double?
  /// Seconds to the end of the expected answer, by the middle and by a draw that doubts it.
  var end: Double?
  var drawnEnd: Double?
  var samples = 0
  var isUntried = false
}
