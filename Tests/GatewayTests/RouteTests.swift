import Core
import Engine
import TestSupport
import Testing

@testable import Gateway

/// Races, hedges and fallbacks behind one name, and clients that leave.
@Suite struct RouteTests {
  private static let chat = #"{"model":"R","stream":true,"messages":[{"role":"user","content":"hi"}]}"#
  private static let path = "/v1/chat/completions"

  private func text(_ visit: Visit) -> String {
    let document = JSONDocument()
    return visit.events.compactMap { event in
      (try? document.parse(event.data))?["choices"]?.first?["delta"]?["content"]?.string
    }.joined()
  }

  @Test func theFirstUsefulTokenWinsAndLosersStopAtOnce() async throws {
    // Thoughts, blanks and an empty opening come first, and win nothing.
    let thinking = LoopbackServer(
      [Step].stream([
        .text(Upstream.chat.opening), .text(Chat.content("hm", field: "reasoning_content")),
        .text(Upstream.chat.text("  ")),
        .stall,
      ]))
    let useful = LoopbackServer(
      [Step].stream([.pause(milliseconds: 80), .text(Upstream.chat.whole(["use", "ful"])), .close]))
    let silent = LoopbackServer([Step].stream([.stall]))
    let stand = await Stand(
      [thinking, useful, silent],
      routes: [
        "R": Stand.decision(
          "R", ["s0/m", "s1/m", "s2/m"], .together([.lane(0), .lane(1), .lane(2)], hedge: nil))
      ])
    let visit = await stand.ask(Self.path, Self.chat)
    #expect(text(visit) == "useful", "the winner's words alone: \(visit.body)")
    #expect(visit.headers["x-furlong-model"] == "s1/m" && visit.headers["x-furlong-route"] == "R")
    let session = try #require(await stand.session(visit.headers["x-furlong-call"] ?? ""), "the call is stored")
    let responses = session.turns[0].responses
    #expect(session.turns[0].winner == 1 && session.purpose == .gateway)
    #expect(responses[1]?.state == .done && responses[1]?.text == "useful")
    for (lane, server) in [(0, thinking), (2, silent)] {
      #expect(
        responses[lane]?.state == .stopped && responses[lane]?.cost.isWasted == true, "lane \(lane) has its receipt")
      let gone = try #require(server.disconnection(), "lane \(lane) was broken off")
      let late = Double(gone - visit.firstByte) / 1e6
      #expect(late < 100, "lane \(lane) stopped within 100 ms of the first token, not \(late) ms")
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
    let session = try #require(await stand.session(visit.headers["x-furlong-call"] ?? ""))
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
    let start = Clock.now()
    let visit = await stand.ask(Self.path, Self.chat)
    #expect(text(visit) == "saved", "the last one answers: \(visit.body)")
    #expect(limited.requests.count == 1, "with others to ask, nobody waits for one that is limited")
    #expect(Clock.now() - start < 5_000_000_000, "no long wait")
    let session = try #require(await stand.session(visit.headers["x-furlong-call"] ?? ""))
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
    let left = Clock.now()
    stay.hangUp()
    let gone = try #require(server.disconnection(), "the provider's stream is broken off")
    #expect(Double(gone - left) / 1e6 < 100, "within 100 ms, not \(Double(gone - left) / 1e6)")
    let call = text.components(separatedBy: "x-furlong-call: ")[1].prefix(12)
    let session = try #require(await stand.session(String(call)))
    let response = try #require(session.turns[0].responses[0])
    #expect(response.state == .stopped && response.text == "on and on", "what came is kept and marked")
    #expect(response.usage.source == .estimated && response.usage.output > 0, "and what it will probably be billed")
  }

  @Test func aClientThatLeavesBeforeTheFirstTokenStopsItsModelToo() async throws {
    let server = LoopbackServer([Step].stream([.stall]))
    let stand = await Stand([server])
    let stay = Stay(stand.port)
    stay.send("POST", Self.path, #"{"model":"s0/m","messages":[{"role":"user","content":"hi"}]}"#)
    _ = server.journal.first(seconds: 10) { if case .request = $0 { true } else { false } }
    stay.hangUp()
    _ = try #require(server.disconnection(), "the provider's stream is broken off")
  }
}
