import Core

/// How many columns a grapheme takes, and what is really drawn for it. One rule for layout and drawing, so that columns stay
/// aligned on every terminal: what terminals disagree about (emoji sequences, flags, variation selectors) is reduced to a
/// base character that they agree on. The stored text is never changed.
public enum TextWidth {
  /// A grapheme as it is drawn.
  public struct Glyph: Equatable, Sendable {
    public var text: String
    public var width: Int
  }

  /// Columns of a text without line breaks, as drawn by `Frame.put`.
  public static func of(_ text: String) -> Int {
    var width = 0
    forEachGlyph(in: text) { width += $0.width }
    return width
  }

  /// The longest beginning of `text` that fits into `columns`, with an ellipsis when something was left out.
  public static func fitted(_ text: String, columns: Int) -> String {
    if of(text) <= columns { return text }
    guard columns > 0 else { return "" }
    var result = ""
    var used = 0
    forEachGlyph(in: text) { glyph in
      if used + glyph.width < columns { result += glyph.text } else { used = columns }
      used += glyph.width
    }
    return result + "…"
  }

  /// As `fitted`, leaving out the middle: names that begin alike are told apart by their ends.
  public static func fittedInTheMiddle(_ text: String, columns: Int) -> String {
    guard of(text) > columns, columns >= 12 else { return fitted(text, columns: columns) }
    let end = columns / 2
    var tail = Substring(text)
    while of(String(tail)) > end { tail = tail.dropFirst() }
    return fitted(text, columns: columns - of(String(tail))) + tail
  }

  /// Calls `body` for each grapheme. Controls and invisible characters come as visible placeholders, one glyph a character.
  public static func forEachGlyph(in text: String, _ body: (Glyph) -> Void) {
    let utf8 = text.utf8
    var index = utf8.startIndex
    while index < utf8.endIndex {
      let next = utf8.index(after: index)
      let byte = utf8[index]
      // Between ASCII characters there is no grapheme to look for.
      if (0x20..<0x7F).contains(byte), next == utf8.endIndex || utf8[next] < 0x80 {
        body(Glyph(text: asciiTexts[Int(byte)], width: 1))
        index = next
      } else if byte == 0xE2, let (line, end) = lineGlyph(utf8, index) {
        body(line)
        index = end
      } else {
        let end = text.index(after: index)
        glyphs(of: text[index..<end]).forEach(body)
        index = end
      }
    }
  }

  static let asciiTexts: [String] = (0..<128).map { String(UnicodeScalar(UInt8($0))) }

  /// Borders, bars and blocks, which fill most of a screen: U+2500 to U+25BF, all of one column.
  private static let lineTexts: [String] = (0x2500...0x25BF).compactMap { Unicode.Scalar($0).map(String.init) }

  /// One of those, where nothing behind it can join it.
  private static func lineGlyph(_ utf8: String.UTF8View, _ start: String.Index) -> (Glyph, end: String.Index)? {
    let second = utf8.index(after: start)
    guard second < utf8.endIndex, (0x94...0x96).contains(utf8[second]) else { return nil }
    let third = utf8.index(after: second)
    let end = utf8.index(after: third)
    if end < utf8.endIndex, utf8[end] >= 0x80 {
      let after = utf8.index(after: end)
      guard utf8[end] == 0xE2, (0x94...0x96).contains(utf8[after]) else { return nil }
    }
    let number = Int(utf8[second] - 0x94) << 6 | Int(utf8[third] & 0x3F)
    return (Glyph(text: lineTexts[number], width: 1), end)
  }

