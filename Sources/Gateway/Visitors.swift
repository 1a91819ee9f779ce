import Core
import HummingbirdCore
import Logging
import NIOCore
import Synchronization

/// Counts the open connections and stops taking more before this process runs out of descriptors: then those that have
/// waited longest for nothing are let go. One for a gateway; on its event loop.
final class Visitors: AvailableConnectionsDelegate, Sendable {
  private struct State {
    var count = 0
    /// Connections on which no request is open, and since when.
    var idle: [ObjectIdentifier: (channel: any NIOCore.Channel, since: Int64)] = [:]
    var told: Int64?
  }

  /// Nanoseconds that a connection may have nothing to say while others wait for its place: a client sends its request with
  /// what opens the connection.
  static let leastIdle: Int64 = 100_000_000
  private static let tellAgain: Int64 = 60_000_000_000

  let most: Int
  private let logger: Logger
  private let clock: Clock
  private let state = Mutex(State())

  init(most: Int, logger: Logger, clock: Clock) { (self.most, self.logger, self.clock) = (most, logger, clock) }

  func connectionOpened() {
    state.withLock { $0.count += 1 }
    makeRoom()
  }

  func connectionClosed() { state.withLock { $0.count -= 1 } }

  func isAcceptingNewConnections() -> Bool {
    let count = state.withLock(\.count)
    // Others take descriptors as well. The close of a connection is what has this asked again: the first is always taken.
    return count < most && (count == 0 || Descriptors.hasSome)
  }

  func waits(_ channel: any NIOCore.Channel) {
    let now = clock.now()
    state.withLock { $0.idle[ObjectIdentifier(channel)] = (channel, now) }
  }

  /// It asks something, or has gone.
  func isBusy(_ channel: any NIOCore.Channel) {
    state.withLock { _ = $0.idle.removeValue(forKey: ObjectIdentifier(channel)) }
  }

  /// Lets the oldest idle connection go when there is no place for another, at once or as soon as it is old enough. Called for
  /// each that comes, and every second.
  func makeRoom() {
    let now = clock.now()
    let (oldest, wait, tells) = state.withLock { state -> ((any NIOCore.Channel)?, Int64, Bool) in
      guard state.count >= most || !Descriptors.hasSome else { return (nil, 0, false) }
      let tells = state.told.map { now - $0 >= Self.tellAgain } ?? true
      if tells { state.told = now }
      guard let oldest = state.idle.min(by: { $0.value.since < $1.value.since }) else { return (nil, 0, tells) }
      let wait = oldest.value.since + Self.leastIdle - now
      if wait <= 0 { state.idle[oldest.key] = nil }
      return (oldest.value.channel, wait, tells)
    }
    if let oldest {
      if wait <= 0 {
        oldest.close(promise: nil)
      } else {
        oldest.eventLoop.scheduleTask(in: .nanoseconds(wait)) { [weak self] in self?.makeRoom() }
      }
    }
    if tells {
      logger.warning(
        "no more connections are taken until others end",
        metadata: ["most": .string("\(most)"), "descriptors": .string("\(Descriptors.limit)")])
    }
  }
}
