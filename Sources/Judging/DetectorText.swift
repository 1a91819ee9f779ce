/// A text as the detector reads it: words and signs, with simple disguises taken off (case, wide letters, look-alikes,
/// accents, invisible characters inside words, spaced letters), each with its place in the original.
struct DetectorText {
  struct Token {
    var word: String
    var range: Range<String.Index>
    /// First of its line.
    var startsLine: Bool
    /// Exactly one space before it.
    var isSpaced = false
    var isQuoted = false
    var isFenced = false
  }

  let text: String
  private(set) var tokens: [Token] = []
  /// Where the invisible characters are.
  private(set) var hidden: [String.Index] = []

  init(_ text: String) {
    self.text = text
    read()
    joinSpacedLetters()
    markQuotes()
  }

  private mutating func read() {
    let scalars = text.unicodeScalars
    var word = ""
    var start = scalars.startIndex
    var startsLine = true
    var spaces = 0
    var previous: Unicode.Scalar?
    var index = scalars.startIndex

    func close(_ end: String.Index, into tokens: inout [Token]) {
      guard !word.isEmpty else { return }
      tokens.append(Token(word: word, range: start..<end, startsLine: startsLine, isSpaced: spaces == 1))
      (word, startsLine, spaces) = ("", false, 0)
    }

    while index < scalars.endIndex {
      let scalar = scalars[index]
      let next = scalars.index(after: index)
      let following = next < scalars.endIndex ? scalars[next] : nil
      if HiddenText.isHidden(scalar, after: previous, before: following), scalar != "\r" {
        hidden.append(index)
      } else {
        switch DetectorText.form(of: scalar) {
        case .letter(let letter):
          if word.isEmpty { start = index }
          word += letter
        case .ideograph:
          close(index, into: &tokens)
          tokens.append(
            Token(word: String(scalar), range: index..<next, startsLine: startsLine, isSpaced: spaces == 1))
          (startsLine, spaces) = (false, 0)
        case .space(let isNewline):
          close(index, into: &tokens)
          spaces += 1
          if isNewline { startsLine = true }
        case .sign(let sign):
          close(index, into: &tokens)
          tokens.append(Token(word: sign, range: index..<next, startsLine: startsLine, isSpaced: spaces == 1))
          (startsLine, spaces) = (false, 0)
        case .nothing: break
        }
      }
      previous = scalar
      index = next
    }
    close(scalars.endIndex, into: &tokens)
  }

  /// `i g n o r e` is one word: runs of four and more single letters with one space between each two.
  private mutating func joinSpacedLetters() {
    var result: [Token] = []
    var index = 0
    while index < tokens.count {
      var end = index
      func isLetter(_ at: Int) -> Bool {
        tokens[at].word.utf8.count == 1 && tokens[at].word.first.map { $0.isLetter } ?? false
      }
      while end < tokens.count, isLetter(end), end == index || tokens[end].isSpaced && !tokens[end].startsLine {
        end += 1
      }
      if end - index >= 4 {
        var joined = tokens[index]
        joined.word = tokens[index..<end].map(\.word).joined()
        joined.range = joined.range.lowerBound..<tokens[end - 1].range.upperBound
        result.append(joined)
        index = end
      } else {
        result.append(contentsOf: tokens[index..<max(end, index + 1)])
        index = max(end, index + 1)
      }
    }
    tokens = result
  }

  // MARK: Forms

  private enum Form {
    case letter(String), ideograph, space(isNewline: Bool), sign(String), nothing
  }

  private static func form(of scalar: Unicode.Scalar) -> Form {
    switch scalar.value {
    case 0x30...0x39, 0x61...0x7A, 0x5F: return .letter(String(scalar))
    case 0x41...0x5A: return .letter(Unicode.Scalar(scalar.value + 32).map(String.init) ?? "")
    case 0x0A, 0x0B, 0x0C, 0x0D, 0x85, 0x2028, 0x2029: return .space(isNewline: true)
    // Full-width forms of ASCII.
    case 0xFF01...0xFF5E: return Unicode.Scalar(scalar.value - 0xFEE0).map(form) ?? .nothing
    case 0x3040...0x30FF, 0x3400...0x9FFF: return .ideograph
    case 0x0300...0x036F: return .nothing
    case 0x2018, 0x2019: return .sign("'")
    case 0x201C, 0x201D, 0x201E: return .sign("\"")
    case 0x2010...0x2015: return .sign("-")
    case 0x3002: return .sign(".")
    default: break
    }
    if scalar.properties.isWhitespace { return .space(isNewline: false) }
    if let plain = lookAlikes[scalar] { return .letter(plain) }
    // Bold, italic and the like from the mathematical alphabets.
    if (0x1D400...0x1D6A3).contains(scalar.value) {
      let offset = (scalar.value - 0x1D400) % 52 % 26
      return .letter(Unicode.Scalar(0x61 + offset).map(String.init) ?? "")
    }
    if scalar.properties.isAlphabetic { return .letter(scalar.properties.lowercaseMapping) }
    return .sign(String(scalar))
  }

