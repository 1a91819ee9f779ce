import Core
import CustomDump
import Providers
import TestSupport
import Testing

/// Exact deltas of everything that speaks OpenAI Chat Completions.
@Suite(.ownThreads) struct OpenAIChatDialectTests {
  private func expect(
    _ fixture: String, _ model: String, _ id: String, _ rest: [Delta], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let found = plainDeltas(fixture)
    let wanted = [.model(model), .requestID(id)] + rest
    expectNoDifference(found, wanted, "\(fixture)", line: UInt(sourceLocation.line))
  }

  @Test func openAI() {
    expect(
      "openai.chat.sse", "gpt-5.6-2026-08-07", "chatcmpl-B1",
      [
        .text(.answer, "Grüß "), .text(.answer, "Gott 👋"), .finish(.stop),
        usage(2048, read: 1024, write: 512, 310, reasoning: 300), .terminator,
      ])
    #expect(
      deltas(
        "data: {\"usage\":{\"prompt_tokens\":2048,\"prompt_tokens_details\":{\"cached_tokens\":1024,\"cache_write_tokens\":512}}}\n\n"
      )
      .first?.usage?.classes.first == TokenCount(kind: .input, count: 512), "cached tokens are inside prompt_tokens")
  }

  @Test func aRefusalIsAnAnswerThatEndsRefused() {
    expect(
      "openai.refusal.sse", "gpt-5.6-2026-08-07", "chatcmpl-B1",
      [
        .text(.answer, "I can’t "), .text(.answer, "help."), .finish(.refusal), usage(9, 4), .terminator,
      ])
  }

  @Test func anErrorInsideA200() {
    expect(
      "openai.error.sse", "gpt-5.6-2026-08-07", "chatcmpl-B1",
      [
        .text(.answer, "So"),
        .failure(ResponseError(.server, "The server had an error while processing your request.")),
      ])
  }

  /// A refusal has a field of its own; the stream then ends like any other.
  @Test func aRefusalInWords() {
    let stream = Chat.content("I cannot", field: "refusal") + Chat.finish("stop") + Chat.done
    expectNoDifference(
      deltas(stream),
      [.model("m1"), .requestID("c1"), .text(.answer, "I cannot"), .finish(.refusal), .terminator])
  }

  @Test func groq() {
    let counted = usage(80, read: 64, 30, reasoning: 20)
    expect(
      "groq.chat.sse", "openai/gpt-oss-120b", "chatcmpl-g",
      [
        .text(.reasoning, "User asks"), .text(.answer, "Fine"), .text(.answer, "."), counted, .finish(.stop),
        .terminator,
      ])
    expect(
      "groq.usage-in-x.sse", "openai/gpt-oss-120b", "chatcmpl-g",
      [.text(.answer, "Hi"), counted, .finish(.length), .terminator])
    expect(
      "groq.error.sse", "openai/gpt-oss-120b", "chatcmpl-g",
      [.text(.answer, "Hi"), .failure(ResponseError(.server, "over capacity")), .terminator])
  }

  @Test func cerebras() {
    expect(
      "cerebras.chat.sse", "gpt-oss-120b", "chatcmpl-c",
      [
        .text(.reasoning, "Short."), .text(.answer, "Ok"), .finish(.stop), usage(72, 25, reasoning: 10), .terminator,
      ])
    expect(
      "cerebras.error.sse", "gpt-oss-120b", "chatcmpl-c",
      [
        .text(.answer, "Ok"),
        .failure(ResponseError(.server, "Encountered a server error, please try again.", status: 500)),
      ])
  }

  /// `reasoning_tokens > completion_tokens`: it cannot be contained, so it is added.
  @Test func deepInfra() {
    expect(
      "deepinfra.chat.sse", "google/gemini-2.5-flash", "chatcmpl-d",
      [
        .text(.reasoning, "Plan"), .text(.answer, "Done"),
        usage(20, 1165, reasoning: 1081, cost: "0.00291875", isCharge: false), .finish(.stop), .terminator,
      ])
  }

  @Test func mistral() {
    expect(
      "mistral.chat.sse", "mistral-medium-2508", "cmpl-m",
      [
        .text(.reasoning, "Alors"), .text(.reasoning, ", voyons"), .text(.answer, "Ça "), .text(.answer, "va"),
        .text(.answer, "."), usage(12, read: 8, 30), .finish(.stop), .terminator,
      ])
    expect(
      "mistral.error.sse", "mistral-medium-2508", "cmpl-m",
      [
        .text(.answer, "Un"),
        .failure(ResponseError(.server, "the provider ended the answer with an error it did not name")), .terminator,
      ])
  }

  @Test(arguments: [
    #""num_cached_tokens":8"#, #""prompt_tokens_details":{"cached_tokens":8}"#,
    #""prompt_token_details":{"cached_tokens":8}"#,
  ])
  func mistralCountsCachedTokensInThreeWays(_ field: String) {
    let text = "data: {\"usage\":{\"prompt_tokens\":12,\"completion_tokens\":1,\(field)}}\n\n"
    expectNoDifference(deltas(text, by: "mistral").map(\.plain), [usage(12, read: 8, 1)])
  }

  /// `total == prompt + completion + reasoning`: reasoning is not in `completion_tokens`. The ticks are the charge.
  @Test func xAI() {
    expect(
      "xai.chat.sse", "grok-3-mini", "x-1",
      [
        .text(.reasoning, "First"), .text(.reasoning, ", "), .text(.answer, "4"), .finish(.stop),
        usage(12, read: 11, 291, reasoning: 290, cost: "0.000146625"), .terminator,
      ])
  }

  @Test func openRouterAddsTheUpstreamChargeToTheFeeOnOnesOwnKeyOnly() {
    expect(
      "openrouter.byok.sse", "anthropic/claude-sonnet-5", "gen-1",
      [
        .text(.reasoning, "Mull"), .text(.reasoning, "…over"), .text(.answer, "Sure"), .finish(.stop),
        usage(100, read: 50, write: 20, 40, reasoning: 30, cost: "0.0002625"), .terminator,
      ])
    expect(
      "openrouter.chat.sse", "anthropic/claude-sonnet-5", "gen-1",
      [
        .text(.answer, "Sure"), .finish(.length), usage(100, read: 50, write: 20, 40, reasoning: 30, cost: "0.00026"),
        .terminator,
      ])
  }

  @Test func openRouterErrorInMidStream() {
    expect(
      "openrouter.error.sse", "anthropic/claude-sonnet-5", "gen-1",
      [
        .text(.answer, "Su"), .failure(ResponseError(.server, "Provider disconnected", status: 502)), .terminator,
      ])
  }

  @Test func localServers() {
    expect(
      "ollama.chat.sse", "qwen3:8b", "chatcmpl-1",
      [.text(.reasoning, "Okay"), .text(.answer, "Hi"), .finish(.stop), usage(11, 5), .terminator])
    expect(
      "llamacpp.reasoning.sse", "qwen3-8b", "chatcmpl-l",
      [.text(.reasoning, "Hmm"), .text(.answer, "Hi"), .finish(.stop), usage(20, read: 19, 6), .terminator])
    expect(
      "lmstudio.chat.sse", "qwen3-8b", "chatcmpl-l",
      [.text(.reasoning, "Well"), .text(.answer, "Hi"), .finish(.toolCalls), usage(7, 3, reasoning: 1), .terminator])
    expect(
      "vllm.chat.sse", "qwen3-8b", "chatcmpl-l",
      [
        usage(15, 0), .text(.reasoning, "A"), usage(15, 1), .text(.answer, "B"), usage(15, 2), usage(15, 3),
        .finish(.stop), usage(15, 3), .terminator,
      ])
    expect(
      "vllm.error.sse", "qwen3-8b", "chatcmpl-l",
      [
        .text(.answer, "B"), .failure(ResponseError(.server, "EngineCore encountered an issue.", status: 500)),
        .terminator,
      ])
    expect(
      "litellm.chat.sse", "qwen3-8b", "chatcmpl-l",
      [
        .text(.reasoning, "Hm"), .text(.answer, "Hey"), .finish(.stop), usage(10, 4, cost: "0.000123"), .terminator,
      ])
  }

  @Test func recordedLlamaServer() {
    expect(
      "llama-server.smollm2-135m.chat.sse", "smollm2-135m", "chatcmpl-eG0FDC6CtrkLaebbUGabXZrnKyVC0ala",
      ["The", " capital", " of", " France", " is", " Paris", "."].map { .text(.answer, $0) } + [
        .finish(.stop), usage(32, 8), .terminator,
      ])
  }

  @Test func recordedStreamsAreWhole() {
    for name in [
      "gemma3-270m.chat-long", "smollm2-135m.chat-long", "smollm2-135m.chat-jsonschema",
      "gemma3-270m.chat-utf8-logprobs",
    ] {
      let found = plainDeltas("llama-server.\(name).sse")
      #expect(found.last == .terminator, "\(name)")
      #expect(found.compactMap(\.usage).count == (name.hasSuffix("logprobs") ? 0 : 1), "\(name)")
      #expect(found.contains { if case .finish = $0 { true } else { false } }, "\(name)")
      let text = found.compactMap(\.answer).joined()
      #expect(!text.isEmpty && !text.contains("\u{FFFD}"), "\(name): \(text)")
    }
    #expect(plainDeltas("llama-server.smollm2-135m.chat-nousage.sse").compactMap(\.usage).isEmpty)
  }

  @Test(arguments: [
    ("stop", FinishReason.stop), ("length", .length), ("tool_calls", .toolCalls), ("function_call", .toolCalls),
    ("content_filter", .refusal), ("eos", .other),
  ])
  func finishReasons(_ word: String, _ reason: FinishReason) {
    let text = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"\(word)\"}]}\n\n"
    expectNoDifference(deltas(text), [.finish(reason)])
  }

  @Test func reasoningInsideTheTotalIsNotAddedTwice() {
    let text =
      "data: {\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":30,\"total_tokens\":40,\"completion_tokens_details\":{\"reasoning_tokens\":20}}}\n\n"
    expectNoDifference(deltas(text).map(\.plain), [usage(10, 30, reasoning: 20)])
  }

  @Test(arguments: ["-1", "1e99", "\"x\"", "null", "9223372036854775807", "{}", "1.5"])
  func strangeCountsDoNoHarm(_ value: String) {
    for field in [
      "prompt_tokens", "completion_tokens", "total_tokens", "num_cached_tokens", "cost", "cost_in_usd_ticks",
      "estimated_cost",
    ] {
      for id in ["openrouter", "xai", "deepinfra"] {
        let text =
          "data: {\"usage\":{\"\(field)\":\(value),\"completion_tokens_details\":{\"reasoning_tokens\":\(value)}}}\n\n"
        #expect(deltas(text, by: id).count == 1, "\(id), \(field) \(value)")
      }
    }
  }
}
