#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Dates as people type them: `2026-11-25`, `today`, `yesterday`, `7d` (that many days ago), in the machine's own time zone.
public enum DayText {
  /// The first second of it, since 1970; nil when it is no date.
  public static func start(_ text: String, now: Int64) -> Int64? {
    if let days = daysAgo(text) { return (now.clamped(to: Bounds.dates) - days * 86_400).clamped(to: Bounds.dates) }
    return day(text, now).flatMap { midnight($0) }
  }

  /// The first second after it.
  public static func end(_ text: String, now: Int64) -> Int64? {
    if let days = daysAgo(text) { return (now.clamped(to: Bounds.dates) - days * 86_400).clamped(to: Bounds.dates) }
    return day(text, now).flatMap { day in
      var next = day
      next.tm_mday += 1
      return midnight(next)
    }
  }

  private static func daysAgo(_ text: String) -> Int64? {
    guard text.last == "d", text.count < 8, let days = Int64(text.dropLast()), days >= 0 else { return nil }
    return days
  }

  private static func day(_ text: String, _ now: Int64) -> tm? {
    var seconds = time_t(now.clamped(to: Bounds.dates))
    var day = tm()
    localtime_r(&seconds, &day)
    if text == "today" { return day }
    if text == "yesterday" {
      day.tm_mday -= 1
      return day
    }
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, parts.map(\.count) == [4, 2, 2] else { return nil }
    let numbers = parts.compactMap { part in part.allSatisfy { $0.isASCII && $0.isNumber } ? Int32(part) : nil }
    guard numbers.count == 3 else { return nil }
    (day.tm_year, day.tm_mon, day.tm_mday) = (numbers[0] - 1900, numbers[1] - 1, numbers[2])
    // A day that the month does not have comes back as another.
    var copy = day
    guard let second = midnight(copy) else { return nil }
    seconds = time_t(second)
    localtime_r(&seconds, &copy)
    return copy.tm_mday == numbers[2] && copy.tm_mon == numbers[1] - 1 ? day : nil
  }

  private static func midnight(_ day: tm) -> Int64? {
    var day = day
    (day.tm_hour, day.tm_min, day.tm_sec, day.tm_isdst) = (0, 0, 0, -1)
    let seconds = mktime(&day)
    // A zone, and yesterday, may be behind or ahead of the first and the last moment that there are.
    let moment = Int64(seconds).clamped(to: Bounds.dates)
    return seconds == -1 || Int64(seconds).subtractingSaturating(moment).magnitude > 2 * 86_400 ? nil : moment
  }
}
