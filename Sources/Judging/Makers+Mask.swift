extension Makers {
  /// A text for blind reading: what it says of its own make is replaced by `[model]` and `[maker]`.
  ///
  /// Names that mean nothing else go wherever they stand. Names that are words or people too (Gemini, Claude, llama,
  /// mistral), and makers, go where the answer speaks of itself or plainly of a model. Works on the text as far as it has
  /// come: the same text gives the same result.
  /// - Returns: the text, and how many names were replaced.
  public static func mask(_ text: String) -> (text: String, count: Int) {
    guard !text.isEmpty else { return (text, 0) }
    let tokens = MaskTokens(text)
    var spans = spans(in: tokens, everywhere: false)
    // An answer that has once spoken of its make, or speaks as an assistant, may name it anywhere.
    let speaks = !spans.isEmpty || (tokens.words.contains("i") && !assistants.isDisjoint(with: tokens.words))
    if speaks { spans = self.spans(in: tokens, everywhere: true) }
    guard !spans.isEmpty else { return (text, 0) }
    var out = ""
    var cursor = text.startIndex
    for span in spans {
      out += text[cursor..<tokens.ranges[span.range.lowerBound].lowerBound] + span.mark
      cursor = tokens.ranges[span.range.upperBound - 1].upperBound
    }
    return (out + text[cursor...], spans.count)
  }

  private static let assistants: Set<String> = ["ai", "assistant", "chatbot", "ki", "assistent", "asistente", "ia"]

  private static func spans(in tokens: MaskTokens, everywhere: Bool) -> [(range: Range<Int>, mark: String)] {
    var spans: [(range: Range<Int>, mark: String)] = []
    var index = 0
    while index < tokens.words.count {
      if let span = span(at: index, in: tokens, everywhere: everywhere) {
        spans.append(span)
        index = span.range.upperBound
      } else {
        index += 1
      }
    }
    return spans
  }

  private static func span(
    at index: Int, in tokens: MaskTokens, everywhere: Bool
  ) -> (range: Range<Int>, mark: String)? {
    guard let names = MaskNames.byFirst[tokens.words[index]] ?? MaskNames.prefixed(tokens.words[index]) else {
      return nil
    }
    for name in names {
      guard let end = name.end(at: index, in: tokens) else { continue }
      switch name.kind {
      case .product: return (index..<tokens.versionEnd(from: end), "[model]")
      case .ambiguous:
        let full = tokens.versionEnd(from: end)
        if everywhere || tokens.isVersioned(name.words, index..<end, until: full) || tokens.speaksOfAModel(index..<end)
        {
          return (index..<full, "[model]")
        }
      case .maker:
        if everywhere || tokens.speaksOfItsOrigin(index..<end) { return (index..<end, "[maker]") }
      }
    }
    return nil
  }
}

/// The names of all makers, by their first word.
private enum MaskNames {
  enum Kind: Int { case product, ambiguous, maker }

  struct Name {
    var kind: Kind
    var words: [String]
    /// The last word may go on (`gpt-` in `gpt-4o`, `qwen` in `Qwen2.5`).
    var isPrefix: Bool

    /// The token after the name, if it stands at `index`.
    func end(at index: Int, in tokens: MaskTokens) -> Int? {
      guard index + words.count <= tokens.words.count else { return nil }
      for (offset, word) in words.enumerated() {
        let token = tokens.words[index + offset]
        let goesOn = offset == words.count - 1 && token.hasPrefix(word) && (isPrefix || isNumbered(token, after: word))
        let fits = token == word || goesOn
        guard fits, offset == 0 || tokens.isNear(index + offset - 1, index + offset) else { return nil }
      }
      return index + words.count
    }

    /// `llama3`
    private func isNumbered(_ token: String, after word: String) -> Bool {
      kind == .ambiguous && word.count > 3 && token.dropFirst(word.count).first?.isNumber == true
    }
  }

  private static let all: [Name] = Makers.all.flatMap { maker -> [Name] in
    func names(_ texts: [String], _ kind: Kind, isPrefix: Bool) -> [Name] {
      texts.map { Name(kind: kind, words: MaskTokens($0).words, isPrefix: isPrefix) }
    }
    return names(maker.products, .product, isPrefix: true) + names(maker.ambiguous, .ambiguous, isPrefix: false)
      + names(maker.names, .maker, isPrefix: false)
  }
  // Longer names first, then products.
  .sorted { (-$0.words.count, $0.kind.rawValue) < (-$1.words.count, $1.kind.rawValue) }

  static let byFirst = Dictionary(grouping: all) { $0.words[0] }

