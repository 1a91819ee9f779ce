import Core

/// The kinds of routes, each with what it makes of its parts.
extension RouterState {
  mutating func evaluate(_ route: Route, _ scene: RouteScene) -> RouteBranch {
    switch route {
    case .lane(let lane):
      let name = lane.text
      let forecast = forecast(lane, name, scene)
      let standing = standing(lane, forecast, scene)
      return RouteBranch(
        plan: .lane(lane), standing: standing, forecast: forecast, reasons: forecast.reasons(name, standing),
        title: name)
    case .named(let name):
      var inner = scene
      inner.enclosing = name
      var branch = evaluate(routes[name] ?? .fallback([]), inner)
      // A name for one model is that model.
      if branch.reasons["route"] != nil { branch.reasons["route"] = .string(name) }
      branch.title = name
      return branch
    case .pick(let pick): return evaluate(pick, scene)
    case .fallback(let routes):
      let branches = routes.map { evaluate($0, scene) }
      let order = ranked(branches) { _ in 0 }
      return inTurn(branches, order, kind: "fallback", scene, why: Self.fallbackWhy(branches, order))
    case .race(let routes, let hedge): return race(routes, hedge, scene)
    case .split(let split): return evaluate(split, scene)
    case .mirror(let mirror):
      var branch = evaluate(mirror.serve, scene)
      var chance = RouteChance.source(seed, "mirror", scene.enclosing, scene.request.call)
      let isMirrored = chance.uniform() < mirror.sample
      if isMirrored { branch.shadows += shadows(mirror.shadows, scene) }
      branch.reasons = [
        "route": .string(scene.enclosing), "kind": "mirror", "candidates": [branch.reasons],
        "chosen": .string(branch.title),
        "why": .string(
          isMirrored
            ? "\(branch.title) serves; \(branch.shadows.map(\.text).joined(separator: ", ")) get the same unseen"
            : "\(branch.title) serves; this call is not mirrored"),
      ]
      return branch
    }
  }

  // MARK: - Pick

  private mutating func evaluate(_ pick: Route.Pick, _ scene: RouteScene) -> RouteBranch {
    var scene = scene
    if let tersest = pick.candidates.compactMap({ tersestOutput($0, scene.name) }).min() {
      // Whoever has no past gets the benefit of the doubt, and is found out by being tried.
      scene.priorOutput = tersest
    }
    if pick.goal == .fastest { scene.drawsSpeed = true }
    var branches = pick.candidates.map { evaluate($0, scene) }
    if let most = pick.mostFirstAnswer { holdBack(&branches, slowerThan: Double(most) / 1e9) }
    switch pick.goal {
    case .cheapest:
      // One pico-dollar is the difference between two prices; unknown ones come after all.
      let order = ranked(branches) { Double($0.forecast.cost?.picoDollars ?? .max) }
      return inTurn(branches, order, kind: "cheapest", scene, why: Self.cheapestWhy(branches, order))
    case .fastest:
      var order = ranked(branches) { branch in
        branch.forecast.isUntried ? -1 : branch.forecast.drawnEnd ?? .infinity
      }
      let ready = order.filter { branches[$0].standing == .ready }
      var chance = RouteChance.source(seed, "explore", scene.enclosing, scene.request.call)
      let isUntried = order.first.map { branches[$0].forecast.isUntried } ?? false
      var explores = false
      if ready.count > 1, !isUntried, chance.uniform() < Self.exploration {
        explores = true
        let place = ready[1 + chance.index(below: ready.count - 1)]
        order.removeAll { $0 == place }
        order.insert(place, at: 0)
      }
      let why = explores ? Self.explorationWhy : Self.fastestWhy(branches, order)
      return inTurn(branches, order, kind: "fastest", scene, why: why)
    }
  }

  /// The share of calls that go to another than the best, so that it is known when another has become the best.
  static let exploration = 0.05

  private func tersestOutput(_ route: Route, _ name: String) -> Double? {
    switch route {
    case .lane(let lane): history.meanOutput(Contender(lane), route: name)
    case .named(let other): routes[other].flatMap { tersestOutput($0, name) }
    default: route.children.compactMap { tersestOutput($0, name) }.min()
    }
  }

  /// Those that are surely slower go last, unless all are.
  private func holdBack(_ branches: inout [RouteBranch], slowerThan most: Double) {
    let slow = branches.indices.filter { (branches[$0].forecast.firstAnswerAtBest ?? 0) > most }
    guard slow.count < branches.count else { return }
    for index in slow where branches[index].standing == .ready {
      let time = branches[index].forecast.firstAnswer.map(Forecast.text) ?? ""
      let reason = "first answer after \(time), more than \(Forecast.text(most))"
      branches[index].standing = .later(reason)
      branches[index].reasons["excluded"] = .string(reason)
    }
  }

  // MARK: - Several at once, or one by chance

