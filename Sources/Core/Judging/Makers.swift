/// Who makes which models: for judges that should not favour their own family, and for answers that give themselves away.
public enum Makers {
  /// A family with what its models' names contain, and the providers that serve nobody else's.
  private static let families: [(family: String, models: [String], providers: [String])] = [
    ("openai", ["gpt", "chatgpt", "davinci", "codex", "o1", "o3", "o4"], ["openai", "openai-responses"]),
    ("anthropic", ["claude"], ["anthropic"]), ("google", ["gemini", "gemma", "palm", "bard"], ["google"]),
    ("meta", ["llama", "maverick", "scout"], ["meta"]),
    ("mistral", ["mistral", "mixtral", "codestral", "ministral", "magistral", "pixtral", "devstral"], ["mistral"]),
    ("xai", ["grok"], ["xai"]), ("qwen", ["qwen", "qwq"], []), ("deepseek", ["deepseek"], ["deepseek"]),
    ("cohere", ["command", "aya", "cohere"], ["cohere"]), ("moonshot", ["kimi", "moonshot"], []),
    ("zhipu", ["glm", "chatglm"], []), ("microsoft", ["phi", "wizardlm"], []), ("nvidia", ["nemotron"], []),
    ("huggingface", ["smollm", "zephyr"], []), ("amazon", ["nova", "titan"], []), ("minimax", ["minimax"], []),
    ("ibm", ["granite"], []), ("ai21", ["jamba"], []), ("01ai", ["yi"], []), ("allenai", ["olmo", "tulu"], []),
    ("tii", ["falcon"], []), ("baidu", ["ernie"], []), ("tencent", ["hunyuan"], []),
  ]

  /// The family of a model: by its name wherever it is served, else by its provider; nil when nobody knows.
  public static func family(of model: ModelID) -> String? {
    // The name's own words, from the last part on: in groq/openai/gpt-oss the maker is said last.
    let words = model.model.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    for word in words.reversed() {
      for entry in families where entry.models.contains(where: { word == $0 || startsName(word, $0) }) {
        return entry.family
      }
    }
    for entry in families where words.contains(entry.family) { return entry.family }
    return families.first { $0.providers.contains(model.provider) }?.family
  }

  /// `llama3`, `smollm2`, `gpt4o`: the name with a version right behind it; longer names may run on (`chatglm`).
  private static func startsName(_ word: String, _ name: String) -> Bool {
    guard word.hasPrefix(name) else { return false }
    return name.count >= 4 || word.dropFirst(name.count).first?.isNumber == true
  }

  // MARK: Masking

  /// Names that mean a language model and nothing else.
  private static let distinctive: Set<String> = [
    "chatgpt", "gpt", "smollm", "chatglm", "qwen", "deepseek", "mixtral", "codestral", "ministral", "grok", "kimi",
    "nemotron", "hunyuan", "anthropic", "openai", "xai", "moonshot", "zhipu",
  ]
  /// Names that mean other things too: masked only where the answer speaks of itself.
  private static let ambiguous: [String: String] = [
    "claude": "[model]", "gemini": "[model]", "gemma": "[model]", "llama": "[model]", "mistral": "[model]",
    "phi": "[model]", "bard": "[model]", "command": "[model]", "nova": "[model]", "falcon": "[model]",
    "google": "[maker]", "deepmind": "[maker]", "meta": "[maker]", "microsoft": "[maker]", "nvidia": "[maker]",
    "alibaba": "[maker]", "cohere": "[maker]", "hugging": "[maker]", "amazon": "[maker]", "mistralai": "[maker]",
  ]
  private static let makers: Set<String> = ["anthropic", "openai", "xai", "moonshot", "zhipu"]
  /// Words before a name that make it the speaker's own.
  private static let selfWords: Set<String> = [
    "i'm", "i’m", "am", "me", "my", "as", "by", "from", "at", "called", "named", "bin", "soy", "suis", "von", "par",
    "por", "ich", "heiße", "llamo", "appelle",
  ]

