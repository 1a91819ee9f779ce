import Core
import Foundation
import GRDB
import TestSupport
import Testing

@testable import Store

/// Another program holds the database: calls go on, and nothing is lost.
@Suite(.ownThreads) struct LockedDatabaseTests {
  private let folder = TemporaryFolder()

  @Test func aCallWaitsForItsRowNoLongerThanItsLimit() throws {
    let path = folder.file("locked.db")
    let store = try Store(path: path)
    let other = try rawDatabase(path)
    let (isLocked, mayGo, isReleased) = (Gate(), Gate(), Gate())
    Thread.detachNewThread {
      try? other.inDatabase { db in
        try db.execute(sql: "BEGIN IMMEDIATE")
        isLocked.open()
        mayGo.wait()
        try db.execute(sql: "COMMIT")
      }
      isReleased.open()
    }
    isLocked.wait()
    var session = Sample.session()
    session.purpose = .gateway
    let (announced, committed) = (Gate(), Gate())
    store.announce(session, Sample.turn(prompt: "hello"), []) { announced.open() }
    store.commitSoon { committed.open() }
    // The lock is held all the while: only the limit can have opened them.
    #expect(announced.wait() && committed.wait(), "a locked database does not hold up a call")
    mayGo.open()
    isReleased.wait()
    #expect(
      eventually { (try? store.session(session.id))?.turns.first?.prompt == "hello" }, "what waited is written then")
  }

  /// Writers beside an import get their turn between its slices.
  @Test func anImportLetsOthersWrite() throws {
    let path = folder.file("busy.db")
    let store = try Store(path: path)
    let sessions = (0..<1000).map { number -> SessionRows in
      var foreign = ForeignSession(
        origin: "test", name: "n\(number)", created: 1_700_000_000, title: "t\(number)", purpose: .lane,
        lanes: [try! Lane(parsing: "test/m")])
      foreign.turns = [(Turn(number: 1, prompt: "prompt \(number)", rule: .all), 1_700_000_000, [])]
      return SessionRows(foreign)
    }
    let ended = Gate()
    let outcome = Journal<String>()
    Thread.detachNewThread {
      do throws(StoreError) { outcome.append("\(try store.add(sessions).count)") } catch {
        outcome.append(error.message)
      }
      ended.open()
    }
    // Writes of another program while the import is going on.
    let other = try DatabaseQueue(
      path: path,
      configuration: {
        var it = Configuration(); it.busyMode = .timeout(30); return it
      }())
    #expect(eventually { (try? store.sessions().count) ?? 0 > 0 }, "it begins to come in")
    var between = 0
    while outcome.entries.isEmpty {
      try other.write { try $0.execute(sql: "INSERT OR REPLACE INTO lineup (name, lanes) VALUES ('x', '[]')") }
      if outcome.entries.isEmpty { between += 1 }
      poll(nil, 0, 2)
    }
    #expect(ended.wait() && outcome.entries == ["1000"], "all come in: \(outcome.entries)")
    #expect(between > 3, "others write between its slices: \(between)")
  }

  @Test func anImportThatCannotEndIsTakenBack() throws {
    let path = folder.file("full.db")
    let store = try Store(path: path)
    let text = String(repeating: "word ", count: 20_000)
    let sessions = (0..<60).map { number -> SessionRows in
      var foreign = ForeignSession(
        origin: "test", name: "n\(number)", created: 1_700_000_000, title: "t\(number)", purpose: .lane,
        lanes: [try! Lane(parsing: "test/m")])
      foreign.turns = [(Turn(number: 1, prompt: text, rule: .all), 1_700_000_000, [])]
      return SessionRows(foreign)
    }
    try store.database.write { db in
      let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
      try db.execute(sql: "PRAGMA max_page_count = \(pages + 600)")
    }
    #expect(throws: StoreError.self) { try store.add(sessions) }
    #expect(try store.sessions().isEmpty, "a file is added whole or not at all")
  }
}
