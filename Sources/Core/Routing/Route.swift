/// Who answers when a client asks for a name: one entry of the config's `routes`. Plain data; a `Router` decides by it.
public indirect enum Route: Equatable, Sendable {
  case lane(Lane)
  /// Another route, by its name.
  case named(String)
  case pick(Pick)
  /// As written; the next one when those before it have failed without a token.
  case fallback([Route])
  /// The first token wins; with `hedge`, each starts so many nanoseconds after the one before it.
  case race([Route], hedge: Int64?)
  case split(Split)
  case mirror(Mirror)

  /// The best of several by what is known of them.
  public struct Pick: Equatable, Sendable {
    public enum Goal: String, CaseIterable, Sendable { case cheapest, fastest }

    public var goal: Goal
    public var candidates: [Route]
    /// Nanoseconds to the first visible answer (TTFO) at the most, while anybody keeps to it.
    public var mostFirstAnswer: Int64?

    public init(_ goal: Goal, from candidates: [Route], mostFirstAnswer: Int64? = nil) {
      self.goal = goal
      self.candidates = candidates
      self.mostFirstAnswer = mostFirstAnswer
    }
  }

  /// Shares of the calls: an arm stands alone, so that what is said of it is true of it.
  public struct Split: Equatable, Sendable {
    public struct Arm: Equatable, Sendable {
      public var route: Route
      public var weight: Double

      public init(_ route: Route, weight: Double) {
        self.route = route
        self.weight = weight
      }
    }

    public var arms: [Arm]
    /// The same person always gets the same arm; else each call draws anew.
    public var isSticky: Bool
    public var judge: Lane?
    /// The share of calls that the judge compares with the other arms.
    public var sample: Double
    public var seed: UInt64

    public init(_ arms: [Arm], isSticky: Bool = false, judge: Lane? = nil, sample: Double = 1, seed: UInt64 = 0) {
      self.arms = arms
      self.isSticky = isSticky
      self.judge = judge
      self.sample = sample
      self.seed = seed
    }
  }

  /// One answers; others are asked the same for a share of the calls, and nobody waits for them.
  public struct Mirror: Equatable, Sendable {
    public var serve: Route
    public var shadows: [Route]
    public var sample: Double

    public init(serve: Route, shadows: [Route], sample: Double = 1) {
      self.serve = serve
      self.shadows = shadows
      self.sample = sample
    }
  }
}

extension Route {
  /// As the config and the reasons of a decision call it.
  public var kind: String {
    switch self {
    case .lane: "model"
    case .named: "route"
    case .pick(let pick): pick.goal.rawValue
    case .fallback: "fallback"
    case .race: "race"
    case .split: "split"
    case .mirror: "mirror"
    }
  }

  /// The routes directly in it, shadows included.
  public var children: [Route] {
    switch self {
    case .lane, .named: []
    case .pick(let pick): pick.candidates
    case .fallback(let routes), .race(let routes, _): routes
    case .split(let split): split.arms.map(\.route)
    case .mirror(let mirror): [mirror.serve] + mirror.shadows
    }
  }

  /// Every model named in it, judges included; not those of other routes that it names.
  public var lanes: [Lane] {
    var lanes = children.flatMap(\.lanes)
    if case .lane(let lane) = self { lanes.append(lane) }
    if case .split(let split) = self, let judge = split.judge { lanes.append(judge) }
    return lanes
  }

  /// Every other route that it names.
  public var names: [String] {
    if case .named(let name) = self { return [name] }
    return children.flatMap(\.names)
  }

  /// Candidates of the largest route: more would make a decision slow.
  public static let mostLanes = 64

  /// How a route comes back to itself: its name, those between, its name again. Nil when it does not.
  public static func cycle(from name: String, in routes: [String: Route]) -> [String]? {
    var seen = Set<String>()
    func path(_ current: String) -> [String]? {
      for next in routes[current]?.names ?? [] {
        if next == name { return [current, name] }
        if seen.insert(next).inserted, let rest = path(next) { return [current] + rest }
      }
      return nil
    }
    return path(name)
  }

  /// How many lanes a route has with all that it names; no more than one above `mostLanes` is counted. The routes have no cycle.
  public func laneCount(in routes: [String: Route]) -> Int {
    switch self {
    case .lane: return 1
    case .named(let name): return routes[name]?.laneCount(in: routes) ?? 0
    default:
      var count = 0
      for child in children where count <= Self.mostLanes { count += child.laneCount(in: routes) }
      return min(count, Self.mostLanes + 1)
    }
  }
}
