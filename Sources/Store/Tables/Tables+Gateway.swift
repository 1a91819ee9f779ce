import Core
import GRDB

extension Tables {
  static let gatewayKey = Table(
    "gateway_key", "One row for each key that the gateway has given out. The key itself is nowhere.",
    blank: GatewayKey(id: "", name: "", created: 0, hash: "")
  ) {
    Column("id", .id, \.id, "named by turns and by `gateway_spending`")
    Column("name", .text, \.name, or: "", "as the person has called it; free again once it is revoked")
    Column("created", .date, \.created, or: 0, "when it was given out")
    Column("hash", .digest, \.hash, or: "", "of the key's text")
    // A limit that makes no sense is the tightest: whoever meant one gets no more than they meant.
    Column(
      "budget", .limit, get: { $0.allowance?.amount },
      set: { $0.allowance = Allowance(amount: $1, period: .month) }, "what it may spend in each period; NULL: no limit"
    ).nullable.spoilt { $0.allowance = Allowance(amount: .zero, period: .month) }
    Column(
      "period", .label, get: { $0.allowance?.period }, set: { $0.allowance?.period = $1 },
      "in which the budget begins anew, in UTC"
    ).nullable
    Column("routes", .texts, \.routes, "what it may ask for; NULL: everything").spoilt { $0.routes = [] }
    Column(
      "rpm", .count, get: \.requestsPerMinute, set: { $0.requestsPerMinute = max(1, $1) },
      "requests that it may make a minute"
    ).nullable.spoilt { $0.requestsPerMinute = 1 }
    // What this version does not know is kept as little as possible.
    Column(
      "store", .label, \.keeping, or: GatewayKey.Keeping.none,
      "what is kept of its calls: everything, the receipts without words, or nothing but the sum")
    Column("revoked", .date, \.revoked, "when it stopped being good; NULL: it is").spoilt { $0.revoked = 0 }
  }

  static let addGatewayKey = gatewayKey.insertion()

  static let gatewaySpending = Table(
    "gateway_spending", "One row for each day on which a key was used: a key may keep none of its calls.",
    blank: GatewaySpending(key: "", day: 0, cost: .zero, calls: 0)
  ) {
    Column("key", .id, \.key, or: "", "`gateway_key.id`")
    Column("day", .day, \.day, "the day")
    Column("cost", .sum, \.cost, or: .zero, "spent on it")
    Column("calls", .count, \.calls, or: 0, "calls on it")
  }

  /// Is added to what the key has spent on that day.
  static let addSpending = gatewaySpending.insertion(
    conflict: "(key, day) DO UPDATE SET cost = cost + excluded.cost, calls = calls + excluded.calls")

  /// A call that is being sent.
  struct Announced: Sendable {
    var session = ""
    var writer = ""
    var document = ""
  }

  static let announcement = Table(
    "announcement", "One row for each call through the gateway that is just being sent; gone when its own rows stand.",
    blank: Announced()
  ) {
    Column("session", .id, \.session, "the session it becomes")
    Column("writer", .process, \.writer, or: "", "the process that sends it")
    Column("document", .source, \.document, or: "", "what its receipt needs")
  }

  /// Unless the call's own rows are there already; the mark is its session once more.
  static let announce = announcement.insertion(
    "INSERT OR IGNORE", where: "NOT EXISTS (SELECT 1 FROM session WHERE id = ?)")
}
