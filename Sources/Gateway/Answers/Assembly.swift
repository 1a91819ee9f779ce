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
    // Held by nobody else while it grows: a text of megabytes is not copied for each of its tokens.
    body = nil
    for (name, value) in view.members where !value.isNull && name != "object" {
      guard name == "choices" else {
        whole[name] = .source(value.source)
        continue
      }
      whole.change(name) { choices in
        if choices == nil { choices = [] }
        choices?.changeItems { items in
          for (place, choice) in value.elements.enumerated() { Assembly.add(choice, at: place, to: &items) }
        }
      }
    }
    body = whole
  }

  private static func add(_ choice: JSONView, at place: Int, to items: inout [JSON]) {
    let index = choice["index"]?.count ?? place
    guard index < 128 else { return }
    while items.count <= index {
      items.append(["index": .int(items.count), "message": ["role": "assistant", "content": .null]])
    }
    for (field, part) in choice.members where field != "index" {
      if field == "delta" {
        items[index].change("message") { merge(part, into: &$0) }
      } else if part.isObject {
        items[index].change(field) { merge(part, into: &$0) }
      } else if !part.isNull || items[index][field] == nil {
        items[index][field] = JSON(part)
      }
    }
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
  private static func merge(_ new: JSONView, into old: inout JSON?) {
    guard old == nil || old?.kind == .object else {
      old = JSON(new)
      return
    }
    var merged = old ?? [:]
    old = nil
    for (name, value) in new.members where !value.isNull {
      let isWord = ["role", "type", "id", "name"].contains(name)
      merged.change(name) { member in
        let kind = member?.kind
        if kind == nil || kind == .null {
          member = value.isArray ? [] : JSON(value)
          if value.isArray { member?.changeItems { add(value, to: &$0) } }
        } else if kind == .string, !isWord, let more = value.string {
          member?.append(more)
        } else if kind == .object, value.isObject {
          merge(value, into: &member)
        } else if kind == .array, value.isArray {
          member?.changeItems { add(value, to: &$0) }
        } else if value.string == nil || !isWord {
          member = JSON(value)
        }
      }
    }
    old = merged
  }

  private static func add(_ value: JSONView, to items: inout [JSON]) {
    for item in value.elements {
      let place = item["index"]?.count.flatMap { index in
        items.firstIndex { $0["index"]?.serialized() == "\(index)" }
      }
      guard let place else {
        items.append(JSON(item))
        continue
      }
      var one: JSON? = items[place]
      items[place] = .null
      merge(item, into: &one)
      items[place] = one ?? .null
    }
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
    for (name, value) in delta.members where name == "partial_json" { inputs[index, default: ""] += value.string ?? "" }
    body?.change("content") { content in
      content?.changeItems { blocks in
        guard blocks.indices.contains(index) else { return }
        for (name, value) in delta.members where name != "type" && name != "partial_json" {
          Assembly.add(value, named: name, to: &blocks[index])
        }
      }
    }
  }

  private static func add(_ value: JSONView, named name: String, to block: inout JSON) {
    if name == "citation" {
      block["citations"] = .array((block["citations"]?.items ?? []) + [JSON(value)])
      return
    }
    block.change(name) { member in
      if member?.kind == .string, let more = value.string { member?.append(more) } else { member = JSON(value) }
    }
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

  fileprivate enum Kind { case null, string, array, object, other }

  /// Asked before a change: whoever looks into a value while it is changed holds a copy of it.
  fileprivate var kind: Kind {
    switch self {
    case .null: .null
    case .string: .string
    case .array: .array
    case .object: .object
    case .bool, .number, .source: .other
    }
  }

  /// Changes a member of an object in place; nil is none.
  fileprivate mutating func change(_ name: String, _ body: (inout JSON?) -> Void) {
    guard case .object(var members) = self else { return }
    self = .null
    let index = members.firstIndex { $0.name == name }
    var value = index.map { members[$0].value }
    if let index { members[index].value = .null }
    body(&value)
    switch (index, value) {
    case (let index?, let value?): members[index].value = value
    case (let index?, nil): members.remove(at: index)
    case (nil, let value?): members.append(Member(name: name, value: value))
    case (nil, nil): break
    }
    self = .object(members)
  }

  fileprivate mutating func changeItems(_ body: (inout [JSON]) -> Void) {
    guard case .array(var items) = self else { return }
    self = .null
    body(&items)
    self = .array(items)
  }

  fileprivate mutating func append(_ more: String) {
    guard case .string(var text) = self else { return }
    self = .null
    text += more
    self = .string(text)
  }

  fileprivate var items: [JSON]? { if case .array(let items) = self { items } else { nil } }
}
