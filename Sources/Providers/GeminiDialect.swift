import Core

/// Google Gemini, native. Usage comes with every chunk, thoughts are counted apart from the answer, and a stream has no
/// end mark: the last chunk has a `finishReason`.
public struct GeminiDialect: Dialect {
  public static let name = "gemini"

  public init() {}

  public func request(_ ask: Ask, to service: Service) -> DialectRequest {
    let parameters = ask.parameters
    var config: JSON = [:]
    config["temperature"] = parameters.temperature.map(JSON.double)
    config["topP"] = parameters.topP.map(JSON.double)
    config["maxOutputTokens"] = parameters.maxTokens.map { .int($0) }
    config["seed"] = parameters.seed.map { .int($0) }
    if !parameters.stop.isEmpty { config["stopSequences"] = .array(parameters.stop.map { .string($0) }) }
    if let schema = ask.schema, service.wire.schema != .none {
      config["responseMimeType"] = "application/json"
      config["responseJsonSchema"] = schema.schema
    } else if ask.wantsJSON {
      config["responseMimeType"] = "application/json"
    }
    var thinking: JSON = ["includeThoughts": true]
    switch parameters.effort {
    case nil: break
    case "none": thinking = ["thinkingBudget": 0]
    case let effort?: thinking["thinkingLevel"] = .string(effort == "max" ? "XHIGH" : effort.uppercased())
    }
    // Models before 2.5 do not think and refuse the field; ask for thoughts only where an effort is set or the name tells.
    let thinks =
      parameters.effort != nil || ["gemini-2.5", "gemini-3"].contains { Self.plainName(ask.model).hasPrefix($0) }
    if thinks { config["thinkingConfig"] = thinking }

    // An answer to a call goes by the tool's name here.
    var names: [String: String] = [:]
    for case .toolCall(let call) in ask.messages.flatMap(\.content) { names[call.id] = call.name }
    var body: JSON = ["contents": .array(ask.messages.map { Self.content($0, names: names) })]
    body["systemInstruction"] = ask.system.map { ["parts": [["text": .string($0)]]] }
    if config != [:] { body["generationConfig"] = config }
    Self.write(ask.toolUse, into: &body)
    var request = DialectRequest(path: Self.path(of: ask.model) + ":streamGenerateContent?alt=sse", body: body)
    for part in ask.messages.flatMap(\.content).flatMap(\.pieces) {
      switch part {
      case .imageLink: request.notices.append("an image by its address not sent: this protocol takes only its bytes")
      default: break
      }
    }
    if ask.toolUse.isParallel == false {
      request.notices.append("one tool call at a time not asked for: this protocol has no such switch")
    }
    if ask.messages.contains(where: { $0.role == .system }) {
      request.notices.append("a system message after the first prompt not sent: this protocol has only one, at the top")
    }
    return request
  }

