import Core
import Engine
import TestSupport
import Testing

@testable import Gateway

/// Races, hedges and fallbacks behind one name, and clients that leave.
@Suite(.ownThreads) struct RouteTests {
  private static let chat = #"{"model":"R","stream":true,"messages":[{"role":"user","content":"hi"}]}"#
  private static let path = "/v1/chat/completions"

  private func text(_ visit: Visit) -> String {
    let document = JSONDocument()
    return visit.events.compactMap { event in
      (try? document.parse(event.data))?["choices"]?.first?["delta"]?["content"]?.string
    }.joined()
  }

  @Test func theFirstUsefulTokenWinsAndLosersStopAtOnce() async throws {
    let (hasWon, isStopped) = (Gate(), Gate())
    // Thoughts, blanks and an empty opening come first, and win nothing.
    let thinking = LoopbackServer(
      [Step].stream([
        .text(Upstream.chat.opening), .text(Chat.content("hm", field: "reasoning_content")),
        .text(Upstream.chat.text("  ")),
        .stall,
      ]))
    let useful = LoopbackServer(
      [Step].stream([
        .hold(hasWon), .text(Upstream.chat.opening + Upstream.chat.text("use")), .hold(isStopped),
        .text(Upstream.chat.text("ful") + Upstream.chat.finish("useful") + Upstream.chat.terminator), .close,
      ]))
    let silent = LoopbackServer([Step].stream([.stall]))
    let stand = await Stand(
      [thinking, useful, silent],
      routes: [
        "R": Stand.decision(
          "R", ["s0/m", "s1/m", "s2/m"], .together([.lane(0), .lane(1), .lane(2)], hedge: nil))
      ])
    let stay = Stay(stand.port)
    stay.send("POST", Self.path, Self.chat)
    for server in [thinking, silent] {
      #expect(server.journal.first { if case .request = $0 { true } else { false } } != nil, "all are asked")
    }
    hasWon.open()
    // The winner says no more until both are gone: nothing but its first token can have stopped them.
    for (lane, server) in [(0, thinking), (2, silent)] {
      #expect(server.disconnection() != nil, "lane \(lane) is broken off at the first token")
    }
    isStopped.open()
    let visit = await stay.rest()
    #expect(text(visit) == "useful", "the winner's words alone: \(visit.body)")
    #expect(visit.headers["x-furlong-model"] == "s1/m" && visit.headers["x-furlong-route"] == "R")
    let session = try #require(stand.finished(visit.headers["x-furlong-call"] ?? ""), "the call is stored")
    let responses = session.turns[0].responses
    #expect(session.turns[0].winner == 1 && session.purpose == .gateway)
    #expect(responses[1]?.state == .done && responses[1]?.text == "useful")
    for lane in [0, 2] {
      #expect(
        responses[lane]?.state == .stopped && responses[lane]?.cost.isWasted == true, "lane \(lane) has its receipt")
    }
  }

  @Test func aHedgeStartsTheNextOnlyWhenNothingComes() async throws {
    let slow = LoopbackServer([Step].stream([.stall]))
    let quick = LoopbackServer([Step].stream([.text(Upstream.chat.whole(["quick"])), .close]))
    let never = LoopbackServer([Step].stream([.text(Upstream.chat.whole(["never"])), .close]))
    let stand = await Stand(
      [slow, quick, never],
      routes: [
        "R": Stand.decision(
          "R", ["s0/m", "s1/m", "s2/m"], .together([.lane(0), .lane(1), .lane(2)], hedge: 300_000_000))
      ])
    let visit = await stand.ask(Self.path, Self.chat)
    #expect(text(visit) == "quick", "the hedge answered: \(visit.body)")
    #expect(never.requests.isEmpty, "the third was not needed")
    let session = try #require(stand.finished(visit.headers["x-furlong-call"] ?? ""))
    #expect(session.turns[0].responses[0]?.state == .stopped, "the loser has a receipt")
    #expect(session.turns[0].responses[2] == nil, "who was not asked has none")
  }

  @Test func theNextIsAskedWhenOneFailsBeforeItsFirstToken() async throws {
    let limited = LoopbackServer { _, _ in .answer(429, ["Retry-After": "1"], body: #"{"error":{"message":"slow"}}"#) }
    let broken = LoopbackServer([Step].stream([.text(Upstream.anthropic.opening), .close]))
    let sound = LoopbackServer([Step].stream([.text(Upstream.chat.whole(["saved"])), .close]))
    let stand = await Stand(
      [limited, broken, sound], dialects: ["openai-chat", "anthropic", "openai-chat"],
      routes: [
        "R": Stand.decision("R", ["s0/m", "s1/m", "s2/m"], .inTurn([.lane(0), .lane(1), .lane(2)]))
      ])
    let visit = await stand.ask(Self.path, Self.chat)
    #expect(text(visit) == "saved", "the last one answers: \(visit.body)")
    #expect(limited.requests.count == 1, "with others to ask, nobody waits for one that is limited")
    let session = try #require(stand.finished(visit.headers["x-furlong-call"] ?? ""))
    #expect(session.turns[0].responses[0]?.error?.kind == .rateLimit)
    #expect(session.turns[0].responses[2]?.state == .done)
  }

  @Test func aBadRequestIsNotTakenToEverybody() async {
    let strict = LoopbackServer { _, _ in .answer(400, body: #"{"error":{"message":"no such field","param":"x"}}"#) }
    let other = LoopbackServer([Step].stream([.text(Upstream.chat.whole(["no"])), .close]))
    let stand = await Stand(
      [strict, other], routes: ["R": Stand.decision("R", ["s0/m", "s1/m"], .inTurn([.lane(0), .lane(1)]))])
    let visit = await stand.ask(Self.path, Self.chat)
    #expect(
      visit.status == 400 && visit.body.contains("no such field"), "the client's own fault is told: \(visit.body)")
    #expect(visit.headers["x-should-retry"] == "false" && other.requests.isEmpty)
  }

  @Test func everybodysFailureIsTold() async {
    let servers = (0..<2).map { _ in LoopbackServer { _, _ in .answer(503, body: #"{"error":{"message":"full"}}"#) } }
    let stand = await Stand(
      servers, routes: ["R": Stand.decision("R", ["s0/m", "s1/m"], .inTurn([.lane(0), .lane(1)]))])
    let visit = await stand.ask(Self.path, Self.chat)
    #expect(
      visit.status == 503 && visit.body.contains("s0/m") && visit.body.contains("s1/m"), "both are named: \(visit.body)"
    )
    #expect(visit.headers["x-should-retry"] == "false", "the gateway has tried: the SDK need not")
  }

  @Test func aClientThatLeavesStopsItsModelAtOnce() async throws {
    let server = LoopbackServer(
      [Step].stream([.text(Upstream.chat.opening + Upstream.chat.text("on and on")), .stall]))
    let stand = await Stand([server])
    let stay = Stay(stand.port)
    stay.send("POST", Self.path, #"{"model":"s0/m","stream":true,"messages":[{"role":"user","content":"hi"}]}"#)
    let text = await stay.read { $0.contains("on and on") }
    stay.hangUp()
    #expect(server.disconnection() != nil, "the provider's stream is broken off: no other limit would end it")
    let call = text.components(separatedBy: "x-furlong-call: ")[1].prefix(12)
    let session = try #require(stand.finished(String(call)))
    let response = try #require(session.turns[0].responses[0])
    #expect(response.state == .stopped && response.text == "on and on", "what came is kept and marked")
    #expect(response.usage.source == .estimated && response.usage.output > 0, "and what it will probably be billed")
  }

  @Test func aClientThatLeavesBeforeTheFirstTokenStopsItsModelToo() async throws {
    let server = LoopbackServer([Step].stream([.stall]))
    let stand = await Stand([server])
    let stay = Stay(stand.port)
    stay.send("POST", Self.path, #"{"model":"s0/m","messages":[{"role":"user","content":"hi"}]}"#)
    _ = server.journal.first { if case .request = $0 { true } else { false } }
    stay.hangUp()
    _ = try #require(server.disconnection(), "the provider's stream is broken off")
  }
}
