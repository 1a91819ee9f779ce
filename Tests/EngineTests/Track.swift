import Core
import Providers
import Store
import TestSupport
import Transport

@testable import Engine

/// An engine whose services are loopback servers, one for each lane (`s0/m`, `s1/m`, …), and what its race told.
final class Track {
  let engine: Engine
  let store: Store
  let journal = Journal<RaceEvent>()
  private let loop: TransferLoop
  private let servers: [LoopbackServer]
  private(set) var race: Race?
  private(set) var session: Session

  /// - Parameters:
  ///   - lanes: full texts instead of `s0/m`, `s1/m`, …
  ///   - clock: what the race's times and limits go by; see `pass`.
  ///   - key: of every service; nil needs none, an empty one is missing.
  init(
    _ servers: [LoopbackServer], lanes: [String]? = nil, key: String? = nil, limits: Engine.Limits = Engine.Limits(),
    clock: StillClock? = nil, budget: Budget = Budget(), configure: (inout Service) -> Void = { _ in }
  ) {
    self.servers = servers
    loop = clock.map { clock in TransferLoop { clock.now } } ?? TransferLoop()
    var services = Catalog.services
    for (place, server) in servers.enumerated() {
      services.append(Service("s\(place)", dialect: "openai-chat", baseURL: server.url, configure))
    }
    store = try! Store.inMemory(clock: clock?.clock ?? .system)
    engine = Engine(
      services: services, store: store, prices: PriceBook(), loop: loop, limits: limits, budget: budget,
      clock: clock?.clock ?? .system
    ) { service in
      guard let key else { return .notNeeded }
      return key.isEmpty ? .missing("no key for \(service.id): set KEY") : .key(key)
    }
    let texts = lanes ?? servers.indices.map { "s\($0)/m" }
    session = Session(
      id: Session.newID(), created: 1, title: "t", rule: .all, lanes: texts.map { try! Lane(parsing: $0) }, turns: [])
  }

  deinit { loop.stop() }

  /// Lets so many milliseconds pass and the race notice it.
  func pass(_ milliseconds: Int64, _ clock: StillClock) {
    clock.pass(milliseconds: milliseconds, noticedBy: loop.perform)
  }

  /// Starts the first turn.
  func start(_ rule: RaceRule = .all, _ adjust: (inout RaceRequest) -> Void = { _ in }) {
    var request = RaceRequest(
      session: session, isNewSession: true, turn: Turn(number: 1, prompt: "Hello", system: "Be brief", rule: rule))
    adjust(&request)
    race = engine.start(request) { [journal] in journal.append($0) }
  }

  /// Starts and waits for the end.
  @discardableResult
  func run(_ rule: RaceRule = .all, _ adjust: (inout RaceRequest) -> Void = { _ in }) -> Bool {
    start(rule, adjust)
    return finish()
  }

  /// False when the race did not end in time.
  @discardableResult
  func finish(seconds: Double = patience) -> Bool {
    wait(seconds: seconds) { if case .ended = $0 { true } else { false } }
  }

  func wait(seconds: Double = patience, for isWanted: (RaceEvent) -> Bool) -> Bool {
    journal.first(seconds: seconds) { isWanted($0) } != nil
  }

  func waitForText(_ lane: Int) -> Bool {
    wait { if case .lane(lane, .text) = $0 { true } else { false } }
  }

  func waitForEnd(of lane: Int, generation: Int = 1) -> Bool {
    wait { if case .lane(lane, .ended(let response)) = $0 { response.generation == generation } else { false } }
  }

  var events: [RaceEvent] { journal.entries }

  /// As the race ended; nil when nobody won.
  var winner: Int? {
    for case .ended(let winner) in events { return winner }
    return nil
  }

  /// A lane's last response as it stays; an empty one when it has not ended.
  func response(_ lane: Int) -> Response {
    for case .lane(lane, .ended(let response)) in events.reversed() { return response }
    return Response(lane: lane, model: session.lanes[lane].model, parameters: Parameters())
  }

  /// The session as it is stored.
  func stored() throws -> Session {
    let done = Gate()
    store.commit { _ in done.open() }
    done.wait()
    return try store.session(session.id)
  }
}
