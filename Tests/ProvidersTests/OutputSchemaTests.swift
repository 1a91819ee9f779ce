import Core
import TestSupport
import Testing

@testable import Providers

/// A schema goes into each protocol's own field.
@Suite(.ownThreads) struct OutputSchemaTests {
  private static let schema = OutputSchema(
    name: "verdict", schema: ["type": "object"], bounded: ["type": "object", "maxLength": 3])

  private func body(_ id: String, effort: String? = nil, _ change: (inout Service) -> Void = { _ in }) -> JSON {
    var service = Catalog.services.first { $0.id == id }!
    change(&service)
    var ask = Ask(model: "m", system: "s", messages: [Message(.user, "u")], schema: Self.schema)
    ask.parameters.effort = effort
    return Dialects.named(service.dialect)!.request(ask, to: service).body
  }

  @Test(arguments: ["openai", "groq", "cerebras", "mistral", "xai", "openrouter", "litellm"])
  func chatCompletions(id: String) {
    let expected: JSON = [
      "type": "json_schema", "json_schema": ["name": "verdict", "schema": ["type": "object"], "strict": true],
    ]
    #expect(body(id)["response_format"] == expected)
  }

  @Test func aRouterIsToldToKeepToIt() {
    #expect(body("openrouter")["provider"] == ["require_parameters": true])
    #expect(body("openai")["provider"] == nil)
  }

  @Test func serversThatMakeGrammarsGetBounds() {
    for id in ["llamacpp", "ollama", "vllm", "lmstudio", "local"] {
      #expect(body(id)["response_format"]?["json_schema"]?["schema"] == Self.schema.bounded, "\(id)")
    }
  }

  @Test func responses() {
    let expected: JSON = [
      "format": ["type": "json_schema", "name": "verdict", "schema": ["type": "object"], "strict": true]
    ]
    #expect(body("openai-responses")["text"] == expected)
  }

  @Test func anthropicBesideItsEffort() {
    let format: JSON = ["type": "json_schema", "schema": ["type": "object"]]
    #expect(body("anthropic")["output_config"] == ["format": format])
    #expect(body("anthropic", effort: "low")["output_config"] == ["effort": "low", "format": format])
  }

  @Test func gemini() {
    let config = body("google")["generationConfig"]
    #expect(config?["responseMimeType"] == "application/json" && config?["responseJsonSchema"] == ["type": "object"])
  }

  @Test func whereThereIsNoSchemaAnObjectOrNothingIsAskedFor() {
    #expect(body("deepinfra")["response_format"] == ["type": "json_object"])
    for id in ["openai", "openai-responses", "anthropic", "google"] {
      let none = body(id) { $0.wire.schema = .none }
      for field in ["response_format", "text", "output_config", "generationConfig"] {
        #expect(none[field] == nil, "\(field) is sent to \(id)")
      }
    }
  }
}
