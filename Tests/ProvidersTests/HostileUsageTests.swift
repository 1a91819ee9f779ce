import Core
import Providers
import TestSupport
import Testing

/// What a provider counts and charges may be any number: what no call can have is left out, and said.
@Suite(.ownThreads) struct HostileUsageTests {
  private static let numbers = [
    "-9223372036854775808", "-1", "0", "12", "1000000000", "1000000001", "1099511627776", "9223372036854775807",
    "9223372036854775808", "18446744073709551616", "1e18", "1e308", "1e999", "-1e999", "1e-9223372036854775808", "0.5",
    "null", "\"7\"", "{}", "[]", "true",
  ]

  /// One event of a stream, its JSON on as many lines as it is read best on.
  private static func event(_ json: String) -> String {
    "data: " + json.split(separator: "\n").map { $0.trimmingPrefix(while: \.isWhitespace) }.joined() + "\n\n"
  }

  /// Each `#` stands for a number.
  private static let bodies: [(service: String, text: String)] = [
    (
      "openai",
      event(
        """
        {"model":"m","choices":[{"delta":{"content":"x","tool_calls":
        [{"index":#,"id":"a","function":{"name":"f","arguments":"{}"}}]},"finish_reason":"stop"}],
        "usage":{"prompt_tokens":#,"completion_tokens":#,"total_tokens":#,
        "prompt_tokens_details":{"cached_tokens":#,"audio_tokens":#},"completion_tokens_details":{"reasoning_tokens":#}}}
        """)
    ),
    (
      "openrouter",
      event(
        """
        {"model":"m","choices":[{"delta":{"content":"x"},"finish_reason":"stop"}],"usage":{"prompt_tokens":#,
        "completion_tokens":#,"cost":#,"is_byok":true,"cost_details":{"upstream_inference_cost":#}}}
        """)
    ),
    (
      "xai",
      event(
        """
        {"model":"m","choices":[{"delta":{"content":"x"},"finish_reason":"stop"}],
        "usage":{"prompt_tokens":#,"completion_tokens":#,"cost_in_usd_ticks":#}}
        """)
    ),
    (
      "openai-responses",
      event(
        """
        {"type":"response.output_item.added","output_index":#,"item":{"type":"function_call","call_id":"c","name":"f"}}
        """)
        + event(
          """
          {"type":"response.completed","response":{"status":"completed","usage":{"input_tokens":#,"output_tokens":#,
          "input_tokens_details":{"cached_tokens":#,"cache_write_tokens_details":{"ttl_12h_tokens":#}},
          "output_tokens_details":{"reasoning_tokens":#}},"tool_usage":{"web_search":{"num_requests":#}}}}
          """)
    ),
    (
      "anthropic",
      event(
        """
        {"type":"message_start","message":{"model":"m","id":"i","usage":{"input_tokens":#,"cache_read_input_tokens":#,
        "cache_creation_input_tokens":#,"cache_creation":{"ephemeral_1h_input_tokens":#},"output_tokens":#}}}
        """)
        + event(
          """
          {"type":"content_block_start","index":#,"content_block":{"type":"tool_use","id":"t","name":"f","input":{}}}
          """)
        + event(
          """
          {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":#,
          "server_tool_use":{"web_search_requests":#},"output_tokens_details":{"thinking_tokens":#}}}
          """)
    ),
    (
      "google",
      event(
        """
        {"candidates":[{"content":{"parts":[{"text":"x"}]},"finishReason":"STOP"}],
        "usageMetadata":{"promptTokenCount":#,"toolUsePromptTokenCount":#,"cachedContentTokenCount":#,
        "thoughtsTokenCount":#,"candidatesTokenCount":#,
        "promptTokensDetails":[{"modality":"AUDIO","tokenCount":#},{"modality":"IMAGE","tokenCount":#}]}}
        """)
    ),
  ]

  @Test func nothingOutOfRangeGetsIn() {
    var random = SplitMix64(seed: 20_261_128)
    let price = Price(
      rates: Dictionary(uniqueKeysWithValues: TokenClass.allCases.map { ($0, "150") }), source: "s", record: "r")
    let cases = 20_000
    for _ in 0..<cases {
      let (service, body) = Self.bodies.randomElement(using: &random)!
      let pieces = body.split(separator: "#", omittingEmptySubsequences: false)
      let text = pieces.dropFirst().reduce(String(pieces[0])) { $0 + Self.numbers.randomElement(using: &random)! + $1 }
      for case .usage(let usage) in deltas(text, by: service) {
        let all = [usage.input, usage.cacheRead, usage.cacheWrite, usage.output, usage.reasoning] + usage.parts.values
        guard all.allSatisfy(Bounds.tokens.contains), usage.reportedCost?.isOfCall ?? true else {
          Issue.record("\(service): \(usage) of \(text)")
          return
        }
        #expect(!usage.lacksCounts || !usage.leftOut.isEmpty)
        _ = price.charge(for: usage)
        _ = usage.details?.serialized()
      }
    }
    print("fuzz: \(cases) streams with hostile counts")
  }

  private func lastUsage(_ text: String, by service: String) throws -> Usage {
    try #require(deltas(text, by: service).compactMap { if case .usage(let usage) = $0 { usage } else { nil } }.last)
  }

  @Test func whatIsLeftOutIsSaid() throws {
    let rest = #"{"choices":[{"delta":{"content":"x"},"finish_reason":"stop"}],"usage":"#
    for (service, field, text) in [
      (
        "openai", "prompt_tokens 1099511627776",
        Self.event(rest + #"{"prompt_tokens":1099511627776,"completion_tokens":5}}"#)
      ),
      (
        "anthropic", "input_tokens -1",
        Self.event(#"{"type":"message_start","message":{"model":"m","usage":{"input_tokens":-1,"output_tokens":1}}}"#)
          + Self.event(#"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":5}}"#)
      ),
      (
        "google", "candidatesTokenCount 9223372036854775807",
        Self.event(#"{"usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":9223372036854775807}}"#)
      ),
      (
        "openai-responses", "output_tokens 1e300",
        Self.event(
          #"{"type":"response.completed","response":{"usage":{"input_tokens":3,"output_tokens":1e300}}}"#)
      ),
    ] {
      let usage = try lastUsage(text, by: service)
      #expect(usage.lacksCounts && usage.leftOut == ["\(field), which is not from 0 to 1000000000"], "\(service)")
    }
    let charged = try lastUsage(
      Self.event(rest + #"{"prompt_tokens":3,"completion_tokens":5,"cost":9e99}}"#), by: "openrouter")
    #expect(charged.input == 3 && !charged.lacksCounts && charged.reportedCost == nil)
    #expect(charged.leftOut == ["cost 9e99, which is not from 0 to 100000 dollars"])
  }
}
