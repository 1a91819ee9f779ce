import Core
import CustomDump
import Foundation
import GRDB
import TestSupport
import Testing

@testable import Store

#if canImport(Glibc)
  import Glibc
#endif

@Suite(.ownThreads) struct RecoveryTests {
  private let folder = TemporaryFolder()
  private var path: String { folder.file("a.db") }

  /// A response in mid-stream, as a process leaves it that is killed.
  private func leaveOpen() throws {
    let store = try Store(path: path)
    store.append(.session(Sample.session()))
    store.append(.turn(session: Sample.key.session, Sample.turn()))
    store.append(.began(Sample.key, Sample.response(), request: nil))
    store.append(.text(Sample.key, .reasoning, "hm \u{0}", at: 1_000_000))
    #expect(commit(store) == nil)
    store.append(.text(Sample.key, .answer, "Half an ans\u{0}", at: 2_000_000))
    try store.close()
  }

  private func setWriter(_ text: String) throws {
    let queue = try rawDatabase(path)
    try queue.write { try $0.execute(sql: "UPDATE response SET writer = ?", arguments: [text]) }
    try queue.close()
  }

  private func expectCut(_ store: Store) throws {
    let response = try #require(try store.session("3f2a").turns.first?.responses[0])
    #expect(response.state == .cut)
    #expect(response.error?.kind == .cut)
    #expect(response.error?.message == "Furlong ended while this answer was coming; what had come is kept")
    #expect(response.text == "Half an ans\u{0}")
    #expect(response.reasoning == "hm \u{0}")
    #expect(response.timing.firstToken == 1_000_000)
    #expect(response.timing.firstAnswer == 2_000_000)
    #expect(response.timing.end == 2_000_000)
    #expect(response.timing.chunks == 2)
    expectNoDifference(
      try store.arrivals(of: Sample.key).map { "\($0.microseconds) \($0.length) \($0.channel)" },
      ["1000 4 reasoning", "2000 12 answer"])
    #expect(try store.sessions().first?.hasUnknownCost == true, "what it cost is not known")
  }

  /// Nobody has these: the first id is above what Linux gives out, the others are this process started at another time,
  /// and what no identity looks like.
  @Test(arguments: ["99999999:1", "\(getpid()):1", "nonsense", "", ":"])
  func theAnswerOfADeadProcessBecomesCut(_ writer: String) throws {
    try leaveOpen()
    try setWriter(writer)
    try expectCut(try Store(path: path))
    try expectCut(try Store(path: path))
    let queue = try rawDatabase(path)
    #expect(
      try queue.read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM part") } == 0, "parts are moved, not copied")
  }

  @Test func theAnswerOfALivingProcessIsLeftAlone() throws {
    try leaveOpen()
    let response = try #require(try Store(path: path).session("3f2a").turns.first?.responses[0])
    #expect(response.state == .queued)
    #expect(response.text == "Half an ans\u{0}")
  }

  @Test func aKilledProcessIsNoticed() throws {
    try leaveOpen()
    let child = try Child("/usr/bin/tail", ["-f", "/dev/null"], environment: [:])
    let identity = try String(contentsOfFile: "/proc/\(child.pid)/stat", encoding: .utf8)
    let start = identity.split(separator: " ")[21]
    try setWriter("\(child.pid):\(start)")
    #expect(try Store(path: path).session("3f2a").turns.first?.responses[0]?.state == .queued, "it lives")
    child.kill(SIGKILL)
    #expect(child.wait() == .killed(signal: SIGKILL), "it was killed")
    try expectCut(try Store(path: path))
  }

  @Test func thisProcessIsAlive() throws {
    try Store.inMemory().database.read { db in
      #expect(WriterIdentity.current.isAlive(db, at: 0))
      #expect(WriterIdentity.current == WriterIdentity.current)
      #expect(!WriterIdentity(text: "0").isAlive(db, at: 0))
    }
  }

  /// In a container, or on another machine: its process cannot be seen, so that its signs of life count.
  @Test func aProcessElsewhereLivesAsLongAsItShowsSignsOfLife() throws {
    try leaveOpen()
    let elsewhere = "7:123:0a1b2c3d-4026532000"
    try setWriter(elsewhere)
    let clock = StillClock()
    try rawDatabase(path).write {
      try $0.execute(
        sql: "INSERT OR REPLACE INTO writer (id, seen) VALUES (?, ?)",
        arguments: [elsewhere, clock.date])
    }
    func open() throws -> Store { try Store(path: path, clock: clock.clock) }
    clock.date += WriterIdentity.longestSilence - 1
    #expect(try open().session("3f2a").turns.first?.responses[0]?.state == .queued, "it lives elsewhere")
    clock.date += 1
    try expectCut(try open())
  }
}
