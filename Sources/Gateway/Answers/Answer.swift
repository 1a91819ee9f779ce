import Core
import Engine
import Synchronization

/// One client's answer in the making: hears what the race says on the transfer thread, and turns the lane that wins into the
/// bytes that the client reads. Made by `Gateway.ask`; the endpoint waits for `head`.
///
/// Unchecked, because what is neither constant nor `outbox`, `head` or `progress`, which lock for themselves, is confined to
/// the transfer thread, which the compiler cannot see.
final class Answer: @unchecked Sendable {
  /// How the answer begins: with it the status is settled.
  enum Head: Sendable {
    /// More is in the outbox.
    case stream(AnswerReceipt)
    case whole([UInt8], AnswerReceipt)
    case fault(ClientFault, AnswerReceipt)
  }

  /// What the ticker and watchers read from other threads.
  struct Progress {
    var lastSign: Int64
    var hasHead = false
    var isOver = false
    var race: Race?
    var isLeft = false
    /// The whole of it, for the trailers of a stream.
    var receipt: AnswerReceipt?
    /// Closes the client's connection.
    var hangUp: (@Sendable () -> Void)?
    /// Since when the client has not taken what is there for it; nil while it reads.
    var unread: Int64?

    func isStuck(_ now: Int64, _ patience: Int64) -> Bool { unread.map { now - $0 >= patience } ?? false }
  }

  /// A lane before anybody has won.
  private struct Buffer {
    var isPassedThrough: Bool
    var pieces: [[UInt8]] = []
    var events: [ResponseEvent] = []
    /// The provider did not stream.
    var whole: [UInt8]?
    var response: Response?
  }

  let call: String
  let decision: RouteDecision
  let dialect: ClientDialect
  let isStream: Bool
  let outbox = Outbox()
  let head = Coming<Head>()
  let progress: Mutex<Progress>
  private let wantsUsage: Bool
  /// Fields without a bearing on the answer that another dialect has no place for.
  private let leftOut: [String]
  let clock: Clock
  private let created: Int64
  private let start: Int64
  private var buffers: [Int: Buffer]
  private(set) var winner: Int?
  /// What the client was told in the end.
  private(set) var status = 200
  private(set) var error: ResponseError.Kind?
  /// Of a lane that speaks another dialect.
  private var writer: (any AnswerWriter)?
  private var passThrough: PassThrough
  private var assembly: Assembly
  private var out = EventText()
  private var hasBegun = false
  private var isDone = false
  private(set) var firstToken: Int64?
  /// Called once everything has ended, losers too.
  private let finished: @Sendable (Answer, [Response]) -> Void

  init(
    call: String, request: ClientRequest, decision: RouteDecision, passedThrough: Set<Int>, leftOut: [String],
    clock: Clock, finished: @escaping @Sendable (Answer, [Response]) -> Void
  ) {
    self.call = call
    self.clock = clock
    (created, start) = (clock.date(), clock.now())
    progress = Mutex(Progress(lastSign: start))
    dialect = request.dialect
    isStream = request.isStream
    wantsUsage = request.wantsUsage
    self.decision = decision
    self.leftOut = leftOut
    buffers = Dictionary(
      uniqueKeysWithValues: decision.lanes.indices.map { ($0, Buffer(isPassedThrough: passedThrough.contains($0))) })
    passThrough = PassThrough(request.dialect, wantsUsage: request.wantsUsage)
    assembly = Assembly(request.dialect)
    self.finished = finished
  }

  // MARK: From any thread

  /// The race runs. A client that has left meanwhile stops it.
  func runs(_ race: Race) {
    let isLeft = progress.withLock { progress in
      // The race holds this answer; held in turn beyond its end, neither would ever go.
      if !progress.isOver { progress.race = race }
      return progress.isLeft
    }
    if isLeft { race.stopAll() }
  }

