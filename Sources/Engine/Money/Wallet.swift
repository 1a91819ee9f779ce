import Core
import Synchronization

/// A limit of one turn or one command, beside the config's: what counts against it is known to this process alone. Its money is
/// kept by the `Purse`, which alone changes it.
public final class Wallet: Sendable {
  struct Account: Sendable {
    var spent: Money
    var held = Money.zero
  }

  /// Nil where nothing limits; what is spent is counted all the same.
  public let limit: Money?
  /// As a sentence names it: `--max-cost`, `budget.per_turn`.
  public let name: String
  let account: Mutex<Account>

  /// - Parameter spent: what counts already.
  public init(_ limit: Money?, name: String, spent: Money = .zero) {
    (self.limit, self.name) = (limit, name)
    account = Mutex(Account(spent: spent))
  }

  public var spent: Money { account.withLock(\.spent) }

  /// What is neither spent nor held by requests that run; nil without a limit.
  public var left: Money? { limit.map { limit in account.withLock { (limit - $0.spent - $0.held).orZero } } }

  /// Why no call is begun any more.
  var spentWords: String { "the budget of \((limit ?? .zero).screenText) (\(name)) is spent" }

  /// Nothing more can be had, even when all that runs has ended.
  public var isSpent: Bool { limit.map { spent >= $0 } ?? false }
}
