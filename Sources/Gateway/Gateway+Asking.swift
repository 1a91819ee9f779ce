import Core
import Engine
import Providers

/// From a client's request to a race.
extension Gateway {
  /// What a request came with beside its body.
  struct Sender {
    var path = ""
    /// The key that the client sent.
    var token: String?
    /// Names in lower case: those that the providers' protocols know.
    var headers: [Service.Header] = []
    var parent: TraceParent?
    /// When its head was read: monotonic nanoseconds, and nanoseconds since 1970.
    var began: Int64
    var date: Int64

    init(_ clock: Clock) { (began, date) = (clock.now(), clock.wall()) }
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
    let admission: Admission
    switch keys.admit(token: sender.token, route: request.model, isLoopback: settings.isLoopback) {
    case .success(let leave): admission = leave
    case .failure(let refusal): throw ClientFault(refusal)
    }
    do throws(ClientFault) {
      return try start(request, sender, call, decision, admission)
    } catch {
      keys.settle(admission, cost: .zero)
      throw error
    }
  }

  private func start(
    _ request: ClientRequest, _ sender: Sender, _ call: String, _ decision: RouteDecision, _ admission: Admission
  ) throws(ClientFault) -> Answer {
    let keeping = admission.key?.keeping ?? settings.keeping
    var race: RaceRequest
    let passedThrough: Set<Int>
    do throws(RequestFault) {
      (race, passedThrough) = try self.race(call, request, decision, sender, isKept: keeping == .full)
    } catch {
      throw ClientFault(error)
    }
    race.turn.gatewayKey = admission.key?.id
    race.key = admission.key
    let leftOut = passedThrough.count < decision.lanes.count ? (try? request.thread.get())?.hints ?? [] : []
    let answer = Answer(
      call: call, request: request, decision: decision, passedThrough: passedThrough, leftOut: leftOut,
      clock: clock
    ) {
      [self] answer, responses in
      finish(answer, responses, request, sender, admission)
    }
    if let fault = open(answer) { throw fault }
    metrics.requestBegan()
    race.relay = Relay(inputBytes: request.size, wantsAnswer: decision.order.isRace) { lane, piece in
      answer.tap(lane, piece)
    }
    race.relay?.keeping = keeping
    answer.runs(engine.relay(race) { answer.observe($0) })
    return answer
  }

  /// Everything about a call is known: books are kept and watchers told. On the transfer thread.
  private func finish(
    _ answer: Answer, _ responses: [Response], _ request: ClientRequest, _ sender: Sender, _ admission: Admission
  ) {
    close(answer)
    for response in responses { routing.learn(response, answer.decision.name, request.tokens) }
    keys.settle(admission, cost: responses.compactMap(\.cost.amount).reduce(.zero, +))
    tell(GatewayCall(answer, responses, request, sender, key: admission.key?.name))
    if let winner = responses.first(where: { $0.lane == answer.winner }), winner.state.isFinish,
      (admission.key?.keeping ?? settings.keeping) == .full
    {
      shadow(answer, winner, request, sender)
    }
  }

  /// A request that came to nothing before anybody was asked.
  func refused(_ fault: ClientFault, _ sender: Sender, _ dialect: ClientDialect, asked: String?) {
    metrics.requestBegan()
    var call = GatewayCall(
      asked: asked ?? "", dialect: dialect, path: sender.path, isStream: false, status: fault.status(in: dialect),
      began: sender.date, duration: clock.now() - sender.began)
    call.error = fault.kind.rawValue
    call.parent = sender.parent
    tell(call)
  }

  private func race(
    _ call: String, _ request: ClientRequest, _ decision: RouteDecision, _ sender: Sender, isKept: Bool
  ) throws(RequestFault) -> (RaceRequest, passedThrough: Set<Int>) {
    var entries: [RaceRequest.Entry] = []
    var passedThrough = Set<Int>()
    for (number, lane) in decision.lanes.enumerated() {
      let entry = try entry(number, lane, request, sender)
      if entry.relayed?.body != nil { passedThrough.insert(number) }
      entries.append(entry)
    }
    var turn = Turn(number: 1, prompt: isKept ? request.prompt : "", rule: .firstToken)
    turn.system = isKept ? request.system : nil
    turn.route = [
      "name": .string(decision.name), "dialect": .string(request.dialect.rawValue), "stream": .bool(request.isStream),
      "reasons": decision.reasons,
    ]
    let title = isKept ? String(request.prompt.prefix(80)) : ""
    var session = Session(
      id: call, created: clock.date(), title: title, rule: .firstToken, lanes: decision.lanes, turns: [])
    session.purpose = .gateway
    var race = RaceRequest(session: session, isNewSession: true, turn: turn, lanes: [])
    race.lanes = entries
    race.order = decision.order
    return (race, passedThrough)
  }

  /// What one lane is sent.
  func entry(
    _ number: Int, _ lane: Lane, _ request: ClientRequest, _ sender: Sender
  ) throws(RequestFault) -> RaceRequest.Entry {
    let service = engine.service(lane.model.provider)
    var entry = RaceRequest.Entry(number: number, lane: lane, messages: [])
    if let service, service.dialect == request.dialect.rawValue {
      var part = Relay.Part()
      part.body = Gateway.setting(lane, of: service, in: request.body(model: lane.model.model))
      part.headers = sender.headers
      entry.relayed = part
    } else {
      try translate(request, into: &entry, for: service)
    }
    return entry
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
