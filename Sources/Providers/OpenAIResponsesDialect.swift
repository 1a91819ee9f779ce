import Core

/// OpenAI Responses: named, numbered events, reasoning summaries, and an end of its own instead of `[DONE]`.
public struct OpenAIResponsesDialect: Dialect {
  public static let name = "openai-responses"

  public init() {}

  public func request(_ ask: Ask, to service: Service) -> DialectRequest {
    let parameters = ask.parameters
    var body: JSON = [
      "model": .string(ask.model), "input": .array(ask.messages.flatMap(Self.items)), "stream": true, "store": false,
    ]
    body["instructions"] = ask.system.map { .string($0) }
    body["temperature"] = parameters.temperature.map(JSON.double)
    body["top_p"] = parameters.topP.map(JSON.double)
    body["max_output_tokens"] = parameters.maxTokens.map { .int($0) }
    if let effort = parameters.effort { body["reasoning"] = ["effort": .string(effort), "summary": "auto"] }
    if let schema = ask.schema, service.wire.schema != .none {
      body["text"] = [
        "format": [
          "type": "json_schema", "name": .string(schema.name), "schema": schema.schema,
          "strict": .bool(schema.isStrict),
        ]
      ]
    } else if ask.wantsJSON {
      body["text"] = ["format": ["type": "json_object"]]
    }
    Self.write(ask.toolUse, into: &body)
    var request = DialectRequest(path: "/responses", body: body)
    if parameters.seed != nil { request.notices.append(Service.notSent(.seed, by: ask.model)) }
    if !parameters.stop.isEmpty { request.notices.append(Service.notSent(.stop, by: ask.model)) }
    return request
  }

  /// Calls of tools and their answers are items beside the messages.
  private static func items(_ message: Message) -> [JSON] {
    let kind: JSON = message.role == .assistant ? "output_text" : "input_text"
    var items: [JSON] = []
    var parts: [JSON] = []
    for part in message.parts(imagesFirst: false) {
      switch part {
      case .text, .image, .imageLink: parts.append(Self.content(part, kind))
      case .toolCall(let call):
        items.append([
          "type": "function_call", "call_id": .string(call.plainID), "name": .string(call.name),
          "arguments": .string(call.arguments),
        ])
      case .toolResult(let result):
        let output: JSON =
          result.isText ? .string(result.text) : .array(result.content.map { Self.content($0, "input_text") })
        items.append([
          "type": "function_call_output", "call_id": .string(ToolCall.plainID(result.call)), "output": output,
        ])
      }
    }
    guard !parts.isEmpty else { return items }
    let own: JSON = ["type": "message", "role": .string(message.role.rawValue), "content": .array(parts)]
    // What a model says comes before its calls, what a person says after the answers to them.
    return message.role == .assistant ? [own] + items : items + [own]
  }

  private static func content(_ part: Part, _ kind: JSON) -> JSON {
    switch part {
    case .text(let text): ["type": kind, "text": .string(text)]
    case .image(let image): ["type": "input_image", "image_url": .string(image.dataURL), "detail": "auto"]
    case .imageLink(let url): ["type": "input_image", "image_url": .string(url), "detail": "auto"]
    case .toolCall, .toolResult: .null
    }
  }

  private static func write(_ use: ToolUse, into body: inout JSON) {
    guard !use.tools.isEmpty else { return }
    body["tools"] = .array(
      use.tools.map { tool in
        [
          "type": "function", "name": .string(tool.name), "description": .optional(tool.description),
          "parameters": tool.schema ?? .null, "strict": .bool(tool.isStrict ?? false),
        ]
      })
    switch use.choice {
    case nil: break
    case .auto: body["tool_choice"] = "auto"
    case .none?: body["tool_choice"] = "none"
    case .required: body["tool_choice"] = "required"
    case .named(let name): body["tool_choice"] = ["type": "function", "name": .string(name)]
    }
    body["parallel_tool_calls"] = use.isParallel.map { .bool($0) }
  }

  public func makeDecoder(for service: Service) -> any EventDecoder { Decoder() }

  struct Decoder: EventDecoder {
    private var isRefused = false
    private var calls = CallNumbers()