  /// One-word names that begin a longer word.
  static func prefixed(_ word: String) -> [Name]? {
    let found = prefixes.filter { word.hasPrefix($0.words[0]) }
    return found.isEmpty ? nil : found
  }

  private static let prefixes = all.filter { $0.kind != .maker && $0.words.count == 1 }
}

/// A text in lower-case words and signs, each with its place.
private struct MaskTokens {
  private(set) var words: [String] = []
  private(set) var ranges: [Range<String.Index>] = []
  private let text: String

  init(_ text: String) {
    self.text = text
    var start: String.Index?
    func isIdeograph(_ character: Character) -> Bool {
      character.unicodeScalars.first.map { (0x3040...0x9FFF).contains($0.value) } ?? false
    }
    func close(_ end: String.Index) -> Range<String.Index>? { start.map { $0..<end } }
    for index in text.indices {
      let character = text[index]
      let isWordPart = (character.isLetter || character.isNumber) && !isIdeograph(character)
      if isWordPart {
        if start == nil { start = index }
        continue
      }
      if let range = close(index) { append(range) }
      start = nil
      if !character.isWhitespace { append(index..<text.index(after: index)) }
    }
    if let range = close(text.endIndex) { append(range) }
  }

  private mutating func append(_ range: Range<String.Index>) {
    let word = text[range].lowercased()
    words.append(word == "’" ? "'" : word)
    ranges.append(range)
  }

  /// Whether at most one space lies between two neighbours.
  func isNear(_ first: Int, _ second: Int) -> Bool {
    let gap = text[ranges[first].upperBound..<ranges[second].lowerBound]
    return gap.isEmpty || gap == " " || gap == "\u{A0}"
  }

  private func touches(_ first: Int, _ second: Int) -> Bool { ranges[first].upperBound == ranges[second].lowerBound }

  private static let versionWords: Set<String> = [
    "pro", "flash", "ultra", "nano", "lite", "mini", "turbo", "large", "medium", "small", "sonnet", "opus", "haiku",
    "nemo",
    "instruct", "chat", "preview", "advanced", "coder", "max", "plus", "thinking", "reasoner", "distill", "scout",
    "maverick",
    "saba", "code", "oss", "omni",
  ]

  /// The end of a name with the version that follows it: `-4o`, ` 3.5 Sonnet`, `2.5-72B`, ` R1`.
  func versionEnd(from start: Int) -> Int {
    var end = start
    while end < words.count, isNear(end - 1, end) {
      let word = words[end]
      if isVersion(word) {
        end += 1
      } else if word == "-" || word == "." || word == "_", end + 1 < words.count, touches(end - 1, end),
        touches(end, end + 1), isVersion(words[end + 1])
      {
        end += 2
      } else {
        break
      }
    }
    return end
  }

  /// A number with at most three letters around it, or a word that makers put behind their names.
  private func isVersion(_ word: String) -> Bool {
    if MaskTokens.versionWords.contains(word) { return true }
    return word.count <= 6 && word.contains(where: \.isNumber) && word.count(where: \.isLetter) <= 2
      && !(word.count == 4 && word.allSatisfy(\.isNumber))
  }

  /// Whether a name that is a word too is a model's by its version: `Llama 3`, `llama-3-8b`, `Claude Opus`; but a bare high
  /// number may count missions or rockets (Gemini 12, Falcon 9).
  func isVersioned(_ name: [String], _ range: Range<Int>, until end: Int) -> Bool {
    if words[range.upperBound - 1] != name[name.count - 1] { return true }
    guard end > range.upperBound else { return false }
    let version = words[range.upperBound..<end]
    let isCapital = text[ranges[range.lowerBound].lowerBound].isUppercase
    if version.count == 1, let number = Int(version[range.upperBound]) { return isCapital && number <= 5 }
    return isCapital || version.contains { $0.contains(where: \.isNumber) }
  }

  // MARK: What is spoken of

  private static let selfWords: Set<String> = [
    "i", "my", "me", "myself", "ich", "mein", "meine", "mich", "je", "j", "moi", "soy", "yo", "fui", "sono", "io",
    "sou",
    "eu", "我",
  ]
  private static let modelWords: Set<String> = [
    "ai", "llm", "llms", "chatbot", "chatbots", "assistant", "ki", "ia", "sprachmodell", "assistent", "assistente",
    "asistente",
    "anthropic", "openai", "deepmind", "chatgpt", "gpt", "api", "prompt", "prompts", "tokens", "助手", "模型",
  ]
  private static let originWords: Set<String> = [
    "made", "created", "developed", "trained", "built", "designed", "provided", "released", "powered", "owned", "model",
    "models", "assistant", "policy", "policies", "guidelines", "trainiert", "entwickelt", "erstellt", "geschaffen",
    "créé",
    "développé", "entraîné", "conçu", "creado", "desarrollado", "entrenado", "sviluppato", "creato", "addestrato",
    "criado",
    "desenvolvido", "treinado", "creators", "developers", "team", "开", "训", "研", "推", "创", "entwickler",
  ]

