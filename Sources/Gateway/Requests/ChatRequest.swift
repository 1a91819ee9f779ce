import Core

/// Reads a Chat Completions request (openai 3.54.0, `types/chat/completion_create_params.py`).
enum ChatRequest {
  static func read(_ view: JSONView) throws(RequestFault) -> ClientThread {
    guard let messages = view["messages"], messages.isArray, messages.first != nil else {
      throw RequestFault("‘messages’ must be a list with at least one message", field: "messages")
    }
    var thread = ClientThread()
    for (place, message) in messages.elements.enumerated() {
      try read(message, "messages[\(place)]", into: &thread)
    }
    for (name, value) in view.members where !value.isNull {
      switch name {
      case "model", "messages", "stream", "stream_options": break
      case "temperature": thread.parameters.temperature = try value.number(name)
      case "top_p": thread.parameters.topP = try value.number(name)
      case "max_tokens", "max_completion_tokens": thread.parameters.maxTokens = try value.tokens(name)
      case "seed": thread.parameters.seed = Int(exactly: try value.number(name))
      case "stop": thread.parameters.stop = try value.texts(name, orOne: true)
      case "reasoning_effort": thread.parameters.effort = try value.text(name)
      case "parallel_tool_calls": thread.toolUse.isParallel = try value.flag(name)
      case "tools": ToolFields.readTools(value, nested: true, into: &thread)
      case "tool_choice": ToolFields.readChoice(value, nested: true, into: &thread)
      case "response_format": readFormat(value, into: &thread)
      case "n": thread.leaveOut(name, if: value.int == 1)
      case "logprobs", "store": thread.leaveOut(name, if: value.bool == false)
      case "presence_penalty", "frequency_penalty": thread.leaveOut(name, if: value.double == 0)
      case "service_tier": thread.leaveOut(name, if: ["auto", "default"].contains(value.string))
      case "user", "metadata", "prompt_cache_key", "safety_identifier", "prompt_cache_options",
        "prompt_cache_retention":
        thread.hints.append(name)
      case "top_logprobs": thread.leaveOut(name, if: value.int == 0)
      default: thread.leaveOut(name, value)
      }
    }
    return thread
  }

  private static func read(_ message: JSONView, _ path: String, into thread: inout ClientThread) throws(RequestFault) {
    guard let role = message["role"]?.string else {
      throw RequestFault("‘\(path).role’ is missing", field: "\(path).role")
    }
    switch role {
    case "system", "developer":
      thread.addSystem(try parts(message["content"], "\(path).content", into: &thread).text)
    case "user": thread.append(.user, try parts(message["content"], "\(path).content", into: &thread))
    case "assistant":
      var said = try parts(message["content"] ?? message["refusal"], "\(path).content", into: &thread)
      if said == [.text("")] { said = [] }
      for (place, call) in (message["tool_calls"]?.elements ?? []).enumerated() {
        guard let id = call["id"]?.string, let function = call["function"], let name = function["name"]?.string else {
          throw RequestFault("‘\(path).tool_calls[\(place)]’ needs an id and a function with a name", field: path)
        }
        said.append(.toolCall(ToolCall(id: id, name: name, arguments: function["arguments"]?.string ?? "{}")))
      }
      for field in ["audio", "function_call"]
      where message.members.contains(where: { $0.name == field && !$0.value.isNull }) {
        thread.uncarried.append("\(path).\(field)")
      }
      thread.append(.assistant, said)
    case "tool":
      guard let id = message["tool_call_id"]?.string else {
        throw RequestFault("‘\(path).tool_call_id’ is missing", field: "\(path).tool_call_id")
      }
      let content = try parts(message["content"], "\(path).content", into: &thread)
      thread.append(.user, [.toolResult(ToolResult(call: id, content: content))])
    case "function": thread.uncarried.append("\(path).role ‘function’")
    default: throw RequestFault("‘\(path).role’ is ‘\(VisibleText.line(role))’, which no protocol knows", field: path)
    }
    if message["name"] != nil { thread.hints.append("\(path).name") }
  }

  private static func parts(
    _ content: JSONView?, _ path: String, into thread: inout ClientThread
  ) throws(RequestFault) -> [Part] {
    guard let content else { return [] }
    if let text = content.string { return [.text(text)] }
    guard content.isArray else { throw RequestFault("‘\(path)’ must be a text or a list of parts", field: path) }
    var parts: [Part] = []
    for (place, part) in content.elements.enumerated() {
      let type = part["type"]?.string ?? ""
      switch type {
      case "text", "refusal":
        guard let text = (part["text"] ?? part["refusal"])?.string else {
          throw RequestFault("‘\(path)[\(place)].text’ is missing", field: "\(path)[\(place)]")
        }
        parts.append(.text(text))
      case "image_url":
        guard let url = (part["image_url"]?["url"] ?? part["image_url"])?.string, let image = Part(url: url) else {
          throw RequestFault("‘\(path)[\(place)].image_url’ has no readable address", field: "\(path)[\(place)]")
        }
        parts.append(image)
        if let detail = part["image_url"]?["detail"]?.string {
          thread.leaveOut("\(path)[\(place)].image_url.detail", if: detail == "auto")
        }
      default: thread.uncarried.append("\(path)[\(place)].type ‘\(VisibleText.line(type))’")
      }
    }
    return parts
  }

  /// `{"type": "json_schema", "json_schema": {…}}`, or without the nesting as the Responses API has it.
  static func readFormat(_ format: JSONView, into thread: inout ClientThread) {
    switch format["type"]?.string {
    case "json_schema":
      let inner = format["json_schema"] ?? format
      guard let schema = inner["schema"] else { return thread.uncarried.append("response_format without a schema") }
      thread.schema = OutputSchema(name: inner["name"]?.string ?? "answer", schema: .source(schema.source))
      thread.schema?.isStrict = inner["strict"]?.bool ?? false
    case "json_object": thread.wantsJSON = true
    case "text", nil: break
    default: thread.uncarried.append("response_format")
    }
  }
}

/// Tools as OpenAI's two dialects have them: in an object `function` (nested), or flat.
enum ToolFields {
  static func readTools(_ tools: JSONView, nested: Bool, into thread: inout ClientThread) {
    for (place, tool) in tools.elements.enumerated() {
      let type = tool["type"]?.string ?? ""
      guard type == "function", let function = nested ? tool["function"] : tool, let name = function["name"]?.string
      else {
        thread.uncarried.append("tools[\(place)].type ‘\(VisibleText.line(type))’")
        continue
      }
      thread.toolUse.tools.append(
        Tool(
          name: name, description: function["description"]?.string,
          schema: function["parameters"].map { .source($0.source) }, isStrict: function["strict"]?.bool))
    }
  }

  static func readChoice(_ choice: JSONView, nested: Bool, into thread: inout ClientThread) {
    switch choice.string {
    case "auto": thread.toolUse.choice = .auto
    case "none": thread.toolUse.choice = ToolUse.Choice.none
    case "required": thread.toolUse.choice = .required
    default:
      if choice["type"]?.isString("function") == true,
        let name = (nested ? choice["function"]?["name"] : choice["name"])?.string
      {
        thread.toolUse.choice = .named(name)
      } else {
        thread.uncarried.append("tool_choice")
      }
    }
  }
}
