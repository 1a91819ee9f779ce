import Core
import Providers
import Store

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What a turn may cost, and what may still be spent.
public struct Estimate: Equatable, Sendable {
  /// Sum over the lanes whose price is known: with all that their caps, or the models, allow.
  public var worstCase = Money.zero
  /// With answers as long as these models' have been.
  public var probable = Money.zero
  /// The input alone.
  public var least = Money.zero
  /// Lanes whose price nobody knows.
  public var unknown: [Int] = []
  /// Lanes without a cap on their output: `PriceBook.assumedOutput` tokens are counted.
  public var uncapped: [Int] = []
  /// The least of what the budgets leave; nil when there is none.
  public var left: Money?
  /// What requests that run, of this process or another, may still take of it: it is not in `left`.
  public var held = Money.zero
  /// Spent since midnight, this turn not counted.
  public var today = Money.zero

  public var isOverBudget: Bool { left.map { worstCase > $0 || ($0 == .zero && worstCase > .zero) } ?? false }

  public init() {}
}

extension Engine {
  /// Reads the database: not for the main thread.
  /// - Parameter wallets: of the turn and its command.
  public func estimate(
    _ entries: [RaceRequest.Entry], system: String?, wallets: [Wallet] = []
  ) throws(StoreError) -> Estimate {
    var estimate = Estimate()
    for entry in entries {
      let exposure = exposure(of: entry, system: system)
      if exposure.isUnpriced { estimate.unknown.append(entry.number) }
      if exposure.isUncapped { estimate.uncapped.append(entry.number) }
      estimate.least = estimate.least + exposure.least
      estimate.probable = estimate.probable + exposure.probable
      estimate.worstCase = estimate.worstCase + exposure.most
    }
    estimate.today = try spentToday()
    var limits = wallets.compactMap(\.left)
    let held = purse.budget.perDay == nil && purse.budget.perMonth == nil ? .zero : try store.held()
    estimate.held = held
    if let perDay = purse.budget.perDay { limits.append((perDay - estimate.today - held).orZero) }
    if let perMonth = purse.budget.perMonth {
      limits.append((perMonth - (try spentThisMonth()) - held).orZero)
    }
    estimate.left = limits.min()
    return estimate
  }

  /// What calls since midnight have cost, imported ones not counted.
  public func spentToday() throws(StoreError) -> Money {
    try store.spent(since: Self.midnight(at: clock.date()))
  }

  /// What calls since midnight of the first have cost, imported ones not counted.
  public func spentThisMonth() throws(StoreError) -> Money {
    try store.spent(since: Self.midnight(at: clock.date(), ofFirst: true))
  }

  /// When the day of a moment, or its month, began in the person's own time zone: seconds since 1970.
  static func midnight(at date: Int64, ofFirst isFirst: Bool = false) -> Int64 {
    var now = time_t(date)
    var parts = tm()
    localtime_r(&now, &parts)
    (parts.tm_hour, parts.tm_min, parts.tm_sec, parts.tm_isdst) = (0, 0, 0, -1)
    if isFirst { parts.tm_mday = 1 }
    return Int64(mktime(&parts)).clamped(to: Bounds.dates)
  }
}
