import Core
import CustomDump
import Providers
import Testing
import TestSupport

@Suite(.ownThreads) struct AnthropicDialectTests {
  /// Counts are cumulative: those of `message_delta` replace what came before; cached ones are outside `input_tokens`.
  @Test func thinkingPingsUnknownEventsAndCumulativeUsage() {
    expectNoDifference(
      plainDeltas("anthropic.chat.sse"),
      [
        .model("claude-sonnet-5"), .requestID("msg_01"),
        usage(12507, read: 200, write: 12304, write1h: 304, 0, isFinal: false),
        .text(.reasoning, "Let me "), .text(.reasoning, "see."), .text(.answer, "Hello"), .text(.answer, ", 世界"),
        usage(12509, read: 200, write: 12304, write1h: 304, 200, reasoning: 50), .finish(.stop),
        usage(12509, read: 200, write: 12304, write1h: 304, 550, reasoning: 400), .terminator,
      ])
  }

  @Test func bothUsageObjectsAreKept() throws {
    let raw = deltas([Fixture.bytes("anthropic.chat.sse")], by: service("anthropic")).compactMap(\.usage).last?.raw
    let view = try JSONDocument().parse(raw ?? "")
    #expect(view["start"]?["cache_creation"]?["ephemeral_1h_input_tokens"]?.int == 304, "only the first has the split")
    #expect(view["end"]?["output_tokens"]?.int == 550)
  }

  @Test func anErrorEvent() {
    expectNoDifference(
      plainDeltas("anthropic.error.sse"),
      [
        .model("claude-sonnet-5"), .requestID("msg_01"), usage(10, 0, isFinal: false), .text(.answer, "Hel"),
        .failure(ResponseError(.overloaded, "Overloaded")),
      ])
  }

  @Test func aRefusal() {
    expectNoDifference(
      plainDeltas("anthropic.refusal.sse"),
      [
        .model("claude-sonnet-5"), .requestID("msg_01"), usage(10, 0, isFinal: false), usage(10, 4),
        .finish(.refusal), .terminator,
      ])
  }

  @Test func recordedLlamaServer() {
    expectNoDifference(
      plainDeltas("llama-server.smollm2-135m.messages.sse"),
      [
        .model("smollm2-135m"), .requestID("chatcmpl-bGupTe252jO4b4XluzoO6vmeVZpTfMi4"),
        usage(32, read: 31, 0, isFinal: false),
      ] + ["The", " capital", " of", " France", " is", " Paris", "."].map { .text(.answer, $0) } + [
        usage(32, read: 31, 8), .finish(.stop), .terminator,
      ])
  }

  @Test(arguments: [
    ("end_turn", FinishReason.stop), ("stop_sequence", .stop), ("max_tokens", .length),
    ("model_context_window_exceeded", .length), ("tool_use", .toolCalls), ("refusal", .refusal), ("pause_turn", .other),
  ])
  func stopReasons(_ word: String, _ reason: FinishReason) {
    let text = "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"\(word)\"}}\n\n"
    expectNoDifference(deltas(text, by: "anthropic"), [.finish(reason)])
  }
}
