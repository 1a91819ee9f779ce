import CPseudoTerminal
import Core
import Foundation
import TestSupport
import Testing

/// The workbench on a terminal of its own, driven by keys; what it draws is read as bytes.
private final class Session {
  private let master: Int32
  private let pid: pid_t
  private(set) var drawn = ""

  init(_ program: Program, _ arguments: [String], width: Int32 = 80, height: Int32 = 24) {
    var argv: [UnsafeMutablePointer<CChar>?] = ([Program.binary] + arguments).map { strdup($0) } + [nil]
    var envp: [UnsafeMutablePointer<CChar>?] = program.environment.map { strdup("\($0)=\($1)") } + [nil]
    var child = pid_t()
    master = cpty_start(&argv, &envp, height, width, &child)
    pid = child
  }

  deinit {
    kill(pid, SIGKILL)
    waitpid(pid, nil, 0)
    close(master)
  }

  func press(_ keys: String) { _ = Array(keys.utf8).withUnsafeBytes { write(master, $0.baseAddress, $0.count) } }

  /// Reads until `mark` has been drawn, ten seconds at most; forgets what came before it.
  func wait(for mark: String, sourceLocation: SourceLocation = #_sourceLocation) {
    let deadline = Clock.now() + 10_000_000_000
    while !drawn.contains(mark) {
      guard Clock.now() < deadline, read() else {
        Issue.record(
          "‘\(mark)’ was not drawn; the last was: \(drawn.suffix(400).debugDescription)", sourceLocation: sourceLocation
        )
        return
      }
    }
    drawn = ""
  }

  private func read() -> Bool {
    var source = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
    guard poll(&source, 1, 10_000) > 0 else { return false }
    var buffer = [UInt8](repeating: 0, count: 65536)
    let count = Foundation.read(master, &buffer, buffer.count)
    guard count > 0 else { return false }
    drawn += String(decoding: buffer[..<count], as: UTF8.self)
    return true
  }

  /// Waits for its end and returns the exit status; a signal's number is negative.
  func end(signal: Int32? = nil) -> Int32 {
    if let signal { kill(pid, signal) }
    while read() {}
    var status: Int32 = 0
    waitpid(pid, &status, 0)
    return status & 0x7F == 0 ? status >> 8 & 0xFF : -(status & 0x7F)
  }
}

@Suite(.serialized) struct WorkbenchOnATerminalTests {
  @Test func aPromptIsRacedAndKept() throws {
    let server = LoopbackServer(.stream(Chat.whole("Answered.")))
    let program = try Program(server: server)
    let session = Session(program, ["-m", "test/a", "-m", "test/b"])
    session.wait(for: "ask all 2 lanes")
    session.press("hello\r")
    session.wait(for: "Answered.")
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
    let session = Session(program, ["-m", "test/a", "go"])
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
    let session = Session(program, ["-m", "test/a", "go"])
    session.wait(for: "saved before")
    // What is on the screen is in the database within half a second; the row itself tells when.
    let deadline = Clock.now() + 5_000_000_000
    var shown = ""
    while !shown.contains("saved before"), Clock.now() < deadline {
      let id = try program.run(["sessions"]).id
      shown = try program.run(["sessions", "show", id]).output
    }
    #expect(session.end(signal: SIGKILL) == -SIGKILL)
    shown = try program.run(["sessions", "show", try program.run(["sessions"]).id]).output
    #expect(shown.contains("saved before") && shown.contains("(cut)"), "\(shown)")
  }

  @Test func aTerminalThatCannotBeDrawnOnIsTold() throws {
    var program = try Program()
    program.environment["TERM"] = "dumb"
    let session = Session(program, ["-m", "demo/hare"])
    session.wait(for: "TERM=dumb")
    #expect(session.end() == 2)
  }

  @Test func aSmallWindowSaysSo() throws {
    let session = Session(try Program(), ["-m", "demo/hare"], width: 20, height: 5)
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
