import Core
import Providers
import Synchronization

/// Which provider has a model that is asked for without one: by the price records, by what servers have listed, and by the
/// config's routes. Only providers that can be asked count. Safe from any thread.
final class ModelNames: Sendable {
  private let services: [Service]
  private let prices: PriceBook
  private let state: Mutex<State>

  private struct State {
    var providers: [String: [String]] = [:]
    /// Names that are no record's own, and what was found for them.
    var found: [String: [String]] = [:]
  }

  private static let mostFound = 1000

  /// - Parameter lanes: of the config's routes, whose providers surely have them.
  init(_ services: [Service], prices: PriceBook, lanes: [Lane]) {
    // A provider with two dialects is one, by its first row.
    var seen = Set<[String]>()
    let distinct = services.filter { service in
      service.isSimulated || seen.insert([service.baseURL, service.priceList ?? ""]).inserted
    }
    self.services = distinct
    self.prices = prices
    var state = State()
    for service in distinct {
      var names = Set(service.modelURLs.keys)
      if let list = service.priceList { names.formUnion(prices.names(list: list)) }
      if let model = service.defaultModel { names.insert(model) }
      if service.isSimulated { names.formUnion(ScriptedDialect.modelNames) }
      names.formUnion(lanes.filter { $0.model.provider == service.id }.map(\.model.model))
      for name in names { state.providers[name, default: []].append(service.id) }
    }
    self.state = Mutex(state)
  }

  /// What a server has said that it serves.
  func add(_ models: [String], of service: String) {
    state.withLock { state in
      for model in models where !(state.providers[model] ?? []).contains(service) {
        state.providers[model, default: []].append(service)
      }
    }
  }

  /// Ids of the providers that have it, in the table's order.
  func providers(of model: String) -> [String] {
    if let known = state.withLock({ $0.providers[model] ?? $0.found[model] }) { return known }
    let found = services.filter { service in service.priceList.map { prices.lists(model, list: $0) } ?? false }
      .map(\.id)
    state.withLock { state in
      if state.found.count >= Self.mostFound { state.found = [:] }
      state.found[model] = found
    }
    return found
  }

  /// Whether a list has exactly this name. Gathers the whole list: for faults only.
  func lists(_ model: String, _ list: String) -> Bool { prices.names(list: list).contains(model) }

  /// Known names that could be meant: comparing with all of the thousands would take too long.
  func like(_ name: String) -> [String] {
    let length = name.utf8.count
    return state.withLock { $0.providers.keys.filter { $0.first == name.first && abs($0.utf8.count - length) < 4 } }
      .sorted()
  }
}
