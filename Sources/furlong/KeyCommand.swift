import ArgumentParser
import Core
import Foundation
import Store
import Workbench

extension GatewayKey.Keeping: ExpressibleByArgument {}

struct KeyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key", abstract: "Give out keys for the gateway, with budgets; list and revoke them.",
    discussion: """
      Without any key the gateway answers whoever asks on this machine. From the first key on, every caller needs one. Keys hold
      for every gateway on the same database, within a second.
      """,
    subcommands: [New.self, List.self, Revoke.self], defaultSubcommand: List.self)

  struct New: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "new", abstract: "Give out a key: its text is printed once, and kept nowhere.",
      discussion: """
        Standard output has the key alone, so that it can be put where it belongs:
        export OPENAI_API_KEY=$(furlong key new laptop --budget 5/day)
        """)

    @Argument(help: "Who or what it is for: letters, digits, and . _ - @.")
    var name: String

    @Option(
      help: ArgumentHelp(
        "What it may spend in US dollars: 5/day or 100/month, counted in UTC.", valueName: "usd/period"))
    var budget: String?

    @Option(help: ArgumentHelp("What it may ask for, separated by commas: routes and models.", valueName: "names"))
    var routes: String?

    @Option(help: ArgumentHelp("Requests a minute, through each gateway.", valueName: "count"))
    var rpm: Int?

    @Option(
      name: .customLong("store"),
      help: "What is kept of its calls: everything, receipts without words, or only the sum of what was spent.")
    var keeping = GatewayKey.Keeping.full

    @OptionGroup var database: DatabaseOptions

    func validate() throws {
      let allowed = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-@")
      guard (1...64).contains(name.count), name.allSatisfy(allowed.contains) else {
        throw ValidationError("a name has 1 to 64 letters, digits, and . _ - @")
      }
      if let budget, Allowance(budget) == nil {
        throw ValidationError("‘\(budget)’ is no budget: write dollars and a period, as in 5/day or 100/month")
      }
      if let rpm, !(1...1_000_000).contains(rpm) { throw ValidationError("--rpm takes a number from 1 to 1000000") }
      if let routes, Self.names(routes).isEmpty { throw ValidationError("--routes names at least one") }
    }

    func run() throws {
      let store = try Setup(database: database.database).openStore()
      var random = SystemRandomNumberGenerator()
      let token = GatewayKey.newToken(using: &random)
      var key = GatewayKey(
        id: Session.newID(), name: name, created: Clock.system.date(), hash: GatewayKey.hash(of: token))
      key.allowance = budget.flatMap(Allowance.init)
      key.routes = routes.map(Self.names)
      key.requestsPerMinute = rpm
      key.keeping = keeping
      let isNew: Bool
      do throws(StoreError) { isNew = try store.addGatewayKey(key) } catch { throw CommandError(error.message) }
      guard isNew else {
        throw CommandError("there is a key ‘\(name)’ already: choose another name, or furlong key revoke \(name) first")
      }
      Console.output(token)
      Console.error(
        "The key ‘\(name)’ \(KeyCommand.limits(key)). It is shown this once: keep it where a password goes.")
    }

    private static func names(_ text: String) -> [String] {
      text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "Keys that were given out, and what each has spent.")

    @Flag(help: "Print one JSON document.")
    var json = false

    @Flag(help: "Revoked ones too.")
    var all = false

    @OptionGroup var database: DatabaseOptions

    func run() throws {
      let store = try Setup(database: database.database).openStore()
      let now = Clock.system.date()
      let keys: [GatewayKey]
      let spendings: [GatewaySpending]
      do throws(StoreError) {
        keys = try store.gatewayKeys().filter { all || $0.revoked == nil }
        spendings = try store.gatewaySpending(days: 0..<(GatewayKey.day(now) + 1))
      } catch {
        throw CommandError(error.message)
      }
      let rows = keys.map { KeyRow($0, spendings.filter { [id = $0.id] in $0.key == id }, now: now) }
      if json { return Console.output((["keys": .array(rows.map(\.json))] as JSON).serialized(indented: true)) }
      guard !rows.isEmpty else { return Console.output("no keys: furlong key new NAME gives one out") }
      for line in TextTable.lines(header: KeyRow.header, rows: rows.map(\.cells), numeric: [1, 3, 5]) {
        Console.output(line)
      }
    }
  }

  struct Revoke: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "revoke", abstract: "End a key, within a second, for every gateway on this database.")

    @Argument(help: "The key's name.")
    var name: String

    @OptionGroup var database: DatabaseOptions

    func run() throws {
      let store = try Setup(database: database.database).openStore()
      let names: [String]
      do throws(StoreError) {
        if try store.revokeGatewayKey(name: name, date: Clock.system.date()) {
          Console.output("revoked \(VisibleText.line(name)); what it spent stays in the ledger")
          if try !store.gatewayKeys().contains(where: { $0.revoked == nil }) {
            Console.error("No key is left: the gateway answers nobody until furlong key new gives one out.")
          }
          return
        }
        names = try store.gatewayKeys().filter { $0.revoked == nil }.map(\.name)
      } catch {
        throw CommandError(error.message)
      }
      let hint = nearest(to: name, in: names).map { "; did you mean \($0)?" } ?? ""
      throw CommandError("no key ‘\(VisibleText.line(name))’\(hint) (furlong key list)")
    }
  }

  /// `may spend $5.00 a day, ask for fast and cheap, 60 times a minute`.
  static func limits(_ key: GatewayKey) -> String {
    var limits: [String] = []
    if let allowance = key.allowance { limits.append("may spend \(allowance.text)") }
    if let routes = key.routes { limits.append("may ask for \(routes.joined(separator: ", "))") }
    if let count = key.requestsPerMinute { limits.append("may ask \(Readable.count(count, "time")) a minute") }
    switch key.keeping {
    case .full: break
    case .metadata: limits.append("leaves receipts without words")
    case .none: limits.append("leaves nothing but what it spent")
    }
    return limits.isEmpty ? "has no limits" : limits.joined(separator: ", ")
  }
}

