import Core
import Foundation
import GRDB
import TestSupport
import Testing

@testable import Store

/// Databases that a hostile provider has filled through an earlier version, or that another program has written in: they open, and
/// every question is answered.
@Suite(.ownThreads) struct SpoiltDatabaseTests {
  private let folder = TemporaryFolder()

  private static let spoilt = [
    "9223372036854775807", "-9223372036854775808", "9.3e18", "-1e300", "1e300", "1099511627776", "-1", "0.5", "'soon'",
    "'9223372036854775808'", "x'00ff'",
  ]

  /// What stands in a column of numbers that may be empty, or must not.
  private static func value(_ random: inout SplitMix64, mayBeNull: Bool) -> String {
    let all = spoilt + (mayBeNull ? ["NULL"] : [])
    return all.randomElement(using: &random) ?? "0"
  }

  private func filled(_ path: String) throws {
    let store = try Store(path: path)
    TransferTests.filled(store)
    for index in 0..<12 {
      store.add("00000000000\(String(index, radix: 16))", created: Int64(100 + index), ("tides", ["one", "two"]))
    }
    var call = Session(
      id: "eeeeeeeeeeee", created: 150, title: "call", rule: .all, lanes: [try Lane(parsing: "a/one")], turns: [])
    call.purpose = .gateway
    var turn = Turn(number: 1, prompt: "asked", rule: .all)
    turn.route = ["name": "fast"]
    let key = ResponseKey(session: call.id, turn: 1, lane: 0, generation: 1)
    store.append(.session(call))
    store.append(.turn(session: call.id, turn))
    store.append(.began(key, Sample.response(key), request: nil))
    store.append(.ended(key, Sample.finished(key)))
    store.append(.winner(session: call.id, turn: 1, lane: 0))
    store.append(.gatewaySpending(GatewaySpending(key: "k", day: 3, cost: Money(picoDollars: 5), calls: 1)))
    var gatewayKey = GatewayKey(id: "k", name: "laptop", created: 1, hash: "h")
    gatewayKey.allowance = Allowance("5/day")
    _ = try store.addGatewayKey(gatewayKey)
    try store.close()
    // What is in the journal goes into the file, which is copied alone.
    try store.database.writeWithoutTransaction { db in _ = try db.checkpoint(.truncate) }
  }

  /// Every numeric column but row numbers and the places that rows are found by.
  private func columns(_ db: Database) throws -> [(table: String, column: String, mayBeNull: Bool)] {
    let tables = [
      "session", "turn", "response", "summary", "vote", "judgement", "fit", "brief", "card", "blind", "gateway_key",
      "gateway_spending",
    ]
    return try tables.flatMap { table in
      try db.columns(in: table).filter { column in
        ["INTEGER", "REAL"].contains(column.type) && column.primaryKeyIndex == 0
          && !["turn", "number", "day"].contains(column.name)
      }.map { (table, $0.name, !$0.isNotNull) }
    }
  }

