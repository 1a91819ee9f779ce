import Core
import Foundation
import GRDB
import Judging
import TestSupport
import Testing

@testable import Store

/// A session leaves as a file and comes in again, whole, unchanged, and without what is nobody else's business.
@Suite(.ownThreads) struct TransferTests {
  private static let left = Sample.key
  private static let right = ResponseKey(session: left.session, turn: 1, lane: 1, generation: 2)
  private static let call = "0123456789ab"

  private static func assignment() -> BlindAssignment {
    BlindAssignment(
      id: "b00000000001", session: left.session, turn: 1, lanes: [0: "openai/gpt-5.6", 1: "local/m"],
      pairs: [.init(left: 1, right: 0)], salt: "s")
  }

  /// Everything that can belong to a session; `secret` in everything that people and models wrote.
  static func filled(_ store: Store, secret: String = "", isRevealed: Bool = true) {
    let words = "\(secret) \(Sample.hostile)"
    var session = Sample.session()
    session.title = words
    session.lanes[0].system = words
    store.append(.session(session))
    var turn = Sample.turn(prompt: "prompt \(words)")
    turn.system = words
    turn.tags = ["sql", words]
    turn.item = "item \(words)"
    turn.attachments.append(Attachment(name: "c.txt", mediaType: "text/plain", data: Array(words.utf8)))
    turn.blind = assignment()
    store.append(.turn(session: session.id, turn))
    for key in [left, ResponseKey(session: session.id, turn: 1, lane: 1, generation: 1), right] {
      var response = Sample.finished(key)
      response.system = words
      let half = words.utf8.count / 2
      store.append(.began(key, response, request: ["stop": .string(words)]))
      store.append(.text(key, .reasoning, String(decoding: words.utf8.prefix(half), as: UTF8.self), at: 4_000))
      store.append(.text(key, .answer, words, at: 7_000))
      (response.text, response.reasoning) = (words, String(decoding: words.utf8.prefix(half), as: UTF8.self))
      response.error = ResponseError(.auth, "the key \(secret) in /home/me/config.yaml", status: 401)
      response.notices = [words]
      response.attempts = [Attempt(status: 401, error: response.error, requestID: words)]
      store.append(.ended(key, response))
    }
    store.append(.winner(session: session.id, turn: 1, lane: 1))
    for (id, choice) in [("a00000000001", Vote.Choice.left), ("a00000000002", .tie)] {
      store.append(
        .vote(
          Vote(id: id, created: 5, assignment: assignment().id, left: right, right: left, choice: choice, time: 9)))
    }
    store.append(.undoneVote(id: "a00000000002"))
    if isRevealed { store.append(.revealed(assignment: assignment().id)) }
    judged(store, session, words)
  }

  private static func judged(_ store: Store, _ session: Session, _ words: String) {
    var call = Session(
      id: Self.call, created: 101, title: "verdict", rule: .all, lanes: [session.lanes[1]], turns: [])
    call.purpose = .judge
    let key = ResponseKey(session: Self.call, turn: 1, lane: 0, generation: 1)
    store.append(.session(call))
    store.append(.turn(session: call.id, Turn(number: 1, prompt: words, rule: .all)))
    store.append(.began(key, Sample.response(key), request: nil))
    store.append(.ended(key, Sample.finished(key)))
    var verdict = Verdict(.r1Slight)
    verdict.reason = words
    let readings = Judgement.Readings(ab: .verdict(verdict), ba: .unparsed(words))
    var judgement = Judgement(
      id: "c00000000001", created: 7, a: left, b: right, judge: "x/y", version: "v",
      outcome: .combine(ab: readings.ab, ba: readings.ba))
    judgement.readings = readings
    judgement.calls = [Self.call]
    let brief = SHA256.hexadecimal("task".utf8)
    judgement.brief = brief
    store.append(
      .brief(StoredBrief(id: brief, created: 6, judge: "x/y", version: "v", brief: Brief(ownCriteria: [words]))))
    store.append(.judgement(judgement))
    store.append(.confirmed(judgement: judgement.id))
    var fit = Fit(answer: left, judge: "x/y", value: 8, reason: words)
    fit.calls = [Self.call]
    store.append(.fit(fit))
  }

  private func file(_ store: Store, _ id: String = left.session) throws -> SessionFile {
    SessionFile(sessions: [try store.rows(of: id)])
  }

