/// Finds answers that talk to a judge instead of the person: orders to it, verdicts in its own words, pieces of templates,
/// hidden text. Local and independent of what the judge itself reports.
///
/// One strong sign is enough, or weak ones of two kinds. What is told about such texts (quoted, or as something that others
/// do) is no sign by itself: an answer may explain an attack.
public enum JudgeDetector {
  public struct Finding: Equatable, Sendable {
    public enum Kind: String, CaseIterable, Sendable {
      /// Speaks to whoever judges.
      case addressee
      /// Tells to ignore the instructions.
      case override
      /// Says how the verdict must be.
      case verdict
      /// Words of the verdict's own form.
      case schema
      /// Marks of a chat's turns.
      case role
      /// Closes a template and opens another.
      case template
      /// Begins an answer and gives none.
      case opener
      /// Text that nobody can see.
      case hidden

      var words: String {
        switch self {
        case .addressee: "speaks to the judge"
        case .override: "tells the judge to ignore its instructions"
        case .verdict: "says what the verdict must be"
        case .schema: "uses words of the verdict’s form"
        case .role: "imitates the turns of a chat"
        case .template: "closes the judge’s template and opens another"
        case .opener: "begins an answer and gives none"
        case .hidden: "hides text"
        }
      }
    }

    public var kind: Kind
    /// In the text that was searched.
    public var range: Range<String.Index>
    /// What stands there, fit to be shown.
    public var quote: String

    /// One line for a person.
    public var words: String { "\(kind.words): ‘\(quote)’" }
  }

  public static func findings(in text: String) -> [Finding] {
    guard !text.isEmpty else { return [] }
    let seen = DetectorText(text)
    var signs = PhraseBook.signs(in: seen)
    signs += hiddenSigns(seen)
    if let opener = openerSign(seen) { signs.append(opener) }
    let score = Dictionary(grouping: signs, by: \.kind).values.reduce(0) { score, ofKind in
      score + (ofKind.map(\.strength).max() ?? 0)
    }
    guard score >= Sign.strong else { return [] }
    return signs.sorted { $0.tokens.lowerBound < $1.tokens.lowerBound }.compactMap { sign in
      let range = sign.range ?? seen.range(from: sign.tokens)
      guard !range.isEmpty else { return nil }
      return Finding(kind: sign.kind, range: range, quote: String(text[range]).plainText(limit: 120))
    }
  }

  /// The text with the spans replaced by `[removed]`; overlapping spans are one. Findings must be of this very text.
  public static func removing(_ findings: [Finding], from text: String) -> String {
    var out = ""
    var cursor = text.startIndex
    for finding in findings.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
      if finding.range.upperBound <= cursor { continue }
      if finding.range.lowerBound >= cursor, !(cursor > text.startIndex && finding.range.lowerBound == cursor) {
        out += text[cursor..<finding.range.lowerBound] + "[removed]"
      }
      cursor = finding.range.upperBound
    }
    return out + text[cursor...]
  }

  /// A trace of an attack, before the traces of a text are weighed together.
  struct Sign {
    static let strong = 2

    var kind: Finding.Kind
    var strength: Int
    /// Where, in tokens.
    var tokens: Range<Int>
    /// Where it is not told by tokens.
    var range: Range<String.Index>?
  }

  /// Tags, reordering and runs of invisible characters; a stray one comes with pasted text and hides nothing.
  private static func hiddenSigns(_ seen: DetectorText) -> [Sign] {
    let all = seen.text.unicodeScalars
    // The flags of England, Scotland and Wales are a black flag and at most six tags with their end.
    var flagEnd = all.startIndex
    let hidden = seen.hidden.filter { index in
      guard (0xE0020...0xE007F).contains(all[index].value), index > all.startIndex else { return true }
      if all[all.index(before: index)].value == 0x1F3F4 {
        flagEnd = all.index(index, offsetBy: 7, limitedBy: all.endIndex) ?? all.endIndex
      }
      return index >= flagEnd
    }
    guard !hidden.isEmpty else { return [] }
    let scalars = hidden.map { all[$0] }
    let isSecret = scalars.contains { scalar in
      switch scalar.value {
      case 0x202A...0x202E, 0x2066...0x2069, 0xE0000...0xE0FFF: true
      default: false
      }
    }
    guard isSecret || scalars.count(where: { $0.value != 0xAD }) >= 4 else { return [] }
    var runs: [Range<String.Index>] = []
    for index in hidden {
      let next = all.index(after: index)
      if let last = runs.last, last.upperBound == index {
        runs[runs.count - 1] = last.lowerBound..<next
      } else {
        runs.append(index..<next)
      }
    }
    return runs.map { Sign(kind: .hidden, strength: Sign.strong, tokens: 0..<0, range: $0) }
  }

  /// The replies of "One Token to Fool LLM-as-a-Judge" (arXiv 2507.08794): nothing but how an answer would begin.
  private static func openerSign(_ seen: DetectorText) -> Sign? {
    guard seen.tokens.count <= 12 else { return nil }
    let words = seen.tokens.map(\.word)
    let isOpener = PhraseBook.openers.contains(words.filter { $0.first.map { $0.isLetter || $0.isNumber } ?? false })
    let isSign = words.allSatisfy { [".", ",", ":", ";", "-", "#", "*"].contains($0) }
    guard !words.isEmpty, isOpener || isSign else { return nil }
    return Sign(
      kind: .opener, strength: Sign.strong, tokens: 0..<words.count, range: seen.text.startIndex..<seen.text.endIndex)
  }
}
