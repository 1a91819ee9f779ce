#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Names a running process so that another Furlong can tell whether it still lives: process id and start time, since ids
/// are used again.
struct WriterIdentity: Equatable {
  let text: String

  static var current: WriterIdentity { WriterIdentity(text: "\(getpid()):\(startTime(of: getpid()) ?? "0")") }

  var isAlive: Bool {
    let parts = text.split(separator: ":")
    guard parts.count == 2, let pid = pid_t(parts[0]) else { return false }
    // Killed, and only not yet taken notice of by its parent.
    if WriterIdentity.fields(of: pid)?.first.map({ $0 == "Z" || $0 == "X" }) == true { return false }
    if let start = WriterIdentity.startTime(of: pid) { return start == parts[1] }
    return kill(pid, 0) == 0 || errno == EPERM
  }

  /// Field 22 of `/proc/PID/stat`, in clock ticks since boot; nil without `/proc` or without the process.
  private static func startTime(of pid: pid_t) -> String? {
    fields(of: pid).flatMap { $0.count > 19 ? $0[19] : nil }
  }

  /// The fields of `/proc/PID/stat` from the third on, which is the state.
  private static func fields(of pid: pid_t) -> [String]? {
    guard let file = fopen("/proc/\(pid)/stat", "r") else { return nil }
    defer { fclose(file) }
    var buffer = [UInt8](repeating: 0, count: 1024)
    let count = fread(&buffer, 1, buffer.count, file)
    // The command's name, in parentheses, may hold anything: count from behind it.
    let text = String(decoding: buffer[..<count], as: UTF8.self)
    guard let close = text.lastIndex(of: ")") else { return nil }
    return text[text.index(after: close)...].split(separator: " ").map(String.init)
  }
}