  /// Usually one glyph; several for what is shown as a placeholder, none for a lone joiner.
  static func glyphs(of character: Substring) -> [Glyph] {
    var drawn = ""
    var width = 0
    var result: [Glyph] = []
    func flush() {
      if width > 0 { result.append(Glyph(text: drawn, width: width)) }
      (drawn, width) = ("", 0)
    }
    for scalar in character.unicodeScalars {
      if scalar == "\n" || scalar == "\r" { continue }
      if scalar == "\t" {
        result.append(Glyph(text: " ", width: 1))
      } else if let placeholder = VisibleText.placeholder(for: scalar) {
        flush()
        for stand in placeholder { result.append(Glyph(text: String(stand), width: 1)) }
      } else if isZeroWidth(scalar) {
        // Joiners and selectors change how wide some terminals draw emoji: only real combining marks stay, joiners where
        // letters need them, and only a few.
        let stays = isCombining(scalar) || (isJoiner(scalar) && drawn.unicodeScalars.first.map(usesJoiners) == true)
        if width > 0, stays, drawn.unicodeScalars.count < 5 { drawn.unicodeScalars.append(scalar) }
      } else if isRegional(scalar) {
        // Half of a flag: its letter, since terminals agree neither on flags nor on their width.
        flush()
        result.append(Glyph(text: asciiTexts[Int(scalar.value - 0x1F1E6) + 0x41], width: 1))
      } else if width == 0 {
        drawn = String(scalar)
        width = isWide(scalar) ? 2 : 1
      } else if isModifier(scalar) || drawn.unicodeScalars.last.map(isWide) == true {
        // The rest of an emoji sequence: its base stands for it.
        continue
      } else {
        flush()
        drawn = String(scalar)
        width = isWide(scalar) ? 2 : 1
      }
    }
    flush()
    return result
  }

