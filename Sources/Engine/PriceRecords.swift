import Core

/// Price records as they are read from one file: providers with the models they bill for. Plain data; see `PriceBook` for which
/// file holds. The form is that of genai-prices' `data.json`; `factors` are ours, for the overlay.
struct PriceRecords: Sendable {
  struct Provider: Sendable {
    var records: [Record] = []
    var fallbacks: [String] = []
  }

  struct Record: Sendable {
    var id: String
    var match: Match
    var contextWindow: Int?
    /// Oldest first; the last valid one holds, else the first.
    var prices: [DatedPrices]
    /// Other prices under a condition; for each key the first that applies holds.
    var variants: [Variant]
    /// Multiples of all token prices under a condition.
    var factors: [(when: Condition, factor: String)]
  }

  struct Condition: Equatable, Sendable {
    var name: String
    var value: String
    var text: String { "\(name)=\(value)" }
  }

  struct Variant: Sendable {
    var when: [Condition]
    var prices: DatedPrices
  }

  struct DatedPrices: Sendable {
    /// ISO date from which it holds; nil for ever.
    var since: String?
    /// Minutes of the UTC day, half open, when it holds only then; may run past midnight.
    var hours: Range<Int>?
    var values: [String: TieredValue]

    func isValid(at date: Int64) -> Bool {
      if let hours {
        let minute = Int(date / 60 % 1440)
        guard hours.contains(minute) || hours.contains(minute + 1440) else { return false }
      }
      guard let since else { return true }
      return since <= isoDate(date)
    }
  }

  struct TieredValue: Equatable, Sendable {
    var base: String
    /// The reached tier prices the whole request.
    var tiers: [Tier] = []

    struct Tier: Equatable, Sendable {
      var start: Int
      var price: String
    }

    /// The highest tier below this much input.
    func tier(atInput tokens: Int) -> Tier? { tiers.filter { tokens > $0.start }.max { $0.start < $1.start } }
  }

  indirect enum Match: Sendable {
    case equals(String), startsWith(String), endsWith(String), contains(String), regex(String), any([Match]), all(
      [Match])

    func matches(_ model: String) -> Bool {
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

  var providers: [String: Provider] = [:]

  /// The record of a model: in the provider's own list, else in those whose models it resells.
  func find(list: String, model: String) -> (record: Record, provider: String)? {
    guard let provider = providers[list] else { return nil }
    let name = model.lowercased()
    for id in [list] + provider.fallbacks {
      if let record = providers[id]?.records.first(where: { $0.match.matches(name) }) { return (record, id) }
    }
    return nil
  }
}

// MARK: - Reading

extension PriceRecords {
  /// - Throws: a sentence that says what is wrong with the file.
  init(_ bytes: [UInt8]) throws(InvalidPriceRecords) {
    let result = bytes.withUnsafeBytes { bytes in Result { try PriceRecords(bytes) } }
    do { self = try result.get() } catch {
      throw error as? InvalidPriceRecords ?? InvalidPriceRecords("cannot be read")
    }
  }

  /// - Throws: as above.
  init(_ bytes: UnsafeRawBufferPointer) throws(InvalidPriceRecords) {
    guard let root = try? JSONDocument().parse(bytes), root.isArray else {
      throw InvalidPriceRecords("is not a JSON list of providers")
    }
    for entry in root.elements {
      guard let id = entry["id"]?.string else { continue }
      providers[id] = Provider(
        records: entry["models"]?.elements.compactMap(Self.record) ?? [],
        fallbacks: entry["fallback_model_providers"]?.elements.compactMap { $0.string } ?? [])
    }
    if providers.values.allSatisfy(\.records.isEmpty) {
      throw InvalidPriceRecords("holds no prices: it should be a list of providers with models, as in genai-prices")
    }
  }

  private static func record(_ view: JSONView) -> Record? {
    guard let id = view["id"]?.string, let match = view["match"].flatMap(match), let prices = view["prices"] else {
      return nil
    }
    return Record(
      id: id, match: match, contextWindow: view["context_window"]?.tokens,
      prices: prices.isArray ? prices.elements.map(dated) : [DatedPrices(values: values(prices))],
      variants: view["price_variants"]?.elements.map { Variant(when: conditions($0["when"]), prices: dated($0)) } ?? [],
      factors: view["factors"]?.elements.flatMap { entry in
        conditions(entry["when"]).map { (when: $0, factor: entry["factor"]?.numberText ?? "1") }
      } ?? [])
  }

  private static func conditions(_ view: JSONView?) -> [Condition] {
    view?.members.compactMap { name, value in value.string.map { Condition(name: name, value: $0) } } ?? []
  }

  private static func dated(_ view: JSONView) -> DatedPrices {
    let constraint = view["constraint"]
    func minute(_ name: JSONView?) -> Int? {
      guard let parts = name?.string?.split(separator: ":"), parts.count >= 2, let hour = Int(parts[0]),
        let minute = Int(parts[1].prefix(2)), (0...24).contains(hour), (0...59).contains(minute)
      else { return nil }
      return hour * 60 + minute
    }
    var result = DatedPrices(since: constraint?["start_date"]?.string, values: view["prices"].map(values) ?? [:])
    if let start = minute(constraint?["start_time"]), let end = minute(constraint?["end_time"]), start != end {
      result.hours = start..<(end > start ? end : end + 1440)
    }
    return result
  }

  private static func values(_ view: JSONView) -> [String: TieredValue] {
    var result: [String: TieredValue] = [:]
    for (name, value) in view.members {
      if let base = value.numberText {
        result[name] = TieredValue(base: base)
      } else if let base = value["base"]?.numberText {
        let tiers = value["tiers"]?.elements.compactMap { tier -> TieredValue.Tier? in
          guard let start = tier["start"]?.tokens, let price = tier["price"]?.numberText else { return nil }
          return TieredValue.Tier(start: start, price: price)
        }
        result[name] = TieredValue(base: base, tiers: tiers ?? [])
      }
    }
    return result
  }

  private static func match(_ view: JSONView) -> Match? {
    guard let (name, value) = view.members.first else { return nil }
    switch (name, value.string) {
    case ("equals", let text?): return .equals(text.lowercased())
    case ("starts_with", let text?): return .startsWith(text.lowercased())
    case ("ends_with", let text?): return .endsWith(text.lowercased())
    case ("contains", let text?): return .contains(text.lowercased())
    case ("regex", let text?): return .regex(text)
    case ("or", nil): return .any(value.elements.compactMap(match))
    case ("and", nil): return .all(value.elements.compactMap(match))
    default: return nil
    }
  }
}

/// Why a file cannot serve as price records; `message` goes on after the file's name.
public struct InvalidPriceRecords: Error, Equatable, Sendable {
  public let message: String

  init(_ message: String) { self.message = message }
}
