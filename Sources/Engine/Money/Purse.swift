import Core
import Dispatch
import Store
import Synchronization
import Transport

/// Who gives leave to spend. Everything that asks a model comes here first, with what it may cost: the config's budgets for a day
/// and a month, which all processes on the database share, a gateway key's allowance, and the wallets of its turn and its
/// command must have room for it. What is granted counts as held until it is spent or given back. Any thread.
public final class Purse: Sendable {
  /// For what somebody wants to spend.
  struct Want: Sendable {
    var exposures: [Exposure] = []
    /// All of them run at once, not one at a time.
    var together = true
    var wallets: [Wallet] = []
    var key: GatewayKey?
    /// Unpriced models may be asked although there is a limit.
    var allowsUnpriced = false
    /// Waits while others hold what it needs; told to stop by `isGone`.
    var waits = false
    var isGone: @Sendable () -> Bool = { false }

    var sums: (least: Money, usual: Money, most: Money) { together ? exposures.sum : exposures.dearest }
  }

  private struct Waiting: Sendable {
    /// Who came first gets first.
    var number: Int
    var want: Want
    var then: @Sendable (Result<Grant, Refusal>) -> Void
  }

  public let budget: Budget
  private let store: Store
  /// When a day or a month of a budget begins.
  private let clock: Clock
  private let waiting = Mutex<(list: [Waiting], count: Int, isTimed: Bool)>(([], 0, false))
  private let queue = DispatchQueue(label: "furlong.purse")
  /// Milliseconds after which those who wait ask again: what another process gives back nobody tells.
  private static let patience = 300

  init(_ budget: Budget, store: Store, clock: Clock = .system) {
    (self.budget, self.store, self.clock) = (budget, store, clock)
  }

  /// The wallet of one turn, with all that is done about it: a command's limit, else the config's.
  public func turnWallet(_ limit: Money? = nil, spent: Money = .zero) -> Wallet {
    limit.map { Wallet($0, name: "--max-cost", spent: spent) }
      ?? Wallet(budget.perTurn, name: "budget.per_turn", spent: spent)
  }

  // MARK: Asking

  /// Whether anything limits what is paid from these.
  func limits(_ wallets: [Wallet], _ key: GatewayKey?) -> Bool {
    budget.perDay != nil || budget.perMonth != nil || key?.allowance != nil || wallets.contains { $0.limit != nil }
  }

  /// Leave where nothing limits.
  func unlimited(_ wallets: [Wallet]) -> Grant {
    Grant(self, id: "", wallets: wallets, key: nil, isLimited: false, usual: .zero, most: .zero)
  }

  /// Where something limits it: see `limits`.
  /// - Parameter then: called once, on some thread; perhaps before this returns.
  func ask(_ want: Want, then: @escaping @Sendable (Result<Grant, Refusal>) -> Void) {
    let number = waiting.withLock { waiting in
      waiting.count += 1
      return waiting.count
    }
    ask(Waiting(number: number, want: want, then: then))
  }

  private func ask(_ one: Waiting) {
    let (want, then) = (one.want, one.then)
    if want.isGone() { return then(.failure(.called)) }
    if let refusal = refusal(of: want) { return then(.failure(refusal)) }
    let (limits, sums) = (sharedLimits(want.key), want.sums)
    // What costs nothing needs no money, however little there is.
    guard sums.most > .zero else { return then(.success(unlimited(want.wallets))) }
    let grant = Grant(
      self, id: Session.newID(), wallets: want.wallets, key: want.key, isLimited: true, usual: sums.usual,
      most: sums.most)
    // A key's allowance is promised whole: nobody likes an answer that breaks off.
    let amount = want.key?.allowance != nil && !want.exposures.contains(where: \.isUncapped) ? sums.most : sums.usual
    take(amount, least: sums.least, for: grant, limits) { refusal in
      guard let refusal else { return then(.success(grant)) }
      guard want.waits, refusal.isPassing else { return then(.failure(refusal)) }
      self.wait(one)
    }
  }

  private func wait(_ one: Waiting) {
    let isTimed = waiting.withLock { waiting in
      waiting.list.insert(one, at: waiting.list.firstIndex { $0.number > one.number } ?? waiting.list.endIndex)
      defer { waiting.isTimed = true }
      return waiting.isTimed
    }
    if isTimed { return }
    queue.asyncAfter(deadline: .now() + .milliseconds(Self.patience)) {
      self.waiting.withLock { $0.isTimed = false }
      self.askAgain()
    }
  }

  /// Somebody may have what they wait for now, or wait no more.
  func reconsider() {
    if waiting.withLock({ !$0.list.isEmpty }) { queue.async { self.askAgain() } }
  }

  private func askAgain() {
    let all = waiting.withLock { waiting in
      defer { waiting.list = [] }
      return waiting.list
    }
    for one in all { ask(one) }
  }

