import Core
import Engine
import TestSupport
import Testing

@testable import Gateway

/// Every way in which a provider can fail, in every dialect, asked for by clients of the same dialect and of others: a client
/// gets the text or an error, never a silent cut.
@Suite(.ownThreads) struct FaultTests {
  struct Fault: Sendable, CustomStringConvertible {
    var name: String
    /// Whether the whole text may be expected all the same.
    var isSurvived: Bool
    var steps: @Sendable (Upstream) -> [Step]

    var description: String { name }

    init(_ name: String, survived: Bool = false, _ steps: @escaping @Sendable (Upstream) -> [Step]) {
      (self.name, isSurvived, self.steps) = (name, survived, steps)
    }
  }

  private static let words = ["alpha ", "omega"]

  private static func stream(_ text: String, _ end: Step = .close) -> [Step] { [Step].stream([.text(text), end]) }

  private static func answer(_ status: Int, _ headers: [String: String] = [:]) -> @Sendable (Upstream) -> [Step] {
    { .answer(status, headers, body: $0.errorBody(status, "no \(status)")) }
  }

  static let faults: [Fault] =
    [400, 401, 402, 403, 404, 405, 408, 409, 413, 422, 429, 500, 502, 503, 504, 529].map { status in
      Fault("status \(status)", answer(status))
    } + [
      Fault("429 that asks for an hour", answer(429, ["Retry-After": "3600"])),
      Fault("429 without a body") { _ in .answer(429, body: "") },
      Fault("500 as a web page") { _ in .answer(500, ["Content-Type": "text/html"], body: "<html>no</html>") },
      Fault("an error that is no JSON") { _ in .answer(502, body: "{\"error\": ") },
      Fault("an error as a text") { _ in .answer(400, body: "{\"error\":\"plain words\"}") },
      Fault("a redirect") { _ in .answer(302, ["Location": "http://127.0.0.1:1/"], body: "") },
      Fault("an error without end") { _ in .head(500) + [.endless(Array("{".utf8))] },
      Fault("closes at once") { _ in [.close] },
      Fault("resets at once") { _ in [.reset] },
      Fault("half a status line") { _ in [.text("HTTP/1.1 2"), .close] },
      Fault("no HTTP at all") { _ in [.text("SSH-2.0-nothing\r\n\r\n"), .close] },
      Fault("silence before the head") { _ in [.stall] },
      Fault("silence after the head") { _ in .stream([.stall]) },
      Fault("an empty stream") { _ in stream("") },
      Fault("comments alone") { _ in stream(": ping\n\n: ping\n\n") },
      Fault("an opening alone") { stream($0.opening) },
      Fault("an error first") { stream($0.errorEvent) },
      Fault("an error after the opening") { stream($0.opening + $0.errorEvent) },
      Fault("an error after a token") { stream($0.opening + $0.text(words[0]) + $0.errorEvent) },
      Fault("a cut after a token") { stream($0.opening + $0.text(words[0])) },
      Fault("a reset after a token") { stream($0.opening + $0.text(words[0]), .reset) },
      Fault("silence after a token") { stream($0.opening + $0.text(words[0]), .stall) },
      Fault("a cut within an event") { stream($0.opening + $0.text(words[0]) + String($0.text(words[1]).dropLast(9))) },
      Fault("a cut within a letter") { upstream in
        [Step].stream([.text(upstream.opening + upstream.text(words[0]) + "data: \""), .send([0xC3]), .close])
      },
      Fault("a chunk shorter than it says") { upstream in
        let part = upstream.opening + upstream.text(words[0])
        return [
          .text(
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n\(part)"),
          .close,
        ]
      },
      Fault("a body shorter than it says") { upstream in
        [.text("HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n" + upstream.opening + upstream.text(words[0])), .close]
      },
      Fault("no JSON after a token") { stream($0.opening + $0.text(words[0]) + "data: {{{\n\n") },
      Fault("a web page") { _ in .answer(200, ["Content-Type": "text/html"], body: "<html>sign in</html>") },
      Fault("broken JSON in place of a stream") { .answer(200, body: String($0.body("alpha omega").dropLast(5))) },
      Fault("an error in place of a stream") { .answer(200, body: $0.errorBody(500, "inside")) },
      // What must be survived.
      Fault("no end mark after the reason", survived: true) {
        stream($0.opening + words.map($0.text).joined() + $0.finish(words.joined()))
      },
      Fault("an answer that is not streamed", survived: true) { .answer(200, body: $0.body("alpha omega")) },
      Fault("comments, blank events and unknown ones between", survived: true) {
        stream(
          ": hello\n\n" + $0.opening + "data:\n\n" + $0.text(words[0])
            + ": PROCESSING\n\nevent: new\ndata: {\"type\":\"new\"}\n\n"
            + $0.text(words[1]) + $0.finish(words.joined()) + $0.terminator)
      },
      Fault("lines that end in CRLF", survived: true) {
        stream($0.whole(words).split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n"))
      },
      Fault("one byte at a time", survived: true) {
        [Step].stream(Array($0.whole(words).utf8).map { .send([$0]) } + [.close])
      },
    ]

  static func body(_ dialect: ClientDialect, model: String, stream: Bool) -> String {
    switch dialect {
    case .chat: #"{"model":"\#(model)","stream":\#(stream),"messages":[{"role":"user","content":"hi"}]}"#
    case .responses: #"{"model":"\#(model)","stream":\#(stream),"input":"hi"}"#
    case .anthropic:
      #"{"model":"\#(model)","stream":\#(stream),"max_tokens":50,"messages":[{"role":"user","content":"hi"}]}"#
    }
  }

  static let paths: [ClientDialect: String] = [
    .chat: "/v1/chat/completions", .responses: "/v1/responses", .anthropic: "/v1/messages",
  ]

  /// What a client makes of an answer: its text, or nil and an error that it can see.
  static func reading(_ visit: Visit, _ dialect: ClientDialect, stream: Bool) -> (text: String?, error: String?) {
    if visit.status != 200 {
      let view = try? JSONDocument().parse(visit.body)
      let isShaped = dialect == .anthropic ? view?["type"]?.string == "error" : true
      return (nil, isShaped ? view?["error"]?["message"]?.string : nil)
    }
    let document = JSONDocument()
    if !stream {
      guard let view = try? document.parse(visit.body) else { return (nil, nil) }
      switch dialect {
      case .chat: return (view["choices"]?.first?["message"]?["content"]?.string, nil)
      case .responses:
        return (view["output"]?.elements.compactMap { $0["content"]?.first?["text"]?.string }.joined(), nil)
      case .anthropic: return (view["content"]?.elements.compactMap { $0["text"]?.string }.joined(), nil)
      }
    }
    var text = ""
    var isEnded = false
    for (name, data) in visit.events {
      if data == "[DONE]" {
        isEnded = dialect == .chat
        continue
      }
      guard let view = try? document.parse(data) else { return (nil, nil) }
      switch dialect {
      case .chat:
        if let message = view["error"]?["message"]?.string { return (nil, message) }
        text += view["choices"]?.first?["delta"]?["content"]?.string ?? ""
      case .responses:
        if name == "error" { return (nil, view["error"]?["message"]?.string) }
        if name == "response.output_text.delta" { text += view["delta"]?.string ?? "" }
        if name == "response.completed" { isEnded = true }
      case .anthropic:
        if name == "error" { return (nil, view["error"]?["message"]?.string) }
        if name == "content_block_delta" { text += view["delta"]?["text"]?.string ?? "" }
        if name == "message_stop" { isEnded = true }
      }
    }
    return (isEnded ? text : nil, nil)
  }

  /// Those that only a limit ends stand before a gateway with short limits; the others may take their time.
  @Test(arguments: Upstream.allCases)
  func aClientGetsTheTextOrAnError(_ upstream: Upstream) async {
    func stalls(_ fault: Fault) -> Bool {
      fault.steps(upstream).contains { if case .stall = $0 { true } else { false } }
    }
    await ask(Self.faults.filter { !stalls($0) }, of: upstream, limits: Engine.Limits())
    var short = Engine.Limits()
    (short.firstToken, short.silence, short.connect) = (300_000_000, 300_000_000, 300_000_000)
    await ask(Self.faults.filter(stalls), of: upstream, limits: short)
  }

  private func ask(_ faults: [Fault], of upstream: Upstream, limits: Engine.Limits) async {
    let servers = faults.map { fault in LoopbackServer(fault.steps(upstream)) }
    let sound = LoopbackServer([Step].stream([.text(upstream.whole(Self.words)), .close]))
    let stand = await Stand(
      servers + [sound], dialects: Array(repeating: upstream.rawValue, count: servers.count + 1), limits: limits)
    let asks = faults.enumerated().flatMap { place, fault in
      ClientDialect.allCases.flatMap { dialect in
        (dialect.rawValue == upstream.rawValue || place % 3 == 0 ? [true, false] : [true]).map { stream in
          (place: place, fault: fault, dialect: dialect, stream: stream)
        }
      }
    }
    await each(asks, atOnce: 60) { place, fault, dialect, stream in
      let visit = await stand.ask(Self.paths[dialect]!, Self.body(dialect, model: "s\(place)/m", stream: stream))
      let (text, error) = Self.reading(visit, dialect, stream: stream)
      let story = "\(fault) from \(upstream), asked in \(dialect), stream \(stream): \(visit.status) \(visit.body)"
      #expect(visit.isWhole, "the answer ends as HTTP says: \(story)")
      if fault.isSurvived {
        #expect(text == "alpha omega", "the whole text was to be had: \(story)")
      } else {
        #expect(text == nil && error?.isEmpty == false, "an error was to be told: \(story)")
      }
    }
    // Nothing of all this is left over for the next.
    for dialect in limits.firstToken > 1_000_000_000 ? ClientDialect.allCases : [] {
      let visit = await stand.ask(Self.paths[dialect]!, Self.body(dialect, model: "s\(servers.count)/m", stream: true))
      #expect(
        Self.reading(visit, dialect, stream: true).text == "alpha omega", "a sound answer after all that: \(visit.body)"
      )
    }
    #expect(eventually { stand.gateway.openCalls == 0 }, "no call is left open")
  }

  @Test func thereAreFortyFiveOfThem() {
    #expect(Self.faults.count >= 45, "45 shapes of faults, not \(Self.faults.count)")
  }
}
