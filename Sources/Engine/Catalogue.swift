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

extension Engine {
  /// What can be raced: models used lately first, then the servers on this machine, then the price records of each service.
  /// Servers are asked at once and waited for up to two seconds.
  /// - Parameter then: called once, on some thread.
  public func catalogue(recent: [ModelID], then: @escaping @Sendable ([CatalogueEntry]) -> Void) {
    let group = DispatchGroup()
    let listed = Mutex<[String: [ListedModel]]>([:])
    for service in services where service.isLocal || service.priceList == nil && hasKey(service) {
      group.enter()
      listModels(service) { result in
        listed.withLock { $0[service.id] = try? result.get() }
        group.leave()
      }
    }
    let isDone = Atomic(false)
    let finish: @Sendable () -> Void = {
      guard !isDone.exchange(true, ordering: .relaxed) else { return }
      then(self.entries(recent: recent, listed: listed.withLock { $0 }))
    }
    group.notify(queue: .global(), execute: finish)
    DispatchQueue.global().asyncAfter(deadline: .now() + 2, execute: finish)
  }

  private func entries(recent: [ModelID], listed: [String: [ListedModel]]) -> [CatalogueEntry] {
    let all = services.flatMap { service -> [CatalogueEntry] in
      let isMissing = service.needsKey && !hasKey(service)
      func entry(_ id: String, _ context: Int?, _ price: Price?) -> CatalogueEntry {
        CatalogueEntry(
          model: ModelID(provider: service.id, model: id), contextLength: context, price: price,
          isLocal: service.isLocal,
          isKeyMissing: isMissing)
      }
      let live = (listed[service.id] ?? []).map { entry($0.id, $0.contextLength, nil) }
      let priced = service.priceList.map { prices.models(list: $0, date: clock.date()) } ?? []
      return live + priced.map { entry($0.id, $0.contextWindow, $0.price) }
    }
    // Local servers first, then services with a key, then the rest; a stable order within.
    let ranked = all.enumerated().sorted { a, b in
      (rank(a.element), a.offset) < (rank(b.element), b.offset)
    }.map(\.element)
    let places = Dictionary(recent.enumerated().map { ($1, $0) }, uniquingKeysWith: min)
    let lately = ranked.filter { places[$0.model] != nil }.sorted { (places[$0.model] ?? 0) < (places[$1.model] ?? 0) }
    return lately + ranked.filter { places[$0.model] == nil }
  }

  private func rank(_ entry: CatalogueEntry) -> Int {
    entry.isKeyMissing ? 3 : entry.model.provider == "demo" ? 2 : entry.isLocal ? 0 : 1
  }
}
