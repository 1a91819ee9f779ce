import Core
import CustomDump
import Providers
import TestSupport
import Testing

@testable import Engine

@Suite(.serialized, .ownThreads) struct EngineLaneTests {
  private let ms: Int64 = 1_000_000

  @Test func theRequestCarriesTheConversationAndTheKey() {
    let server = LoopbackServer(.stream(Chat.whole("ok")))
    let track = Track([server], key: "sk-secret-123456") { $0.headers = [.init("X-Team", "search")] }
    #expect(track.run())
    let request = server.requests.first
    #expect(request?.path == "/v1/chat/completions")
    #expect(request?.headers["authorization"] == "Bearer sk-secret-123456")
    #expect(request?.headers["x-team"] == "search")
    expectNoDifference(
      request?.text,
      #"{"model":"m","messages":[{"role":"system","content":"Be brief"},{"role":"user","content":"Hello"}],"stream":true,"stream_options":{"include_usage":true}}"#
    )
    #expect(track.response(0).usage.input == 10)
    #expect(track.response(0).modelReported == "m1")
  }

  @Test func noKeyIsEverKept() throws {
    let key = "sk-secret-123456"
    let server = LoopbackServer { _, _ in
      .answer(
        401, ["x-request-id": "req-\(key)"],
        body: #"{"error":{"message":"Incorrect API key provided: \#(key), sorry \#(key)"}}"#)
    }
    let track = Track([server], key: key)
    #expect(track.run())
    #expect(track.response(0).error?.kind == .auth)
    #expect(track.response(0).error?.message.contains("Incorrect API key provided: [key], sorry [key]") == true)
    #expect(!"\(track.events)".contains(key), "the key is in an event")
    #expect(!"\(try track.stored())".contains(key), "the key is in the database")
  }

  @Test func aMissingKeyIsToldAndNothingIsSent() {
    let server = LoopbackServer(.stream(Chat.whole("ok")))
    let track = Track([server], key: "")
    #expect(track.run())
    #expect(track.response(0).state == .failed)
    #expect(track.response(0).error == ResponseError(.auth, "no key for s0: set KEY"))
    #expect(server.connections == 0)
  }

  @Test func anUnknownProviderIsTold() {
    let track = Track([], lanes: ["opnai/gpt-5.6", "demo/cat"])
    #expect(track.run())
    #expect(
      track.response(0).error?.message
        == "no provider ‘opnai’; did you mean openai?: furlong providers lists them, the config can add one")
    #expect(track.response(1).error?.kind == .notFound)
    #expect(track.response(1).error?.message.contains("demo/hare") == true)
  }

  @Test func anUnreachableServerIsTold() {
    let server = LoopbackServer.unanswered
    let track = Track([server])
    #expect(track.run())
    #expect(track.response(0).error?.kind == .network)
    #expect(track.response(0).error?.message.contains("nothing answers at 127.0.0.1:\(server.port)") == true)
    #expect(track.response(0).attempts.count == 3)
  }

