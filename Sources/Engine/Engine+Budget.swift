import Core
import Providers
import Store

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What a turn may cost at the most, and what may still be spent.
public struct Estimate: Equatable, Sendable {
  /// Sum over the lanes whose price is known.
  public var worstCase = Money.zero
  /// The input alone.
  public var least = Money.zero
  /// Lanes whose price nobody knows.
  public var unknown: [Int] = []
  /// Lanes without a cap on their output: `Engine.assumedOutput` tokens are counted.
  public var uncapped: [Int] = []
  /// The least of what the budgets leave; nil when there is none.
  public var left: Money?
  /// Spent since midnight, this turn not counted.
  public var today = Money.zero

  public var isOverBudget: Bool { left.map { worstCase > $0 || ($0 == .zero && worstCase > .zero) } ?? false }

  public init() {}
}

extension Engine {
  /// Output tokens counted for a lane without `max_tokens`: what the largest models write at the most.
  public static let assumedOutput = 128_000

  /// Reads the database: not for the main thread.
  public func estimate(_ entries: [RaceRequest.Entry], system: String?, budget: Budget) throws(StoreError) -> Estimate {
    var estimate = Estimate()
    for entry in entries { add(entry, system, to: &estimate) }
    estimate.today = try spentToday()
    var limits: [Money] = []
    if let perTurn = budget.perTurn { limits.append(perTurn) }
    if let perDay = budget.perDay { limits.append((perDay - estimate.today).orZero) }
    if let perMonth = budget.perMonth {
      limits.append((perMonth - (try store.spent(since: Self.midnight(ofFirst: true)))).orZero)
    }
    estimate.left = limits.min()
    return estimate
  }

  /// What calls since midnight have cost, imported ones not counted.
  public func spentToday() throws(StoreError) -> Money { try store.spent(since: Self.midnight()) }

  /// When today, or this month, began in the person's own time zone: seconds since 1970.
  private static func midnight(ofFirst isFirst: Bool = false) -> Int64 {
    var now = time_t(Clock.date())
    var parts = tm()
    localtime_r(&now, &parts)
    (parts.tm_hour, parts.tm_min, parts.tm_sec, parts.tm_isdst) = (0, 0, 0, -1)
    if isFirst { parts.tm_mday = 1 }
    return Int64(mktime(&parts)).clamped(to: Bounds.dates)
  }

  private func add(_ entry: RaceRequest.Entry, _ system: String?, to estimate: inout Estimate) {
    guard let service = service(entry.lane.model.provider), !service.isLocal, !service.isSimulated else { return }
    let bytes = entry.messages.reduce((entry.lane.system ?? system)?.utf8.count ?? 0) {
      $0 + $1.textWithFiles.utf8.count
    }
    let input = (bytes + 3) / 4
    let model = entry.lane.model.model
    let query = PriceBook.Query(
      service: service.id, list: service.priceList, models: [model], date: Clock.date(), input: input)
    guard let price = prices.price(query) else { return estimate.unknown.append(entry.number) }
    let cap = entry.lane.parameters.maxTokens ?? service.defaultMaxTokens
    if cap == nil { estimate.uncapped.append(entry.number) }
    let room = prices.contextWindow(list: service.priceList, model: model).map { max(0, $0 - input) }
    let most = cap ?? min(room ?? Self.assumedOutput, Self.assumedOutput)
    estimate.least = estimate.least + (price.amount(input: input, output: 0) ?? .zero)
    estimate.worstCase = estimate.worstCase + (price.amount(input: input, output: most) ?? .zero)
  }
}

extension Engine {
  /// Output tokens reckoned for a request that sets no cap, where somebody's budget holds the money back meanwhile.
  private static let usualOutput = 4096

  /// What a request may cost: the dearest of these, or all of them where they run against each other; and those whose price
  /// nobody knows.
  public func expectedCost(
    of lanes: [Lane], together: Bool, input: Int, output: Int?
  ) -> (amount: Money, unknown: [ModelID]) {
    var unknown: [ModelID] = []
    let costs = lanes.compactMap { lane -> Money? in
      guard let service = service(lane.model.provider), !service.isLocal, !service.isSimulated else { return nil }
      let query = PriceBook.Query(
        service: service.id, list: service.priceList, models: [lane.model.model], date: Clock.date(), input: input)
      let most = lane.parameters.maxTokens ?? output ?? service.defaultMaxTokens ?? Engine.usualOutput
      guard let cost = prices.price(query)?.amount(input: input, output: most) else {
        unknown.append(lane.model)
        return nil
      }
      return cost
    }
    return (together ? costs.reduce(.zero, +) : costs.max() ?? .zero, unknown)
  }
}
