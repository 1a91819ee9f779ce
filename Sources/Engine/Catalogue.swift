import Core
import Dispatch
import Providers
import Synchronization

/// A model one can race, with what is known about it.
public struct CatalogueEntry: Equatable, Sendable {
  public var model: ModelID
  /// Tokens it can read.
  public var contextLength: Int?
  public var price: Price?
  public var isLocal: Bool
  public var isKeyMissing: Bool
  /// When it came out, in seconds since 1970, where its service or its name says so.
  public var created: Int64?

  /// `200k · $2 in · $10 out`, or why not.
  public var detail: String {
    var parts: [String] = []
    if isKeyMissing { parts.append("no key") }
    if let contextLength { parts.append(Self.short(contextLength)) }
    if isLocal {
      parts.append("free")
    } else if let price {
      parts.append("$\(price.text(.input)) in · $\(price.text(.output)) out")
    }
    return parts.joined(separator: " · ")
  }

  /// `512`, `200k`, `1M`.
  private static func short(_ tokens: Int) -> String {
    tokens >= 1_000_000 ? "\(tokens / 1_000_000)M" : tokens >= 1000 ? "\(tokens / 1000)k" : "\(tokens)"
  }
}

/// Which services are asked for their lists.
public enum CatalogueQuestion: Sendable {
  /// The servers on this machine, and those with a key that no price records cover.
  case unlisted
  /// All that can be asked.
  case all

  /// How long is waited for them, in seconds.
  fileprivate var patience: Double { self == .all ? 5 : 2 }
}

extension Engine {
  /// What can be raced: first what can be used, and of it what was used lately, then models of services with a key, then those
  /// of the servers on this machine; the newest first where it is known how old they are.
  /// - Parameters:
  ///   - early: told twice what is known without asking anybody, by the caller's thread: at once the models used lately and
  ///     the services' own choices, then all that price records have, which may take a moment to read.
  ///   - then: called once, on some thread, when those asked have answered or it took too long.
  public func catalogue(
    recent: [ModelID], asking question: CatalogueQuestion = .unlisted, early: (([CatalogueEntry]) -> Void)? = nil,
    then: @escaping @Sendable ([CatalogueEntry]) -> Void
  ) {
    if let early {
      early(inOrder(named(recent + defaults), recent))
      early(entries(recent: recent))
    }
    let group = DispatchGroup()
    for service in services where isAsked(service, question) {
      group.enter()
      listModels(service) { result in
        self.lists.withLock { $0[service.id] = try? result.get() }
        group.leave()
      }
    }
    let isDone = Atomic(false)
    let finish: @Sendable () -> Void = {
      guard !isDone.exchange(true, ordering: .relaxed) else { return }
      then(self.entries(recent: recent))
    }
    group.notify(queue: .global(), execute: finish)
    DispatchQueue.global().asyncAfter(deadline: .now() + question.patience, execute: finish)
  }

  private func isAsked(_ service: Service, _ question: CatalogueQuestion) -> Bool {
    service.isLocal || hasKey(service) && (question == .all || service.priceList == nil)
  }

  private func entries(recent: [ModelID]) -> [CatalogueEntry] {
    let listed = lists.withLock(\.self)
    return inOrder(services.flatMap { entries(of: $0, listed[$0.id] ?? []) }, recent)
  }

  /// Models that a service with records of its own is asked for first.
  private var defaults: [ModelID] {
    services.compactMap { service in service.defaultModel.map { ModelID(provider: service.id, model: $0) } }
  }

  /// By their names alone.
  private func named(_ models: [ModelID]) -> [CatalogueEntry] {
    var seen = Set<ModelID>()
    return models.filter { seen.insert($0).inserted }.compactMap { model in
      service(model.provider).map { service in
        CatalogueEntry(
          model: model, isLocal: service.isLocal, isKeyMissing: service.needsKey && !hasKey(service))
      }
    }
  }

  private func inOrder(_ all: [CatalogueEntry], _ recent: [ModelID]) -> [CatalogueEntry] {
    let places = Dictionary(recent.enumerated().map { ($1, $0) }, uniquingKeysWith: min)
    let defaults = Set(defaults)
    func isBefore(_ a: (offset: Int, element: CatalogueEntry), _ b: (offset: Int, element: CatalogueEntry)) -> Bool {
      let (first, second) = (a.element, b.element)
      if first.isKeyMissing != second.isKeyMissing { return second.isKeyMissing }
      let (place, other) = (places[first.model] ?? Int.max, places[second.model] ?? Int.max)
      if place != other { return place < other }
      if rank(first) != rank(second) { return rank(first) < rank(second) }
      let (isDefault, isOther) = (defaults.contains(first.model), defaults.contains(second.model))
      if isDefault != isOther { return isDefault }
      // Those without a date stand behind, in the catalogue's order.
      let (age, otherAge) = (first.created ?? 0, second.created ?? 0)
      return age != otherAge ? age > otherAge : a.offset < b.offset
    }
    return all.enumerated().sorted(by: isBefore).map(\.element)
  }

  private func entries(of service: Service, _ live: [ListedModel]) -> [CatalogueEntry] {
    func entry(_ id: String, _ context: Int?, _ price: Price?, _ created: Int64? = nil) -> CatalogueEntry {
      CatalogueEntry(
        model: ModelID(provider: service.id, model: id), contextLength: context, price: price, isLocal: service.isLocal,
        isKeyMissing: service.needsKey && !hasKey(service), created: created)
    }
    let priced = service.priceList.map { prices.models(list: $0, date: clock.date()) } ?? []
    let known = Dictionary(priced.map { ($0.id, $0) }) { first, _ in first }
    var seen = Set<String>()
    let listed = live.compactMap { model -> CatalogueEntry? in
      seen.insert(model.id)
      let record = known[model.id]
      let price =
        record?.price
        ?? service.priceList.flatMap { list in
          prices.price(.init(service: service.id, list: list, models: [model.id], date: clock.date()))
        }
      // It is priced, and not for text that it writes: an embedding, a voice.
      if let price, price.rates[.output] == nil { return nil }
      return entry(model.id, model.contextLength ?? record?.contextWindow, price, model.created)
    }
    let dates = ModelDates(names: live.map(\.id) + priced.map(\.id))
    let others = priced.filter { !seen.contains($0.id) }
    return (listed + others.map { entry($0.id, $0.contextWindow, $0.price) }).map { entry in
      var entry = entry
      entry.created = entry.created ?? dates.date(of: entry.model.model)
      return entry
    }
  }

  private func rank(_ entry: CatalogueEntry) -> Int { entry.model.provider == "demo" ? 2 : entry.isLocal ? 1 : 0 }
}