  private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  @Test func whatComesInIsWhatLeft() throws {
    let store = try Store.inMemory()
    Self.filled(store)
    #expect(commit(store) == nil)
    let text = try file(store).text
    let read = try SessionFile(bytes(text))
    #expect(read == (try file(store)), "the file reads back as the rows it was made of")
    let other = try Store.inMemory()
    let arrivals = try other.add(read.sessions)
    #expect(arrivals.map(\.outcome) == [.added] && arrivals.first?.id == Self.left.session)
    #expect(try file(other).text == text, "and leaves again byte by byte")
    #expect(try other.session(Self.left.session) == store.session(Self.left.session))
    #expect(try other.votes() == store.votes() && other.judgements() == store.judgements())
    #expect(try other.fits(session: Self.left.session) == store.fits(session: Self.left.session))
    #expect(try other.arrivals(of: Self.left) == store.arrivals(of: Self.left))
    let columns = "turns, calls, open, cost, unknown, votes, disagreement, models, states, tags, winner"
    func summary(_ store: Store) throws -> Row? {
      try store.read {
        try Row.fetchOne($0, sql: "SELECT \(columns) FROM summary WHERE session = ?", arguments: [Self.left.session])
      }
    }
    #expect(try summary(other) == summary(store), "lists say the same of it")
  }

  @Test func everyColumnLeavesOrIsKnownNotTo() throws {
    let stays: [String: Set<String>] = [
      "response": ["id", "session", "writer"], "fit": ["id", "session"], "turn": ["session", "gateway_key"],
    ]
    let store = try Store.inMemory()
    for table in StoredTable.allCases {
      let columns = try store.read { db in try db.columns(in: table.name).map(\.name) }
      let left = Set(table.columns.map(\.name)).union(stays[table.name] ?? (table.namesSession ? ["session"] : []))
      #expect(Set(columns) == left, "\(table.name): a new column must be in StoredTable")
    }
  }

  @Test func importingTwiceAddsNothing() throws {
    let store = try Store.inMemory()
    Self.filled(store)
    #expect(commit(store) == nil)
    let sessions = try file(store).sessions
    #expect(try store.add(sessions).map(\.outcome) == [.alreadyHere(turns: 1)])
    let other = try Store.inMemory()
    _ = try other.add(sessions)
    let before = try file(other).text
    #expect(try other.add(sessions).map(\.outcome) == [.alreadyHere(turns: 1)])
    #expect(try file(other).text == before && other.votes().count == 1)
  }

  @Test func anIdThatIsTakenGetsAnother() throws {
    let store = try Store.inMemory()
    Self.filled(store)
    #expect(commit(store) == nil)
    let other = try Store.inMemory()
    // Another session with this id, and everything in it under the same ids.
    var stranger = try store.rows(of: Self.left.session)
    stranger.change(.session, "created") { _ in .integer(99) }
    stranger.calls[0].change(.session, "created") { _ in .integer(98) }
    _ = try other.add([stranger])
    let arrival = try #require(try other.add(file(store).sessions).first)
    #expect(arrival.outcome == .added && arrival.id != arrival.asked && arrival.asked == Self.left.session)
    #expect(try other.session(arrival.id).turns.first?.responses.count == 2)
    let judgement = try #require(try other.judgements(session: arrival.id).first)
    #expect(judgement.calls.count == 1 && judgement.calls != [Self.call] && judgement.isConfirmed)
    #expect(try other.session(judgement.calls[0]).purpose == .judge)
    let vote = try #require(try other.votes(session: arrival.id).first)
    #expect(try other.assignment(vote.assignment)?.assignment.sha256 == Self.assignment().sha256)
    #expect(try other.votes().count == 2)
    #expect(try other.rows(of: arrival.id).calls.count == 1)
  }

  @Test func keysAndPathsStayHere() throws {
    let key = "sk-very-secret-0123456789/x"
    let store = try Store.inMemory()
    Self.filled(store, secret: key)
    #expect(commit(store) == nil)
    var rows = try store.rows(of: Self.left.session)
    rows.redact(Redaction(secrets: [key], findsShapes: true), paths: [("/home/me", "~")])
    let text = SessionFile(sessions: [rows]).text
    #expect(!text.contains("very-secret") && !text.contains("/home/me") && text.contains("~/config.yaml"))
    #expect(text.components(separatedBy: Redaction.mark).count > 20)
    let other = try Store.inMemory()
    _ = try other.add(try SessionFile(bytes(text)).sessions)
    let turn = try #require(try other.session(Self.left.session).turns.first)
    #expect(turn.prompt.hasPrefix("prompt [key] NUL"))
    let answer = try #require(turn.responses[0])
    let chunks = try other.arrivals(of: Self.left)
    for (channel, text) in [(Channel.answer, answer.text), (.reasoning, answer.reasoning)] {
      let sum = chunks.filter { $0.channel == channel }.reduce(0) { $0 + $1.length }
      #expect(sum == text.utf8.count, "the chunks still add up")
    }
    #expect(String(decoding: turn.attachments[2].data, as: UTF8.self).hasPrefix("[key]"))
  }

