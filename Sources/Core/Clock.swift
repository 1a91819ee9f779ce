#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What time it is. A value that is handed to whoever asks, from the top down, so that a test may hold the time still; callable
/// from any thread. What decides and does not act has no clock: it is told the time.
public struct Clock: Sendable {
  /// Monotonic, in nanoseconds since some fixed moment.
  public var now: @Sendable () -> Int64
  /// Wall time in nanoseconds since 1970, for those who put together what happened on several machines. From 1970 to 2262, and
  /// no further than that.
  public var wall: @Sendable () -> Int64
  /// Wall time in whole seconds since 1970, for dates that people read: in `Bounds.dates` wherever the clock stands.
  public var date: @Sendable () -> Int64

  public init(
    now: @escaping @Sendable () -> Int64, wall: @escaping @Sendable () -> Int64, date: @escaping @Sendable () -> Int64
  ) {
    (self.now, self.wall, self.date) = (now, wall, date)
  }

  /// The machine's.
  public static let system = Clock(
    now: {
      let time = read(CLOCK_MONOTONIC)
      return Int64(time.tv_sec).subtractingSaturating(start).multipliedSaturating(by: 1_000_000_000)
        .addingSaturating(Int64(time.tv_nsec))
    },
    wall: {
      let time = read(CLOCK_REALTIME)
      return max(0, Int64(time.tv_sec)).multipliedSaturating(by: 1_000_000_000).addingSaturating(Int64(time.tv_nsec))
    },
    date: { Int64(time(nil)).clamped(to: Bounds.dates) })

  /// The second that is counted from: the clock's own, but for one that has run for more than a hundred years, as it does
  /// where somebody has set it.
  private static let start: Int64 = {
    let seconds = Int64(read(CLOCK_MONOTONIC).tv_sec)
    return (0...4_000_000_000).contains(seconds) ? 0 : seconds.subtractingSaturating(1_000_000_000)
  }()

  private static func read(_ clock: clockid_t) -> timespec {
    var time = timespec()
    clock_gettime(clock, &time)
    return time
  }
}
