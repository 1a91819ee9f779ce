import Core
import Judging
import TestSupport
import Testing

@Suite(.ownThreads) struct MakersTests {
  @Test(arguments: [
    ("openai/gpt-5.6", "openai"), ("openai/o3-mini", "openai"), ("groq/openai/gpt-oss-120b", "openai"),
    ("anthropic/claude-sonnet-5", "anthropic"), ("openrouter/anthropic/claude-opus-4.1", "anthropic"),
    ("google/gemini-3.1-pro-preview", "google"), ("ollama/gemma3:4b", "google"), ("local/gemma3-270m", "google"),
    ("groq/llama-3.3-70b-versatile", "meta"), ("deepinfra/meta-llama/Llama-3.1-8B", "meta"), ("x/CodeLlama-7b", "meta"),
    ("mistral/codestral-latest", "mistral"), ("openrouter/mistralai/mixtral-8x7b", "mistral"),
    ("xai/grok-4.5", "xai"), ("openrouter/x-ai/grok-4", "xai"), ("ollama/qwen3:8b", "qwen"), ("a/QwQ-32B", "qwen"),
    ("deepseek/deepseek-chat", "deepseek"), ("groq/deepseek-r1-distill-llama-70b", "deepseek"),
    ("cohere/command-r-plus", "cohere"), ("openrouter/moonshotai/kimi-k2", "moonshot"), ("a/zai-org/GLM-4.6", "zhipu"),
    ("ollama/phi4", "microsoft"), ("ollama/phi3:mini", "microsoft"), ("nvidia/llama-3.1-nemotron-70b", "meta"),
    ("openrouter/nvidia/llama-nemotron", "nvidia"), ("local/smollm2-135m", "huggingface"),
    ("mistral/some-new-name", "mistral"), ("openai/some-new-name", "openai"),
  ])
  func familiesAreFoundByName(_ model: String, _ family: String) throws {
    #expect(Makers.family(of: try #require(ModelID(model))) == family, "\(model)")
  }

  @Test(arguments: ["groq/unknown-7b", "ollama/philosophy", "demo/hare", "openrouter/auto", "local/m", "x/metaphor-1"])
  func noFamilyIsMadeUp(_ model: String) throws {
    #expect(Makers.family(of: try #require(ModelID(model))) == nil, "\(model)")
  }

  @Test(arguments: [
    ("I'm ChatGPT, a large language model.", "I'm [model], a large language model."),
    ("I am Claude, made by Anthropic.", "I am [model], made by [maker]."),
    ("As Claude, I cannot do that.", "As [model], I cannot do that."),
    (
      "As a large language model trained by Google, I have no body.",
      "As a large language model trained by [maker], I have no body."
    ),
    ("I was created by OpenAI.", "I was created by [maker]."), ("My name is Gemini.", "My name is [model]."),
    ("Claude here! How can I help?", "[model] here! How can I help?"),
    ("I’m Grok, built by xAI.", "I’m [model], built by [maker]."),
    ("GPT-4o is faster than GPT-4 Turbo.", "[model] is faster than [model]."),
    ("Try Claude 3.5 Sonnet or Gemini 2.5 Pro.", "Try [model] or [model]."),
    ("Qwen2.5-72B and DeepSeek-R1 are open.", "[model] and [model] are open."),
    ("Run llama-3-8b or Llama 3.", "Run [model] or [model]."), ("Use mixtral and SmolLM2.", "Use [model] and [model]."),
    ("I am a model developed by Mistral AI.", "I am a model developed by [maker]."),
    ("Mistral Large answers well.", "[model] answers well."),
    ("Ich bin ChatGPT, entwickelt von OpenAI.", "Ich bin [model], entwickelt von [maker]."),
    ("Je suis Claude, créé par Anthropic.", "Je suis [model], créé par [maker]."),
    ("Soy Gemini, un modelo creado por Google.", "Soy [model], un modelo creado por [maker]."),
    ("我是Claude，由Anthropic开发。", "我是[model]，由[maker]开发。"), ("我是通义千问。", "我是[model]。"),
    ("I am Llama, an AI assistant trained by Meta.", "I am [model], an AI assistant trained by [maker]."),
    ("OpenAI trained me on text.", "[maker] trained me on text."),
    ("I follow Anthropic's guidelines.", "I follow [maker]'s guidelines."),
    ("The Claude API takes messages.", "The [model] API takes messages."),
    ("I'm Phi, made by Microsoft.", "I'm [model], made by [maker]."),
  ])
  func selfMentionsAreHidden(_ text: String, _ expected: String) {
    #expect(Makers.mask(text).text == expected)
    #expect(Makers.mask(text).count == expected.split(separator: "[").count - (expected.hasPrefix("[") ? 0 : 1))
  }

  @Test(arguments: [
    "Claude Monet painted water lilies.", "Gemini is a constellation and a sign of the zodiac.",
    "A llama is a domesticated animal from the Andes.", "The mistral is a cold wind in the south of France.",
    "Mistral winds may last for a week.", "Google was founded in 1998 by Larry Page and Sergey Brin.",
    "Android was developed by Google.", "Meta owns Instagram.", "The meta tag describes the page.",
    "OpenAI was founded in 2015.", "Microsoft released Windows 95.", "Amazon is a river.", "I use Google every day.",
    "Phi is the golden ratio, about 1.618.", "To grok something is to understand it fully.",
    "Falcon 9 lands upright.", "Gemini 12 was the last flight of its programme.", "The nova was seen in 1604.",
    "Ozone is O3.", "I am a software engineer.", "Claude Debussy wrote La mer.",
    "As Claude Shannon showed, bits count.",
    "", "Command and control.", "Jean-Claude is my uncle.",
  ])
  func otherMeaningsStay(_ text: String) {
    #expect(Makers.mask(text).text == text)
    #expect(Makers.mask(text).count == 0)
  }

  @Test func aGrowingTextCanBeMaskedEachTime() {
    let text = "Hello! I'm ChatGPT, made by OpenAI. Ask me about Claude 3.5 Sonnet, llamas and 😀."
    for end in text.indices {
      let part = String(text[..<end])
      let masked = Makers.mask(part)
      #expect((masked.count == 0) == (masked.text == part), "\(part)")
    }
    #expect(Makers.mask(text).count == 3)
  }
}
