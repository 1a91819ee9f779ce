import Core

/// Files that a text names: dropped onto the terminal, or behind an `@`.
enum NamedFiles {
  /// The paths that a text consists of, as terminals and file managers write what is dropped: bare, quoted, with backslashes, as a
  /// `file://` address, several with blanks between, a blank behind. Nil for any other text. Whether they exist is not known here.
  static func dropped(_ text: String) -> [[String]]? {
    let text = text.trimmed
    guard !text.isEmpty, text.utf8.count <= 64 << 10, !text.contains(where: \.isNewline) else { return nil }
    var ways: [[String]] = []
    // With blanks of its own.
    if isPath(text) { ways.append([address(text) ?? text]) }
    if let words = words(text), !words.isEmpty, words.allSatisfy(isPath) {
      let paths = words.map { address($0) ?? $0 }
      if !ways.contains(paths) { ways.append(paths) }
    }
    return ways.isEmpty ? nil : ways
  }

  /// Absolute, in the home folder, or an address: a word of a sentence is none of these.
  private static func isPath(_ word: String) -> Bool {
    (word.hasPrefix("/") || word.hasPrefix("~/") || word.hasPrefix("file://")) && word.utf8.count > 1
  }

  /// As a shell would take it apart; nil where a quote is not closed.
  private static func words(_ text: String) -> [String]? {
    var words: [String] = []
    var word: String?
    var quote: Character?
    var isEscaped = false
    for character in text {
      if isEscaped {
        word = (word ?? "") + String(character)
        isEscaped = false
      } else if character == "\\", quote != "'" {
        isEscaped = true
      } else if let open = quote {
        if character == open { quote = nil } else { word = (word ?? "") + String(character) }
      } else if character == "'" || character == "\"" {
        quote = character
        word = word ?? ""
      } else if character == " " || character == "\t" {
        if let word { words.append(word) }
        word = nil
      } else {
        word = (word ?? "") + String(character)
      }
    }
    guard quote == nil else { return nil }
    if let word { words.append(word) }
    return words
  }

  /// The path of a `file://` address, whatever host it names.
  private static func address(_ text: String) -> String? {
    guard text.hasPrefix("file://"), let slash = text.dropFirst(7).firstIndex(of: "/") else { return nil }
    return URLPart.decoded(text[slash...])
  }

  /// What stands behind an `@` at the beginning of a word, each in the ways it may be meant: as it is, and without the punctuation
  /// of the sentence. `@"with blanks"` is one.
  static func mentioned(_ text: String) -> [[String]] {
    var found: [[String]] = []
    var rest = text[...]
    var before: Character = " "
    while let first = rest.first {
      rest = rest.dropFirst()
      defer { before = first }
      guard first == "@", before.isWhitespace || "([{\"'".contains(before) else { continue }
      if rest.first == "\"", let end = rest.dropFirst().firstIndex(where: { $0 == "\"" || $0.isNewline }),
        rest[end] == "\""
      {
        found.append([String(rest.dropFirst()[..<end])])
        continue
      }
      let word = String(rest.prefix { !$0.isWhitespace })
      var bare = word
      while let last = bare.last, ".,;:!?)]}\"'".contains(last) { bare.removeLast() }
      if !bare.isEmpty { found.append(word == bare ? [word] : [word, bare]) }
    }
    return found
  }

  /// The `@` that the word before a place begins with, and what stands between.
  static func mention(before place: Int, in characters: [Character]) -> (start: Int, typed: String)? {
    let start = characters[..<place].lastIndex(where: \.isWhitespace).map { $0 + 1 } ?? 0
    guard start < place, characters[start] == "@" else { return nil }
    return (start, String(characters[(start + 1)..<place]))
  }

  /// A path as it is written behind an `@`.
  static func written(_ path: String) -> String {
    path.contains(where: \.isWhitespace) ? "@\"\(path)\"" : "@\(path)"
  }
}