  @Test func aRedirectSaysWhereItPoints() {
    let server = LoopbackServer(.answer(308, ["Location": "https://elsewhere/v1"], body: ""))
    let track = Track([server])
    #expect(track.run())
    #expect(
      track.response(0).error?.message
        == "s0 redirects to https://elsewhere/v1: set base_url to where the service is")
  }

  @Test func aHedgedLaneIsNotContactedWhenTheFirstAnswers() {
    let gate = Gate()
    let first = LoopbackServer(.stream([.chat("I am here"), .hold(gate), .chatEnd, .close]))
    let second = LoopbackServer(.stream(Chat.whole("late")))
    let clock = StillClock()
    let track = Track([first, second], clock: clock)
    track.start(.firstFinish) { $0.hedge = 50 * ms }
    #expect(track.waitForText(0))
    track.pass(60, clock)
    gate.open()
    #expect(track.finish(), "its time came while the first was answering")
    #expect(track.winner == 0)
    #expect(track.response(1).state == .stopped && !track.response(1).cost.isWasted)
    #expect(second.connections == 0, "it must not have been contacted")
  }

  /// The first had sent a token when the second's time came, and then turned out to be no use.
  @Test func aHedgedLaneStaysInReserve() {
    let gate = Gate()
    let first = LoopbackServer(.stream([.chat("wrong"), .hold(gate), .chatEnd, .close]))
    let second = LoopbackServer(.stream(Chat.whole("right")))
    let clock = StillClock()
    let track = Track([first, second], clock: clock)
    track.start(.firstValid) {
      $0.hedge = 50 * ms
      $0.check = .regex("right")
    }
    #expect(track.waitForText(0))
    track.pass(60, clock)
    gate.open()
    #expect(track.finish())
    #expect(track.winner == 1)
    #expect(track.response(0).state == .done)
  }

  @Test func aHedgedLaneIsContactedWhenTheFirstStalls() {
    let first = LoopbackServer(.stream([.stall]))
    let second = LoopbackServer(.stream(Chat.whole("rescue")))
    let clock = StillClock()
    let track = Track([first, second], clock: clock)
    track.start(.firstFinish) { $0.hedge = 80 * ms }
    #expect(first.journal.first { if case .request = $0 { true } else { false } } != nil, "the first is asked")
    track.pass(79, clock)
    #expect(second.connections == 0, "not before its time")
    track.pass(1, clock)
    #expect(track.finish())
    #expect(track.winner == 1)
    #expect(track.response(0).state == .stopped)
  }

  @Test func aHedgedLaneNeedNotWaitWhenTheFirstFails() {
    let first = LoopbackServer(.answer(400, body: #"{"error":{"message":"no"}}"#))
    let second = LoopbackServer(.stream(Chat.whole("rescue")))
    let track = Track([first, second])
    #expect(track.run(.firstFinish) { $0.hedge = 60_000 * ms }, "it must not wait a minute")
    #expect(track.winner == 1)
  }

  @Test func theTurnHasATimeLimit() {
    let server = LoopbackServer(.stream([.chat("Half"), .stall]))
    let clock = StillClock()
    let track = Track([server], clock: clock)
    track.start { $0.timeout = 100 * ms }
    #expect(track.waitForText(0))
    track.pass(99, clock)
    #expect(!track.events.contains { if case .ended = $0 { true } else { false } }, "not before its time")
    track.pass(1, clock)
    #expect(track.finish())
    #expect(track.response(0).state == .stopped)
    #expect(track.response(0).error?.kind == .timeout)
    #expect(track.response(0).text == "Half")
    #expect(server.disconnection() != nil)
  }

  /// Eight lanes with a first token after 150 ms and a second after 100 ms more, on a clock that the test moves.
  @Test func timesAreTrueInEveryLane() {
    let (first, second, heads, clock) = (Gate(), Gate(), Journal<Void>(), StillClock())
    let servers = (0..<8).map { _ in
      LoopbackServer(
        .stream([
          .note { heads.append(()) }, .hold(first), .chat("a"), .hold(second), .chat("b"), .chatEnd, .close,
        ]))
    }
    let track = Track(servers, clock: clock)
    track.start()
    #expect(heads.wait { $0.count == 8 })
    track.pass(0, clock)
    track.pass(150, clock)
    first.open()
    #expect(servers.indices.allSatisfy { track.waitForText($0) })
    track.pass(100, clock)
    second.open()
    #expect(track.finish())
    for lane in servers.indices {
      let timing = track.response(lane).timing
      let first = (timing.firstToken ?? 0) / ms
      let span = ((timing.end ?? 0) - (timing.firstToken ?? 0)) / ms
      #expect(first == 150, "lane \(lane): TTFT \(first) ms instead of 150")
      #expect(span == 100, "lane \(lane): \(span) ms between the tokens instead of 100")
      #expect(timing.chunks == 2)
      #expect(timing.firstByte == 0, "headers came before the pause")
    }
  }

  @Test func aStoppedLaneKeepsItsTextAndCanBeSentAgain() throws {
    let server = LoopbackServer { _, number in
      number == 1 ? .stream([.chat("Half"), .stall]) : .stream(Chat.whole("Whole"))
    }
    let track = Track([server])
    track.start()
    #expect(track.waitForText(0))
    track.race?.stop(0)
    #expect(track.finish())
    #expect(track.response(0).state == .stopped)
    #expect(track.response(0).text == "Half")
    #expect(!track.response(0).cost.isWasted, "a person stopped it, no rule")
    #expect(server.disconnection() != nil)

    let turn = Turn(number: 1, prompt: "Hello", rule: .all)
    track.race?.run(
      [RaceRequest.entry(number: 0, session: track.session, turn: turn)], generations: [0: 2], startsOver: false)
    #expect(track.waitForEnd(of: 0, generation: 2))
    #expect(track.response(0).text == "Whole")
    #expect(track.response(0).generation == 2)
    #expect(try track.stored().turns.first?.responses[0]?.text == "Whole")
  }

  @Test func everythingCanBeStopped() {
    let server = LoopbackServer(.stream([.stall]))
    let track = Track([server, server, server])
    track.start()
    #expect(track.wait { $0 == .lane(2, .state(.waiting)) })
    track.race?.stopAll()
    #expect(track.finish())
    #expect((0..<3).allSatisfy { track.response($0).state == .stopped })
  }

  @Test func simulatedModelsNeedNoNetwork() {
    let track = Track([], lanes: ["demo/hare", "demo/owl"])
    #expect(track.run(.firstFinish))
    #expect(track.winner == 0)
    let hare = track.response(0)
    #expect(hare.state == .done)
    #expect(hare.isSimulated)
    #expect(hare.cost.status == .free)
    #expect(hare.modelReported == "hare (simulated)")
    #expect((hare.timing.firstToken ?? 0) >= 180 * ms)
    #expect(track.response(1).state == .stopped)
    #expect(!track.response(1).reasoning.isEmpty, "an owl thinks first")
  }

  @Test func listsModels() {
    let server = LoopbackServer(.answer(200, body: Fixture.text("llama-server.smollm2-135m.models.json")))
    let track = Track([server])
    let journal = Journal<Result<[ListedModel], ResponseError>>()
    track.engine.listModels(track.engine.service("s0")!) { journal.append($0) }
    let result = journal.first { _ in true }
    #expect((try? result?.get().map(\.id)) == ["smollm2-135m"])
    #expect(server.requests.first?.path == "/v1/models")
  }
}
