import Core
import Providers
import Transport

/// One lane's conversation with its service: requests, what comes back, failed attempts. All of it on the transfer thread.
extension Race {
  /// UTF-8 bytes of one answer, reasoning included: a stream that never ends has to end somewhere.
  private static let longestAnswer = 64 << 20
  /// Bytes of an answer with an error status.
  private static let longestRefusal = 64 << 10
  /// Bytes of a body before anything in it decides, and altogether: what is not text is not kept, but a relay keeps it until
  /// then, and somebody pays for the line.
  private static let longestOpening = 64 << 20
  private static let longestBody = 4 << 30

  func send(_ run: LaneRun, _ leave: Leave) {
    let key: String?
    switch keys[run.service.id] {
    case .missing(let message): return end(run, .failed, ResponseError(.auth, message))
    case .key(let found): key = found
    case .notNeeded, nil: key = nil
    }
    run.reset()
    if run.serial > 1 { request.relay?.tap(run.entry.number, .restart) }
    let built = run.makeRequest()
    var transfer = TransferRequest(.post, run.service.baseURL(for: run.entry.lane.model.model) + built.path)
    transfer.headers = [
      ("Content-Type", "application/json"), ("Accept", "text/event-stream, application/json"),
      ("User-Agent", "furlong"),
    ]
    transfer.headers += Race.headers(of: run, key: key).map { ($0.name, $0.value) }
    transfer.body = Array(built.body.serialized().utf8)
    transfer.connectLimit = engine.limits.connect
    transfer.silenceLimit = engine.limits.firstToken
    transfer.progressLimit = engine.limits.firstToken
    setState(run, .connecting)
    let serial = run.serial
    run.transfer = loop.submit(ModelRequest(transfer, by: leave)) { [weak self, weak run] event in
      guard let self, let run, run.serial == serial, !run.response.state.isOver else { return }
      self.handle(event, run)
    }
  }

  /// The service's own come last, and a client's take the place of those that the protocol always sends.
  private static func headers(of run: LaneRun, key: String?) -> [Service.Header] {
    let own = run.entry.relayed?.headers ?? []
    let usual = run.dialect.headers(key: key).filter { header in
      !own.contains { $0.name.lowercased() == header.name.lowercased() }
    }
    return usual + own + run.service.headers
  }

  private func handle(_ event: TransferEvent, _ run: LaneRun) {
    switch event {
    case .sent(let at):
      run.sentAt = at
      noteSent(at: at)
      // Told once all lanes that are ready have been sent: telling takes time that the others would wait.
      let serial = run.serial
      loop.after(0) { [weak self, weak run] in
        guard let self, let run, run.serial == serial, run.response.state == .connecting else { return }
        self.setState(run, .waiting)
      }
    case .head(let status, let headers, let at):
      // An answer may be here before the word that it is waited for.
      if run.response.state == .connecting { setState(run, .waiting) }
      (run.status, run.headers) = (status, headers)
      // Why it was refused is told at once, or not at all.
      if !(200..<300).contains(status), let transfer = run.transfer {
        loop.noteProgress(of: transfer, at: at, limit: engine.limits.connect)
      }
      run.response.timing.firstByte = at - (run.sentAt ?? at)
      run.requestID = ["x-generation-id", "x-request-id", "request-id"].lazy.compactMap { headers[$0] }.first
        .map(engine.said)
      if let phases = run.transfer.flatMap({ loop.phases(of: $0) }) {
        run.response.timing.reusedConnection = phases.isReused
        run.response.timing.nameLookup = phases.nameLookup
        run.response.timing.connect = phases.connect
        run.response.timing.tls = phases.tls
      }
    case .bytes(let bytes, let at):
      if (200..<300).contains(run.status) {
        run.received += bytes.count
        guard run.received <= (run.isCommitted ? Race.longestBody : Race.longestOpening) else {
          let when = run.isCommitted ? "" : " before any answer"
          let size = run.isCommitted ? Race.longestBody : Race.longestOpening
          return attemptFailed(
            run, ResponseError(.protocolFault, "sent more than \(size >> 20) MB\(when); what came is kept"))
        }
        var deltas: [Delta] = []
        run.reader.feed(bytes, into: &deltas)
        take(deltas, at: at, run)
      } else if let transfer = run.transfer {
        run.errorBody.append(contentsOf: bytes)
        guard run.errorBody.count >= Race.longestRefusal else { return }
        // No refusal is that long: enough has come to tell why, and the rest might never end.
        loop.cancel(transfer)
        transferEnded(run, nil, at: at)
      }
    case .finished(let error, let at): transferEnded(run, error, at: at)
    }
  }

