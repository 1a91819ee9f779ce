import Core

/// Who made which models: to keep a judge from its own family, and to keep names out of a blind reading.
public enum Makers {
  /// One maker as data. To add one, add a row.
  struct Maker {
    var family: String
    /// Beginnings of the words of a model's name.
    var models: [String]
    /// Ids of its own service, and names under which its models are published.
    var providers: [String] = []
    /// Product names that mean nothing else, as beginnings of words: hidden wherever they stand.
    var products: [String] = []
    /// Product names that mean something else too: hidden where they are said of a model.
    var ambiguous: [String] = []
    /// Names of the maker: hidden where an answer speaks of its own origin.
    var names: [String] = []
  }

  static let all: [Maker] = [
    Maker(
      family: "openai", models: ["gpt", "chatgpt", "o1", "o3", "o4", "davinci", "codex", "openai"],
      providers: ["openai", "openai-responses", "azure"], products: ["chatgpt", "gpt-", "gpt4", "gpt3", "gpt5"],
      ambiguous: ["gpt", "o1", "o3", "o4", "codex"], names: ["openai", "open ai"]),
    Maker(
      family: "anthropic", models: ["claude", "anthropic"], providers: ["anthropic"],
      ambiguous: ["claude"], names: ["anthropic"]),
    Maker(
      family: "google", models: ["gemini", "gemma", "palm", "bard", "google", "learnlm"],
      providers: ["google", "vertex"], products: ["codegemma", "medgemma"],
      ambiguous: ["gemini", "gemma", "bard", "palm"], names: ["google deepmind", "google", "deepmind", "alphabet"]),
    Maker(
      family: "meta", models: ["llama", "codellama", "meta", "muse"], providers: ["meta"], products: ["codellama"],
      ambiguous: ["llama"], names: ["meta ai", "meta", "facebook"]),
    Maker(
      family: "mistral",
      models: ["mistral", "mixtral", "ministral", "codestral", "pixtral", "devstral", "magistral", "voxtral"],
      providers: ["mistral"],
      products: ["mixtral", "ministral", "codestral", "pixtral", "devstral", "magistral", "voxtral"],
      ambiguous: ["mistral", "le chat"], names: ["mistral ai", "mistral"]),
    Maker(
      family: "xai", models: ["grok", "x-ai", "xai"], providers: ["xai"], ambiguous: ["grok"], names: ["xai", "x ai"]),
    Maker(
      family: "qwen", models: ["qwen", "qwq", "qvq", "tongyi"], providers: ["alibaba", "dashscope"],
      products: ["qwen", "qwq", "通义千问", "tongyi"],
      names: ["alibaba cloud", "alibaba", "阿里云", "阿里巴巴"]),
    Maker(
      family: "deepseek", models: ["deepseek"], providers: ["deepseek"], products: ["deepseek", "深度求索"],
      names: ["deepseek"]),
    Maker(
      family: "cohere", models: ["command", "aya", "c4ai", "cohere"], providers: ["cohere"],
      products: ["command-r", "command r+"], ambiguous: ["command r", "command a", "aya"], names: ["cohere"]),
    Maker(
      family: "moonshot", models: ["kimi", "moonshot"], providers: ["moonshot", "moonshotai"],
      products: ["kimi k", "kimi-k"],
      ambiguous: ["kimi"], names: ["moonshot ai", "moonshot", "月之暗面"]),
    Maker(
      family: "zhipu", models: ["glm", "chatglm", "zai-org", "z-ai", "thudm", "zhipu"],
      providers: ["zhipu", "zai", "z-ai"],
      products: ["chatglm", "glm-", "智谱清言"], ambiguous: ["glm"], names: ["zhipu ai", "zhipu", "z.ai", "智谱"]),
    Maker(
      family: "microsoft", models: ["phi", "microsoft", "wizardlm", "mai"], providers: [],
      products: ["wizardlm", "phi-"],
      ambiguous: ["phi", "copilot"], names: ["microsoft"]),
    Maker(
      family: "nvidia", models: ["nemotron", "nvidia"], providers: ["nvidia"], products: ["nemotron"], names: ["nvidia"]
    ),
    Maker(
      family: "huggingface", models: ["smollm", "smolvlm", "zephyr", "huggingface"], providers: [],
      products: ["smollm", "smolvlm"], ambiguous: ["zephyr"], names: ["hugging face", "huggingface"]),
    Maker(
      family: "amazon", models: ["nova", "titan", "amazon"], providers: ["bedrock"], ambiguous: ["nova", "titan"],
      names: ["amazon", "aws"]),
    Maker(family: "ibm", models: ["granite", "ibm"], ambiguous: ["granite"], names: ["ibm"]),
    Maker(
      family: "ai21", models: ["jamba", "ai21"], providers: ["ai21"], products: ["jamba"], names: ["ai21 labs", "ai21"]),
    Maker(
      family: "minimax", models: ["minimax", "abab"], providers: ["minimax"], products: ["minimax-"], names: ["minimax"]
    ),
    Maker(
      family: "bytedance", models: ["doubao", "seed", "bytedance"], products: ["doubao", "豆包"],
      names: ["bytedance", "字节跳动"]),
    Maker(
      family: "baidu", models: ["ernie", "baidu"], providers: ["baidu"], products: ["文心一言", "ernie bot"],
      ambiguous: ["ernie"], names: ["baidu", "百度"]),
    Maker(
      family: "tencent", models: ["hunyuan", "tencent"], products: ["hunyuan", "混元"], names: ["tencent", "腾讯"]),
    Maker(family: "01ai", models: ["yi", "01-ai"], names: ["01.ai"]),
    Maker(
      family: "allenai", models: ["olmo", "tulu", "allenai", "molmo"], products: ["olmo"],
      names: ["ai2", "allen institute for ai"]),
    Maker(
      family: "tii", models: ["falcon", "tiiuae"], ambiguous: ["falcon"], names: ["technology innovation institute"]),
    Maker(
      family: "perplexity", models: ["sonar", "pplx", "perplexity"], providers: ["perplexity"], ambiguous: ["sonar"],
      names: ["perplexity ai", "perplexity"]),
    Maker(family: "lg", models: ["exaone"], products: ["exaone"], names: ["lg ai research"]),
  ]

  /// Whose model it is: by the first name in the model's own, else by its provider. Nil when neither tells.
  public static func family(of model: ModelID) -> String? {
    for word in words(of: model.model.lowercased()) {
      if let maker = all.first(where: { $0.models.contains { begins(word, with: $0) } }) { return maker.family }
    }
    let provider = model.provider.lowercased()
    return all.first { $0.providers.contains(provider) }?.family
  }

  /// The rest of a name at the beginning of each of its words, in order.
  private static func words(of name: String) -> [Substring] {
    var result: [Substring] = []
    var isInside = false
    for index in name.indices {
      let isPart = name[index].isLetter || name[index].isNumber
      if isPart, !isInside { result.append(name[index...]) }
      isInside = isPart
    }
    return result
  }

  /// Short names must end there: `o1-mini`, `phi4`, but neither `o1x` nor `philosophy`.
  private static func begins(_ word: Substring, with name: String) -> Bool {
    guard word.hasPrefix(name) else { return false }
    if name.count > 4 { return true }
    guard let next = word.dropFirst(name.count).first else { return true }
    return !next.isLetter
  }
}
