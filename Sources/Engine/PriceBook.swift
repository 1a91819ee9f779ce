import CPriceRecords
import Core
import Synchronization

/// Finds the price of a model at a date: the person's own prices first, then the bundled records (genai-prices, MIT) or a newer
/// file of them, then the overlay for what those lack (from LiteLLM, MIT). Files are read on first use and kept; safe from
/// any thread.
public final class PriceBook: Sendable {
  /// Prices of the person's own, US dollars per million tokens; classes that are not named keep the record's.
  public struct Override: Equatable, Sendable {
    public var provider: String
    /// A model's name, or its beginning followed by `*`.
    public var model: String
    public var rates: [TokenClass: String]

    public init(provider: String, model: String, rates: [TokenClass: String]) {
      self.provider = provider
      self.model = model
      self.rates = rates
    }

    func matches(_ service: String, _ models: [String]) -> Bool {
      provider == service
        && models.contains { model.hasSuffix("*") ? $0.hasPrefix(model.dropLast()) : $0 == model }
    }
  }

  /// A newer file of records, to be used in place of the bundled ones.
  public struct Update: Sendable {
    public var source: String
    public var bytes: [UInt8]

    public init(source: String, bytes: [UInt8]) {
      self.source = source
      self.bytes = bytes
    }
  }

  /// What a call is priced by.
  public struct Query: Sendable {
    /// The provider whose service was called, for the person's own prices.
    public var service: String
    /// The id of a list in the records; nil when none covers the service.
    public var list: String?
    /// The reported name before the asked one: an alias may move on.
    public var models: [String]
    /// Seconds since 1970; prices change.
    public var date: Int64
    /// All input, cached included: above a tier's start the whole request costs more.
    public var input: Int
    /// See `Usage.variant`.
    public var variant: [String: String]

    public init(
      service: String, list: String?, models: [String], date: Int64, input: Int = 0, variant: [String: String] = [:]
    ) {
      self.service = service
      self.list = list
      self.models = models
      self.date = date
      self.input = input
      self.variant = variant
    }
  }

  private struct Book: Sendable {
    var source: String
    var records: PriceRecords
  }

  private static let bundledSource = "genai-prices 0.2.3"
  private static let overlaySource = "LiteLLM 1.109.1"

  private let overrides: [Override]
  private let update: @Sendable () -> Update?
  /// The records that hold, then the overlay.
  private let books = Mutex<[Book]?>(nil)
  /// What was found for a list's model, the overlay's record last; looking through a list tries hundreds of patterns.
  private let known = Mutex<[[String]: [Found]]>([:])

  private typealias Found = (book: Book, record: PriceRecords.Record, provider: String)

  /// - Parameter update: reads a newer file of records; called once, on first use.
  public init(overrides: [Override] = [], update: @escaping @Sendable () -> Update? = { nil }) {
    self.overrides = overrides
    self.update = update
  }

  /// - Returns: nil when nothing covers the model: its cost is then unknown, not zero.
  public func price(_ query: Query) -> Price? {
    let own = overrides.first { $0.matches(query.service, query.models) }
    var price = listed(query)
    guard let own else { return price }
    if price == nil { price = Price(rates: [:], source: "config", record: "\(own.provider)/\(own.model)") }
    for (kind, dollars) in own.rates { price?.rates[kind] = Price.Rate(dollars, source: "config") }
    return price
  }

  /// Tokens that a model can read at once; nil when no record says.
  public func contextWindow(list: String?, model: String) -> Int? {
    guard let list else { return nil }
    return loaded().lazy.compactMap { $0.records.find(list: list, model: model)?.record.contextWindow }.first
  }

  /// From how much input on a model costs more, rising.
  func tierStarts(_ query: Query) -> [Int] {
    guard let list = query.list, let model = query.models.first else { return [] }
    let prices = found(list, model).flatMap { $0.record.prices + $0.record.variants.map(\.prices) }
    return Set(prices.flatMap { $0.values.values.flatMap { $0.tiers.map(\.start) } }).sorted()
  }

  /// The ids of one provider's own models.
  public func names(list: String) -> Set<String> {
    Set(loaded().flatMap { $0.records.providers[list]?.records.map(\.id) ?? [] })
  }

  /// Whether a list has a model of this name or one that stands for it. Tries every pattern: not for every call.
  func lists(_ model: String, list: String) -> Bool {
    let name = model.lowercased()
    return loaded().contains { $0.records.providers[list]?.records.contains { $0.match.matches(name) } ?? false }
  }

  /// Models of one provider's list with their price at a date, for the catalogue. Models without a price for text are left out.
  public func models(list: String, date: Int64) -> [(id: String, contextWindow: Int?, price: Price)] {
    var seen = Set<String>()
    return loaded().flatMap { book in
      (book.records.providers[list]?.records ?? []).compactMap { record in
        guard seen.insert(record.id).inserted,
          let price = listed(Query(service: list, list: list, models: [record.id], date: date)),
          price.rates[.output] != nil
        else { return nil }
        return (record.id, record.contextWindow, price)
      }
    }
  }

