import Core

/// Reads a Responses request (openai 3.54.0, `types/responses/response_create_params.py`).
enum ResponsesRequest {
  static func read(_ view: JSONView) throws(RequestFault) -> ClientThread {
    var thread = ClientThread()
    if let instructions = view["instructions"] { thread.system = try instructions.text("instructions") }
    if let text = view["input"]?.string {
      thread.append(.user, [.text(text)])
    } else if let input = view["input"], input.isArray {
      for (place, item) in input.elements.enumerated() { try read(item, "input[\(place)]", into: &thread) }
    } else if view["prompt"] == nil, view["previous_response_id"] == nil {
      throw RequestFault("‘input’ must be a text or a list of items", field: "input")
    }
    for (name, value) in view.members where !value.isNull {
      switch name {
      case "model", "input", "instructions", "stream", "stream_options": break
      case "temperature": thread.parameters.temperature = try value.number(name)
      case "top_p": thread.parameters.topP = try value.number(name)
      case "max_output_tokens": thread.parameters.maxTokens = try value.tokens(name)
      case "reasoning":
        thread.parameters.effort = try value["effort"]?.text("reasoning.effort")
        thread.checkRest(value, name, known: ["effort"], hints: ["summary", "generate_summary"])
      case "text":
        if let format = value["format"] { ChatRequest.readFormat(format, into: &thread) }
        if let verbosity = value["verbosity"]?.string { thread.leaveOut("text.verbosity", if: verbosity == "medium") }
      case "parallel_tool_calls": thread.toolUse.isParallel = try value.flag(name)
      case "tools": ToolFields.readTools(value, nested: false, into: &thread)
      case "tool_choice": ToolFields.readChoice(value, nested: false, into: &thread)
      case "include":
        let isHarmless = value.elements.allSatisfy { $0.string == "reasoning.encrypted_content" }
        thread.leaveOut(name, if: isHarmless)
      case "background": thread.leaveOut(name, if: value.bool == false)
      case "truncation": thread.leaveOut(name, if: value.string == "disabled")
      case "top_logprobs": thread.leaveOut(name, if: value.int == 0)
      case "service_tier": thread.leaveOut(name, if: ["auto", "default"].contains(value.string))
      // An answer from elsewhere is kept by nobody for a later `previous_response_id`.
      case "store", "user", "metadata", "prompt_cache_key", "safety_identifier", "prompt_cache_options",
        "prompt_cache_retention":
        thread.hints.append(name)
      default: thread.leaveOut(name, value)
      }
    }
    return thread
  }

  private static func read(_ item: JSONView, _ path: String, into thread: inout ClientThread) throws(RequestFault) {
    switch item["type"]?.string ?? "message" {
    case "message":
      guard let role = item["role"]?.string else {
        throw RequestFault("‘\(path).role’ is missing", field: "\(path).role")
      }
      let parts = try parts(item["content"], "\(path).content", into: &thread)
      switch role {
      case "system", "developer": thread.addSystem(parts.text)
      case "user": thread.append(.user, parts)
      case "assistant": thread.append(.assistant, parts)
      default: throw RequestFault("‘\(path).role’ is ‘\(VisibleText.line(role))’, which no protocol knows", field: path)
      }
    case "function_call":
      guard let id = item["call_id"]?.string, let name = item["name"]?.string else {
        throw RequestFault("‘\(path)’ needs a call_id and a name", field: path)
      }
      let call = Part.toolCall(ToolCall(id: id, name: name, arguments: item["arguments"]?.string ?? "{}"))
      // What a model said and the tools it asked for are one message elsewhere.
      if let last = thread.messages.indices.last, thread.messages[last].role == .assistant {
        thread.messages[last] = Message(.assistant, content: thread.messages[last].content + [call])
      } else {
        thread.append(.assistant, [call])
      }
    case "function_call_output":
      guard let id = item["call_id"]?.string else { throw RequestFault("‘\(path).call_id’ is missing", field: path) }
      let output = try parts(item["output"], "\(path).output", into: &thread)
      thread.append(.user, [.toolResult(ToolResult(call: id, content: output))])
    case "reasoning": thread.hints.append(path)
    case let type: thread.uncarried.append("\(path).type ‘\(VisibleText.line(type))’")
    }
  }

  private static func parts(
    _ content: JSONView?, _ path: String, into thread: inout ClientThread
  ) throws(RequestFault) -> [Part] {
    if let text = content?.string { return [.text(text)] }
    guard let content, content.isArray else {
      throw RequestFault("‘\(path)’ must be a text or a list of parts", field: path)
    }
    var parts: [Part] = []
    for (place, part) in content.elements.enumerated() {
      switch part["type"]?.string ?? "" {
      case "input_text", "output_text", "text", "refusal":
        parts.append(.text((part["text"] ?? part["refusal"])?.string ?? ""))
      case "input_image":
        guard let url = part["image_url"]?.string else {
          thread.uncarried.append("\(path)[\(place)].file_id")
          continue
        }
        guard let image = Part(url: url) else {
          throw RequestFault("‘\(path)[\(place)].image_url’ has no readable address", field: "\(path)[\(place)]")
        }
        parts.append(image)
        if let detail = part["detail"]?.string {
          thread.leaveOut("\(path)[\(place)].detail", if: detail == "auto")
        }
      case let type: thread.uncarried.append("\(path)[\(place)].type ‘\(VisibleText.line(type))’")
      }
    }
    return parts
  }
}
