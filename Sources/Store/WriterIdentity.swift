import Core
import GRDB

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Names a running process so that another Furlong can tell whether it still lives: process id and start time, since ids are used
/// again, and where those are counted, since a container or another machine has its own.
struct WriterIdentity: Equatable {
  let text: String

  static var current: WriterIdentity { WriterIdentity(text: own) }

  private static let own = [String(getpid()), startTime(of: getpid()) ?? "0", ownSpace].compactMap(\.self)
    .joined(separator: ":")

  /// The boot of this machine and the namespace of its process ids; nil where the system has none.
  private static let ownSpace: String? = {
    var link = [UInt8](repeating: 0, count: 64)
    let count = readlink("/proc/self/ns/pid", &link, link.count)
    guard count > 0, let boot = contents(of: "/proc/sys/kernel/random/boot_id") else { return nil }
    return boot.prefix(8) + "-" + String(decoding: link[..<count], as: UTF8.self).filter(\.isNumber)
  }()

  /// Seconds between the signs of life of a process that has something open, and after how many without one it counts as dead for
  /// those who cannot see it.
  static let beat: Int64 = 60
  static let longestSilence: Int64 = 600

  /// - Parameters:
  ///   - database: for the signs of life of a process in another namespace or on another machine; it is not even there for the
  ///     system, though it may live.
  ///   - date: now, in seconds since 1970.
  func isAlive(_ database: Database, at date: Int64) -> Bool {
    guard let space, space != Self.ownSpace else { return isAliveHere }
    let seen = try? Int64.fetchOne(
      database.cachedStatement(sql: "SELECT seen FROM writer WHERE id = ? AND typeof(seen) = 'integer'"),
      arguments: [text])
    guard let seen = seen ?? nil else { return false }
    return date.subtractingSaturating(seen) < Self.longestSilence
  }

  private var parts: [Substring] { text.split(separator: ":", omittingEmptySubsequences: false) }

  private var space: String? { parts.count == 3 ? String(parts[2]) : nil }

  /// Of a process whose id is counted as ours is.
  private var isAliveHere: Bool {
    let parts = parts
    guard parts.count >= 2, let pid = pid_t(parts[0]) else { return false }
    // Killed, and only not yet taken notice of by its parent.
    if Self.fields(of: pid)?.first.map({ $0 == "Z" || $0 == "X" }) == true { return false }
    if let start = Self.startTime(of: pid) { return start == parts[1] }
    return kill(pid, 0) == 0 || errno == EPERM
  }

  /// Field 22 of `/proc/PID/stat`, in clock ticks since boot; nil without `/proc` or without the process.
  private static func startTime(of pid: pid_t) -> String? {
    fields(of: pid).flatMap { $0.count > 19 ? $0[19] : nil }
  }

  /// The fields of `/proc/PID/stat` from the third on, which is the state.
  private static func fields(of pid: pid_t) -> [String]? {
    // The command's name, in parentheses, may hold anything: count from behind it.
    guard let text = contents(of: "/proc/\(pid)/stat"), let close = text.lastIndex(of: ")") else { return nil }
    return text[text.index(after: close)...].split(separator: " ").map(String.init)
  }

  private static func contents(of path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var buffer = [UInt8](repeating: 0, count: 1024)
    let count = fread(&buffer, 1, buffer.count, file)
    return String(decoding: buffer[..<count], as: UTF8.self)
  }
}