  private func listed(_ query: Query) -> Price? {
    guard let list = query.list else { return nil }
    for model in query.models {
      let found = found(list, model)
      guard let (book, record, provider) = found.first else { continue }
      var price = rates(record, book.source, query)
      price.record = "\(provider)/\(record.id)"
      // What the first lacks, the overlay may have.
      for (book, record, _) in found.dropFirst() {
        let more = rates(record, book.source, query)
        for (kind, rate) in more.rates where price.rates[kind] == nil {
          price.rates[kind] = rate
          price.rates[kind]?.source = book.source
        }
      }
      for (_, record, _) in found { apply(record.factors, to: &price, query) }
      if found.count > 1, Self.isAlias(model) { price.disagreements = disagreements(found, query) }
      return price.rates.isEmpty ? nil : price
    }
    return nil
  }

  /// Names that move on from model to model.
  private static func isAlias(_ model: String) -> Bool { model.hasSuffix("-latest") || model.hasSuffix("-default") }

  /// Both records with their dates, where they disagree about what an alias costs: one of them may be of another model.
  private func disagreements(_ found: [Found], _ query: Query) -> [String] {
    let prices = found.map { rates($0.record, $0.book.source, query) }
    let texts = zip(found, prices).map { found, price in
      "\(price.text(.input))/\(price.text(.output)) by \(found.provider)/\(found.record.id) of \(found.book.source)"
        + (price.since.map { " since \($0)" } ?? "")
    }
    let isSame = prices.dropFirst().allSatisfy { other in
      [TokenClass.input, .output].allSatisfy { kind in
        guard let a = prices[0].rates[kind], let b = other.rates[kind] else { return true }
        return scaledDecimal(a.dollars, places: 9) == scaledDecimal(b.dollars, places: 9)
      }
    }
    return isSame ? [] : ["price records disagree on \(query.models.first ?? ""): \(texts.joined(separator: "; "))"]
  }

  private func found(_ list: String, _ model: String) -> [Found] {
    if let known = known.withLock({ $0[[list, model]] }) { return known }
    var found: [Found] = []
    for book in loaded() {
      // The overlay knows a dated name only by the record that it led to.
      let names = [model] + found.prefix(1).map(\.record.id)
      let match = names.lazy.compactMap { book.records.find(list: list, model: $0) }.first
      if let match { found.append((book, match.record, match.provider)) }
    }
    known.withLock { [found] in $0[[list, model]] = found }
    return found
  }

  private func rates(_ record: PriceRecords.Record, _ source: String, _ query: Query) -> Price {
    let standard = record.prices.last { $0.isValid(at: query.date) } ?? record.prices.first
    var price = Price(rates: [:], source: source, record: record.id, since: standard?.since)
    for kind in TokenClass.allCases {
      var value = standard?.values[kind.priceKey]
      var condition: String?
      for variant in record.variants where variant.prices.isValid(at: query.date) {
        guard variant.when.allSatisfy({ query.variant[$0.name] == $0.value }),
          let special = variant.prices.values[kind.priceKey]
        else { continue }
        value = special
        condition = variant.when.map(\.text).joined(separator: ", ")
        break
      }
      guard let value else { continue }
      let tier = value.tier(atInput: query.input)
      price.rates[kind] = Price.Rate(tier?.price ?? value.base, tier: tier?.start, variant: condition)
    }
    return price
  }

  private func apply(
    _ factors: [(when: PriceRecords.Condition, factor: String)], to price: inout Price, _ query: Query
  ) {
    for (when, factor) in factors where query.variant[when.name] == when.value {
      guard let scale = scaledDecimal(factor, places: 6) else { continue }
      for (kind, rate) in price.rates where kind.isToken {
        guard let dollars = scaledDecimal(rate.dollars, places: 12) else { continue }
        let product = Int128(dollars) * Int128(scale) / 1_000_000
        price.rates[kind]?.dollars = Money(picoDollars: Int64(clamping: product)).decimalText
        price.rates[kind]?.variant = [rate.variant, "\(when.text) ×\(factor)"].compactMap { $0 }.joined(separator: ", ")
      }
    }
  }

  /// Why the newer file is not used, though it is there.
  public var fault: String? {
    guard let update = update() else { return nil }
    do throws(InvalidPriceRecords) { _ = try PriceRecords(update.bytes) } catch { return error.message }
    return nil
  }

  private func loaded() -> [Book] {
    books.withLock { books in
      if let books { return books }
      var read: [Book] = []
      if let update = update(), let records = try? PriceRecords(update.bytes) {
        read.append(Book(source: update.source, records: records))
      } else {
        read.append(Self.bundled(Self.bundledSource, furlong_price_records))
      }
      read.append(Self.bundled(Self.overlaySource, furlong_price_overlay))
      books = read
      return read
    }
  }

  /// Compiled in and covered by a test, so a failure is a broken build, told as "unknown" prices.
  private static func bundled(_ source: String, _ find: (UnsafeMutablePointer<Int>) -> UnsafePointer<UInt8>) -> Book {
    var size = 0
    let start = find(&size)
    let records = try? PriceRecords(UnsafeRawBufferPointer(start: start, count: size))
    return Book(source: source, records: records ?? PriceRecords())
  }
}
