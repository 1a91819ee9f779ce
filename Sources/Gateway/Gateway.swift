import Core
import Engine
import Logging
import Store
import Synchronization

/// The engine behind an address: what clients ask for is routed, relayed and booked. One for a process; any thread.
public final class Gateway: Sendable {
  public struct Settings: Sendable {
    public var host = "127.0.0.1"
    public var port = 4141
    /// Requests served at once; one more is told to come back.
    public var mostInFlight = 1024
    /// Connections of clients open at once, and requests to models open at once: what the process has descriptors for.
    public var mostConnections = Int.max
    public var mostUpstream = Int.max
    /// Bytes of a request's body.
    public var longestBody = 32 << 20
    /// Nanoseconds for a request to arrive whole, and for a client to take what is there for it.
    public var patience: Int64 = 60_000_000_000
    /// Nanoseconds of silence after which a stream is given a sign of life.
    public var keepAlive: Int64 = 10_000_000_000
    /// Seconds that open streams are given to end when the gateway stops.
    public var grace = 30
    /// How much is kept of calls without a key.
    public var keeping = GatewayKey.Keeping.full
    /// Fields of requests that may be left out, and told, where a dialect has no place for them.
    public var leavesOut: Set<String> = []

    /// Whether only this machine can reach it.
    public var isLoopback: Bool { Authority(host: host)?.isLoopback ?? false }

    public init() {}
  }

  /// Who is asked, and what is learnt from it.
  public struct Routing: Sendable {
    /// Names of the routes, for the list of models.
    public var names: [String]
    public var decide: @Sendable (String, RouteRequest) -> Result<RouteDecision, RouteFault>
    /// A response has ended: who, by which name it was asked for, and how many tokens were sent by estimate.
    public var learn: @Sendable (Response, String, Int) -> Void

    public init(
      names: [String] = [], decide: @escaping @Sendable (String, RouteRequest) -> Result<RouteDecision, RouteFault>,
      learn: @escaping @Sendable (Response, String, Int) -> Void = { _, _, _ in }
    ) {
      self.names = names
      self.decide = decide
      self.learn = learn
    }
  }

  let engine: Engine
  var clock: Clock { engine.clock }
  let routing: Routing
  let keys: KeyRing
  let metrics: Metrics
  /// Told of every call that has ended.
  private let report: @Sendable (GatewayCall) -> Void
  /// Why calls are not saved at the moment; they are answered all the same.
  private let fault = Mutex<StoreError?>(nil)
  let settings: Settings
  let logger: Logger
  let departures = Departures()
  let visitors: Visitors
  /// Requests that are answered in the background for nobody but the ledger.
  let shadows = Atomic(0)
  private let inFlight = Mutex(OpenCalls())

  private struct OpenCalls {
    var answers: [String: Answer] = [:]
    /// Lanes that may run at once, over all of them.
    var lanes = 0
  }
  private let listed = Mutex<(at: Int64, entries: [ModelList.Entry])?>(nil)

  public init(
    engine: Engine, routing: Routing, keys: KeyRing, metrics: Metrics, settings: Settings, logger: Logger,
    report: @escaping @Sendable (GatewayCall) -> Void = { _ in }
  ) {
    self.engine = engine
    self.routing = routing
    self.keys = keys
    self.metrics = metrics
    self.settings = settings
    self.logger = logger
    self.report = report
    visitors = Visitors(most: settings.mostConnections, logger: logger, clock: engine.clock)
    engine.store.onFault { [weak self] fault in
      guard let self else { return }
      self.fault.withLock { $0 = fault }
      if let fault {
        logger.error("calls are not being saved", metadata: ["reason": .string(fault.message)])
      } else {
        logger.notice("calls are saved again")
      }
    }
  }

  /// Why calls are not being saved; nil while all is well.
  var storeFault: String? { fault.withLock { $0?.message } }

  public var host: String { settings.host }

  /// Calls that are not over yet.
  public var openCalls: Int { inFlight.withLock(\.answers.count) }

  /// Takes a call in, or says what there is too much of.
  func open(_ answer: Answer) -> ClientFault? {
    let message = inFlight.withLock { open -> String? in
      let count = open.answers.count
      guard count < settings.mostInFlight else {
        return "\(settings.mostInFlight) requests are being answered: try again soon"
      }
      let lanes = answer.decision.order.width
      // One alone is always let in: it would never find more room.
      guard count == 0 || open.lanes + lanes <= settings.mostUpstream else {
        return "\(count) requests are being answered, as many as this process may have connections for: try again "
          + "soon, or start the gateway with a higher limit of open files (ulimit -n is \(Descriptors.limit))"
      }
      open.answers[answer.call] = answer
      open.lanes += lanes
      return nil
    }
    guard let message else { return nil }
    var fault = ClientFault(503, .overloaded, message)
    fault.retryAfter = 1_000_000_000
    return fault
  }

  /// A call has ended: metrics, collectors and the log are told of it.
  func tell(_ call: GatewayCall) {
    metrics.requestEnded(call)
    report(call)
    logger.log(level: call.status < 400 && call.error == nil ? .info : .notice, "call", metadata: call.logFields)
  }

  func close(_ answer: Answer) {
    inFlight.withLock { open in
      if open.answers.removeValue(forKey: answer.call) != nil { open.lanes -= answer.decision.order.width }
    }
  }

  /// What can be asked for, routes first; asked of the servers again after half a minute.
  func models() async -> [ModelList.Entry] {
    let now = clock.now()
    if let known = listed.withLock({ $0 }), now - known.at < 30_000_000_000 { return known.entries }
    let catalogue = await withCheckedContinuation { continuation in
      engine.catalogue(recent: []) { continuation.resume(returning: $0) }
    }
    var seen = Set<String>()
    let entries =
      routing.names.map { ModelList.Entry(id: $0, owner: "furlong") }
      + catalogue.filter { !$0.isKeyMissing && seen.insert($0.model.text).inserted }.map {
        ModelList.Entry(id: $0.model.text, owner: $0.model.provider, contextLength: $0.contextLength)
      }
    listed.withLock { $0 = (now, entries) }
    return entries
  }

  /// How many tokens a request has: counted by its provider where that can be asked, else by our own estimate.
  func count(_ request: ClientRequest, _ sender: Sender) async throws(ClientFault) -> (tokens: Int, isEstimate: Bool) {
    let decision = try decide(request, call: Session.newID())
    switch keys.admit(token: sender.token, route: request.model, isLoopback: settings.isLoopback) {
    case .success(let admission): keys.settle(admission, cost: .zero)
    case .failure(let refusal): throw ClientFault(refusal)
    }
    guard let lane = decision.lanes.first, let service = engine.service(lane.model.provider),
      service.dialect == request.dialect.rawValue
    else { return (request.size / 4, true) }
    let body = request.countBody(model: lane.model.model)
    switch await engine.countTokens(body, model: lane.model.model, headers: sender.headers, by: service) {
    case .success(let tokens): return (tokens, false)
    case .failure(let error): throw ClientFault(error, wasRetried: false)
    }
  }

  /// Fills silences, and lets go of clients that take nothing. Called every second.
  func tick() {
    visitors.makeRoom()
    let now = clock.now()
    for answer in inFlight.withLock({ Array($0.answers.values) }) {
      let (sign, isStuck) = answer.progress.withLock { ($0.lastSign, $0.isStuck(now, settings.patience)) }
      if isStuck {
        answer.leave()
        answer.progress.withLock(\.hangUp)?()
      }
      if now - sign >= settings.keepAlive { engine.settle { answer.keepAlive() } }
    }
  }
}
