import Core
import CustomDump
import Providers
import Testing
import TestSupport

@Suite(.ownThreads) struct StreamReaderTests {
  /// Whole, byte by byte, and cut once at every position: the same deltas. At each cut, what follows is fed in one piece up to
  /// the end of the second event after it, which is as far as a cut can reach.
  @Test(arguments: Fixture.streams)
  func cutsNeverChangeTheDeltas(_ fixture: String) {
    let bytes = Fixture.bytes(fixture)
    let service = serviceOf(fixture: fixture)
    let whole = deltas([bytes], by: service)
    #expect(!whole.isEmpty, "\(fixture) says nothing")
    expectNoDifference(deltas(bytes.map { [$0] }, by: service), whole, "\(fixture), one byte at a time")

    let ends = bytes.indices.filter { $0 > 0 && bytes[$0] == 0x0A && (bytes[$0 - 1] == 0x0A || bytes[$0 - 1] == 0x0D) }
    var reader = reader(service)
    var before: [Delta] = []
    for cut in bytes.indices {
      bytes[cut..<(cut + 1)].withUnsafeBytes { reader.feed($0, into: &before) }
      let end = ends.first { $0 > cut + 600 }.map { $0 + 1 } ?? bytes.count
      var rest = reader
      var found = before
      bytes[(cut + 1)..<max(end, cut + 1)].withUnsafeBytes { rest.feed($0, into: &found) }
      if end == bytes.count { rest.finish(into: &found) }
      guard found == Array(whole.prefix(found.count)), end < bytes.count || found.count == whole.count else {
        expectNoDifference(found, whole, "\(fixture), cut after byte \(cut)")
        return
      }
    }
  }

  /// A prefix of a stream never says anything that the stream does not say, except that it is broken at its end.
  @Test(
    arguments: Fixture.streams.filter { !$0.contains("-long") && !$0.contains("logprobs") && !$0.contains("schema") })
  func aStreamThatJustEndsSaysNothingNew(_ fixture: String) {
    let bytes = Fixture.bytes(fixture)
    let service = serviceOf(fixture: fixture)
    let whole = deltas([bytes], by: service)
    for length in stride(from: 0, to: bytes.count, by: 3) {
      let part = deltas([Array(bytes[..<length])], by: service).filter { $0.failure?.kind != .protocolFault }
      guard part == Array(whole.prefix(part.count)) else {
        expectNoDifference(part, Array(whole.prefix(part.count)), "\(fixture), ended after \(length) bytes")
        return
      }
    }
  }

  @Test func aCutStreamHasNoTerminator() {
    let text = Chat.content("Hel") + Chat.content("lo")
    expectNoDifference(
      deltas(text), [.model("m1"), .requestID("c1"), .text(.answer, "Hel"), .text(.answer, "lo")])
  }

  @Test func theLastEventNeedsNoBlankLine() {
    let text = Chat.content("Hi") + "data: [DONE]"
    expectNoDifference(deltas(text), [.model("m1"), .requestID("c1"), .text(.answer, "Hi"), .terminator])
  }

  @Test func carriageReturnsBOMCommentsAndFieldsAreReadAsTheStandardSays() {
    expectNoDifference(
      plainDeltas("parser.crlf.sse"),
      [
        .model("m"), .requestID("i"), .text(.answer, "ünï"), .text(.answer, "😀"), .finish(.stop), .terminator,
      ])
  }

  @Test func aBodyInOnePieceIsReadAsAnAnswer() {
    let fixture = "llama-server.smollm2-135m.chat-nostream.sse"
    expectNoDifference(
      plainDeltas(fixture),
      [
        .model("smollm2-135m"), .requestID("chatcmpl-MzQe5VkCb8DArxIJ2EipFHHE4sz62wU2"),
        .text(.answer, "The capital of France is Paris."), usage(32, read: 31, 8), .finish(.stop), .terminator,
      ])
  }

  @Test(arguments: [
    (
      "anthropic",
      #"{"id":"m","model":"c","content":[{"type":"thinking","thinking":"T"},{"type":"text","text":"A"}],"stop_reason":"max_tokens","usage":{"input_tokens":1,"output_tokens":2}}"#
    ),
    (
      "google",
      #"[{"candidates":[{"content":{"parts":[{"text":"T","thought":true},{"text":"A"}]},"finishReason":"MAX_TOKENS"}],"usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":2},"modelVersion":"c","responseId":"m"}]"#
    ),
    (
      "openai-responses",
      #"{"id":"m","model":"c","status":"incomplete","incomplete_details":{"reason":"max_output_tokens"},"error":null,"output":[{"type":"reasoning","summary":[{"text":"T"}]},{"type":"message","content":[{"type":"output_text","text":"A"}]}],"usage":{"input_tokens":1,"output_tokens":2}}"#
    ),
    (
      "openai",
      #"{"id":"m","model":"c","choices":[{"message":{"reasoning":"T","content":"A"},"finish_reason":"length"}],"usage":{"prompt_tokens":1,"completion_tokens":2}}"#
    ),
  ])
  func everyDialectReadsAWholeBody(_ id: String, _ body: String) {
    let found = deltas(body, by: id).map(\.plain)
    expectNoDifference(found.compactMap(\.answer), ["A"])
    #expect(found.contains(.text(.reasoning, "T")))
    #expect(found.contains(.model("c")))
    #expect(found.contains(.requestID("m")))
    #expect(found.contains(usage(1, 2)))
    #expect(found.contains(.finish(.length)))
    #expect(found.last == .terminator)
  }