/// What is shown of one key.
private struct KeyRow {
  static let header = ["name", "spent", "of", "calls", "may ask for", "rpm", "keeps", "last used", "state"]

  private let key: GatewayKey
  /// In the period of its budget; ever, where it has none.
  private let spent: Money
  private let calls: Int
  private let lastDay: Int?

  init(_ key: GatewayKey, _ spendings: [GatewaySpending], now: Int64) {
    self.key = key
    let days = key.allowance?.days(at: now)
    spent = spendings.filter { days?.contains($0.day) ?? true }.reduce(.zero) { $0 + $1.cost }
    calls = spendings.reduce(0) { $0 + $1.calls }
    lastDay = spendings.map(\.day).max()
  }

  private var lastUsed: String? { lastDay.map { isoDate(Int64($0).multipliedSaturating(by: 86_400)) } }

  var cells: [String] {
    [
      key.name, spent.screenText, key.allowance?.text ?? "", "\(calls)", key.routes?.joined(separator: ",") ?? "all",
      key.requestsPerMinute.map(String.init) ?? "", key.keeping.rawValue, lastUsed ?? "never",
      key.revoked.map { "revoked \(isoDate($0))" } ?? "good",
    ].map(VisibleText.line)
  }

  var json: JSON {
    [
      "name": .string(key.name), "id": .string(key.id), "created": .string(isoTime(key.created)),
      "revoked": .optional(key.revoked.map(isoTime)), "spent_usd": .string(spent.decimalText),
      "budget_usd": .optional(key.allowance?.amount.decimalText), "period": .optional(key.allowance?.period.rawValue),
      "calls": .int(calls), "routes": key.routes.map { .array($0.map { .string($0) }) } ?? .null,
      "rpm": key.requestsPerMinute.map { .int($0) } ?? .null, "store": .string(key.keeping.rawValue),
      "last_used": .optional(lastUsed),
    ]
  }
}