  private func spoil(_ path: String, _ random: inout SplitMix64, share: Double) throws -> Int {
    let queue = try rawDatabase(path)
    defer { try? queue.close() }
    return try queue.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA foreign_keys = OFF")
      var count = 0
      for (table, column, mayBeNull) in try columns(db) {
        for row in try Int64.fetchAll(db, sql: "SELECT \(table == "gateway_spending" ? "day" : "rowid") FROM \(table)")
        where Double.random(in: 0..<1, using: &random) < share {
          let value = Self.value(&random, mayBeNull: mayBeNull)
          do {
            try db.execute(
              sql: """
                UPDATE \(table) SET "\(column)" = \(value)
                WHERE \(table == "gateway_spending" ? "day" : "rowid") = \(row)
                """)
            count += 1
          } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {}
        }
      }
      return count
    }
  }

  /// Everything that is ever asked.
  private func readAll(_ store: Store) throws {
    for filter in [
      "", "tides", "tides cost:>0.001", "cost:<1", "since:7d", "until:today", "state:done", "model:one", "disagreed",
      "tag:sql",
    ] { _ = try store.found(filter) }
    var gateway = SessionFilter()
    gateway.isOfGateway = true
    _ = try store.sessions(gateway)
    for id in try store.sessionIDs() + ["eeeeeeeeeeee", Sample.key.session] {
      let session = try store.session(id)
      for turn in session.turns {
        for response in turn.responses.values { check(response) }
        _ = try store.arrivals(of: ResponseKey(session: id, turn: turn.number, lane: 0, generation: 1))
      }
      _ = try store.answers(session: id)
      _ = try store.turnNotes(session: id)
      _ = try store.fits(session: id)
      // What leaves comes in again elsewhere, or it is told why not: a vote may be on an answer that has no place any more.
      expectTold(try store.rows(of: id))
    }
    let calls = try store.ledger(includesImported: true)
    let ledger = Ledger(calls) { isoDate($0) }
    for grouping in Ledger.Grouping.allCases { _ = ledger.entries(by: grouping) }
    _ = (ledger.total, ledger.racing)
    for since in [Int64.min, 0, 100, .max] {
      #expect(try store.spent(since: since) >= .zero || true)
      _ = try store.trafficSums(since: since)
    }
    for call in try store.trafficCalls(limit: 100) { _ = (call.cost, call.state) }
    _ = try (store.openTrafficCalls(), store.routeObservations(), store.laneFigures(), store.votes())
    _ = try (store.votedContests(), store.judgedContests(), store.judgements(), store.cards(), store.lineups())
    _ = try (store.gatewayKeys(), store.gatewaySpending(days: Bounds.days.lowerBound..<Bounds.days.upperBound))
    _ = try (store.recentPrompts(limit: 9), store.recentModels(limit: 9), store.unsettled(provider: "a"))
    _ = try (store.gatewayKey(hash: "h"), store.assignment("b00000000001"))
  }

  private func expectTold(_ rows: SessionRows) {
    do throws(InvalidFile) { _ = try SessionFile(Array(SessionFile(sessions: [rows]).text.utf8)) } catch {
      #expect(error.message.contains("not there") || error.message.contains("missing"), "\(error.message)")
    }
  }

  private func check(_ response: Response) {
    for money in [response.cost.computed, response.cost.reported, response.cost.lowest, response.cost.highest] {
      #expect(money.map(\.isOfCall) ?? true)
    }
    #expect(Bounds.tokens.contains(response.usage.input) && Bounds.tokens.contains(response.usage.output))
    let timing = response.timing
    for time in [timing.firstByte, timing.firstToken, timing.firstAnswer, timing.end].compactMap(\.self) {
      #expect(Bounds.durations.contains(time))
    }
    _ = (response.costSoFar, timing.tokensPerSecond(outputTokens: response.usage.output))
  }

  @Test(arguments: [0.02, 0.3, 1.0]) func everyQuestionIsAnswered(_ share: Double) throws {
    var random = SplitMix64(seed: 20_261_128)
    let source = folder.file("source-\(share).db")
    try filled(source)
    var count = 0
    let databases = 2
    for number in 0..<databases {
      let path = folder.file("spoilt-\(share)-\(number).db")
      try FileManager.default.copyItem(atPath: source, toPath: path)
      count += try spoil(path, &random, share: share)
      let store = try Store(path: path)
      try readAll(store)
      // And it goes on being used.
      let id = "00000000000\(number % 9)"
      store.append(.turn(session: id, Turn(number: 2, prompt: "more", rule: .all)))
      let key = ResponseKey(session: id, turn: 2, lane: 0, generation: 1)
      store.append(.began(key, Sample.response(key), request: nil))
      store.append(.ended(key, Sample.finished(key)))
      store.append(.settled(key, Settlement(charge: Money(picoDollars: 7), input: 1, output: 2)))
      store.append(.gatewaySpending(GatewaySpending(key: "k", day: 3, cost: Money(picoDollars: 5), calls: 1)))
      #expect(commit(store) == nil)
      try readAll(store)
      store.append(.deleted(session: id))
      try store.close()
    }
    print("spoilt: \(databases) databases with \(count) values out of range")
  }

  @Test func whatOneHostileCallCostDoesNotCount() throws {
    let path = folder.file("costs.db")
    try filled(path)
    let queue = try rawDatabase(path)
    try queue.write { db in
      // As an earlier version would have left it: two calls whose costs no sum can hold, in one session.
      try db.execute(
        sql: """
          UPDATE response SET cost = 9223372036854775807, cost_computed = 9223372036854775807,
            usage_input = 1099511627776 WHERE session = '000000000001'
          """)
    }
    try queue.close()
    let store = try Store(path: path)
    let summary = try #require(try store.sessions().first { $0.id == "000000000001" })
    #expect(summary.cost == .zero, "what the session's calls cost is not known")
    let response = try #require(try store.session("000000000001").turns.first?.responses[0])
    #expect(response.cost.status == .unknown && response.cost.amount == nil && response.usage.input == 0)
    let known = try store.ledger().compactMap(\.amount).reduce(.zero, +)
    #expect(try store.spent(since: 0) == known && known > .zero && known < Money(decimal: "100")!)
    #expect(try store.found("cost:>1000") == [] && store.found("cost:<1").contains("000000000001"))
    let figures = try store.laneFigures().values
    #expect(figures.allSatisfy { $0.cost < Money(decimal: "100")! })
  }

  /// Of before the summaries: making them must not fail over a sum.
  @Test func anEarlierVersionsFileOpens() throws {
    let fixture = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/Databases/before-history.db")
    let path = folder.file("old.db")
    try FileManager.default.copyItem(atPath: fixture.path, toPath: path)
    let queue = try rawDatabase(path)
    try queue.write { db in
      try db.execute(
        sql: """
          UPDATE response SET cost_computed = 9223372036854775807, cost_reported = 1e300, usage_output = -1,
            cost_status = 'exact' WHERE finished IS NOT NULL
          """)
    }
    try queue.close()
    let store = try Store(path: path)
    #expect(try store.sessions().count == 6 && store.spent(since: 0) == .zero)
    #expect(try store.sessions().contains { $0.hasUnknownCost })
  }
}