  /// The client has gone: nobody reads any more.
  func leave() {
    let race = progress.withLock { progress -> Race? in
      guard !progress.isOver, !progress.isLeft else { return nil }
      progress.isLeft = true
      return progress.race
    }
    race?.stopAll()
    outbox.finish()
  }

  var receiptAtEnd: AnswerReceipt? { progress.withLock(\.receipt) }

  // MARK: On the transfer thread

  func tap(_ lane: Int, _ piece: Relay.Piece) {
    guard buffers[lane]?.isPassedThrough == true else { return }
    switch piece {
    case .restart:
      buffers[lane]?.pieces = []
      buffers[lane]?.events = []
    case .whole(let data): buffers[lane]?.whole = Array(data)
    case .event(let data):
      if winner == lane { pass(data) } else { buffers[lane]?.pieces.append(Array(data)) }
    }
  }

  func observe(_ event: RaceEvent) {
    switch event {
    case .lane(let lane, let change): observe(lane, change)
    case .won(let lane): win(lane)
    case .fit: break
    case .ended: end()
    }
    send()
  }

  private func observe(_ lane: Int, _ event: ResponseEvent) {
    if case .ended(let response) = event {
      buffers[lane]?.response = response
      if lane == winner { finish(response) }
      return
    }
    guard lane == winner else {
      buffers[lane]?.events.append(event)
      return
    }
    write(event)
  }

  private func win(_ lane: Int) {
    winner = lane
    firstToken = clock.now() - start
    guard let buffer = buffers[lane] else { return }
    if !buffer.isPassedThrough || buffer.whole != nil {
      writer = dialect.writer(answerHead(lane))
    }
    beginStream()
    for piece in buffer.pieces { piece.withUnsafeBytes(pass) }
    for event in buffer.events { write(event) }
    buffers[lane]?.pieces = []
    buffers[lane]?.events = []
    // It has won by its end: an answer without a token, such as an empty one, or one cut off within its thoughts.
    if let response = buffer.response { finish(response) }
  }

  private func answerHead(_ lane: Int?) -> AnswerHead {
    AnswerHead(
      call: call, model: lane.map { decision.lanes[$0].model.text } ?? "", created: created, wantsUsage: wantsUsage)
  }

  private func beginStream() {
    guard isStream else { return }
    if !hasBegun, writer != nil { writer?.begin(into: &out) }
    hasBegun = true
    openHead()
  }

  private func openHead() {
    progress.withLock { $0.hasHead = true }
    head.give(.stream(receipt(nil)))
  }

  private func pass(_ data: UnsafeRawBufferPointer) {
    if isStream { passThrough.pass(data, into: &out) } else { assembly.add(data) }
  }

  private func write(_ event: ResponseEvent) {
    if isStream { writer?.write(event, into: &out) }
  }

  /// The winner has ended, in whatever way.
  private func finish(_ response: Response) {
    guard !isDone else { return }
    isDone = true
    let receipt = receipt(response)
    progress.withLock { $0.receipt = receipt }
    switch response.state {
    case .done, .truncated, .refused:
      if isStream {
        // Readers stop at the end mark: what is for them comes before it.
        out.comment("furlong \(receipt.document.serialized())")
        writer?.end(response, into: &out)
        if writer == nil { passThrough.end(into: &out) }
      } else {
        head.give(.whole(wholeBody(response), receipt))
      }
    default:
      let error =
        response.error ?? ResponseError(.cancelled, "the answer was stopped before it was whole; what came is kept")
      fail(ClientFault(error, wasRetried: response.attempts.count > 1), receipt)
    }
    close()
  }

  private func wholeBody(_ response: Response) -> [UInt8] {
    if let lane = winner, buffers[lane]?.isPassedThrough == true {
      if let whole = buffers[lane]?.whole { return whole }
      if let whole = assembly.whole { return Array(whole.serialized().utf8) }
    }
    return Array(dialect.writer(answerHead(winner)).whole(response).serialized().utf8)
  }

