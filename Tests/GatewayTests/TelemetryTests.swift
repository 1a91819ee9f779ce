import Core
import Foundation
import TestSupport
import Testing

@testable import Gateway

@Suite(.ownThreads) struct TelemetryTests {
  private func spans(_ call: GatewayCall) -> [Span] {
    var random = SystemRandomNumberGenerator()
    return Span.spans(of: call, using: &random)
  }

  private func values(_ span: Span) -> [String: Telemetry.Value] {
    Dictionary(span.attributes.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
  }

  @Test func aRaceIsOneServerSpanWithAClientSpanForEachModel() throws {
    let spans = spans(WatchedCalls.race())
    try #require(spans.count == 3)
    #expect(spans.allSatisfy { $0.trace == WatchedCalls.trace }, "they belong to the caller's trace")
    #expect(spans[0].parent == "b7ad6b7169203331" && spans[0].kind == .server && spans[0].state == "vendor=1")
    #expect(spans.dropFirst().allSatisfy { $0.parent == spans[0].id && $0.kind == .client })
    #expect(spans[1].name == "chat gpt-5.6", "a client span has the name that the conventions give it")
    #expect(spans[1].start == WatchedCalls.began + 2_000_000, "it begins when its request was sent")
    #expect(spans[1].end == spans[1].start + 880_000_000)
    #expect(spans[2].start == WatchedCalls.began + 3_000_000, "and the second a millisecond later")
    #expect(Set(spans.map(\.id)).count == 3)
    #expect(!spans[2].hasFailed, "one that a race rule stopped has not failed")
  }

  @Test func aClientSpanHasTheAttributesOfTheConventions() {
    let found = values(spans(WatchedCalls.race())[1])
    let expected: [String: Telemetry.Value] = [
      "gen_ai.operation.name": .string("chat"), "gen_ai.provider.name": .string("openai"),
      "gen_ai.request.model": .string("gpt-5.6"), "gen_ai.request.stream": .bool(true),
      "gen_ai.request.temperature": .double(0.5), "gen_ai.response.model": .string("gpt-5.6-2026-09-01"),
      "gen_ai.response.id": .string("chatcmpl-1"), "gen_ai.response.finish_reasons": .strings(["stop"]),
      "gen_ai.response.time_to_first_chunk": .double(0.2), "gen_ai.usage.input_tokens": .int(100),
      "gen_ai.usage.output_tokens": .int(60), "gen_ai.usage.cache_read.input_tokens": .int(40),
      "gen_ai.usage.reasoning.output_tokens": .int(20), "gen_ai.conversation.id": .string("3f2a9c1e04b7"),
      "furlong.cost.usd": .string("0.0021"), "furlong.cost.status": .string("exact"),
      "furlong.state": .string("done"), "furlong.winner": .bool(true), "furlong.retries": .int(1),
    ]
    for (name, value) in expected { #expect(found[name] == value, "\(name) is \(value)") }
    #expect(Set(found.keys) == Set(expected.keys), "and nothing else: \(found.keys.sorted())")
  }

  @Test func aFailureIsAnErrorByItsKind() {
    let failed = spans(WatchedCalls.fallback())[1]
    #expect(failed.hasFailed && values(failed)["error.type"] == .string("overloaded"))
    #expect(values(failed)["gen_ai.provider.name"] == .string("mistral_ai"), "as the conventions call it")
    #expect(values(failed)["gen_ai.usage.input_tokens"] == nil, "what is not known is not said")
    #expect(!spans(WatchedCalls.refused())[0].hasFailed, "a client's mistake is no failure of the server")
  }

  @Test func noWordsAreSent() {
    let calls = [WatchedCalls.race(), WatchedCalls.fallback()]
    let resource = Telemetry.Resource(version: "1", instance: "i")
    let text = Telemetry.traces(calls.flatMap(spans), resource).serialized()
    #expect(!text.contains("secret"), "an error's message may repeat the prompt: \(text)")
  }

  @Test func aTraceThatIsNotKeptIsNotSent() {
    var call = WatchedCalls.race()
    call.parent = TraceParent(header: "00-\(WatchedCalls.trace)-b7ad6b7169203331-00")
    #expect(spans(call).isEmpty, "whoever began it does not keep it")
    call.parent = nil
    #expect(spans(call).first?.trace.count == 32, "without a parent it is a trace of its own")
  }

  @Test(arguments: [
    "", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
    "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "00-00000000000000000000000000000000-b7ad6b7169203331-01",
    "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
    "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more", "00-0af765-b7ad6b7169203331-01",
  ])
  func aHeaderThatIsNoneIsIgnored(header: String) {
    #expect(TraceParent(header: header) == nil, "‘\(header)’ is to be ignored")
  }

  @Test func aLaterVersionOfTheHeaderIsReadAsThisOne() {
    let parent = TraceParent(header: "01-\(WatchedCalls.trace)-b7ad6b7169203331-03-later")
    #expect(parent?.isSampled == true && parent?.span == "b7ad6b7169203331")
  }

  @Test func documentsAreInProtobufsJSON() throws {
    let call = WatchedCalls.race()
    let resource = Telemetry.Resource(version: "0.1.0", instance: "i1")
    let view = try JSONDocument().parse(Telemetry.traces(spans(call), resource).serialized())
    let span = view["resourceSpans"]?.first?["scopeSpans"]?.first?["spans"]?.first
    #expect(span?["startTimeUnixNano"]?.string == "\(WatchedCalls.began)", "64 bits are a text")
    #expect(span?["kind"]?.int == 2, "an enumeration is a number")
    #expect(span?["traceId"]?.string == WatchedCalls.trace, "ids are hexadecimal")

    let metrics = Metrics(version: "0.1.0", start: 5)
    metrics.requestEnded(call)
    let document = try #require(Telemetry.metrics(metrics, resource, at: 9))
    let found = try JSONDocument().parse(document.serialized())["resourceMetrics"]?.first?["scopeMetrics"]?.first?[
      "metrics"]?.elements
    let names = found?.compactMap { $0["name"]?.string }
    #expect(
      names == [
        "gen_ai.client.token.usage", "gen_ai.client.operation.duration", "gen_ai.client.operation.time_to_first_chunk",
        "gen_ai.server.request.duration", "gen_ai.server.time_to_first_token", "furlong.cost",
      ])
    let point = found?.first?["histogram"]?["dataPoints"]?.first
    #expect(point?["bucketCounts"]?.elements.compactMap(\.string).count == 15, "one more bucket than bounds")
    #expect(point?["startTimeUnixNano"]?.string == "5" && point?["timeUnixNano"]?.string == "9")
  }

  @Test func theBucketsAreThoseOfTheConventions() {
    #expect(
      Metric.durationBounds.map { decimalText($0) }.joined(separator: " ")
        == "0.01 0.02 0.04 0.08 0.16 0.32 0.64 1.28 2.56 5.12 10.24 20.48 40.96 81.92")
    guard case .histogram(let bounds) = Metric.clientTokens.kind else { return }
    #expect(bounds.prefix(4) == [1, 4, 16, 64] && bounds.last == 67_108_864)
  }
}
