import Core
import Yams

/// Reads `routes`, once the providers are known.
extension ConfigReader {
  private static let keys: [(kind: String, others: [String])] = [
    ("pick", ["from", "max_ttfo_ms"]), ("fallback", []), ("race", ["rule", "hedge_ms"]),
    ("split", ["sticky", "judge", "seed"]), ("serve", ["shadow", "sample"]),
  ]

  mutating func readRoutes(_ node: Node, into config: inout Config) {
    let entries = members(node, "routes")
    let place = RoutePlace(names: entries.map(\.0), providers: config.services.map(\.id))
    for (name, entry) in entries {
      guard !name.isEmpty, !name.contains(where: { $0 == "/" || $0 == "," || $0.isWhitespace }) else {
        fault(
          entry,
          "‘\(name)’ cannot be a route's name: a name with a slash is a model, and commas and spaces are not sent")
        continue
      }
      if let route = route(entry, place) { config.routes[name] = route }
    }
    var told = Set<String>()
    for (name, entry) in entries where !told.contains(name) {
      guard let cycle = Route.cycle(from: name, in: config.routes) else { continue }
      told.formUnion(cycle)
      fault(entry, "route \(name) comes back to itself: \(cycle.joined(separator: " → "))")
    }
    guard told.isEmpty else { return }
    for (name, entry) in entries where (config.routes[name]?.laneCount(in: config.routes) ?? 0) > Route.mostLanes {
      fault(entry, "route \(name) has more than \(Route.mostLanes) models with those of the routes in it")
    }
  }

  private mutating func route(_ node: Node, _ place: RoutePlace) -> Route? {
    if let text = node.string { return named(text, node, place) }
    guard let mapping = node.mapping else {
      fault(
        node, "a route is a model, another route's name, or a mapping such as {fallback: [openai/gpt-5.6, local/x]}")
      return nil
    }
    let kinds = Self.keys.filter { mapping[$0.kind] != nil }
    guard let kind = kinds.first, kinds.count == 1, let value = mapping[kind.kind] else {
      let count = faults.count
      _ = members(node, "a route", known: Self.keys.flatMap { [$0.kind] + $0.others })
      let words = Self.keys.map(\.kind).joined(separator: ", ")
      if kinds.count > 1 {
        fault(node, "a route is one thing: \(kinds.map(\.kind).joined(separator: " and ")) cannot stand together")
      } else if faults.count == count {
        fault(node, "a route says what it does: it has one of \(words)")
      }
      return nil
    }
    let others = Dictionary(
      members(node, "a route with \(kind.kind)", known: [kind.kind] + kind.others),
      uniquingKeysWith: { first, _ in first })
    switch kind.kind {
    case "pick": return pick(value, others, node, place)
    case "fallback": return list(value, "fallback", place).map { .fallback($0) }
    case "race": return race(value, others, place)
    case "split": return split(value, others, place)
    default: return mirror(value, others, node, place)
    }
  }

  private mutating func pick(_ value: Node, _ others: [String: Node], _ node: Node, _ place: RoutePlace) -> Route? {
    guard let goal = value.string.flatMap(Route.Pick.Goal.init) else {
      let goals = Route.Pick.Goal.allCases.map(\.rawValue)
      let hint = nearest(to: value.string ?? "", in: goals).map { "; did you mean ‘\($0)’?" } ?? ""
      fault(value, "pick must be one of \(goals.joined(separator: ", "))\(hint)")
      return nil
    }
    guard let from = others["from"] else {
      fault(node, "pick needs a list to pick from: {pick: \(goal.rawValue), from: [openai/gpt-5.6, local/x]}")
      return nil
    }
    let most = others["max_ttfo_ms"].flatMap { milliseconds($0, "max_ttfo_ms", isZeroAllowed: false) }
    return list(from, "from", place).map { .pick(Route.Pick(goal, from: $0, mostFirstAnswer: most)) }
  }

  private mutating func race(_ value: Node, _ others: [String: Node], _ place: RoutePlace) -> Route? {
    if let node = others["rule"], node.string != RaceRule.firstToken.rawValue {
      let isRule = node.string.flatMap(RaceRule.init) != nil
      fault(
        node,
        isRule
          ? "a route races by first-token only: a client reads the answer while it is written, so nobody can win later"
          : "rule must be first-token")
    }
    let hedge = others["hedge_ms"].flatMap { milliseconds($0, "hedge_ms", isZeroAllowed: true) }
    return list(value, "race", place).map { .race($0, hedge: hedge) }
  }

