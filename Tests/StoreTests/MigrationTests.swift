import CustomDump
import Foundation
import GRDB
import TestSupport
import Testing

@testable import Core
@testable import Store

/// The steps of the tables from version to version, on databases that the builds of every commit that changed one have made; see
/// Tests/Fixtures/Databases/README.md.
@Suite(.ownThreads) struct MigrationTests {
  static let versions = [
    "b408c76", "e938ebf", "9c8fa50", "726f597", "6145481", "c283a65", "99b648f", "1606c04", "168969d", "e8fe89a",
    "d3f42a0", "224ee1c", "cd7b66e", "f5cd4b9", "776fce4", "8c4285a", "b8c4da5", "2732584", "b4fe0a3",
  ]

  private let folder = TemporaryFolder()

  private func copy(_ version: String) throws -> String {
    let fixture = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/Databases/\(version).db.gz").path
    let path = folder.file("\(version).db")
    let unpacking = try Child(
      "/bin/sh", ["-c", "gzip -dc \(fixture) > \(path)"], environment: ["PATH": "/usr/bin:/bin"])
    try #require(unpacking.wait() == .exited(0), "\(unpacking.errors.text)")
    return path
  }

  /// A landed step is as it was when it landed: to change something, add one behind it.
  @Test func landedStepsAreFrozen() {
    let hashes = Migration.all.map { "\($0.name): \(SHA256.hexadecimal($0.sql.utf8).prefix(16))" }
    expectNoDifference(
      hashes,
      [
        "1 sessions, turns, responses: 48d09e0da8adfb41",
        "2 continued turns, lineups, budgets: 94392d0968ddfcda",
        "3 votes, verdicts, data sets: fbff16f8ca1e6e27",
        "4 history, receipts: 1cf1520b2d236c9b",
        "5 the gateway: 45b51e4bacc34ff7",
        "6 one shape: e3b0c44298fc1c14",
        "7 the purse: 7808e0f715db7c62",
        "8 picks: 2436a48e1d7f1466",
        "9 experiments: 1bbe714220eb5d9a",
        "10 words without blanks: 6f021470f55835b0",
      ])
  }

