import Core
import Foundation
import TestSupport
import Testing

/// Files that are dropped onto the terminal or named in the prompt, and terminals of other machines.
@Suite(.serialized, .ownThreads) struct TypedFilesTests {
  private let server = LoopbackServer(.stream([.chat("Read."), .chatEnd, .close]))

  private func program() throws -> Program {
    let program = try Program(server: server)
    for name in ["my notes.txt", "Screenshot 10.15\u{202F}AM.txt", "cafe\u{301}.txt"] {
      try "inside \(name)".write(toFile: program.home + "/" + name, atomically: true, encoding: .utf8)
    }
    return program
  }

  /// What was sent with the last prompt.
  private var sent: String { server.requests.last?.text ?? "" }

  @Test func whatIsDroppedIsAttached() throws {
    let program = try program()
    let session = TerminalSession(program, ["-m", "test/a"], width: 200)
    session.wait(for: "ask")
    let home = program.home
    let drops = [
      home + #"/my\ notes.txt "#, "'\(home)/my notes.txt'", "file://\(home)/my%20notes.txt", home + "/my notes.txt",
      home + #"/Screenshot\ 10.15\ AM.txt"#, home + "/caf\u{E9}.txt",
    ]
    for (count, drop) in drops.enumerated() {
      session.press("\u{1B}[200~\(drop)\u{1B}[201~")
      session.wait(#_sourceLocation, "\(drop) is not attached") {
        session.screen.text.count { $0 == "▪" } == count + 1
      }
    }
    session.press("\u{1B}[200~/no/such file\u{1B}[201~")
    session.waitUntilShown("/no/such file")
    session.press("\r")
    session.waitUntilShown("1 of 1 ended")
    #expect(sent.contains("/no/such file"), "what is no file is text: \(sent.suffix(300))")
    for name in ["my notes", "AM", "caf"] { #expect(sent.contains(name), "\(name) goes along") }
    #expect(session.end(signal: SIGTERM) == 0)
  }

  @Test func aNamedFileGoesAlong() throws {
    let program = try program()
    let session = TerminalSession(program, ["-m", "test/a"])
    session.wait(for: "ask")
    session.press("what says @\"\(program.home)/my notes.txt\", dear @reader?")
    session.waitUntilShown("@reader")
    session.press("\r")
    session.waitUntilShown("1 of 1 ended")
    #expect(sent.contains("inside my notes.txt"), "the file goes along: \(sent.suffix(300))")
    #expect(sent.contains("dear @reader"), "what is no file is text")
    #expect(session.end(signal: SIGTERM) == 0)
  }

  @Test func tabCompletesAName() throws {
    let program = try program()
    let session = TerminalSession(program, ["-m", "test/a"])
    session.wait(for: "ask")
    session.press("read @\(program.home)/my")
    session.waitUntilShown("/my")
    session.press("\t")
    session.waitUntilShown("Attach a file")
    session.waitUntilShown("my notes.txt")
    session.press("\r")
    session.waitUntilShown("notes.txt\"")
    session.press("now\r")
    session.waitUntilShown("1 of 1 ended")
    #expect(sent.contains("inside my notes.txt"), "the file goes along: \(sent.suffix(300))")
    #expect(session.end(signal: SIGTERM) == 0)
  }

  /// A prompt of two lines in the plain workbench, on a terminal without marks of a paste, and one that names a file.
  @Test func linesPastedIntoThePlainWorkbenchAreOnePrompt() throws {
    let program = try program()
    let session = TerminalSession(program, ["--plain", "-m", "test/a"])
    session.wait(for: "Type a prompt")
    session.press("first line\nsecond line with @\(program.home)/caf\u{E9}.txt\n")
    session.wait(for: "All lanes have ended")
    #expect(server.requests.count == 1, "one prompt, one call: \(server.requests.count)")
    #expect(sent.contains(#"first line\nsecond line"#), "\(sent.suffix(300))")
    #expect(sent.contains("inside caf"), "the file goes along")
    session.press("\u{4}")
    #expect(session.end() == 0)
  }

  @Test func aTerminalThatIsNotDescribedHereIsDrawnOnAsItsModel() throws {
    var program = try program()
    program.environment["TERM"] = "xterm-nobodyknows"
    let session = TerminalSession(program, ["-m", "test/a"])
    session.waitUntilShown("no description of xterm-nobodyknows here: drawn on as xterm-256color")
    session.press("hello\r")
    session.waitUntilShown("1 of 1 ended")
    #expect(session.end(signal: SIGTERM) == 0)
    program.environment["TERM"] = "dumb"
    let dumb = TerminalSession(program, ["-m", "test/a"], width: 100)
    dumb.wait(for: "cannot show the workbench")
    #expect(dumb.end() == 2)
  }
}
