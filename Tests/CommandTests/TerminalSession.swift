import CPseudoTerminal
import Core
import Foundation
import TestSupport
import Testing

/// The workbench on a terminal of its own, driven by keys; what it draws is read as bytes and shown by an emulator.
final class TerminalSession {
  let screen: TerminalEmulator
  let pid: pid_t
  private let master: Int32
  private var isCollected = false
  /// Since the last mark that was waited for.
  private(set) var drawn = ""

  init(
    _ program: Program, _ arguments: [String], width: Int = 80, height: Int = 24, answersQuestions: Bool = false
  ) {
    var argv: [UnsafeMutablePointer<CChar>?] = ([Program.binary] + arguments).map { strdup($0) } + [nil]
    var envp: [UnsafeMutablePointer<CChar>?] = program.environment.map { strdup("\($0)=\($1)") } + [nil]
    var child = pid_t()
    master = cpty_start(&argv, &envp, Int32(height), Int32(width), &child)
    precondition(child > 0, "no terminal could be opened: \(String(cString: strerror(errno)))")
    pid = child
    screen = TerminalEmulator(width: width, height: height, answersQuestions: answersQuestions)
  }

  deinit {
    if !isCollected {
      kill(pid, SIGKILL)
      waitpid(pid, nil, 0)
    }
    close(master)
  }

  func press(_ keys: String) { write(Array(keys.utf8)) }
  func press(bytes: [UInt8]) { write(bytes) }

  /// A long input is taken only as fast as the program reads, which must not wait for us meanwhile.
  private func write(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      var source = pollfd(fd: master, events: Int16(POLLIN | POLLOUT), revents: 0)
      guard poll(&source, 1, Int32(patience * 1000)) > 0 else { return }
      if source.revents & Int16(POLLIN) != 0 { _ = read() }
      guard source.revents & Int16(POLLOUT) != 0 else { continue }
      let count = rest.prefix(1024).withUnsafeBytes { Foundation.write(master, $0.baseAddress, $0.count) }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }

  func resize(width: Int, height: Int) {
    screen.resize(width: width, height: height)
    cpty_resize(master, Int32(height), Int32(width))
  }

  /// Reads until `mark` has been drawn, a minute at most; forgets what came before it.
  func wait(for mark: String, sourceLocation: SourceLocation = #_sourceLocation) {
    wait(sourceLocation, "‘\(mark)’ was not drawn") { drawn.contains(mark) }
    drawn = ""
  }

  /// Reads until the screen shows `text`, wherever on it and whatever was drawn last.
  func waitUntilShown(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) {
    wait(sourceLocation, "‘\(text)’ is not shown") { screen.text.contains(text) }
  }

  func wait(_ sourceLocation: SourceLocation, _ fault: String, until isDone: () -> Bool) {
    let deadline = Clock.system.now() + Int64(patience * 1e9)
    while !isDone() {
      guard Clock.system.now() < deadline, read() else {
        Issue.record("\(fault): \(drawn.suffix(200).debugDescription)\n\(screen.text)", sourceLocation: sourceLocation)
        return
      }
    }
  }

  private func read() -> Bool {
    OwnThreads.expect()
    var source = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
    guard poll(&source, 1, Int32(patience * 1000)) > 0 else { return false }
    var buffer = [UInt8](repeating: 0, count: 65536)
    let count = Foundation.read(master, &buffer, buffer.count)
    guard count > 0 else { return false }
    drawn += String(decoding: buffer[..<count], as: UTF8.self)
    screen.feed(buffer[..<count])
    let reply = screen.reply
    screen.reply = []
    if !reply.isEmpty { write(reply) }
    return true
  }

  /// Waits for its end and returns the exit status; a signal's number is negative. A program that does not end is killed.
  func end(signal: Int32? = nil, sourceLocation: SourceLocation = #_sourceLocation) -> Int32 {
    if let signal { kill(pid, signal) }
    while read() {}
    var status: Int32 = 0
    if !eventually({ waitpid(pid, &status, WNOHANG) != 0 }) {
      let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task")) ?? []
      let waits = threads.map { thread in
        let place = try? String(contentsOfFile: "/proc/\(pid)/task/\(thread)/wchan", encoding: .utf8)
        return "\(thread): \(place ?? "?")"
      }
      Issue.record(
        "the program has not ended after \(signal.map { "signal \($0)" } ?? "its last key"); its threads wait in \(waits)\n\(screen.text)",
        sourceLocation: sourceLocation)
      kill(pid, SIGKILL)
      waitpid(pid, &status, 0)
    }
    isCollected = true
    return status & 0x7F == 0 ? status >> 8 & 0xFF : -(status & 0x7F)
  }

  /// Whether the terminal is as a shell expects it; ask before the end is collected and after.
  var isCooked: Bool { cpty_is_cooked(master) != 0 }
}
