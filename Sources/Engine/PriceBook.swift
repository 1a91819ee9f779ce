import CPriceRecords
import Core
import Synchronization

/// The bundled price records (genai-prices, MIT): finds the price of a model at a date. Records of a provider are read on
/// first use and kept; safe from any thread.
public final class PriceBook: Sendable {
  private static let source = "genai-prices 0.2.3"

  /// Prices of one record, in pico-dollars per million tokens.
  public struct Rates: Equatable, Sendable {
    public var price: Price
    var input: Int64
    var cacheRead: Int64
    var cacheWrite: Int64
    var output: Int64
    public var contextWindow: Int?
  }

  fileprivate struct Provider: Sendable {
    var records: [Record]
    var fallbacks: [String]
  }

  fileprivate struct Record: Sendable {
    var id: String
    var match: Match
    var contextWindow: Int?
    /// Oldest first; the last valid one holds.
    var prices: [DatedPrices]
  }

  fileprivate struct DatedPrices: Sendable {
    /// ISO date from which it holds; nil for ever.
    var since: String?
    /// Minutes of the UTC day, half open, when it holds only then.
    var hours: Range<Int>?
    var values: [String: TieredValue]
  }

  fileprivate struct TieredValue: Sendable {
    var base: String
    /// The reached tier prices the whole request.
    var tiers: [(start: Int, price: String)]

    func text(atInput tokens: Int) -> String { tiers.last { tokens > $0.start }?.price ?? base }
  }

  fileprivate indirect enum Match: Sendable {
    case equals(String), startsWith(String), endsWith(String), contains(String), regex(String), any([Match]), all(
      [Match])
  }

  private let providers = Mutex<[String: Provider]?>(nil)

  public init() {}

  /// The price of the first of `models` that a record matches (the reported name before the asked one).
  /// - Parameters:
  ///   - date: seconds since 1970; prices change.
  ///   - inputTokens: all input, cached included: above a tier's start the whole request costs more.
  /// - Returns: nil when no record covers it: the cost is then unknown, not zero.
  public func rates(list: String, models: [String], date: Int64, inputTokens: Int) -> Rates? {
    let found = providers.withLock { loaded -> (Record, String)? in
      let all = loaded ?? PriceBook.load()
      loaded = all
      guard let provider = all[list] else { return nil }
      for model in models {
        for id in [list] + provider.fallbacks {
          if let record = all[id]?.records.first(where: { $0.match.matches(model.lowercased()) }) {
            return (record, id)
          }
        }
      }
      return nil
    }
    guard let (record, provider) = found,
      let dated = record.prices.last(where: { $0.isValid(at: date) }) ?? record.prices.first
    else { return nil }
    return rates(of: dated, record: "\(provider)/\(record.id)", context: record.contextWindow, inputTokens)
  }

  private func rates(of dated: DatedPrices, record: String, context: Int?, _ inputTokens: Int) -> Rates? {
    func value(_ name: String) -> String? { dated.values[name]?.text(atInput: inputTokens) }
    func rate(_ text: String?) -> Int64? { text.flatMap { scaledDecimal($0, places: 12) } }
    guard let input = value("input_mtok") ?? value("output_mtok").map({ _ in "0" }), let inputRate = rate(input) else {
      return nil
    }
    let output = value("output_mtok") ?? "0"
    let price = Price(
      input: input, cacheRead: value("cache_read_mtok"), cacheWrite: value("cache_write_mtok"), output: output,
      source: PriceBook.source, record: record, since: dated.since)
    // A missing cache price means that those tokens cost the input price.
    return Rates(
      price: price, input: inputRate, cacheRead: rate(price.cacheRead) ?? inputRate,
      cacheWrite: rate(price.cacheWrite) ?? inputRate, output: rate(output) ?? 0, contextWindow: context)
  }

  /// Models of one provider's list with their price at a date, for the catalogue. Models without a price for text are left out.
  public func models(list: String, date: Int64) -> [(id: String, contextWindow: Int?, price: Price)] {
    let records = providers.withLock { loaded in
      let all = loaded ?? PriceBook.load()
      loaded = all
      return all[list]?.records ?? []
    }
    return records.compactMap { record in
      guard let dated = record.prices.last(where: { $0.isValid(at: date) }), dated.values["output_mtok"] != nil,
        let rates = rates(of: dated, record: "\(list)/\(record.id)", context: record.contextWindow, 0)
      else { return nil }
      return (record.id, record.contextWindow, rates.price)
    }
  }
}

