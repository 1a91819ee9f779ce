import Core
import CustomDump
import Foundation
import Providers
import Store
import TestSupport
import Testing
import Transport

@testable import Engine

/// Every dialect from the request to the receipt.
@Suite(.serialized, .ownThreads) struct DialectsOverTheWireTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var fixture: String
    var dialect: String
    var path: String
    var text: String
    var reasoning = ""
    var state = ResponseState.done
    var tokens: [Int]
    var testDescription: String { fixture }
  }

  static let cases = [
    Case(
      fixture: "openai.chat.sse", dialect: "openai-chat", path: "/v1/chat/completions", text: "Grüß Gott 👋",
      tokens: [2048, 1024, 512, 310, 300]),
    Case(
      fixture: "openai-responses.chat.sse", dialect: "openai-responses", path: "/v1/responses", text: "Yes — ✓",
      reasoning: "**Thinking** about it", tokens: [100, 64, 16, 50, 40]),
    Case(
      fixture: "anthropic.chat.sse", dialect: "anthropic", path: "/v1/messages", text: "Hello, 世界",
      reasoning: "Let me see.", tokens: [12509, 200, 12304, 550, 400]),
    Case(
      fixture: "google.chat.sse", dialect: "gemini", path: "/v1/models/m:streamGenerateContent?alt=sse",
      text: "It depends… 🤔", reasoning: "**Weighing**", tokens: [1007, 800, 0, 132, 120]),
    Case(
      fixture: "openai-responses.incomplete.sse", dialect: "openai-responses", path: "/v1/responses", text: "Half",
      state: .truncated, tokens: [100, 64, 16, 50, 40]),
    Case(
      fixture: "llama-server.smollm2-135m.chat-nostream.sse", dialect: "openai-chat", path: "/v1/chat/completions",
      text: "The capital of France is Paris.", tokens: [32, 31, 0, 8, 0]),
    Case(
      fixture: "llama-server.smollm2-135m.messages.sse", dialect: "anthropic", path: "/v1/messages",
      text: "The capital of France is Paris.", tokens: [32, 31, 0, 8, 0]),
  ]

  @Test(arguments: cases, [false, true])
  func fromTheRequestToTheReceipt(_ test: Case, _ isChunked: Bool) throws {
    let body = Fixture.bytes(test.fixture)
    let halves = [Array(body[..<(body.count / 2)]), Array(body[(body.count / 2)...])]
    let server = LoopbackServer(isChunked ? .chunked(halves) : .stream(body))
    let track = Track([server]) { $0.dialect = test.dialect }
    #expect(track.run(), "the race must end")
    let response = track.response(0)
    #expect(response.state == test.state, "\(response.error?.message ?? "")")
    #expect(response.text == test.text)
    #expect(response.reasoning == test.reasoning)
    let usage = response.usage
    #expect([usage.input, usage.cacheRead, usage.cacheWrite, usage.output, usage.reasoning] == test.tokens)
    #expect(usage.source == .reported)
    #expect(usage.raw != nil, "the raw usage is kept")
    #expect(server.requests.first?.path == test.path)
    #expect(try track.stored().turns.first?.responses[0]?.text == test.text)
  }

  @Test(arguments: [
    ("anthropic.error.sse", "anthropic", ResponseError.Kind.overloaded, "Hel"),
    ("google.error.sse", "gemini", .overloaded, "It "), ("openrouter.error.sse", "openai-chat", .server, "Su"),
    ("openai-responses.error-nested.sse", "openai-responses", .contextLength, "Half"),
  ])
  func errorsInMidStream(_ fixture: String, _ dialect: String, _ kind: ResponseError.Kind, _ text: String) {
    let server = LoopbackServer(.stream(Fixture.bytes(fixture)))
    let track = Track([server]) { $0.dialect = dialect }
    #expect(track.run())
    #expect(track.response(0).state == .failed)
    #expect(track.response(0).error?.kind == kind)
    #expect(track.response(0).text == text, "what came is kept")
    #expect(server.requests.count == 1)
  }

  @Test func aSlowKeyDoesNotHoldUpTheStreams() {
    let key = Gate()
    let asked = Gate()
    let next = Gate()
    let streaming = LoopbackServer(.stream([.chat("one"), .hold(next), .chat(" two"), .chatEnd, .close]))
    let late = LoopbackServer(.stream(Chat.whole("late")))
    let loop = TransferLoop()
    defer { loop.stop() }
    let services = [streaming, late].enumerated().map { Service("s\($0)", dialect: "openai-chat", baseURL: $1.url) }
    let engine = Engine(services: services, store: try! Store.inMemory(), prices: PriceBook(), loop: loop) { service in
      guard service.id == "s1" else { return .notNeeded }
      asked.open()
      key.wait()
      return .key("sk-123456")
    }
    let lanes = [try! Lane(parsing: "s0/m"), try! Lane(parsing: "s1/m")]
    let session = Session(id: Session.newID(), created: 1, title: "t", rule: .all, lanes: lanes, turns: [])
    let turn = Turn(number: 1, prompt: "Hello", rule: .all)
    let journal = Journal<RaceEvent>()
    let race = engine.start(RaceRequest(session: session, isNewSession: true, turn: turn, lanes: [0])) {
      journal.append($0)
    }
    func text(_ lane: Int, _ wanted: String) -> Bool {
      journal.first {
        if case .lane(lane, .text(_, wanted, _)) = $0 { true } else { false }
      } != nil
    }
    #expect(text(0, "one"))
    race.run(
      [RaceRequest.entry(number: 1, session: session, turn: turn)], generations: [1: 1], startsOver: false)
    #expect(asked.wait(), "the new lane's key must be asked for")
    next.open()
    #expect(text(0, " two"), "the stream must go on while the key is being fetched")
    key.open()
    #expect(text(1, "late"), "the new lane must run once its key is there")
    #expect(late.requests.first?.headers["authorization"] == "Bearer sk-123456")
  }

  /// A key that a command gives late: the race starts without its lane, which follows.
  @Test func theOthersDoNotWaitForASlowKey() {
    let key = Gate()
    let (quick, late) = (LoopbackServer(.stream(Chat.whole("quick"))), LoopbackServer(.stream(Chat.whole("late"))))
    let loop = TransferLoop()
    defer { loop.stop() }
    let services = [quick, late].enumerated().map { Service("s\($0)", dialect: "openai-chat", baseURL: $1.url) }
    var limits = Engine.Limits()
    limits.keys = 20_000_000
    let engine = Engine(
      services: services, store: try! Store.inMemory(), prices: PriceBook(), loop: loop, limits: limits
    ) { service in
      if service.id == "s1" { key.wait() }
      return .notNeeded
    }
    let lanes = [try! Lane(parsing: "s1/m"), try! Lane(parsing: "s0/m")]
    let session = Session(id: Session.newID(), created: 1, title: "t", rule: .all, lanes: lanes, turns: [])
    let journal = Journal<RaceEvent>()
    let race = engine.start(
      RaceRequest(session: session, isNewSession: true, turn: Turn(number: 1, prompt: "Hello", rule: .all))
    ) { journal.append($0) }
    func ended(_ lane: Int) -> Response? {
      let event = journal.first { if case .lane(lane, .ended) = $0 { true } else { false } }
      if case .lane(_, .ended(let response))? = event { return response }
      return nil
    }
    #expect(ended(1)?.text == "quick", "it must not wait for the other's key")
    #expect(late.connections == 0)
    key.open()
    #expect(ended(0)?.text == "late", "it must follow once its key is there")
    #expect(ended(0)?.notices.contains("waiting for the key of s1") == true)
    withExtendedLifetime(race) {}
  }

  @Test func adviceEndsItsSentencesOnce() {
    let service = Catalog.services[0]
    #expect(
      Advice.sentence(ResponseError(.money, "You exceeded your quota.", status: 429), service: service, model: nil)
        == "openai wants money (429): You exceeded your quota. Add credit, or use another provider.")
    #expect(
      Advice.sentence(ResponseError(.auth, "No"), service: service, model: nil)
        == "openai refused the key: No. Check OPENAI_API_KEY.")
    let long = String(repeating: "x", count: 400)
    let told = Advice.sentence(ResponseError(.server, long), service: service, model: nil)
    #expect(told.count < 400, "a long message is shortened")
    let hostile = Advice.sentence(ResponseError(.server, "\u{1B}[2J\nx"), service: service, model: nil)
    #expect(!hostile.contains("\u{1B}") && !hostile.contains("\n"), "got \(hostile)")
  }
}