  /// What no amount of money answers.
  private func refusal(of want: Want) -> Refusal? {
    if !budget.allowsUnpriced, !want.allowsUnpriced, let model = want.exposures.first(where: \.isUnpriced)?.model {
      return .unpriced(model, key: want.key)
    }
    if let key = want.key, key.allowance != nil, let fault = want.exposures.lazy.compactMap(\.fault).first {
      return .unreckonable(fault, key)
    }
    return nil
  }

  /// Takes an amount, or as much of it as there is, out of everything that limits a grant; all or nothing.
  /// - Parameter then: nil when it was granted.
  fileprivate func take(
    _ amount: Money, least: Money, for grant: Grant, _ limits: [HoldLimit],
    then: @escaping @Sendable (Refusal?) -> Void
  ) {
    var amount = amount
    for (place, wallet) in grant.wallets.enumerated() where wallet.limit != nil {
      let taken = wallet.account.withLock { account -> Money? in
        let left = ((wallet.limit ?? .zero) - account.spent - account.held).orZero
        guard left > .zero || amount == .zero, left >= least else { return nil }
        let taken = min(amount, left)
        account.held = account.held + taken
        return taken
      }
      guard let taken else {
        give(amount, backTo: grant.wallets.prefix(place))
        return then(.wallet(wallet, least: least, isPassing: wallet.account.withLock { $0.held > .zero }))
      }
      // What the ones before gave too much.
      give(amount - taken, backTo: grant.wallets.prefix(place))
      amount = taken
    }
    guard !limits.isEmpty else {
      grant.receive(amount)
      return then(nil)
    }
    let request = HoldRequest(id: grant.id, key: grant.key?.id, amount: amount, least: least, limits: limits)
    let wanted = amount
    store.hold(request) { answer in
      switch answer {
      case .granted(let granted):
        self.give(wanted - granted, backTo: grant.wallets[...])
        grant.receive(granted, isStored: true)
        then(nil)
      case .refused(let limit, let spent, let held):
        self.give(wanted, backTo: grant.wallets[...])
        then(.limit(limit, spent: spent, held: held, least: least, wanted: wanted, key: grant.key))
      case .fault(let fault):
        self.give(wanted, backTo: grant.wallets[...])
        then(.unreadable(fault))
      }
    }
  }

  private func give(_ amount: Money, backTo wallets: ArraySlice<Wallet>) {
    guard amount > .zero else { return }
    for wallet in wallets where wallet.limit != nil {
      wallet.account.withLock { $0.held = ($0.held - amount).orZero }
    }
  }

  /// The config's limits, and the key's, as the database decides on them.
  private func sharedLimits(_ key: GatewayKey?) -> [HoldLimit] {
    var limits: [HoldLimit] = []
    let now = clock.date()
    if let perDay = budget.perDay { limits.append(.since(Engine.midnight(at: now), perDay, name: "budget.per_day")) }
    if let perMonth = budget.perMonth {
      limits.append(.since(Engine.midnight(at: now, ofFirst: true), perMonth, name: "budget.per_month"))
    }
    if let key, let allowance = key.allowance {
      limits.append(.key(key.id, days: allowance.days(at: now), allowance.amount))
    }
    return limits
  }

  /// More for requests that run: what they may still cost is asked for again and again in steps.
  fileprivate func extend(_ grant: Grant, by amount: Money, then: @escaping @Sendable (Refusal?) -> Void) {
    take(amount, least: .zero, for: grant, sharedLimits(grant.key), then: then)
  }

  // MARK: Giving back

  /// A grant has ended: what it cost is spent, the rest is free again.
  fileprivate func settle(_ grant: Grant, amount: Money, spent: Money, isStored: Bool) {
    for wallet in grant.wallets {
      wallet.account.withLock { account in
        account.spent = account.spent + spent
        if wallet.limit != nil { account.held = (account.held - amount).orZero }
      }
    }
    // Behind the records of what it cost: in between both count, never neither.
    if isStored { store.append(.released(hold: grant.id)) }
    if amount > .zero { reconsider() }
  }

  /// Requests that run will not need so much.
  fileprivate func lower(_ grant: Grant, by amount: Money, isStored: Bool) {
    give(amount, backTo: grant.wallets[...])
    // Behind the record of the answer that has ended.
    if isStored { store.append(.lowered(hold: grant.id, by: amount)) }
    reconsider()
  }
}

/// Leave to spend so much, for requests that share it: a turn's lanes, a judge's call. Given back when it is settled, or let go of.
final class Grant: Sendable {
  private struct State {
    /// What is held for it.
    var amount = Money.zero
    /// Of its requests that have ended.
    var spent = Money.zero
    /// What those usually cost that run.
    var usual: Money
    /// What those can cost by their own caps that run.
    var most: Money
    var isStored = false
    var isSettled = false
    var isExtending = false
    /// Why there is no more; nil as long as nobody has said so.
    var refusal: Refusal?
  }

