import CPseudoTerminal
import Glibc

/// The program under test on a terminal of its own, 200×50, as a person would run it.
final class PseudoTerminal {
  let master: Int32
  let pid: pid_t
  /// Monotonic nanoseconds just before the start.
  let started: Int64
  private(set) var bytes = 0

  init(_ arguments: [String], environment: [String: String]) {
    var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    var envp: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0)=\($1)") } + [nil]
    var child = pid_t()
    started = now()
    master = cpty_start(&argv, &envp, 50, 200, &child)
    guard master >= 0 else { fatalError("no pseudo terminal to be had") }
    pid = child
  }

  /// Reads what the program draws until `moment`, or until it draws `mark`. Returns whether the mark came.
  @discardableResult
  func drain(until moment: Int64, mark: String? = nil) -> Bool {
    var seen: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while now() < moment {
      var source = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
      guard poll(&source, 1, Int32(max(1, (moment - now()) / 1_000_000))) > 0 else { continue }
      let count = read(master, &buffer, buffer.count)
      guard count > 0 else { return false }
      bytes += count
      if let mark {
        seen += buffer[..<count]
        if String(decoding: seen, as: UTF8.self).contains(mark) { return true }
      }
    }
    return false
  }

  func press(_ keys: String) { _ = Array(keys.utf8).withUnsafeBytes { write(master, $0.baseAddress, $0.count) } }

  /// Tells it to leave and waits until it has. Returns CPU seconds and peak memory in MB.
  func end() -> (cpu: Double, memory: Double) {
    kill(pid, SIGTERM)
    // What it still draws has to be read, or it would wait for us.
    drain(until: now() + 10_000_000_000)
    var status: Int32 = 0
    var usage = rusage()
    if wait4(pid, &status, WNOHANG, &usage) == 0 {
      kill(pid, SIGKILL)
      wait4(pid, &status, 0, &usage)
    }
    close(master)
    let cpu =
      Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
      + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
    return (cpu, Double(usage.ru_maxrss) / 1024)
  }
}
