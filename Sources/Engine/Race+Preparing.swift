import Core
import Providers
import Store

/// Rows before requests: what is known of a lane before it is sent.
extension Race {
  /// As `prepare`, but what is to be stored is handed back.
  func prepareCalls(_ keys: [String: Engine.KeyResult], _ leave: Result<Grant, Refusal>) -> [StartedCall] {
    started = []
    prepare(keys, leave)
    defer { started = nil }
    return started ?? []
  }

  /// Rows for all lanes, before anything is sent. Called once, before `fire`.
  func prepare(_ keys: [String: Engine.KeyResult], _ leave: Result<Grant, Refusal>) {
    self.keys.merge(keys) { $1 }
    self.leave = leave
    // What a relay holds in reserve is seldom needed: a row for it would be written for nothing.
    let first = request.relay.map { _ in Set(firstLanes) }
    for entry in request.lanes where first?.contains(entry.number) ?? true { add(entry, generation: 1) }
  }

  /// A lane in reserve is needed: its row stands before it is sent.
  func addLate(_ lane: Int) {
    guard let entry = request.lanes.first(where: { $0.number == lane }) else { return }
    add(entry, generation: 1)
    engine.store.commitSoon { self.loop.perform { self.tell(.ready(lane)) } }
  }

  func add(_ entry: RaceRequest.Entry, generation: Int) {
    let key = ResponseKey(
      session: request.session.id, turn: request.turn.number, lane: entry.number, generation: generation)
    let id = entry.lane.model.provider
    let run: LaneRun
    var body: JSON?
    if let service = engine.service(id), let dialect = Dialects.named(service.dialect) {
      run = LaneRun(entry: entry, service: service, dialect: dialect, key: key)
      body = prepare(run)
      run.response.error = service.fault(inModel: entry.lane.model.model).map { ResponseError(.badRequest, $0) }
    } else {
      // A session may name a provider that the config has no more: a lane that fails, and says so, when it is launched.
      let hint = nearest(to: id, in: engine.services.map(\.id)).map { "; did you mean \($0)?" } ?? ""
      let nobody = Service(id, dialect: ScriptedDialect.name, baseURL: "")
      run = LaneRun(entry: entry, service: nobody, dialect: ScriptedDialect(), key: key)
      run.response.isSimulated = false
      run.response.error = ResponseError(
        .badRequest, "no provider ‘\(id)’\(hint): furlong providers lists them, the config can add one")
    }
    if let relay = request.relay {
      let lane = entry.number
      run.tap = { data, isWhole in relay.tap(lane, isWhole ? .whole(data) : .event(data)) }
      if run.response.error == nil, let refusal = refusal(of: run) {
        run.response.error = ResponseError(.badRequest, refusal)
      }
    }
    switch leave {
    case .success(let grant): run.grant = grant
    case .failure(let refusal): run.response.error = run.response.error ?? refusal.error
    case nil: break
    }
    take(run)
    if started == nil {
      keep(.began(key, run.response, request: body))
    } else {
      started?.append(StartedCall(key: key, response: run.response, request: body))
    }
    observe(.lane(entry.number, .began(run.response)))
  }

  /// Why a relayed request cannot be sent as it was asked for; for a client that is an error, not a notice.
  private func refusal(of run: LaneRun) -> String? {
    guard let relayed = run.entry.relayed else { return nil }
    if let refusal = relayed.refusal { return refusal }
    return relayed.body == nil && !run.response.notices.isEmpty ? run.response.notices.joined(separator: "; ") : nil
  }

  /// Fills in what is known before the start. Returns what is kept of the request; nil for a simulated model.
  private func prepare(_ run: LaneRun) -> JSON? {
    func isLocal(_ service: Service) -> Bool { service.isLocal && !service.isSimulated }
    let locals = request.lanes.filter { engine.service($0.lane.model.provider).map(isLocal) ?? false }
    run.system = run.entry.lane.system ?? request.turn.system
    run.schema = request.schema
    run.response.sharesMachine = isLocal(run.service) && locals.count > 1
    let built = run.makeRequest()
    run.response.notices += built.notices
    run.response.usage = Usage.estimated(inputBytes: inputBytes(run), outputBytes: 0, reasoningBytes: 0)
    run.response.count = OutputCount(bytesPerToken: engine.measures.bytesPerToken(of: run.response.model))
    run.response.count.answers = RequestFields.answers(in: run.entry.relayed?.body)
    (run.response.system, run.response.prompt) = (run.entry.lane.system, run.entry.prompt)
    run.response.cost = pricing.quote(for: run.response, by: run.service, date: engine.clock.date())
    if run.service.isSimulated { return nil }
    switch request.relay?.keeping {
    // The words of a relayed thread are nowhere else.
    case .full: return LaneRun.keptWhole(built.body)
    // Tools and schemas are words as well.
    case .metadata, .some(.none): return nil
    case nil: return LaneRun.kept(built.body)
    }
  }

  /// Has a record kept, as far as this race is kept at all.
  func keep(_ record: Record) {
    switch (keeping, record) {
    case (.full, _): engine.store.append(record)
    case (.none, _), (.metadata, .text): break
    case (.metadata, .ended(let key, let response)): engine.store.append(.ended(key, response.withoutWords))
    case (.metadata, _): engine.store.append(record)
    }
  }
}
