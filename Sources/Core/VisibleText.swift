/// Makes text that came from elsewhere safe to show: nothing in it can move a cursor, change a colour, reorder what is on
/// the screen or hide. The stored text is never changed, only what is drawn.
public enum VisibleText {
  /// C0 and C1 controls as control pictures or `⟨U+XXXX⟩`; bidi overrides, zero-width and tag characters as `⟨U+XXXX⟩`.
  /// Newlines stay; tabs stay, for whoever lays out the text.
  public static func of(_ text: String) -> String {
    if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) || $0 == 0x0A || $0 == 0x09 }) { return text }
    var out = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if let placeholder = placeholder(for: scalar) {
        out.append(contentsOf: placeholder.unicodeScalars)
      } else {
        out.append(scalar)
      }
    }
    return String(out)
  }

  /// As `of`, on one line: newlines and tabs become single spaces.
  public static func line(_ text: String) -> String {
    of(String(text.map { $0.isNewline || $0 == "\t" ? " " : $0 }))
  }

  /// Whether a scalar is none that a name may hold: it cannot be seen, or breaks a line.
  public static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    placeholder(for: scalar) != nil || scalar == "\n" || scalar == "\t"
  }

  /// What stands for a scalar that must not be drawn as it is; nil for harmless ones.
  public static func placeholder(for scalar: Unicode.Scalar) -> String? {
    switch scalar.value {
    case 0x0A, 0x09: nil
    case 0x00..<0x20: Unicode.Scalar(0x2400 + scalar.value).map(String.init)
    case 0x7F: "␡"
    case 0x20..<0x7F: nil
    case 0x80..<0xA0, 0xAD, 0x061C, 0x180E, 0x200B, 0x200E, 0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF,
      0xFFF9...0xFFFB,
      0xE0000...0xE0FFF:
      "⟨U+\(String(scalar.value, radix: 16, uppercase: true))⟩"
    default: nil
    }
  }
}

/// A URL without the name and password that may stand before its host.
public func withoutUserInfo(_ url: String) -> String {
  guard let scheme = url.firstRange(of: "://") else { return url }
  let rest = url[scheme.upperBound...]
  let authority = rest.prefix { $0 != "/" && $0 != "?" }
  guard let at = authority.lastIndex(of: "@") else { return url }
  return String(url[..<scheme.upperBound] + rest[rest.index(after: at)...])
}