  /// The words of the sentence around `range`, at most `reach` to either side.
  private func sentence(around range: Range<Int>, reach: Int) -> (before: ArraySlice<String>, after: ArraySlice<String>)
  {
    let ends: Set<String> = ["!", "?", "。", "！", "？"]
    func endsSentence(_ index: Int) -> Bool {
      if ends.contains(words[index]) { return true }
      let next = ranges[index].upperBound
      // A point within a version ends nothing; a line break ends everything.
      if words[index] == "." { return next == text.endIndex || text[next].isWhitespace }
      return index + 1 < words.count && text[next..<ranges[index + 1].lowerBound].contains(where: \.isNewline)
    }
    var first = range.lowerBound
    while first > 0, range.lowerBound - first < reach, !endsSentence(first - 1) { first -= 1 }
    var last = range.upperBound
    while last < words.count, last - range.upperBound < reach, !endsSentence(last - 1) { last += 1 }
    return (words[first..<range.lowerBound], words[range.upperBound..<max(last, range.upperBound)])
  }

  /// An ambiguous name is a model's where the answer gives it as its own, or where words of the trade stand close by.
  func speaksOfAModel(_ range: Range<Int>) -> Bool {
    // `llama` the animal and `mistral` the wind are written small.
    let isCapital = text[ranges[range.lowerBound].lowerBound].isUppercase
    let near = sentence(around: range, reach: 4)
    let before = Array(near.before.suffix(4))
    let after = Array(near.after.prefix(4))
    func ends(_ phrase: [String]) -> Bool { before.suffix(phrase.count) == phrase[...] }
    let introductions: [[String]] = [
      ["i", "'", "m"], ["i", "am"], ["i", "'", "m", "called"], ["am", "called"], ["name", "is"], ["name", "'", "s"],
      ["call", "me"], ["bin"], ["heiße"], ["ich", "als"], ["je", "suis"], ["m", "'", "appelle"], ["soy"],
      ["me", "llamo"],
      ["sono"], ["sou"], ["我", "是"], ["as"], ["this", "is"], ["nombre", "es"], ["name", "ist"], ["nom", "est"],
      ["我", "叫"],
    ]
    let isIntroduced = introductions.contains(where: ends)
    let isPlain =
      after.first.map { [",", ".", "!", ":", ";", "-", "–", "—", "，", "。", "and", "here"].contains($0) } ?? true
    if isIntroduced, isPlain, isCapital {
      guard ends(["as"]) || ends(["this", "is"]) else { return true }
      // "As Claude, I cannot": said of the speaker.
      return near.after.prefix(3).contains { MaskTokens.selfWords.contains($0) }
        || near.after.contains { MaskTokens.modelWords.contains($0) }
    }
    if isCapital, after.first == "here" { return true }
    return isCapital && (before + after).contains { MaskTokens.modelWords.contains($0) }
  }

  /// A maker's name tells the origin where the sentence is about the speaker, or a model, and about making.
  func speaksOfItsOrigin(_ range: Range<Int>) -> Bool {
    let around = sentence(around: range, reach: 25)
    let all = around.before + around.after
    let isAboutItself =
      all.contains { MaskTokens.selfWords.contains($0) }
      || zip(all, all.dropFirst()).contains { $0 == "language" && $1 == "model" || $0 == "ai" && $1 == "assistant" }
      || all.contains("sprachmodell")
    guard isAboutItself else { return false }
    let before = Array(around.before.suffix(3))
    let after = Array(around.after.prefix(4))
    let prepositions: Set<String> = [
      "by", "from", "at", "von", "par", "por", "da", "de", "由", "是", "bei", "chez",
    ]
    let isMadeBy = prepositions.contains(before.last ?? "") || prepositions.contains(before.dropLast().last ?? "")
    if isMadeBy, all.contains(where: { MaskTokens.originWords.contains($0) }) { return true }
    // "Google's policy", "OpenAI trained me", "an Anthropic model".
    let isOwner = after.contains { MaskTokens.originWords.contains($0) }
    return isOwner && (after.contains("me") || after.first == "'" || ["model", "models"].contains(after.first ?? ""))
  }
}
