import Core
import Dispatch
import Store
import Synchronization

/// Leave for one request. Given back with `KeyRing.settle` when its cost is known, whatever became of it.
public struct Admission: Equatable, Sendable {
  /// Nil where none is needed.
  public let key: GatewayKey?
  fileprivate let number: Int
}

/// Who may ask: the keys of the database, what they have spent, and how often they ask. One for the gateway, asked from any thread; it looks at the
/// database twice a second on a queue of its own, never for a request.
public final class KeyRing: Sendable {
  private struct Place: Hashable {
    var key: String
    var day: Int
  }

  private struct State {
    /// By hash; revoked ones too.
    var keys: [String: GatewayKey] = [:]
    /// As the database had it, with what every gateway has spent.
    var stored: [Place: Money] = [:]
    /// Everything settled here since the start, and how much of it `stored` has in it.
    var settled: [Place: Money] = [:]
    var settledAndStored: [Place: Money] = [:]
    /// By number of admission.
    var open: [Int: Admission] = [:]
    var admissions = 0
    var recent: [String: RecentRequests] = [:]
  }

  private let store: Store
  private let clock: Clock
  private let state = Mutex(State())
  private let queue = DispatchQueue(label: "furlong.keys")

  /// Reads the keys that there are.
  /// - Parameter interval: milliseconds between looks at the database; nil for none but by `refresh`.
  public init(store: Store, interval: Int? = 500, clock: Clock = .system) throws(StoreError) {
    (self.store, self.clock) = (store, clock)
    try take(settledAndStored: [:], date: clock.date())
    if let interval { watch(every: interval) }
  }

  private func watch(every interval: Int) {
    queue.asyncAfter(deadline: .now() + .milliseconds(interval)) { [weak self] in
      self?.refresh()
      self?.watch(every: interval)
    }
  }

  /// Whether a key has ever been given out. From then on every caller needs one: revoking the last must not open the door.
  public var needsKeys: Bool { state.withLock { !$0.keys.isEmpty } }

  /// Looks at the database, after what was settled so far is in it. Calls `then` on the store's queue.
  public func refresh(then: @escaping @Sendable (StoreError?) -> Void = { _ in }) {
    let date = clock.date()
    let settled = state.withLock { $0.settled }
    store.commit { [weak self] fault in
      guard let self else { return }
      do throws(StoreError) {
        // What could not be written is not in what is read: it still counts beside it.
        try self.take(settledAndStored: fault == nil ? settled : nil, date: date)
        then(fault)
      } catch {
        then(error)
      }
    }
  }

  private func take(settledAndStored: [Place: Money]?, date: Int64) throws(StoreError) {
    let keys = try store.gatewayKeys()
    let days = Allowance(amount: .zero, period: .month).days(at: date)
    let spendings = try store.gatewaySpending(days: days)
    state.withLock { state in
      state.keys = Dictionary(keys.map { ($0.hash, $0) }, uniquingKeysWith: { $1 })
      state.stored = Dictionary(
        spendings.map { (Place(key: $0.key, day: $0.day), $0.cost) }, uniquingKeysWith: { $0 + $1 })
      if let settledAndStored { state.settledAndStored = settledAndStored }
      let isOver = { (place: Place) in place.day < days.lowerBound }
      for place in state.settled.keys where isOver(place) { state.settled[place] = nil }
      for place in state.settledAndStored.keys where isOver(place) { state.settledAndStored[place] = nil }
    }
  }

  // MARK: Asking

  /// - Parameters:
  ///   - token: as the client sent it; nil when it sent none.
  ///   - route: what it asks for, in its own words.
  public func admit(token: String?, route: String, isLoopback: Bool = true) -> Result<Admission, KeyRefusal> {
    let (now, date) = (clock.now(), clock.date())
    let hash = token.map(GatewayKey.hash)
    return state.withLock { state in
      let key: GatewayKey
      switch Self.find(hash, state, isLoopback: isLoopback) {
      case .failure(let refusal): return .failure(refusal)
      case .success(nil): return .success(Admission(key: nil, number: 0))
      case .success(let found?): key = found
      }
      guard key.mayAsk(for: route) else {
        let routes = key.routes ?? []
        let others = routes.isEmpty ? "nothing" : routes.joined(separator: ", ")
        return .failure(KeyRefusal(.route, "the key ‘\(key.name)’ may not ask for ‘\(route)’, but for \(others)"))
      }
      if let refusal = Self.rateRefusal(key, &state, now) ?? Self.budgetRefusal(key, state, date) {
        return .failure(refusal)
      }
      if key.requestsPerMinute != nil { state.recent[key.id, default: RecentRequests()].note(now) }
      state.admissions += 1
      let admission = Admission(key: key, number: state.admissions)
      state.open[admission.number] = admission
      return .success(admission)
    }
  }

