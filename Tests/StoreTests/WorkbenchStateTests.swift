import Core
import Foundation
import GRDB
import TestSupport
import Testing

@testable import Store

/// What the workbench keeps beyond answers: dropped lanes, lanes' own system prompts, turns that all lanes went on from, lineups.
@Suite(.ownThreads) struct WorkbenchStateTests {
  @Test func lanesKeepTheirNumbersAndSystemPrompts() throws {
    let store = try Store.inMemory()
    store.append(.session(Sample.session()))
    var lanes = Sample.session().lanes
    lanes[0].isDropped = true
    lanes[1].system = "Be brief, \(Sample.hostile.replacingOccurrences(of: "\u{0}", with: ""))"
    store.append(.setup(session: Sample.key.session, lanes: lanes, rule: .all))
    #expect(commit(store) == nil)
    let session = try store.session(Sample.key.session)
    #expect(session.lanes == lanes)
    #expect(session.activeLanes == [1])
  }

  @Test func theAnswerThatLanesWentOnFromIsKept() throws {
    let store = try Store.inMemory()
    store.append(.session(Sample.session()))
    store.append(.turn(session: Sample.key.session, Sample.turn()))
    store.append(.continued(session: Sample.key.session, turn: 1, lane: 1))
    #expect(commit(store) == nil)
    #expect(try store.session(Sample.key.session).turns.first?.continued == 1)
    store.append(.continued(session: Sample.key.session, turn: 1, lane: nil))
    #expect(commit(store) == nil)
    #expect(try store.session(Sample.key.session).turns.first?.continued == nil)
  }

  @Test func lineupsAreReplacedByName() throws {
    let store = try Store.inMemory()
    store.append(.lineup(name: "daily", lanes: Sample.session().lanes))
    store.append(.lineup(name: "daily", lanes: [Sample.session().lanes[1]]))
    #expect(commit(store) == nil)
    let lineups = try store.lineups()
    #expect(lineups.map(\.name) == ["daily"])
    #expect(lineups.first?.lanes == [Sample.session().lanes[1]])
  }

  @Test func spendingCountsWhatTheProviderCharged() throws {
    let clock = StillClock()
    let store = try Store.inMemory(clock: clock.clock)
    store.append(.session(Sample.session()))
    store.append(.turn(session: Sample.key.session, Sample.turn()))
    store.append(.began(Sample.key, Sample.response(), request: nil))
    store.append(.ended(Sample.key, Sample.finished()))
    #expect(commit(store) == nil)
    #expect(try store.spent(since: 0) == Money(decimal: "0.5"))
    #expect(try store.spent(since: clock.date) == Money(decimal: "0.5"), "it was asked for in this second")
    #expect(try store.spent(since: clock.date + 1) == .zero)
  }

  @Test func rowsAreDatedByTheClockThatIsHandedIn() throws {
    let clock = StillClock(date: 1_000)
    let store = try Store.inMemory(clock: clock.clock)
    func dates(_ column: String, of table: String) throws -> [Int64] {
      try store.database.read { try Int64.fetchAll($0, sql: "SELECT \(column) FROM \(table)") }
    }
    store.append(.session(Sample.session()))
    store.append(.turn(session: Sample.key.session, Sample.turn()))
    clock.date = 2_000
    store.append(.began(Sample.key, Sample.response(), request: nil))
    #expect(commit(store) == nil)
    #expect(try dates("seen", of: "writer") == [2_000], "a sign of life")
    clock.date = 3_000
    store.append(.ended(Sample.key, Sample.finished()))
    store.append(.unkept(Money(picoDollars: 1)), at: 2_500)
    let limit = Money(picoDollars: 9_000_000_000_000)
    let held = Journal<HoldAnswer>()
    store.hold(
      HoldRequest(id: "h", key: nil, amount: limit, least: .zero, limits: [.since(3_001, limit, name: "a test")])
    ) { held.append($0) }
    #expect(held.wait { $0.count >= 1 } && held.entries == [.granted(limit)])
    #expect(try dates("created", of: "turn") == [1_000])
    #expect(try dates("created", of: "response") == [2_000])
    #expect(try dates("finished", of: "response") == [3_000])
    #expect(try dates("created", of: "unkept_cost") == [2_500], "it says itself when")
    #expect(try dates("created", of: "hold") == [3_000])
  }

  /// A database of the first version, as it lies on somebody's disk.
  @Test func aDatabaseOfTheFirstVersionOpens() throws {
    let folder = TemporaryFolder()
    let path = folder.file("old.db")
    let queue = try rawDatabase(path)
    try Migrations.run(queue, upTo: .sessions)
    try queue.write { db in
      try db.execute(
        sql: """
          INSERT INTO session VALUES ('3f2a9c1e04b7', 1, 'old', 'all', '["local/m"]');
          INSERT INTO turn (session, number, created, prompt, prompt_sha256, rule) VALUES ('3f2a9c1e04b7', 1, 1, 'p', 'x', 'all');
          INSERT INTO response (session, turn, lane, generation, created, finished, writer, provider, model, parameters,
            simulated, shares_machine, state, text) VALUES ('3f2a9c1e04b7', 1, 0, 1, 1, 2, 'w', 'local', 'm', '{}', 0, 0,
            'done', 'kept');
          """)
    }
    try queue.close()
    let session = try Store(path: path).session("3f2a")
    #expect(session.turns.first?.responses[0]?.text == "kept")
    #expect(session.turns.first?.continued == nil && session.lanes.first?.isDropped == false)
  }
}
