import Core

/// Where telemetry goes, by the environment variables that every OpenTelemetry exporter reads. A value; the executable hands
/// the environment in.
public struct CollectorSettings: Equatable, Sendable {
  public struct Header: Equatable, Sendable {
    public var name: String
    public var value: String
  }

  /// URLs; nil for a signal that is not sent.
  public var traces: String?
  public var metrics: String?
  public var headers: [Header] = []
  public var resource: [Header] = []
  /// Milliseconds between sendings.
  public var traceInterval = 1000
  public var metricInterval = 60_000

  /// Up to a day; others are not taken.
  private static let intervals = 1...86_400_000

  /// Nil when the environment names no collector, or `OTEL_SDK_DISABLED` is true.
  public init?(environment: [String: String]) {
    func value(_ name: String) -> String? { environment["OTEL_" + name].flatMap { $0.isEmpty ? nil : $0 } }
    if value("SDK_DISABLED")?.lowercased() == "true" { return nil }
    // A base gets the signal's path; a signal's own URL is taken as it is.
    let base = value("EXPORTER_OTLP_ENDPOINT").map { $0.hasSuffix("/") ? $0 : $0 + "/" }
    func url(_ signal: String, _ exporter: String) -> String? {
      if value(exporter)?.lowercased() == "none" { return nil }
      return value("EXPORTER_OTLP_\(signal.uppercased())_ENDPOINT") ?? base.map { $0 + "v1/" + signal }
    }
    traces = url("traces", "TRACES_EXPORTER")
    metrics = url("metrics", "METRICS_EXPORTER")
    if traces == nil, metrics == nil { return nil }
    headers = Self.pairs(value("EXPORTER_OTLP_HEADERS"))
    resource = Self.pairs(value("RESOURCE_ATTRIBUTES"))
    if let name = value("SERVICE_NAME") {
      resource.removeAll { $0.name == "service.name" }
      resource.append(Header(name: "service.name", value: name))
    }
    func interval(_ name: String) -> Int? {
      value(name).flatMap(Int.init).flatMap { Self.intervals.contains($0) ? $0 : nil }
    }
    traceInterval = interval("BSP_SCHEDULE_DELAY") ?? traceInterval
    metricInterval = interval("METRIC_EXPORT_INTERVAL") ?? metricInterval
  }

  /// Reads `a=1,b=two%20words` (W3C Baggage, as OpenTelemetry writes headers and attributes).
  private static func pairs(_ text: String?) -> [Header] {
    (text ?? "").split(separator: ",").compactMap { pair in
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else { return nil }
      let name = String(parts[0].trimmed)
      return name.isEmpty
        ? nil : Header(name: name, value: URLPart.decoded(parts[1].trimmed) ?? String(parts[1].trimmed))
    }
  }
}

extension Substring {
  fileprivate var trimmed: Substring {
    var text = drop { $0 == " " }
    while text.last == " " { text.removeLast() }
    return text
  }
}
