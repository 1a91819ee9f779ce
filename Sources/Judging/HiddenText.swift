import Core

/// Tells characters that a reader of the screen cannot see from those that shape what is seen.
enum HiddenText {
  static func isHidden(_ scalar: Unicode.Scalar, after previous: Unicode.Scalar?, before next: Unicode.Scalar?) -> Bool
  {
    switch scalar.value {
    case 0x200C, 0x200D:
      // Joins what stands beside it: emoji, or letters of scripts that are written joined.
      guard let previous, let next else { return true }
      return !joins(previous) || !joins(next)
    case 0xFE00...0xFE0F:
      // Chooses how the sign before it looks; a run of them chooses nothing and may carry a message.
      return previous.map { $0.value < 0x80 && !isKeycap($0) || isSelector($0) } ?? true
    case 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B...0x180D, 0x180F, 0x3164, 0xFFA0: return true
    default: return VisibleText.placeholder(for: scalar) != nil
    }
  }

  private static func joins(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x0600...0x1CFF, 0x2190...0x2BFF, 0xA840...0xABFF, 0xFB50...0xFDFF, 0xFE0F, 0xFE70...0xFEFE, 0x1F000...0x1FAFF:
      true
    default: false
    }
  }

  private static func isKeycap(_ scalar: Unicode.Scalar) -> Bool { "0123456789#*".unicodeScalars.contains(scalar) }

  private static func isSelector(_ scalar: Unicode.Scalar) -> Bool {
    (0xFE00...0xFE0F).contains(scalar.value) || (0xE0100...0xE01EF).contains(scalar.value)
  }
}

extension String {
  /// Somebody else's words made fit to be shown on one line, cut to `limit` code points with an ellipsis.
  func plainText(limit: Int) -> String {
    // Not more than could be kept is looked at: the text may be huge.
    let scalars = unicodeScalars.prefix(limit + 1)
    let shown = VisibleText.line(String(String.UnicodeScalarView(scalars)))
    let kept = shown.unicodeScalars
    guard kept.count > limit else { return shown }
    return String(String.UnicodeScalarView(kept.prefix(limit - 1))) + "…"
  }
}
