import Core

/// A wire protocol as pure functions: it builds a request, decodes an event, and reads a list of models. No I/O.
/// To add one: a file, a row in `Dialects.all`, and a recorded stream with its test.
public protocol Dialect: Sendable {
  static var name: String { get }

  /// Path below the base URL, and body, of a streamed request. Parameters that this protocol has no field for are told in `notices`.
  func request(_ ask: Ask, to service: Service) -> DialectRequest

  /// Why no model of this name can be asked for by this protocol, as the end of a sentence; nil when one can.
  func fault(inModel name: String) -> String?

  /// Headers that carry the key, and any the protocol demands.
  func headers(key: String?) -> [Service.Header]

  func makeDecoder(for service: Service) -> any EventDecoder

  /// Path of the list of models, below the base URL.
  var modelsPath: String { get }

  /// The ids in an answer to `modelsPath`, without prefixes of the protocol.
  func readModels(_ body: JSONView) -> [ListedModel]
}

public struct DialectRequest: Equatable, Sendable {
  public var path: String
  public var body: JSON
  public var notices: [String] = []

  public init(path: String, body: JSON) {
    self.path = path
    self.body = body
  }
}

/// Decodes the events of one stream; keeps what it must remember between them.
public protocol EventDecoder {
  mutating func decode(_ event: JSONView, into deltas: inout [Delta])
  /// The same answer sent as one JSON body, by a server that does not stream.
  mutating func decodeWhole(_ body: JSONView, into deltas: inout [Delta])
}

extension [Delta] {
  /// Text is a delta only when there is some.
  mutating func append(_ channel: Channel, _ text: JSONView?) {
    if let text = text?.string, !text.isEmpty { append(.text(channel, text)) }
  }

  /// The error of an event that announces one, whatever its shape.
  mutating func appendError(_ event: JSONView) {
    let unnamed = ResponseError(.server, "the stream reported an error without saying which")
    append(.failure(ErrorBody.read(event, status: nil) ?? unnamed))
  }
}

/// Numbers the tool calls of one answer from 0, whatever a provider calls them.
struct CallNumbers {
  /// No answer has more; a stream that goes on numbering must not fill the memory. Whatever comes after has this number.
  private static let most = 1024
  private var keys: [String] = []
  /// The key that an index stands for now, where a server reuses one.
  private var renamed: [String: String] = [:]

  var count: Int { keys.count }

  func knows(_ key: String) -> Bool { keys.contains(key) }

  /// The number of a call; a new one is added.
  subscript(key: String) -> Int {
    mutating get {
      if let index = keys.firstIndex(of: key) { return index }
      guard keys.count < Self.most else { return Self.most }
      keys.append(key)
      return keys.count - 1
    }
  }

  /// A call with an id of its own has begun under this index.
  mutating func rename(_ index: String, to id: String) -> String {
    if renamed.count < Self.most || renamed[index] != nil { renamed[index] = "\(index) \(id)" }
    return latest(index)
  }

  func latest(_ index: String) -> String { renamed[index] ?? index }
}

/// A model in a provider's own list.
public struct ListedModel: Equatable, Sendable {
  public var id: String
  /// Tokens the model can read; nil when the list does not say.
  public var contextLength: Int?
  /// When it came out, in seconds since 1970; nil when the list does not say.
  public var created: Int64?

  public init(id: String, contextLength: Int? = nil, created: Int64? = nil) {
    self.id = id
    self.contextLength = contextLength
    self.created = created
  }
}

extension Dialect {
  /// Most write the name into the body, where any text is only a text.
  public func fault(inModel name: String) -> String? { nil }

  public var modelsPath: String { "/models" }

  public func headers(key: String?) -> [Service.Header] {
    key.map { [.init("Authorization", "Bearer \($0)")] } ?? []
  }

  /// `{"data": [{"id", …}]}`, the shape of most lists.
  public func readModels(_ body: JSONView) -> [ListedModel] {
    let entries = body["data"]?.elements ?? body.elements
    return entries.compactMap { entry in
      guard let id = entry["id"]?.string else { return nil }
      let context =
        entry["context_length"] ?? entry["max_context_length"] ?? entry["context_window"] ?? entry["max_model_len"]
        ?? entry["max_input_tokens"] ?? entry["meta"]?["n_ctx"] ?? entry["metadata"]?["context_length"]
      let created = entry["created"]?.date ?? entry["created_at"]?.string.flatMap(secondsSince1970(isoTime:))
      // Some servers write 0, others the present moment: neither tells a new model from an old one.
      return ListedModel(id: id, contextLength: context?.tokens, created: created.flatMap { $0 > 0 ? $0 : nil })
    }
  }
}

extension Service {
  /// Why this service can have no model of this name, as a sentence; nil when it could.
  public func fault(inModel name: String) -> String? {
    let fault = ModelID.fault(inModel: name) ?? Dialects.named(dialect)?.fault(inModel: name)
    return fault.map { "‘\(VisibleText.line(String(name.prefix(200))))’ is no name of a model at \(id): it \($0)" }
  }
}

/// The dialects that can be named in a config.
public enum Dialects {
  public static let all: [any Dialect] = [
    OpenAIChatDialect(), OpenAIResponsesDialect(), AnthropicDialect(), GeminiDialect(), ScriptedDialect(),
  ]

  public static let names = all.map { type(of: $0).name }

  public static func named(_ name: String) -> (any Dialect)? { all.first { type(of: $0).name == name } }
}
