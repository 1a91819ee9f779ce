import Core
import Engine
import Providers

/// What a client of the gateway asks for: read once, then sent on as it is to a service of the same dialect, or written anew
/// for one of another.
struct ClientRequest {
  let dialect: ClientDialect
  /// As the client wrote it: a route, `provider/model`, or a bare model name.
  let model: String
  let isStream: Bool
  /// An OpenAI chat client that wants the usage chunk.
  let wantsUsage: Bool
  /// Whose request it is, as the client says; a split keeps to it.
  let user: String?
  let maxTokens: Int?
  /// The body's own members, as they came.
  private let members: [JSON.Member]
  /// Bytes of the body.
  let size: Int
  let needsTools: Bool
  /// By estimate: four bytes a token, as everywhere.
  var tokens: Int { size / 4 }
  /// The same in Furlong's words. What it cannot be put into is the provider's to refuse, where that speaks the same dialect.
  private(set) var thread: Result<ClientThread, RequestFault>

  /// - Throws: `RequestFault` for what no provider could understand.
  init(_ body: UnsafeRawBufferPointer, dialect: ClientDialect, isCount: Bool = false) throws(RequestFault) {
    let document = JSONDocument()
    let view: JSONView
    do { view = try document.parse(body) } catch {
      throw RequestFault("the body is not JSON: it breaks off at byte \(error.offset)")
    }
    guard view.isObject else { throw RequestFault("the body must be a JSON object") }
    let fields = view.members
    var seen = Set<String>()
    // Which of two is meant, every reader decides for itself: a key's limits must not hang on that.
    if let twice = fields.first(where: { !seen.insert($0.name).inserted })?.name {
      throw RequestFault("‘\(VisibleText.line(twice))’ stands in the body twice", field: twice)
    }
    guard let model = view["model"]?.string, !model.isEmpty else {
      throw RequestFault("‘model’ is missing: name a route, or provider/model", field: "model")
    }
    self.dialect = dialect
    self.model = model
    size = body.count
    if let stream = view["stream"], stream.bool == nil {
      throw RequestFault("‘stream’ must be true or false", field: "stream")
    }
    isStream = view["stream"]?.bool ?? false
    wantsUsage = view["stream_options"]?["include_usage"]?.bool ?? false
    let named = view["user"] ?? view["safety_identifier"] ?? view["metadata"]?["user_id"]
    user = named?.string
    // Below zero some servers take for no cap; above what a call can have nothing could be reckoned.
    for name in ["max_completion_tokens", "max_output_tokens", "max_tokens"] as [StaticString] {
      guard let text = view[name]?.numberText, Double(text) ?? 0 > Double(Bounds.tokens.upperBound) else { continue }
      throw RequestFault("‘\(name)’ must be a whole number \(Bounds.text(Bounds.tokens))", field: "\(name)")
    }
    maxTokens = (view["max_completion_tokens"] ?? view["max_output_tokens"] ?? view["max_tokens"])?.tokens
    needsTools = view["tools"]?.first != nil
    members = fields.map { .init(name: $0.name, value: .source($0.value.source)) }
    do throws(RequestFault) {
      switch dialect {
      case .chat: thread = .success(try ChatRequest.read(view))
      case .responses: thread = .success(try ResponsesRequest.read(view))
      case .anthropic: thread = .success(try MessagesRequest.read(view, isCount: isCount))
      }
    } catch {
      thread = .failure(error)
    }
  }

  /// Fields that the config allows to leave out on the way to another dialect.
  mutating func leaveOut(named names: Set<String>) {
    guard !names.isEmpty else { return }
    thread = thread.map { thread in
      var thread = thread
      thread.leaveOut(named: names)
      return thread
    }
  }

  /// What the person or program said last, and under which instructions.
  var prompt: String { (try? thread.get())?.messages.last { $0.role == .user }?.text ?? "" }
  var system: String? { (try? thread.get())?.system }

  /// The body for a service of the same dialect: only the model's name is another, and the answer is always a stream.
  func body(model: String) -> JSON {
    var sent = members
    func set(_ name: String, _ value: JSON) {
      if let index = sent.firstIndex(where: { $0.name == name }) {
        sent[index].value = value
      } else {
        sent.append(.init(name: name, value: value))
      }
    }
    set("model", .string(model))
    set("stream", true)
    if dialect == .chat, !wantsUsage {
      let options = members.first { $0.name == "stream_options" }?.value
      set("stream_options", ClientRequest.withUsage(options))
    }
    return .object(sent)
  }

  /// A body without what only a request for an answer has, for counting.
  func countBody(model: String) -> JSON {
    var body = JSON.object(members.filter { $0.name != "stream" })
    body["model"] = .string(model)
    return body
  }

  private static func withUsage(_ options: JSON?) -> JSON {
    guard case .source(let text)? = options, let view = try? JSONDocument().parse(text), view.isObject else {
      return ["include_usage": true]
    }
    let others = view.members.filter { $0.name != "include_usage" }
    return .object(
      others.map { .init(name: $0.name, value: .source($0.value.source)) }
        + [.init(name: "include_usage", value: true)])
  }
}

