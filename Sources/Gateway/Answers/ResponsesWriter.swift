import Core

/// OpenAI Responses, as `openai` 3.54.0 reads them: named, numbered events, items that open and close, and the whole
/// response at the end.
struct ResponsesWriter: AnswerWriter {
  private let head: AnswerHead
  private(set) var sequence = 0
  /// What each item of the output is, in order.
  private var items: [Item] = []

  private enum Item: Equatable { case reasoning, message, call(Int) }

  init(_ head: AnswerHead) { self.head = head }

  private mutating func send(_ type: String, _ fields: JSON, into out: inout EventText) {
    var event: JSON = ["type": .string(type), "sequence_number": .int(sequence)]
    if case .object(let members) = fields, case .object(let first) = event { event = .object(first + members) }
    sequence += 1
    out.event(event, name: type)
  }

  mutating func begin(into out: inout EventText) {
    for type in ["response.created", "response.in_progress"] {
      send(type, ["response": response(status: "in_progress", output: [])], into: &out)
    }
  }

  mutating func write(_ event: ResponseEvent, into out: inout EventText) {
    switch event {
    case .text(.answer, let text, _):
      let place = enter(.message, into: &out)
      var fields = place.fields
      (fields["content_index"], fields["delta"], fields["logprobs"]) = (0, .string(text), [])
      send("response.output_text.delta", fields, into: &out)
    case .text(.reasoning, let text, _):
      var fields = enter(.reasoning, into: &out).fields
      (fields["summary_index"], fields["delta"]) = (0, .string(text))
      send("response.reasoning_summary_text.delta", fields, into: &out)
    case .toolCall(let piece, _):
      var fields = enter(.call(piece.index), piece, into: &out).fields
      fields["delta"] = .string(piece.arguments)
      if !piece.arguments.isEmpty { send("response.function_call_arguments.delta", fields, into: &out) }
    case .began, .state, .counted, .attempt, .notice, .ended: break
    }
  }

  private struct Place {
    var id: String
    var index: Int
    var fields: JSON { ["item_id": .string(id), "output_index": .int(index)] }
  }

  private func place(_ index: Int) -> Place {
    let kind =
      switch items[index] {
      case .reasoning: "rs"
      case .message: "msg"
      case .call: "fc"
      }
    return Place(id: "\(kind)_\(head.call)_\(index)", index: index)
  }

  /// Opens the item on its first piece.
  private mutating func enter(_ item: Item, _ piece: ToolCallPiece? = nil, into out: inout EventText) -> Place {
    if let index = items.firstIndex(of: item) { return place(index) }
    items.append(item)
    let place = place(items.count - 1)
    var call = ToolCall(id: piece?.id ?? "", name: piece?.name ?? "", arguments: "")
    if call.id.isEmpty { call.id = place.id }
    let empty = self.item(place, text: "", call: call, status: "in_progress")
    send("response.output_item.added", ["output_index": .int(place.index), "item": empty], into: &out)
    var fields = place.fields
    switch item {
    case .message:
      (fields["content_index"], fields["part"]) = (0, ResponsesWriter.part(""))
      send("response.content_part.added", fields, into: &out)
    case .reasoning:
      (fields["summary_index"], fields["part"]) = (0, ["type": "summary_text", "text": ""])
      send("response.reasoning_summary_part.added", fields, into: &out)
    case .call: break
    }
    return place
  }

  private static func part(_ text: String) -> JSON {
    ["type": "output_text", "text": .string(text), "annotations": [], "logprobs": []]
  }

  private func item(_ place: Place, text: String, call: ToolCall, status: String) -> JSON {
    switch items[place.index] {
    case .message:
      [
        "id": .string(place.id), "type": "message", "role": "assistant", "status": .string(status),
        "content": status == "in_progress" ? [] : [ResponsesWriter.part(text)],
      ]
    case .reasoning:
      [
        "id": .string(place.id), "type": "reasoning",
        "summary": status == "in_progress" ? [] : [["type": "summary_text", "text": .string(text)]],
      ]
    case .call:
      [
        "id": .string(place.id), "type": "function_call", "call_id": .string(call.id), "name": .string(call.name),
        "arguments": .string(call.argumentsText), "status": .string(status),
      ]
    }
  }