  @Test func anErrorBodyInsteadOfAStream() {
    let failure = deltas(#"{"code":"Some resource has been exhausted","error":"out of credits"}"#, by: "xai")
    #expect(failure.count == 1)
    #expect(failure.first?.failure?.message == "out of credits")
  }

  @Test(arguments: ["<!DOCTYPE html><html><body>404</body></html>", "  \n<html>"])
  func aWebPageSaysWhatToCheck(_ page: String) {
    expectNoDifference(
      deltas(page),
      [
        .failure(
          ResponseError(
            .protocolFault, "answered with a web page instead of JSON: check base_url and any proxy"))
      ])
  }

  @Test func brokenJSONInsteadOfAStream() {
    expectNoDifference(
      deltas(#"{"choices":["#), [.failure(ResponseError(.protocolFault, "answered with broken JSON"))])
  }

  @Test func anEventThatIsNoJSONEndsTheReading() {
    let found = deltas(Chat.content("Hi") + "data: oops\u{1B}[2J\n\n" + Chat.content("more") + Chat.done)
    expectNoDifference(
      found,
      [
        .model("m1"), .requestID("c1"), .text(.answer, "Hi"),
        .failure(ResponseError(.protocolFault, "sent an event that is not JSON; what came before it is kept")),
      ])
  }

  @Test(arguments: ["", "\n\n", ": only a comment\n\n", "event: ping\n\n", "garbage without a colon\n\n"])
  func nothingAtAllSaysNothing(_ text: String) { expectNoDifference(deltas(text), []) }

  @Test func leadingBlanksNeverChangeTheDeltas() {
    let body = Array((" data: {\"choices\":[{\"delta\":{\"content\":\"no field\"}}]}\n\n" + Chat.content("Hi")).utf8)
    for cut in 0..<12 {
      expectNoDifference(
        deltas([Array(body[..<cut]), Array(body[cut...])], by: service("openai")),
        deltas([body], by: service("openai")),
        "cut at \(cut)")
    }
  }

  @Test func aLineWithoutEndIsAFailure() {
    let limit = ServerSentEventParser.longestLine
    let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 64 << 10)
    let first = Array((Chat.content("Hi") + "data: ").utf8)
    let failure = ResponseError(.protocolFault, "sent a line or an event longer than 8 MB; what came before it is kept")
    let expected: [Delta] = [.model("m1"), .requestID("c1"), .text(.answer, "Hi"), .failure(failure)]
    let pieces = [first] + Array(repeating: piece, count: limit / piece.count + 1)
    expectNoDifference(deltas(pieces, by: service("openai")), expected, "in pieces")
    expectNoDifference(
      deltas([pieces.flatMap { $0 } + Array("\n\n".utf8)], by: service("openai")), expected, "in one piece with its end"
    )
  }

  @Test func anEventWithoutEndIsAFailure() {
    let line = Array(("data: " + String(repeating: "x", count: 64 << 10) + "\n").utf8)
    let found = deltas(Array(repeating: line, count: 140), by: service("openai"))
    expectNoDifference(
      found,
      [
        .failure(
          ResponseError(.protocolFault, "sent a line or an event longer than 8 MB; what came before it is kept"))
      ])
  }

  @Test func aBodyWithoutEndIsAFailure() {
    let pieces = [Array("[".utf8)] + Array(repeating: [UInt8](repeating: 0x20, count: 1 << 20), count: 18)
    let found = deltas(pieces, by: service("openai"))
    expectNoDifference(
      found,
      [.failure(ResponseError(.protocolFault, "answered with more than 16 MB that is no event stream"))])
  }

  @Test func rawUsageAndServerTimingsAreKept() {
    let usage = deltas([Fixture.bytes("cerebras.chat.sse")], by: service("cerebras")).compactMap(\.usage).last
    #expect(
      usage?.raw
        == #"{"prompt_tokens":72,"completion_tokens":25,"total_tokens":97,"image_tokens":0,"prompt_tokens_details":{"cached_tokens":0},"completion_tokens_details":{"reasoning_tokens":10}}"#
    )
    #expect(
      usage?.rawTimings
        == #"{"queue_time":0.0001,"prompt_time":0.002,"completion_time":0.012,"total_time":0.015,"created":1795400000.5}"#
    )
    let llama = deltas([Fixture.bytes("llamacpp.reasoning.sse")], by: service("llamacpp")).compactMap(\.usage).last
    #expect(llama?.rawTimings == #"{"cache_n":19,"prompt_n":1,"prompt_ms":16.4,"predicted_n":6,"predicted_ms":99.5}"#)
  }
}
