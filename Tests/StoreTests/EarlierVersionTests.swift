import Core
import Foundation
import GRDB
import TestSupport
import Testing

@testable import Store

/// A real file that an earlier commit of this program wrote; see Tests/Fixtures/Databases/README.md.
@Suite(.ownThreads) struct EarlierVersionTests {
  private let folder = TemporaryFolder()

  private func copy() throws -> String {
    let fixture = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/Databases/before-history.db")
    let path = folder.file("old.db")
    try FileManager.default.copyItem(atPath: fixture.path, toPath: path)
    return path
  }

  @Test func everythingIsThere() throws {
    let path = try copy()
    #expect(try rows(path, "SELECT COUNT(*) FROM grdb_migrations") == ["3"])
    let before = try rows(
      path, "SELECT session, turn, lane, text, usage_output FROM response WHERE finished <> '' ORDER BY id")
    let store = try Store(path: path)
    let list = try store.sessions()
    #expect(
      list.map(\.name) == [
        "Killed half-way", "Still blind", "Which is better?", "Fail please", "Warum ist der Himmel blau? 日本 e",
        "Why are there tides?",
      ])
    #expect(list.map(\.turns) == [1, 1, 1, 1, 1, 1])
    #expect(list[0].state == .cut, "its process was killed")
    #expect(list[1].isBlind && list[1].winner == nil && list[1].votes == nil)
    #expect(list[2].votes == 1 && list[2].winner == "demo/hare")
    #expect(list[3].state == .failed && list[3].models == ["demo/nonexistent", "demo/hare"])
    #expect(list[5].tags == ["physics", "sea"] && list.allSatisfy { $0.cost == .zero && !$0.hasUnknownCost })
    let cut = try #require(try store.session(list[0].id).turns.first?.responses[0])
    #expect(cut.text.hasPrefix("Step by step") && cut.error?.kind == .cut)
    #expect(
      try rows(path, "SELECT session, turn, lane, text, usage_output FROM response WHERE state <> 'cut' ORDER BY id")
        == before)
    for session in list { #expect(try store.session(session.id).turns.first?.responses.isEmpty == false) }
    #expect(try store.session(list[4].id).turns.first?.system == "Answer briefly.")
  }

  @Test func itIsFound() throws {
    let path = try copy()
    let store = try Store(path: path)
    #expect(try store.found("himmel").count == 1 && store.found("日本").count == 1)
    #expect(try store.found("simulated").count == 6 && store.found("simulated model:tortoise").count == 4)
    #expect(try store.found("state:failed").count == 1 && store.found("tag:sea tides").count == 1)
    #expect(try store.found("\"step by\" -owl").isEmpty == false)
    #expect(try store.recentModels(limit: 9).map(\.text).contains("demo/nonexistent"))
    #expect(try store.recentPrompts(limit: 9).first == "Killed half-way")
    try checkSearch(path)
    // Distances are worked out for what was there before.
    #expect(try rows(path, "SELECT COUNT(*) FROM turn WHERE disagreement IS NOT NULL") == ["3"])
  }

  @Test func itGoesOn() throws {
    let path = try copy()
    let store = try Store(path: path)
    let id = try #require(try store.found("tides").first)
    store.append(.turn(session: id, Turn(number: 2, prompt: "And neap tides?", rule: .all)))
    #expect(commit(store) == nil)
    #expect(try store.found("neap") == [id] && store.session(id).turns.last?.tags == ["physics", "sea"])
    store.append(.deleted(session: id))
    try store.close()
    #expect(try Store(path: path).sessions().count == 5)
    #expect(FileManager.default.contents(atPath: path)?.range(of: Data("neap tides".utf8)) == nil)
  }
}
