import Core
import Foundation
import TestSupport
import Testing

@testable import Gateway

@Suite(.ownThreads) struct PrometheusTests {
  private func lines(_ calls: [GatewayCall]) -> [String] {
    let metrics = Metrics(version: "0.1.0", start: WatchedCalls.began)
    for call in calls {
      metrics.requestBegan()
      metrics.requestEnded(call)
    }
    return Prometheus.text(metrics).split(separator: "\n").map(String.init)
  }

  @Test(arguments: [
    #"furlong_requests_total{route="fast",model="openai/gpt-5.6",dialect="openai-chat",status="200"} 1"#,
    #"furlong_requests_total{route="none",model="none",dialect="openai-responses",status="404"} 1"#,
    "furlong_requests_in_flight 0",
    #"furlong_time_to_first_token_seconds_bucket{route="fast",dialect="openai-chat",le="0.1"} 0"#,
    #"furlong_time_to_first_token_seconds_bucket{route="fast",dialect="openai-chat",le="0.25"} 1"#,
    #"furlong_time_to_first_token_seconds_bucket{route="fast",dialect="openai-chat",le="+Inf"} 1"#,
    #"furlong_request_duration_seconds_sum{route="sure",dialect="anthropic"} 2"#,
    #"furlong_tokens_total{model="openai/gpt-5.6",class="cache_read"} 40"#,
    #"furlong_tokens_total{model="openai/gpt-5.6",class="output_reasoning"} 20"#,
    #"furlong_cost_usd_total{model="openai/gpt-5.6",key="laptop"} 0.0021"#,
    #"furlong_wasted_cost_usd_total{model="google/gemini-3.1-pro"} 0.0004"#,
    #"furlong_unpriced_calls_total{model="mistral/large"} 1"#,
    #"furlong_upstream_errors_total{model="mistral/large",kind="overloaded"} 1"#,
    #"furlong_refusals_total{kind="not_found"} 1"#, #"furlong_retries_total{model="openai/gpt-5.6"} 1"#,
    #"furlong_fallbacks_total{route="sure"} 1"#, #"furlong_races_total{route="fast"} 1"#,
    "furlong_spans_sent_total 0", "furlong_start_time_seconds 1795000000",
  ])
  func thePageTellsWhatHappened(line: String) {
    let lines = lines([WatchedCalls.race(), WatchedCalls.fallback(), WatchedCalls.refused()])
    #expect(lines.contains(line), "expected \(line) in:\n\(lines.joined(separator: "\n"))")
  }

  @Test func whatCameTwiceIsCountedTwice() {
    let lines = lines([WatchedCalls.race(), WatchedCalls.race()])
    #expect(lines.contains(#"furlong_cost_usd_total{model="openai/gpt-5.6",key="laptop"} 0.0042"#))
    #expect(lines.contains(#"furlong_request_duration_seconds_count{route="fast",dialect="openai-chat"} 2"#))
  }

  @Test func requestsThatAreRunningAreCounted() {
    let metrics = Metrics(version: "0.1.0", start: 5)
    for _ in 0..<3 { metrics.requestBegan() }
    metrics.requestEnded(WatchedCalls.race())
    #expect(Prometheus.text(metrics).contains("\nfurlong_requests_in_flight 2\n"), "three began, one ended")
  }

  @Test func namesThatClientsMakeUpDoNotMakeSeries() {
    let made = (0..<1000).map { number -> GatewayCall in
      var call = WatchedCalls.race()
      call.asked = "route-\(number)"
      call.upstream[0].model = ModelID(provider: "openai", model: "model-\(number)")
      return call
    }
    let routes = Set(
      lines(made).filter { $0.hasPrefix("furlong_races_total{") }.map { $0.prefix { $0 != "}" } })
    #expect(routes.count == Metrics.mostNames + 1, "two hundred names, and `other` for the rest")
    #expect(lines(made).contains(#"furlong_races_total{route="other"} 800"#), "the rest is counted together")
    let junk = lines((0..<1000).map { WatchedCalls.refused("junk-\($0)") })
    #expect(!junk.contains { $0.contains("junk") }, "what nobody was asked for has no name at all")
  }

  @Test func labelsAreEscaped() {
    #expect(Prometheus.escaped("\u{1B}[2J\r\u{202E}\t\u{0}") == "␛[2J␍⟨U+202E⟩ ␀")
    #expect(Prometheus.escaped("a\"b\\c\nd") == #"a\"b\\c\nd"#)
    var call = WatchedCalls.race()
    call.asked = "a\"} 1\nevil 2"
    #expect(
      lines([call]).contains { $0.hasPrefix(#"furlong_races_total{route="a\"} 1\nevil 2"} 1"#) },
      "a name cannot end its line")
  }

  /// `FURLONG_TELEMETRY=FOLDER` writes what is sent there, for scripts/otlp-sink.py to check.
  @Test func itCanBeWrittenForOthersToCheck() throws {
    guard let folder = ProcessInfo.processInfo.environment["FURLONG_TELEMETRY"] else { return }
    let metrics = Metrics(version: "0.1.0", start: 5)
    var odd = WatchedCalls.race()
    odd.asked = "a \"quoted\" \\ name\n"
    let calls = [WatchedCalls.race(), WatchedCalls.fallback(), WatchedCalls.refused(), odd]
    for call in calls {
      metrics.requestBegan()
      metrics.requestEnded(call)
    }
    var random = SystemRandomNumberGenerator()
    let resource = Telemetry.Resource(version: "0.1.0", instance: "i1")
    let spans = calls.flatMap { Span.spans(of: $0, using: &random) }
    let documents = [
      "traces.json": Telemetry.traces(spans, resource).serialized(),
      "metrics.json": Telemetry.metrics(metrics, resource, at: Clock.system.wall())?.serialized() ?? "",
      "page.txt": Prometheus.text(metrics),
    ]
    for (name, text) in documents { try text.write(toFile: folder + "/" + name, atomically: true, encoding: .utf8) }
  }
}