  /// Takes names of models and makers out of an answer that speaks of itself.
  /// - Returns: the text with `[model]` and `[maker]`, and how many there are.
  public static func mask(_ text: String) -> (text: String, count: Int) {
    var result = ""
    var count = 0
    /// The last words, lower case, the latest at the end.
    var recent: [String] = []
    var rest = text[...]
    while let start = rest.firstIndex(where: isWordCharacter) {
      result += rest[..<start]
      if rest[..<start].contains(where: { $0 == "." || $0.isNewline }) { recent = [] }
      let end = rest[start...].firstIndex { !isWordCharacter($0) } ?? rest.endIndex
      let word = rest[start..<end]
      if let mask = mask(for: word, after: recent) {
        // A version goes with its name: GPT-4o, Claude 3.5 Sonnet.
        result += mask
        count += 1
        rest = text[versionEnd(in: text, from: end)...]
      } else {
        result += word
        rest = text[end...]
      }
      recent.append(word.lowercased())
      if recent.count > 8 { recent.removeFirst() }
    }
    return (result + rest, count)
  }

  private static func mask(for word: Substring, after recent: [String]) -> String? {
    guard word.first?.isLetter == true else { return nil }
    let lower = word.lowercased()
    var stem = lower[...]
    for ending in ["'s", "’s"] where stem.hasSuffix(ending) { stem = stem.dropLast(2) }
    while stem.last?.isNumber == true { stem.removeLast() }
    let name = String(stem)
    if distinctive.contains(name) { return makers.contains(name) ? "[maker]" : "[model]" }
    guard let mask = ambiguous[name], word.first?.isUppercase == true || mask == "[model]", speaksOfItself(recent)
    else {
      return nil
    }
    return mask
  }

  /// `I am …`, `made by …`, `as …, I`: the name stands where a speaker names itself or its maker.
  private static func speaksOfItself(_ recent: [String]) -> Bool {
    let near = recent.suffix(3)
    let isSelf = near.contains { ["i'm", "i’m", "bin", "soy", "suis"].contains($0) } || near.suffix(2) == ["i", "am"]
    if isSelf || recent.suffix(3).starts(with: ["i", "am"]) { return true }
    let makes: Set<String> = [
      "made", "trained", "developed", "created", "built", "entwickelt", "trainiert", "model", "assistant", "ai",
      "entrenado", "creado", "développé", "entraîné",
    ]
    let isMade = recent.contains { makes.contains($0) }
    guard let last = recent.last, selfWords.contains(last) else { return false }
    // "named Claude" alone may be a painter; with a model or a making in the sentence it is the speaker.
    return isMade || ["i", "i'm", "i’m", "my"].contains { recent.contains($0) }
  }

  private static func isWordCharacter(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || character == "'" || character == "’"
  }

  /// Where a version that belongs to the name ends: `-4o`, ` 3.5`, `-R1`, ` Sonnet`.
  private static func versionEnd(in text: String, from end: String.Index) -> String.Index {
    var place = end
    let tiers: Set<String> = [
      "sonnet", "opus", "haiku", "pro", "flash", "ultra", "turbo", "mini", "large", "small", "medium", "nano", "max",
      "plus", "instruct", "chat",
    ]
    while place < text.endIndex, text[place] == "-" || text[place] == " " {
      let next = text.index(after: place)
      var stop = next
      while stop < text.endIndex, isWordCharacter(text[stop]) || text[stop] == "." { stop = text.index(after: stop) }
      while stop > next, text[text.index(before: stop)] == "." { stop = text.index(before: stop) }
      let word = text[next..<stop]
      let isVersion =
        word.contains(where: \.isNumber) && word.count <= 8 && (text[place] == "-" || word.first?.isNumber == true)
      guard isVersion || tiers.contains(word.lowercased()) else { break }
      place = stop
    }
    return place
  }
}
