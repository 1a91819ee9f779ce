import Core
import CustomDump
import Providers
import TestSupport
import Testing

@Suite(.ownThreads) struct OpenAIResponsesDialectTests {
  private let model = "gpt-5.6-2026-08-07"
  private var head: [Delta] { [.model(model), .requestID("resp_1")] }
  private let counted = usage(100, read: 64, write: 16, 50, reasoning: 40)

  @Test func reasoningSummariesAndTheAnswer() {
    expectNoDifference(
      plainDeltas("openai-responses.chat.sse"),
      head + [
        .text(.reasoning, "**Thinking** "), .text(.reasoning, "about it"), .text(.answer, "Yes"),
        .text(.answer, " — ✓"),
        .model(model), counted, .finish(.stop), .terminator,
      ])
  }

  @Test func anIncompleteResponseIsTruncated() {
    expectNoDifference(
      plainDeltas("openai-responses.incomplete.sse"),
      head + [.text(.answer, "Half"), .model(model), counted, .finish(.length), .terminator])
  }

  @Test func aRefusal() {
    expectNoDifference(
      plainDeltas("openai-responses.refusal.sse"),
      head + [.text(.answer, "No."), .model(model), counted, .finish(.refusal), .terminator])
  }

  @Test func aNestedErrorFollowedByFailed() {
    var error = ResponseError(.contextLength, "Your input exceeds the context window of this model.")
    let second = error
    error.refusedParameter = "input"
    expectNoDifference(
      plainDeltas("openai-responses.error-nested.sse"),
      head + [.text(.answer, "Half"), .failure(error), .model(model), .failure(second), .terminator])
  }

  @Test func aFlatError() {
    expectNoDifference(
      plainDeltas("openai-responses.error-flat.sse"),
      head + [.failure(ResponseError(.rateLimit, "Rate limit reached for gpt-5.6"))])
  }

  @Test func recordedLlamaServer() {
    expectNoDifference(
      plainDeltas("llama-server.smollm2-135m.responses.sse"),
      [.requestID("resp_iXUOH6O09DDmrmGZcX9dxFXJvgHfKNgZ")]
        + ["The", " capital", " of", " France", " is", " Paris", "."].map { .text(.answer, $0) } + [
          .model("smollm2-135m"), usage(32, read: 31, 8), .finish(.stop), .terminator,
        ])
  }
}
