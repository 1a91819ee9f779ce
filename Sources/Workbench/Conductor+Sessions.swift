import Core
import Dispatch
import Engine
import Synchronization

/// Looks for sessions one question after the other, away from the main thread; those that a later one has overtaken are not
/// asked at all.
final class SessionFinder: Sendable {
  private let queue = DispatchQueue(label: "furlong.sessions", qos: .userInitiated)
  private let latest = Mutex(0)

  /// From any thread; begins what `read` does once `ready` has called back.
  func find(
    _ number: Int, after ready: (@escaping @Sendable () -> Void) -> Void, _ read: @escaping @Sendable () -> Void
  ) {
    latest.withLock { $0 = number }
    ready { self.queue.async { if self.latest.withLock(\.self) == number { read() } } }
  }
}

/// The sessions page: what it asks of the database.
extension Conductor {
  func find(_ filter: SessionFilter, _ limit: Int, _ number: Int) {
    let (store, inbox) = (engine.store, inbox)
    // What was changed a moment ago counts.
    finder.find(number, after: { ready in store.commit { _ in ready() } }) {
      do throws(StoreFault) {
        inbox.post(.foundSessions(try store.sessions(filter, limit: limit), number: number))
      } catch {
        inbox.post(.message(error.message))
      }
    }
  }
}
