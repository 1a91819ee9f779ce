import Core
import Engine
import Foundation
import TestSupport
import Testing

@testable import Gateway

/// What goes through untouched, what is refused, and the addresses beside the three that answer.
@Suite(.ownThreads) struct EndpointTests {
  private static let path = "/v1/chat/completions"

  @Test func unknownFieldsTravelBothWays() async throws {
    let answer =
      #"data: {"id":"c1","object":"chat.completion.chunk","created":1,"model":"m1","x_top":{"deep":[1,2.50]},"choices":[{"index":0,"delta":{"content":"hi","x_delta":"kept"},"finish_reason":null}]}"#
    let server = LoopbackServer(
      [Step].stream([.text(answer + "\n\n" + Upstream.chat.finish("hi") + "data: [DONE]\n\n"), .close]))
    let stand = await Stand([server], key: "sk-upstream-secret")
    let body =
      #"{"model":"s0/m","x_new":{"a":1.0,"b":[null,"ü\u0001"]},"stream":true,"messages":[{"role":"user","content":"hi","x_in":7}],"temperature":1.0}"#
    let visit = await stand.ask(Self.path, body, headers: ["Authorization": "Bearer of-the-client"])
    #expect(visit.body.contains(answer), "the chunk as it came: \(visit.body)")
    #expect(!visit.body.contains("\"usage\":{"), "the usage chunk was not asked for: \(visit.body)")
    let sent = try #require(server.requests.first)
    #expect(sent.text.contains(#""x_new":{"a":1.0,"b":[null,"ü\u0001"]}"#), "the field as it came: \(sent.text)")
    #expect(sent.text.contains(#""x_in":7"#) && sent.text.contains(#""temperature":1.0"#))
    #expect(sent.text.contains(#""model":"m""#), "the model by its own name")
    #expect(sent.headers["authorization"] == "Bearer sk-upstream-secret", "the provider's key, not the client's")
    #expect(!visit.body.contains("sk-upstream"), "the provider's key stays here")
  }

  @Test func whatCannotBeCarriedOverIsRefusedByName() async {
    let server = LoopbackServer([Step].stream([.text(Upstream.anthropic.whole(["no"])), .close]))
    let stand = await Stand([server], dialects: ["anthropic"])
    let body = #"{"model":"s0/m","logit_bias":{"1":2},"n":2,"messages":[{"role":"user","content":"hi"}]}"#
    let visit = await stand.ask(Self.path, body)
    #expect(visit.status == 400, "refused: \(visit.body)")
    #expect(visit.body.contains("‘logit_bias’") && visit.body.contains("‘n’"), "both fields are named: \(visit.body)")
    #expect(server.requests.isEmpty, "nobody was asked")
  }

