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
  }

  private let started = Clock.system.now()
  private let shown = Mutex(Shown())

  func show(_ progress: BatchProgress) {
    let now = Clock.system.now()
    let text = Self.text(progress, seconds: Double(now - started) / 1e9)
    shown.withLock { shown in
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

  /// `████░░ 12 of 40 · 3.1/s · $0.02 · 9s left`.
  static func text(_ progress: BatchProgress, seconds: Double) -> String {
    let share = progress.total == 0 ? 1 : Double(progress.done) / Double(progress.total)
    let filled = Int(saturating: share * 20)
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 20 - filled)
    var parts = ["\(bar) \(progress.done) of \(progress.total)"]
    let rate = seconds > 0 ? Double(progress.fresh) / seconds : 0
    if rate > 0 { parts.append(rate >= 1 ? "\(Readable.rate(rate))/s" : "\(Readable.rate(rate * 60))/min") }
    parts.append(Readable.total(progress.cost, hasUnknown: progress.hasUnknownCost))
    let left = progress.total - progress.done
    if rate > 0, left > 0 { parts.append("\(Readable.duration(Int64(saturating: Double(left) / rate * 1e9))) left") }
    return parts.joined(separator: " · ")
  }
}
