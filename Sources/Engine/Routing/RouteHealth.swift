import Core

/// Whether a candidate may be asked now. Sorted: the better first.
enum Standing: Equatable {
  case ready
  /// Only after those that are ready, and why.
  case later(String)
  /// Only when nobody else is left: the request is too long for it.
  case tooSmall(String)
  /// As before: it cannot be had at all.
  case out(String)

  var rank: Int {
    switch self {
    case .ready: 0
    case .later: 1
    case .tooSmall: 2
    case .out: 3
    }
  }

  var isExcluded: Bool { rank > 1 }

  var reason: String? {
    switch self {
    case .ready: nil
    case .later(let reason), .tooSmall(let reason), .out(let reason): reason
    }
  }
}

/// Who is cooling down, whose provider is down, whose key is dead, what is too long for whom. Owned by a router, behind its
/// lock; times are nanoseconds on the router's clock.
struct RouteHealth {
  private var models: [ModelID: Cooldown] = [:]
  private var keys: [String: (until: Int64, reason: String)] = [:]
  private var breakers: [String: Breaker] = [:]
  /// The smallest input that was too long.
  private var tooLong: [ModelID: Int] = [:]
  private var lacks: [ModelID: Set<Need>] = [:]

  private enum Need: String { case tools, images }

  private struct Cooldown {
    var until: Int64
    /// In a row, for the pause after the next one.
    var count: Int
    var isUnknownModel = false
  }

  /// A provider's last failures; open while it is left alone, then one call is let through.
  private struct Breaker {
    var failures: [Int64] = []
    var openUntil: Int64?
    var trial: Int64?
  }

  static let second: Int64 = 1_000_000_000
  static let firstPause = 5 * second
  static let longestPause = 300 * second
  static let deadKey = 600 * second
  static let failuresToOpen = 5
  static let failureWindow = 30 * second
  static let openTime = 30 * second

  /// Tokens that a model can read, as far as anybody knows.
  func room(_ model: ModelID, recorded: Int?) -> Int? {
    guard let most = tooLong[model] else { return recorded }
    return min(most - 1, recorded ?? .max)
  }

  /// - Parameter room: as above.
  func standing(_ model: ModelID, room: Int?, _ request: RouteRequest, now: Int64) -> Standing {
    if let key = keys[model.provider], now < key.until {
      return .out("\(key.reason): not asked for \(Self.seconds(key.until - now))")
    }
    if request.checksContext, let room, request.input > room {
      return .tooSmall("\(request.input) tokens do not fit: it reads \(room) at the most")
    }
    if let lacks = lacks[model] {
      if request.needsTools, lacks.contains(.tools) { return .out("it takes no tools") }
      if request.needsImages, lacks.contains(.images) { return .out("it takes no images") }
    }
    if let cooldown = models[model], now < cooldown.until {
      let time = Self.seconds(cooldown.until - now)
      return cooldown.isUnknownModel
        ? .out("its provider does not know it: not asked for \(time)") : .later("cooling down for \(time)")
    }
    if let breaker = breakers[model.provider], let openUntil = breaker.openUntil {
      if now < openUntil {
        return .later("\(model.provider) keeps failing: left alone for \(Self.seconds(openUntil - now))")
      }
      if let trial = breaker.trial, now < trial + Self.openTime {
        return .later("\(model.provider) was failing: another call is trying it")
      }
    }
    return .ready
  }

  /// A call goes out: of a provider that was failing, this is the one that tries it.
  mutating func started(_ provider: String, now: Int64) {
    if let openUntil = breakers[provider]?.openUntil, now >= openUntil { breakers[provider]?.trial = now }
  }

  mutating func succeeded(_ model: ModelID, input: Int, now: Int64) {
    keys[model.provider] = nil
    breakers[model.provider] = nil
    // A pause that the provider asked for is kept, whatever was on its way before.
    if let cooldown = models[model], now >= cooldown.until || cooldown.isUnknownModel { models[model] = nil }
    if let most = tooLong[model], input >= most { tooLong[model] = nil }
  }

  mutating func failed(_ model: ModelID, _ error: ResponseError, input: Int, now: Int64) {
    switch error.kind {
    case .rateLimit: cool(model, error.retryAfter, now)
    case .overloaded, .server, .network, .timeout:
      if let wait = error.retryAfter { cool(model, wait, now) }
      countFailure(model.provider, now)
    // Some providers forbid a single prompt so: that is no word about the key.
    case .auth where error.status == 403: cool(model, error.retryAfter, now)
    case .auth: keys[model.provider] = (now + Self.deadKey, "the key of \(model.provider) was refused")
    case .money: keys[model.provider] = (now + Self.deadKey, "no money is left at \(model.provider)")
    case .notFound:
      makeRoom(now)
      models[model] = Cooldown(until: now + Self.deadKey, count: 0, isUnknownModel: true)
    case .contextLength: if input > 0 { tooLong[model] = min(tooLong[model] ?? .max, input) }
    case .badRequest:
      let name = error.refusedParameter ?? ""
      if name.contains("tool") { lacks[model, default: []].insert(.tools) }
      if name.contains("image") { lacks[model, default: []].insert(.images) }
    case .protocolFault, .cut, .cancelled: break
    }
  }

  /// The config was read again: keys may have changed.
  mutating func forgiveKeys() { keys = [:] }

  private mutating func cool(_ model: ModelID, _ asked: Int64?, _ now: Int64) {
    let before = models[model]
    // Calls that were under way together are one failure.
    let isSame = before.map { now < $0.until } ?? false
    let count = (before?.count ?? 0) + (isSame ? 0 : 1)
    let pause = min(Self.longestPause, Self.firstPause << Int64(min(count - 1, 10)))
    makeRoom(now)
    let until = now + (asked.map { min($0, 86_400 * Self.second) } ?? (isSame ? 0 : pause))
    models[model] = Cooldown(until: max(before?.until ?? 0, until), count: max(1, count))
  }

  private mutating func countFailure(_ provider: String, _ now: Int64) {
    var breaker = breakers[provider] ?? Breaker()
    breaker.failures = breaker.failures.suffix(Self.failuresToOpen - 1) + [now]
    let isSwift = breaker.failures.count == Self.failuresToOpen && now - breaker.failures[0] <= Self.failureWindow
    if breaker.openUntil != nil || isSwift {
      breaker.openUntil = now + Self.openTime
      breaker.trial = nil
    }
    breakers[provider] = breaker
  }

  /// Clients name models at will.
  private mutating func makeRoom(_ now: Int64) {
    if models.count >= 1000 { models = models.filter { $0.value.until > now } }
  }

  private static func seconds(_ nanoseconds: Int64) -> String { "\((nanoseconds + second - 1) / second) s" }
}
