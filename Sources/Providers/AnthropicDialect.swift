import Core

/// Anthropic Messages. Cached tokens are counted outside `input_tokens`; counts in `message_delta` replace earlier ones.
public struct AnthropicDialect: Dialect {
  public static let name = "anthropic"

  public init() {}

  /// The wire demands a cap; a service that sets none in its row gets this.
  private static let fallbackMaxTokens = 4096

  public func request(_ ask: Ask, to service: Service) -> DialectRequest {
    let parameters = ask.parameters
    var body: JSON = [
      "model": .string(ask.model), "max_tokens": .int(parameters.maxTokens ?? Self.fallbackMaxTokens),
      "messages": .array(ask.messages.map { ["role": Self.role(of: $0), "content": Self.content(of: $0)] }),
      "stream": true,
    ]
    body["system"] = ask.system.map { .string($0) }
    body["temperature"] = parameters.temperature.map(JSON.double)
    body["top_p"] = parameters.topP.map(JSON.double)
    if !parameters.stop.isEmpty { body["stop_sequences"] = .array(parameters.stop.map { .string($0) }) }
    switch parameters.effort {
    case nil: break
    case "none": body["thinking"] = ["type": "disabled"]
    case let effort?:
      body["thinking"] = ["type": "adaptive", "display": "summarized"]
      body["output_config"] = ["effort": .string(effort == "minimal" ? "low" : effort)]
    }
    if let schema = ask.schema, service.wire.schema != .none {
      var output = body["output_config"] ?? [:]
      output["format"] = ["type": "json_schema", "schema": schema.schema]
      body["output_config"] = output
    }
    Self.write(ask.toolUse, into: &body)
    var request = DialectRequest(path: Self.path("/messages", at: service.baseURL(for: ask.model)), body: body)
    if parameters.seed != nil { request.notices.append(Service.notSent(.seed, by: ask.model)) }
    if ask.wantsJSON {
      request.notices.append("JSON without a schema not asked for: this protocol needs the schema of the answer")
    }
    if ask.messages.contains(where: { $0.role == .system }) {
      request.notices.append("a system message after the first prompt not sent: this protocol has only one, at the top")
    }
    return request
  }

  /// People write the base URL with or without `/v1`.
  private static func path(_ path: String, at base: String) -> String { base.hasSuffix("/v1") ? path : "/v1" + path }

  private static func role(of message: Message) -> JSON { message.role == .assistant ? "assistant" : "user" }

  private static func content(of message: Message) -> JSON {
    if let text = message.plainText { return .string(text) }
    return .array(message.parts(imagesFirst: true).map(block))
  }

  private static func block(_ part: Part) -> JSON {
    switch part {
    case .text(let text): return ["type": "text", "text": .string(text)]
    case .image(let image):
      return [
        "type": "image",
        "source": ["type": "base64", "media_type": .string(image.mediaType), "data": .string(image.base64)],
      ]
    case .imageLink(let url): return ["type": "image", "source": ["type": "url", "url": .string(url)]]
    case .toolCall(let call):
      return [
        "type": "tool_use", "id": .string(call.plainID), "name": .string(call.name), "input": call.argumentsObject,
      ]
    case .toolResult(let result):
      var block: JSON = [
        "type": "tool_result", "tool_use_id": .string(ToolCall.plainID(result.call)),
        "content": result.isText ? .string(result.text) : .array(result.content.map(Self.block)),
      ]
      if result.isError { block["is_error"] = true }
      return block
    }
  }

  private static func write(_ use: ToolUse, into body: inout JSON) {
    guard !use.tools.isEmpty else { return }
    body["tools"] = .array(
      use.tools.map { tool in
        var entry: JSON = ["name": .string(tool.name)]
        entry["description"] = tool.description.map { .string($0) }
        entry["input_schema"] = tool.schema ?? ["type": "object"]
        if tool.isStrict == true { entry["strict"] = true }
        return entry
      })
    var choice: JSON?
    switch use.choice {
    case nil: choice = use.isParallel == false ? ["type": "auto"] : nil
    case .auto: choice = ["type": "auto"]
    case .none?: choice = ["type": "none"]
    case .required: choice = ["type": "any"]
    case .named(let name): choice = ["type": "tool", "name": .string(name)]
    }
    if use.isParallel == false, use.choice != ToolUse.Choice.none { choice?["disable_parallel_tool_use"] = true }
    body["tool_choice"] = choice
  }

  public func headers(key: String?) -> [Service.Header] {
    [.init("anthropic-version", "2023-06-01")] + (key.map { [.init("x-api-key", $0)] } ?? [])
  }

  public var modelsPath: String { "/v1/models?limit=1000" }

  public func makeDecoder(for service: Service) -> any EventDecoder { Decoder() }

  struct Decoder: EventDecoder {
    private var counts = Counts()
    private var calls = CallNumbers()

    /// The provider's own classes, as last reported.
    private struct Counts {
      var uncached = 0
      var cacheRead = 0
      var cacheWrite = 0
      var output = 0
      var thinking = 0
      /// Written for an hour, of `cacheWrite`.
      var written1h = 0
      var searches = 0
      var variant: [(String, String)] = []
      /// Nothing but what was out of range.
      var faults = Usage()

