import Core
import Foundation
import GRDB

/// Money that is to be promised to requests which are about to be sent.
public struct HoldRequest: Equatable, Sendable {
  public var id: String
  /// The gateway's key that it counts for.
  public var key: String?
  /// What is asked for, beside what the same hold has already; as much of it as there is left is given.
  public var amount: Money
  /// With less than this it is of no use.
  public var least: Money
  public var limits: [HoldLimit]

  public init(id: String, key: String?, amount: Money, least: Money, limits: [HoldLimit]) {
    (self.id, self.key, self.amount, self.least, self.limits) = (id, key, amount, least, limits)
  }
}

/// A limit that all processes on the database share.
public enum HoldLimit: Equatable, Sendable {
  /// On everything that was asked for here since a moment, in seconds since 1970; as the config names it.
  case since(Int64, Money, name: String)
  /// On what a gateway's key spends on these days, in UTC since 1970. All that is asked for must fit.
  case key(String, days: Range<Int>, Money)

  public var amount: Money {
    switch self {
    case .since(_, let amount, _), .key(_, _, let amount): amount
    }
  }
}

/// What became of a `HoldRequest`.
public enum HoldAnswer: Equatable, Sendable {
  case granted(Money)
  /// The limit in the way, what has been spent of it, and what other requests hold.
  case refused(HoldLimit, spent: Money, held: Money)
  /// The database could not be read or written.
  case fault(StoreError)
}

extension Store {
  /// Decides in one transaction under the database's lock: of two processes neither promises what the other has. Calls `then` once,
  /// on the store's queue: with a fault when the lock of another program did not end within the five seconds that are waited for it.
  public func hold(_ request: HoldRequest, then: @escaping @Sendable (HoldAnswer) -> Void) {
    commit { _ in
      do {
        // What a dead process has spent is known once its answers are marked as cut.
        if try self.database.read({ db in try self.holds(db).contains { !$0.lives } }) {
          try self.recoverAnnouncements()
          try self.recoverCutResponses()
        }
        then(try self.database.write { db in try self.hold(request, db) })
      } catch {
        then(.fault(StoreError(error, path: self.path)))
      }
    }
  }

  /// What requests that run hold now.
  public func held() throws(StoreError) -> Money {
    try read { db in try self.holds(db).filter(\.lives).map(\.amount).reduce(.zero, +) }
  }

  private func hold(_ request: HoldRequest, _ db: Database) throws -> HoldAnswer {
    var amount = request.amount
    var holds = try self.holds(db)
    // What dead processes held is free again.
    for hold in holds where !hold.lives { try db.run(sql: "DELETE FROM hold WHERE id = ?", arguments: [hold.id]) }
    holds.removeAll { !$0.lives }
    for limit in request.limits {
      let spent: Money
      let counted: [Hold]
      var isStrict = false
      switch limit {
      case .since(let date, _, _):
        spent = try Self.spent(since: date, db)
        counted = holds
      case .key(let key, let days, _):
        spent = try Self.spent(by: key, days, db)
        counted = holds.filter { $0.key == key }
        // What runs already takes what there is.
        isStrict = !holds.contains { $0.id == request.id }
      }
      let held = counted.map(\.amount).reduce(.zero, +)
      let left = (limit.amount - spent - held).orZero
      if left < request.least || left == .zero || isStrict && left < request.amount {
        return .refused(
          limit, spent: spent, held: counted.filter { $0.id != request.id }.map(\.amount).reduce(.zero, +))
      }
      amount = min(amount, left)
    }
    try Tables.promise.run(
      Tables.Hold(
        id: request.id, writer: WriterIdentity.current.text, created: clock.date(), key: request.key,
        amount: amount),
      db)
    return .granted(amount)
  }

  private struct Hold {
    var id: String
    var key: String?
    var amount: Money
    /// Whether the process does that it was promised to.
    var lives: Bool
  }

  private func holds(_ db: Database) throws -> [Hold] {
    var alive: [String: Bool] = [:]
    return try Tables.hold.all(db).map { hold in
      let lives = alive[hold.writer] ?? isAlive(WriterIdentity(text: hold.writer), db)
      alive[hold.writer] = lives
      return Hold(id: hold.id, key: hold.key, amount: hold.amount, lives: lives)
    }
  }

  /// Whether the process runs that has written something.
  func isAlive(_ writer: WriterIdentity, _ db: Database) -> Bool { writer.isAlive(db, at: clock.date()) }

  static func spent(since date: Int64, _ db: Database) throws -> Money {
    let sums = try [
      "SELECT \(BoundedSQL.sum(BoundedSQL.callMoney("cost"))) FROM response WHERE created >= ? AND origin IS NULL",
      "SELECT \(BoundedSQL.sum(BoundedSQL.callMoney("cost"))) FROM unkept_cost WHERE created >= ?",
    ].map { try Row.fetchOne(db.cachedStatement(sql: $0), arguments: [date]).map(BoundedSQL.sum) ?? .zero }
    return sums.reduce(.zero, +)
  }

  private static func spent(by key: String, _ days: Range<Int>, _ db: Database) throws -> Money {
    let row = try Row.fetchOne(
      db.cachedStatement(
        sql: """
          SELECT \(BoundedSQL.sum("CASE WHEN typeof(cost) = 'integer' THEN cost END")) FROM gateway_spending WHERE key = ? AND day >= ? AND day < ?
          """), arguments: [key, days.lowerBound, days.upperBound])
    return row.map(BoundedSQL.sum) ?? .zero
  }
}
