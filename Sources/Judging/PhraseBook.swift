/// A phrase as a pattern over tokens. Written with spaces between tokens: `a|b` one of these, `a|b?` at most once, `..3` up to
/// three tokens of any kind on the same line, `^` in front for the beginning of a line.
struct Phrase {
  enum Part {
    case words(Set<String>, isOptional: Bool)
    case gap(Int)
  }

  var kind: JudgeDetector.Finding.Kind
  var strength: Int
  var startsLine: Bool
  var parts: [Part]

  init(_ kind: JudgeDetector.Finding.Kind, _ strength: Int, _ pattern: String) {
    self.kind = kind
    self.strength = strength
    startsLine = pattern.hasPrefix("^")
    parts = pattern.split(separator: " ").filter { $0 != "^" }.flatMap { piece -> [Part] in
      if piece.hasPrefix(".."), let count = Int(piece.dropFirst(2)) { return [.gap(count)] }
      let isOptional = piece.count > 1 && piece.hasSuffix("?")
      let words = (isOptional ? piece.dropLast() : piece).split(separator: "|", omittingEmptySubsequences: true)
      // A bar by itself is a sign, as in chat templates.
      return [.words(words.isEmpty ? ["|"] : Set(words.map(String.init)), isOptional: isOptional)]
    }
  }

  var firstWords: Set<String> {
    if case .words(let words, _)? = parts.first { return words }
    return []
  }

  /// The token after the phrase, if it begins at `index`.
  func end(in tokens: [DetectorText.Token], at index: Int) -> Int? {
    if startsLine, !tokens[index].startsLine { return nil }
    return match(0, tokens, index, isFirst: true)
  }

  private func match(_ part: Int, _ tokens: [DetectorText.Token], _ index: Int, isFirst: Bool = false) -> Int? {
    guard part < parts.count else { return index }
    switch parts[part] {
    case .words(let words, let isOptional):
      if index < tokens.count, words.contains(tokens[index].word),
        let end = match(part + 1, tokens, index + 1)
      {
        return end
      }
      return isOptional ? match(part + 1, tokens, index) : nil
    case .gap(let most):
      for skipped in 0...most {
        if skipped > 0, index + skipped > tokens.count || tokens[index + skipped - 1].startsLine { return nil }
        if let end = match(part + 1, tokens, index + skipped) { return end }
      }
      return nil
    }
  }
}

/// Looks all phrases up in a text.
enum PhraseBook {
  static func signs(in seen: DetectorText) -> [JudgeDetector.Sign] {
    var signs: [JudgeDetector.Sign] = []
    for (index, token) in seen.tokens.enumerated() {
      for phrase in byFirst[token.word] ?? [] {
        guard let end = phrase.end(in: seen.tokens, at: index) else { continue }
        let strength = weight(of: phrase, at: index, in: seen)
        signs.append(JudgeDetector.Sign(kind: phrase.kind, strength: strength, tokens: index..<end))
      }
    }
    return signs
  }

  private static let byFirst: [String: [Phrase]] = {
    var table: [String: [Phrase]] = [:]
    for phrase in all {
      for word in phrase.firstWords { table[word, default: []].append(phrase) }
    }
    return table
  }()

  /// What is told about, not said, weighs nothing; what stands in a code block weighs little.
  private static func weight(of phrase: Phrase, at index: Int, in seen: DetectorText) -> Int {
    if phrase.kind == .schema { return phrase.strength }
    if seen.tokens[index].isQuoted { return 0 }
    if phrase.kind == .override, isToldAbout(index, seen.tokens) { return 0 }
    return seen.tokens[index].isFenced ? min(phrase.strength, 1) : phrase.strength
  }

  /// "attackers tell it to ignore …", "you can ignore …", "never ignore …"
  private static func isToldAbout(_ index: Int, _ tokens: [DetectorText.Token]) -> Bool {
    guard index > 0, !tokens[index].startsLine else { return false }
    let before = tokens[index - 1].word
    if before == "to" {
      return !(index > 1 && ["are", "need", "have", "want"].contains(tokens[index - 2].word))
    }
    return [
      "can", "could", "may", "might", "would", "not", "t", "never", "don", "as", "like", "which", "that", "they", "zu",
      "kann", "nicht", "nie", "peut", "pas", "puede", "no", "nunca",
    ].contains(before)
  }
}
