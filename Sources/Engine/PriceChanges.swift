import Core
import Providers

extension PriceBook {
  /// What a newer file of records says otherwise about one model.
  public struct Change: Equatable, Sendable {
    public var model: String
    /// Input and output, US dollars per million tokens; nil: not in the list.
    public var before: String?
    public var after: String?

    public var text: String {
      switch (before, after) {
      case (nil, let after?): "+ \(model)  \(after)"
      case (let before?, nil): "- \(model)  \(before)"
      default: "~ \(model)  \(before ?? "?") → \(after ?? "?")"
      }
    }
  }

  /// What would be priced otherwise on a day with a newer file, in the lists that the built-in services use.
  /// - Throws: when the file holds no prices.
  public func changes(in update: Update, date: Int64) throws(InvalidPriceRecords) -> [Change] {
    _ = try PriceRecords(update.bytes)
    let newer = PriceBook(update: { update })
    func prices(_ book: PriceBook, _ list: String) -> [String: String] {
      Dictionary(
        book.models(list: list, date: date).map { model in
          let rates = TokenClass.allCases.compactMap { kind in
            model.price.rates[kind].map { "\(kind.title) \($0.dollars)" }
          }
          return ("\(list)/\(model.id)", rates.joined(separator: ", "))
        }, uniquingKeysWith: { first, _ in first })
    }
    let changes = Set(Catalog.services.compactMap(\.priceList)).sorted().flatMap { list -> [Change] in
      let (before, after) = (prices(self, list), prices(newer, list))
      return Set(before.keys).union(after.keys).sorted().compactMap { model in
        before[model] == after[model] ? nil : Change(model: model, before: before[model], after: after[model])
      }
    }
    // What costs something else now first, then what is new, then what is gone.
    func rank(_ change: Change) -> Int { change.after == nil ? 2 : change.before == nil ? 1 : 0 }
    return (0...2).flatMap { place in changes.filter { rank($0) == place } }
  }

  /// The price of a service's model, as a call of that day would have it.
  public func price(of model: String, by service: Service, on date: Int64, input: Int, tier: String?) -> Price? {
    var response = Response(
      lane: 0, model: ModelID(provider: service.id, model: model), parameters: Parameters())
    response.usage.input = input
    response.usage.note("service_tier", tier)
    return price(service.query(for: response, date: date))
  }
}
