import Core

/// When a failed attempt is worth another. Only ever before the first token.
struct Retry {
  static let mostAttempts = 3
  /// A provider that asks for more patience than this has lost its place in the race.
  static let longestWait: Int64 = 60_000_000_000

  /// Somebody's SDK waits, and can do so by itself.
  static let longestRelayedWait: Int64 = 5_000_000_000

  /// Nanoseconds to wait before the next attempt, or nil to give up.
  /// - Parameters:
  ///   - attempts: made so far, this one included.
  ///   - jitter: from 0 to 1.
  static func delay(
    after error: ResponseError, attempts: Int, jitter: Double, longestWait: Int64 = longestWait
  ) -> Int64? {
    guard error.retryable, attempts < mostAttempts else { return nil }
    if let asked = error.retryAfter { return asked <= longestWait ? asked : nil }
    let base = 500_000_000.0 * Double(1 << (attempts - 1))
    return Int64(saturating: base * (0.75 + 0.5 * jitter))
  }
}