  @Test func aChangedByteIsRefused() throws {
    let store = try Store.inMemory()
    Self.filled(store)
    #expect(commit(store) == nil)
    let good = bytes(try file(store).text)
    for place in stride(from: 0, to: good.count, by: 97) {
      var bad = good
      bad[place] ^= 1
      #expect(throws: InvalidFile.self, "byte \(place)") { try SessionFile(bad) }
    }
    #expect(throws: InvalidFile.self) { try SessionFile(good.dropLast(5).map(\.self)) }
    let newer = String(decoding: good, as: UTF8.self).replacing(
      "\"version\":1", with: "\"version\":2", maxReplacements: 1)
    let error = #expect(throws: InvalidFile.self) { try SessionFile(self.bytes(newer)) }
    #expect(error?.message.contains("newer Furlong") == true)
  }

  /// Whoever changes a file and its hash gets past the hash: what then comes through must still be harmless.
  @Test func mutatedFilesGiveAnErrorOrAWholeSession() throws {
    let store = try Store.inMemory()
    Self.filled(store)
    #expect(commit(store) == nil)
    let content = try file(store).text.split(separator: "\"content\":", maxSplits: 1)[1].dropLast(2)
    let words = ["-1", "99", "null", "[]", "{}", "\"x\"", "9223372036854775807", "\"\\u0000\"", "true", "0.5", "\"\""]
    var random = SplitMix64(seed: 20_261_125)
    var accepted = 0
    let inputs = 600
    for _ in 0..<inputs {
      var bytes = Array(content.utf8)
      for _ in 0..<Int.random(in: 1...2, using: &random) {
        let at = Int.random(in: 0..<bytes.count, using: &random)
        // Mostly a whole value, so that it is still JSON.
        let start = bytes[at...].firstIndex(of: UInt8(ascii: ":")).map { $0 + 1 } ?? at
        let end = bytes[start...].firstIndex { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "}") } ?? start
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes[at] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.removeSubrange(at..<min(bytes.count, at + 9))
        default: bytes.replaceSubrange(start..<end, with: Array(words.randomElement(using: &random)!.utf8))
        }
      }
      let text = String(decoding: bytes, as: UTF8.self)
      let whole =
        "{\"format\":\"furlong\",\"version\":1,\"sha256\":\"\(SHA256.hexadecimal(text.utf8))\",\"content\":\(text)}\n"
      guard let read = try? SessionFile(self.bytes(whole)) else { continue }
      accepted += 1
      let other = try Store.inMemory()
      do {
        let id = try other.add(read.sessions).first?.id ?? ""
        _ = try other.session(id)
        _ = try other.votedContests()
        _ = try other.judgedContests()
        _ = try other.sessions()
        _ = try other.rows(of: id)
      } catch {
        let rows = try other.read {
          try Int.fetchOne($0, sql: "SELECT (SELECT COUNT(*) FROM session) + (SELECT COUNT(*) FROM vote)")
        }
        #expect(rows == 0, "nothing of it is kept: \(error)")
      }
    }
    print("fuzz: \(inputs) mutated session files, \(accepted) of them sound")
    #expect(accepted > 20)
  }

  @Test func aFileThatFailsHalfWayAddsNothing() throws {
    let store = try Store.inMemory()
    Self.filled(store)
    #expect(commit(store) == nil)
    let good = try store.rows(of: Self.left.session)
    var bad = good
    bad.change(.session, "id") { _ in .text("ffffffffffff") }
    let file = Attachment(name: "x", mediaType: "y", data: [])
    bad.add(.attachment, Tables.attachment, Tables.StoredAttachment(turn: 7, ordinal: 0, file: file))
    let other = try Store.inMemory()
    #expect(throws: StoreError.self) { try other.add([good, bad]) }
    #expect(try other.sessions().isEmpty && other.votes().isEmpty)
  }

  @Test func whatWasPaidElsewhereIsNotSpentHere() throws {
    let store = try Store.inMemory()
    Self.filled(store)
    #expect(commit(store) == nil)
    #expect(try store.spent(since: 0) > .zero)
    let other = try Store.inMemory()
    _ = try other.add(file(store).sessions)
    #expect(try other.spent(since: 0) == .zero)
    #expect(try other.sessions().first?.cost ?? .zero > .zero, "its cost is told all the same")
  }

  @Test func whatIsStillComingLeavesAsCut() throws {
    let store = try Store.inMemory()
    store.append(.session(Sample.session()))
    store.append(.turn(session: Self.left.session, Sample.turn()))
    store.append(.began(Self.left, Sample.response(), request: nil))
    store.append(.text(Self.left, .answer, "half", at: 1000))
    #expect(commit(store) == nil)
    let other = try Store.inMemory()
    _ = try other.add(try SessionFile(bytes(file(store).text)).sessions)
    let answer = try #require(try other.session(Self.left.session).turns.first?.responses[0])
    #expect(answer.state == .cut && answer.text == "half" && answer.error?.kind == .cut)
  }
}
