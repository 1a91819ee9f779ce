import Core
import Providers
import Store
import Transport

/// One lane's answer in the making: its attempts, its open request, what it has said. Owned by a `Race`, on the transfer thread.
final class LaneRun {
  let entry: RaceRequest.Entry
  let service: Service
  let dialect: any Dialect
  /// May differ from the service's own row once a model has refused something.
  var wire: Wire
  var parameters: Parameters
  var response: Response
  var key: ResponseKey

  /// What it may be sent by; nil where the purse has refused.
  var grant: Grant?
  var isStarted = false
  /// Why its last attempt failed.
  var failure: ResponseError?
  var transfer: TransferID?
  /// Counts the requests made: an event of an earlier one is not this run's any more.
  var serial = 0
  var timer: TransferLoop.TimerID?
  var reader: StreamReader
  var sentAt: Int64?
  var status = 0
  var headers: [String: String] = [:]
  var errorBody: [UInt8] = []
  /// Bytes of the body of this attempt.
  var received = 0
  var requestID: String?

  init(entry: RaceRequest.Entry, service: Service, dialect: any Dialect, key: ResponseKey) {
    self.entry = entry
    self.service = service
    self.dialect = dialect
    self.key = key
    wire = service.wire
    reader = StreamReader(dialect: dialect, service: service)
    response = Response(lane: entry.number, model: entry.lane.model, parameters: entry.lane.parameters)
    response.generation = key.generation
    response.isSimulated = service.isSimulated
    let accepted = service.accepted(entry.lane.parameters, model: entry.lane.model.model)
    parameters = accepted.parameters
    // A client that sets no cap gets none, unless the protocol demands one.
    if entry.relayed != nil, !(dialect is AnthropicDialect) {
      parameters.maxTokens = entry.lane.parameters.maxTokens
    }
    response.notices = accepted.notices
  }

  /// A client of the gateway waits for it.
  var isRelayed: Bool { entry.relayed != nil }
  /// Told of the events as they come.
  var tap: StreamReader.Tap?
  /// It has said what a race is decided by.
  var isCommitted = false

  var hasContent: Bool { response.timing.firstToken != nil }

  var ask: Ask {
    var ask = Ask(
      model: entry.lane.model.model, system: system, messages: entry.messages, parameters: parameters, schema: schema)
    if let relayed = entry.relayed {
      (ask.schema, ask.wantsJSON, ask.toolUse) = (relayed.schema, relayed.wantsJSON, relayed.toolUse)
    }
    return ask
  }
  var system: String?
  /// What the answer is held to.
  var schema: OutputSchema?

  /// The service with what this lane has learnt about it.
  private var correctedService: Service {
    var service = service
    service.wire = wire
    return service
  }

  func makeRequest() -> DialectRequest {
    var request = dialect.request(ask, to: correctedService)
    if var body = entry.relayed?.body {
      body["stream_options"] = wire.streamOptions == nil ? nil : body["stream_options"]
      request.body = body
      request.notices = []
    }
    return request
  }

  /// Gets ready for a fresh attempt.
  func reset() {
    serial += 1
    reader = StreamReader(dialect: dialect, service: service, tap: tap)
    (sentAt, status, headers, errorBody, requestID, received) = (nil, 0, [:], [], nil, 0)
    response.timing = Timing()
    response.toolCalls = []
  }

  /// The body without the conversation, which the turn has already: what is kept with the response.
  static func kept(_ body: JSON) -> JSON {
    guard case .object(let members) = body else { return body }
    let conversation = ["messages", "input", "contents", "system", "instructions", "systemInstruction"]
    return .object(members.filter { !conversation.contains($0.name) })
  }

  private static let longestKept = 1 << 20

  /// Tools elsewhere are given keys of the person's own: fields that may hold one are not kept.
  private static func withoutKeys(_ body: JSON) -> JSON {
    guard case .object(let members) = body else { return body }
    return .object(
      members.filter { member in
        guard ["mcp_servers", "tools"].contains(member.name), case .source(let text) = member.value else { return true }
        return !["authorization", "headers", "api_key", "token"].contains {
          text.contains("\"\($0)") || text.contains("_\($0)\"")
        }
      })
  }

  /// The body with its conversation; without it where that is very long.
  static func keptWhole(_ body: JSON) -> JSON {
    let text = withoutKeys(body).serialized()
    return text.utf8.count > longestKept ? kept(body) : .source(text)
  }

  /// Takes back what the model refused, if that is something Furlong added or the lane set.
  /// - Returns: a sentence for the lane, or nil when nothing can be done.
  func correct(for error: ResponseError) -> String? {
    if !isRelayed, let notice = loosenSchema(for: error) { return notice }
    guard error.kind == .badRequest, let name = error.refusedParameter else { return nil }
    switch name {
    case "max_tokens" where wire.tokenCap == "max_tokens":
      wire.tokenCap = "max_completion_tokens"
      return "the cap on tokens was sent as max_completion_tokens"
    case "max_completion_tokens" where wire.tokenCap == "max_completion_tokens":
      wire.tokenCap = "max_tokens"
      return "the cap on tokens was sent as max_tokens"
    case let name where name.hasPrefix("stream_options") && wire.streamOptions != nil:
      wire.streamOptions = nil
      return "usage was not asked for: \(response.model.model) does not take stream_options"
    default:
      // What a client asked for is not left out behind its back.
      if isRelayed { return nil }
      guard let parameter = LaneRun.parameters[name], parameters.remove(parameter) else { return nil }
      return Service.notSent(parameter, by: response.model.model)
    }
  }

  /// A model that takes no schema is asked for any JSON, then in words alone.
  private func loosenSchema(for error: ResponseError) -> String? {
    guard schema != nil, wire.schema != .none, [.badRequest, .notFound].contains(error.kind) else {
      return nil
    }
    let words = "\(error.refusedParameter ?? "") \(error.message)".lowercased()
    let names = [
      "response_format", "json_schema", "output_config", "text.format", "responsejsonschema", "responsemimetype",
      "structured output", "schema", "grammar", "require_parameters", "requested parameters",
    ]
    guard names.contains(where: { words.contains($0) }) else { return nil }
    wire.schema = wire.schema == .strict && dialect is OpenAIChatDialect ? .object : .none
    return wire.schema == .object
      ? "\(response.model.model) takes no JSON Schema: asked for a JSON object instead"
      : "\(response.model.model) takes no JSON Schema: asked for JSON in words alone"
  }

  /// Wire names of the parameters, over all dialects.
  private static let parameters: [String: Parameters.Name] = [
    "temperature": .temperature, "generationConfig.temperature": .temperature, "top_p": .topP, "topP": .topP,
    "reasoning_effort": .effort, "reasoning.effort": .effort, "reasoning": .effort, "thinking": .effort,
    "output_config": .effort, "output_config.effort": .effort, "seed": .seed, "random_seed": .seed, "stop": .stop,
    "stop_sequences": .stop,
  ]
}
