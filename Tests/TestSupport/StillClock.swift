import Synchronization

/// A clock in a test's hand: no time passes unless the test says so.
public final class StillClock: Sendable {
  private let time = Atomic<Int64>(1_000_000_000_000)

  public init() {}

  /// Monotonic nanoseconds.
  public var now: Int64 { time.load(ordering: .sequentiallyConsistent) }

  public func pass(milliseconds: Int64) { time.add(milliseconds * 1_000_000, ordering: .sequentiallyConsistent) }
}
