import Core

/// OpenAI Chat Completions and everything that imitates it. Differences between services come from `Service.wire`;
/// fields that only one service sends are read wherever they appear.
public struct OpenAIChatDialect: Dialect {
  public static let name = "openai-chat"

  public init() {}

  public func request(_ ask: Ask, to service: Service) -> DialectRequest {
    let wire = service.wire
    var messages: [JSON] = ask.system.map { [["role": "system", "content": .string($0)]] } ?? []
    for message in ask.messages { messages += Self.messages(of: message) }
    var body: JSON = ["model": .string(ask.model), "messages": .array(messages), "stream": true]
    body["stream_options"] = wire.streamOptions
    let parameters = ask.parameters
    body["temperature"] = parameters.temperature.map(JSON.double)
    body["top_p"] = parameters.topP.map(JSON.double)
    body[wire.tokenCap] = parameters.maxTokens.map { .int($0) }
    if !parameters.stop.isEmpty { body["stop"] = .array(parameters.stop.map { .string($0) }) }
    if let effort = parameters.effort {
      switch wire.effort {
      case .field: body["reasoning_effort"] = .string(effort)
      case .object: body["reasoning"] = ["effort": .string(effort)]
      }
    }
    Self.write(ask.toolUse, into: &body)
    if ask.wantsJSON { body["response_format"] = ["type": "json_object"] }
    if let schema = ask.schema {
      switch wire.schema {
      case .strict:
        body["response_format"] = [
          "type": "json_schema",
          "json_schema": [
            "name": .string(schema.name), "schema": wire.boundsSchema ? schema.bounded ?? schema.schema : schema.schema,
            "strict": .bool(schema.isStrict),
          ],
        ]
      case .object: body["response_format"] = ["type": "json_object"]
      case .none: break
      }
      // Routed only to those upstreams that keep to it.
      if wire.requiresParameters, wire.schema != .none { body["provider"] = ["require_parameters": true] }
    }
    var request = DialectRequest(path: "/chat/completions", body: body)
    if let seed = parameters.seed {
      if let field = wire.seed {
        request.body[field] = .int(seed)
      } else {
        request.notices.append(Service.notSent(.seed, by: ask.model))
      }
    }
    return request
  }

  /// Answers of tools are messages of their own, before what else the person says.
  private static func messages(of message: Message) -> [JSON] {
    if let text = message.plainText { return [["role": .string(message.role.rawValue), "content": .string(text)]] }
    var messages: [JSON] = []
    var parts: [JSON] = []
    var calls: [JSON] = []
    for part in message.parts(imagesFirst: false) {
      switch part {
      case .text(let text): parts.append(["type": "text", "text": .string(text)])
      case .image(let image): parts.append(["type": "image_url", "image_url": ["url": .string(image.dataURL)]])
      case .imageLink(let url): parts.append(["type": "image_url", "image_url": ["url": .string(url)]])
      case .toolCall(let call):
        calls.append([
          "id": .string(call.plainID), "type": "function",
          "function": ["name": .string(call.name), "arguments": .string(call.arguments)],
        ])
      case .toolResult(let result):
        // Images have no place in a tool's answer here: they follow as the person's own, in the same turn.
        for case .image(let image) in result.content {
          parts.append(["type": "image_url", "image_url": ["url": .string(image.dataURL)]])
        }
        for case .imageLink(let url) in result.content {
          parts.append(["type": "image_url", "image_url": ["url": .string(url)]])
        }
        messages.append([
          "role": "tool", "tool_call_id": .string(ToolCall.plainID(result.call)), "content": .string(result.text),
        ])
      }
    }
    guard !parts.isEmpty || !calls.isEmpty else { return messages }
    var own: JSON = ["role": .string(message.role.rawValue)]
    // Texts alone go as one string: servers of small models know nothing else.
    let isText = message.role != .user || message.isText
    own["content"] = parts.isEmpty ? .null : isText ? .string(message.text) : .array(parts)
    if !calls.isEmpty { own["tool_calls"] = .array(calls) }
    return messages + [own]
  }

  private static func write(_ use: ToolUse, into body: inout JSON) {
    guard !use.tools.isEmpty else { return }
    body["tools"] = .array(
      use.tools.map { tool in
        var function: JSON = ["name": .string(tool.name)]
        function["description"] = tool.description.map { .string($0) }
        function["parameters"] = tool.schema
        function["strict"] = tool.isStrict.map { .bool($0) }
        return ["type": "function", "function": function]
      })
    switch use.choice {
    case nil: break
    case .auto: body["tool_choice"] = "auto"
    case .none?: body["tool_choice"] = "none"
    case .required: body["tool_choice"] = "required"
    case .named(let name): body["tool_choice"] = ["type": "function", "function": ["name": .string(name)]]
    }
    body["parallel_tool_calls"] = use.isParallel.map { .bool($0) }
  }

  public func makeDecoder(for service: Service) -> any EventDecoder { Decoder(cost: service.wire.cost) }

  struct Decoder: EventDecoder {
    let cost: Wire.CostField?
    private var sawModel = false
    /// Which tier of service the chunks say was used; usage comes last.
    private var tier: String?
    /// A model may decline in words of its own and then stop as usual.
    private var isRefused = false
    private var calls = CallNumbers()

    init(cost: Wire.CostField?) { self.cost = cost }

    mutating func decode(_ event: JSONView, into deltas: inout [Delta]) {
      decode(event, message: "delta", into: &deltas)
    }

    mutating func decodeWhole(_ body: JSONView, into deltas: inout [Delta]) {
      decode(body, message: "message", into: &deltas)
      deltas.append(.terminator)
    }

