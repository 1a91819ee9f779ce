import Core

/// Anthropic Messages, as `anthropic` 2.12.0 reads them: every event named, blocks one after the other, true counts in
/// the last `message_delta`.
struct MessagesWriter: AnswerWriter {
  private enum Block: Equatable { case text, thinking, tool(Int) }

  private let head: AnswerHead
  private var open: Block?
  /// Of the open block.
  private var index = -1
  /// Calls that are not the open one: blocks cannot be written side by side, so these wait for its end.
  private var waiting: [ToolCall?] = []

  init(_ head: AnswerHead) { self.head = head }

  mutating func begin(into out: inout EventText) {
    var message = envelope
    message["content"] = []
    (message["stop_reason"], message["stop_sequence"]) = (.null, .null)
    // What was read is known at the end only.
    message["usage"] = ["input_tokens": 0, "output_tokens": 0]
    out.event(["type": "message_start", "message": message], name: "message_start")
  }

  private var envelope: JSON {
    [
      "id": .string("msg_\(head.call)"), "type": "message", "role": "assistant", "model": .string(head.model),
    ]
  }

  mutating func write(_ event: ResponseEvent, into out: inout EventText) {
    switch event {
    case .text(.answer, let text, _):
      enter(.text, ["type": "text", "text": ""], into: &out)
      delta(["type": "text_delta", "text": .string(text)], into: &out)
    case .text(.reasoning, let text, _):
      enter(.thinking, ["type": "thinking", "thinking": "", "signature": ""], into: &out)
      delta(["type": "thinking_delta", "thinking": .string(text)], into: &out)
    case .toolCall(let piece, _): write(piece, into: &out)
    case .began, .state, .counted, .attempt, .notice, .ended: break
    }
  }

  private mutating func write(_ piece: ToolCallPiece, into out: inout EventText) {
    while waiting.count <= piece.index { waiting.append(nil) }
    if case .tool(let number)? = open, number != piece.index {
      var call = waiting[piece.index] ?? ToolCall(id: "", name: "", arguments: "")
      call.id = piece.id ?? call.id
      call.name += piece.name ?? ""
      call.arguments += piece.arguments
      waiting[piece.index] = call
      return
    }
    if open != .tool(piece.index) { enter(piece.index, id: piece.id ?? "", name: piece.name ?? "", into: &out) }
    if !piece.arguments.isEmpty { input(piece.arguments, into: &out) }
  }

  private mutating func enter(_ number: Int, id: String, name: String, into out: inout EventText) {
    enter(
      .tool(number), ["type": "tool_use", "id": .string(id), "name": .string(name), "input": [:]], into: &out)
  }

  private func input(_ json: String, into out: inout EventText) {
    delta(["type": "input_json_delta", "partial_json": .string(json)], into: &out)
  }

  private mutating func enter(_ block: Block, _ content: JSON, into out: inout EventText) {
    guard open != block else { return }
    leave(into: &out)
    open = block
    index += 1
    out.event(
      ["type": "content_block_start", "index": .int(index), "content_block": content], name: "content_block_start")
  }

  private mutating func leave(into out: inout EventText) {
    guard let block = open else { return }
    if block == .thinking { delta(["type": "signature_delta", "signature": ""], into: &out) }
    out.event(["type": "content_block_stop", "index": .int(index)], name: "content_block_stop")
    open = nil
  }

  private func delta(_ delta: JSON, into out: inout EventText) {
    out.event(
      ["type": "content_block_delta", "index": .int(index), "delta": delta], name: "content_block_delta")
  }

  mutating func end(_ response: Response, into out: inout EventText) {
    leave(into: &out)
    for (number, call) in waiting.enumerated() {
      guard let call else { continue }
      enter(number, id: call.id, name: call.name, into: &out)
      input(call.arguments, into: &out)
      leave(into: &out)
    }
    out.event(
      [
        "type": "message_delta",
        "delta": ["stop_reason": MessagesWriter.reason(response), "stop_sequence": .null],
        "usage": MessagesWriter.usage(response),
      ], name: "message_delta")
    out.event(["type": "message_stop"], name: "message_stop")
  }

  func whole(_ response: Response) -> JSON {
    var blocks: [JSON] = []
    if !response.reasoning.isEmpty {
      blocks.append(["type": "thinking", "thinking": .string(response.reasoning), "signature": ""])
    }
    if !response.text.isEmpty { blocks.append(["type": "text", "text": .string(response.text)]) }
    blocks += response.toolCalls.map { call in
      ["type": "tool_use", "id": .string(call.id), "name": .string(call.name), "input": call.argumentsObject]
    }
    var message = envelope
    message["content"] = .array(blocks)
    message["stop_reason"] = MessagesWriter.reason(response)
    message["stop_sequence"] = .null
    message["usage"] = MessagesWriter.usage(response)
    return message
  }

  private static func reason(_ response: Response) -> JSON {
    switch response.finishReason {
    case .length: "max_tokens"
    case .toolCalls: "tool_use"
    case .refusal: "refusal"
    case .stop, .other, nil: response.toolCalls.isEmpty ? "end_turn" : "tool_use"
    }
  }

  /// Cached tokens stand beside the input here, not within it.
  private static func usage(_ response: Response) -> JSON {
    let usage = response.usage
    var view: JSON = [
      "input_tokens": .int(max(0, usage.input - usage.cacheRead - usage.cacheWrite)),
      "cache_creation_input_tokens": .int(usage.cacheWrite), "cache_read_input_tokens": .int(usage.cacheRead),
      "output_tokens": .int(usage.output),
    ]
    if usage.reasoning > 0 { view["output_tokens_details"] = ["thinking_tokens": .int(usage.reasoning)] }
    view["cost"] = response.dollars
    return view
  }
}
