import Core

/// Reads an Anthropic Messages request (anthropic 2.12.0, `types/message_create_params.py`).
enum MessagesRequest {
  /// - Parameter isCount: for `count_tokens`, which has no `max_tokens`.
  static func read(_ view: JSONView, isCount: Bool) throws(RequestFault) -> ClientThread {
    guard let messages = view["messages"], messages.isArray, messages.first != nil else {
      throw RequestFault("messages: at least one message is required", field: "messages")
    }
    guard isCount || view["max_tokens"]?.int != nil else {
      throw RequestFault("max_tokens: this number is required", field: "max_tokens")
    }
    var thread = ClientThread()
    if let system = view["system"] {
      let parts = try parts(system, "system", into: &thread)
      if !parts.isText { thread.uncarried.append("system: an image") }
      thread.system = parts.text
    }
    for (place, message) in messages.elements.enumerated() {
      let path = "messages.\(place)"
      let content = try parts(message["content"], "\(path).content", into: &thread)
      switch message["role"]?.string {
      case "user": thread.append(.user, content)
      case "assistant": thread.append(.assistant, content)
      case "system": thread.addSystem(content.text)
      default: throw RequestFault("\(path).role: must be user or assistant", field: "\(path).role")
      }
    }
    for (place, message) in thread.messages.enumerated() {
      let results = message.content.lastIndex(where: \.isToolResult)
      if let results, message.content[..<results].contains(where: { !$0.isToolResult }) {
        // Elsewhere the answers of tools stand before all else that the person says.
        thread.uncarried.append("messages.\(place), text before a tool_result")
      }
    }
    // Elsewhere a model does not go on from where an unfinished answer breaks off, but begins another.
    if messages.elements.last?["role"]?.isString("assistant") == true {
      thread.uncarried.append("messages.\(messages.elements.count - 1), the beginning of the answer")
    }
    for (name, value) in view.members where !value.isNull { try read(name, value, into: &thread) }
    return thread
  }

  private static func read(
    _ name: String, _ value: JSONView, into thread: inout ClientThread
  ) throws(RequestFault) {
    switch name {
    case "model", "messages", "system", "stream": break
    case "max_tokens": thread.parameters.maxTokens = try value.tokens(name)
    case "temperature": thread.parameters.temperature = try value.number(name)
    case "top_p": thread.parameters.topP = try value.number(name)
    case "stop_sequences": thread.parameters.stop = try value.texts(name, orOne: false)
    case "thinking": readThinking(value, into: &thread)
    case "output_config":
      for (field, inner) in value.members where !inner.isNull {
        switch field {
        case "effort": thread.parameters.effort = try inner.text("output_config.effort")
        case "format": ChatRequest.readFormat(inner, into: &thread)
        default: thread.uncarried.append("output_config.\(field)")
        }
      }
      // This protocol holds every answer to its schema.
      thread.schema?.isStrict = true
    case "tools":
      for (place, tool) in value.elements.enumerated() {
        let type = tool["type"]?.string ?? "custom"
        guard type == "custom", let name = tool["name"]?.string else {
          thread.uncarried.append("tools.\(place).type ‘\(VisibleText.line(type))’")
          continue
        }
        thread.toolUse.tools.append(
          Tool(
            name: name, description: tool["description"]?.string,
            schema: tool["input_schema"].map { .source($0.source) }, isStrict: tool["strict"]?.bool))
        thread.checkRest(
          tool, "tools.\(place)", known: ["type", "name", "description", "input_schema", "strict"],
          hints: ["cache_control", "eager_input_streaming"])
      }
    case "tool_choice":
      switch value["type"]?.string {
      case "auto": thread.toolUse.choice = .auto
      case "any": thread.toolUse.choice = .required
      case "none": thread.toolUse.choice = ToolUse.Choice.none
      case "tool": thread.toolUse.choice = value["name"]?.string.map { .named($0) }
      default: thread.uncarried.append(name)
      }
      if value["disable_parallel_tool_use"]?.bool == true { thread.toolUse.isParallel = false }
    case "service_tier": thread.leaveOut(name, if: ["auto", "standard_only"].contains(value.string))
    case "speed": thread.leaveOut(name, if: value.string == "standard")
    case "metadata", "cache_control", "betas": thread.hints.append(name)
    default: thread.leaveOut(name, value)
    }
  }

  /// A budget in tokens has no counterpart elsewhere: the nearest effort stands for it, unless one is given.
  private static func readThinking(_ view: JSONView, into thread: inout ClientThread) {
    switch view["type"]?.string {
    case "disabled": break
    case "adaptive": thread.hints.append("thinking")
    case "enabled":
      thread.hints.append("thinking.budget_tokens")
      guard thread.parameters.effort == nil else { return }
      let budget = view["budget_tokens"]?.tokens ?? 0
      thread.parameters.effort = budget <= 2048 ? "low" : budget <= 8192 ? "medium" : "high"
    default: thread.uncarried.append("thinking")
    }
  }

  private static func parts(
    _ content: JSONView?, _ path: String, into thread: inout ClientThread
  ) throws(RequestFault) -> [Part] {
    if let text = content?.string { return [.text(text)] }
    guard let content, content.isArray else {
      throw RequestFault("\(path): must be a text or a list of blocks", field: path)
    }
    var parts: [Part] = []
    for (place, block) in content.elements.enumerated() {
      let path = "\(path).\(place)"
      if block["cache_control"] != nil, !thread.hints.contains("cache_control") { thread.hints.append("cache_control") }
      switch block["type"]?.string ?? "" {
      case "text":
        guard let text = block["text"]?.string else {
          throw RequestFault("\(path).text: this text is required", field: path)
        }
        parts.append(.text(text))
        thread.checkRest(block, path, known: ["type", "text", "cache_control"], hints: ["citations"])
      case "image": try parts.append(contentsOf: image(block["source"], path, into: &thread))
      case "tool_use":
        guard let id = block["id"]?.string, let name = block["name"]?.string else {
          throw RequestFault("\(path): a tool_use block needs an id and a name", field: path)
        }
        parts.append(.toolCall(ToolCall(id: id, name: name, arguments: block["input"]?.source ?? "{}")))
      case "tool_result":
        guard let id = block["tool_use_id"]?.string else {
          throw RequestFault("\(path).tool_use_id: this text is required", field: path)
        }
        let content = try block["content"].map { (view) throws(RequestFault) in
          try Self.parts(view, "\(path).content", into: &thread)
        }
        var result = ToolResult(call: id, content: content ?? [])
        result.isError = block["is_error"]?.bool ?? false
        parts.append(.toolResult(result))
      // Thoughts are signed for the model that had them; another one has no use for them.
      case "thinking", "redacted_thinking": thread.hints.append(path)
      case let type: thread.uncarried.append("\(path).type ‘\(VisibleText.line(type))’")
      }
    }
    return parts
  }

  private static func image(
    _ source: JSONView?, _ path: String, into thread: inout ClientThread
  ) throws(RequestFault) -> [Part] {
    switch source?["type"]?.string {
    case "base64":
      guard let type = source?["media_type"]?.string, let data = source?["data"]?.string, let bytes = base64Bytes(data)
      else { throw RequestFault("\(path).source: the data is not base64, or its media_type is missing", field: path) }
      return [.image(Attachment(name: "image", mediaType: type, data: bytes))]
    case "url":
      guard let url = source?["url"]?.string else {
        throw RequestFault("\(path).source.url: this text is required", field: path)
      }
      return [.imageLink(url)]
    default:
      thread.uncarried.append("\(path).source")
      return []
    }
  }
}