    private mutating func decode(_ event: JSONView, message: StaticString, into deltas: inout [Delta]) {
      if !sawModel, let model = event["model"]?.string, !model.isEmpty {
        sawModel = true
        deltas.append(.model(model))
        if let id = event["id"]?.string { deltas.append(.requestID(id)) }
      }
      let groq = event["x_groq"]
      let choice = event["choices"]?.first
      if let delta = choice?[message] { readText(delta, into: &deltas) }
      tier = event["service_tier"]?.string ?? tier
      // Usage before the finish reason, wherever the service puts it: in a chunk of its own, or with the last choice.
      if let usage = event["usage"] ?? groq?["usage"], usage.isObject {
        var read = readUsage(usage)
        read.rawTimings = (event["timings"] ?? event["time_info"])?.source
        deltas.append(.usage(read))
      }
      if let error = ErrorBody.read(event, status: nil) ?? groq.flatMap({ ErrorBody.read($0, status: nil) }) {
        deltas.append(.failure(error))
      } else if let reason = choice?["finish_reason"]?.string {
        deltas.append(finish(reason))
      }
    }

    private mutating func readText(_ delta: JSONView, into deltas: inout [Delta]) {
      for (place, call) in (delta["tool_calls"]?.elements ?? []).enumerated() {
        // Some servers number none of them, or send a second call under the number of the first.
        let id = call["id"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        var key = "\(call["index"]?.int ?? place)"
        if let id { key = calls.rename(key, to: id) } else { key = calls.latest(key) }
        let function = call["function"]
        // Some servers send the arguments as the object itself.
        let arguments = function?["arguments"].map { $0.string ?? $0.source } ?? ""
        deltas.append(
          .toolCall(
            ToolCallPiece(index: calls[key], id: id, name: function?["name"]?.string, arguments: arguments)))
      }
      if let reasoning = delta["reasoning_content"] ?? delta["reasoning"] {
        deltas.append(.reasoning, reasoning)
      } else if let details = delta["reasoning_details"] {
        for detail in details.elements {
          deltas.append(.reasoning, detail["text"] ?? detail["summary"])
        }
      }
      if let content = delta["content"] {
        if content.isArray {
          for part in content.elements { readPart(part, into: &deltas) }
        } else {
          deltas.append(.answer, content)
        }
      }
      if let refusal = delta["refusal"]?.string, !refusal.isEmpty {
        isRefused = true
        deltas.append(.text(.answer, refusal))
      }
    }

    /// Mistral writes reasoning into the content, as typed parts.
    private func readPart(_ part: JSONView, into deltas: inout [Delta]) {
      if let thinking = part["thinking"] {
        deltas.append(.reasoning, thinking)
        for inner in thinking.elements { deltas.append(.reasoning, inner["text"]) }
      } else {
        deltas.append(.answer, part["text"])
      }
    }

    private func finish(_ reason: String) -> Delta {
      switch reason {
      case "stop": .finish(isRefused ? .refusal : .stop)
      case "length": .finish(.length)
      case "tool_calls", "function_call": .finish(.toolCalls)
      case "content_filter": .finish(.refusal)
      case "error": .failure(ResponseError(.server, "the provider ended the answer with an error it did not name"))
      default: .finish(.other)
      }
    }

    private func readUsage(_ view: JSONView) -> Usage {
      var usage = Usage()
      let prompt = view["prompt_tokens_details"] ?? view["prompt_token_details"]
      let completion = view["completion_tokens_details"]
      usage.input = usage.take("prompt_tokens", of: view) ?? 0
      usage.output = usage.take("completion_tokens", of: view) ?? 0
      usage.cacheRead = usage.take("num_cached_tokens", of: view) ?? usage.take("cached_tokens", of: prompt) ?? 0
      usage.cacheWrite = usage.take("cache_write_tokens", of: prompt) ?? 0
      usage.reasoning = usage.take("reasoning_tokens", of: completion) ?? 0
      // Some services leave reasoning out of completion_tokens; the total, or its size, gives them away.
      let isApart =
        view["total_tokens"]?.count == usage.input + usage.output + usage.reasoning || usage.reasoning > usage.output
      if usage.reasoning > 0, isApart { usage.output += usage.reasoning }
      usage.note(.inputAudio, usage.take("audio_tokens", of: prompt))
      usage.note(.inputImage, usage.take("image_tokens", of: prompt))
      usage.note(.inputVideo, usage.take("video_tokens", of: prompt))
      usage.note(.outputAudio, usage.take("audio_tokens", of: completion))
      usage.note("service_tier", view["service_tier"]?.string ?? tier)
      readCost(view, into: &usage)
      usage.raw = view.source
      return usage
    }

    private func readCost(_ view: JSONView, into usage: inout Usage) {
      switch cost {
      case .dollars:
        usage.reportedCost = usage.takeDollars("cost", of: view)
        // With the person's own key upstream, the account is charged a fee and the key's owner the rest.
        if view["is_byok"]?.bool == true, let fee = usage.reportedCost, let details = view["cost_details"],
          details["upstream_inference_cost"] != nil
        {
          usage.reportedCost = usage.takeDollars("upstream_inference_cost", of: details).map { fee + $0 }
        }
      case .ticks: usage.reportedCost = usage.takeDollars("cost_in_usd_ticks", of: view, exponent: "e-10")
      case .estimate:
        usage.reportedCost = usage.takeDollars("estimated_cost", of: view)
        usage.reportedCostIsCharge = false
      case nil: break
      }
    }
  }
}
