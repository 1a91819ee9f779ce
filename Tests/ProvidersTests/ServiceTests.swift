import Core
import CustomDump
import Providers
import TestSupport
import Testing

@Suite(.ownThreads) struct ServiceTests {
  private func accepted(_ lane: String) throws -> (kept: String, notices: [String]) {
    let lane = try Lane(parsing: lane)
    let found = service(lane.model.provider).accepted(lane.parameters, model: lane.model.model)
    return (found.parameters.json.serialized(), found.notices)
  }

  @Test func reasoningModelsOfOpenAIRefuseSampling() throws {
    let found = try accepted("openai/gpt-5.6,temperature=0.2,top_p=0.5,seed=1")
    #expect(found.kept == #"{"seed":1}"#)
    #expect(
      found.notices == [
        "temperature not sent: gpt-5.6 does not take it", "top_p not sent: gpt-5.6 does not take it",
      ])
    for model in ["o1", "o3-mini", "o4-mini", "gpt-5-nano"] {
      #expect(try accepted("openai/\(model),temperature=1").kept == "{}", "\(model)")
    }
    #expect(try accepted("openai/gpt-4.1,temperature=1").kept == #"{"temperature":1}"#)
    #expect(try accepted("openai/gpt-5.6,temperature=1,effort=none").notices.isEmpty, "taken without reasoning")
  }

  @Test func onlyOlderModelsOfAnthropicTakeSampling() throws {
    let found = try accepted("anthropic/claude-sonnet-5,temperature=0.2")
    #expect(found.kept == #"{"max_tokens":16000}"#, "the wire demands a cap")
    #expect(found.notices == ["temperature not sent: claude-sonnet-5 does not take it"])
    #expect(
      try accepted("anthropic/claude-3-5-haiku,temperature=0.2,max_tokens=9").kept
        == #"{"temperature":0.2,"max_tokens":9}"#)
  }

  @Test func aSmallLocalModelGetsACap() throws {
    #expect(try accepted("local/smollm2-135m").kept == #"{"max_tokens":256}"#)
    #expect(service("local").baseURL(for: "gemma3-270m") == "http://127.0.0.1:8102/v1")
    #expect(service("local").baseURL(for: "other") == "http://127.0.0.1:8101/v1")
  }

  @Test func theCatalogueIsWhole() {
    let ids = Catalog.services.map(\.id)
    #expect(Set(ids).count == ids.count, "an id twice: \(ids)")
    for service in Catalog.services {
      #expect(Dialects.named(service.dialect) != nil, "\(service.id) speaks no known dialect")
      #expect(!service.baseURL.hasSuffix("/"), "\(service.id): dialects add their own slash")
      #expect(!service.needsKey || !service.keyVariables.isEmpty, "\(service.id) has no place for its key")
    }
    let wanted = [
      "openai", "anthropic", "google", "groq", "cerebras", "deepinfra", "mistral", "xai", "openrouter", "ollama",
    ]
    #expect(Set(wanted).isSubset(of: ids))
    #expect(Dialects.names == ["openai-chat", "openai-responses", "anthropic", "gemini", "scripted"])
  }

  @Test func modelListsSayTheirContext() throws {
    let view = try JSONDocument().parse(
      #"{"data":[{"id":"a","context_length":1},{"id":"b","max_context_length":2},{"id":"c","context_window":3},{"id":"d","max_model_len":4},{"id":"e","max_input_tokens":5},{"id":"f","metadata":{"context_length":6}},{"id":"g","meta":null},{"name":"no id"},{"id":"h","meta":{"n_ctx":8}}]}"#
    )
    expectNoDifference(
      OpenAIChatDialect().readModels(view).map { "\($0.id) \($0.contextLength ?? 0)" },
      ["a 1", "b 2", "c 3", "d 4", "e 5", "f 6", "g 0", "h 8"])
  }

  @Test func simulatedModelsSayTheSameEveryTime() {
    for model in ScriptedDialect.modelNames {
      let ask = Ask(model: model, messages: [Message(.user, "Hello")])
      let steps = ScriptedDialect.steps(for: ask)!
      #expect(steps == ScriptedDialect.steps(for: ask))
      #expect(steps.last?.delta == .terminator)
      #expect(steps.first?.delta == .model("\(model) (simulated)"))
      let answer = steps.compactMap(\.delta.answer)
      #expect(answer.joined().contains("simulated"), "\(model) must be plainly labelled")
      let usage = steps.compactMap(\.delta.usage).last
      let texts = steps.count { if case .text = $0.delta { true } else { false } }
      #expect(usage?.output == texts, "\(model): a word is a token")
    }
    #expect(ScriptedDialect.steps(for: Ask(model: "cat", messages: [])) == nil)
  }
}
