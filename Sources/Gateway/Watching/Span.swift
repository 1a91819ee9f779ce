import Core

/// One stretch of a trace: a request to the gateway (kind server), or one model that was asked for it (kind client).
struct Span: Equatable, Sendable {
  enum Kind: Int, Sendable { case server = 2, client = 3 }

  struct Attribute: Equatable {
    var name: String
    var value: Telemetry.Value
  }

  var trace: String
  var id: String
  var parent: String?
  /// `tracestate` as it came.
  var state: String?
  var name: String
  var kind: Kind
  /// Nanoseconds since 1970.
  var start: Int64
  var end: Int64
  var attributes: [Attribute]
  var hasFailed: Bool

  var json: JSON {
    var json: JSON = [
      "traceId": .string(trace), "spanId": .string(id), "name": .string(name), "kind": .int(kind.rawValue),
      "startTimeUnixNano": .string("\(start)"), "endTimeUnixNano": .string("\(max(start, end))"),
      "attributes": .array(attributes.map { Telemetry.attribute($0.name, $0.value) }),
    ]
    if let parent { json["parentSpanId"] = .string(parent) }
    if let state { json["traceState"] = .string(state) }
    // 2: an error. What a provider wrote about it may repeat the prompt, and is not sent.
    if hasFailed { json["status"] = ["code": 2] }
    return json
  }
}

// MARK: - From calls

extension Span {
  /// The request and everyone who was asked for it. None of a trace that whoever began it does not keep.
  static func spans(of call: GatewayCall, using random: inout some RandomNumberGenerator) -> [Span] {
    guard call.parent?.isSampled ?? true else { return [] }
    let trace = call.parent?.trace ?? digits(16, &random)
    let id = digits(8, &random)
    var attributes = [
      Attribute("http.request.method", .string("POST")), Attribute("http.route", .string(call.path)),
      Attribute("url.path", .string(call.path)), Attribute("url.scheme", .string("http")),
      Attribute("http.response.status_code", .int(call.status)), Attribute("furlong.asked", .string(call.asked)),
      Attribute("furlong.dialect", .string(call.dialect.rawValue)), Attribute("furlong.race", .bool(call.isRace)),
    ]
    attributes += [
      call.key.map { Attribute("furlong.key", .string($0)) },
      call.session.map { Attribute("furlong.session", .string($0)) },
      call.firstToken.map { Attribute("furlong.time_to_first_token", .double(Double($0) / 1e9)) },
      call.error.map { Attribute("error.type", .string($0)) },
    ].compactMap { $0 }
    let server = Span(
      trace: trace, id: id, parent: call.parent?.span, state: call.parent?.state, name: "POST \(call.path)",
      kind: .server, start: call.began, end: call.began.addingSaturating(call.duration), attributes: attributes,
      // By the conventions for HTTP, what the client did wrong is no failure of the server.
      hasFailed: call.status >= 500 || (call.error != nil && call.status < 400))
    return [server]
      + call.upstream.map { upstream in
        Span(
          upstream, of: call, trace: trace, id: digits(8, &random), parent: id)
      }
  }

  private init(_ upstream: UpstreamCall, of call: GatewayCall, trace: String, id: String, parent: String) {
    let start = call.began.addingSaturating(upstream.sentAfter)
    self.init(
      trace: trace, id: id, parent: parent, state: call.parent?.state, name: "chat \(upstream.model.model)",
      kind: .client, start: start,
      // One that never said anything ended no later than the request.
      end: upstream.end.map { start.addingSaturating($0) } ?? call.began.addingSaturating(call.duration),
      attributes: Self.attributes(upstream, isStream: call.isStream, session: call.session),
      hasFailed: upstream.error != nil && upstream.error != .cancelled)
  }

  private static func attributes(_ upstream: UpstreamCall, isStream: Bool, session: String?) -> [Attribute] {
    let usage = upstream.usage
    let parameters = upstream.parameters
    let isCounted = usage.source == .reported && (usage.input > 0 || usage.output > 0)
    func count(_ name: String, _ value: Int, when isThere: Bool = true) -> Attribute? {
      isCounted && isThere ? Attribute(name, .int(value)) : nil
    }
    let found: [Attribute?] = [
      Attribute("gen_ai.operation.name", .string("chat")),
      Attribute("gen_ai.provider.name", .string(Telemetry.providerName(upstream.model.provider))),
      Attribute("gen_ai.request.model", .string(upstream.model.model)),
      isStream ? Attribute("gen_ai.request.stream", .bool(true)) : nil,
      parameters.temperature.map { Attribute("gen_ai.request.temperature", .double($0)) },
      parameters.maxTokens.map { Attribute("gen_ai.request.max_tokens", .int($0)) },
      session.map { Attribute("gen_ai.conversation.id", .string($0)) },
      upstream.modelReported.map { Attribute("gen_ai.response.model", .string($0)) },
      upstream.requestID.map { Attribute("gen_ai.response.id", .string($0)) },
      upstream.finishReason.map { Attribute("gen_ai.response.finish_reasons", .strings([$0.rawValue])) },
      isStream
        ? upstream.firstToken.map { Attribute("gen_ai.response.time_to_first_chunk", .double(Double($0) / 1e9)) } : nil,
      count("gen_ai.usage.input_tokens", usage.input), count("gen_ai.usage.output_tokens", usage.output),
      count("gen_ai.usage.cache_read.input_tokens", usage.cacheRead, when: usage.cacheRead > 0),
      count("gen_ai.usage.cache_creation.input_tokens", usage.cacheWrite, when: usage.cacheWrite > 0),
      count("gen_ai.usage.reasoning.output_tokens", usage.reasoning, when: usage.reasoning > 0),
      upstream.error.map { Attribute("error.type", .string($0.rawValue)) },
      upstream.cost.status == .unknown
        ? nil : upstream.cost.amount.map { Attribute("furlong.cost.usd", .string($0.decimalText)) },
      Attribute("furlong.cost.status", .string(upstream.cost.status.rawValue)),
      Attribute("furlong.state", .string(upstream.state.rawValue)),
      Attribute("furlong.winner", .bool(upstream.isWinner)),
      upstream.cost.isWasted ? Attribute("furlong.wasted", .bool(true)) : nil,
      upstream.retries > 0 ? Attribute("furlong.retries", .int(upstream.retries)) : nil,
      upstream.isFallback ? Attribute("furlong.fallback", .bool(true)) : nil,
    ]
    return found.compactMap { $0 }
  }

  /// Random bytes in hexadecimal; never all zero, which would mean none.
  private static func digits(_ bytes: Int, _ random: inout some RandomNumberGenerator) -> String {
    let digits = Array("0123456789abcdef")
    var text = ""
    repeat {
      text = String((0..<(bytes * 2)).map { _ in digits[Int.random(in: 0..<16, using: &random)] })
    } while !text.contains { $0 != "0" }
    return text
  }
}

extension Span.Attribute {
  fileprivate init(_ name: String, _ value: Telemetry.Value) { self.init(name: name, value: value) }
}
