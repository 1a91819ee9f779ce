import Core
import GRDB

extension Store {
  /// Gives out a key. False when one of that name is there and has not been revoked.
  public func addGatewayKey(_ key: GatewayKey) throws(StoreError) -> Bool {
    try change { db in
      let isTaken = try Bool.fetchOne(
        db, sql: "SELECT EXISTS (SELECT 1 FROM gateway_key WHERE name = CAST(? AS TEXT) AND revoked IS NULL)",
        arguments: [blob(key.name)])
      if isTaken ?? false { return false }
      try db.execute(
        sql: """
          INSERT INTO gateway_key (id, name, created, hash, budget, period, routes, rpm, store, revoked)
          VALUES (?, CAST(? AS TEXT), ?, ?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          key.id, blob(key.name), key.created, key.hash, key.allowance?.amount.picoDollars,
          key.allowance?.period.rawValue, key.routes.map { JSON.array($0.map { .string($0) }).serialized() },
          key.requestsPerMinute, key.keeping.rawValue, key.revoked,
        ])
      return true
    }
  }

  /// Every key that was given out, oldest first, revoked ones too.
  public func gatewayKeys() throws(StoreError) -> [GatewayKey] {
    try read { db in
      try Row.fetchAll(db, sql: "SELECT * FROM gateway_key ORDER BY created, rowid").map(Self.gatewayKey)
    }
  }

  /// The key whose text has this hash, revoked or not.
  public func gatewayKey(hash: String) throws(StoreError) -> GatewayKey? {
    try read { db in
      try Row.fetchOne(db, sql: "SELECT * FROM gateway_key WHERE hash = ?", arguments: [hash]).map(Self.gatewayKey)
    }
  }

  /// Ends a key from `date` on, for every gateway on this database. False when there is none of that name.
  public func revokeGatewayKey(name: String, date: Int64) throws(StoreError) -> Bool {
    try change { db in
      try db.execute(
        sql: "UPDATE gateway_key SET revoked = ? WHERE name = CAST(? AS TEXT) AND revoked IS NULL",
        arguments: [date, blob(name)])
      return db.changesCount > 0
    }
  }

  /// What keys have spent on each day (since 1970, UTC) of `days`, through every gateway on this database.
  public func gatewaySpending(days: Range<Int>) throws(StoreError) -> [GatewaySpending] {
    try read { db in
      try Row.fetchAll(
        db, sql: "SELECT key, day, cost, calls FROM gateway_spending WHERE day >= ? AND day < ? ORDER BY key, day",
        arguments: [days.lowerBound, days.upperBound]
      ).compactMap { row in
        row.number("day", in: 0...Int64(Bounds.days.upperBound)).map { day in
          GatewaySpending(
            key: row.text("key") ?? "", day: Int(day), cost: row.sum("cost"), calls: row.count("calls") ?? 0)
        }
      }
    }
  }

  private static func gatewayKey(_ row: Row) -> GatewayKey {
    var key = GatewayKey(
      id: row.text("id") ?? "", name: row.text("name") ?? "", created: row.date("created") ?? 0,
      hash: row.text("hash") ?? "")
    // A limit that makes no sense is the tightest: whoever meant one gets no more than they meant.
    if !row.isNull("budget") {
      let amount = row.number("budget", in: 1 ... .max) ?? 0
      let period = row.text("period").flatMap(Allowance.Period.init) ?? .month
      key.allowance = Allowance(amount: Money(picoDollars: amount), period: period)
    }
    key.routes = row.text("routes").map { text in
      ((try? JSONDocument().parse(text))?.elements ?? []).compactMap(\.string)
    }
    if !row.isNull("rpm") { key.requestsPerMinute = row.count("rpm").map { max(1, $0) } ?? 1 }
    // What this version does not know is kept as little as possible.
    key.keeping = row.text("store").flatMap(GatewayKey.Keeping.init) ?? GatewayKey.Keeping.none
    if !row.isNull("revoked") { key.revoked = row.date("revoked") ?? 0 }
    return key
  }

  /// At once, and not through the queue: whoever asks wants to know whether it was done.
  private func change<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
    do { return try database.write(body) } catch { throw StoreError(error, path: path) }
  }
}

extension RecordWriter {
  func writeSpending(_ spending: GatewaySpending, _ db: Database) throws {
    try db.run(
      sql: """
        INSERT INTO gateway_spending (key, day, cost, calls) VALUES (?, ?, ?, ?)
        ON CONFLICT (key, day) DO UPDATE SET cost = cost + excluded.cost, calls = calls + excluded.calls
        """,
      arguments: [spending.key, spending.day, spending.cost.picoDollars, spending.calls])
  }
}
