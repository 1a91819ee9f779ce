import Core
import TestSupport
import Testing

@testable import Engine

/// What a provider calls things is as long as it likes: names, ids, reasons and counts are cut where they come in.
@Suite(.ownThreads) struct LongNamesTests {
  @Test func namesAndIdsAreCut() {
    let long = String(repeating: "n", count: 1_000_000)
    let event =
      #"data: {"id":"\#(long)","model":"\#(long)","choices":[{"index":0,"delta":{"content":"hello"},"finish_reason":null}]}"#
    let calls =
      #"data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"\#(long)","function":{"name":"f","arguments":"\#(long)"}}]}}]}"#
    let usage = #"data: {"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1,"x":"\#(long)"}}"#
    let end = #"data: {"choices":[{"index":0,"delta":{},"finish_reason":"\#(long)"}]}"#
    let stream = [event, calls, end, usage].map { $0 + "\n\n" }.joined() + Chat.done
    let track = Track([LoopbackServer(.stream([.text(stream), .close]))])
    #expect(track.run())
    let response = track.response(0)
    #expect(response.text == "hello")
    #expect(
      (response.modelReported?.utf8.count ?? 0) < 300, "the model's name: \(response.modelReported?.utf8.count ?? 0)")
    #expect((response.usage.raw?.utf8.count ?? 0) < 20_000, "the counts: \(response.usage.raw?.utf8.count ?? 0)")
    let notices = response.notices.map(\.utf8.count).reduce(0, +)
    #expect(notices < 20_000, "the notices: \(notices)")
    let attempts = response.attempts.compactMap(\.requestID?.utf8.count).max() ?? 0
    #expect(attempts < 300, "the id of the request: \(attempts)")
  }

  @Test func nothingIsCutWithinACharacter() {
    #expect("abc".beginning(bytes: 3) == "abc")
    #expect("日本語".beginning(bytes: 7) == "日本…")
    #expect("日".beginning(bytes: 1) == "…")
  }
}
