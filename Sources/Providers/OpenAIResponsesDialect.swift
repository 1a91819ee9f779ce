import Core

/// OpenAI Responses: named, numbered events, reasoning summaries, and an end of its own instead of `[DONE]`.
public struct OpenAIResponsesDialect: Dialect {
  public static let name = "openai-responses"

  public init() {}

  public func request(_ ask: Ask, to service: Service) -> DialectRequest {
    let parameters = ask.parameters
    var body: JSON = [
      "model": .string(ask.model), "input": .array(ask.messages.map(Self.item)), "stream": true, "store": false,
    ]
    body["instructions"] = ask.system.map { .string($0) }
    body["temperature"] = parameters.temperature.map(JSON.double)
    body["top_p"] = parameters.topP.map(JSON.double)
    body["max_output_tokens"] = parameters.maxTokens.map { .int($0) }
    if let effort = parameters.effort { body["reasoning"] = ["effort": .string(effort), "summary": "auto"] }
    if let schema = ask.schema, service.wire.schema != .none {
      body["text"] = [
        "format": [
          "type": "json_schema", "name": .string(schema.name), "schema": schema.schema, "strict": true,
        ]
      ]
    }
    var request = DialectRequest(path: "/responses", body: body)
    if parameters.seed != nil { request.notices.append(Service.notSent(.seed, by: ask.model)) }
    if !parameters.stop.isEmpty { request.notices.append(Service.notSent(.stop, by: ask.model)) }
    return request
  }

  private static func item(_ message: Message) -> JSON {
    let kind: JSON = message.role == .user ? "input_text" : "output_text"
    let images: [JSON] = message.images.map { image in
      ["type": "input_image", "image_url": .string("data:\(image.mediaType);base64,\(image.base64)"), "detail": "auto"]
    }
    return [
      "type": "message", "role": .string(message.role.rawValue),
      "content": .array([["type": kind, "text": .string(message.textWithFiles)]] + images),
    ]
  }

  public func makeDecoder(for service: Service) -> any EventDecoder { Decoder() }

  struct Decoder: EventDecoder {
    private var isRefused = false

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
      for item in body["output"]?.elements ?? [] {
        for part in item["summary"]?.elements ?? [] { deltas.append(.reasoning, part["text"]) }
        for part in item["content"]?.elements ?? [] {
          if part["refusal"] != nil { isRefused = true }
          deltas.append(.answer, part["text"] ?? part["refusal"])
        }
      }
      readEnd(body, into: &deltas)
      deltas.append(.terminator)
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
        usage.input = view["input_tokens"]?.count ?? 0
        usage.cacheRead = details?["cached_tokens"]?.count ?? 0
        usage.cacheWrite = details?["cache_write_tokens"]?.count ?? 0
        usage.output = view["output_tokens"]?.count ?? 0
        usage.reasoning = view["output_tokens_details"]?["reasoning_tokens"]?.count ?? 0
        usage.note(.cacheWrite12h, details?["cache_write_tokens_details"]?["ttl_12h_tokens"]?.count)
        usage.note(.webSearches, response["tool_usage"]?["web_search"]?["num_requests"]?.count)
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
      default: deltas.append(.finish(isRefused ? .refusal : .stop))
      }
    }
  }
}
