/// What a piece of the screen means; the theme says how that looks. Code never names a colour.
public enum Role: Int, CaseIterable, Sendable {
  case text, quiet, strong, border, focus, title, prompt, reasoning, good, busy, warning, bad, selection, bar, match
  // Within a rendered answer.
  case heading, link, code, keyword, literal, number, comment, quote
  // What two answers do not share.
  case added, removed
  // A colour of its own for each lane.
  case lane1, lane2, lane3, lane4, lane5, lane6, lane7, lane8, lane9

  /// - Parameter number: of a lane, from 0; beyond nine they begin anew.
  public static func lane(_ number: Int) -> Role {
    Role(rawValue: Role.lane1.rawValue + ((number % 9) + 9) % 9) ?? .lane1
  }

  /// The number of the lane whose colour it is, from 0.
  var laneNumber: Int? { rawValue >= Role.lane1.rawValue ? rawValue - Role.lane1.rawValue : nil }
}

/// A role with attributes that mean something by themselves.
public struct Style: Hashable, Sendable {
  public var role: Role
  public var isBold = false
  public var isItalic = false
  public var isUnderlined = false
  public var isReversed = false

  public init(
    _ role: Role = .text, bold: Bool = false, italic: Bool = false, underlined: Bool = false, reversed: Bool = false
  ) {
    self.role = role
    isBold = bold
    isItalic = italic
    isUnderlined = underlined
    isReversed = reversed
  }
}

/// 24 bits of colour.
public struct Color: Hashable, Sendable {
  public var red: UInt8
  public var green: UInt8
  public var blue: UInt8

  public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
    (self.red, self.green, self.blue) = (red, green, blue)
  }

  /// By its luma (Rec. 601).
  var isDark: Bool { 299 * Int(red) + 587 * Int(green) + 114 * Int(blue) < 128_000 }

  /// `#14161b` or `14161b`.
  public init?(hexadecimal text: String) {
    let digits = text.hasPrefix("#") ? text.dropFirst() : text[...]
    guard digits.utf8.count == 6, let value = UInt32(digits, radix: 16) else { return nil }
    self.init(UInt8(value >> 16 & 255), UInt8(value >> 8 & 255), UInt8(value & 255))
  }
}
