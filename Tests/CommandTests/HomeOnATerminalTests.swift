import Core
import Foundation
import TestSupport
import Testing

/// What a person meets who starts `furlong` and nothing else.
@Suite(.serialized, .ownThreads) struct HomeOnATerminalTests {
  private static let key = "made-up-0123456789abcdef"

  @Test func thePastIsReadWithoutAnyKey() throws {
    let kept = try Kept()
    try kept.fill { store in
      guard let session = try? Kept.session() else { return }
      store.append(.session(session))
      try? Kept.addTurn(1, prompt: "Why are there tides?", answers: ["The moon.", "Both of them."], to: store)
    }
    let session = TerminalSession(kept.program, ["--db", kept.path])
    session.waitUntilShown("none yet: give a key")
    // A sample prompt tells of tides as well.
    session.wait(#_sourceLocation, "the sessions are not listed") { !session.screen.text.contains("reading …") }
    session.waitUntilShown("tides")
    session.press("\r")
    session.waitUntilShown("Both of them.")
    session.press("\u{3}")
    session.waitUntilShown("again to leave")
    session.press("\u{3}")
    #expect(session.end() == 0)
  }

  @Test func sendingTellsWhatIsMissing() throws {
    let session = TerminalSession(try Program(), [])
    session.waitUntilShown("None found yet")
    session.press("hello\r")
    session.waitUntilShown("no lane to ask")
    _ = session.end(signal: SIGTERM)
  }

  /// What has a prompt, or no terminal, ends as before.
  @Test func aPromptStillNeedsAModel() throws {
    let program = try Program()
    let session = TerminalSession(program, ["a whole prompt"])
    session.wait(for: "no model to ask")
    #expect(session.end() == 2)
    let raced = try program.run(["race", "a whole prompt"])
    #expect(raced.status == 2 && raced.errors.contains("no model to ask"))
  }

  /// Pasted on the page, it is used at once, and found again by the next start; it is in its file and nowhere else.
  @Test func aKeyIsGivenWithoutLeaving() throws {
    let server = LoopbackServer(.stream([.chat("Answered."), .chatEnd, .close]))
    let program = try Program(
      config: """
        # mine
        providers:
          test: {base_url: "\(server.url)", key_env: TEST_KEY, models: [a]}
        timeouts: {connect: 60, first_token: 60, silence: 60}
        """)
    let session = TerminalSession(program, [], height: 40)
    session.waitUntilShown("TEST_KEY")
    // Nine of the catalogue stand before it; with nothing to read or to ask, keys come first.
    for _ in 0..<9 { session.press("\u{1B}OB") }
    session.waitUntilShown("› test")
    session.press("\r")
    session.waitUntilShown("Key for test")
    session.press("\u{1B}[200~\(Self.key)\n\u{1B}[201~")
    session.waitUntilShown("characters")
    session.press("\r")
    session.waitUntilShown("ask all 2 lanes")
    session.press("hello\r")
    session.waitUntilShown("2 of 2 ended")
    #expect(!session.screen.text.contains(Self.key))
    #expect(session.end(signal: SIGTERM) == 0)
    #expect(!session.drawn.contains(Self.key), "it was drawn")
    let sent = server.requests.map { $0.headers["authorization"] ?? "" }
    #expect(sent.contains("Bearer \(Self.key)"))
    let file = program.home + "/.config/furlong/keys/test.key"
    #expect(try String(contentsOfFile: file, encoding: .utf8) == Self.key + "\n")
    try FileManager.default.removeItem(atPath: file)
    #expect(program.everythingOnDisk().range(of: Data(Self.key.utf8)) == nil, "it is somewhere else as well")
    let config = try String(contentsOfFile: program.home + "/.config/furlong/config.yaml", encoding: .utf8)
    #expect(config.hasPrefix("# mine\n") && config.contains("key_file") && !config.contains(Self.key))
  }
}
