import Core
import Synchronization

/// A clock in a test's hand: no time passes unless the test says so. Its two times are moved each for itself.
public final class StillClock: Sendable {
  private let time = Atomic<Int64>(1_000_000_000_000)
  private let seconds: Atomic<Int64>

  /// - Parameter date: seconds since 1970.
  public init(date: Int64 = 1_795_600_000) { seconds = Atomic(date) }

  /// Monotonic nanoseconds.
  public var now: Int64 {
    get { time.load(ordering: .sequentiallyConsistent) }
    set { time.store(newValue, ordering: .sequentiallyConsistent) }
  }

  /// Seconds since 1970.
  public var date: Int64 {
    get { seconds.load(ordering: .sequentiallyConsistent) }
    set { seconds.store(newValue, ordering: .sequentiallyConsistent) }
  }

  /// To be handed to what is tested.
  public var clock: Clock {
    Clock(now: { self.now }, wall: { self.date.multipliedSaturating(by: 1_000_000_000) }, date: { self.date })
  }

  /// - Parameter perform: has work done on the loop that goes by this clock.
  public func pass(milliseconds: Int64, noticedBy perform: (@escaping @Sendable () -> Void) -> Void) {
    time.add(milliseconds * 1_000_000, ordering: .sequentiallyConsistent)
    // Once round: what is due fires between one piece of work and the next.
    for _ in 0..<2 {
      let turn = Gate()
      perform { turn.open() }
      turn.wait()
    }
  }
}