    mutating func decode(_ event: JSONView, into deltas: inout [Delta]) {
      guard let type = event["type"] else {
        if let error = ErrorBody.read(event, status: nil) { deltas.append(.failure(error)) }
        return
      }
      if type.isString("response.output_text.delta") {
        deltas.append(.answer, event["delta"])
      } else if type.isString("response.reasoning_summary_text.delta") || type.isString("response.reasoning_text.delta")
      {
        deltas.append(.reasoning, event["delta"])
      } else if type.isString("response.refusal.delta") {
        isRefused = true
        deltas.append(.answer, event["delta"])
      } else if type.isString("response.output_item.added") {
        if let item = event["item"] { readCall(item, at: event["output_index"]?.int ?? calls.count, into: &deltas) }
      } else if type.isString("response.function_call_arguments.delta") {
        let index = calls["\(event["output_index"]?.int ?? calls.count - 1)"]
        deltas.append(.toolCall(ToolCallPiece(index: index, arguments: event["delta"]?.string ?? "")))
      } else if type.isString("response.created") {
        readHead(event["response"], into: &deltas)
      } else if type.isString("response.completed") || type.isString("response.incomplete")
        || type.isString("response.failed")
      {
        if let response = event["response"] { readEnd(response, into: &deltas) }
        deltas.append(.terminator)
      } else if type.isString("error") {
        deltas.appendError(event)
      }
    }

    mutating func decodeWhole(_ body: JSONView, into deltas: inout [Delta]) {
      readHead(body, into: &deltas)
      for (place, item) in (body["output"]?.elements ?? []).enumerated() {
        readCall(item, at: place, into: &deltas)
        for part in item["summary"]?.elements ?? [] { deltas.append(.reasoning, part["text"]) }
        for part in item["content"]?.elements ?? [] {
          if part["refusal"] != nil { isRefused = true }
          deltas.append(.answer, part["text"] ?? part["refusal"])
        }
      }
      readEnd(body, into: &deltas)
      deltas.append(.terminator)
    }

    private mutating func readCall(_ item: JSONView, at place: Int, into deltas: inout [Delta]) {
      guard item["type"]?.isString("function_call") == true else { return }
      deltas.append(
        .toolCall(
          ToolCallPiece(
            index: calls["\(place)"], id: (item["call_id"] ?? item["id"])?.string, name: item["name"]?.string,
            arguments: item["arguments"]?.string ?? "")))
    }

    private func readHead(_ response: JSONView?, into deltas: inout [Delta]) {
      if let model = response?["model"]?.string { deltas.append(.model(model)) }
      if let id = response?["id"]?.string { deltas.append(.requestID(id)) }
    }

    private func readEnd(_ response: JSONView, into deltas: inout [Delta]) {
      if let model = response["model"]?.string { deltas.append(.model(model)) }
      if let view = response["usage"], view.isObject {
        var usage = Usage()
        let details = view["input_tokens_details"]
        usage.input = usage.take("input_tokens", of: view) ?? 0
        usage.cacheRead = usage.take("cached_tokens", of: details) ?? 0
        usage.cacheWrite = usage.take("cache_write_tokens", of: details) ?? 0
        usage.output = usage.take("output_tokens", of: view) ?? 0
        usage.reasoning = usage.take("reasoning_tokens", of: view["output_tokens_details"]) ?? 0
        usage.note(.cacheWrite12h, usage.take("ttl_12h_tokens", of: details?["cache_write_tokens_details"]))
        usage.note(.webSearches, usage.take("num_requests", of: response["tool_usage"]?["web_search"]))
        usage.note("service_tier", response["service_tier"]?.string)
        usage.raw = view.source
        deltas.append(.usage(usage))
      }
      if response["error"]?.isObject == true, let error = ErrorBody.read(response, status: nil) {
        deltas.append(.failure(error))
        return
      }
      switch (response["status"]?.string, response["incomplete_details"]?["reason"]?.string) {
      case ("incomplete", "content_filter"): deltas.append(.finish(.refusal))
      case ("incomplete", _): deltas.append(.finish(.length))
      case ("failed", _): deltas.append(.failure(ResponseError(.server, "the response failed without saying why")))
      case ("cancelled", _): deltas.append(.failure(ResponseError(.cancelled, "the provider cancelled the response")))
      default: deltas.append(.finish(isRefused ? .refusal : calls.count > 0 ? .toolCalls : .stop))
      }
    }
  }
}
