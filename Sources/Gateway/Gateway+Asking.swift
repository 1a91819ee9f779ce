import Core
import Engine
import Providers

/// From a client's request to a race.
extension Gateway {
  /// What a request came with beside its body.
  struct Sender {
    /// Names in lower case: those that the providers' protocols know.
    var headers: [Service.Header] = []
  }

  /// Headers that belong to a provider's protocol, and travel to a service of the client's own dialect.
  static let travelling = [
    "anthropic-version", "anthropic-beta", "openai-beta", "x-client-request-id", "http-referer", "x-title",
  ]

  /// Whom a request goes to.
  func decide(_ request: ClientRequest, call: String) throws(ClientFault) -> RouteDecision {
    var query = RouteRequest(call: call, input: request.tokens, maxTokens: request.maxTokens, user: request.user)
    query.needsTools = request.needsTools
    switch routing.decide(request.model, query) {
    case .success(let decision): return decision
    case .failure(let fault):
      let isUnknown = fault.kind == .unknown
      throw ClientFault(isUnknown ? 404 : 400, isUnknown ? .notFound : .badRequest, fault.message, field: "model")
    }
  }

  /// Starts what was asked for.
  func ask(_ request: ClientRequest, _ sender: Sender) throws(ClientFault) -> Answer {
    let call = Session.newID()
    let decision = try decide(request, call: call)
    let race: RaceRequest
    let passedThrough: Set<Int>
    do throws(RequestFault) { (race, passedThrough) = try self.race(call, request, decision, sender) } catch {
      throw ClientFault(error)
    }
    let answer = Answer(call: call, request: request, decision: decision, passedThrough: passedThrough) {
      [self] answer, responses in
      close(answer)
      for response in responses { routing.learn(response, decision.name, request.tokens) }
    }
    guard open(answer) else {
      var refusal = ClientFault(
        503, .overloaded, "\(settings.mostInFlight) requests are being answered: try again soon")
      refusal.retryAfter = 1_000_000_000
      throw refusal
    }
    var relayed = race
    relayed.relay = Relay(inputBytes: request.size, wantsAnswer: decision.order.isRace) { lane, piece in
      answer.tap(lane, piece)
    }
    relayed.relay?.storage = settings.storage
    answer.runs(engine.relay(relayed) { answer.observe($0) })
    return answer
  }

  private func race(
    _ call: String, _ request: ClientRequest, _ decision: RouteDecision, _ sender: Sender
  ) throws(RequestFault) -> (RaceRequest, passedThrough: Set<Int>) {
    var entries: [RaceRequest.Entry] = []
    var passedThrough = Set<Int>()
    for (number, lane) in decision.lanes.enumerated() {
      let service = engine.service(lane.model.provider)
      var entry = RaceRequest.Entry(number: number, lane: lane, messages: [])
      if let service, service.dialect == request.dialect.rawValue {
        passedThrough.insert(number)
        var part = Relay.Part()
        part.body = Gateway.setting(lane, of: service, in: request.body(model: lane.model.model))
        part.headers = sender.headers
        entry.relayed = part
      } else {
        try translate(request, into: &entry, for: service)
      }
      entries.append(entry)
    }
    let isKept = settings.storage == .full
    var turn = Turn(number: 1, prompt: isKept ? request.prompt : "", rule: .firstToken)
    turn.system = request.system
    turn.route = [
      "name": .string(decision.name), "dialect": .string(request.dialect.rawValue), "stream": .bool(request.isStream),
      "reasons": decision.reasons,
    ]
    let title = isKept ? String(request.prompt.prefix(80)) : ""
    var session = Session(
      id: call, created: Clock.date(), title: title, rule: .firstToken, lanes: decision.lanes, turns: [])
    session.purpose = .gateway
    var race = RaceRequest(session: session, isNewSession: true, turn: turn, lanes: [])
    race.lanes = entries
    race.order = decision.order
    race.budget = settings.budget.perTurn
    return (race, passedThrough)
  }

  /// The request in the words of another dialect, or why it cannot be put into them.
  private func translate(
    _ request: ClientRequest, into entry: inout RaceRequest.Entry, for service: Service?
  ) throws(RequestFault) {
    let thread = try request.thread.get()
    entry.messages = thread.messages
    entry.lane.parameters = thread.parameters.overlaid(by: entry.lane.parameters)
    var part = Relay.Part()
    (part.schema, part.wantsJSON, part.toolUse) = (thread.schema, thread.wantsJSON, thread.toolUse)
    part.refusal = service.flatMap { thread.refusal(by: entry.lane, speaking: $0.dialect) }
    entry.relayed = part
  }

  /// A route's own parameters go into a client's body where its dialect has them.
  private static func setting(_ lane: Lane, of service: Service, in body: JSON) -> JSON {
    guard lane.parameters != Parameters(), let dialect = Dialects.named(service.dialect) else { return body }
    var ask = Ask(model: lane.model.model, messages: [], parameters: lane.parameters)
    let written = dialect.request(ask, to: service).body
    ask.parameters = Parameters()
    let bare = dialect.request(ask, to: service).body
    guard case .object(let members) = written else { return body }
    var body = body
    for member in members where bare[member.name] != member.value { body[member.name] = member.value }
    return body
  }
}

extension StartOrder {
  /// Whether lanes run against each other.
  var isRace: Bool {
    switch self {
    case .lane: false
    case .inTurn(let orders): orders.contains(where: \.isRace)
    case .together(let orders, _): orders.count > 1 || orders.contains(where: \.isRace)
    }
  }
}
