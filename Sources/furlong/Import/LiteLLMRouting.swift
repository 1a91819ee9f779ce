import Core
import Yams

/// Strategy, aliases and fallbacks of LiteLLM's router, and what routes come of them.
struct LiteLLMRouting {
  private var strategy: String?
  private var fallbacks: [String: [String]] = [:]
  private var contextFallbacks: [String: [String]] = [:]
  private var defaultFallbacks: [String] = []
  private var aliases: [(name: String, group: String)] = []

  /// Whether a setting was taken.
  mutating func read(_ key: String, _ value: Node) -> Bool {
    switch key {
    case "routing_strategy": strategy = value.string
    case "fallbacks": fallbacks = merged(value, with: fallbacks)
    case "context_window_fallbacks": contextFallbacks = merged(value, with: contextFallbacks)
    case "default_fallbacks": defaultFallbacks += value.sequence.map { $0.compactMap(\.string) } ?? []
    case "model_group_alias":
      for (name, target) in value.mapping ?? [:] {
        guard let name = name.string, let group = target.string ?? target.mapping?["model"]?.string else { continue }
        aliases.append((name, group))
      }
    default: return false
    }
    return true
  }

  /// `[{group: [others]}]`; the group `*` is everybody.
  private mutating func merged(_ list: Node, with table: [String: [String]]) -> [String: [String]] {
    var table = table
    for entry in list.sequence ?? [] {
      for (group, others) in entry.mapping ?? [:] {
        guard let group = group.string else { continue }
        let names = others.sequence.map { $0.compactMap(\.string) } ?? []
        if group == "*" { defaultFallbacks += names } else { table[group, default: []] += names }
      }
    }
    return table
  }

  // MARK: - Writing

  func write(into config: inout LiteLLMConfig) {
    var groups: [(name: String, deployments: [LiteLLMConfig.Deployment])] = []
    for one in config.deployments {
      if let index = groups.firstIndex(where: { $0.name == one.group }) {
        groups[index].deployments.append(one)
      } else {
        groups.append((one.group, [one]))
      }
    }
    if let strategy, !Self.strategies.contains(strategy), groups.contains(where: { $0.deployments.count > 1 }) {
      config.note("router_settings.routing_strategy", "‘\(strategy)’ has no counterpart: pick: fastest is the nearest")
    }
    var plans: [String: Route] = [:]
    for group in groups { plans[group.name] = plan(group.deployments, &config) }
    var names: [String: String] = [:]
    for group in groups {
      // What is asked for by its own name needs no route.
      if plans[group.name].map({ isOnly(group.name, $0) }) ?? true, targets(of: group.name).isEmpty { continue }
      let name = routeName(group.name, taken: names.values)
      if name != group.name {
        config.note(
          group.deployments[0].place + ".model_name", "is ‘\(name)’ here: ‘\(group.name)’ cannot name a route")
      }
      names[group.name] = name
    }
    for group in groups {
      guard let name = names[group.name], let plan = plans[group.name] else { continue }
      var steps = Self.steps(plan)
      for target in targets(of: group.name) {
        guard let route = reference(target, names, plans, config) else {
          config.note("fallbacks.\(group.name)", "‘\(target)’ is not in model_list")
          continue
        }
        for step in Self.steps(route) where !steps.contains(step) { steps.append(step) }
      }
      config.routes.append((name, steps.count > 1 ? .fallback(steps) : plan))
    }
    for group in Set(fallbacks.keys).union(contextFallbacks.keys).sorted() where plans[group] == nil {
      config.note("fallbacks.\(group)", "is not in model_list")
    }
    for (alias, group) in aliases {
      let name = routeName(alias, taken: [])
      guard let route = reference(group, names, plans, config, isAlias: true) else {
        config.note("router_settings.model_group_alias.\(alias)", "‘\(group)’ is not in model_list")
        continue
      }
      guard !config.routes.contains(where: { $0.name == name }) else {
        config.note("router_settings.model_group_alias.\(alias)", "there is a model of this name already")
        continue
      }
      config.routes.append((name, route))
    }
  }

  private static let strategies = ["simple-shuffle", "latency-based-routing", "cost-based-routing"]

  private func targets(of group: String) -> [String] {
    let own = fallbacks[group] ?? defaultFallbacks
    return (own + (contextFallbacks[group] ?? [])).filter { $0 != group }
  }

  private func isOnly(_ name: String, _ route: Route) -> Bool {
    if case .lane(let lane) = route { return lane.text == name }
    return false
  }

  /// A group without those it falls back to.
  private func plan(_ all: [LiteLLMConfig.Deployment], _ config: inout LiteLLMConfig) -> Route {
    let orders = Set(all.map { $0.order ?? 1 }).sorted()
    if orders.count > 1 {
      return .fallback(orders.flatMap { order in Self.steps(plan(all.filter { ($0.order ?? 1) == order }, &config)) })
    }
    let weights = self.weights(all)
    var lanes: [Lane] = []
    var shares: [Double] = []
    for (index, one) in all.enumerated() {
      let weight = weights?[index] ?? 0
      if let same = lanes.firstIndex(of: one.lane) {
        shares[same] += weight
      } else {
        lanes.append(one.lane)
        shares.append(weight)
      }
    }
    let routes = lanes.map { Route.lane($0) }
    if let only = routes.first, routes.count == 1 { return only }
    switch strategy {
    case "cost-based-routing": return .pick(Route.Pick(.cheapest, from: routes))
    case nil, "simple-shuffle":
      if weights == nil { return .pick(Route.Pick(.fastest, from: routes)) }
      let arms = routes.indices.map { Route.Split.Arm(routes[$0], weight: shares[$0]) }
      // An arm stands alone; LiteLLM would go on to the others.
      return .fallback([.split(Route.Split(arms))] + routes)
    default: return .pick(Route.Pick(.fastest, from: routes))
    }
  }

  /// As LiteLLM weighs: by what the first one has. Nil when nothing tells them apart.
  private func weights(_ all: [LiteLLMConfig.Deployment]) -> [Double]? {
    for weight in [\LiteLLMConfig.Deployment.weight, \.requests, \.tokens] where all[0][keyPath: weight] != nil {
      let weights = all.map { max(0, $0[keyPath: weight] ?? 0) }
      if weights.contains(where: { $0 > 0 }) { return weights }
    }
    return nil
  }

  private static func steps(_ route: Route) -> [Route] {
    if case .fallback(let steps) = route { return steps }
    return [route]
  }

  /// Another group in a route: by its name, or in place where that would lead on to its own fallbacks, perhaps back here.
  private func reference(
    _ target: String, _ names: [String: String], _ plans: [String: Route], _ config: LiteLLMConfig,
    isAlias: Bool = false
  ) -> Route? {
    if let plan = plans[target] {
      if let name = names[target], isAlias || targets(of: target).isEmpty { return .named(name) }
      return plan
    }
    return config.deployments.first { $0.id == target }.map { .lane($0.lane) }
  }

  /// A route's name has no slash, comma or space.
  private func routeName(_ name: String, taken: some Collection<String>) -> String {
    let plain = String(name.map { $0 == "/" || $0 == "," || $0.isWhitespace ? "-" : $0 })
    var (free, number) = (plain.isEmpty ? "model" : plain, 1)
    while taken.contains(free) {
      number += 1
      free = "\(plain)-\(number)"
    }
    return free
  }
}
