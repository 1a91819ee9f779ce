/// When one key asked within the last minute. A value; whoever holds it guards it.
struct RecentRequests {
  private static let minute: Int64 = 60_000_000_000

  /// Monotonic nanoseconds, oldest first; those before `first` are over.
  private var times: [Int64] = []
  private var first = 0

  /// Nanoseconds until there is room for one more in the last minute; 0 when there is now.
  mutating func wait(limit: Int, now: Int64) -> Int64 {
    while first < times.count, times[first] <= now - Self.minute { first += 1 }
    if first > 1024, first > times.count / 2 {
      times.removeFirst(first)
      first = 0
    }
    guard times.count - first >= max(1, limit) else { return 0 }
    // The oldest one that has to leave the minute, should the limit have been lowered.
    return times[times.count - max(1, limit)] + Self.minute - now
  }

  mutating func note(_ now: Int64) { times.append(now) }
}
