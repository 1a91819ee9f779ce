import Core
import Foundation
import TestSupport
import Testing

/// The gateway beside the workbench, and what is kept of a call through it: the built program is its own client.
@Suite(.serialized, .ownThreads) struct GatewayCallTests {
  private static let config = """
    routes:
      safe: {fallback: [test/a, test/b]}
    """

  private func program(_ server: LoopbackServer) throws -> Program {
    var program = try Program(
      config: """
        providers:
          test: {base_url: "\(server.url)", key_env: TEST_KEY}
        timeouts: {connect: 5, first_token: 5, silence: 5}
        \(Self.config)
        """)
    program.environment["TEST_KEY"] = Program.key
    return program
  }

  /// The port that the header tells.
  private func port(_ session: TerminalSession) throws -> String {
    session.waitUntilShown("gateway :")
    let rest = try #require(session.screen.text.components(separatedBy: "gateway :").last)
    return String(rest.prefix { $0.isNumber })
  }

  private func client(of port: String) throws -> Program {
    try Program(config: "providers: {gate: {base_url: \"http://127.0.0.1:\(port)/v1\", local: true}}")
  }

  @Test func aCallIsWatchedAndExplained() throws {
    let server = LoopbackServer(.stream(Chat.whole("Answered.")))
    let program = try program(server)
    let session = TerminalSession(program, ["--serve", "127.0.0.1:0", "-m", "test/a"], width: 100)
    let port = try port(session)
    session.press("\tU")
    session.waitUntilShown("Nothing has come through the gateway yet")
    let answer = try client(of: port).run(["race", "hello", "-m", "gate/safe"])
    #expect(answer.output.contains("Answered."), "\(answer)")
    session.waitUntilShown("safe → test/a")
    session.waitUntilShown("1 of 2")
    session.press("\r")
    // It is shown while it is still open, too.
    session.waitUntilShown("Receipt")
    session.press("G")
    session.waitUntilShown("Answered.")
    session.press("q")
    session.waitUntilShown("Gateway traffic")
    session.press("\u{3}\u{3}\u{3}")
    #expect(session.end() == 0)
    let log = try String(contentsOfFile: program.home + "/.local/state/furlong/gateway.log", encoding: .utf8)
    #expect(log.contains("\"route\":\"safe\""), "\(log)")

    #expect(try program.run(["sessions", "list"]).output.split(separator: "\n").count == 1, "only the header")
    let listed = try program.run(["sessions", "list", "--gateway", "--json"]).json()["sessions"]
    let id = try #require(listed?.first?["id"]?.string)
    let receipt = try program.run(["receipt", String(id.prefix(8))])
    for words in ["test/a  done", "route: safe (fallback), openai-chat, streamed", "candidate", "test/b", "why: "] {
      #expect(receipt.output.contains(words), "no ‘\(words)’ in \(receipt)")
    }
    let document = try program.run(["receipt", id, "--json"]).json()
    #expect(document["route"]?["name"]?.string == "safe")
    #expect(document["route"]?["reasons"]?["candidates"]?.elements.count == 2)
    #expect(try program.run(["sessions", "show", id]).output.contains("route: safe (fallback)"))
  }

  @Test func whatCannotBeListenedOnIsANotice() throws {
    let server = LoopbackServer(.stream(Chat.whole("Answered.")))
    let taken = server.url.split(separator: ":").last.map { String($0.prefix { $0.isNumber }) } ?? ""
    let session = TerminalSession(try program(server), ["--serve", "127.0.0.1:\(taken)", "-m", "test/a"], width: 120)
    session.waitUntilShown("the gateway cannot listen on 127.0.0.1:\(taken)")
    session.press("\u{3}\u{3}")
    #expect(session.end() == 0)
  }

  @Test(arguments: [
    ["--serve", "nowhere", "-m", "demo/hare"], ["--serve", "0.0.0.0:0", "-m", "demo/hare", "--plain"],
  ])
  func whatCannotBeIsRefusedBeforeTheScreen(arguments: [String]) throws {
    let result = try Program().run(arguments)
    #expect(result.status == 2 && result.output.isEmpty)
    #expect(result.errors.contains("--serve takes HOST:PORT") || result.errors.contains("furlong key new"), "\(result)")
  }
}
