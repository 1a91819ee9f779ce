/// One thing that is counted, by labels. All of them are in two tables: what `/metrics` shows, and what a collector is sent.
struct Metric: Hashable {
  enum Kind: Hashable {
    case counter
    case gauge
    /// US dollars, kept exactly.
    case money
    /// Upper bounds of its buckets, without the last that holds everything.
    case histogram([Double])
  }

  let name: String
  let help: String
  let kind: Kind
  let labels: [String]
  let unit: String

  private init(_ name: String, _ kind: Kind, _ labels: [String], _ help: String, unit: String = "1") {
    self.name = name
    self.help = help
    self.kind = kind
    self.labels = labels
    self.unit = unit
  }

  static func == (a: Metric, b: Metric) -> Bool { a.name == b.name }

  func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

// MARK: /metrics

extension Metric {
  static let requests = Metric(
    "furlong_requests_total", .counter, ["route", "model", "dialect", "status"],
    "Requests that have ended, by what was asked for, which model answered, the client's dialect and the HTTP status.")
  static let inFlight = Metric("furlong_requests_in_flight", .gauge, [], "Requests that are being answered.")
  static let firstToken = Metric(
    "furlong_time_to_first_token_seconds", .histogram(firstTokenBounds), ["route", "dialect"],
    "From the request to the first token for its client.", unit: "s")
  static let duration = Metric(
    "furlong_request_duration_seconds", .histogram(durationBounds), ["route", "dialect"],
    "From the request to the end of its answer.", unit: "s")
  static let tokens = Metric(
    "furlong_tokens_total", .counter, ["model", "class"], "Tokens of every model that was asked, by class.")
  static let cost = Metric(
    "furlong_cost_usd_total", .money, ["model", "key"], "US dollars for every model that was asked, wasted ones too.")
  static let wasted = Metric(
    "furlong_wasted_cost_usd_total", .money, ["model"], "US dollars for answers that a race rule stopped.")
  static let unpriced = Metric(
    "furlong_unpriced_calls_total", .counter, ["model"], "Calls whose cost nobody knows: not in the dollars above.")
  static let upstreamErrors = Metric(
    "furlong_upstream_errors_total", .counter, ["model", "kind"], "Models that failed to answer, by kind of error.")
  static let refusals = Metric(
    "furlong_refusals_total", .counter, ["kind"], "Requests that no model was asked for, by reason.")
  static let retries = Metric(
    "furlong_retries_total", .counter, ["model"], "HTTP requests to providers beyond the first of a call.")
  static let fallbacks = Metric(
    "furlong_fallbacks_total", .counter, ["route"], "Models that were asked because the one before had failed.")
  static let races = Metric("furlong_races_total", .counter, ["route"], "Requests that went to several models at once.")
  static let spansSent = Metric("furlong_spans_sent_total", .counter, [], "Spans that a collector has taken.")
  static let spansDropped = Metric(
    "furlong_spans_dropped_total", .counter, ["reason"], "Spans that no collector has got, by reason.")

  static let shown = [
    requests, inFlight, firstToken, duration, tokens, cost, wasted, unpriced, upstreamErrors, refusals, retries,
    fallbacks, races, spansSent, spansDropped,
  ]
}

// MARK: OpenTelemetry

/// Names, units, attributes and buckets by OpenTelemetry's semantic conventions for generative AI (its own repository since
/// semantic conventions 1.42; status: development).
extension Metric {
  static let durationBounds = (0..<14).map { 0.01 * Double(1 << $0) }
  static let firstTokenBounds = [
    0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
  ]
  private static let tokenBounds = (0..<14).map { Double(1 << (2 * $0)) }
  private static let upstreamLabels = [
    "gen_ai.operation.name", "gen_ai.provider.name", "gen_ai.request.model", "gen_ai.response.model",
  ]

  static let clientTokens = Metric(
    "gen_ai.client.token.usage", .histogram(tokenBounds), upstreamLabels + ["gen_ai.token.type"],
    "Number of input and output tokens used.", unit: "{token}")
  static let clientDuration = Metric(
    "gen_ai.client.operation.duration", .histogram(durationBounds), upstreamLabels + ["error.type"],
    "GenAI operation duration.", unit: "s")
  static let clientFirstChunk = Metric(
    "gen_ai.client.operation.time_to_first_chunk", .histogram(durationBounds), upstreamLabels,
    "Time to receive the first chunk.", unit: "s")
  static let serverDuration = Metric(
    "gen_ai.server.request.duration", .histogram(durationBounds), upstreamLabels + ["error.type"],
    "Generative AI server request duration such as time-to-last byte or last output token.", unit: "s")
  static let serverFirstToken = Metric(
    "gen_ai.server.time_to_first_token", .histogram(firstTokenBounds), upstreamLabels,
    "Time to generate first token for successful responses.", unit: "s")
  static let sentCost = Metric(
    "furlong.cost", .money, upstreamLabels + ["furlong.wasted"], "US dollars for every model that was asked.",
    unit: "{USD}")

  static let sent = [
    clientTokens, clientDuration, clientFirstChunk, serverDuration, serverFirstToken, sentCost,
  ]
}
