import Core
import CustomDump
import Foundation
import GRDB
import TestSupport
import Testing

@testable import Store

@Suite(.ownThreads) struct HistoryTests {
  private let store: Store

  init() throws {
    store = try Store.inMemory()
    store.add(
      "aaaa00000001", created: 100, tags: ["sea"],
      ("Why are there tides?", ["The moon pulls on the water", "Moon and sun"]))
    store.add(
      "aaaa00000002", created: 200, lanes: ["b/two", "c/three-Large"], cost: "2",
      ("Was ist Ebbe? Über Größe", ["failed:nothing", "Water goes away"]),
      ("And why tides twice?", ["Two bulges", "Two"]))
    store.add("aaaa00000003", created: 300, cost: "?", ("Name a colour", ["Crimson is a red", "Crimson is a red"]))
  }

  @Test func theListTellsWhatOneLooksFor() throws {
    store.append(.winner(session: "aaaa00000002", turn: 2, lane: 1))
    #expect(commit(store) == nil)
    let list = try store.sessions()
    #expect(list.map(\.id) == ["aaaa00000003", "aaaa00000002", "aaaa00000001"])
    #expect(list[1].winner == "c/three-Large" && list[1].votes == 0 && list[1].turns == 2)
    #expect(list[1].firstPrompt == "Was ist Ebbe? Über Größe" && list[1].lastPrompt == "And why tides twice?")
    #expect(list[1].cost == Money(decimal: "8") && !list[1].hasUnknownCost && list[1].state == .failed)
    #expect(list[0].hasUnknownCost && list[0].cost == .zero && list[0].winner == nil)
    #expect(list[2].tags == ["sea"] && list[2].state == .done)
    #expect(try store.sessions(limit: 1, offset: 1).map(\.id) == ["aaaa00000002"])
  }

  @Test(arguments: [
    ("model:three", "2"), ("model:THREE-large", "2"), ("model:b/two", "321"), ("model:nowhere", ""),
    ("provider:c", "2"),
    ("provider:b", "321"), ("provider:two", ""), ("tag:sea", "1"), ("tag:SEA", "1"), ("tag:se", ""),
    ("state:failed", "2"), ("state:done", "321"), ("state:cut", ""), ("cost:>1", "2"), ("cost:<1", "31"),
    ("cost:>1 model:a/one", ""), ("disagreed", "1"), ("disagreed tag:sea", "1"), ("", "321"), ("tides", "21"),
    ("tides tag:sea", "1"), ("tides model:three", "2"), ("water", "21"), ("wat", "21"), ("wat ", "21"), ("\"wat\"", ""),
    ("wat tag:sea", "1"),
    ("tides -twice", "1"), ("\"two bulges\"", "2"), ("\"bulges two\"", ""), ("-tides", ""), ("ponders", ""),
    ("reasoning ponders", "321"), ("grosse", ""), ("größe", "2"), ("uber", "2"), ("ÜBER", "2"), ("moon -sun", "1"),
    ("why tides", "21"), ("AND", "21"), ("nothing", "2"), ("crim", "3"), ("t", ""), ("-", "321"), ("!?", "321"),
  ])
  func whatIsFound(_ line: String, _ expected: String) throws {
    #expect(try store.found(line).map { String($0.suffix(1)) }.sorted(by: >).joined() == expected, "\(line)")
  }

  /// Three ways to combine words with conditions, by how much the conditions leave: they must find the same.
  @Test(arguments: ["water model:b/two", "crim cost:<1", "two state:done", "t* tag:sea", "why -twice provider:a"])
  func everyWayFindsTheSame(_ line: String) throws {
    var faults: [String] = []
    let filter = SessionFilter(line: line, now: 0, faults: &faults)
    let found = try [(2000, 500), (2000, 0), (0, 0)].map { few, fewest in
      try store.database.read { db in
        var search = SessionSearch(words: filter.words, filter: filter, db: db)
        (search.few, search.fewest) = (few, fewest)
        return try search.found(limit: 9).map { "\($0.session) \($0.hit)" }
      }
    }
    #expect(found[0] == found[1] && found[0] == found[2], "\(found)")
    #expect(line.hasPrefix("t*") || !found[0].isEmpty)
  }

  @Test func promptsComeBeforeAnswers() throws {
    store.add("aaaa00000004", created: 50, ("Is crimson a colour?", ["Yes", "Yes"]))
    store.add("aaaa00000005", created: 400, ("What is blood like?", ["It is crimson", "Red"]))
    #expect(try store.found("crimson").map { String($0.suffix(1)) } == ["4", "5", "3"])
    #expect(try store.found("crimson", limit: 2).map { String($0.suffix(1)) } == ["4", "5"])
  }

  @Test func theBestHitIsShown() throws {
    var filter = SessionFilter()
    filter.text = "moon"
    let hit = try #require(try store.sessions(filter).first?.hit)
    #expect(hit.turn == 1 && !hit.isPrompt && ["a/one", "b/two"].contains(hit.model))
    #expect(hit.pieces.filter(\.isMatch).map { $0.text.lowercased() } == ["moon"])
    filter.text = "tides"
    let list = try store.sessions(filter)
    #expect(list.map { $0.hit?.turn } == [2, 1] && list.allSatisfy { $0.hit?.isPrompt == true })
    #expect(list[0].hit?.text == "And why tides twice?")
  }

