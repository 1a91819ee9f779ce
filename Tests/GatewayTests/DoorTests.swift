import Core
import Engine
import Foundation
import Store
import TestSupport
import Testing

@testable import Gateway

/// Who is let in: by the name that a request has for this machine, by where it comes from, and by how it behaves.
@Suite(.ownThreads) struct DoorTests {
  private static func server() -> LoopbackServer {
    LoopbackServer([Step].stream([.text(Upstream.chat.whole(["hello"])), .close]))
  }

  private static let body = #"{"model":"s0/m","messages":[{"role":"user","content":"hi"}]}"#

  private static func visit(
    _ stand: Stand, _ method: String, _ target: String, hosts: [String] = ["127.0.0.1"], headers: [String] = []
  ) async -> Visit {
    let stay = Stay(stand.port)
    let body = method == "POST" ? body : ""
    let lines =
      ["\(method) \(target) HTTP/1.1"] + hosts.map { "Host: \($0)" } + headers
      + ["Content-Length: \(body.utf8.count)", "", ""]
    stay.write(Array((lines.joined(separator: "\r\n") + body).utf8))
    return await stay.rest()
  }

  private static let addresses = [("GET", "/metrics"), ("GET", "/health"), ("POST", "/v1/chat/completions")]

  @Test func onlyThisMachinesOwnNamesAreTaken() async {
    let server = Self.server()
    let stand = await Stand([server])
    for (method, path) in Self.addresses {
      for host in ["127.0.0.1", "localhost:\(stand.port)", "LOCALHOST", "[::1]:4141", "host.docker.internal"] {
        let visit = await Self.visit(stand, method, path, hosts: [host])
        #expect(visit.status == 200, "\(method) \(path) for \(host): \(visit.body)")
      }
      let served = server.requests.count
      for host in [
        "127.evil.example", "127.0.0.1.nip.io", "127.0.0.1@evil.example", "localhost.evil.example", "127.1",
        "0x7f.0.0.1",
        "2130706433", "[::1%25lo]", "::1", "0.0.0.0", "localhost:", "host.docker.internal.evil.example", "",
      ] {
        let visit = await Self.visit(stand, method, path, hosts: [host])
        #expect([400, 403].contains(visit.status), "\(method) \(path) for ‘\(host)’: \(visit.status) \(visit.body)")
      }
      for hosts in [[], ["127.0.0.1", "127.0.0.1"], ["127.0.0.1", "evil.example"]] {
        let visit = await Self.visit(stand, method, path, hosts: hosts)
        #expect(visit.status == 400, "\(method) \(path) for \(hosts): \(visit.status)")
      }
      // A target may name a host as well.
      for (target, status) in [
        ("http://127.0.0.1", 200), ("http://evil.example", 400), ("http://127.0.0.1@evil.example", 400),
      ] {
        let visit = await Self.visit(stand, method, target + path)
        #expect(visit.status == status, "\(target)\(path): \(visit.status)")
      }
      for header in ["Origin: null", "Origin: http://localhost:3000", "Origin:", "Sec-Fetch-Site: cross-site"] {
        let visit = await Self.visit(stand, method, path, headers: [header])
        #expect(visit.status == 403, "\(method) \(path) with \(header): \(visit.status)")
      }
      #expect(server.requests.count == served + (method == "POST" ? 1 : 0), "only the good one reached the model")
    }
  }

  @Test func aNameIsNoAddressToListenOn() {
    var settings = Gateway.Settings()
    for (host, isLoopback) in [
      ("127.0.0.1", true), ("::1", true), ("localhost", true), ("127.evil.example", false), ("127.0.0.1.nip.io", false),
      ("localhost.evil.example", false), ("0.0.0.0", false), ("127.1", false), ("::", false),
    ] {
      settings.host = host
      #expect(settings.isLoopback == isLoopback, "\(host)")
    }
  }

  @Test func metricsAskForTheKeyThatTheRestAsksFor() async throws {
    let secret = "fl-a-client-of-this-test"
    let key = GatewayKey(id: "k", name: "me", created: 1, hash: GatewayKey.hash(of: secret))
    let stand = await Stand([Self.server()], keys: [key])
    for path in ["/metrics", "/v1/models"] {
      #expect(await Self.visit(stand, "GET", path).status == 401, "\(path) without a key")
      #expect(await Self.visit(stand, "GET", path, hosts: ["127.0.0.1.nip.io"]).status == 403, "\(path), rebound")
      let visit = await Self.visit(stand, "GET", path, headers: ["Authorization: Bearer \(secret)"])
      #expect(visit.status == 200, "\(path) with the key: \(visit.body)")
    }
    #expect(await Self.visit(stand, "GET", "/health").status == 200, "whether it lives may be asked by anybody here")
  }

  @Test(arguments: [
    "google/../../../secret", "google/x:generateContent?key=1#", "google/a\\u0000b", "google/a\\\\b", "google/a//b",
    "google/a%2Fb",
    "google/.", "google/a b", "google//x", "s0/../x", "s0/a\\u001bb",
  ])
  func aNameThatIsNoneIsRefused(_ name: String) async {
    let server = Self.server()
    let stand = await Stand([server, server], dialects: ["openai-chat", "gemini"])
    let name = name.replacingOccurrences(of: "google/", with: "s1/")
    let body = #"{"model":"\#(name)","messages":[{"role":"user","content":"hi"}]}"#
    let visit = await stand.ask("/v1/chat/completions", body)
    #expect([400, 404].contains(visit.status), "\(name): \(visit.status) \(visit.body)")
    #expect(server.requests.isEmpty, "\(name) reached \(server.requests.map(\.path))")
  }

  @Test func whoWaitsForNothingMakesRoomForWhoAsks() async {
    var settings = Gateway.Settings()
    settings.mostConnections = 4
    let stand = await Stand([Self.server()], settings: settings)
    let idle = (0..<12).map { _ in Stay(stand.port) }
    let visit = await Self.visit(stand, "GET", "/health")
    #expect(visit.status == 200, "the idle ones are let go: \(visit.status)")
    withExtendedLifetime(idle) {}
  }

  @Test func moreThanThereAreConnectionsForAreTold() async throws {
    let gate = Gate()
    let server = LoopbackServer([Step].stream([.text(Upstream.chat.opening), .hold(gate), .close]))
    var settings = Gateway.Settings()
    settings.mostUpstream = 2
    let stand = await Stand([server], settings: settings)
    let open = (0..<2).map { _ in Stay(stand.port) }
    for stay in open { stay.send("POST", "/v1/chat/completions", Self.body) }
    #expect(server.journal.wait { $0.count { if case .request = $0 { true } else { false } } == 2 })
    let third = await stand.ask("/v1/chat/completions", Self.body)
    #expect(third.status == 503 && third.body.contains("ulimit") && third.headers["retry-after"] == "1", "\(third)")
    gate.open()
  }
}