  /// Latin letters with marks, and Cyrillic and Greek ones that look like Latin ones.
  private static let lookAlikes: [Unicode.Scalar: String] = {
    let rows: [(String, String)] = [
      ("a", "àáâãäåāăąÀÁÂÃÄÅĀĂĄаАαΑ"), ("b", "ВвΒ"), ("c", "çćčÇĆČсС"), ("e", "èéêëēęěÈÉÊËĒĘĚеЕёЁεΕ"),
      ("g", "ğĞɡ"), ("h", "НһΗ"), ("i", "ìíîïīıÌÍÎÏĪİіІїЇιΙ"), ("j", "јЈ"), ("k", "кКκΚ"), ("l", "łŁӏ"), ("m", "мМΜ"),
      ("n", "ñńňÑŃŇΝո"), ("o", "òóôõöøōőÒÓÔÕÖØŌŐоОοΟ"), ("p", "рРρΡ"), ("s", "śšşŚŠŞѕЅ"), ("t", "тТτΤ"),
      ("u", "ùúûüūůűÙÚÛÜŪŮŰս"), ("v", "ѵν"), ("w", "ԝ"), ("x", "хХχΧ"), ("y", "ýÿÝŸуУγΥ"), ("z", "źżžŹŻŽΖ"),
      ("ss", "ß"),
      ("ae", "æÆ"), ("oe", "œŒ"), ("d", "ԁđ"),
    ]
    var table: [Unicode.Scalar: String] = [:]
    for (plain, letters) in rows {
      for scalar in letters.unicodeScalars { table[scalar] = plain }
    }
    return table
  }()

  // MARK: Around a place

  /// From the first of some tokens to the end of its sentence or line, since what follows belongs to it.
  func range(from found: Range<Int>) -> Range<String.Index> {
    guard !found.isEmpty else { return text.startIndex..<text.startIndex }
    var last = found.upperBound - 1
    while last + 1 < tokens.count, last - found.lowerBound < 80 {
      if last >= found.upperBound - 1, [".", "!", "?"].contains(tokens[last].word), last > found.lowerBound { break }
      if tokens[last + 1].startsLine { break }
      last += 1
    }
    return tokens[found.lowerBound].range.lowerBound..<tokens[last].range.upperBound
  }

  /// Marks what stands within quotation marks or code that prose before it on the line leads up to, as when somebody tells
  /// about a text, and what stands in a fenced block.
  private mutating func markQuotes() {
    var opened: String?
    var (hasProse, isAfterProse, isInFence) = (false, false, false)
    for place in tokens.indices {
      if tokens[place].startsLine {
        (opened, hasProse) = (nil, false)
        if isFence(place) { isInFence.toggle() }
      }
      tokens[place].isFenced = isInFence
      tokens[place].isQuoted = opened != nil && isAfterProse
      guard tokens[place].word.utf8.count <= 3 || opened == nil else { continue }
      let sign = String(text[tokens[place].range])
      if let open = opened {
        if DetectorText.closers[open]?.contains(sign) == true { opened = nil }
      } else if DetectorText.closers[sign] != nil, sign != "'" || place == 0 || !isJoined(place - 1, place) {
        (opened, isAfterProse) = (sign, hasProse)
      } else if tokens[place].word.first?.isLetter == true {
        hasProse = true
      }
    }
  }

  private func isFence(_ place: Int) -> Bool {
    place + 2 < tokens.count && tokens[place...(place + 2)].allSatisfy { $0.word == "`" }
  }

  private func isJoined(_ first: Int, _ second: Int) -> Bool {
    tokens[first].range.upperBound == tokens[second].range.lowerBound
  }

  private static let closers: [String: [String]] = [
    "\"": ["\""], "“": ["”"], "„": ["“", "”"], "«": ["»"], "‘": ["’"], "`": ["`"], "'": ["'"], "「": ["」"],
  ]
}