  /// Whose key this is; nil where nobody needs one.
  private static func find(_ hash: String?, _ state: State, isLoopback: Bool) -> Result<GatewayKey?, KeyRefusal> {
    guard !state.keys.isEmpty || !isLoopback else { return .success(nil) }
    guard let hash else {
      return .failure(KeyRefusal(.missing, "this gateway wants a key: furlong key new NAME gives one out"))
    }
    guard let key = state.keys[hash] else {
      return .failure(KeyRefusal(.unknown, "no such key: furlong key list shows those that were given out"))
    }
    guard key.revoked == nil else { return .failure(KeyRefusal(.revoked, "the key ‘\(key.name)’ was revoked")) }
    return .success(key)
  }

  /// Why somebody may not even look, without asking anything of a model; nil when it is allowed.
  public func refusal(of token: String?, isLoopback: Bool) -> KeyRefusal? {
    let hash = token.map(GatewayKey.hash)
    guard case .failure(let refusal) = state.withLock({ Self.find(hash, $0, isLoopback: isLoopback) }) else {
      return nil
    }
    return refusal
  }

  /// Ends an admission and counts what the request cost; a second time does nothing. A cost that nobody knows counts as nothing.
  public func settle(_ admission: Admission, cost: Money?) {
    guard let key = admission.key else { return }
    let place = Place(key: key.id, day: GatewayKey.day(clock.date()))
    state.withLock { state in
      guard state.open.removeValue(forKey: admission.number) != nil else { return }
      state.settled[place] = (state.settled[place] ?? .zero) + (cost ?? .zero)
      // Within the lock: what counts as settled is on its way to the database.
      store.append(
        .gatewaySpending(GatewaySpending(key: key.id, day: place.day, cost: cost ?? .zero, calls: 1)))
    }
  }

  /// What a key has spent in the period of its budget; of this day where it has none.
  public func spent(_ key: GatewayKey) -> Money {
    let date = clock.date()
    return state.withLock { Self.spent(key, $0, date) }
  }

  private static func spent(_ key: GatewayKey, _ state: State, _ date: Int64) -> Money {
    let day = GatewayKey.day(date)
    return (key.allowance?.days(at: date) ?? day..<(day + 1)).reduce(.zero) { sum, day in
      let place = Place(key: key.id, day: day)
      let unread = (state.settled[place] ?? .zero) - (state.settledAndStored[place] ?? .zero)
      return sum + (state.stored[place] ?? .zero) + unread.orZero
    }
  }

  private static func rateRefusal(_ key: GatewayKey, _ state: inout State, _ now: Int64) -> KeyRefusal? {
    guard let limit = key.requestsPerMinute else { return nil }
    let wait = state.recent[key.id, default: RecentRequests()].wait(limit: limit, now: now)
    guard wait > 0 else { return nil }
    let seconds = Int((wait + 999_999_999) / 1_000_000_000)
    return KeyRefusal(
      .rate, "the key ‘\(key.name)’ may ask \(limit) times a minute: the next time in \(seconds) s", retryAfter: seconds
    )
  }

  /// A key with nothing left need not be looked at further; how much a request may cost is the purse's matter.
  private static func budgetRefusal(_ key: GatewayKey, _ state: State, _ date: Int64) -> KeyRefusal? {
    guard let allowance = key.allowance, case let spent = spent(key, state, date), spent >= allowance.amount else {
      return nil
    }
    return KeyRefusal(.budget, key.exhausted(allowance, spent: spent, days: allowance.days(at: date)))
  }
}
