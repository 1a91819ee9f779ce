import Core

/// Chat Completions, as `openai` 3.54.0 reads them (`types/chat/chat_completion_chunk.py`).
struct ChatWriter: AnswerWriter {
  private let head: AnswerHead
  /// Everything before a chunk's delta, and after it.
  private let opening: String
  private let closing: String

  init(_ head: AnswerHead) {
    self.head = head
    let model = JSON.string(head.model).serialized()
    opening =
      "{\"id\":\"chatcmpl-\(head.call)\",\"object\":\"chat.completion.chunk\",\"created\":\(head.created),\"model\":\(model),\"choices\":[{\"index\":0,\"delta\":"
    closing = ",\"finish_reason\":null}]" + (head.wantsUsage ? ",\"usage\":null}" : "}")
  }

  mutating func begin(into out: inout EventText) { chunk("{\"role\":\"assistant\",\"content\":\"\"}", into: &out) }

  private func chunk(_ delta: String, into out: inout EventText) { out.event(opening + delta + closing) }

  mutating func write(_ event: ResponseEvent, into out: inout EventText) {
    switch event {
    case .text(let channel, let text, _):
      let field = channel == .answer ? "content" : "reasoning_content"
      chunk("{\"\(field)\":\(JSON.string(text).serialized())}", into: &out)
    case .toolCall(let piece, _):
      var call: JSON = ["index": .int(piece.index)]
      if let id = piece.id { (call["id"], call["type"]) = (.string(id), "function") }
      var function: JSON = [:]
      function["name"] = piece.name.map { .string($0) }
      function["arguments"] = .string(piece.arguments)
      call["function"] = function
      let delta: JSON = ["tool_calls": [call]]
      chunk(delta.serialized(), into: &out)
    case .began, .state, .counted, .attempt, .notice, .ended: break
    }
  }

  mutating func end(_ response: Response, into out: inout EventText) {
    let reason = ChatWriter.reason(response)
    out.event(opening + "{},\"finish_reason\":\"\(reason)\"}]" + (head.wantsUsage ? ",\"usage\":null}" : "}"))
    if head.wantsUsage {
      var chunk = envelope("chat.completion.chunk")
      chunk["choices"] = []
      chunk["usage"] = ChatWriter.usage(response)
      out.event(chunk)
    }
    out.event("[DONE]")
  }

  private func envelope(_ object: String) -> JSON {
    [
      "id": .string("chatcmpl-\(head.call)"), "object": .string(object), "created": .int(head.created),
      "model": .string(head.model),
    ]
  }

  func whole(_ response: Response) -> JSON {
    var message: JSON = ["role": "assistant"]
    message["content"] = response.text.isEmpty && !response.toolCalls.isEmpty ? .null : .string(response.text)
    message["refusal"] = .null
    if !response.reasoning.isEmpty { message["reasoning_content"] = .string(response.reasoning) }
    if !response.toolCalls.isEmpty {
      message["tool_calls"] = .array(
        response.toolCalls.map { call in
          [
            "id": .string(call.id), "type": "function",
            "function": ["name": .string(call.name), "arguments": .string(call.argumentsText)],
          ]
        })
    }
    var body = envelope("chat.completion")
    body["choices"] = [
      [
        "index": 0, "message": message, "logprobs": .null, "finish_reason": .string(ChatWriter.reason(response)),
      ]
    ]
    body["usage"] = ChatWriter.usage(response)
    return body
  }

  private static func reason(_ response: Response) -> String {
    switch response.finishReason {
    case .length: "length"
    case .toolCalls: "tool_calls"
    case .refusal: "content_filter"
    case .stop, .other, nil: response.toolCalls.isEmpty ? "stop" : "tool_calls"
    }
  }

  private static func usage(_ response: Response) -> JSON {
    let usage = response.usage
    var view: JSON = [
      "prompt_tokens": .int(usage.input), "completion_tokens": .int(usage.output),
      "total_tokens": .int(usage.input + usage.output),
      "prompt_tokens_details": [
        "cached_tokens": .int(usage.cacheRead), "cache_write_tokens": .int(usage.cacheWrite),
      ],
      "completion_tokens_details": ["reasoning_tokens": .int(usage.reasoning)],
    ]
    view["cost"] = response.dollars
    return view
  }
}