  private mutating func split(_ value: Node, _ others: [String: Node], _ place: RoutePlace) -> Route? {
    var split = Route.Split([])
    for (name, weight) in members(value, "split") {
      guard let share = weight.number(in: 0...1e9) else {
        fault(weight, "the weight of \(name) must be a number from 0 to 1000000000, such as 90")
        continue
      }
      if let route = named(name, weight, place) { split.arms.append(Route.Split.Arm(route, weight: share)) }
    }
    if split.arms.allSatisfy({ $0.weight == 0 }) {
      fault(value, "a split needs models with their weights, such as {openai/gpt-5.6: 90, local/x: 10}")
      return nil
    }
    if let sticky = others["sticky"] {
      if sticky.string == "user" { split.isSticky = true } else { fault(sticky, "sticky must be user, or left out") }
    }
    if let seed = others["seed"] {
      if let number = seed.whole(in: 0...Int.max) {
        split.seed = UInt64(number)
      } else {
        fault(seed, "seed must be a whole number of at least 0")
      }
    }
    guard let judge = others["judge"] else { return .split(split) }
    for (name, node) in members(judge, "judge", known: ["model", "sample"]) {
      if name == "sample" {
        split.sample = share(node) ?? 1
      } else if case .lane(let lane)? = named(node.string ?? "", node, place) {
        split.judge = lane
      } else if node.string.map({ !$0.contains("/") }) ?? true {
        fault(node, "a judge is a model, such as anthropic/claude-sonnet-5")
      }
    }
    if split.judge == nil, judge.mapping?["model"] == nil { fault(judge, "judge needs a model") }
    return .split(split)
  }

  private mutating func mirror(_ value: Node, _ others: [String: Node], _ node: Node, _ place: RoutePlace) -> Route? {
    guard let shadow = others["shadow"] else {
      fault(node, "serve needs a list of those who are asked as well: {serve: openai/gpt-5.6, shadow: [local/x]}")
      return nil
    }
    let sample = others["sample"].map { share($0) ?? 1 } ?? 1
    let shadows = shadow.string.map { named($0, shadow, place).map { [$0] } } ?? list(shadow, "shadow", place)
    guard let serve = route(value, place), let shadows else { return nil }
    return .mirror(Route.Mirror(serve: serve, shadows: shadows, sample: sample))
  }

  private mutating func list(_ node: Node, _ name: String, _ place: RoutePlace) -> [Route]? {
    guard let nodes = node.sequence.map(Array.init), !nodes.isEmpty else {
      fault(node, "\(name) must be a list of models or routes, such as [openai/gpt-5.6, local/smollm2-135m]")
      return nil
    }
    let routes = nodes.compactMap { route($0, place) }
    return routes.count == nodes.count ? routes : nil
  }

  /// A model or another route.
  private mutating func named(_ text: String, _ node: Node, _ place: RoutePlace) -> Route? {
    guard text.contains("/") else {
      if place.names.contains(text) { return .named(text) }
      let hint = nearest(to: text, in: place.names).map { "; did you mean ‘\($0)’?" } ?? ""
      fault(node, "no route is called ‘\(text)’, and a model is written provider/model\(hint)")
      return nil
    }
    do throws(InvalidLane) {
      let lane = try Lane(parsing: text)
      if place.providers.contains(lane.model.provider) { return .lane(lane) }
      let hint = nearest(to: lane.model.provider, in: place.providers).map { "; did you mean ‘\($0)’?" } ?? ""
      fault(node, "no provider ‘\(lane.model.provider)’ (in ‘\(text)’)\(hint)")
    } catch {
      fault(node, error.message)
    }
    return nil
  }

  private mutating func milliseconds(_ node: Node, _ name: String, isZeroAllowed: Bool) -> Int64? {
    if let value = node.number(in: 0...86_400_000), value > 0 || isZeroAllowed {
      return Int64(saturating: value * 1e6)
    }
    fault(node, "\(name) must be a number of milliseconds, up to 86400000 (a day)")
    return nil
  }

  private mutating func share(_ node: Node) -> Double? {
    if let value = node.number(in: 0...1) { return value }
    fault(node, "sample must be a share from 0 to 1, such as 0.05")
    return nil
  }
}

/// What an entry of a route may name.
private struct RoutePlace {
  var names: [String]
  var providers: [String]
}