  /// Of its hold, where others have to know of it.
  let id: String
  let wallets: [Wallet]
  let key: GatewayKey?
  /// Whether anything limits it at all.
  let isLimited: Bool
  private let purse: Purse
  private let state: Mutex<State>

  fileprivate init(
    _ purse: Purse, id: String, wallets: [Wallet], key: GatewayKey?, isLimited: Bool, usual: Money, most: Money
  ) {
    (self.purse, self.id, self.wallets, self.key) = (purse, id, wallets, key)
    self.isLimited = isLimited
    state = Mutex(State(usual: usual, most: most))
  }

  deinit { settle() }

  fileprivate func receive(_ amount: Money, isStored: Bool = false) {
    let isLate = state.withLock { state in
      guard !state.isSettled else { return true }
      state.amount = state.amount + amount
      state.isStored = state.isStored || isStored
      return false
    }
    // What was asked for while it ran came too late, and goes back.
    if isLate { purse.settle(self, amount: amount, spent: .zero, isStored: isStored) }
  }

  /// Leave for one request under it.
  func leave() -> Leave { Leave(grant: self) }

  /// Counts what one of its requests has cost in the end. What was held for it and not used goes back at once, so that those who
  /// wait need not wait for the others.
  /// - Parameters:
  ///   - exposure: what was reckoned with for it.
  ///   - running: what the others that run cost by now.
  func spend(_ amount: Money, of exposure: Exposure, running: Money) {
    let (back, isStored) = state.withLock { state -> (Money, Bool) in
      state.spent = state.spent + amount
      (state.usual, state.most) = ((state.usual - exposure.usual).orZero, (state.most - exposure.most).orZero)
      guard isLimited, !state.isSettled else { return (.zero, false) }
      // Twice what has come: less would make them ask for more at once.
      let kept = state.spent + min(state.most, max(state.usual, running + running))
      let back = (state.amount - kept).orZero
      state.amount = state.amount - back
      return (back, state.isStored)
    }
    if back > .zero { purse.lower(self, by: back, isStored: isStored) }
  }

  /// What it may cost in all; nil when nothing limits it.
  var amount: Money? { isLimited ? state.withLock(\.amount) : nil }

  /// Which limit is reached, where requests are stopped for it.
  var limitWords: String { state.withLock(\.refusal)?.limitWords ?? "the budget" }

  /// Requests that run have come so far. Asks for more in time.
  /// - Parameters:
  ///   - running: what those cost by now that have not ended.
  ///   - then: called when an answer to asking for more has come, so that this is asked again.
  /// - Returns: whether they may go on.
  func mayGoOn(running: Money, then: @escaping @Sendable () -> Void) -> Bool {
    guard isLimited else { return true }
    let (mayGoOn, asksFor) = state.withLock { state -> (Bool, Money?) in
      let left = (state.amount - state.spent).orZero
      // With all that their caps allow they end by themselves: running counts are not that exact.
      let isWhole = left >= state.most
      guard state.refusal == nil else { return (running < (isWhole ? left + left / 8 : left), nil) }
      // Where half is used, the rest should last until more has come.
      guard !state.isExtending, !state.isSettled, running >= (isWhole ? left : left / 2) else { return (true, nil) }
      state.isExtending = true
      return (true, isWhole ? max(left, running) : min(state.most - left, max(left, running)))
    }
    if let asksFor {
      purse.extend(self, by: asksFor) { refusal in
        self.state.withLock { state in
          state.isExtending = false
          state.refusal = refusal
        }
        then()
      }
    }
    return mayGoOn
  }

  /// All its requests have ended, and their costs are on their way to the database. A second time does nothing.
  func settle() {
    let state = self.state.withLock { state -> State? in
      guard !state.isSettled else { return nil }
      state.isSettled = true
      return state
    }
    guard let state else { return }
    purse.settle(self, amount: state.amount, spent: state.spent, isStored: state.isStored)
  }
}

/// Without one no request to a model can be made: only a `Grant` gives it.
struct Leave: Sendable {
  private let grant: Grant

  fileprivate init(grant: Grant) { self.grant = grant }
}

/// A request that makes a model write, which costs money.
struct ModelRequest {
  fileprivate let transfer: TransferRequest

  init(_ transfer: TransferRequest, by leave: Leave) { self.transfer = transfer }
}

extension TransferLoop {
  /// On the transfer thread.
  func submit(_ request: ModelRequest, observe: @escaping (TransferEvent) -> Void) -> TransferID? {
    submit(request.transfer, observe)
  }
}