  /// Who won and how it was voted is not told before the reveal, nor whose answer says what.
  @Test func blindnessBinds() throws {
    let id = "bbbb00000001"
    let assignment = BlindAssignment(
      id: "0123456789ab", session: id, turn: 1, lanes: [0: "a/one", 1: "b/two"], pairs: [.init(left: 0, right: 1)],
      salt: "s")
    store.add(id, created: 500, blind: assignment, ("Which is it?", ["Zebra, says one", "Yak, says two"]))
    store.append(.winner(session: id, turn: 1, lane: 0))
    store.append(
      .vote(
        Vote(
          id: "a00000000001", created: 1, assignment: assignment.id,
          left: ResponseKey(session: id, turn: 1, lane: 0, generation: 1),
          right: ResponseKey(session: id, turn: 1, lane: 1, generation: 1), choice: .left)))
    #expect(commit(store) == nil)
    let before = try store.sessions()[0]
    #expect(before.isBlind && before.winner == nil && before.votes == nil)
    var filter = SessionFilter()
    filter.text = "zebra"
    #expect(try store.sessions(filter).first?.hit == SearchHit(turn: 1, isPrompt: false, pieces: []))
    store.append(.revealed(assignment: assignment.id))
    #expect(commit(store) == nil)
    let after = try store.sessions()[0]
    #expect(!after.isBlind && after.winner == "a/one" && after.votes == 1)
    #expect(try store.sessions(filter).first?.hit?.model == "a/one")
  }

  @Test func titlesAndTags() throws {
    store.append(.title(session: "aaaa00000002", "A title \u{0} of mine"))
    store.append(.tags(session: "aaaa00000002", ["x, y", "ü"]))
    store.append(.turn(session: "aaaa00000002", Turn(number: 3, prompt: "more", rule: .all)))
    #expect(commit(store) == nil)
    let summary = try store.sessions()[1]
    #expect(summary.title == "A title \u{0} of mine" && summary.tags == ["x, y", "ü"])
    #expect(try store.session("aaaa00000002").turns.map(\.tags) == Array(repeating: ["x, y", "ü"], count: 3))
    #expect(try store.found("tag:\"x, y\"") == ["aaaa00000002"])
    store.append(.tags(session: "aaaa00000002", []))
    #expect(commit(store) == nil)
    #expect(try store.sessions()[1].tags.isEmpty)
    var item = Turn(number: 4, prompt: "of a data set", rule: .all)
    (item.item, item.tags) = ("7", ["sums"])
    store.append(.turn(session: "aaaa00000001", item))
    item.tags = []
    store.append(.turn(session: "aaaa00000001", item))
    #expect(commit(store) == nil)
    #expect(try store.sessions()[2].tags.sorted() == ["sea", "sums"])
    #expect(try store.session("aaaa00000001").turns.map(\.tags) == [["sea"], ["sums"], []])
  }

  /// Whatever is typed: an answer, never an error.
  @Test func anyTextCanBeLookedFor() throws {
    var random = SplitMix64(seed: 42)
    let alphabet = Array("\"'*()-+^:{}[]<>=!?.,;/\\|&%$#@~`_ \t\n\u{0}\u{1}aNDorTéß日👍🏽\u{301}\u{200B}7 ")
    let words = ["NEAR", "AND", "OR", "NOT", "prompt:", "search", "tides", "model:", "-", "\"", "*", "NEAR(a b, 3)"]
    for _ in 0..<3000 {
      var text = ""
      for _ in 0..<(1 + random.index(below: 14)) {
        text +=
          random.index(below: 5) == 0
          ? words[random.index(below: words.count)] : String(alphabet[random.index(below: alphabet.count)])
      }
      var faults: [String] = []
      var filter = SessionFilter(line: text, now: 1_000_000_000, faults: &faults)
      #expect(throws: Never.self, "\(text.debugDescription)") { try store.sessions(filter) }
      filter.text = text
      filter.includesReasoning = random.index(below: 2) == 0
      #expect(throws: Never.self, "\(text.debugDescription)") { try store.sessions(filter) }
    }
    let long = String(repeating: "tides \"", count: 20_000)
    #expect(throws: Never.self) { try store.found(long) }
  }

  @Test func recentOnesComeFromListedSessions() throws {
    var judging = Sample.session("cccc00000001", created: 900)
    judging.purpose = .judge
    store.append(.session(judging))
    store.append(.turn(session: judging.id, Turn(number: 1, prompt: "tides, says the judge's prompt", rule: .all)))
    let key = ResponseKey(session: judging.id, turn: 1, lane: 0, generation: 1)
    store.append(.began(key, Sample.response(key), request: nil))
    store.append(.ended(key, Sample.finished(key)))
    #expect(commit(store) == nil)
    #expect(try store.found("tides").count == 2 && store.found("").count == 3)
    #expect(try store.recentModels(limit: 9).map(\.text).sorted() == ["a/one", "b/two", "c/three-Large"])
    #expect(try store.recentPrompts(limit: 2) == ["Name a colour", "And why tides twice?"])
  }
}
