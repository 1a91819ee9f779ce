import Core
import Engine
import Store
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

/// A data set that is asked without the workbench: a line tells how far it is.
enum BatchAsking {
  /// - Returns: what came of it, and the signal that stopped it.
  /// - Throws: `CommandError`.
  static func run<Value: Sendable>(
    _ work: @escaping @Sendable (_ observe: @escaping @Sendable (BatchEvent) -> Void) async throws -> Value
  ) throws(CommandError) -> (value: Value, interruption: Int32?) {
    let line = ProgressLine()
    let (outcome, interruption) = Wait.run { () -> Result<Value, any Error> in
      do {
        return .success(
          try await work { event in if case .progress(let progress) = event { line.show(progress) } })
      } catch {
        return .failure(error)
      }
    }
    line.end()
    do {
      return (try outcome.get(), interruption)
    } catch {
      throw (error as? CommandError) ?? CommandError((error as? StoreError)?.message ?? "\(error)")
    }
  }
}
