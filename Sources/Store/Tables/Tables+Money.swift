import Core
import GRDB

extension Tables {
  /// Money promised to requests that run.
  struct Hold: Equatable, Sendable {
    var id = ""
    var writer = ""
    var created: Int64 = 0
    var key: String?
    var amount = Money.zero
  }

  static let hold = Table(
    "hold", "One row for each promise of money to requests that run; gone when they have ended.", blank: Hold()
  ) {
    Column("id", .id, \.id, "its name")
    Column("writer", .process, \.writer, or: "", "the process that runs them")
    Column("created", .date, \.created, or: 0, "when it was promised")
    Column("gateway_key", .id, \.key, "the gateway's key that it counts for")
    // What makes no sense holds everything.
    Column("amount", .sum, \.amount, or: Money(picoDollars: .max), "what they may still cost")
  }

  /// A promise, or more for one that is there.
  static let promise = hold.insertion(conflict: "(id) DO UPDATE SET amount = amount + excluded.amount")

  /// A call of which nothing but its cost is kept.
  struct UnkeptCost: Equatable, Sendable {
    var created: Int64 = 0
    var cost = Money.zero
  }

  static let unkeptCost = Table(
    "unkept_cost", "One row for each call of which nothing else is kept, where a budget counts it.", blank: UnkeptCost()
  ) {
    Column("created", .date, \.created, or: 0, "when it ended")
    Column("cost", .money, \.cost, or: .zero, "what it cost")
  }

  static let addUnkeptCost = unkeptCost.insertion()

  /// A process with answers that are coming.
  struct SignOfLife: Equatable, Sendable {
    var id = ""
    var seen: Int64 = 0
  }

  static let writer = Table(
    "writer", "One row for each process that had answers coming lately: in another container nothing else tells of it.",
    blank: SignOfLife()
  ) {
    Column("id", .process, \.id, or: "", "named by `response.writer`, `hold.writer`")
    Column("seen", .date, \.seen, or: 0, "its last sign of life")
  }

  static let beat = writer.insertion(conflict: "(id) DO UPDATE SET seen = excluded.seen")
}