  @Test func aKeyIsNeverInAnError() async {
    let key = "sk-very-secret-key-of-mine"
    let server = LoopbackServer { request, _ in
      .answer(401, body: #"{"error":{"message":"bad key \#(request.headers["authorization"] ?? "")"}}"#)
    }
    let stand = await Stand([server], key: key)
    let visit = await stand.ask(Self.path, #"{"model":"s0/m","messages":[{"role":"user","content":"hi"}]}"#)
    #expect(visit.status == 401 && !visit.body.contains(key), "the key is taken out: \(visit.body)")
  }

  @Test(arguments: [
    ("", 400), ("{", 400), ("[]", 400), ("null", 400), (#"{"messages":[]}"#, 400), (#"{"model":7}"#, 400),
    (#"{"model":"nowhere","messages":[{"role":"user","content":"x"}]}"#, 404),
    (#"{"model":"s0/m","stream":"yes","messages":[{"role":"user","content":"x"}]}"#, 400),
    (String(repeating: "[", count: 5000), 400),
  ])
  func wrongRequestsAreToldWhatIsWrong(_ body: String, _ status: Int) async {
    let stand = await Stand([LoopbackServer([.close])])
    for (path, dialect) in [
      (Self.path, ClientDialect.chat), ("/v1/responses", .responses), ("/v1/messages", .anthropic),
    ] {
      let visit = await stand.ask(path, body)
      #expect(visit.status == status, "\(dialect) \(body.prefix(40)): \(visit.status) \(visit.body)")
      let view = try? JSONDocument().parse(visit.body)
      #expect(view?["error"]?["message"]?.string?.isEmpty == false, "a sentence in the dialect's shape: \(visit.body)")
    }
  }

  @Test func otherAddresses() async throws {
    let stand = await Stand([LoopbackServer([.close])])
    for (method, path, status) in [
      ("GET", "/health", 200), ("GET", "/metrics", 200), ("GET", "/v1/models", 200), ("GET", "/openai/v1/models", 200),
      ("GET", "/anthropic/v1/models", 200), ("GET", "/v1/models/none", 404), ("GET", "/v1/chat/completions", 405),
      ("POST", "/v1/embeddings", 404), ("GET", "/", 404), ("GET", "/../etc/passwd", 404),
    ] {
      let visit = await Visit.ask(stand.port, method, path)
      #expect(visit.status == status, "\(method) \(path): \(visit.status) \(visit.body)")
    }
    let openAI = await Visit.ask(stand.port, "GET", "/v1/models")
    #expect(openAI.body.contains(#""object":"list""#))
    let anthropic = await Visit.ask(stand.port, "GET", "/v1/models", headers: ["anthropic-version": "2023-06-01"])
    #expect(anthropic.body.contains(#""has_more":false"#), "told apart by the header: \(anthropic.body)")
  }

  @Test func pagesInABrowserAreNotServed() async {
    let stand = await Stand([LoopbackServer([.close])])
    let visit = await stand.ask(Self.path, "{}", headers: ["Origin": "https://evil.example"])
    #expect(visit.status == 403 && visit.headers["access-control-allow-origin"] == nil, "\(visit.body)")
  }

  @Test func tooMuchIsRefused() async {
    var settings = Gateway.Settings()
    (settings.longestBody, settings.mostInFlight) = (1000, 1)
    let server = LoopbackServer([Step].stream([.text(Upstream.chat.opening + Upstream.chat.text("x")), .stall]))
    let stand = await Stand([server], settings: settings)
    let long = await stand.ask(Self.path, String(repeating: " ", count: 2000))
    #expect(long.status == 413, "\(long.status) \(long.body)")
    let body = #"{"model":"s0/m","stream":true,"messages":[{"role":"user","content":"hi"}]}"#
    let first = Stay(stand.port)
    first.send("POST", Self.path, body)
    _ = await first.read { $0.contains("data: ") }
    let second = await stand.ask(Self.path, body)
    #expect(second.status == 503 && second.headers["retry-after"] == "1", "\(second.status) \(second.body)")
    let headers = Dictionary(uniqueKeysWithValues: (0..<200).map { ("X-\($0)", "y") })
    let many = await stand.ask(Self.path, "{}", headers: headers)
    #expect(many.status == 400 || many.status == 431, "two hundred headers are too many: \(many.status)")
  }

  @Test func aRequestThatDoesNotArriveIsLetGo() async {
    var settings = Gateway.Settings()
    settings.patience = 200_000_000
    let stand = await Stand([LoopbackServer([.close])], settings: settings)
    let stay = Stay(stand.port)
    stay.write(Array("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{".utf8))
    #expect(await stay.isClosed(), "the connection is closed when the rest does not come")
  }

  @Test func silenceIsFilledWithSignsOfLife() async {
    var settings = Gateway.Settings()
    settings.keepAlive = 100_000_000
    let gate = Gate()
    let server = LoopbackServer([Step].stream([.hold(gate), .text(Upstream.chat.whole(["late"])), .close]))
    let stand = await Stand([server], settings: settings)
    for (path, body, sign) in [
      (Self.path, #"{"model":"s0/m","stream":true,"messages":[{"role":"user","content":"hi"}]}"#, ": keep-alive"),
      (
        "/v1/messages", #"{"model":"s0/m","stream":true,"max_tokens":9,"messages":[{"role":"user","content":"hi"}]}"#,
        "event: ping"
      ),
    ] {
      let stay = Stay(stand.port)
      stay.send("POST", path, body)
      let text = await stay.read { $0.contains(sign) }
      #expect(text.contains(sign), "a sign of life before the first token: \(text)")
    }
    gate.open()
  }
}
