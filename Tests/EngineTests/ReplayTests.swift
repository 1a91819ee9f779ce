import Core
import CustomDump
import TestSupport
import Testing

@testable import Engine
@testable import Store

@Suite(.serialized, .ownThreads) struct ReplayTests {
  private static let frame: Int64 = 16_000_000

  private struct Seen: Equatable {
    var lane: Int
    var channel: Channel
    var text: String
    var at: Int64
  }

  private func texts(_ events: [(event: RaceEvent, at: Int64)]) -> [Seen] {
    events.compactMap { entry in
      guard case .lane(let lane, .text(let channel, let text, _)) = entry.event else { return nil }
      return Seen(lane: lane, channel: channel, text: text, at: entry.at)
    }
  }

  /// A race of a real server's recorded stream, a simulated model and a lane that starts late: watched, then replayed.
  @Test func aReplayIsTheRaceWithinAFrame() throws {
    let recorded = LoopbackServer(
      .stream([.send(Fixture.bytes("llama-server.gemma3-270m.chat-utf8-logprobs.sse")), .close]))
    let track = Track([recorded], lanes: ["demo/hare", "s0/m"])
    #expect(track.run(.all) { $0.hedge = 50_000_000 }, "the race must end")
    let session = try track.stored()
    let replay = try track.engine.replay(session)
    // What was told, on the clock of the first lane's request.
    let sent = [0, 1].map { track.response($0).timing.sentAfter }
    let gun = try #require(sent.min())
    let original = texts(
      track.events.map { event in
        guard case .lane(let lane, .text(_, _, let offset)) = event else { return (event, 0) }
        return (event, sent[lane] - gun + offset)
      })
    let again = texts(replay.events.map { ($0.event, $0.at) })
    #expect(original.count > 20)
    #expect(again.count == original.count)
    for lane in [0, 1] {
      let (before, after) = (original.filter { $0.lane == lane }, again.filter { $0.lane == lane })
      expectNoDifference(after.map(\.text), before.map(\.text), "the same chunks, byte for byte")
      for (a, b) in zip(after, before) { #expect(abs(a.at - b.at) < Self.frame, "\(a) against \(b)") }
      #expect(after.map(\.text).joined() == session.turns[0].responses[lane]?.text)
    }
    let late = try #require(again.first { $0.lane == 1 })
    #expect(late.at > 50_000_000, "the hedge is in it")
    #expect(again.map(\.at) == again.map(\.at).sorted(), "in the order of time")
    guard
      case .lane(_, .ended) = try #require(replay.events.last { if case .won = $0.event { false } else { true } }).event
    else { return #expect(Bool(false), "the last event of a lane is its end") }
  }

  private func response(_ lane: Int, token: Int64, end: Int64?, cost: String, state: ResponseState = .done) -> Response
  {
    var response = Response(lane: lane, model: ModelID("a/m\(lane)")!, parameters: Parameters())
    response.state = state
    response.text = "0123456789"
    (response.usage.input, response.usage.output) = (0, 100)
    response.cost.status = .exact
    response.cost.computed = Money(decimal: cost)
    response.cost.price = Price(rates: [.input: "0", .output: "10000"], source: "t", record: "r")
    (response.timing.firstToken, response.timing.firstAnswer) = (token * 1_000_000, token * 1_000_000)
    response.timing.firstByte = 1
    response.timing.end = end.map { $0 * 1_000_000 }
    return response
  }

  private func replay(_ responses: [Response], rule: RaceRule = .all, winner: Int? = nil) -> Replay {
    var turn = Turn(number: 1, prompt: "p", rule: rule, winner: winner)
    for response in responses { turn.responses[response.lane] = response }
    return Replay(
      session: "s", turn: turn,
      arrivals: Dictionary(
        uniqueKeysWithValues: responses.map { response in
          // Half of the text at the first token, the rest at the end.
          let (first, last) = ((response.timing.firstToken ?? 0) / 1000, (response.timing.end ?? 0) / 1000)
          return (
            response.lane,
            [
              .init(microseconds: first, length: 5, channel: .answer),
              .init(microseconds: max(first, last), length: 5, channel: .answer),
            ]
          )
        }))
  }

  @Test func anotherRuleHasAnotherWinnerTimeAndCost() {
    let raced = replay([
      response(0, token: 100, end: 900, cost: "1"), response(1, token: 300, end: 500, cost: "1"),
    ])
    let token = WhatIf(raced, rule: .firstToken, hedge: nil)
    #expect(token.winner == 0)
    #expect(token.end == 900_000_000)
    #expect(token.lanes[1].stopped == 100_000_000)
    #expect(token.cost.decimalText == "1", "the loser had written nothing yet")
    let finish = WhatIf(raced, rule: .firstFinish, hedge: nil)
    #expect(finish.winner == 1)
    #expect(finish.end == 500_000_000)
    #expect(finish.lanes[0].cost?.decimalText == "0.5", "half of its text had come")
    #expect(WhatIf(raced, rule: .all, hedge: nil).cost.decimalText == "2")
    #expect(finish.isCertain)
  }

  @Test func aHedgeLeavesOutWhoIsNotNeeded() {
    let raced = replay([
      response(0, token: 100, end: 900, cost: "1"), response(1, token: 300, end: 400, cost: "1"),
    ])
    let early = WhatIf(raced, rule: .firstFinish, hedge: 150_000_000)
    #expect(early.lanes[1].sent == nil, "a token had come before its turn")
    #expect(early.winner == 0)
    #expect(early.cost.decimalText == "1")
    let late = WhatIf(raced, rule: .firstFinish, hedge: 50_000_000)
    #expect(late.lanes[1].sent == 50_000_000)
    #expect(late.winner == 1)
    #expect(late.end == 450_000_000)
  }

  @Test func whatAStoppedLaneWouldHaveDoneIsNotKnown() {
    let raced = replay(
      [
        response(0, token: 100, end: 500, cost: "1"),
        response(1, token: 200, end: nil, cost: "0.2", state: .stopped),
      ], rule: .firstFinish, winner: 0)
    #expect(WhatIf(raced, rule: .firstFinish, hedge: nil).isCertain)
    #expect(!WhatIf(raced, rule: .all, hedge: nil).isCertain)
  }
}
