import Core
import Engine
import TestSupport
import Testing

@testable import Gateway

/// An answer that ends as it should without a visible word is an answer: an empty turn, or a cap that was spent on thoughts.
@Suite(.ownThreads) struct EmptyAnswerTests {
  @Test(arguments: Upstream.allCases) func everyClientGetsIt(_ upstream: Upstream) async {
    let server = LoopbackServer(.stream([.text(upstream.opening + upstream.finish("") + upstream.terminator), .close]))
    let stand = await Stand([server], dialects: [upstream.rawValue])
    for dialect in ClientDialect.allCases {
      for stream in [true, false] {
        let visit = await stand.ask(
          FaultTests.paths[dialect]!, FaultTests.body(dialect, model: "s0/m", stream: stream))
        let story = "from \(upstream), asked in \(dialect), stream \(stream): \(visit.status) \(visit.body)"
        #expect(visit.status == 200 && visit.isWhole, "it is an answer, \(story)")
        let (text, error) = FaultTests.reading(visit, dialect, stream: stream)
        #expect(error == nil && (text ?? "") == "", "without a word and without an error, \(story)")
        if stream { #expect(text != nil, "with its end, \(story)") }
        #expect(!visit.body.contains("\"finish_reason\":null") || stream, "with the reason why it ended, \(story)")
      }
    }
    #expect(eventually { stand.gateway.openCalls == 0 }, "no call is left open")
  }
}
