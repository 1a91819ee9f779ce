import Core
import Foundation
import GRDB
import TestSupport
import Testing

@testable import Store

/// Logs that `llm` itself has written, of two versions that keep them quite differently.
@Suite(.ownThreads) struct LLMLogTests {
  private let folder = TemporaryFolder()

  private func log(_ sql: String) throws -> String {
    let path = folder.file("\(UUID().uuidString).db")
    let queue = try rawDatabase(path)
    try queue.write { try $0.execute(sql: sql) }
    try queue.close()
    return path
  }

  private func sessions(_ path: String) throws -> [SessionRows] {
    try LLMLog.sessions(path: path) { ModelID(provider: "p", model: $0) }
  }

  private func imported(_ path: String) throws -> (store: Store, sessions: [Session]) {
    let store = try Store.inMemory()
    let arrivals = try store.add(sessions(path))
    #expect(arrivals.allSatisfy { $0.outcome == .added && $0.id == $0.asked })
    return (store, try arrivals.map { try store.session($0.id) })
  }

  @Test(arguments: ["llm-0.19.sql", "llm-0.36.sql"])
  func conversationsBecomeSessions(fixture: String) throws {
    let (store, sessions) = try imported(log(Fixture.imported(fixture).text))
    let tides = try #require(sessions.first { $0.title == "Why are there tides?" })
    #expect(tides.created == secondsSince1970(isoTime: "2025-03-01T10:00:01Z") && tides.purpose == .lane)
    #expect(tides.lanes.map(\.text) == ["p/gpt-4o-mini,temperature=0.2", "p/claude-3.5-sonnet"])
    #expect(tides.turns.map(\.prompt) == ["Why are there tides?", "How often?", "And the sun?"])
    #expect(tides.turns[0].system == "Be brief.")
    let answer = try #require(tides.turns[0].responses[0])
    #expect(answer.text == "The moon pulls on the sea. " && answer.state == .done)
    #expect(answer.usage.input == 11 && answer.usage.output == 6 && answer.usage.reasoning == 2)
    #expect(answer.usage.source == .reported && answer.timing.end == 1_001_000_000)
    #expect(answer.cost.status == .unknown && answer.cost.amount == nil, "unknown, never nothing")
    #expect(tides.turns[2].responses[1]?.text.contains("\u{1B}[31m") == true, "the text as it was")
    // Whichever lane goes on, it goes on from what was said.
    #expect(tides.thread(lane: 0, before: 4).map(\.text).last?.hasPrefix("The sun pulls too") == true)
    #expect(try store.answers(session: tides.id).map(\.origin) == ["llm", "llm", "llm"])
    #expect(try store.spent(since: 0) == .zero)
    let pixel = try #require(sessions.first { $0.title == "What is in it?" })
    #expect(pixel.turns[0].attachments.map(\.mediaType) == ["image/png"])
    #expect(sessions.contains { $0.turns[0].responses[0]?.model.model == "llama3.2:latest" })
  }

  @Test func fragmentsAreWrittenOut() throws {
    let (_, sessions) = try imported(log(Fixture.imported("llm-0.36.sql").text))
    let turn = try #require(sessions.first { $0.title.hasPrefix("Call me") }?.turns.first)
    #expect(turn.prompt == "Call me Ishmael. Some years ago, never mind how long.\nWhat is it about?")
    #expect(turn.system == "You are a librarian.")
    // As versions between kept them.
    let middle =
      Fixture.imported("llm-0.19.sql").text + """
        CREATE TABLE fragments (id INTEGER PRIMARY KEY, hash TEXT, content TEXT);
        CREATE TABLE prompt_fragments (response_id TEXT, fragment_id INTEGER, "order" INTEGER);
        CREATE TABLE tool_calls (id INTEGER PRIMARY KEY, response_id TEXT, name TEXT, arguments TEXT);
        ALTER TABLE responses ADD COLUMN reasoning TEXT;
        INSERT INTO fragments VALUES (1, 'a', 'First.'), (2, 'b', 'Second.');
        INSERT INTO prompt_fragments SELECT id, 2, 1 FROM responses WHERE prompt = 'Say hello';
        INSERT INTO prompt_fragments SELECT id, 1, 0 FROM responses WHERE prompt = 'Say hello';
        INSERT INTO tool_calls SELECT 1, id, 'clock', '{}' FROM responses WHERE prompt = 'Say hello';
        UPDATE responses SET reasoning = 'hm' WHERE prompt = 'Say hello';
        """
    let hello = try #require(try imported(log(middle)).sessions.first { $0.title == "Say hello" }?.turns.first)
    #expect(hello.prompt == "First.\nSecond.\nSay hello")
    #expect(hello.responses[0]?.reasoning == "hm" && hello.responses[0]?.notices == ["called clock({})"])
  }

  @Test func theSameLogTwiceAddsNothing() throws {
    let path = try log(Fixture.imported("llm-0.36.sql").text)
    let (store, sessions) = try imported(path)
    let again = try store.add(self.sessions(path))
    #expect(again.allSatisfy { if case .alreadyHere = $0.outcome { true } else { false } })
    #expect(try store.sessions().count == sessions.count)
  }

  @Test(arguments: [
    ("UPDATE responses SET datetime_utc = 'yesterday' WHERE prompt = 'How often?'", "datetime_utc"),
    ("ALTER TABLE responses RENAME TO answers", "neither"),
  ])
  func whatIsWrongIsToldWithItsPlace(change: String, words: String) throws {
    let path = try log(Fixture.imported("llm-0.19.sql").text + change)
    let error = #expect(throws: InvalidFile.self) { try self.sessions(path) }
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
  }

  /// Types that nobody promised.
  @Test(arguments: [
    "UPDATE responses SET prompt = 5, system = X'00FF', response = NULL, options_json = 'no', duration_ms = 'long'",
    "UPDATE responses SET input_tokens = -1, output_tokens = 9223372036854775807, duration_ms = -9223372036854775807",
    "UPDATE responses SET model = '', conversation_id = NULL, token_details = '[[['",
    "UPDATE attachments SET content = 'text', type = 5",
  ])
  func oddValuesAreNoCrash(change: String) throws {
    let (store, sessions) = try imported(log(Fixture.imported("llm-0.19.sql").text + change))
    for session in sessions { #expect(try store.rows(of: session.id).turns > 0) }
  }

  @Test func aBrokenDatabaseIsToldAsSuch() throws {
    let path = try log(Fixture.imported("llm-0.36.sql").text)
    var random = SplitMix64(seed: 11)
    let good = try Data(contentsOf: URL(fileURLWithPath: path))
    for count in 0..<120 {
      var bad = good
      for _ in 0..<8 {
        bad[Int.random(in: 100..<bad.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      let file = folder.file("bad\(count).db")
      try bad.write(to: URL(fileURLWithPath: file))
      do {
        let store = try Store.inMemory()
        for arrival in try store.add(sessions(file)) { _ = try store.session(arrival.id) }
      } catch is InvalidFile {
      } catch let error as StoreError {
        Issue.record("a damaged log must not get as far as the store: \(error.message)")
      }
    }
  }
}
