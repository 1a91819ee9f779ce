import Core
import Engine
import Foundation
import TestSupport
import Testing

@testable import Gateway

/// Providers that say something for ever and never anything: each ends by a limit of its own, alone and in a race, and the
/// client is told.
@Suite(.serialized, .ownThreads) struct HostileUpstreamTests {
  struct Hostility: Sendable, CustomStringConvertible {
    var description: String
    var steps: @Sendable (Upstream) -> [Step]

    init(_ name: String, _ steps: @escaping @Sendable (Upstream) -> [Step]) {
      (description, self.steps) = (name, steps)
    }
  }

  /// What keeps a stream open and is no token.
  private static let signs: [(name: String, text: @Sendable (Upstream) -> String)] = [
    ("comments", { _ in ": PROCESSING\n\n" }), ("blank lines", { _ in "\n" }), ("blank lines by CRLF", { _ in "\r\n" }),
    ("empty data", { _ in "data:\n\n" }), ("pings", { _ in "event: ping\ndata: {\"type\":\"ping\"}\n\n" }),
    ("empty deltas", { $0.text("") }), ("events that nobody knows", { _ in "data: {\"type\":\"new\"}\n\n" }),
    ("empty objects", { _ in "data: {}\n\n" }), ("names without data", { _ in "event: x\n" }),
    ("openings", { $0.opening + ":\n" }),
    (
      "pieces of calls without a word",
      { _ in
        "data: {\"type\":\"x\",\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"\"}}]}}]}\n\n"
      }
    ),
    ("counts", { _ in "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1}}\n\n" }),
  ]