extension PriceBook.Rates {
  /// Exact, in integers; rounded half up to a pico-dollar once, at the end.
  public func cost(of usage: Usage) -> Money {
    let sum =
      Int128(usage.uncachedInput) * Int128(input) + Int128(usage.cacheRead) * Int128(cacheRead)
      + Int128(usage.cacheWrite) * Int128(cacheWrite) + Int128(usage.output) * Int128(output)
    return Money(picoDollars: Int64(clamping: (sum + 500_000) / 1_000_000))
  }
}

// MARK: - Reading the records

extension PriceBook {
  private static func load() -> [String: Provider] {
    var size = 0
    let start = furlong_price_records(&size)
    let bytes = UnsafeRawBufferPointer(start: start, count: size)
    // Compiled in and covered by a test, so a failure is a broken build, told as "unknown" prices.
    guard let root = try? JSONDocument().parse(bytes) else { return [:] }
    var providers: [String: Provider] = [:]
    for entry in root.elements {
      guard let id = entry["id"]?.string else { continue }
      providers[id] = Provider(
        records: entry["models"]?.elements.compactMap(record) ?? [],
        fallbacks: entry["fallback_model_providers"]?.elements.compactMap { $0.string } ?? [])
    }
    return providers
  }

  private static func record(_ view: JSONView) -> Record? {
    guard let id = view["id"]?.string, let match = view["match"].flatMap(match), let prices = view["prices"] else {
      return nil
    }
    let dated = prices.isArray ? prices.elements.map(dated) : [DatedPrices(values: values(prices))]
    return Record(id: id, match: match, contextWindow: view["context_window"]?.int, prices: dated)
  }

  private static func dated(_ view: JSONView) -> DatedPrices {
    let constraint = view["constraint"]
    func minute(_ name: JSONView?) -> Int? {
      guard let parts = name?.string?.split(separator: ":"), parts.count >= 2, let hour = Int(parts[0]),
        let minute = Int(parts[1])
      else { return nil }
      return hour * 60 + minute
    }
    var result = DatedPrices(since: constraint?["start_date"]?.string, values: view["prices"].map(values) ?? [:])
    if let start = minute(constraint?["start_time"]), let end = minute(constraint?["end_time"]), start < end {
      result.hours = start..<end
    }
    return result
  }

  private static func values(_ view: JSONView) -> [String: TieredValue] {
    var result: [String: TieredValue] = [:]
    for (name, value) in view.members {
      if let base = value.numberText {
        result[name] = TieredValue(base: base, tiers: [])
      } else if let base = value["base"]?.numberText {
        let tiers = value["tiers"]?.elements.compactMap { tier -> (start: Int, price: String)? in
          guard let start = tier["start"]?.int, let price = tier["price"]?.numberText else { return nil }
          return (start, price)
        }
        result[name] = TieredValue(base: base, tiers: tiers ?? [])
      }
    }
    return result
  }

  private static func match(_ view: JSONView) -> Match? {
    guard let (name, value) = view.members.first else { return nil }
    switch (name, value.string) {
    case ("equals", let text?): return .equals(text)
    case ("starts_with", let text?): return .startsWith(text)
    case ("ends_with", let text?): return .endsWith(text)
    case ("contains", let text?): return .contains(text)
    case ("regex", let text?): return .regex(text)
    case ("or", nil): return .any(value.elements.compactMap(match))
    case ("and", nil): return .all(value.elements.compactMap(match))
    default: return nil
    }
  }
}

extension PriceBook.DatedPrices {
  fileprivate func isValid(at date: Int64) -> Bool {
    if let hours, !hours.contains(Int(date / 60 % 1440)) { return false }
    guard let since else { return true }
    return since <= isoDate(date)
  }
}

extension PriceBook.Match {
  fileprivate func matches(_ model: String) -> Bool {
    switch self {
    case .equals(let text): model == text
    case .startsWith(let text): model.hasPrefix(text)
    case .endsWith(let text): model.hasSuffix(text)
    case .contains(let text): model.contains(text)
    case .regex(let pattern): (try? Regex(pattern)).map { model.firstMatch(of: $0) != nil } ?? false
    case .any(let matches): matches.contains { $0.matches(model) }
    case .all(let matches): matches.allSatisfy { $0.matches(model) }
    }
  }
}

/// `2026-11-23` of seconds since 1970, in UTC.
public func isoDate(_ seconds: Int64) -> String {
  // Days to a civil date in the proleptic Gregorian calendar, counting eras of 400 years from 1 March of year 0.
  let days = Int(seconds / 86_400) + 719_468
  let era = days / 146_097
  let dayOfEra = days - era * 146_097
  let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
  let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
  let shifted = (5 * dayOfYear + 2) / 153
  let day = dayOfYear - (153 * shifted + 2) / 5 + 1
  let month = shifted < 10 ? shifted + 3 : shifted - 9
  let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
  return "\(year)-\(padded(month))-\(padded(day))"
}
