/// The price that holds for one call: US dollars for a million tokens of each class (a thousand of tool units) as decimal text,
/// with where each is from.
public struct Price: Equatable, Sendable {
  public struct Rate: Equatable, Sendable {
    public var dollars: String
    /// The tier reached: it holds for calls with more input than this, and for the whole of them.
    public var tier: Int?
    /// What else makes it hold, such as `service_tier=flex`.
    public var variant: String?
    /// Where it is from, when not from where the price is.
    public var source: String?

    public init(_ dollars: String, tier: Int? = nil, variant: String? = nil, source: String? = nil) {
      self.dollars = dollars
      self.tier = tier
      self.variant = variant
      self.source = source
    }
  }

  public var rates: [TokenClass: Rate]
  /// The price list and its version, the record that matched, and from when it holds (ISO date).
  public var source: String
  public var record: String
  public var since: String?
  /// Sentences on records that say something else of the same name.
  public var disagreements: [String] = []

  public init(rates: [TokenClass: Rate], source: String, record: String, since: String? = nil) {
    self.rates = rates
    self.source = source
    self.record = record
    self.since = since
  }

  /// The rate that holds for a class, its own or that of the class it falls back to; nil when nobody says.
  public func rate(_ kind: TokenClass) -> Rate? {
    ([kind] + kind.fallbacks).lazy.compactMap { self.rates[$0] }.first
  }

  /// Whether some rate of it holds because of this: a tier, a speed, a region.
  public func goes(by name: String, _ value: String) -> Bool {
    rates.values.contains { $0.variant?.contains("\(name)=\(value)") ?? false }
  }

  /// `4`, for a table; `?` when there is none.
  public func text(_ kind: TokenClass) -> String { rate(kind)?.dollars ?? "?" }
}

extension Price.Rate: ExpressibleByStringLiteral {
  public init(stringLiteral value: String) { self.init(value) }
}

/// What one call costs by a price, class by class.
public struct Charge: Equatable, Sendable {
  public struct Line: Equatable, Sendable {
    public var kind: TokenClass
    public var count: Int
    public var rate: Price.Rate
    public var amount: Money
  }

  public var lines: [Line] = []
  /// The sum of the lines, exactly.
  public var total = Money.zero
  /// Used, but without a price.
  public var unpriced: [TokenClass] = []
}

extension Price {
  /// Exact, in integers: the total is rounded half up to a pico-dollar once, and the lines add up to it.
  public func charge(for usage: Usage) -> Charge {
    var charge = Charge()
    // In pico-dollars times a million.
    var sum = Int128(0)
    var counts = usage.classes
    if rates[.requests] != nil { counts.append(TokenCount(kind: .requests, count: 1)) }
    for entry in counts {
      guard let rate = rate(entry.kind), let scaled = scaledDecimal(rate.dollars, places: 12), scaled >= 0 else {
        charge.unpriced.append(entry.kind)
        continue
      }
      let before = Price.rounded(sum)
      sum += Int128(entry.count) * Int128(scaled) * (entry.kind.isToken ? 1 : 1000)
      charge.lines.append(
        Charge.Line(
          kind: entry.kind, count: entry.count, rate: rate,
          amount: Money(picoDollars: Price.rounded(sum).subtractingSaturating(before))))
    }
    charge.total = Money(picoDollars: Price.rounded(sum))
    return charge
  }

  private static func rounded(_ sum: Int128) -> Int64 { Int64(clamping: (sum + 500_000) / 1_000_000) }

  /// Nil when a token has no price, or when no call can cost so much: such a cost is unknown, not less.
  public func cost(of usage: Usage) -> Money? {
    let charge = charge(for: usage)
    return charge.unpriced.contains(where: \.isToken) || !charge.total.isOfCall ? nil : charge.total
  }

  /// Plain tokens read and written at this price, to reckon with beforehand; nil when one of them has none.
  public func amount(input tokens: Int, output written: Int) -> Money? {
    var usage = Usage()
    (usage.input, usage.output) = (tokens, written)
    let charge = charge(for: usage)
    return charge.unpriced.contains(where: \.isToken) ? nil : charge.total
  }
}

extension Price {
  private static let always: [TokenClass] = [.input, .cacheRead, .cacheWrite, .output]

  /// Rates under the records' own names, those four always; what there is to say about one under `rates`.
  public var json: JSON {
    var document: JSON = [:]
    var details: JSON = [:]
    for kind in TokenClass.allCases where Price.always.contains(kind) || rates[kind] != nil {
      document[kind.priceKey] = .optional(rates[kind]?.dollars)
      guard let rate = rates[kind], rate.tier != nil || rate.variant != nil || rate.source != nil else { continue }
      details[kind.priceKey] = [
        "tier": rate.tier.map { .int($0) } ?? .null, "variant": .optional(rate.variant),
        "source": .optional(rate.source),
      ]
    }
    document["source"] = .string(source)
    document["record"] = .string(record)
    document["since"] = .optional(since)
    if details != [:] { document["rates"] = details }
    return document
  }

  /// What `json` wrote.
  public init(json: JSONView) {
    self.init(
      rates: [:], source: json["source"]?.string ?? "", record: json["record"]?.string ?? "",
      since: json["since"]?.string)
    let details = Dictionary(
      (json["rates"]?.members ?? []).map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    let values = Dictionary(json.members.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    for kind in TokenClass.allCases {
      guard let dollars = values[kind.priceKey]?.string else { continue }
      let detail = details[kind.priceKey]
      rates[kind] = Rate(
        dollars, tier: detail?["tier"]?.tokens, variant: detail?["variant"]?.string, source: detail?["source"]?.string)
    }
  }
}
