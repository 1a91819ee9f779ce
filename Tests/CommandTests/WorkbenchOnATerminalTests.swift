import Core
import Foundation
import TestSupport
import Testing

@Suite(.serialized, .ownThreads) struct WorkbenchOnATerminalTests {
  @Test func aPromptIsRacedAndKept() throws {
    let server = LoopbackServer(.stream(Chat.whole("Answered.")))
    let program = try Program(server: server)
    let session = TerminalSession(program, ["-m", "test/a", "-m", "test/b"])
    session.wait(for: "ask all 2 lanes")
    session.press("hello\r")
    session.wait(for: "Answered.")
    // While the other lane still answers the key would stop it, and not ask.
    session.waitUntilShown("2 of 2 ended")
    session.press("\u{3}")
    session.wait(for: "again to leave")
    session.press("\u{3}")
    #expect(session.end() == 0)
    #expect(try program.run(["sessions"]).output.contains("hello"))
  }

  /// Told to end in mid-stream: the terminal is given back and what had come is kept as `stopped`.
  @Test func aSignalEndsItInOrder() throws {
    let server = LoopbackServer(.stream([.chat("half of it"), .stall]))
    let program = try Program(server: server)
    let session = TerminalSession(program, ["-m", "test/a", "go"])
    session.wait(for: "half of it")
    #expect(session.end(signal: SIGTERM) == 0)
    #expect(session.drawn.contains("\u{1B}[?1049l"), "the alternate screen was not left")
    let shown = try program.run(["sessions", "show", try program.run(["sessions"]).id]).output
    #expect(shown.contains("half of it") && shown.contains("stopped"), "\(shown)")
  }

  @Test func aKilledOneLosesNothingThatWasSaved() throws {
    let gate = Gate()
    let server = LoopbackServer(.stream([.chat("saved before"), .hold(gate)]))
    let program = try Program(server: server)
    let session = TerminalSession(program, ["-m", "test/a", "go"])
    session.wait(for: "saved before")
    // What is on the screen is in the database within half a second; the row itself tells when.
    var shown = ""
    let isSaved = try eventually {
      let id = try program.run(["sessions"]).id
      shown = try program.run(["sessions", "show", id]).output
      return shown.contains("saved before")
    }
    #expect(isSaved, "what was drawn is saved while it goes on: \(shown)")
    #expect(session.end(signal: SIGKILL) == -SIGKILL)
    shown = try program.run(["sessions", "show", try program.run(["sessions"]).id]).output
    #expect(shown.contains("saved before") && shown.contains("(cut)"), "\(shown)")
  }

  /// Late answers of the terminal, cut somewhere, while any of these is open: nothing is asked, opened, closed or changed.
  @Test(arguments: ["", "\u{1B}OP", "#", "H", ":", "$", "/", "U", "L", "?"])
  func answersOfTheTerminalDoNothing(_ opener: String) throws {
    let server = LoopbackServer(.stream(Chat.whole("Answered.")))
    let session = TerminalSession(try Program(server: server), ["-m", "test/a", "-m", "test/b", "hello"])
    session.waitUntilShown("2 of 2 ended")
    session.press("\t")
    session.waitUntilShown("Tab prompt")
    if !opener.isEmpty {
      let bytes = session.screen.bytes
      session.press(opener)
      session.wait(#_sourceLocation, "nothing was opened by \(opener.debugDescription)") {
        session.screen.bytes > bytes
      }
    }
    var random = SplitMix64(seed: 4711)
    for answer in TerminalAnswers.all where !answer.contains("[<") {
      let bytes = Array(answer.utf8)
      let cut = Int.random(in: 2..<bytes.count, using: &random)
      session.press(bytes: Array(bytes[..<cut]))
      session.press(bytes: Array(bytes[cut...]))
    }
    // A new size is drawn behind all that has come before it.
    let clears = session.screen.clears
    session.resize(width: 100, height: 30)
    session.wait(#_sourceLocation, "the new size was not drawn") { session.screen.clears > clears }
    #expect(
      server.requests.count == 2, "\(opener.debugDescription): \(server.requests.count) calls\n\(session.screen.text)")
    // The rule stays as it was.
    session.waitUntilShown("race · all")
    #expect(session.end(signal: SIGTERM) == 0)
  }

  @Test func aTerminalThatCannotBeDrawnOnIsTold() throws {
    var program = try Program()
    program.environment["TERM"] = "dumb"
    let session = TerminalSession(program, ["-m", "demo/hare"])
    session.wait(for: "TERM=dumb")
    #expect(session.end() == 2)
  }

  @Test func aSmallWindowSaysSo() throws {
    let session = TerminalSession(try Program(), ["-m", "demo/hare"], width: 20, height: 5)
    session.wait(for: "60×16")
    _ = session.end(signal: SIGTERM)
  }
}

extension Program.Result {
  /// The id in the first row of a list of sessions.
  fileprivate var id: String {
    output.split(separator: "\n").dropFirst().first.flatMap { $0.split(separator: " ").first }.map(String.init)
      ?? "none"
  }
}
