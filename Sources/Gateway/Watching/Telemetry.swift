import Core

/// Writes calls and metrics as an OpenTelemetry collector reads them: OTLP 1.x over HTTP in its JSON form. Pure. Names are those
/// of the semantic conventions for generative AI; what has none there is called `furlong.…`.
public enum Telemetry {
  /// The conventions whose names are used.
  private static let schema = "https://opentelemetry.io/schemas/1.42.0"

  /// Whose telemetry it is: attributes of everything that is sent.
  public struct Resource: Equatable, Sendable {
    public var attributes: [(name: String, value: String)]

    public init(version: String, instance: String, others: [(name: String, value: String)] = []) {
      attributes = [("service.name", "furlong"), ("service.version", version), ("service.instance.id", instance)]
      for other in others {
        attributes.removeAll { $0.name == other.name }
        attributes.append(other)
      }
    }

    public static func == (a: Resource, b: Resource) -> Bool {
      a.attributes.map(\.name) == b.attributes.map(\.name) && a.attributes.map(\.value) == b.attributes.map(\.value)
    }

    fileprivate var json: JSON {
      ["attributes": .array(attributes.map { attribute($0.name, .string($0.value)) })]
    }

    fileprivate var scope: JSON {
      ["name": "furlong", "version": .optional(attributes.first { $0.name == "service.version" }?.value)]
    }
  }

  /// `gen_ai.provider.name` of the providers that the conventions know by another name than ours.
  static func providerName(_ provider: String) -> String {
    switch provider {
    case "google": "gcp.gemini"
    case "mistral": "mistral_ai"
    case "xai": "x_ai"
    case "moonshot": "moonshot_ai"
    case "azure": "azure.ai.openai"
    case "bedrock": "aws.bedrock"
    case "openai-responses": "openai"
    default: provider
    }
  }

  // MARK: Traces

  /// The body of a request to `/v1/traces`.
  static func traces(_ spans: [Span], _ resource: Resource) -> JSON {
    [
      "resourceSpans": [
        [
          "resource": resource.json,
          "scopeSpans": [
            ["scope": resource.scope, "spans": .array(spans.map(\.json)), "schemaUrl": .string(schema)]
          ],
        ]
      ]
    ]
  }

  // MARK: Metrics

  /// The body of a request to `/v1/metrics`; nil when nothing has been counted yet.
  static func metrics(_ metrics: Metrics, _ resource: Resource, at time: Int64) -> JSON? {
    let found = Metric.sent.compactMap { metric -> JSON? in
      let series = metrics.series(metric)
      return series.isEmpty ? nil : json(metric, series, start: metrics.start, time: time)
    }
    guard !found.isEmpty else { return nil }
    return [
      "resourceMetrics": [
        [
          "resource": resource.json,
          "scopeMetrics": [["scope": resource.scope, "metrics": .array(found), "schemaUrl": .string(schema)]],
        ]
      ]
    ]
  }

  private static func json(_ metric: Metric, _ series: [Metrics.Series], start: Int64, time: Int64) -> JSON {
    let points = series.map { point($0, metric, start: start, time: time) }
    var json: JSON = [
      "name": .string(metric.name), "description": .string(metric.help), "unit": .string(metric.unit),
    ]
    // 2: cumulative since the start.
    if case .histogram = metric.kind {
      json["histogram"] = ["dataPoints": .array(points), "aggregationTemporality": 2]
    } else {
      json["sum"] = ["dataPoints": .array(points), "aggregationTemporality": 2, "isMonotonic": true]
    }
    return json
  }

  private static func point(_ series: Metrics.Series, _ metric: Metric, start: Int64, time: Int64) -> JSON {
    let attributes = zip(metric.labels, series.labels).filter { !$0.1.isEmpty }.map { name, text in
      attribute(name, name == "furlong.wasted" ? .bool(text == "true") : .string(text))
    }
    var json: JSON = [
      "attributes": .array(attributes), "startTimeUnixNano": .string("\(start)"), "timeUnixNano": .string("\(time)"),
    ]
    switch (series.value, metric.kind) {
    case (.histogram(let histogram), .histogram(let bounds)):
      json["count"] = .string("\(histogram.count)")
      json["sum"] = .double(histogram.sum)
      json["bucketCounts"] = .array(histogram.counts.map { .string("\($0)") })
      json["explicitBounds"] = .array(bounds.map { .double($0) })
    case (.money(let money), _): json["asDouble"] = .number(money.decimalText)
    case (.count(let count), _): json["asInt"] = .string("\(count)")
    default: break
    }
    return json
  }

  // MARK: Values

  enum Value: Equatable {
    case string(String)
    case bool(Bool)
    case int(Int)
    case double(Double)
    case strings([String])

    /// Numbers of 64 bits are texts in protobuf's JSON.
    var json: JSON {
      switch self {
      case .string(let text): ["stringValue": .string(text)]
      case .bool(let value): ["boolValue": .bool(value)]
      case .int(let value): ["intValue": .string("\(value)")]
      case .double(let value): ["doubleValue": .double(value)]
      case .strings(let texts): ["arrayValue": ["values": .array(texts.map { ["stringValue": .string($0)] })]]
      }
    }
  }

  static func attribute(_ name: String, _ value: Value) -> JSON { ["key": .string(name), "value": value.json] }
}
