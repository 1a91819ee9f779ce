import Core

/// The built-in services. To add an OpenAI-compatible one, add a row; a config file can add and change rows too.
public enum Catalog {
  public static let services: [Service] = [
    Service("openai", dialect: "openai-chat", baseURL: "https://api.openai.com/v1") {
      $0.keyVariables = ["OPENAI_API_KEY"]
      $0.priceList = "openai"
      $0.defaultModel = "gpt-5.6"
      $0.wire.tokenCap = "max_completion_tokens"
      $0.wire.streamOptions = ["include_usage": true, "include_obfuscation": false]
      $0.wire.disconnectStopsBilling = true
      $0.wire.regions = regionsOfOpenAI
      $0.wire.rules = [reasoningModelsOfOpenAI]
    },
    Service("openai-responses", dialect: "openai-responses", baseURL: "https://api.openai.com/v1") {
      $0.keyVariables = ["OPENAI_API_KEY"]
      $0.priceList = "openai"
      $0.wire.disconnectStopsBilling = true
      $0.wire.regions = regionsOfOpenAI
      $0.wire.rules = [reasoningModelsOfOpenAI]
    },
    Service("anthropic", dialect: "anthropic", baseURL: "https://api.anthropic.com") {
      $0.keyVariables = ["ANTHROPIC_API_KEY"]
      $0.priceList = "anthropic"
      $0.defaultModel = "claude-sonnet-5"
      $0.defaultMaxTokens = 16_000
      $0.wire.disconnectStopsBilling = true
      $0.wire.rules = [
        // Current models took sampling out of the API; only these are known to honour it.
        ParameterRule(
          parameters: [.temperature, .topP],
          models: [
            "claude-2", "claude-instant", "claude-3", "claude-sonnet-4", "claude-haiku-4", "claude-opus-4-0",
            "claude-opus-4-1",
          ],
          isAccepted: true)
      ]
    },
    Service("google", dialect: "gemini", baseURL: "https://generativelanguage.googleapis.com/v1beta") {
      $0.keyVariables = ["GEMINI_API_KEY", "GOOGLE_API_KEY"]
      $0.priceList = "google"
      $0.defaultModel = "gemini-3.1-pro-preview"
      $0.wire.disconnectStopsBilling = false
      $0.wire.hasFreeSearches = true
    },
    Service("groq", dialect: "openai-chat", baseURL: "https://api.groq.com/openai/v1") {
      $0.keyVariables = ["GROQ_API_KEY"]
      $0.priceList = "groq"
      $0.defaultModel = "openai/gpt-oss-120b"
      $0.wire.tokenCap = "max_completion_tokens"
      $0.wire.disconnectStopsBilling = false
    },
    Service("cerebras", dialect: "openai-chat", baseURL: "https://api.cerebras.ai/v1") {
      $0.keyVariables = ["CEREBRAS_API_KEY"]
      $0.priceList = "cerebras"
      $0.defaultModel = "gpt-oss-120b"
      $0.wire.tokenCap = "max_completion_tokens"
    },
    Service("deepinfra", dialect: "openai-chat", baseURL: "https://api.deepinfra.com/v1/openai") {
      $0.keyVariables = ["DEEPINFRA_API_KEY"]
      $0.priceList = "deepinfra"
      $0.defaultModel = "openai/gpt-oss-120b"
      $0.wire.cost = .estimate
      $0.wire.schema = .object
      $0.wire.disconnectStopsBilling = true
    },
    Service("mistral", dialect: "openai-chat", baseURL: "https://api.mistral.ai/v1") {
      $0.keyVariables = ["MISTRAL_API_KEY"]
      $0.priceList = "mistral"
      $0.defaultModel = "mistral-large-latest"
      $0.wire.seed = "random_seed"
      $0.wire.disconnectStopsBilling = false
    },
    Service("xai", dialect: "openai-chat", baseURL: "https://api.x.ai/v1") {
      $0.keyVariables = ["XAI_API_KEY"]
      $0.priceList = "x-ai"
      $0.defaultModel = "grok-4.5"
      $0.wire.tokenCap = "max_completion_tokens"
      $0.wire.cost = .ticks
      $0.wire.disconnectStopsBilling = true
    },
    Service("openrouter", dialect: "openai-chat", baseURL: "https://openrouter.ai/api/v1") {
      $0.keyVariables = ["OPENROUTER_API_KEY"]
      $0.priceList = "openrouter"
      $0.defaultModel = "openrouter/auto"
      $0.headers = [.init("X-OpenRouter-Title", "Furlong")]
      $0.wire.requiresParameters = true
      $0.wire.effort = .object
      $0.wire.cost = .dollars
      $0.wire.settlementPath = "/generation?id="
    },
    local("ollama", port: 11434),
    local("llamacpp", port: 8080),
    local("lmstudio", port: 1234),
    local("vllm", port: 8000),
    Service("litellm", dialect: "openai-chat", baseURL: "http://127.0.0.1:4000/v1") {
      $0.keyVariables = ["LITELLM_API_KEY"]
      $0.needsKey = false
      $0.wire.cost = .dollars
    },
    Service("local", dialect: "openai-chat", baseURL: "http://127.0.0.1:8101/v1") {
      $0.needsKey = false
      $0.isLocal = true
      $0.wire.boundsSchema = true
      $0.modelURLs = ["gemma3-270m": "http://127.0.0.1:8102/v1"]
      $0.defaultMaxTokens = 256
    },
    Service("demo", dialect: ScriptedDialect.name, baseURL: "") {
      $0.needsKey = false
      $0.isLocal = true
    },
  ]

  /// A server on this machine at its usual port, which needs no key and costs nothing.
  private static func local(_ id: String, port: Int) -> Service {
    Service(id, dialect: "openai-chat", baseURL: "http://127.0.0.1:\(port)/v1") {
      $0.keyVariables = ["\(id.uppercased())_API_KEY"]
      $0.needsKey = false
      $0.isLocal = true
      $0.wire.boundsSchema = true
    }
  }

  private static let regionsOfOpenAI = [
    Wire.Region(base: "https://us.api.openai.com", name: "us"),
    Wire.Region(base: "https://eu.api.openai.com", name: "eu"),
  ]

  private static let reasoningModelsOfOpenAI = ParameterRule(
    parameters: [.temperature, .topP], models: ["o1", "o3", "o4", "gpt-5"], isAccepted: false, exceptEffort: "none")
}
