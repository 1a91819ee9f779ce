import Core
import Providers
import Synchronization

/// Decides who is asked for a name, and learns from what comes of it. One for a gateway; any thread; a decision reads nothing
/// but memory.
public final class Router: Sendable {
  public let routes: [String: Route]
  private let services: [String: Service]
  private let names: ModelNames
  /// Providers whose key is there, or that need none.
  private let usable: Set<String>
  private let state: Mutex<RouterState>
  private let clock: Clock

  /// - Parameters:
  ///   - routes: without cycles, as the config's reader leaves them.
  ///   - seed: the same calls in the same order are then decided the same way.
  ///   - hasKey: whether a service's key is there, told without running anything.
  public init(
    routes: [String: Route], services: [Service], prices: PriceBook, seed: UInt64 = 0,
    hasKey: (Service) -> Bool = { _ in true }, clock: Clock = .system
  ) {
    self.routes = routes
    self.clock = clock
    self.services = Dictionary(services.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let usable = services.filter { !$0.needsKey || hasKey($0) }
    self.usable = Set(usable.map(\.id))
    names = ModelNames(usable, prices: prices, lanes: routes.values.flatMap(\.lanes))
    state = Mutex(
      RouterState(
        routes: routes, services: self.services, usable: self.usable, prices: prices, seed: seed,
        date: clock.date()))
  }

  /// Who is asked for a name: a route, `provider/model` with parameters after commas, or a model that one provider has.
  public func decide(_ name: String, request: RouteRequest) -> Result<RouteDecision, RouteFault> {
    let route: Route
    if let known = routes[name] {
      route = known
    } else {
      switch lane(name) {
      case .success(let lane): route = .lane(lane)
      case .failure(let fault): return .failure(fault)
      }
    }
    let (time, date) = (clock.now(), clock.date())
    return .success(state.withLock { $0.decide(name, route, request, now: time, date: date) })
  }

  /// Learns from a response that has ended, however it ended.
  /// - Parameters:
  ///   - route: the name it was asked by.
  ///   - input: as in the request that was decided on.
  public func observe(_ response: Response, route: String, input: Int) {
    // One that was stopped, by a person or a budget of ours, says nothing of its provider.
    if response.state == .failed, let error = response.error, response.timing.firstToken == nil {
      return failed(response.model, error, input: input)
    }
    guard response.timing.firstToken != nil || response.state.isFinish else { return }
    let time = clock.now()
    let observation = RouteObservation(response, route: route, created: 0)
    let known = routes[route] == nil ? nil : route
    state.withLock { state in
      if response.error == nil { state.health.succeeded(response.model, input: input, now: time) }
      state.history.add(observation, route: known, at: time)
    }
  }

  /// Learns that a model could not be had; `observe` does this for a response.
  public func failed(_ model: ModelID, _ error: ResponseError, input: Int) {
    let time = clock.now()
    state.withLock { $0.health.failed(model, error, input: input, now: time) }
  }

  /// Takes what earlier calls have shown. For the start, before any decision.
  public func seed(with observations: [RouteObservation]) {
    let (time, date) = (clock.now(), clock.date())
    state.withLock { state in
      for observation in observations.sorted(by: { $0.created < $1.created }) {
        let age = max(0, min(date - observation.created, 10 * 365 * 86_400)) * RouteHealth.second
        let route = observation.route.flatMap { routes[$0] == nil ? nil : $0 }
        state.history.add(observation, route: route, at: time - age)
      }
    }
  }

  /// Models that a server has said it serves: from then on they may be asked for without their provider.
  public func learn(models: [String], of service: String) { names.add(models, of: service) }

  /// The config was read again: keys that were refused may have changed.
  public func forgiveKeys() { state.withLock { $0.health.forgiveKeys() } }

  /// The lane that a name means: `provider/model`, or a model that only one provider has, each with parameters after commas.
  public func lane(_ name: String) -> Result<Lane, RouteFault> {
    let provider = name.firstIndex(of: "/").map { String(name[..<$0]) }
    if let provider, services[provider] != nil { return parsed(name) }
    let bare = name.split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false)
    let model = String(bare.first ?? "")
    let providers = model.isEmpty ? [] : names.providers(of: model)
    let full = providers.map { "\($0)/\(name)" }
    if let only = full.first, full.count == 1 { return parsed(only) }
    if full.isEmpty { return .failure(unknown(name, provider)) }
    let message =
      "several providers have ‘\(VisibleText.line(model))’: ask for one of \(full.joined(separator: ", "))"
    return .failure(RouteFault(kind: .ambiguous, message: message, candidates: full))
  }

  private func parsed(_ text: String) -> Result<Lane, RouteFault> {
    do throws(InvalidLane) { return .success(try Lane(parsing: text)) } catch {
      return .failure(RouteFault(kind: .malformed, message: error.message, candidates: []))
    }
  }

  private func unknown(_ name: String, _ provider: String?) -> RouteFault {
    let shown = VisibleText.line(name)
    var near: [String] = []
    if name.utf8.count <= 100 {
      near = [nearest(to: name, in: routes.keys.sorted()), nearest(to: name, in: names.like(name))].compactMap { $0 }
    }
    if let provider, let other = nearest(to: provider, in: services.keys.sorted()) {
      near.append(other + name.dropFirst(provider.count))
    }
    let keyless = services.values.filter { service in
      !usable.contains(service.id) && (service.priceList.map { names.lists(name, $0) } ?? false)
    }.map(\.id).sorted()
    if !keyless.isEmpty {
      return RouteFault(
        kind: .unknown,
        message:
          "\(keyless.joined(separator: " and ")) would have ‘\(shown)’, but no key is there: see furlong providers",
        candidates: keyless.map { "\($0)/\(name)" })
    }
    let hint = near.isEmpty ? "" : "; did you mean \(near.joined(separator: " or "))?"
    let what = routes.isEmpty ? "" : ", or a route: \(routes.keys.sorted().joined(separator: ", "))"
    return RouteFault(
      kind: .unknown, message: "there is no model ‘\(shown)’ here\(hint) (ask for provider/model\(what))",
      candidates: near)
  }
}
