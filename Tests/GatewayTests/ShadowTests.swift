import Core
import Engine
import Foundation
import TestSupport
import Testing

@testable import Gateway

/// What a route has done in the background.
@Suite(.ownThreads) struct ShadowTests {
  private static let body = #"{"model":"R","messages":[{"role":"user","content":"Why are there tides?"}]}"#

  @Test func shadowsAreAskedAndAJudgeCompares() async throws {
    let serving = LoopbackServer([Step].stream([.text(Upstream.chat.whole(["The moon."])), .close]))
    let shadow = LoopbackServer([Step].stream([.text(Upstream.chat.whole(["The sun."])), .close]))
    let judge = LoopbackServer([Step].stream([.text(Upstream.chat.whole(["no verdict"])), .close]))
    var decision = Stand.decision("R", ["s0/m"], .lane(0))
    decision.shadows = [try Lane(parsing: "s1/m")]
    decision.judge = try Lane(parsing: "s2/m")
    let stand = await Stand([serving, shadow, judge], routes: ["R": decision])
    let visit = await stand.ask("/v1/chat/completions", Self.body)
    #expect(
      visit.body.contains("The moon.") && !visit.body.contains("The sun."), "the client sees one answer: \(visit.body)")
    let asked = judge.journal.first { if case .request = $0 { true } else { false } }
    #expect(asked != nil, "the judge is asked")
    let session = try #require(stand.finished(visit.headers["x-furlong-call"] ?? ""))
    #expect(session.lanes.map(\.text) == ["s0/m", "s1/m"], "the shadow is a lane of the call")
    #expect(session.turns[0].responses[1]?.text == "The sun.", "its answer is kept")
    #expect(judge.requests.first?.text.contains("Why are there tides?") == true, "the judge reads the prompt")
  }
}
