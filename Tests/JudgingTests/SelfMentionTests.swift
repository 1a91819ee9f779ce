import Core
import Judging
import TestSupport
import Testing

@Suite(.ownThreads) struct SelfMentionTests {
  @Test(arguments: [
    ("openai/gpt-5.6", "openai"), ("openrouter/anthropic/claude-sonnet-5", "anthropic"),
    ("groq/openai/gpt-oss-120b", "openai"), ("google/gemini-3.1-pro-preview", "google"),
    ("local/gemma3-270m", "google"), ("local/smollm2-135m", "huggingface"), ("xai/grok-4.5", "xai"),
    ("ollama/llama3.2", "meta"), ("ollama/qwen3:8b", "qwen"), ("deepinfra/deepseek-ai/DeepSeek-V3", "deepseek"),
    ("mistral/mistral-large-latest", "mistral"), ("openai/o3", "openai"),
  ])
  func familyOfAModel(text: String, family: String) {
    #expect(Makers.family(of: ModelID(text)!) == family, "expected \(family) for \(text)")
  }

  @Test func familyThatNobodyKnows() {
    #expect(Makers.family(of: ModelID("mybox/house-model")!) == nil)
    #expect(Makers.family(of: ModelID("ollama/yikes")!) == nil)
  }

  @Test(arguments: [
    "I'm ChatGPT, how can I help?", "I am Claude, made by Anthropic.", "As Gemini, I cannot do that.",
    "I'm a large language model trained by Google.", "My name is SmolLM.", "GPT-4o here.",
    "I was created by Meta AI as an assistant model.", "I am Llama 3.1, a model by Meta.", "Ich bin Claude.",
    "As DeepSeek-R1 I think first.", "I'm Mistral Large.",
  ])
  func speakersAreMasked(text: String) {
    let masked = Makers.mask(text)
    #expect(masked.count > 0, "expected a mask in: \(text)")
    for name in [
      "ChatGPT", "Claude", "Gemini", "Google", "SmolLM", "GPT", "Meta", "Llama", "DeepSeek", "Mistral", "Anthropic",
    ] {
      #expect(!masked.text.contains(name), "\(name) is still in: \(masked.text)")
    }
  }

  @Test(arguments: [
    "Claude Monet painted water lilies.", "The llama is an animal of the Andes.", "The mistral blows in Provence.",
    "Gemini is a constellation.", "Search for it on Google.", "Meta tags describe a page.",
    "Microsoft was founded in 1975.", "The falcon dives.", "A command line.",
  ])
  func subjectMatterStays(text: String) {
    #expect(Makers.mask(text).text == text)
  }

  @Test func onceItSpeaksOfItselfEveryNameGoes() {
    let masked = Makers.mask("I'm a linguistic AI named Hugging Face. Gemma and Claude are my friends.").text
    for name in ["Hugging", "Gemma", "Claude"] { #expect(!masked.contains(name), "\(name) is still in: \(masked)") }
  }

  @Test func aVersionGoesWithItsName() {
    #expect(Makers.mask("I am GPT-4o mini.").text == "I am [model].")
    #expect(Makers.mask("I'm Claude 3.5 Sonnet, made by Anthropic.").text == "I'm [model], made by [maker].")
  }

  @Test func copiesForAJudgeShowWhatIsHidden() {
    let copies = JudgeCopy.make(["a\u{202E}b\u{1B}[31m\u{E0041}", "plain\ttext\n"], limit: 100)
    #expect(copies[0].text == "a\\u{202E}b\\u{1B}[31m\\u{E0041}")
    #expect(copies.map(\.hidden) == [3, 0] && copies.map(\.wasCut) == [false, false])
    #expect(copies[1].text == "plain\ttext\n")
  }

  @Test func aCutIsMarkedInBoth() {
    let copies = JudgeCopy.make(["short", String(repeating: "x", count: 30)], limit: 10)
    #expect(copies.allSatisfy { $0.text.hasSuffix("[… cut …]") })
    #expect(copies.map(\.wasCut) == [false, true])
  }
}
