/// Makes text that came from elsewhere safe to show: nothing in it can move a cursor, change a colour, reorder what is on
/// the screen or hide. The stored text is never changed, only what is drawn.
public enum VisibleText {
  /// C0 and C1 controls as control pictures or `⟨U+XXXX⟩`; bidi overrides, zero-width and tag characters as `⟨U+XXXX⟩`.
  /// Newlines stay; tabs stay, for whoever lays out the text. Direction marks stay where text runs from right to left.
  public static func of(_ text: String) -> String {
    if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) || $0 == 0x0A || $0 == 0x09 }) { return text }
    var out = String.UnicodeScalarView()
    let scalars = text.unicodeScalars
    for index in scalars.indices {
      let scalar = scalars[index]
      if let placeholder = placeholder(for: scalar), !isOrdinaryMark(at: index, in: text) {
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

  /// Marks and isolates that say in which direction a piece of text runs; they override nothing.
  private static func isDirectionMark(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x061C, 0x200E, 0x200F, 0x2066...0x2069: true
    default: false
    }
  }

  /// Of Hebrew, Arabic, Syriac, Thaana, N'Ko, Adlam and their like.
  private static func isRightToLeft(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x061C: false
    case 0x0590...0x08FF, 0xFB1D...0xFDFF, 0xFE70...0xFEFE, 0x10800...0x10FFF, 0x1E800...0x1EFFF: true
    default: false
    }
  }

  /// Scalars before a mark, on its line, in which a letter that runs from right to left makes it an ordinary one.
  private static let reach = 64

  /// Whether a direction mark does its work: text that runs from right to left stands before it on its line or right behind it.
  /// What follows later is not looked at, so that a text which grows is drawn like a whole one.
  public static func isOrdinaryMark(at index: String.Index, in text: String) -> Bool {
    let scalars = text.unicodeScalars
    guard isDirectionMark(scalars[index]) else { return false }
    let next = scalars.index(after: index)
    if next < scalars.endIndex, isRightToLeft(scalars[next]) { return true }
    var before = index
    for _ in 0..<reach {
      guard before > scalars.startIndex else { return false }
      before = scalars.index(before: before)
      if isRightToLeft(scalars[before]) { return true }
      if scalars[before] == "\n" { return false }
    }
    return false
  }

  /// A text to be drawn, without the marks that are not seen.
  public static func withoutOrdinaryMarks(_ text: String) -> String {
    let scalars = text.unicodeScalars
    // The bytes that direction marks begin with.
    guard text.utf8.contains(where: { $0 == 0xE2 || $0 == 0xD8 }), scalars.contains(where: isDirectionMark) else {
      return text
    }
    var out = String.UnicodeScalarView()
    for index in scalars.indices where !isOrdinaryMark(at: index, in: text) { out.append(scalars[index]) }
    return String(out)
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
