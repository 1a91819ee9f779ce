import Core
import Dispatch

/// Runs the check of `first-valid` away from the transfer thread: a command may take its time, and so may a bad pattern.
enum ValidityChecker {
  private static let limit = 10.0
  private static let deadlines = DispatchQueue(label: "furlong.check")

  /// Calls `then` once, on some thread, within ten seconds.
  static func run(_ check: ValidityCheck, on answer: String, then: @escaping @Sendable (Bool) -> Void) {
    let once = Once(then)
    switch check {
    case .nonempty: OwnThread.start { once.call(answer.contains { !$0.isWhitespace }) }
    case .json: OwnThread.start { once.call((try? JSONDocument().parse(answer)) != nil) }
    case .regex(let pattern):
      OwnThread.start { once.call((try? Regex(pattern)).map { answer.firstMatch(of: $0) != nil } ?? false) }
      deadlines.asyncAfter(deadline: .now() + limit) { once.call(false) }
    case .exec(let command): Task { once.call(await succeeds(command, input: answer)) }
    }
  }

  /// The answer is the command's standard input: nothing the model wrote comes near the shell's words.
  private static func succeeds(_ command: String, input: String) async -> Bool {
    // What it says goes nowhere.
    let quiet = "{ \(command)\n} >/dev/null 2>&1"
    let ended = await ChildProcess.run("/bin/sh", ["-c", quiet], input: Array(input.utf8), seconds: limit)
    return (try? ended.get())?.status == 0
  }
}
