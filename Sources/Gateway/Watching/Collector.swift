import Core
import Synchronization

/// Sends spans and metrics to an OpenTelemetry collector, in batches, from a task of its own. Whoever answers requests only
/// leaves a call here and never waits; what does not fit or is not taken is counted and dropped.
public final class Collector: Sendable {
  /// What became of one HTTP request.
  public struct Reply: Equatable, Sendable {
    /// Nil when there was no answer.
    public var status: Int?
    /// `Retry-After`, in nanoseconds.
    public var retryAfter: Int64?

    public init(status: Int?, retryAfter: Int64? = nil) {
      self.status = status
      self.retryAfter = retryAfter
    }
  }

  /// Sends a body by POST: only `Transport` speaks HTTP.
  public typealias Post =
    @Sendable (
      _ url: String, _ headers: [CollectorSettings.Header], _ body: [UInt8]
    ) async -> Reply

  /// Spans that wait at the most; each takes about a kilobyte.
  static let room = 8192
  static let batch = 512
  private static let tries = 5

  private let settings: CollectorSettings
  private let resource: Telemetry.Resource
  private let metrics: Metrics
  private let clock: Clock
  private let post: Post
  private let pause: @Sendable (Int64) async -> Void
  private let waiting = Mutex<[Span]>([])
  private let task = Mutex<Task<Void, Never>?>(nil)

  /// - Parameters:
  ///   - instance: tells this gateway from others beside it.
  ///   - pause: waits so many nanoseconds; for tests.
  public init(
    _ settings: CollectorSettings, metrics: Metrics, instance: String, clock: Clock = .system, post: @escaping Post,
    pause: @escaping @Sendable (Int64) async -> Void = { try? await Task.sleep(for: .nanoseconds($0)) }
  ) {
    self.settings = settings
    self.metrics = metrics
    self.clock = clock
    self.post = post
    self.pause = pause
    resource = Telemetry.Resource(
      version: metrics.version, instance: instance, others: settings.resource.map { ($0.name, $0.value) })
  }

  /// Begins to send; `stop` ends it.
  public func start() {
    let loop = Task { [weak self, settings, pause] in
      var untilMetrics = settings.metricInterval
      while !Task.isCancelled {
        await pause(Int64(settings.traceInterval) * 1_000_000)
        guard let self, !Task.isCancelled else { return }
        await self.sendTraces()
        untilMetrics -= settings.traceInterval
        if untilMetrics <= 0 {
          untilMetrics = settings.metricInterval
          await self.sendMetrics()
        }
      }
    }
    task.withLock { $0 = loop }
  }

  /// Nanoseconds for the last batches, all together: a collector that hangs does not hold up the end of the program.
  static let farewell: Int64 = 3_000_000_000

  /// Sends what is left, once, and ends; what has not been taken by then is dropped.
  public func stop() async {
    task.withLock { task in
      task?.cancel()
      task = nil
    }
    await withCheckedContinuation { continuation in
      let isOver = Atomic(false)
      let end = { @Sendable in if !isOver.exchange(true, ordering: .relaxed) { continuation.resume() } }
      let limit = Task {
        await pause(Self.farewell)
        end()
      }
      Task {
        await sendTraces(tries: 1)
        await sendMetrics(tries: 1)
        limit.cancel()
        end()
      }
    }
  }

  /// Takes the spans of a call that has ended. Never waits.
  public func add(_ call: GatewayCall) {
    guard settings.traces != nil else { return }
    var random = SystemRandomNumberGenerator()
    let spans = Span.spans(of: call, using: &random)
    let dropped = waiting.withLock { waiting in
      let fitting = spans.prefix(max(0, Self.room - waiting.count))
      waiting += fitting
      return spans.count - fitting.count
    }
    if dropped > 0 { metrics.add(.spansDropped, ["queue_full"], dropped) }
  }

  func sendTraces(tries: Int = tries) async {
    guard let url = settings.traces else { return }
    while true {
      let spans = waiting.withLock { waiting in
        let spans = Array(waiting.prefix(Self.batch))
        waiting.removeFirst(spans.count)
        return spans
      }
      if spans.isEmpty { return }
      if await send(Telemetry.traces(spans, resource), to: url, tries: tries) {
        metrics.add(.spansSent, [], spans.count)
      } else {
        metrics.add(.spansDropped, ["not_taken"], spans.count)
      }
    }
  }

  func sendMetrics(tries: Int = tries) async {
    guard let url = settings.metrics,
      let document = Telemetry.metrics(metrics, resource, at: clock.wall())
    else { return }
    // What is lost is in the next one: they count from the start.
    _ = await send(document, to: url, tries: tries)
  }

  private func send(_ document: JSON, to url: String, tries: Int) async -> Bool {
    let body = Array(document.serialized().utf8)
    let headers = settings.headers + [.init(name: "Content-Type", value: "application/json")]
    var wait: Int64 = 1_000_000_000
    for attempt in 1...tries {
      let reply = await post(url, headers, body)
      if let status = reply.status, (200..<300).contains(status) { return true }
      // By the OTLP specification no other answer may be tried again.
      guard [nil, 429, 502, 503, 504].contains(reply.status), attempt < tries, !Task.isCancelled else { return false }
      // Gateways that wait for the same moment would meet again.
      await pause(reply.retryAfter ?? wait + Int64.random(in: 0...(wait / 4)))
      wait *= 2
    }
    return false
  }
}
