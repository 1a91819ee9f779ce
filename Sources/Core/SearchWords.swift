/// What a person typed to look for: words, "exact phrases" and -excluded ones. The last word stands for all that begin with it,
/// unless it is quoted: it may still be being typed.
public struct SearchWords: Equatable, Sendable {
  public struct Term: Equatable, Sendable {
    public var text: String
    public var isPrefix = false
    public var isExcluded = false
  }

  /// More would only be a slip: a pasted page.
  private static let most = 32

  public private(set) var terms: [Term] = []

  public init(parsing text: String) {
    let tokens = Self.tokens(of: text)
    for (index, token) in tokens.prefix(Self.most).enumerated() {
      let isExcluded = token.text.hasPrefix("-")
      let bare = isExcluded ? token.text.dropFirst() : token.text[...]
      let words = String(bare.filter { $0 != "\"" })
      guard words.unicodeScalars.contains(where: Self.isSearchable) else { continue }
      let isLast = index == tokens.count - 1 && token.isOpen
      // One letter would stand for a tenth of all words there are.
      let isLong = words.unicodeScalars.count > 1 || !words.utf8.allSatisfy { $0 < 0x80 }
      terms.append(Term(text: words, isPrefix: isLast && !isExcluded && isLong, isExcluded: isExcluded))
    }
  }

  /// Nothing to look for: what is left out alone finds nothing.
  public var isEmpty: Bool { terms.allSatisfy(\.isExcluded) }

  /// Split at blanks outside quotes; `isOpen` without a closing quote at the end.
  static func tokens(of text: String) -> [(text: String, isOpen: Bool)] {
    var tokens: [(text: String, isOpen: Bool)] = []
    var token = ""
    var isQuoted = false
    for character in text {
      if character == "\"" { isQuoted.toggle() }
      if character.isWhitespace || character == "\0", !isQuoted {
        if !token.isEmpty { tokens.append((token, token.last != "\"")) }
        token = ""
      } else {
        token.append(character == "\0" ? " " : character)
      }
    }
    if !token.isEmpty { tokens.append((token, isQuoted || token.last != "\"")) }
    return tokens
  }

  /// Whether the index knows it: punctuation and emoji it passes over.
  private static func isSearchable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
      .letterNumber, .otherNumber, .privateUse:
      true
    default: false
    }
  }
}