  private func take(_ deltas: [Delta], at time: Int64, _ run: LaneRun) {
    let serial = run.serial
    // Behind all of a read: how an answer ends may stand behind its count.
    defer { if !run.response.state.isOver, run.serial == serial { keepToBudget(run.grant) } }
    for delta in deltas {
      guard !run.response.state.isOver, run.serial == serial, run.timer == nil || run.service.isSimulated else {
        return
      }
      switch delta {
      case .text(let channel, let text): takeContent(.text(channel, text, at: offset(time, run)), run, at: time)
      case .toolCall(let piece): takeContent(.toolCall(piece, at: offset(time, run)), run, at: time)
      case .usage(let usage): takeUsage(usage, run)
      case .model(let name): run.response.modelReported = engine.said(name)
      case .requestID(let id): run.requestID = run.requestID ?? engine.said(id)
      case .finish(let reason):
        run.response.finishReason = reason
        // Only counts and the end mark follow: whoever keeps on talking has nothing to say.
        if let transfer = run.transfer { loop.noteProgress(of: transfer, at: time, limit: engine.limits.silence) }
      case .failure(let error): attemptFailed(run, error)
      case .terminator: conclude(run)
      }
    }
  }

  /// Counts that the provider tells while it writes go to all who watch: a chunk is not a token.
  private func takeUsage(_ usage: Usage, _ run: LaneRun) {
    run.response.usage = usage
    if let raw = usage.raw, raw.utf8.count > Race.longestCounts {
      run.response.usage.raw = #"{"left_out":"\#(raw.utf8.count) bytes"}"#
    }
    guard usage.output > 0, usage.output != run.response.count.reported else { return }
    run.response.apply(.counted(usage.output))
    observe(.lane(run.entry.number, .counted(usage.output)))
  }

  private func offset(_ time: Int64, _ run: LaneRun) -> Int64 { time - (run.sentAt ?? time) }

  /// No answer has more calls of tools.
  private static let mostCalls = 1024
  private static let longestName = 4096
  /// Bytes of the provider's own counts that are kept as they came.
  private static let longestCounts = 16 << 10

  private func takeContent(_ event: ResponseEvent, _ run: LaneRun, at time: Int64) {
    var isProgress = true
    if case .toolCall(let piece, _) = event {
      if piece.isEmpty { return }
      if piece.index >= Race.mostCalls {
        return attemptFailed(
          run, ResponseError(.protocolFault, "asked for more than \(Race.mostCalls) tools at once; what came is kept"))
      }
      isProgress = !piece.addsNothing || piece.index >= run.response.toolCalls.count
    }
    let isFirst = !run.hasContent
    run.response.apply(event)
    if case .toolCall(let piece, _) = event, run.response.toolCalls[piece.index].name.utf8.count > Race.longestName {
      return attemptFailed(
        run, ResponseError(.protocolFault, "asked for a tool by a name longer than 4 kB; what came is kept"))
    }
    if case .text(let channel, let text, let offset) = event { keep(.text(run.key, channel, text, at: offset)) }
    observe(.lane(run.entry.number, event))
    if run.response.length > Race.longestAnswer {
      return attemptFailed(
        run, ResponseError(.protocolFault, "sent more than 64 MB of text and was stopped; what came is kept"))
    }
    keepToBudget(run.grant)
    guard !run.response.state.isOver else { return }
    if let transfer = run.transfer {
      if isFirst { loop.setSilenceLimit(engine.limits.silence, of: transfer) }
      if isProgress { loop.noteProgress(of: transfer, at: time) }
    }
    guard !run.isCommitted, isDeciding(event) else { return }
    run.isCommitted = true
    tell(.decisive(run.entry.number))
  }

  /// Whether a race may be decided by this.
  private func isDeciding(_ event: ResponseEvent) -> Bool {
    guard request.relay?.wantsAnswer == true, case .text(let channel, let text, _) = event else { return true }
    return channel == .answer && !text.allSatisfy(\.isWhitespace)
  }