      mutating func update(_ view: JSONView) {
        uncached = faults.take("input_tokens", of: view) ?? uncached
        cacheRead = faults.take("cache_read_input_tokens", of: view) ?? cacheRead
        cacheWrite = faults.take("cache_creation_input_tokens", of: view) ?? cacheWrite
        output = faults.take("output_tokens", of: view) ?? output
        thinking = faults.take("thinking_tokens", of: view["output_tokens_details"]) ?? thinking
        // Only the first usage object splits writes by lifetime.
        written1h = faults.take("ephemeral_1h_input_tokens", of: view["cache_creation"]) ?? written1h
        searches = faults.take("web_search_requests", of: view["server_tool_use"]) ?? searches
        for (name, value) in [
          ("service_tier", view["service_tier"]), ("speed", view["speed"]), ("inference_geo", view["inference_geo"]),
        ] {
          if let text = value?.string { variant.append((name, text)) }
        }
      }

      func usage(isOutputFinal: Bool, raw: String) -> Usage {
        var usage = faults
        usage.input = uncached + cacheRead + cacheWrite
        usage.cacheRead = cacheRead
        usage.cacheWrite = cacheWrite
        usage.output = output
        usage.reasoning = thinking
        usage.note(.cacheWrite1h, written1h)
        usage.note(.webSearches, searches)
        for (name, value) in variant { usage.note(name, value) }
        usage.isOutputFinal = isOutputFinal
        usage.raw = raw
        return usage
      }
    }

    /// Both usage objects are kept: only the first splits cache writes by lifetime.
    private var rawStart: String?

    mutating func decode(_ event: JSONView, into deltas: inout [Delta]) {
      guard let type = event["type"] else {
        if let error = ErrorBody.read(event, status: nil) { deltas.append(.failure(error)) }
        return
      }
      if type.isString("content_block_delta") || type.isString("content_block_start") {
        // A block usually starts empty, but need not.
        if let part = event["delta"] ?? event["content_block"] {
          deltas.append(.answer, part["text"])
          deltas.append(.reasoning, part["thinking"])
          readCall(part, at: event["index"]?.int ?? calls.count, into: &deltas)
        }
      } else if type.isString("message_start") {
        guard let message = event["message"] else { return }
        readHead(message, into: &deltas)
        if let usage = message["usage"] {
          counts.update(usage)
          rawStart = usage.source
          // The output count here is a placeholder.
          counts.output = 0
          deltas.append(.usage(counts.usage(isOutputFinal: false, raw: usage.source)))
        }
      } else if type.isString("message_delta") {
        if let usage = event["usage"] {
          counts.update(usage)
          let raw = rawStart.map { "{\"start\":\($0),\"end\":\(usage.source)}" } ?? usage.source
          deltas.append(.usage(counts.usage(isOutputFinal: true, raw: raw)))
        }
        if let reason = event["delta"]?["stop_reason"]?.string { deltas.append(.finish(Self.reason(reason))) }
      } else if type.isString("message_stop") {
        deltas.append(.terminator)
      } else if type.isString("error") {
        deltas.appendError(event)
      }
    }

    mutating func decodeWhole(_ body: JSONView, into deltas: inout [Delta]) {
      readHead(body, into: &deltas)
      for (place, block) in (body["content"]?.elements ?? []).enumerated() {
        deltas.append(.reasoning, block["thinking"])
        deltas.append(.answer, block["text"])
        readCall(block, at: place, into: &deltas)
      }
      if let usage = body["usage"] {
        counts.update(usage)
        deltas.append(.usage(counts.usage(isOutputFinal: true, raw: usage.source)))
      }
      if let reason = body["stop_reason"]?.string { deltas.append(.finish(Self.reason(reason))) }
      deltas.append(.terminator)
    }

    /// A block of a call, or a piece of its input. Input usually comes in pieces, and stands empty in the block.
    private mutating func readCall(_ part: JSONView, at place: Int, into deltas: inout [Delta]) {
      if part["type"]?.isString("tool_use") == true {
        let input = part["input"].flatMap { $0.members.isEmpty ? nil : $0.source } ?? ""
        deltas.append(
          .toolCall(
            ToolCallPiece(
              index: calls["\(place)"], id: part["id"]?.string, name: part["name"]?.string, arguments: input)))
      } else if let json = part["partial_json"]?.string, calls.knows("\(place)") {
        deltas.append(.toolCall(ToolCallPiece(index: calls["\(place)"], arguments: json)))
      }
    }

    private func readHead(_ message: JSONView, into deltas: inout [Delta]) {
      if let model = message["model"]?.string { deltas.append(.model(model)) }
      if let id = message["id"]?.string { deltas.append(.requestID(id)) }
    }

    private static func reason(_ word: String) -> FinishReason {
      switch word {
      case "end_turn", "stop_sequence": .stop
      case "max_tokens", "model_context_window_exceeded": .length
      case "tool_use": .toolCalls
      case "refusal": .refusal
      default: .other
      }
    }
  }
}
