import Core
import CustomDump
import Providers
import Testing
import TestSupport

@Suite(.ownThreads) struct GeminiDialectTests {
  /// Thoughts are outside `candidatesTokenCount`, tool use is outside `promptTokenCount`; the last usage holds.
  @Test func thoughtsAndCumulativeUsage() {
    expectNoDifference(
      plainDeltas("google.chat.sse"),
      [
        .model("gemini-3.1-pro-preview"), .requestID("r-1"), .text(.reasoning, "**Weighing**"),
        usage(1007, read: 800, 90, reasoning: 90, isFinal: false), .text(.answer, "It "),
        usage(1007, read: 800, 121, reasoning: 120, isFinal: false), .text(.answer, "depends…"), .text(.answer, " 🤔"),
        usage(1007, read: 800, 129, reasoning: 120, isFinal: false),
        usage(1007, read: 800, 132, reasoning: 120), .finish(.stop),
      ])
  }

  /// Queries are told once, in a chunk of any place; the counts that come after them have them too.
  @Test func searchesThatTheAnswerRestsOnAreCounted() {
    let text = """
      data: {"candidates":[{"content":{"parts":[{"text":"It "}]},"groundingMetadata":{"webSearchQueries":["a","b"]}}]}

      data: {"candidates":[{"content":{"parts":[{"text":"is."}]},"finishReason":"STOP"}],"usageMetadata":\
      {"promptTokenCount":3,"candidatesTokenCount":2}}


      """
    let found = deltas(text, by: "google").compactMap { delta -> Int? in
      if case .usage(let usage) = delta { usage.parts[.webSearches] } else { nil }
    }
    #expect(found == [2], "two queries, in the one report of usage")
  }

  @Test func aBareErrorWithoutDataPrefix() {
    expectNoDifference(
      plainDeltas("google.error.sse"),
      [
        .model("gemini-3.1-pro-preview"), .requestID("r-1"), .text(.answer, "It "),
        usage(1007, read: 800, 1, isFinal: false),
        .failure(
          ResponseError(.overloaded, "The model is overloaded. Please try again later.", status: 503)),
      ])
  }

  @Test(arguments: [
    #"[{"error":{"code":429,"message":"Quota","status":"RESOURCE_EXHAUSTED"}}]"#,
    #"{"error":{"code":429,"message":"Quota","status":"RESOURCE_EXHAUSTED"}}"#,
    "data: {\"error\":{\"code\":429,\"message\":\"Quota\",\"status\":\"RESOURCE_EXHAUSTED\"}}\n\n",
  ])
  func errorsInsideA200(_ body: String) {
    expectNoDifference(deltas(body, by: "google"), [.failure(ResponseError(.rateLimit, "Quota", status: 429))])
  }

  @Test func aBlockedPromptIsRefused() {
    expectNoDifference(
      plainDeltas("google.blocked.sse"),
      [
        .model("gemini-3.1-pro-preview"), .requestID("r-2"), usage(8, 0, isFinal: false), .finish(.refusal),
      ])
  }

  @Test(arguments: [
    ("STOP", FinishReason.stop), ("MAX_TOKENS", .length), ("SAFETY", .refusal), ("RECITATION", .refusal),
    ("BLOCKLIST", .refusal), ("PROHIBITED_CONTENT", .refusal), ("SPII", .refusal), ("IMAGE_SAFETY", .refusal),
  ])
  func finishReasons(_ word: String, _ reason: FinishReason) {
    let text = "data: {\"candidates\":[{\"finishReason\":\"\(word)\"}]}\n\n"
    expectNoDifference(deltas(text, by: "google"), [.finish(reason)])
  }

  @Test(arguments: ["MALFORMED_FUNCTION_CALL", "OTHER", "SOMETHING_NEW"])
  func unknownFinishReasonsAreErrors(_ word: String) {
    let text = "data: {\"candidates\":[{\"finishReason\":\"\(word)\"}]}\n\n"
    let message = "the model stopped early, giving the reason \(word)"
    expectNoDifference(deltas(text, by: "google"), [.failure(ResponseError(.server, message))])
  }

  @Test func listsModelsThatGenerate() throws {
    let view = try JSONDocument().parse(
      #"{"models":[{"name":"models/a","inputTokenLimit":1000,"supportedGenerationMethods":["generateContent"]},{"name":"models/e","supportedGenerationMethods":["embedContent"]},{"name":"b"}]}"#
    )
    expectNoDifference(
      GeminiDialect().readModels(view), [ListedModel(id: "a", contextLength: 1000), ListedModel(id: "b")])
  }
}
