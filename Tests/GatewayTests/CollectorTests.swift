import Core
import Foundation
import TestSupport
import Testing

@testable import Gateway

@Suite(.ownThreads) struct CollectorTests {
  private struct Sent: Sendable {
    var url: String
    var headers: [CollectorSettings.Header]
    var body: String
  }

  private let journal = Journal<Sent>()
  private let pauses = Journal<Int64>()
  private let metrics = Metrics(version: "0.1.0", start: 5)

  /// A collector that gets these replies, and then 200 for ever.
  private func collector(_ replies: [Collector.Reply] = []) throws -> Collector {
    let settings = try #require(
      CollectorSettings(environment: [
        "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318",
        "OTEL_EXPORTER_OTLP_HEADERS": "x-team=search%20engine, authorization=Bearer%20x",
      ]))
    return Collector(settings, metrics: metrics, instance: "i1") { [journal] url, headers, body in
      journal.append(Sent(url: url, headers: headers, body: String(decoding: body, as: UTF8.self)))
      let number = journal.entries.count
      return number <= replies.count ? replies[number - 1] : Collector.Reply(status: 200)
    } pause: { [pauses] nanoseconds in
      pauses.append(nanoseconds)
      // The farewell lasts until everything is sent; the others are over at once.
      if nanoseconds == Collector.farewell { try? await Task.sleep(for: .seconds(patience)) }
      await Task.yield()
    }
  }

  private func count(_ line: String) -> Bool { Prometheus.text(metrics).contains("\n\(line)\n") }

  @Test func spansGoInBatches() async throws {
    let collector = try collector()
    for _ in 0..<200 { collector.add(WatchedCalls.race()) }
    await collector.sendTraces()
    #expect(journal.entries.count == 2, "600 spans are a batch of 512 and one of 88")
    #expect(journal.entries[0].url == "http://127.0.0.1:4318/v1/traces")
    #expect(journal.entries[0].headers.contains(.init(name: "x-team", value: "search engine")))
    #expect(journal.entries[0].headers.contains(.init(name: "Content-Type", value: "application/json")))
    #expect(count("furlong_spans_sent_total 600"))
    await collector.sendTraces()
    #expect(journal.entries.count == 2, "nothing is sent twice")
  }

  @Test(arguments: [429, 502, 503, 504, nil])
  func aCollectorThatIsBusyIsAskedAgain(status: Int?) async throws {
    let collector = try collector([Collector.Reply(status: status), Collector.Reply(status: status)])
    collector.add(WatchedCalls.race())
    await collector.sendTraces()
    #expect(journal.entries.count == 3 && count("furlong_spans_sent_total 3"), "the third time it takes them")
    #expect(Set(journal.entries.map(\.body)).count == 1, "the same spans each time")
    let waits = pauses.entries
    #expect(
      (1_000_000_000...1_250_000_000).contains(waits[0]) && (2_000_000_000...2_500_000_000).contains(waits[1]),
      "it waits a second, then two: \(waits)")
  }

  @Test func itWaitsAsLongAsItIsTold() async throws {
    let collector = try collector([Collector.Reply(status: 429, retryAfter: 7_000_000_000)])
    collector.add(WatchedCalls.race())
    await collector.sendTraces()
    #expect(pauses.entries == [7_000_000_000])
  }

  @Test(arguments: [400, 401, 404, 500])
  func whatIsRefusedIsDroppedAndCounted(status: Int) async throws {
    let collector = try collector([Collector.Reply(status: status)])
    collector.add(WatchedCalls.race())
    await collector.sendTraces()
    #expect(journal.entries.count == 1, "\(status) is not tried again")
    #expect(count(#"furlong_spans_dropped_total{reason="not_taken"} 3"#))
  }

  @Test func itGivesUpAfterFiveTries() async throws {
    let collector = try collector(Array(repeating: Collector.Reply(status: 503), count: 9))
    collector.add(WatchedCalls.race())
    await collector.sendTraces()
    #expect(journal.entries.count == 5 && count(#"furlong_spans_dropped_total{reason="not_taken"} 3"#))
  }

  @Test func theQueueHasAnEnd() async throws {
    let collector = try collector()
    for _ in 0..<3000 { collector.add(WatchedCalls.race()) }
    #expect(count(#"furlong_spans_dropped_total{reason="queue_full"} 808"#), "9000 spans, room for 8192")
    await collector.stop()
    #expect(count("furlong_spans_sent_total 8192"), "stopping sends what is left")
  }

  @Test func oneThatHangsDoesNotHoldUpTheEnd() async throws {
    let settings = try #require(
      CollectorSettings(environment: ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"]))
    let asked = Gate()
    let collector = Collector(settings, metrics: metrics, instance: "i1") { _, _, _ in
      asked.open()
      // As long as the run goes on.
      try? await Task.sleep(for: .seconds(3600))
      return Collector.Reply(status: 200)
    } pause: { [pauses] nanoseconds in
      await asked.opened()
      pauses.append(nanoseconds)
    }
    collector.add(WatchedCalls.race())
    await collector.stop()
    #expect(pauses.entries == [Collector.farewell], "it is given its time, and no more")
  }

  @Test func itSendsByItself() async throws {
    let collector = try collector()
    metrics.requestEnded(WatchedCalls.race())
    collector.start()
    collector.add(WatchedCalls.race())
    let traces = journal.first { $0.url.hasSuffix("/v1/traces") }
    let metrics = journal.first { $0.url.hasSuffix("/v1/metrics") }
    await collector.stop()
    #expect(traces?.body.contains("resourceSpans") == true, "spans are sent within their interval")
    #expect(metrics?.body.contains("gen_ai.client.token.usage") == true, "and metrics within theirs")
  }

  @Test func settingsComeFromTheUsualVariables() {
    #expect(CollectorSettings(environment: [:]) == nil, "no collector is named")
    let base = ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318/"]
    #expect(CollectorSettings(environment: base)?.metrics == "http://c:4318/v1/metrics", "a base gets the path")
    #expect(CollectorSettings(environment: base.merging(["OTEL_SDK_DISABLED": "true"]) { $1 }) == nil)
    #expect(
      CollectorSettings(environment: base.merging(["OTEL_TRACES_EXPORTER": "none"]) { $1 })?.traces == nil)
    let own = CollectorSettings(environment: [
      "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://c/otlp", "OTEL_SERVICE_NAME": "mine",
      "OTEL_RESOURCE_ATTRIBUTES": "service.name=other,team=search", "OTEL_METRIC_EXPORT_INTERVAL": "5000",
    ])
    #expect(own?.traces == "http://c/otlp" && own?.metrics == nil, "a signal's own URL is taken as it is")
    #expect(own?.resource.map(\.value) == ["search", "mine"], "the service's name has its own variable")
    #expect(own?.metricInterval == 5000)
  }
}
