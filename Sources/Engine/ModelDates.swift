import Core

/// When models came out, as far as their names tell: `gpt-5.4-2026-03-05` dates itself, and `gpt-5.4`, which stands for it.
struct ModelDates {
  /// Seconds since 1970 by name without its date, the latest of each.
  private var stems: [String: Int64] = [:]

  init(names: some Sequence<String>) {
    for name in names {
      guard let (stem, date) = Self.split(name) else { continue }
      stems[stem] = max(stems[stem] ?? date, date)
    }
  }

  func date(of name: String) -> Int64? { Self.split(name)?.date ?? stems[name] }

  /// A name that ends with a day, `-2026-03-05` or `-20260305`.
  static func split(_ name: String) -> (stem: String, date: Int64)? {
    let bytes = Array(name.utf8)
    for length in [11, 9] where bytes.count > length {
      let end = bytes.suffix(length)
      guard end.first == UInt8(ascii: "-") else { continue }
      let digits = end.filter { (0x30...0x39).contains($0) }.map { Character(UnicodeScalar($0)) }
      guard digits.count == 8, end.count(where: { $0 == UInt8(ascii: "-") }) == length - 8 else { continue }
      let day = "\(String(digits[0..<4]))-\(String(digits[4..<6]))-\(String(digits[6..<8]))T00:00:00Z"
      guard length == 9 || name.hasSuffix(day.prefix(10)), let date = secondsSince1970(isoTime: day) else { continue }
      return (String(decoding: bytes.dropLast(length), as: UTF8.self), date)
    }
    return nil
  }
}
