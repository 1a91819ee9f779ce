import Synchronization

/// A clock in a test's hand: no time passes unless the test says so.
public final class StillClock: Sendable {
  private let time = Atomic<Int64>(1_000_000_000_000)

  public init() {}

  /// Monotonic nanoseconds.
  public var now: Int64 { time.load(ordering: .sequentiallyConsistent) }

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