  private func transferEnded(_ run: LaneRun, _ error: TransferError?, at time: Int64) {
    run.transfer = nil
    if run.status != 0, !(200..<300).contains(run.status), error == nil || !run.errorBody.isEmpty {
      let redirect = (300..<400).contains(run.status) ? run.headers["location"] : nil
      let body = Array(engine.redacted(String(decoding: run.errorBody, as: UTF8.self)).utf8)
      var refusal = ErrorBody.read(status: run.status, headers: run.headers, body: body, now: engine.clock.date())
      if let redirect {
        refusal = ResponseError(
          .protocolFault, "redirects to \(VisibleText.line(redirect)): set base_url to where the service is",
          status: run.status)
      }
      return attemptFailed(run, refusal)
    }
    var deltas: [Delta] = []
    run.reader.finish(into: &deltas)
    // Half an event says nothing more than that it broke off.
    if error != nil { deltas.removeAll(where: \.isProtocolFault) }
    let serial = run.serial
    take(deltas, at: time, run)
    guard !run.response.state.isOver, run.serial == serial, run.timer == nil else { return }
    if run.response.finishReason != nil { return conclude(run) }
    if let error, !(run.hasContent && error.isTransient) {
      return attemptFailed(
        run, ResponseError(error.isTimeout ? .timeout : .network, error.message, retryable: error.isTransient))
    }
    let reason = error.map { " (\($0.message))" } ?? ""
    let message =
      run.hasContent
      ? "the answer was cut off: the stream ended without its end mark\(reason); what came is kept, retry for a whole one"
      : "the stream ended before any token came\(reason)"
    attemptFailed(run, ResponseError(.cut, message, status: run.status, retryable: true))
  }

  /// A failed attempt: corrected and sent again, retried after a pause, or the end of the lane.
  private func attemptFailed(_ run: LaneRun, _ failure: ResponseError) {
    var error = failure
    // Keys go before anything is cut short: half a key is not found any more.
    error.message = engine.redacted(failure.message)
    error.message = Advice.sentence(error, service: run.service, model: run.entry.lane.model.model)
    if let transfer = run.transfer { loop.cancel(transfer) }
    run.transfer = nil
    if run.hasContent { return end(run, error.kind == .cut || error.kind == .network ? .cut : .failed, error) }
    run.failure = error
    let notice = mayCorrect(run.entry.number) ? run.correct(for: failure) : nil
    if let notice {
      record(run, error)
      notify(run, notice)
    }
    tell(
      .failed(run.entry.number, error, mayCorrect: notice != nil, jitter: .random(in: 0...1)))
  }

  /// An attempt has failed, and another follows.
  func tellOfPause(_ run: LaneRun, _ delay: Int64) {
    guard let error = run.failure else { return }
    record(run, error)
    notify(run, "attempt \(run.response.attempts.count) failed, trying again in \(seconds(delay)): \(error.message)")
    setState(run, .queued)
  }

  private func seconds(_ nanoseconds: Int64) -> String { "\(decimalText(Double(nanoseconds / 100_000_000) / 10)) s" }

  func record(_ run: LaneRun, _ error: ResponseError?) {
    let attempt = Attempt(
      status: run.status == 0 ? nil : run.status, error: error, requestID: run.requestID)
    run.response.apply(.attempt(attempt))
    observe(.lane(run.entry.number, .attempt(attempt)))
  }

  func notify(_ run: LaneRun, _ notice: String) {
    run.response.apply(.notice(notice))
    observe(.lane(run.entry.number, .notice(notice)))
  }

  private func setState(_ run: LaneRun, _ state: ResponseState) {
    guard run.response.state != state else { return }
    run.response.state = state
    observe(.lane(run.entry.number, .state(state)))
  }

  /// The stream said that it is complete.
  private func conclude(_ run: LaneRun) {
    if run.response.finishReason == nil, !run.hasContent {
      return attemptFailed(
        run, ResponseError(.cut, "the stream ended before any token came", status: run.status, retryable: true))
    }
    if let transfer = run.transfer {
      // The connection is good for the next turn once the body's own end has been read; do not wait long for it.
      loop.after(250_000_000) { [loop] in loop.cancel(transfer) }
      run.transfer = nil
    }
    switch run.response.finishReason {
    case .length: end(run, .truncated, nil)
    case .refusal: end(run, .refused, nil)
    default: end(run, .done, nil)
    }
  }

  // MARK: Simulated models

  func play(_ run: LaneRun) {
    guard let steps = ScriptedDialect.steps(for: run.ask) else {
      let names = ScriptedDialect.modelNames.map { "\(run.service.id)/\($0)" }.joined(separator: ", ")
      return end(run, .failed, ResponseError(.notFound, "no simulated model ‘\(run.ask.model)’: there are \(names)"))
    }
    run.status = 200
    let now = loop.now()
    run.sentAt = now
    noteSent(at: now)
    run.response.timing.firstByte = 0
    run.response.timing.reusedConnection = true
    setState(run, .waiting)
    step(run, steps[...])
  }

  private func step(_ run: LaneRun, _ steps: ArraySlice<ScriptedDialect.Step>) {
    guard let next = steps.first else { return }
    run.timer = loop.after(next.delay) { [weak self, weak run] in
      guard let self, let run, !run.response.state.isOver else { return }
      run.timer = nil
      self.take([next.delta], at: self.loop.now(), run)
      self.step(run, steps.dropFirst())
    }
  }
}
