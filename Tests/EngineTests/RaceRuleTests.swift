import Core
import CustomDump
import TestSupport
import Testing

@testable import Engine

@Suite(.serialized, .ownThreads) struct RaceRuleTests {
  /// On a clock that stands still nothing but the rule can have broken it off.
  private func expectDisconnected(_ server: LoopbackServer, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(server.disconnection() != nil, "the loser must be disconnected at once", sourceLocation: sourceLocation)
  }

  @Test func allLetsEverybodyFinish() throws {
    let gate = Gate()
    let slow = LoopbackServer(.stream([.chat("slow"), .hold(gate), .chat(" one"), .chatEnd, .close]))
    let fast = LoopbackServer(.stream(Chat.whole("fast")))
    let track = Track([slow, fast])
    track.start(.all)
    #expect(track.waitForEnd(of: 1))
    gate.open()
    #expect(track.finish(), "the race must end")
    #expect(track.winner == 1, "the first to finish takes first place")
    #expect(track.response(0).state == .done)
    #expect(track.response(0).text == "slow one")
    #expect(!track.response(0).cost.isWasted)
    #expect(try track.stored().turns.first?.winner == 1)
  }

  @Test func firstTokenStopsTheOthers() {
    let gate = Gate()
    let silent = LoopbackServer(.stream([.stall]))
    let fast = LoopbackServer(.stream([.chat("I"), .hold(gate), .chat(" win"), .chatEnd, .close]))
    let track = Track([silent, fast, silent], clock: StillClock())
    track.start(.firstToken)
    #expect(track.waitForEnd(of: 0) && track.waitForEnd(of: 2))
    expectDisconnected(silent)
    gate.open()
    #expect(track.finish())
    #expect(track.winner == 1)
    #expect(track.response(1).text == "I win", "the winner goes on to its end")
    for loser in [0, 2] {
      #expect(track.response(loser).state == .stopped)
      #expect(track.response(loser).cost.isWasted, "stopped by the rule: its cost is wasted")
      #expect(track.response(loser).error == nil)
    }
  }

  @Test func firstFinishStopsTheOthersAndKeepsWhatTheySaid() throws {
    let gate = Gate()
    let talker = LoopbackServer(.stream([.chat("blah"), .stall]))
    let finisher = LoopbackServer(
      .stream([.hold(gate), .text(String(decoding: Chat.whole("done"), as: UTF8.self)), .close]))
    let track = Track([talker, finisher], clock: StillClock())
    track.start(.firstFinish)
    #expect(track.waitForText(0))
    gate.open()
    #expect(track.finish())
    #expect(track.winner == 1)
    expectDisconnected(talker)
    #expect(track.response(0).state == .stopped)
    #expect(track.response(0).text == "blah", "what it had said is kept")
    #expect(track.response(0).usage.source == .estimated)
    expectNoDifference(try track.stored().turns.first?.responses[0]?.text, "blah")
  }

  @Test func firstValidPassesOverWhatDoesNotPass() {
    let gate = Gate()
    let wrong = LoopbackServer(.stream(Chat.whole("no")))
    let right = LoopbackServer(
      .stream([.hold(gate), .text(String(decoding: Chat.whole("yes"), as: UTF8.self)), .close]))
    let silent = LoopbackServer(.stream([.stall]))
    let track = Track([wrong, right, silent], clock: StillClock())
    track.start(.firstValid) { $0.check = .regex("^yes$") }
    #expect(track.wait { $0 == .lane(0, .notice("did not pass the check")) })
    gate.open()
    #expect(track.finish())
    #expect(track.winner == 1)
    #expect(track.response(0).state == .done)
    expectDisconnected(silent)
  }

  @Test func nobodyWinsWhenNothingPasses() {
    let server = LoopbackServer(.stream(Chat.whole("no")))
    let track = Track([server, server])
    track.run(.firstValid) { $0.check = .json }
    #expect(track.events.last == .ended(winner: nil))
  }

  @Test func nobodyWinsWhenAllFail() {
    let server = LoopbackServer(.answer(400, body: #"{"error":{"message":"no"}}"#))
    for rule in RaceRule.allCases {
      let track = Track([server, server])
      #expect(track.run(rule), "\(rule) must end")
      #expect(track.events.last == .ended(winner: nil), "\(rule)")
      #expect(track.response(0).state == .failed, "\(rule)")
    }
  }

  @Test func aTruncatedAnswerIsAFinishAndARefusalIsNone() {
    let gate = Gate()
    let refused = LoopbackServer(
      .stream(Array((Chat.content("I can’t") + Chat.finish("content_filter") + Chat.done).utf8)))
    let short = LoopbackServer(
      .stream([.hold(gate), .chat("cut sho"), .text(Chat.finish("length") + Chat.done), .close]))
    let track = Track([refused, short])
    track.start(.firstFinish)
    #expect(track.waitForEnd(of: 0))
    gate.open()
    #expect(track.finish())
    #expect(track.winner == 1)
    #expect(track.response(0).state == .refused)
    #expect(track.response(1).state == .truncated)
  }

  @Test func eventsComeInOrder() {
    let track = Track([LoopbackServer(.stream(Chat.whole("a", "b")))])
    track.run()
    let words = track.events.map { event in
      switch event {
      case .lane(_, .began): "began"
      case .lane(_, .state(let state)): state.rawValue
      case .lane(_, .text(_, let text, _)): "text \(text)"
      case .lane(_, .attempt): "attempt"
      case .lane(_, .counted(let tokens)): "counted \(tokens)"
      case .lane(_, .toolCall(let piece, _)): "call \(piece.name ?? "")"
      case .lane(_, .notice(let notice)): "notice \(notice)"
      case .lane(_, .ended(let response)): "ended \(response.state)"
      case .won(let lane): "won \(lane)"
      case .fit: "fit"
      case .ended: "over"
      }
    }
    expectNoDifference(
      words,
      [
        "began", "connecting", "waiting", "text a", "text b", "counted 2", "attempt", "ended done", "won 0", "over",
      ])
  }

  @Test func whatIsToldIsWhatIsStored() throws {
    let track = Track([LoopbackServer(.stream(Chat.whole("a", "b"))), LoopbackServer(.stream([.chat("x"), .close]))])
    track.run()
    var built: [Int: Response] = [:]
    for case .lane(let lane, let event) in track.events {
      if case .began(let response) = event { built[lane] = response }
      if case .ended = event { continue }
      built[lane]?.apply(event)
    }
    let turn = try #require(try track.stored().turns.first)
    #expect(turn.prompt == "Hello")
    for lane in [0, 1] {
      let stored = try #require(turn.responses[lane])
      let ended = track.response(lane)
      #expect(stored.text == ended.text && built[lane]?.text == ended.text)
      #expect(stored.state == ended.state)
      expectNoDifference(stored.attempts, ended.attempts)
      expectNoDifference(stored.timing, ended.timing)
      expectNoDifference(built[lane]?.timing.firstToken, ended.timing.firstToken)
      expectNoDifference(stored.error, ended.error)
    }
  }
}
