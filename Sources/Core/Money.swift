/// An amount of US dollars as a whole number of pico-dollars (10⁻¹² USD). Never a binary float: a token at one dollar a
/// million is exactly 1,000,000. Holds up to about nine million dollars; what goes beyond stays there.
public struct Money: Hashable, Comparable, Sendable {
  public let picoDollars: Int64

  public static let zero = Money(picoDollars: 0)

  public init(picoDollars: Int64) { self.picoDollars = picoDollars }

  /// Of a number that is only near: for pictures and averages.
  public init(dollars: Double) { picoDollars = Int64(saturating: dollars * 1e12) }

  /// Reads a plain or exponent decimal (`0.00014`, `2`, `1.5e-7`). Digits below a pico-dollar are rounded half up.
  /// Nil for anything else and for what does not fit.
  public init?(decimal text: String) {
    guard let value = scaledDecimal(text, places: 12) else { return nil }
    picoDollars = value
  }

  public static func < (a: Money, b: Money) -> Bool { a.picoDollars < b.picoDollars }

  /// Sums saturate: a total is never wrong in sign.
  public static func + (a: Money, b: Money) -> Money {
    let (sum, overflow) = a.picoDollars.addingReportingOverflow(b.picoDollars)
    return Money(picoDollars: overflow ? (a.picoDollars < 0 ? .min : .max) : sum)
  }

  /// Differences too.
  public static func - (a: Money, b: Money) -> Money {
    Money(picoDollars: a.picoDollars.subtractingSaturating(b.picoDollars))
  }

  /// So many times as much; saturates.
  public static func * (a: Money, times: Int) -> Money {
    Money(picoDollars: a.picoDollars.multipliedSaturating(by: Int64(times)))
  }

  /// An equal part of it, rounded towards zero; all of it for fewer than two.
  public static func / (a: Money, parts: Int) -> Money {
    Money(picoDollars: a.picoDollars / Int64(max(1, parts)))
  }

  /// Nothing, when it is less.
  public var orZero: Money { max(self, .zero) }

  /// Whether one call can cost so much: more is a fault of whoever says so.
  public var isOfCall: Bool { Bounds.callMoney.contains(picoDollars) }

  /// For what can only be near.
  public var dollars: Double { Double(picoDollars) / 1e12 }

  /// The exact decimal without trailing zeros: `0`, `0.0021`, `12.5`.
  public var decimalText: String {
    let magnitude = picoDollars.magnitude
    let sign = picoDollars < 0 ? "-" : ""
    let whole = magnitude / 1_000_000_000_000
    var fraction = magnitude % 1_000_000_000_000
    guard fraction > 0 else { return "\(sign)\(whole)" }
    var places = 12
    while fraction % 10 == 0 { (fraction, places) = (fraction / 10, places - 1) }
    let digits = String(fraction)
    return "\(sign)\(whole).\(String(repeating: "0", count: places - digits.utf8.count))\(digits)"
  }

  /// For the screen: `$0`, `$0.0021`, `$0.012`, `$1.23`; four decimals below a cent, cents from a dollar on.
  public var screenText: String {
    if picoDollars == 0 { return "$0" }
    let magnitude = picoDollars.magnitude
    let sign = picoDollars < 0 ? "-" : ""
    let places = magnitude >= 1_000_000_000_000 ? 2 : magnitude >= 10_000_000_000 ? 3 : 4
    var unit: UInt64 = 1
    for _ in 0..<(12 - places) { unit *= 10 }
    let rounded = (magnitude + unit / 2) / unit
    if rounded == 0 { return sign.isEmpty ? "<$0.0001" : ">-$0.0001" }
    let scale: UInt64 = places == 2 ? 100 : places == 3 ? 1000 : 10000
    let fraction = String(rounded % scale)
    return "\(sign)$\(rounded / scale).\(String(repeating: "0", count: places - fraction.count))\(fraction)"
  }
}

/// A decimal text times 10^places as an integer, rounded half up; nil when malformed, too large, or with an exponent out of
/// `Bounds.exponents`. No binary floats.
public func scaledDecimal(_ text: String, places: Int) -> Int64? {
  var digits: [UInt8] = []
  var exponent = 0
  var isNegative = false
  var sawDigit = false
  var sawPoint = false
  var rest = Substring(text)
  if let sign = rest.first, sign == "-" || sign == "+" {
    isNegative = sign == "-"
    rest.removeFirst()
  }
  if let mark = rest.firstIndex(where: { $0 == "e" || $0 == "E" }) {
    guard let power = Int(rest[rest.index(after: mark)...]), Bounds.exponents.contains(power) else { return nil }
    exponent = power
    rest = rest[..<mark]
  }
  for byte in rest.utf8 {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"):
      sawDigit = true
      digits.append(byte - UInt8(ascii: "0"))
      if sawPoint { exponent -= 1 }
    case UInt8(ascii: ".") where !sawPoint: sawPoint = true
    default: return nil
    }
  }
  guard sawDigit, digits.count < 200 else { return nil }
  let shift = exponent + places
  if shift < 0 {
    // Keep one digit more than wanted, to round by.
    let keep = digits.count + shift
    let roundsUp = keep >= 0 && keep < digits.count && digits[keep] >= 5
    digits = keep > 0 ? Array(digits.prefix(keep)) : []
    return value(of: digits, plus: roundsUp ? 1 : 0, isNegative)
  }
  return value(of: digits + Array(repeating: 0, count: shift), plus: 0, isNegative)
}

private func value(of digits: [UInt8], plus carry: Int64, _ isNegative: Bool) -> Int64? {
  var result: Int64 = 0
  for digit in digits {
    let (product, overflow) = result.multipliedReportingOverflow(by: 10)
    let (sum, overflowToo) = product.addingReportingOverflow(Int64(digit))
    if overflow || overflowToo { return nil }
    result = sum
  }
  let (sum, overflow) = result.addingReportingOverflow(carry)
  return overflow ? nil : isNegative ? -sum : sum
}
