import Core
import Dispatch
import Providers
import Store
import Synchronization
import Transport

/// The one door to the models: whoever wants an answer comes through here, and what comes back is stored. Its methods may be
/// called from any thread and do not wait.
public final class Engine: Sendable {
  public let services: [Service]
  public let store: Store
  public let prices: PriceBook
  /// What dates, prices and budgets go by; the times of a race by the loop's own.
  public let clock: Clock
  let loop: TransferLoop
  let limits: Limits
  private let findKey: @Sendable (Service) -> KeyResult
  /// Where a key is to be found, told without running anything; nil where there is none.
  let keyOrigin: @Sendable (Service) -> KeyOrigin?
  let keys = Mutex<[String: KeyResult]>([:])
  /// What services listed when they were asked last, by id.
  let lists = Mutex<[String: [ListedModel]]>([:])
  /// How long the tokens of models are.
  let measures: TokenMeasures
  /// Gives leave to spend.
  public let purse: Purse
  /// For what has been waited for or is late; nothing on it waits.
  let preparation = DispatchQueue(label: "furlong.engine")

  /// Limits on waiting, in nanoseconds.
  public struct Limits: Equatable, Sendable {
    public var connect: Int64 = 10_000_000_000
    /// Until the first token, and the longest time from one token to the next that signs of life alone can fill.
    public var firstToken: Int64 = 300_000_000_000
    /// Without a byte, once tokens flow; and for the end mark after the reason why the answer ended.
    public var silence: Int64 = 60_000_000_000
    /// How long a race waits for keys before it starts without the lanes that lack theirs; those follow.
    public var keys: Int64 = 2_000_000_000

    public init() {}
  }

  public enum KeyResult: Equatable, Sendable {
    case key(String)
    case notNeeded
    /// A sentence that says which key is missing and where to put it.
    case missing(String)
  }

  /// - Parameters:
  ///   - budget: what may be spent.
  ///   - keyOrigin: where a key is to be found; runs nothing.
  ///   - findKey: a service's key; asked once for each service, on a background thread.
  public init(
    services: [Service], store: Store, prices: PriceBook, loop: TransferLoop, limits: Limits = Limits(),
    budget: Budget = Budget(), clock: Clock = .system,
    keyOrigin: @escaping @Sendable (Service) -> KeyOrigin? = { _ in .command },
    findKey: @escaping @Sendable (Service) -> KeyResult
  ) {
    self.services = services
    self.store = store
    self.clock = clock
    measures = TokenMeasures(store)
    purse = Purse(budget, store: store, clock: clock)
    self.prices = prices
    self.loop = loop
    self.limits = limits
    self.findKey = findKey
    self.keyOrigin = keyOrigin
  }

  /// Learns from the database how long these models' tokens and answers are. Not for the main thread.
  public func readMeasures(of models: [ModelID]) { measures.read(models) }

  func hasKey(_ service: Service) -> Bool { keyOrigin(service) != nil }

  public func service(_ id: String) -> Service? { services.first { $0.id == id } }

  /// The key of a service; asks for it the first time, which may run a command of the person's.
  public func key(for service: Service) -> KeyResult {
    if let known = keys.withLock({ $0[service.id] }) { return known }
    let found = findKey(service)
    // A missing key is looked for again: it may be set while the workbench is open.
    if case .missing = found { return found }
    keys.withLock { $0[service.id] = found }
    return found
  }

