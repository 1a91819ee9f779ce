/// What numbers from outside may be. Streams, files, the config, the command line, rows and the clock are all held to these ranges
/// where they come in: sums and products of what has come in then fit.
public enum Bounds {
  /// Tokens of one class, or units of a tool, in one call. A thousand times the largest context of today.
  public static let tokens = 0...1_000_000_000
  /// Of one call, in pico-dollars: a hundred thousand dollars, and never paid back.
  public static let callMoney: ClosedRange<Int64> = 0...100_000_000_000_000_000
  /// Seconds since 1970, until the end of the year 9999.
  public static let dates: ClosedRange<Int64> = 0...253_402_300_799
  /// Days since 1970, so too.
  public static let days = 0...2_932_896
  /// Nanoseconds: about eleven days.
  public static let durations: ClosedRange<Int64> = 0...1_000_000_000_000_000
  /// Calls, turns, votes, lines: what is counted one by one, and tokens of many calls.
  public static let counts = 0...(1 << 40)
  /// Numbers of lanes in one session, those taken out of it included.
  public static let lanes = 0...4095
  /// Of a decimal number with one (`1.5e-7`).
  public static let exponents = -99...99

  /// `from 0 to 1000000000`, for errors.
  public static func text(_ range: ClosedRange<some BinaryInteger>) -> String {
    "from \(range.lowerBound) to \(range.upperBound)"
  }
}

extension FixedWidthInteger {
  /// The whole part of a binary float, as near as this type comes to it; 0 for what is no number.
  public init(saturating value: Double) {
    if let whole = Self(exactly: value.rounded(.towardZero)) {
      self = whole
    } else {
      self = value.isNaN ? 0 : value < 0 ? .min : .max
    }
  }

  /// The sum, as near as this type comes to it.
  public func addingSaturating(_ other: Self) -> Self {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other < 0 ? .min : .max) : sum
  }

  /// The difference, as near as this type comes to it.
  public func subtractingSaturating(_ other: Self) -> Self {
    let (difference, overflow) = subtractingReportingOverflow(other)
    return overflow ? (other < 0 ? .max : .min) : difference
  }

  /// The product, as near as this type comes to it.
  public func multipliedSaturating(by other: Self) -> Self {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? ((self < 0) == (other < 0) ? .max : .min) : product
  }
}

extension Comparable {
  /// The value of the range that is nearest.
  public func clamped(to range: ClosedRange<Self>) -> Self { min(max(self, range.lowerBound), range.upperBound) }
}

/// A count of one call, which is in `Bounds.tokens` whatever is written into it.
@propertyWrapper
public struct TokensOfCall: Equatable, Sendable {
  private var tokens: Int

  public init(wrappedValue: Int) { tokens = wrappedValue.clamped(to: Bounds.tokens) }

  public var wrappedValue: Int {
    get { tokens }
    set { tokens = newValue.clamped(to: Bounds.tokens) }
  }
}
