import Core
import Dispatch
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Runs the check of `first-valid` away from the transfer thread: a command may take its time, and so may a bad pattern.
enum ValidityChecker {
  private static let limit = 10.0
  private static let queue = DispatchQueue(label: "furlong.check", attributes: .concurrent)

  /// Calls `then` once, on some thread, within ten seconds.
  static func run(_ check: ValidityCheck, on answer: String, then: @escaping @Sendable (Bool) -> Void) {
    let once = Once(then)
    queue.async { once.call(passes(check, answer)) }
    if case .regex = check { queue.asyncAfter(deadline: .now() + limit) { once.call(false) } }
  }

  private static func passes(_ check: ValidityCheck, _ answer: String) -> Bool {
    switch check {
    case .nonempty: answer.contains { !$0.isWhitespace }
    case .json: (try? JSONDocument().parse(answer)) != nil
    case .regex(let pattern): (try? Regex(pattern)).map { answer.firstMatch(of: $0) != nil } ?? false
    case .exec(let command): succeeds(command, input: answer)
    }
  }

  /// The answer goes in through a file that has no name any more: a command that never reads it cannot block us, and nothing
  /// the model wrote comes near the shell's words.
  private static func succeeds(_ command: String, input: String) -> Bool {
    guard let file = tmpfile() else { return false }
    defer { fclose(file) }
    let bytes = Array(input.utf8)
    fwrite(bytes, 1, bytes.count, file)
    fflush(file)
    rewind(file)

    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, fileno(file), 0)
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // A group of its own, so that what the command starts ends with it.
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    var pid = pid_t()
    var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("/bin/sh"), strdup("-c"), strdup(command), nil]
    defer { for argument in arguments { free(argument) } }
    guard posix_spawn(&pid, "/bin/sh", &actions, &attributes, &arguments, environ) == 0 else { return false }
    return waitForExit(of: pid) == 0
  }

  private static func waitForExit(of pid: pid_t) -> Int32? {
    let deadline = Clock.now() + Int64(limit * 1e9)
    var status: Int32 = 0
    while waitpid(pid, &status, WNOHANG) == 0 {
      guard Clock.now() < deadline else {
        kill(-pid, SIGKILL)
        waitpid(pid, &status, 0)
        return nil
      }
      poll(nil, 0, 5)
    }
    return status & 0x7F == 0 ? status >> 8 & 0xFF : nil
  }
}

/// A callback that only the first caller reaches.
private final class Once: Sendable {
  private let isSpent = Atomic(false)
  private let work: @Sendable (Bool) -> Void

  init(_ work: @escaping @Sendable (Bool) -> Void) { self.work = work }

  func call(_ value: Bool) {
    if !isSpent.exchange(true, ordering: .relaxed) { work(value) }
  }
}