  /// Finds the keys of these lanes' services, each away from the caller's thread.
  /// - Parameters:
  ///   - late: told a key that a slow command gave after `then`.
  ///   - then: called once with what was found in time, by service id.
  func findKeys(
    of lanes: [Lane], late: @escaping @Sendable (String, KeyResult) -> Void,
    then: @escaping @Sendable ([String: KeyResult]) -> Void
  ) {
    // Models that are new here are looked up first, which the caller's thread does not wait for.
    let new = measures.unread(lanes.map(\.model))
    guard new.isEmpty else {
      return OwnThread.start {
        self.measures.read(new)
        self.findKeys(of: lanes, late: late, then: then)
      }
    }
    let services = Set(lanes.map(\.model.provider)).compactMap { self.service($0) }
    let known = keys.withLock { keys in services.compactMap { service in keys[service.id].map { (service.id, $0) } } }
    if known.count == services.count { return then(Dictionary(uniqueKeysWithValues: known)) }
    let search = Mutex((found: [String: KeyResult](), isOver: false))
    let group = DispatchGroup()
    for service in services {
      group.enter()
      OwnThread.start {
        let key = self.key(for: service)
        let isLate = search.withLock { search in
          if !search.isOver { search.found[service.id] = key }
          return search.isOver
        }
        if isLate { late(service.id, key) }
        group.leave()
      }
    }
    let finish: @Sendable () -> Void = {
      let found = search.withLock { search in
        defer { search.isOver = true }
        return search.isOver ? nil : search.found
      }
      if let found { then(found) }
    }
    group.notify(queue: preparation, execute: finish)
    preparation.asyncAfter(deadline: .now() + .nanoseconds(Int(limits.keys)), execute: finish)
  }

  /// A name or an id as a provider says it: without keys, and no longer than names are.
  func said(_ text: String) -> String { redacted(text).beginning(bytes: 256) }

  /// Takes every key out of a text that somebody else wrote, before it is kept or shown.
  func redacted(_ text: String) -> String {
    let found = keys.withLock { keys in
      keys.values.compactMap { if case .key(let key) = $0, key.utf8.count >= 4 { key } else { nil } }
    }
    // A header of the person's own may carry a key as well; a short one is an ordinary word.
    let secrets = found + services.flatMap { $0.headers.map(\.value) }.filter { $0.utf8.count >= 12 }
    return Redaction(secrets: secrets, findsShapes: false).text(text)
  }

  /// Starts a race. Events come on the transfer thread, in order, ending with `ended`.
  public func start(_ request: RaceRequest, observe: @escaping @Sendable (RaceEvent) -> Void) -> Race {
    let race = Race(request, engine: self, observe: observe)
    // Keys may come from a command and the disk may be slow: neither is waited for by the caller, and the gun waits for both.
    findKeys(of: request.lanes.map(\.lane), late: race.keyFound) { keys in
      race.askLeave { leave in
        if request.isNewSession { self.store.append(.session(request.session)) }
        self.store.append(.turn(session: request.session.id, request.turn))
        self.loop.perform {
          race.prepare(keys, leave)
          // What cannot be saved now is raced all the same: the store keeps it, and tells by `onFault`.
          self.store.commitSoon { self.loop.perform { race.fire() } }
        }
      }
    }
    return race
  }

  /// Starts a race for a client who waits. Before anything is sent a row of the call stands; but no more is written, and no
  /// thread is changed, than that takes. Events come on the transfer thread.
  public func relay(_ request: RaceRequest, observe: @escaping @Sendable (RaceEvent) -> Void) -> Race {
    let race = Race(request, engine: self, observe: observe)
    findKeys(of: request.lanes.map(\.lane), late: race.keyFound) { keys in
      race.askLeave { leave in
        // Nobody else has this race yet: it is prepared on the caller's thread.
        let calls = race.prepareCalls(keys, leave)
        let fire: @Sendable () -> Void = { self.loop.perform { race.fire() } }
        if race.keeping == GatewayKey.Keeping.none {
          fire()
        } else {
          self.store.announce(request.session, request.turn, calls, then: fire)
        }
      }
    }
    return race
  }

  /// A race of a turn that is stored already: nothing is sent until `Race.run` is told to.
  public func resume(_ request: RaceRequest, observe: @escaping @Sendable (RaceEvent) -> Void) -> Race {
    Race(request, engine: self, observe: observe)
  }

  /// Calls `then` on the transfer thread once everything asked for before has been done there.
  public func settle(then: @escaping @Sendable () -> Void) { loop.perform(then) }