  private func whole(_ index: Int, of response: Response) -> JSON {
    switch items[index] {
    case .message: item(place(index), text: response.text, call: ToolCall.none, status: "completed")
    case .reasoning: item(place(index), text: response.reasoning, call: ToolCall.none, status: "completed")
    case .call(let number): item(place(index), text: "", call: response.toolCalls[number], status: "completed")
    }
  }

  mutating func end(_ response: Response, into out: inout EventText) {
    for index in items.indices {
      let place = place(index)
      var fields = place.fields
      switch items[index] {
      case .message:
        (fields["content_index"], fields["text"], fields["logprobs"]) = (0, .string(response.text), [])
        send("response.output_text.done", fields, into: &out)
        (fields["text"], fields["logprobs"]) = (nil, nil)
        fields["part"] = ResponsesWriter.part(response.text)
        send("response.content_part.done", fields, into: &out)
      case .reasoning:
        (fields["summary_index"], fields["text"]) = (0, .string(response.reasoning))
        send("response.reasoning_summary_text.done", fields, into: &out)
        fields["text"] = nil
        fields["part"] = ["type": "summary_text", "text": .string(response.reasoning)]
        send("response.reasoning_summary_part.done", fields, into: &out)
      case .call(let number):
        fields["name"] = .string(response.toolCalls[number].name)
        fields["arguments"] = .string(response.toolCalls[number].arguments)
        send("response.function_call_arguments.done", fields, into: &out)
      }
      let done = whole(index, of: response)
      send("response.output_item.done", ["output_index": .int(index), "item": done], into: &out)
    }
    let output = items.indices.map { whole($0, of: response) }
    let isWhole = response.finishReason != .length && response.finishReason != .refusal
    send(
      isWhole ? "response.completed" : "response.incomplete", ["response": finished(response, output: output)],
      into: &out)
  }

  func whole(_ response: Response) -> JSON {
    var writer = self
    writer.items = []
    if !response.reasoning.isEmpty { writer.items.append(.reasoning) }
    if !response.text.isEmpty || response.toolCalls.isEmpty { writer.items.append(.message) }
    writer.items += response.toolCalls.indices.map(Item.call)
    return finished(response, output: writer.items.indices.map { writer.whole($0, of: response) })
  }

  private func finished(_ response: Response, output: [JSON]) -> JSON {
    let reason: JSON? =
      switch response.finishReason {
      case .length: "max_output_tokens"
      case .refusal: "content_filter"
      default: nil
      }
    var body = self.response(status: reason == nil ? "completed" : "incomplete", output: output)
    if let reason { body["incomplete_details"] = ["reason": reason] }
    let usage = response.usage
    var view: JSON = [
      "input_tokens": .int(usage.input),
      "input_tokens_details": [
        "cached_tokens": .int(usage.cacheRead), "cache_write_tokens": .int(usage.cacheWrite),
      ],
      "output_tokens": .int(usage.output), "output_tokens_details": ["reasoning_tokens": .int(usage.reasoning)],
      "total_tokens": .int(usage.input + usage.output),
    ]
    view["cost"] = response.dollars
    body["usage"] = view
    return body
  }

  func response(status: String, output: [JSON]) -> JSON {
    [
      "id": .string("resp_\(head.call)"), "object": "response", "created_at": .int(head.created),
      "status": .string(status), "model": .string(head.model), "output": .array(output), "error": .null,
      "incomplete_details": .null, "instructions": .null, "metadata": [:], "parallel_tool_calls": true,
      "temperature": .null, "top_p": .null, "tool_choice": "auto", "tools": [], "usage": .null,
    ]
  }
}

extension ToolCall {
  fileprivate static let none = ToolCall(id: "", name: "", arguments: "")
}
