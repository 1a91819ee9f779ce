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

  /// Runs of such signs, in their order.
  public static func runs(of text: String) -> [[Unicode.Scalar]] {
    var runs: [[Unicode.Scalar]] = []
    var run: [Unicode.Scalar] = []
    for scalar in text.unicodeScalars {
      if isDense(scalar) {
        run.append(scalar)
      } else if !run.isEmpty {
        runs.append(run)
        run = []
      }
    }
    return run.isEmpty ? runs : runs + [run]
  }

  /// A text for the index: each pair of neighbours as one word, and the last sign of each run alone, so that a single sign is the
  /// beginning of some word. Between runs stands a word that nobody looks for.
  public static func indexed(_ text: String) -> String {
    var words: [UInt8] = []
    for run in runs(of: text) {
      if !words.isEmpty { words += Array(" z ".utf8) }
      for (index, scalar) in run.enumerated() {
        if index > 0 { words.append(UInt8(ascii: " ")) }
        append(scalar, to: &words)
        if index + 1 < run.count { append(run[index + 1], to: &words) }
      }
    }
    return String(decoding: words, as: UTF8.self)
  }

  /// What is looked for, in FTS5's language: every run of it as a phrase. Nil where it has none.
  public static func query(_ text: String) -> String? {
    let phrases = runs(of: text).map { run -> String in
      guard run.count > 1 else {
        var word: [UInt8] = []
        append(run[0], to: &word)
        return "\"\(String(decoding: word, as: UTF8.self))\"*"
      }
      let words = zip(run, run.dropFirst()).map { pair -> String in
        var word: [UInt8] = []
        append(pair.0, to: &word)
        append(pair.1, to: &word)
        return String(decoding: word, as: UTF8.self)
      }
      return "\"\(words.joined(separator: " "))\""
    }
    return phrases.isEmpty ? nil : phrases.joined(separator: " AND ")
  }

  /// Five digits each, so that none is the beginning of another.
  private static func append(_ scalar: Unicode.Scalar, to bytes: inout [UInt8]) {
    let digits = Array("0123456789abcdef".utf8)
    for shift in stride(from: 16, through: 0, by: -4) { bytes.append(digits[Int(scalar.value >> UInt32(shift)) & 15]) }
  }
}
