/// A key that the gateway has given out to a program or a person. The key's own text is nowhere: only its hash is kept.
public struct GatewayKey: Equatable, Sendable {
  /// What is kept of its calls: everything, the receipts without words, or nothing but the sum of its spending.
  public enum Keeping: String, Sendable, CaseIterable { case full, metadata, none }

  public var id: String
  public var name: String
  /// Seconds since 1970.
  public var created: Int64
  /// SHA-256 of the key's text, in hexadecimal.
  public var hash: String
  public var allowance: Allowance?
  /// What it may ask for, by the names that clients write; nil for everything.
  public var routes: [String]?
  public var requestsPerMinute: Int?
  public var keeping = Keeping.full
  /// When it stopped being good; nil while it is.
  public var revoked: Int64?

  public init(id: String, name: String, created: Int64, hash: String) {
    self.id = id
    self.name = name
    self.created = created
    self.hash = hash
  }

  /// Whether it may ask for what a client calls `route`.
  public func mayAsk(for route: String) -> Bool {
    guard let routes else { return true }
    // Parameters after a comma leave the model what it is.
    return routes.contains(route) || routes.contains(String(route.prefix { $0 != "," }))
  }
}

/// How much a key may spend in each day or month, counted in UTC.
public struct Allowance: Equatable, Sendable {
  public enum Period: String, Sendable, CaseIterable { case day, month }

  public var amount: Money
  public var period: Period

  public init(amount: Money, period: Period) {
    self.amount = amount
    self.period = period
  }

  /// Reads `5/day` or `100/month`, in US dollars; nil for anything else.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let amount = Money(decimal: String(parts[0])), amount > .zero,
      let period = Period(rawValue: String(parts[1]))
    else { return nil }
    self.init(amount: amount, period: period)
  }

  /// `$5.00 a day`.
  public var text: String { "\(amount.screenText) a \(period.rawValue)" }

  /// Days since 1970 that belong to the period of `date`.
  /// - Parameter date: seconds since 1970.
  public func days(at date: Int64) -> Range<Int> {
    let day = GatewayKey.day(date)
    guard period == .month else { return day..<(day + 1) }
    let text = isoDate(date)
    let dayOfMonth = Int(text.suffix(2)) ?? 1
    let first = day - dayOfMonth + 1
    var next = day + 1
    // The last month of all ends with the last day.
    while next <= Bounds.days.upperBound, isoDate(Int64(next) * 86_400).prefix(7) == text.prefix(7) { next += 1 }
    return first..<next
  }
}

extension GatewayKey {
  /// Days since 1970, in UTC.
  public static func day(_ date: Int64) -> Int { Int(date.clamped(to: Bounds.dates) / 86_400) }

  /// Why it may ask no more, as a sentence.
  /// - Parameter days: since 1970, in UTC, of the period of its allowance.
  public func exhausted(_ allowance: Allowance, spent: Money, days: Range<Int>) -> String {
    "the key ‘\(name)’ has spent its \(allowance.text): \(spent.screenText); it begins anew at "
      + isoTime(Int64(days.upperBound) * 86_400)
  }

  public static func hash(of token: String) -> String { SHA256.hexadecimal(token.utf8) }

  /// The text of a new key: `fl-` and 32 random bytes in 43 letters (base64url, RFC 4648 section 5).
  public static func newToken(using random: inout some RandomNumberGenerator) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    var bytes = (0..<32).map { _ in UInt8.random(in: 0...255, using: &random) }
    bytes.append(0)
    var text: [UInt8] = []
    for start in stride(from: 0, to: 33, by: 3) {
      let group = UInt32(bytes[start]) << 16 | UInt32(bytes[start + 1]) << 8 | UInt32(bytes[start + 2])
      for shift in [18, 12, 6, 0] { text.append(letters[Int(group >> UInt32(shift) & 63)]) }
    }
    return "fl-" + String(decoding: text.prefix(43), as: UTF8.self)
  }
}

/// What came through one key on one day.
public struct GatewaySpending: Equatable, Sendable {
  /// The key's id.
  public var key: String
  /// Since 1970, in UTC.
  public var day: Int
  public var cost: Money
  public var calls: Int

  public init(key: String, day: Int, cost: Money, calls: Int) {
    self.key = key
    self.day = day
    self.cost = cost
    self.calls = calls
  }
}