  /// Opens connections to the services of these lanes, so that the race starts on warm ones. Calls `then` on the transfer
  /// thread when all stand, or after two seconds. A server on this machine is left alone: its connection costs microseconds.
  public func warm(_ lanes: [Lane], then: @escaping @Sendable () -> Void = {}) {
    let addresses = lanes.compactMap { lane in service(lane.model.provider)?.baseURL(for: lane.model.model) }
      .filter { $0.hasPrefix("https:") }
    guard !addresses.isEmpty else { return loop.perform(then) }
    loop.perform { [loop] in
      var open = Set<TransferID>()
      var isOver = false
      func end() {
        guard !isOver else { return }
        isOver = true
        for id in open { loop.cancel(id) }
        then()
      }
      for address in addresses {
        var request = TransferRequest(.head, address)
        request.connectLimit = 2_000_000_000
        var id: TransferID?
        id = loop.submit(request) { event in
          guard case .finished = event, let id else { return }
          open.remove(id)
          if open.isEmpty { end() }
        }
        if let id { open.insert(id) }
      }
      loop.after(2_000_000_000) { end() }
    }
  }
}

/// What a reader of the store meets when it cannot be read; `message` says what to do.
public typealias StoreFault = StoreError

/// One turn to be raced.
public struct RaceRequest: Sendable {
  public struct Entry: Equatable, Sendable {
    /// Lane number within the session.
    public var number: Int
    public var lane: Lane
    /// What this lane has seen before, ending with the prompt of this turn.
    public var messages: [Message]
    /// What it is asked, where that is not the turn's prompt.
    public var prompt: String?
    /// It may win the race.
    public var isContestant = true
    /// What a relayed request says beside messages and parameters.
    public var relayed: Relay.Part?

    public init(number: Int, lane: Lane, messages: [Message]) {
      self.number = number
      self.lane = lane
      self.messages = messages
    }
  }

  public var session: Session
  public var isNewSession: Bool
  public var turn: Turn
  public var lanes: [Entry]
  public var check: ValidityCheck?
  /// Start lane n+1 only when nothing has come n times this long after the gun, in nanoseconds.
  public var hedge: Int64?
  /// In which order lanes are asked, where that is more than all at once or hedged.
  public var order: StartOrder?
  /// Somebody else's client waits for the answer; nil for a turn of Furlong's own.
  public var relay: Relay?
  /// The whole turn ends after this, in nanoseconds.
  public var timeout: Int64?
  /// Who judges for `first-good`, and what is good enough.
  public var good: GoodEnough?
  /// What every answer is held to.
  public var schema: OutputSchema?
  /// Limits of the turn and its command, beside the config's; the config's for a turn where there is none.
  public var wallets: [Wallet] = []
  /// The gateway's key that it counts for.
  public var key: GatewayKey?
  /// Models without a known price are asked although there is a limit.
  public var allowsUnpriced = false
  /// Nobody watches: it waits while other requests hold the money that it needs.
  public var waitsForMoney = false

  /// A turn of a session, with the thread each lane has seen.
  public init(session: Session, isNewSession: Bool, turn: Turn, lanes: [Int]? = nil) {
    self.session = session
    self.isNewSession = isNewSession
    self.turn = turn
    let chosen = lanes ?? session.activeLanes
    self.lanes = chosen.map { RaceRequest.entry(number: $0, session: session, turn: turn) }
  }

  /// A lane with the thread it has seen.
  /// - Parameter prompt: what it is asked instead of the turn's prompt; nil: what it was asked before, where it was.
  public static func entry(number: Int, session: Session, turn: Turn, prompt: String? = nil) -> Entry {
    let before = turn.responses[number]
    let own = prompt ?? before?.prompt
    var messages = session.thread(lane: number, before: turn.number)
    messages.appendPrompt(own ?? turn.prompt, turn.attachments)
    var entry = Entry(number: number, lane: session.lanes[number], messages: messages)
    entry.prompt = own
    entry.isContestant = !session.lanes[number].isFusion
    // Of a data set's variant it was filled in with the item's values.
    if turn.item != nil, let system = before?.system { entry.lane.system = system }
    return entry
  }
}
