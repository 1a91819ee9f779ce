import Core
import CustomDump
import Providers
import TestSupport
import Testing

/// Request bodies, exactly as they are written.
@Suite(.ownThreads) struct RequestTests {
  private let image = Attachment(name: "a.png", mediaType: "image/png", data: [0x89, 0x50])
  private let file = Attachment(name: "b.txt", mediaType: "text/plain", data: Array("hi".utf8))

  private func request(_ id: String, _ ask: Ask) -> DialectRequest {
    let service = service(id)
    return Dialects.named(service.dialect)!.request(ask, to: service)
  }

  private func ask(_ lane: String, system: String? = nil) throws -> Ask {
    let lane = try Lane(parsing: lane)
    return Ask(
      model: lane.model.model, system: system, messages: [Message(.user, "Hi")], parameters: lane.parameters)
  }

  private func body(_ lane: String, system: String? = nil) throws -> String {
    let ask = try ask(lane, system: system)
    return request(try Lane(parsing: lane).model.provider, ask).body.serialized()
  }

  private let everything = "temperature=0.5,top_p=0.9,max_tokens=64,effort=high,seed=7,stop=END"

  @Test func openAIChat() throws {
    expectNoDifference(
      try body("openai/gpt-4.1,\(everything)", system: "Be brief"),
      #"{"model":"gpt-4.1","messages":[{"role":"system","content":"Be brief"},{"role":"user","content":"Hi"}],"stream":true,"stream_options":{"include_usage":true,"include_obfuscation":false},"temperature":0.5,"top_p":0.9,"max_completion_tokens":64,"stop":["END"],"reasoning_effort":"high","seed":7}"#
    )
    expectNoDifference(
      try body("openai/gpt-4.1"),
      #"{"model":"gpt-4.1","messages":[{"role":"user","content":"Hi"}],"stream":true,"stream_options":{"include_usage":true,"include_obfuscation":false}}"#
    )
    #expect(request("openai", try ask("openai/x")).path == "/chat/completions")
  }

