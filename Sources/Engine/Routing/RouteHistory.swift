import Core

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A model as routing tells them apart.
struct Contender: Hashable {
  var model: ModelID
  var effort: String?

  init(model: ModelID, effort: String?) {
    self.model = model
    self.effort = effort
  }

  init(_ lane: Lane) { self.init(model: lane.model, effort: lane.parameters.effort) }
}

/// What models have done so far, forgetting as it learns. Owned by a router, behind its lock.
struct RouteHistory {
  private(set) var models: [Contender: ModelHistory] = [:]
  /// How much each model writes and reads from a cache on one route.
  private var routes: [RouteKey: Habit] = [:]
  /// Clients name models at will.
  private static let mostModels = 4096

  private struct RouteKey: Hashable {
    var route: String
    var contender: Contender
  }

  /// - Parameters:
  ///   - route: nil when it is no route of the config.
  ///   - time: nanoseconds on the router's clock.
  mutating func add(_ observation: RouteObservation, route: String?, at time: Int64) {
    let contender = Contender(model: observation.model, effort: observation.effort)
    guard models[contender] != nil || models.count < Self.mostModels else { return }
    models[contender, default: ModelHistory()].add(observation, at: time)
    if observation.isWhole, let route {
      routes[RouteKey(route: route, contender: contender), default: Habit()].add(observation)
    }
  }

  /// How much a model is seen to write through this route, else at all; nil when it never did.
  func meanOutput(_ contender: Contender, route: String) -> Double? {
    let habit = routes[RouteKey(route: route, contender: contender)] ?? models[contender]?.habit
    return habit.flatMap { $0.count > 0 ? $0.output : nil }
  }

  /// The route's own mean drawn to the model's, and that to the prior: weights of five and three calls.
  func habit(_ contender: Contender, _ past: ModelHistory?, route: String, priorOutput: Double) -> Habit {
    var prior = Habit()
    prior.output = priorOutput
    let overall = (past?.habit ?? Habit()).shrunk(to: prior, weight: 3)
    return (routes[RouteKey(route: route, contender: contender)] ?? Habit()).shrunk(to: overall, weight: 5)
  }
}

/// How much a model writes, thinks and finds in its cache: running means over about the last fifty calls.
struct Habit {
  var output = 0.0
  /// Shares of the output and of the input.
  var reasoningShare = 0.0
  var cachedShare = 0.0
  private(set) var count = 0.0
  private static let memory = 50.0

  mutating func add(_ observation: RouteObservation) {
    count = min(count + 1, Self.memory)
    func draw(_ mean: inout Double, _ value: Double) { mean += (value - mean) / count }
    draw(&output, Double(observation.output))
    draw(&reasoningShare, Double(observation.reasoning) / Double(max(1, observation.output)))
    draw(&cachedShare, Double(observation.cacheRead) / Double(max(1, observation.input)))
  }

  func shrunk(to other: Habit, weight: Double) -> Habit {
    var result = self
    func draw(_ path: WritableKeyPath<Habit, Double>) {
      result[keyPath: path] = (count * self[keyPath: path] + weight * other[keyPath: path]) / (count + weight)
    }
    draw(\.output)
    draw(\.reasoningShare)
    // A cache that nobody has seen at work is not counted on; one that was is believed.
    result.cachedShare = count > 0 ? cachedShare : other.cachedShare
    return result
  }
}

struct ModelHistory {
  private(set) var habit = Habit()
  /// Logarithms of seconds: times are multiples of one another.
  private(set) var firstAnswer = RecentMean()
  private(set) var perToken = RecentMean()
  private(set) var samples = 0

  mutating func add(_ observation: RouteObservation, at time: Int64) {
    samples += 1
    if observation.isWhole { habit.add(observation) }
    if let nanoseconds = observation.firstAnswer {
      firstAnswer.add(log(max(1e-4, Double(nanoseconds) / 1e9)), at: time)
    }
    if let speed = observation.tokensPerSecond, speed > 0 { perToken.add(-log(speed), at: time) }
  }
}

/// A mean that forgets: what is half an hour older weighs half, and each value leaves a twentieth less of those before it. Its
/// spread is drawn to that of half a magnitude (in logarithms) with the weight of one value.
struct RecentMean {
  private(set) var mean = 0.0
  private var weight = 0.0
  private var squares = 0.0
  private var last: Int64 = 0

  static let halfLife = 30.0 * 60 * 1e9
  private static let kept = 0.95
  private static let priorVariance = 0.25

  var isEmpty: Bool { weight == 0 }

  /// West's weighted update (1979).
  mutating func add(_ value: Double, at time: Int64) {
    let left = isEmpty ? 0 : Self.kept * fading(at: time)
    weight = weight * left + 1
    squares *= left
    last = max(last, time)
    let step = value - mean
    mean += step / weight
    squares += step * (value - mean)
  }

  /// How far the mean may be off: grows again while nothing comes.
  func standardError(at time: Int64) -> Double {
    let now = weight * fading(at: time)
    let variance = (squares + Self.priorVariance) / (weight + 1)
    return min(1.5, (variance / max(now, 0.02)).squareRoot())
  }

  private func fading(at time: Int64) -> Double { exp2(-Double(max(0, time - last)) / Self.halfLife) }
}