  /// Everything is over. Without a winner nothing has been said yet.
  private func end() {
    let responses = buffers.keys.sorted().compactMap { buffers[$0]?.response }
    defer { progress.withLock { ($0.isOver, $0.race) = (true, nil) } }
    if !isDone {
      isDone = true
      fail(Answer.fault(of: responses), receipt(nil))
      close()
    }
    send()
    finished(self, responses)
  }

  /// What to tell when every model has failed: all that was said, under the most hopeful status.
  private static func fault(of responses: [Response]) -> ClientFault {
    let failed = responses.filter { $0.error != nil && $0.state != .stopped }
    guard let last = failed.last, let error = failed.first(where: { $0.error?.retryable == true })?.error ?? last.error
    else { return ClientFault(499, .cancelled, "the request was stopped before any token came") }
    let attempts = failed.reduce(0) { $0 + $1.attempts.count }
    var fault = ClientFault(error, wasRetried: attempts > 1)
    if failed.count > 1 {
      let reasons = failed.map { "\($0.model.text): \($0.error?.message ?? "no answer")" }
      fault.message = "all \(failed.count) models failed. " + reasons.joined(separator: "; ")
    }
    return fault
  }

  private func fail(_ fault: ClientFault, _ receipt: AnswerReceipt) {
    error = fault.kind
    guard isStream, progress.withLock(\.hasHead) else {
      status = fault.status(in: dialect)
      return head.give(.fault(fault, receipt))
    }
    dialect.writeFault(fault, head: answerHead(winner), sequence: writer?.sequence ?? passThrough.sequence, into: &out)
  }

  /// Called by the ticker: a long silence is filled, so that nobody between here and the client gives up.
  func keepAlive() {
    guard isStream, !isDone else { return }
    if !progress.withLock(\.hasHead) {
      // From here on an error can only be told within the stream.
      openHead()
    }
    dialect.writeKeepAlive(into: &out)
    send()
  }

  private func send() {
    guard isStream, !out.isEmpty else { return }
    progress.withLock { $0.lastSign = clock.now() }
    if !outbox.append(out.take()) { leave() }
  }

  private func close() {
    send()
    outbox.finish()
  }

  private func receipt(_ response: Response?) -> AnswerReceipt {
    let lane = winner ?? (decision.lanes.count == 1 ? 0 : nil)
    return AnswerReceipt(
      call: call, route: decision.name, model: lane.map { decision.lanes[$0].model.text }, cost: response?.cost,
      firstToken: firstToken,
      leftOut: lane.flatMap { buffers[$0]?.isPassedThrough } == false ? leftOut : [])
  }
}

/// What a client is told about its call beside the answer.
struct AnswerReceipt: Sendable {
  var call: String
  /// The name it was asked for by.
  var route: String
  /// `provider/model`; nil before it is settled.
  var model: String?
  /// Nil before the end.
  var cost: Cost?
  /// Nanoseconds from the request to the first token.
  var firstToken: Int64?
  /// Fields of the request that its model's dialect has no place for.
  var leftOut: [String] = []

  /// Names in lower case.
  var headers: [(name: String, value: String)] {
    var headers = [("x-furlong-call", call), ("x-furlong-route", VisibleText.line(route))]
    if let model { headers.append(("x-furlong-model", model)) }
    if let cost { headers.append(("x-furlong-cost", cost.amount?.decimalText ?? "unknown")) }
    if let firstToken { headers.append(("x-furlong-ttft-ms", decimalText(Double(firstToken / 10_000) / 100))) }
    if !leftOut.isEmpty { headers.append(("x-furlong-left-out", VisibleText.line(leftOut.joined(separator: ", ")))) }
    return headers
  }

  var document: JSON {
    .object(headers.map { .init(name: $0.name.replacing("x-furlong-", with: ""), value: .string($0.value)) })
  }
}
