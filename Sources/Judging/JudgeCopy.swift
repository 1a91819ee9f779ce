/// An answer as a judge gets it: nothing invisible in it, and no longer than the others.
public struct JudgeCopy: Equatable, Sendable {
  public var text: String
  /// It was longer than the limit.
  public var wasCut: Bool
  /// Control, bidi, zero-width and tag characters that are shown as codes.
  public var hidden: Int

  static let cutMark = "\n[… cut …]"

  /// - Parameter limit: code points, the same for all; when one is longer, all carry the mark of a cut, so that the mark tells
  ///   nothing.
  public static func make(_ texts: [String], limit: Int) -> [JudgeCopy] {
    let lengths = texts.map { $0.unicodeScalars.count }
    let isAnyCut = lengths.contains { $0 > limit }
    return zip(texts, lengths).map { text, length in
      var copy = JudgeCopy(text: "", wasCut: length > limit, hidden: 0)
      let scalars = Array(text.unicodeScalars.prefix(limit))
      for (index, scalar) in scalars.enumerated() {
        let next = index + 1 < scalars.count ? scalars[index + 1] : nil
        if scalar == "\r", next == "\n" { continue }
        if HiddenText.isHidden(scalar, after: index > 0 ? scalars[index - 1] : nil, before: next) {
          copy.text += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
          copy.hidden += 1
        } else {
          copy.text.unicodeScalars.append(scalar)
        }
      }
      if isAnyCut { copy.text += cutMark }
      return copy
    }
  }
}