  /// The model stands in the URL: letters, digits and `-._@`, with slashes where the name says to what it belongs.
  public func fault(inModel name: String) -> String? {
    let isSound = name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: "-._@/".utf8.contains(byte)
      }
    }
    return isSound && name.first != "/" ? nil : "holds other characters than letters, digits and -._@/"
  }

  private static func plainName(_ model: String) -> Substring { model.split(separator: "/").last ?? "" }

  /// A whole name (`models/…`, `tunedModels/…`, `publishers/google/models/…`) is a path of its own; anything else is one model.
  private static func path(of model: String) -> String {
    let parts = model.split(separator: "/", omittingEmptySubsequences: false).map { URLPart.encoded(String($0)) }
    let isWhole = parts.count > 1 && ["models", "tunedModels"].contains(parts[parts.count - 2])
    return isWhole ? "/" + parts.joined(separator: "/") : "/models/" + URLPart.encoded(model)
  }

  private static func content(_ message: Message, names: [String: String]) -> JSON {
    let all = message.parts(imagesFirst: true).flatMap { part -> [Part] in
      // Images have no place in a tool's answer here: they follow it.
      guard case .toolResult(let result) = part else { return [part] }
      return [part] + result.content.filter { if case .image = $0 { true } else { false } }
    }
    let parts: [JSON] = all.map { part in
      switch part {
      case .text(let text): return ["text": .string(text)]
      case .image(let image):
        return ["inlineData": ["mimeType": .string(image.mediaType), "data": .string(image.base64)]]
      case .imageLink(let url): return ["fileData": ["fileUri": .string(url)]]
      case .toolCall(let call):
        var part: JSON = ["functionCall": ["name": .string(call.name), "args": call.argumentsObject]]
        part["thoughtSignature"] = call.signature.map { .string($0) }
        return part
      case .toolResult(let result):
        let field = result.isError ? "error" : "result"
        let response = JSON.object([.init(name: field, value: .string(result.text))])
        return ["functionResponse": ["name": .string(names[result.call] ?? result.call), "response": response]]
      }
    }
    return ["role": message.role == .assistant ? "model" : "user", "parts": .array(parts)]
  }

  private static func write(_ use: ToolUse, into body: inout JSON) {
    guard !use.tools.isEmpty else { return }
    let declarations: [JSON] = use.tools.map { tool in
      var entry: JSON = ["name": .string(tool.name)]
      entry["description"] = tool.description.map { .string($0) }
      entry["parametersJsonSchema"] = tool.schema
      return entry
    }
    body["tools"] = [["functionDeclarations": .array(declarations)]]
    var config: JSON
    switch use.choice {
    case nil: return
    case .auto: config = ["mode": "AUTO"]
    case .none?: config = ["mode": "NONE"]
    case .required: config = ["mode": "ANY"]
    case .named(let name): config = ["mode": "ANY", "allowedFunctionNames": [.string(name)]]
    }
    body["toolConfig"] = ["functionCallingConfig": config]
  }

  public func headers(key: String?) -> [Service.Header] { key.map { [.init("x-goog-api-key", $0)] } ?? [] }

  public var modelsPath: String { "/models?pageSize=1000" }

  public func readModels(_ body: JSONView) -> [ListedModel] {
    (body["models"]?.elements ?? []).compactMap { entry in
      guard let name = entry["name"]?.string else { return nil }
      let methods = entry["supportedGenerationMethods"]?.elements.compactMap(\.string) ?? []
      guard methods.isEmpty || methods.contains("generateContent") else { return nil }
      let id = name.hasPrefix("models/") ? String(name.dropFirst(7)) : name
      return ListedModel(id: id, contextLength: entry["inputTokenLimit"]?.tokens)
    }
  }

  public func makeDecoder(for service: Service) -> any EventDecoder { Decoder() }

  struct Decoder: EventDecoder {
    private var sawModel = false
    private var calls = 0
    /// Queries to Google's search that the answer rests on.
    private var searches = 0

    mutating func decode(_ event: JSONView, into deltas: inout [Delta]) {
      if let error = ErrorBody.read(event, status: nil) {
        deltas.append(.failure(error))
        return
      }
      if !sawModel, let model = event["modelVersion"]?.string {
        sawModel = true
        deltas.append(.model(model))
        if let id = event["responseId"]?.string { deltas.append(.requestID(id)) }
      }
      let candidate = event["candidates"]?.first
      for part in candidate?["content"]?["parts"]?.elements ?? [] {
        if let call = part["functionCall"] {
          // The signature comes back with the call, in the one field that every client returns.
          let id = ToolCall.id(call["id"]?.string ?? "call_\(calls + 1)", signature: part["thoughtSignature"]?.string)
          deltas.append(
            .toolCall(
              ToolCallPiece(
                index: calls, id: id, name: call["name"]?.string, arguments: call["args"]?.source ?? "{}")))
          calls += 1
        }
        guard let text = part["text"]?.string, !text.isEmpty else { continue }
        deltas.append(.text(part["thought"]?.bool == true ? .reasoning : .answer, text))
      }
      searches = max(searches, candidate?["groundingMetadata"]?["webSearchQueries"]?.elements.count ?? 0)
      let reason = candidate?["finishReason"]?.string
      if let view = event["usageMetadata"] { deltas.append(.usage(usage(view, isOutputFinal: reason != nil))) }
      if let reason {
        deltas.append(calls > 0 && reason == "STOP" ? .finish(.toolCalls) : Self.finish(reason))
      } else if event["promptFeedback"]?["blockReason"]?.string != nil {
        deltas.append(.finish(.refusal))
      }
    }

    /// Without `alt=sse` the answer is an array of the same chunks.
    mutating func decodeWhole(_ body: JSONView, into deltas: inout [Delta]) {
      for chunk in body.isArray ? body.elements : [body] { decode(chunk, into: &deltas) }
      deltas.append(.terminator)
    }

    private static let modalities: [(field: StaticString, audio: TokenClass, image: TokenClass, video: TokenClass?)] = [
      ("promptTokensDetails", .inputAudio, .inputImage, .inputVideo),
      ("toolUsePromptTokensDetails", .inputAudio, .inputImage, .inputVideo),
      ("cacheTokensDetails", .cacheAudioRead, .cacheImageRead, nil),
      ("candidatesTokensDetails", .outputAudio, .outputImage, nil),
    ]

    private func usage(_ view: JSONView, isOutputFinal: Bool) -> Usage {
      var usage = Usage()
      let prompt = usage.take("promptTokenCount", of: view) ?? 0
      usage.input = prompt + (usage.take("toolUsePromptTokenCount", of: view) ?? 0)
      usage.cacheRead = usage.take("cachedContentTokenCount", of: view) ?? 0
      usage.reasoning = usage.take("thoughtsTokenCount", of: view) ?? 0
      let candidates = usage.take("candidatesTokenCount", of: view) ?? 0
      usage.output = candidates + usage.reasoning
      for (field, audio, image, video) in Self.modalities {
        for entry in view[field]?.elements ?? [] {
          let count = usage.take("tokenCount", of: entry)
          switch entry["modality"]?.string {
          case "AUDIO": usage.note(audio, count)
          // A document is read as pictures of its pages.
          case "IMAGE", "DOCUMENT": usage.note(image, count)
          case "VIDEO": if let video { usage.note(video, count) }
          default: break
          }
        }
      }
      if searches > 0 { usage.note(.webSearches, searches) }
      usage.note("service_tier", view["serviceTier"]?.string?.lowercased())
      usage.isOutputFinal = isOutputFinal
      usage.raw = view.source
      return usage
    }

    private static func finish(_ reason: String) -> Delta {
      switch reason {
      case "STOP": .finish(.stop)
      case "MAX_TOKENS": .finish(.length)
      case "SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "IMAGE_SAFETY": .finish(.refusal)
      default:
        .failure(ResponseError(.server, "the model stopped early, giving the reason \(VisibleText.line(reason))"))
      }
    }
  }
}
