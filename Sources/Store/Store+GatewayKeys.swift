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
      try Tables.addGatewayKey.run(key, db)
      return true
    }
  }

  /// Every key that was given out, oldest first, revoked ones too.
  public func gatewayKeys() throws(StoreError) -> [GatewayKey] {
    try read { db in try Tables.gatewayKey.all(db, "ORDER BY created, rowid") }
  }

  /// The key whose text has this hash, revoked or not.
  public func gatewayKey(hash: String) throws(StoreError) -> GatewayKey? {
    try read { db in try Tables.gatewayKey.first(db, "WHERE hash = ?", [hash]) }
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
      try Tables.gatewaySpending.all(
        db, "WHERE day >= ? AND day < ? ORDER BY key, day", [days.lowerBound, days.upperBound])
    }
  }

  /// At once, and not through the queue: whoever asks wants to know whether it was done.
  private func change<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
    do { return try database.write(body) } catch { throw StoreError(error, path: path) }
  }
}