  private mutating func race(_ routes: [Route], _ hedge: Int64?, _ scene: RouteScene) -> RouteBranch {
    let branches = routes.map { evaluate($0, scene) }
    let ready = branches.indices.filter { branches[$0].standing == .ready }
    let runners = ready.isEmpty ? Array(branches.indices) : ready
    let chosen = runners.map { branches[$0] }
    let pause = hedge.map { "one after the other, \(decimalText(Double($0) / 1e6)) ms apart while nothing has come" }
    var why = (pause ?? "all at once") + "; the first token wins"
    if ready.isEmpty { why += "; none may be asked now, so all are tried anyway" }
    var branch = RouteBranch(
      plan: .together(chosen.map(\.plan), hedge: hedge), standing: chosen.first?.standing ?? .out("it is empty"),
      forecast: chosen.first?.forecast ?? Forecast(), reasons: .null, title: scene.enclosing)
    // Without a pause between them, all are paid for.
    if hedge == nil, chosen.allSatisfy({ $0.forecast.cost != nil }) {
      branch.forecast.cost = chosen.reduce(.zero) { $0 + ($1.forecast.cost ?? .zero) }
    }
    branch.forecast.end = chosen.compactMap(\.forecast.end).min()
    branch.forecast.drawnEnd = chosen.compactMap(\.forecast.drawnEnd).min()
    branch.shadows = chosen.flatMap(\.shadows)
    branch.judge = chosen.lazy.compactMap(\.judge).first
    branch.reasons = node("race", scene, branches, runners, why)
    return branch
  }

  private mutating func evaluate(_ split: Route.Split, _ scene: RouteScene) -> RouteBranch {
    let user = split.isSticky ? scene.request.user : nil
    let who = user.map { "user \($0)" } ?? "call \(scene.request.call)"
    var chance = RouteChance.source(split.seed, "split", scene.enclosing, who)
    let place = RouteChance.place(chance.uniform(), split.arms.map(\.weight))
    var branch = evaluate(split.arms[place].route, scene)
    var candidates: [JSON] = []
    for (index, arm) in split.arms.enumerated() {
      var entry = index == place ? branch.reasons : ["model": .string(Self.title(arm.route))]
      entry["weight"] = .double(arm.weight)
      candidates.append(entry)
    }
    let total = split.arms.reduce(0) { $0 + $1.weight }
    var why =
      "\(branch.title) by \(user == nil ? "this call's" : "this user's") draw, weight \(decimalText(split.arms[place].weight)) of \(decimalText(total))"
    if branch.standing != .ready { why += "; an arm stands alone, whatever its state" }
    if let judge = split.judge, isSampled(split, scene) {
      let others = split.arms.indices.filter { $0 != place && split.arms[$0].weight > 0 }.map { split.arms[$0].route }
      branch.shadows += shadows(others, scene)
      branch.judge = judge
      why += "; \(judge.text) compares it with the other arms"
    }
    branch.reasons = [
      "route": .string(scene.enclosing), "kind": "split", "candidates": .array(candidates),
      "chosen": .string(branch.title), "why": .string(why),
    ]
    return branch
  }

  private func isSampled(_ split: Route.Split, _ scene: RouteScene) -> Bool {
    var chance = RouteChance.source(split.seed, "judge", scene.enclosing, scene.request.call)
    return chance.uniform() < split.sample
  }

  /// The models that other routes come to; without those that cannot be had.
  private mutating func shadows(_ routes: [Route], _ scene: RouteScene) -> [Lane] {
    routes.compactMap { route in
      let branch = evaluate(route, scene)
      return branch.standing.isExcluded ? nil : branch.lane
    }
  }

  // MARK: - Putting together

  /// Places in the order to ask them, the ready ones by `value` first; those that are out are left out unless all are.
  private func ranked(_ branches: [RouteBranch], by value: (RouteBranch) -> Double) -> [Int] {
    let keys = branches.map { (rank: $0.standing.rank, value: value($0)) }
    let order = branches.indices.sorted { a, b in (keys[a].rank, keys[a].value, a) < (keys[b].rank, keys[b].value, b) }
    let kept = order.filter { !branches[$0].standing.isExcluded }
    // The others are a last hope: better asked in vain than not at all.
    guard kept.isEmpty else { return kept + order.filter { branches[$0].standing.isExcluded } }
    // Of those that cannot read it all by what is known, the largest is the likeliest.
    func room(_ place: Int) -> Int {
      if case .tooSmall = branches[place].standing { return branches[place].forecast.window ?? 0 }
      return 0
    }
    return order.sorted { a, b in
      (keys[a].rank, -room(a), keys[a].value, a) < (keys[b].rank, -room(b), keys[b].value, b)
    }
  }

  private func inTurn(
    _ branches: [RouteBranch], _ order: [Int], kind: String, _ scene: RouteScene, why: String
  ) -> RouteBranch {
    guard let first = order.first.map({ branches[$0] }) else {
      return RouteBranch(
        plan: .inTurn([]), standing: .out("it is empty"), forecast: Forecast(), reasons: .null, title: scene.enclosing)
    }
    var why = why
    if first.standing.isExcluded { why = "none may be asked, so all are tried anyway: \(first.title) first" }
    var branch = first
    branch.plan = .inTurn(order.map { branches[$0].plan })
    branch.reasons = node(kind, scene, branches, order, why)
    branch.reasons["chosen"] = .string(first.title)
    branch.title = scene.enclosing
    return branch
  }

  /// Candidates in the order they are asked, then those left out.
  private func node(
    _ kind: String, _ scene: RouteScene, _ branches: [RouteBranch], _ order: [Int], _ why: String
  ) -> JSON {
    let places = order + branches.indices.filter { !order.contains($0) }
    let chosen = order.map { branches[$0].title }.joined(separator: ", ")
    return [
      "route": .string(scene.enclosing), "kind": .string(kind),
      "candidates": .array(places.map { branches[$0].reasons }), "chosen": .string(chosen), "why": .string(why),
    ]
  }

  private static func title(_ route: Route) -> String {
    switch route {
    case .lane(let lane): lane.text
    case .named(let name): name
    default: route.kind
    }
  }
}