  @Test func openAIResponses() throws {
    let asked = try ask("openai-responses/gpt-5.6,\(everything)", system: "Be brief")
    let request = request("openai-responses", asked)
    expectNoDifference(
      request.body.serialized(),
      #"{"model":"gpt-5.6","input":[{"type":"message","role":"user","content":[{"type":"input_text","text":"Hi"}]}],"stream":true,"store":false,"instructions":"Be brief","temperature":0.5,"top_p":0.9,"max_output_tokens":64,"reasoning":{"effort":"high","summary":"auto"}}"#
    )
    #expect(request.path == "/responses")
    #expect(
      request.notices == ["seed not sent: gpt-5.6 does not take it", "stop not sent: gpt-5.6 does not take it"])
  }

  @Test func anthropic() throws {
    let asked = try ask("anthropic/claude-sonnet-5,\(everything)", system: "Be brief")
    let request = request("anthropic", asked)
    expectNoDifference(
      request.body.serialized(),
      #"{"model":"claude-sonnet-5","max_tokens":64,"messages":[{"role":"user","content":"Hi"}],"stream":true,"system":"Be brief","temperature":0.5,"top_p":0.9,"stop_sequences":["END"],"thinking":{"type":"adaptive","display":"summarized"},"output_config":{"effort":"high"}}"#
    )
    #expect(request.path == "/v1/messages")
    #expect(request.notices == ["seed not sent: claude-sonnet-5 does not take it"])
    expectNoDifference(
      try body("anthropic/c"),
      #"{"model":"c","max_tokens":4096,"messages":[{"role":"user","content":"Hi"}],"stream":true}"#)
  }

  @Test func anthropicAtABaseURLThatEndsInV1() throws {
    let service = Service("proxy", dialect: "anthropic", baseURL: "http://127.0.0.1:8080/v1")
    #expect(AnthropicDialect().request(try ask("proxy/c"), to: service).path == "/messages")
  }

  @Test func gemini() throws {
    let request = request("google", try ask("google/gemini-3.1-pro-preview,\(everything)", system: "Be brief"))
    expectNoDifference(
      request.body.serialized(),
      #"{"contents":[{"role":"user","parts":[{"text":"Hi"}]}],"systemInstruction":{"parts":[{"text":"Be brief"}]},"generationConfig":{"temperature":0.5,"topP":0.9,"maxOutputTokens":64,"seed":7,"stopSequences":["END"],"thinkingConfig":{"includeThoughts":true,"thinkingLevel":"HIGH"}}}"#
    )
    #expect(request.path == "/models/gemini-3.1-pro-preview:streamGenerateContent?alt=sse")
    expectNoDifference(
      try body("google/gemini-2.0-flash"), #"{"contents":[{"role":"user","parts":[{"text":"Hi"}]}]}"#)
  }

  @Test(arguments: [
    ("openai", "max_completion_tokens"), ("groq", "max_completion_tokens"), ("cerebras", "max_completion_tokens"),
    ("xai", "max_completion_tokens"), ("deepinfra", "max_tokens"), ("mistral", "max_tokens"),
    ("openrouter", "max_tokens"), ("ollama", "max_tokens"), ("llamacpp", "max_tokens"), ("lmstudio", "max_tokens"),
    ("vllm", "max_tokens"), ("litellm", "max_tokens"), ("anthropic", "max_tokens"),
    ("openai-responses", "max_output_tokens"),
  ])
  func everyServiceHasItsOwnTokenCap(_ id: String, _ field: String) throws {
    let body = request(id, try ask("\(id)/m,max_tokens=64")).body
    #expect(body[field] == 64, "got \(body.serialized())")
    for other in ["max_tokens", "max_completion_tokens", "max_output_tokens"] where other != field {
      #expect(body[other] == nil, "\(id) must not get \(other)")
    }
  }

  @Test func mistralCallsTheSeedRandomSeed() throws {
    let body = request("mistral", try ask("mistral/m,seed=7")).body
    #expect(body["random_seed"] == 7)
    #expect(body["seed"] == nil)
  }

  @Test(
    arguments: [
      ("openai", "none", "reasoning_effort", JSON.string("none")), ("groq", "low", "reasoning_effort", "low"),
      ("openrouter", "max", "reasoning", ["effort": "max"]), ("anthropic", "none", "thinking", ["type": "disabled"]),
      ("anthropic", "minimal", "output_config", ["effort": "low"]),
      ("anthropic", "xhigh", "output_config", ["effort": "xhigh"]),
      ("openai-responses", "low", "reasoning", ["effort": "low", "summary": "auto"]),
    ] as [(String, String, String, JSON)])
  func effortIsMapped(_ id: String, _ effort: String, _ field: String, _ expected: JSON) throws {
    expectNoDifference(request(id, try ask("\(id)/m,effort=\(effort)")).body[field], expected)
  }

  @Test(
    arguments: [
      ("none", ["thinkingBudget": 0]), ("max", ["includeThoughts": true, "thinkingLevel": "XHIGH"]),
      ("minimal", ["includeThoughts": true, "thinkingLevel": "MINIMAL"]),
    ] as [(String, JSON)])
  func effortOfGemini(_ effort: String, _ expected: JSON) throws {
    let body = request("google", try ask("google/m,effort=\(effort)")).body
    expectNoDifference(body["generationConfig"]?["thinkingConfig"], expected)
  }

  @Test func imagesAndFilesInEveryDialect() {
    let ask = Ask(
      model: "m",
      messages: [
        Message(.user, "Look", attachments: [image, file]), Message(.assistant, "Nice"), Message(.user, "More"),
      ])
    let text = #""Look\n\nFile b.txt:\n\nhi""#
    expectNoDifference(
      request("openai", ask).body["messages"]?.serialized(),
      #"[{"role":"user","content":[{"type":"text","text":\#(text)},{"type":"image_url","image_url":{"url":"data:image/png;base64,iVA="}}]},{"role":"assistant","content":"Nice"},{"role":"user","content":"More"}]"#
    )
    expectNoDifference(
      request("openai-responses", ask).body["input"]?.serialized(),
      #"[{"type":"message","role":"user","content":[{"type":"input_text","text":\#(text)},{"type":"input_image","image_url":"data:image/png;base64,iVA=","detail":"auto"}]},{"type":"message","role":"assistant","content":[{"type":"output_text","text":"Nice"}]},{"type":"message","role":"user","content":[{"type":"input_text","text":"More"}]}]"#
    )
    expectNoDifference(
      request("anthropic", ask).body["messages"]?.serialized(),
      #"[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVA="}},{"type":"text","text":\#(text)}]},{"role":"assistant","content":"Nice"},{"role":"user","content":"More"}]"#
    )
    expectNoDifference(
      request("google", ask).body["contents"]?.serialized(),
      #"[{"role":"user","parts":[{"inlineData":{"mimeType":"image/png","data":"iVA="}},{"text":\#(text)}]},{"role":"model","parts":[{"text":"Nice"}]},{"role":"user","parts":[{"text":"More"}]}]"#
    )
  }

  @Test func keysTravelInTheirOwnHeaders() {
    func headers(_ id: String, _ key: String?) -> [String] {
      Dialects.named(service(id).dialect)!.headers(key: key).map { "\($0.name): \($0.value)" }
    }
    #expect(headers("openai", "K") == ["Authorization: Bearer K"])
    #expect(headers("anthropic", "K") == ["anthropic-version: 2023-06-01", "x-api-key: K"])
    #expect(headers("google", "K") == ["x-goog-api-key: K"])
    #expect(headers("ollama", nil) == [])
    #expect(headers("anthropic", nil) == ["anthropic-version: 2023-06-01"])
  }
}
