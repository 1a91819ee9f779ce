/// A text as one reads it, whatever it is written with: lower case, full-width and look-alike letters as Latin ones, nothing
/// invisible, one space for many. Every character knows where it comes from.
struct FoldedText {
  let source: String
  private(set) var scalars: [Unicode.Scalar] = []
  private var places: [String.Index] = []

  /// A run of letters and digits.
  struct Word {
    var text: String
    /// In `scalars`.
    var range: Range<Int>
    /// It is the first of its line.
    var beginsLine: Bool
  }

  init(_ source: String) {
    self.source = source
    scalars.reserveCapacity(source.utf8.count)
    let all = source.unicodeScalars
    for index in all.indices {
      guard let folded = Self.fold(all[index]) else { continue }
      if folded == " ", scalars.last == " " || scalars.last == "\n" { continue }
      scalars.append(folded)
      places.append(index)
    }
  }

  /// Nil for what is not seen.
  private static func fold(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
    switch scalar.value {
    case 0x0A, 0x0D: return "\n"
    case 0x09, 0x20, 0xA0, 0x2000...0x200A, 0x202F, 0x3000: return " "
    case 0x41...0x5A: return Unicode.Scalar(scalar.value + 32)
    case 0..<0x80: return scalar
    case 0xFF21...0xFF3A: return Unicode.Scalar(scalar.value - 0xFF21 + 0x61)
    case 0xFF01...0xFF5E: return Unicode.Scalar(scalar.value - 0xFEE0)
    case 0xAD, 0x200B...0x200F, 0x2060...0x2064, 0xFEFF, 0xE0000...0xE007F, 0x300...0x36F: return nil
    case 0x2018, 0x2019: return "'"
    case 0x201C, 0x201D: return "\""
    default: return lookAlikes[scalar] ?? lower(scalar)
    }
  }

  private static func lower(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    scalar.properties.lowercaseMapping.unicodeScalars.first ?? scalar
  }

  /// Cyrillic and Greek letters that are drawn as Latin ones.
  private static let lookAlikes: [Unicode.Scalar: Unicode.Scalar] = [
    "а": "a", "е": "e", "о": "o", "р": "p", "с": "c", "у": "y", "х": "x", "і": "i", "ј": "j", "ѕ": "s", "һ": "h",
    "ԁ": "d", "ԛ": "q", "ԝ": "w", "А": "a", "В": "b", "Е": "e", "К": "k", "М": "m", "Н": "h", "О": "o", "Р": "p",
    "С": "c", "Т": "t", "У": "y", "Х": "x", "І": "i", "Ј": "j", "Ѕ": "s", "ο": "o", "α": "a", "ν": "v", "ι": "i",
    "Α": "a", "Β": "b", "Ε": "e", "Ζ": "z", "Η": "h", "Ι": "i", "Κ": "k", "Μ": "m", "Ν": "n", "Ο": "o", "Ρ": "p",
    "Τ": "t", "Υ": "y", "Χ": "x", "ɡ": "g", "ı": "i",
  ]

  var words: [Word] {
    var words: [Word] = []
    var start: Int?
    var beginsLine = true
    func close(_ end: Int) {
      guard let from = start else { return }
      words.append(Word(text: text(from..<end), range: from..<end, beginsLine: beginsLine))
      (start, beginsLine) = (nil, false)
    }
    for (index, scalar) in scalars.enumerated() {
      let isInner = scalar == "/" || scalar == "_" || scalar == "'"
      if isWordScalar(scalar) || (isInner && start != nil) {
        if start == nil { start = index }
      } else {
        close(index)
        if scalar == "\n" { beginsLine = true }
      }
    }
    close(scalars.count)
    return words
  }

  private func isWordScalar(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x30...0x39, 0x61...0x7A: true
    case 0..<0x80: false
    default: scalar.properties.isAlphabetic
    }
  }

  func text(_ range: Range<Int>) -> String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars[range])
    return String(text)
  }

  /// In the source.
  func range(_ range: Range<Int>) -> Range<String.Index> {
    let start = places.indices.contains(range.lowerBound) ? places[range.lowerBound] : source.endIndex
    let end = places.indices.contains(range.upperBound) ? places[range.upperBound] : source.endIndex
    return start..<max(start, end)
  }

  /// Where any of the phrases stand; looked at only where one can begin.
  func occurrences(of phrases: [String]) -> [Range<String.Index>] {
    var byFirst: [Unicode.Scalar: [[Unicode.Scalar]]] = [:]
    for phrase in phrases {
      let letters = Array(phrase.unicodeScalars)
      if let first = letters.first { byFirst[first, default: []].append(letters) }
    }
    var found: [Range<String.Index>] = []
    for (index, scalar) in scalars.enumerated() {
      for letters in byFirst[scalar] ?? [] where scalars[index...].starts(with: letters) {
        found.append(range(index..<(index + letters.count)))
      }
    }
    return found
  }
}
