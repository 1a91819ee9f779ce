/// One piece of a message, in the order in which it was said.
public enum Part: Equatable, Sendable {
  case text(String)
  case image(Attachment)
  /// By address: fetched by the provider, never by Furlong.
  case imageLink(String)
  case toolCall(ToolCall)
  case toolResult(ToolResult)
}

extension Part {
  /// Itself, and what is within it.
  public var pieces: [Part] { if case .toolResult(let result) = self { [self] + result.content } else { [self] } }
}

/// A model's wish that a tool be used.
public struct ToolCall: Equatable, Sendable {
  public var id: String
  public var name: String
  /// JSON text, as the model wrote it.
  public var arguments: String

  public init(id: String, name: String, arguments: String) {
    self.id = id
    self.name = name
    self.arguments = arguments
  }
}

extension ToolCall {
  private static let mark: Character = "~"

  /// Some providers sign a call and want the signature back. Clients return nothing but the id: it carries both.
  public static func id(_ id: String, signature: String?) -> String { signature.map { "\(id)\(mark)\($0)" } ?? id }

  /// The id without a signature: other providers allow few letters in one.
  public static func plainID(_ id: String) -> String { id.firstIndex(of: mark).map { String(id[..<$0]) } ?? id }

  public var plainID: String { ToolCall.plainID(id) }

  public var signature: String? { id.firstIndex(of: ToolCall.mark).map { String(id[id.index(after: $0)...]) } }

  /// The arguments as a text; what no reader of JSON would read in them is written anew.
  public var argumentsText: String {
    let document = JSONDocument()
    guard let view = try? document.parse(arguments), !document.isClean else { return arguments }
    return view.source
  }

  /// The arguments where a protocol wants an object; what a model wrote that is none is passed on as a text in one.
  public var argumentsObject: JSON {
    if arguments.allSatisfy(\.isWhitespace) { return [:] }
    guard let view = try? JSONDocument().parse(arguments), view.isObject else { return ["text": .string(arguments)] }
    return .source(view.source)
  }
}

/// What a tool answered. Its content is text and images.
public struct ToolResult: Equatable, Sendable {
  /// The id of the call.
  public var call: String
  public var content: [Part]
  public var isError = false

  public init(call: String, content: [Part]) {
    self.call = call
    self.content = content
  }

  public var text: String { content.text }
  public var isText: Bool { content.isText }
}

extension [Part] {
  /// The text pieces, put together.
  public var text: String {
    compactMap { if case .text(let text) = $0 { text } else { nil } }.joined(separator: "\n\n")
  }

  public var isText: Bool { allSatisfy { if case .text = $0 { true } else { false } } }
}

/// A tool that a model may ask for.
public struct Tool: Equatable, Sendable {
  public var name: String
  public var description: String?
  /// JSON Schema of its arguments; nil for none.
  public var schema: JSON?
  public var isStrict: Bool?

  public init(name: String, description: String? = nil, schema: JSON? = nil, isStrict: Bool? = nil) {
    self.name = name
    self.description = description
    self.schema = schema
    self.isStrict = isStrict
  }
}

/// The tools of a request and how they may be used.
public struct ToolUse: Equatable, Sendable {
  public enum Choice: Equatable, Sendable {
    case auto, none, required
    case named(String)
  }

  public var tools: [Tool] = []
  public var choice: Choice?
  /// Whether more than one call may be made at once; nil: the provider's own default.
  public var isParallel: Bool?

  public init() {}
}