extension JSONView {
  /// - Throws: for another kind of value than the field has in every dialect.
  func number(_ field: String) throws(RequestFault) -> Double {
    guard let double else { throw RequestFault("‘\(field)’ must be a number", field: field) }
    return double
  }

  /// A number of tokens.
  func tokens(_ field: String) throws(RequestFault) -> Int {
    guard let tokens else {
      throw RequestFault("‘\(field)’ must be a whole number, not below zero", field: field)
    }
    return tokens
  }

  func text(_ field: String) throws(RequestFault) -> String {
    guard let string else { throw RequestFault("‘\(field)’ must be a text", field: field) }
    return string
  }

  func flag(_ field: String) throws(RequestFault) -> Bool {
    guard let bool else { throw RequestFault("‘\(field)’ must be true or false", field: field) }
    return bool
  }

  /// Texts in a list, or one alone where the dialect allows it.
  func texts(_ field: String, orOne: Bool) throws(RequestFault) -> [String] {
    if orOne, let string { return [string] }
    let texts = elements.compactMap(\.string)
    guard isArray, texts.count == elements.count else {
      throw RequestFault("‘\(field)’ must be a list of texts", field: field)
    }
    return texts
  }

  /// A value that says nothing.
  var isEmpty: Bool { isNull || isArray && first == nil || isObject && members.isEmpty }
}

/// What no provider is asked about: the request itself is wrong.
struct RequestFault: Error, Equatable {
  var message: String
  /// The field at fault, by its path in the body.
  var field: String?

  init(_ message: String, field: String? = nil) {
    self.message = message
    self.field = field
  }
}

/// A request in Furlong's own words, for a service of another dialect.
struct ClientThread {
  var system: String?
  var messages: [Message] = []
  var parameters = Parameters()
  var schema: OutputSchema?
  var wantsJSON = false
  var toolUse = ToolUse()
  /// Fields that only the client's own dialect knows: a service of another is not asked.
  var uncarried: [String] = []
  /// Fields without a bearing on the answer, left out on the way to another dialect.
  var hints: [String] = []

  /// Sorts a field that is known here to nobody.
  mutating func leaveOut(_ field: String, _ value: JSONView) { leaveOut(field, if: value.isEmpty) }

  /// Fields that the config allows to leave out, whatever they say.
  mutating func leaveOut(named names: Set<String>) {
    func isNamed(_ field: String) -> Bool {
      names.contains { field == $0 || field.hasPrefix("\($0)[") || field.hasPrefix("\($0).") }
    }
    hints += uncarried.filter(isNamed)
    uncarried.removeAll(where: isNamed)
  }

  /// Fields of a part that no other dialect has a place for; those that are only hints are told apart.
  mutating func checkRest(_ view: JSONView, _ path: String, known: Set<String>, hints harmless: Set<String> = []) {
    for (name, value) in view.members where !known.contains(name) {
      leaveOut("\(path).\(VisibleText.line(name))", if: harmless.contains(name) || value.isEmpty)
    }
  }

  /// Sorts what is not carried over: a value that changes nothing may be left out.
  mutating func leaveOut(_ field: String, if isHarmless: Bool) {
    if isHarmless { hints.append(field) } else { uncarried.append(field) }
  }

  /// Answers of tools that follow each other belong to one message.
  mutating func append(_ role: Message.Role, _ parts: [Part]) {
    guard !parts.isEmpty else { return }
    if let last = messages.indices.last, messages[last].role == role, role == .user,
      messages[last].content.allSatisfy(\.isToolResult)
    {
      messages[last] = Message(role, content: messages[last].content + parts)
    } else {
      messages.append(Message(role, content: parts))
    }
  }

  /// Leading instructions, put together.
  mutating func addSystem(_ text: String) {
    if messages.isEmpty {
      system = system.map { "\($0)\n\n\(text)" } ?? text
    } else {
      messages.append(Message(.system, content: [.text(text)]))
    }
  }

  /// Why a service of another dialect cannot be asked; nil when everything can be carried over.
  func refusal(by lane: Lane, speaking other: String) -> String? {
    guard !uncarried.isEmpty else { return nil }
    let fields = uncarried.map { "‘\($0)’" }.joined(separator: ", ")
    return
      "\(fields) cannot be carried over to \(lane.model.text), which speaks \(other): leave it out, or ask for a model whose provider speaks the dialect of this request"
  }
}

extension Part {
  var isToolResult: Bool { if case .toolResult = self { true } else { false } }

  /// An image as OpenAI clients give it: an address, or the bytes in one.
  init?(url: String) {
    guard url.hasPrefix("data:") else {
      self = .imageLink(url)
      return
    }
    guard let comma = url.firstIndex(of: ","), url[..<comma].hasSuffix(";base64"),
      let bytes = base64Bytes(String(url[url.index(after: comma)...]))
    else { return nil }
    self = .image(Attachment(name: "image", mediaType: String(url[..<comma].dropFirst(5).dropLast(7)), data: bytes))
  }
}
