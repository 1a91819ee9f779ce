/// Scripts that put no blanks between words: Chinese, Japanese, Thai, Lao, Khmer, Burmese; and Korean, whose endings grow
/// onto words. What is looked for in them may stand anywhere in a run of signs, so that pairs of neighbours are what an index
/// knows.
public enum Grams {
  /// The same as in SQLite's GLOB.
  public static let pattern =
    "*[\u{0E01}-\u{0EFF}\u{1000}-\u{109F}\u{1100}-\u{11FF}\u{1780}-\u{17FF}\u{3005}-\u{3007}\u{3041}-\u{30FF}\u{3131}-\u{318E}\u{3400}-\u{4DBF}\u{4E00}-\u{9FFF}\u{AC00}-\u{D7A3}\u{F900}-\u{FAFF}\u{FF66}-\u{FFDC}\u{20000}-\u{3134F}]*"

  public static func isDense(_ scalar: Unicode.Scalar) -> Bool {
    guard scalar.value >= 0x0E01 else { return false }
    return switch scalar.value {
    case 0x0E01...0x0EFF, 0x1000...0x109F, 0x1100...0x11FF, 0x1780...0x17FF, 0x3005...0x3007, 0x3041...0x30FF,
      0x3131...0x318E, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFF66...0xFFDC,
      0x20000...0x3134F:
      true
    default: false
    }
  }

  /// A run of such signs, or a word of any other script.
  public enum Piece: Equatable, Sendable { case run([Unicode.Scalar]), word(String) }

  /// Runs and words of a text, in their order. A word may touch a run: nobody puts a blank between them.
  public static func pieces(of text: String) -> [Piece] {
    var pieces: [Piece] = []
    var (run, word): ([Unicode.Scalar], String) = ([], "")
    func end() {
      if !run.isEmpty { pieces.append(.run(run)) }
      if !word.isEmpty { pieces.append(.word(folded(word))) }
      (run, word) = ([], "")
    }
    for scalar in text.unicodeScalars {
      if isDense(scalar) {
        if !word.isEmpty { end() }
        run.append(scalar)
      } else if scalar.properties.isAlphabetic || scalar.properties.numericType != nil
        || scalar.properties.generalCategory == .nonspacingMark
      {
        if !run.isEmpty { end() }
        word.unicodeScalars.append(scalar)
      } else {
        end()
      }
    }
    end()
    return pieces
  }

  /// In lower case and without marks that stand apart from their letters.
  private static func folded(_ word: String) -> String {
    String(
      String.UnicodeScalarView(
        word.lowercased().unicodeScalars.filter { $0.properties.generalCategory != .nonspacingMark }))
  }

  /// A text for the index: of a run each pair of neighbours as one word, and its last sign alone, so that a single sign is the
  /// beginning of some word; of other scripts the words, told by a letter that no pair has.
  public static func indexed(_ text: String) -> String {
    var words: [UInt8] = []
    for piece in pieces(of: text) {
      if !words.isEmpty { words.append(UInt8(ascii: " ")) }
      switch piece {
      case .word(let word): words += Array("w\(word)".utf8)
      case .run(let run):
        for (index, scalar) in run.enumerated() {
          if index > 0 { words.append(UInt8(ascii: " ")) }
          append(scalar, to: &words)
          if index + 1 < run.count { append(run[index + 1], to: &words) }
        }
      }
    }
    return String(decoding: words, as: UTF8.self)
  }

  /// What is looked for, in FTS5's language: every run and every word of it.
  /// - Parameter isPrefix: its last word may go on.
  public static func query(_ text: String, isPrefix: Bool) -> String? {
    let pieces = pieces(of: text)
    let phrases = pieces.enumerated().map { index, piece -> String in
      switch piece {
      case .word(let word): return "\"w\(word)\"" + (isPrefix && index == pieces.count - 1 ? "*" : "")
      case .run(let run):
        guard run.count > 1 else { return "\"\(code(run))\"*" }
        let words = zip(run, run.dropFirst()).map { code([$0, $1]) }
        return "\"\(words.joined(separator: " "))\""
      }
    }
    return phrases.isEmpty ? nil : phrases.joined(separator: " AND ")
  }

  private static func code(_ scalars: [Unicode.Scalar]) -> String {
    var word: [UInt8] = []
    for scalar in scalars { append(scalar, to: &word) }
    return String(decoding: word, as: UTF8.self)
  }

  /// Five digits each, so that none is the beginning of another.
  private static func append(_ scalar: Unicode.Scalar, to bytes: inout [UInt8]) {
    let digits = Array("0123456789abcdef".utf8)
    for shift in stride(from: 16, through: 0, by: -4) { bytes.append(digits[Int(scalar.value >> UInt32(shift)) & 15]) }
  }
}
