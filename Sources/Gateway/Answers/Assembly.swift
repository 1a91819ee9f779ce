import Core

/// Puts the events of a stream together to the body that the provider would have sent without one, fields that nobody here knows
/// included: upstream everything is streamed. One for each answer; on the transfer thread.
struct Assembly {
  private let dialect: ClientDialect
  private let document = JSONDocument()
  private var body: JSON?
  /// Texts of calls' arguments, by block: they are JSON only once they are whole.
  private var inputs: [Int: String] = [:]

  init(_ dialect: ClientDialect) { self.dialect = dialect }

  /// Nil when no event was whole enough for one.
  var whole: JSON? {
    guard var body else { return nil }
    if dialect == .chat { body["choices"] = body["choices"].map(Assembly.withoutNumbers) }
    if dialect == .anthropic, case .array(var blocks)? = body["content"] {
      for (index, text) in inputs where blocks.indices.contains(index) {
        blocks[index]["input"] = ToolCall(id: "", name: "", arguments: text).argumentsObject
      }
      body["content"] = .array(blocks)
    }
    return body
  }

  mutating func add(_ data: UnsafeRawBufferPointer) {
    guard let view = try? document.parse(data), view.isObject else { return }
    switch dialect {
    case .chat: addChunk(view)
    case .anthropic: addEvent(view)
    case .responses:
      // The last event has it all.
      if let response = view["response"] { body = .source(response.source) }
    }
  }

  // MARK: Chat

  private mutating func addChunk(_ view: JSONView) {
    var whole = body ?? ["object": "chat.completion"]
    for (name, value) in view.members where !value.isNull && name != "object" {
      guard name == "choices" else {
        whole[name] = .source(value.source)
        continue
      }
      var choices = whole[name]?.items ?? []
      for (place, choice) in value.elements.enumerated() {
        let index = choice["index"]?.count ?? place
        guard index < 128 else { continue }
        while choices.count <= index {
          choices.append(["index": .int(choices.count), "message": ["role": "assistant", "content": .null]])
        }
        for (field, part) in choice.members where field != "index" {
          if field == "delta" {
            choices[index]["message"] = Assembly.merged(choices[index]["message"] ?? [:], part)
          } else if !part.isNull || choices[index][field] == nil {
            choices[index][field] = part.isObject ? Assembly.merged(choices[index][field] ?? [:], part) : JSON(part)
          }
        }
      }
      whole[name] = .array(choices)
    }
    body = whole
  }

  /// Calls are numbered in streams only.
  private static func withoutNumbers(_ choices: JSON) -> JSON {
    let items = (choices.items ?? []).map { choice in
      var choice = choice
      guard let calls = choice["message"]?["tool_calls"]?.items else { return choice }
      let plain = calls.map { call in
        var call = call
        call["index"] = nil
        return call
      }
      choice["message"]?["tool_calls"] = .array(plain)
      return choice
    }
    return .array(items)
  }

  /// Texts go on, numbered entries are put into their places, everything else is replaced.
  private static func merged(_ old: JSON, _ new: JSONView) -> JSON {
    guard case .object = old else { return JSON(new) }
    var merged = old
    for (name, value) in new.members where !value.isNull {
      switch merged[name] {
      case nil, .null?: merged[name] = numbered(value).map { .array($0) } ?? JSON(value)
      case .string(let text)? where !["role", "type", "id", "name"].contains(name):
        merged[name] = value.string.map { .string(text + $0) } ?? JSON(value)
      case .object? where value.isObject: merged[name] = Assembly.merged(merged[name] ?? [:], value)
      case .array(let items)? where value.isArray: merged[name] = .array(add(value, to: items))
      default: if value.string == nil || !["role", "type", "id", "name"].contains(name) { merged[name] = JSON(value) }
      }
    }
    return merged
  }

  private static func numbered(_ value: JSONView) -> [JSON]? { value.isArray ? add(value, to: []) : nil }

  private static func add(_ value: JSONView, to items: [JSON]) -> [JSON] {
    var items = items
    for item in value.elements {
      let place = item["index"]?.count.flatMap { index in
        items.firstIndex { $0["index"]?.serialized() == "\(index)" }
      }
      if let place { items[place] = merged(items[place], item) } else { items.append(JSON(item)) }
    }
    return items
  }

  // MARK: Anthropic

  private mutating func addEvent(_ view: JSONView) {
    let index = view["index"]?.count ?? 0
    switch view["type"]?.string {
    case "message_start": if let message = view["message"] { body = JSON(message) }
    case "content_block_start":
      guard let block = view["content_block"], index < 4096 else { return }
      var blocks = body?["content"]?.items ?? []
      while blocks.count <= index { blocks.append([:]) }
      blocks[index] = JSON(block)
      body?["content"] = .array(blocks)
    case "content_block_delta": if let delta = view["delta"] { addDelta(delta, to: index) }
    case "message_delta":
      for (name, value) in view["delta"]?.members ?? [] { body?[name] = JSON(value) }
      if let usage = view["usage"] {
        var all = body?["usage"] ?? [:]
        for (name, value) in usage.members where !value.isNull { all[name] = JSON(value) }
        body?["usage"] = all
      }
    default: break
    }
  }

  private mutating func addDelta(_ delta: JSONView, to index: Int) {
    guard var blocks = body?["content"]?.items, blocks.indices.contains(index) else { return }
    for (name, value) in delta.members where name != "type" {
      if name == "partial_json" {
        inputs[index, default: ""] += value.string ?? ""
      } else if name == "citation" {
        blocks[index]["citations"] = .array((blocks[index]["citations"]?.items ?? []) + [JSON(value)])
      } else if case .string(let text)? = blocks[index][name], let more = value.string {
        blocks[index][name] = .string(text + more)
      } else {
        blocks[index][name] = JSON(value)
      }
    }
    body?["content"] = .array(blocks)
  }
}

extension JSON {
  /// A value as a tree, texts decoded, so that it can be added to.
  init(_ view: JSONView) {
    if view.isObject {
      self = .object(view.members.map { Member(name: $0.name, value: JSON($0.value)) })
    } else if view.isArray {
      self = .array(view.elements.map(JSON.init))
    } else {
      self = view.string.map { .string($0) } ?? .source(view.source)
    }
  }

  fileprivate var items: [JSON]? { if case .array(let items) = self { items } else { nil } }
}
