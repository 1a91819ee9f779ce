import Core
import Engine
import Synchronization
import Workbench

/// How far a batch is: one line that is written over on a terminal, a line every tenth elsewhere.
final class ProgressLine: Sendable {
  private struct Shown {
    var at: Int64 = 0
    var tenth = -1
    var width = 0
    /// Words of several threads may overtake each other.
    var done = 0
  }

  private let started = Clock.system.now()
  private let shown = Mutex(Shown())

  func show(_ progress: BatchProgress) {
    let now = Clock.system.now()
    let text = progress.words(seconds: Double(now - started) / 1e9)
    shown.withLock { shown in
      guard progress.done >= shown.done else { return }
      shown.done = progress.done
      let isOver = progress.done >= progress.total
      if Console.errorIsTerminal {
        guard now - shown.at > 100_000_000 || isOver else { return }
        shown.at = now
        let padding = String(repeating: " ", count: max(0, shown.width - text.count))
        shown.width = text.count
        Console.errorLine("\r\(text)\(padding)\(isOver ? "\n" : "")")
      } else {
        let tenth = progress.total == 0 ? 10 : progress.done * 10 / progress.total
        guard tenth != shown.tenth else { return }
        shown.tenth = tenth
        Console.error(text)
      }
    }
  }

  /// Ends a line that was being written over.
  func end() {
    if Console.errorIsTerminal, shown.withLock({ $0.width > 0 }) { Console.error("") }
  }
}