  private static func isCombining(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark: !(0xFE00...0xFE0F).contains(scalar.value) && scalar.value != 0x20E3
    default: false
    }
  }

  private static func isJoiner(_ scalar: Unicode.Scalar) -> Bool { scalar.value == 0x200C || scalar.value == 0x200D }

  /// Of a script whose letters look different when a joiner stands between them: Arabic, Syriac, the scripts of India and of
  /// countries around it, Mongolian.
  private static func usesJoiners(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x0600...0x08FF, 0x0900...0x0DFF, 0x1000...0x109F, 0x1780...0x18AF, 0xFB50...0xFDFF, 0xFE70...0xFEFE: true
    default: false
    }
  }

  private static func isZeroWidth(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value < 0x300 { return false }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return true
    // Hangul vowels and finals join the syllable before them.
    default: return (0x1160...0x11FF).contains(scalar.value)
    }
  }

  private static func isRegional(_ scalar: Unicode.Scalar) -> Bool { (0x1F1E6...0x1F1FF).contains(scalar.value) }

  private static func isModifier(_ scalar: Unicode.Scalar) -> Bool { (0x1F3FB...0x1F3FF).contains(scalar.value) }

  /// Whether a character takes two columns.
  public static func isWide(_ character: Character) -> Bool { character.unicodeScalars.first.map(isWide) ?? false }

  static func isWide(_ scalar: Unicode.Scalar) -> Bool {
    let value = scalar.value
    if value < 0x1100 { return false }
    var low = 0
    var high = wideRanges.count - 1
    while low <= high {
      let middle = (low + high) / 2
      let (first, last) = wideRanges[middle]
      if value < first { high = middle - 1 } else if value > last { low = middle + 1 } else { return true }
    }
    return false
  }

  /// East Asian Wide and Fullwidth, and emoji shown wide: Unicode 17.0.0, EastAsianWidth.txt.
  private static let wideRanges: [(UInt32, UInt32)] = [
    (0x1100, 0x115F), (0x231A, 0x231B), (0x2329, 0x232A), (0x23E9, 0x23EC), (0x23F0, 0x23F0), (0x23F3, 0x23F3),
    (0x25FD, 0x25FE), (0x2614, 0x2615), (0x2630, 0x2637), (0x2648, 0x2653), (0x267F, 0x267F), (0x268A, 0x268F),
    (0x2693, 0x2693), (0x26A1, 0x26A1), (0x26AA, 0x26AB), (0x26BD, 0x26BE), (0x26C4, 0x26C5), (0x26CE, 0x26CE),
    (0x26D4, 0x26D4), (0x26EA, 0x26EA), (0x26F2, 0x26F3), (0x26F5, 0x26F5), (0x26FA, 0x26FA), (0x26FD, 0x26FD),
    (0x2705, 0x2705), (0x270A, 0x270B), (0x2728, 0x2728), (0x274C, 0x274C), (0x274E, 0x274E), (0x2753, 0x2755),
    (0x2757, 0x2757), (0x2795, 0x2797), (0x27B0, 0x27B0), (0x27BF, 0x27BF), (0x2B1B, 0x2B1C), (0x2B50, 0x2B50),
    (0x2B55, 0x2B55), (0x2E80, 0x2E99), (0x2E9B, 0x2EF3), (0x2F00, 0x2FD5), (0x2FF0, 0x3029), (0x3030, 0x303E),
    (0x3041, 0x3096), (0x309B, 0x30FF), (0x3105, 0x312F), (0x3131, 0x3163), (0x3165, 0x318E), (0x3190, 0x31E5),
    (0x31EF, 0x321E), (0x3220, 0x3247), (0x3250, 0xA48C), (0xA490, 0xA4C6), (0xA960, 0xA97C), (0xAC00, 0xD7A3),
    (0xF900, 0xFAFF), (0xFE10, 0xFE19), (0xFE30, 0xFE52), (0xFE54, 0xFE66), (0xFE68, 0xFE6B), (0xFF01, 0xFF60),
    (0xFFE0, 0xFFE6), (0x16FE0, 0x16FE3), (0x16FF2, 0x16FF6), (0x17000, 0x18CD5), (0x18CFF, 0x18D1E),
    (0x18D80, 0x18DF2), (0x1AFF0, 0x1AFF3), (0x1AFF5, 0x1AFFB), (0x1AFFD, 0x1AFFE), (0x1B000, 0x1B122),
    (0x1B132, 0x1B132), (0x1B150, 0x1B152), (0x1B155, 0x1B155), (0x1B164, 0x1B167), (0x1B170, 0x1B2FB),
    (0x1D300, 0x1D356), (0x1D360, 0x1D376), (0x1F004, 0x1F004), (0x1F0CF, 0x1F0CF), (0x1F18E, 0x1F18E),
    (0x1F191, 0x1F19A), (0x1F1E6, 0x1F202), (0x1F210, 0x1F23B), (0x1F240, 0x1F248), (0x1F250, 0x1F251),
    (0x1F260, 0x1F265), (0x1F300, 0x1F320), (0x1F32D, 0x1F335), (0x1F337, 0x1F37C), (0x1F37E, 0x1F393),
    (0x1F3A0, 0x1F3CA), (0x1F3CF, 0x1F3D3), (0x1F3E0, 0x1F3F0), (0x1F3F4, 0x1F3F4), (0x1F3F8, 0x1F43E),
    (0x1F440, 0x1F440), (0x1F442, 0x1F4FC), (0x1F4FF, 0x1F53D), (0x1F54B, 0x1F54E), (0x1F550, 0x1F567),
    (0x1F57A, 0x1F57A), (0x1F595, 0x1F596), (0x1F5A4, 0x1F5A4), (0x1F5FB, 0x1F64F), (0x1F680, 0x1F6C5),
    (0x1F6CC, 0x1F6CC), (0x1F6D0, 0x1F6D2), (0x1F6D5, 0x1F6D8), (0x1F6DC, 0x1F6DF), (0x1F6EB, 0x1F6EC),
    (0x1F6F4, 0x1F6FC), (0x1F7E0, 0x1F7EB), (0x1F7F0, 0x1F7F0), (0x1F90C, 0x1F93A), (0x1F93C, 0x1F945),
    (0x1F947, 0x1F9FF), (0x1FA70, 0x1FA7C), (0x1FA80, 0x1FA8A), (0x1FA8E, 0x1FAC6), (0x1FAC8, 0x1FAC8),
    (0x1FACD, 0x1FADC), (0x1FADF, 0x1FAEA), (0x1FAEF, 0x1FAF8), (0x20000, 0x2FFFD), (0x30000, 0x3FFFD),
  ]
}