  @Test(arguments: versions) func everyEarlierDatabaseKeepsItsRowsAndGetsTheShapeOfToday(version: String) throws {
    let path = try copy(version)
    let before = try kept(path)
    let store = try Store(path: path)
    expectNoDifference(try kept(path), before, "\(version): nothing is lost or changed")
    let list = try store.sessions()
    #expect(list.contains { $0.state == .cut }, "\(version): what its process left unfinished is cut")
    for session in list { #expect(try store.session(session.id).turns.isEmpty == false, "\(version): \(session.name)") }
    #expect(try store.found("tides").count == list.count { $0.name.contains("tides") }, "\(version): it is searched")
    #expect(try store.found("himmel").count == 1, "\(version): it is searched")
    try store.close()
    try checkSearch(path)
    let fresh = folder.file("fresh.db")
    try Store(path: fresh).close()
    expectNoDifference(try shape(path), try shape(fresh), "\(version): it is as one made today")
    expectNoDifference(try worked(path), try workedAnew(path), "\(version): what is worked out is right")
  }

  /// By the one build that named announcements by a number.
  @Test func announcementsOfEveryKindBecomeCalls() throws {
    let path = try copy("8c4285a")
    let session = Session(
      id: "0123456789ab", created: 1_795_610_683, title: "", rule: .all, lanes: [try Lane(parsing: "demo/hare")],
      turns: [])
    let response = Response(lane: 0, model: session.lanes[0].model, parameters: Parameters())
    let key = ResponseKey(session: session.id, turn: 1, lane: 0, generation: 1)
    let announcement = Announcement(
      session: session, turn: Turn(number: 1, prompt: "", rule: .all),
      calls: [StartedCall(key: key, response: response, request: nil)])
    try rawDatabase(path).write { db in
      try db.execute(
        sql: "INSERT INTO announcement (writer, document) VALUES ('0', ?), ('0', 'no JSON')",
        arguments: [announcement.text])
    }
    let store = try Store(path: path)
    #expect(try store.session(session.id).turns.first?.responses[0]?.state == .cut, "its receipt is made")
    #expect(try rows(path, "SELECT COUNT(*) FROM announcement") == ["0"])
  }

  /// Of several programs that open it at once one does what is missing, the others wait for it.
  @Test(arguments: versions + ["none"]) func severalFirstStartsAtOnce(version: String) throws {
    let path = version == "none" ? folder.file("none.db") : try copy(version)
    let faults = Journal<String?>()
    for _ in 0..<8 {
      Thread.detachNewThread {
        do throws(StoreError) {
          try Store(path: path).close()
          faults.append(nil)
        } catch {
          faults.append(error.message)
        }
      }
    }
    #expect(faults.wait { $0.count == 8 }, "\(version): all eight come to an end")
    #expect(faults.entries.allSatisfy { $0 == nil }, "\(version): \(faults.entries)")
    #expect(try rows(path, "SELECT COUNT(*) FROM grdb_migrations") == ["\(Migration.all.count)"])
  }

  // MARK: What is compared

  /// Everything that was there, but for what is unfinished.
  private func kept(_ path: String) throws -> [String] {
    let tables = try rows(
      path,
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name IN ('vote', 'blind', 'judgement', 'gateway_key')")
    // A table that is new has no rows.
    let counts = try tables.flatMap { table in
      try rows(path, "SELECT '\(table)', COUNT(*) AS n FROM \(table) HAVING n > 0")
    }
    return try rows(path, "SELECT id, created, title, rule, lanes FROM session ORDER BY id")
      + rows(path, "SELECT session, number, prompt, system, rule, winner FROM turn ORDER BY session, number")
      + rows(
        path,
        """
        SELECT session, turn, lane, generation, state, text, reasoning, usage_input, usage_output, cost_status, ttft, end
          FROM response WHERE finished IS NOT NULL AND state <> 'cut' ORDER BY id
        """) + counts.sorted()
  }

  private func shape(_ path: String) throws -> [String] {
    let objects = try rows(
      path,
      """
      SELECT type, name, CASE WHEN type = 'table' AND name NOT IN ('summary', 'document', 'used_model', 'search')
        THEN '' ELSE sql END FROM sqlite_master WHERE name NOT LIKE 'search\\_%' ESCAPE '\\' AND sql IS NOT NULL ORDER BY 1, 2
      """)
    let columns = try rows(
      path,
      """
      SELECT m.name, p.name, p.type, p."notnull", p.dflt_value, p.pk FROM sqlite_master m, pragma_table_info(m.name) p
        WHERE m.type = 'table' AND m.name NOT LIKE 'search\\_%' ESCAPE '\\' ORDER BY 1, 2
      """)
    return objects + columns
  }

  private static let figures =
    "SELECT session, turns, calls, open, cost, unknown, votes, deleted FROM summary ORDER BY session"

  private func worked(_ path: String) throws -> [String] {
    try rows(path, Self.figures) + rows(path, "SELECT session, turn, response FROM document ORDER BY 1, 2, 3")
  }

  /// From the rows themselves.
  private func workedAnew(_ path: String) throws -> [String] {
    try rows(
      path,
      """
      SELECT s.id, (SELECT COUNT(*) FROM turn t WHERE t.session = s.id), COUNT(r.id), COUNT(r.id) - COUNT(r.finished),
        COALESCE(SUM(r.cost), 0), COALESCE(SUM(r.finished IS NOT NULL AND r.cost IS NULL), 0),
        (SELECT COUNT(*) FROM vote v WHERE v.session = s.id AND v.id NOT IN (SELECT vote FROM vote_undone)), NULL
      FROM session s LEFT JOIN response r ON r.session = s.id GROUP BY s.id ORDER BY s.id
      """)
      + rows(
        path,
        """
        SELECT t.session, t.number, 0 FROM turn t JOIN session s ON s.id = t.session
          WHERE s.purpose NOT IN ('judge', 'brief', 'probe', 'gateway')
        UNION SELECT r.session, r.turn, r.id FROM response r JOIN session s ON s.id = r.session
          WHERE s.purpose NOT IN ('judge', 'brief', 'probe', 'gateway') AND r.finished IS NOT NULL
        ORDER BY 1, 2, 3
        """)
  }
}