  static let all: [Hostility] =
    signs.flatMap { sign in
      [
        Hostility("\(sign.name) at once") { .stream([.endless(Array(sign.text($0).utf8))]) },
        Hostility("\(sign.name) after a token") {
          .stream([.text($0.opening + $0.text("alpha")), .endless(Array(sign.text($0).utf8))])
        },
      ]
    } + [
      Hostility("headers without end") { _ in [.text("HTTP/1.1 200 OK\r\n"), .endless(Array("X: y\r\n".utf8))] },
      Hostility("one header without end") { _ in [.text("HTTP/1.1 200 OK\r\nX: "), .endless([0x79])] },
      Hostility("provisional answers without end") { _ in [.endless(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))] },
      Hostility("a head that stops half-way") { _ in [.text("HTTP/1.1 200 OK\r\nX: "), .stall] },
      Hostility("a refusal without end") { _ in .head(500) + [.endless(Array("{\"error\":\"a\"} ".utf8))] },
      Hostility("a refusal that stops half-way") { _ in .head(429) + [.text("{\"error\":{"), .stall] },
      Hostility("a redirect whose body stops") { _ in .head(302, ["Location": "/"]) + [.stall] },
      Hostility("a line without end") { _ in
        .stream([.text("data: "), .endless([UInt8](repeating: 0x61, count: 65_536))])
      },
      Hostility("an event without end") { _ in
        .stream([.endless(Array("data: \(String(repeating: "a", count: 65_000))\n".utf8))])
      },
      Hostility("a document without end") { _ in
        .stream([.text("{\"a\":\""), .endless([UInt8](repeating: 0x61, count: 65_536))])
      },
      Hostility("nesting without end") { _ in .stream([.endless([UInt8](repeating: 0x5B, count: 65_536))]) },
      Hostility("trailers without end") { _ in
        [
          .text("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"), .endless(Array("X: y\r\n".utf8)),
        ]
      },
    ]

  private static func limits(milliseconds: Int64 = 150) -> Engine.Limits {
    var limits = Engine.Limits()
    let limit = milliseconds * 1_000_000
    (limits.firstToken, limits.silence, limits.connect) = (limit, limit, limit)
    return limits
  }

  private static func body(_ model: String) -> String {
    #"{"model":"\#(model)","stream":true,"messages":[{"role":"user","content":"hi"}]}"#
  }

  @Test(arguments: Upstream.allCases)
  func eachEndsByALimit(_ upstream: Upstream) async {
    let servers = Self.all.map { LoopbackServer($0.steps(upstream)) }
    let stand = await Stand(
      servers, dialects: Array(repeating: upstream.rawValue, count: servers.count), limits: Self.limits())
    await each(Self.all.enumerated(), atOnce: 12) { place, hostility in
      let visit = await stand.ask("/v1/chat/completions", Self.body("s\(place)/m"))
      let story = "\(hostility) from \(upstream): \(visit.status) \(visit.body.suffix(300))"
      #expect(visit.isWhole, "the answer ends: \(story)")
      #expect(visit.status != 200 || visit.body.contains("\"error\""), "and says why: \(story)")
      #expect(servers[place].disconnection() != nil, "nobody listens any more: \(story)")
    }
  }

  @Test func aRaceIsNotHeldUp() async {
    let sound = LoopbackServer([Step].stream([.text(Upstream.chat.whole(["alpha"])), .close]))
    let servers = Self.all.map { LoopbackServer($0.steps(.chat)) }
    var routes: [String: RouteDecision] = [:]
    for place in servers.indices {
      let lanes = ["s\(place)/m", "s\(servers.count)/m"]
      routes["turn\(place)"] = Stand.decision("turn\(place)", lanes, .inTurn([.lane(0), .lane(1)]))
      routes["race\(place)"] = Stand.decision("race\(place)", lanes, .together([.lane(0), .lane(1)], hedge: nil))
    }
    let stand = await Stand(servers + [sound], routes: routes, limits: Self.limits(milliseconds: 4000))
    let cases = Self.all.enumerated().filter { !$1.description.hasSuffix("after a token") }
    await each(cases.map { (place: $0, hostility: $1) }) { [stand] place, hostility in
      // Who is asked in turn waits for the limit of the one before: some are enough.
      for name in place % 4 == 0 ? ["turn\(place)", "race\(place)"] : ["race\(place)"] {
        let visit = await stand.ask("/v1/chat/completions", Self.body(name))
        #expect(visit.body.contains("alpha"), "\(hostility), \(name): \(visit.status) \(visit.body.suffix(300))")
      }
    }
  }

  @Test func whatIsThereWhenTheEndMarkIsMissingIsAnAnswer() async {
    let server = LoopbackServer { _, _ in
      [Step].stream([
        .text(Upstream.chat.opening + Upstream.chat.text("alpha") + Upstream.chat.finish("alpha")),
        .endless(Array(": still here\n\n".utf8)),
      ])
    }
    let stand = await Stand([server], limits: Self.limits())
    let visit = await stand.ask("/v1/chat/completions", Self.body("s0/m"))
    #expect(visit.body.contains("alpha") && visit.body.contains("[DONE]"), "\(visit.body)")
  }

  @Test func moreCallsThanAnybodyCanMakeEndIt() async {
    let server = LoopbackServer { _, _ in
      let part = #"{"functionCall":{"name":"f","args":{}}}"#
      return [Step].stream([.endless(Array("data: {\"candidates\":[{\"content\":{\"parts\":[\(part)]}}]}\n\n".utf8))])
    }
    let stand = await Stand([server], dialects: ["gemini"])
    let visit = await stand.ask("/v1/chat/completions", Self.body("s0/m"))
    #expect(visit.isWhole && visit.body.contains("1024 tools"), "\(visit.body.suffix(300))")
  }

  /// A text of megabytes in small pieces is put together once, not copied for each of them.
  @Test(arguments: [Upstream.chat, .anthropic])
  func aLongAnswerIsPutTogetherInTime(_ upstream: Upstream) async {
    let piece = String(repeating: "x", count: 400)
    let count = 10_000
    let pieces = Array(String(repeating: upstream.text(piece), count: count).utf8)
    let server = LoopbackServer { _, _ in
      [Step].stream([.text(upstream.opening), .send(pieces), .text(upstream.finish("") + upstream.terminator), .close])
    }
    let stand = await Stand([server], dialects: [upstream.rawValue])
    let body = #"{"model":"s0/m","max_tokens":9,"messages":[{"role":"user","content":"hi"}]}"#
    let start = Clock.system.now()
    let visit = await stand.ask(upstream == .chat ? "/v1/chat/completions" : "/v1/messages", body)
    #expect(visit.isWhole && visit.body.utf8.count > piece.utf8.count * count, "\(visit.status) \(visit.body.count)")
    // Copied each time it would be 20 GB.
    print("4 MB from \(upstream) in 10,000 pieces took \((Clock.system.now() - start) / 1_000_000) ms")
  }
}
