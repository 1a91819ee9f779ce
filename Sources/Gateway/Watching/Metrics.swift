import Core
import Synchronization

/// Everything that is counted, since the gateway's start. Added to from any thread when a request ends; read by `/metrics` and
/// by the collector.
public final class Metrics: Sendable {
  struct Histogram: Equatable {
    /// One more than there are bounds; not cumulative.
    var counts: [Int]
    var sum = 0.0
    var count = 0

    init(bounds: Int) { counts = Array(repeating: 0, count: bounds + 1) }

    mutating func note(_ value: Double, _ bounds: [Double]) {
      counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
      sum += value
      count += 1
    }
  }

  enum Value: Equatable {
    case count(Int)
    case money(Money)
    case histogram(Histogram)
  }

  struct Series: Equatable {
    var labels: [String]
    var value: Value
  }

  fileprivate struct State {
    var series: [Metric: [[String]: Value]] = [:]
    /// Names that have been met, so that a client which makes up a thousand of them does not make a thousand series.
    var names: [String: Set<String>] = [:]
  }

  /// Different models, and different routes, before the rest is counted as `other`.
  static let mostNames = 200
  private static let longestName = 128

  /// Nanoseconds since 1970.
  public let start: Int64
  let version: String
  private let state = Mutex(State())

  public init(version: String, start: Int64) {
    self.version = version
    self.start = start
  }

  public func requestBegan() { add(.inFlight, [], 1) }

  public func requestEnded(_ call: GatewayCall) {
    state.withLock { state in
      state.add(.inFlight, [], .count(-1))
      state.note(call)
      state.noteForCollector(call)
    }
  }

  func add(_ metric: Metric, _ labels: [String], _ count: Int) {
    state.withLock { $0.add(metric, labels, .count(count)) }
  }

  /// In the order of their labels.
  func series(_ metric: Metric) -> [Series] {
    let found = state.withLock { $0.series[metric] ?? [:] }
    return found.map { Series(labels: $0.key, value: $0.value) }.sorted {
      $0.labels.lexicographicallyPrecedes($1.labels)
    }
  }
}

extension Metrics.State {
  fileprivate mutating func add(_ metric: Metric, _ labels: [String], _ value: Metrics.Value) {
    switch (series[metric]?[labels], value) {
    case (.count(let old)?, .count(let new)): series[metric]?[labels] = .count(old + new)
    case (.money(let old)?, .money(let new)): series[metric]?[labels] = .money(old + new)
    default: series[metric, default: [:]][labels] = value
    }
  }

  private mutating func note(_ metric: Metric, _ labels: [String], nanoseconds: Int64) {
    note(metric, labels, Double(nanoseconds) / 1e9)
  }

  private mutating func note(_ metric: Metric, _ labels: [String], _ value: Double) {
    guard case .histogram(let bounds) = metric.kind else { return }
    var histogram = Metrics.Histogram(bounds: bounds.count)
    if case .histogram(let old)? = series[metric]?[labels] { histogram = old }
    histogram.note(value, bounds)
    series[metric, default: [:]][labels] = .histogram(histogram)
  }

  private mutating func name(_ kind: String, _ text: String) -> String {
    let text = String(text.unicodeScalars.prefix(Metrics.longestName).map(Character.init))
    if names[kind]?.contains(text) ?? false { return text }
    guard names[kind]?.count ?? 0 < Metrics.mostNames else { return "other" }
    names[kind, default: []].insert(text)
    return text
  }

  fileprivate mutating func note(_ call: GatewayCall) {
    // What nobody was asked for may be any name that a client has made up.
    let route = call.upstream.isEmpty ? "none" : name("route", call.asked)
    let dialect = call.dialect.rawValue
    let winner = call.winner.map { name("model", $0.model.text) } ?? "none"
    add(.requests, [route, winner, dialect, "\(call.status)"], .count(1))
    if let firstToken = call.firstToken { note(.firstToken, [route, dialect], nanoseconds: firstToken) }
    note(.duration, [route, dialect], nanoseconds: call.duration)
    if call.isRace { add(.races, [route], .count(1)) }
    if call.upstream.isEmpty, let error = call.error { add(.refusals, [error], .count(1)) }
    for upstream in call.upstream {
      let model = name("model", upstream.model.text)
      for token in upstream.usage.classes { add(.tokens, [model, token.kind.rawValue], .count(token.count)) }
      if let amount = upstream.cost.amount, upstream.cost.status != .unknown {
        add(.cost, [model, call.key.map { name("key", $0) } ?? ""], .money(amount))
        if upstream.cost.isWasted { add(.wasted, [model], .money(amount)) }
      } else if upstream.cost.status == .unknown {
        add(.unpriced, [model], .count(1))
      }
      if let error = upstream.error { add(.upstreamErrors, [model, error.rawValue], .count(1)) }
      if upstream.retries > 0 { add(.retries, [model], .count(upstream.retries)) }
      if upstream.isFallback { add(.fallbacks, [route], .count(1)) }
    }
  }

  fileprivate mutating func noteForCollector(_ call: GatewayCall) {
    for upstream in call.upstream {
      let labels = labels(upstream)
      let error = upstream.error?.rawValue ?? ""
      if let end = upstream.end { note(.clientDuration, labels + [error], nanoseconds: end) }
      if call.isStream, let first = upstream.firstToken { note(.clientFirstChunk, labels, nanoseconds: first) }
      // What we only guess is no usage.
      if upstream.usage.source == .reported, upstream.state.isFinish {
        note(.clientTokens, labels + ["input"], Double(upstream.usage.input))
        note(.clientTokens, labels + ["output"], Double(upstream.usage.output))
      }
      if let amount = upstream.cost.amount, upstream.cost.status != .unknown {
        add(.sentCost, labels + [upstream.cost.isWasted ? "true" : "false"], .money(amount))
      }
    }
    guard let winner = call.winner else { return }
    let labels = labels(winner)
    note(.serverDuration, labels + [call.error ?? ""], nanoseconds: call.duration)
    if call.error == nil, let first = call.firstToken { note(.serverFirstToken, labels, nanoseconds: first) }
  }

  private mutating func labels(_ upstream: UpstreamCall) -> [String] {
    [
      "chat", Telemetry.providerName(upstream.model.provider), name("requested", upstream.model.model),
      upstream.modelReported.map { name("reported", $0) } ?? "",
    ]
  }
}
