import Foundation

/// Seconds after which a test gives up waiting for what must come: long, so that a slow machine fails no test, and paid only by
/// a test that fails.
public let patience = 60.0

/// Waits until `isTrue`, looking again every few milliseconds, for what tells nobody when it happens. False when it did not in
/// time.
public func eventually(seconds: Double = patience, _ isTrue: () throws -> Bool) rethrows -> Bool {
  OwnThreads.expect()
  let deadline = Date(timeIntervalSinceNow: seconds)
  while try !isTrue() {
    if Date() > deadline { return false }
    poll(nil, 0, 5)
  }
  return true
}

/// What happened, in order, written from any thread and awaited by a test with a deadline.
///
/// Unchecked, because everything is behind `condition`.
public final class Journal<Entry>: @unchecked Sendable {
  private let condition = NSCondition()
  private var list: [Entry] = []

  public init() {}

  public func append(_ entry: Entry) {
    condition.lock()
    list.append(entry)
    condition.broadcast()
    condition.unlock()
  }

  public var entries: [Entry] {
    condition.lock()
    defer { condition.unlock() }
    return list
  }

  /// Waits until what has been written satisfies `isEnough`. False when that did not happen in time.
  public func wait(seconds: Double = patience, until isEnough: ([Entry]) -> Bool) -> Bool {
    OwnThreads.expect()
    let deadline = Date(timeIntervalSinceNow: seconds)
    condition.lock()
    defer { condition.unlock() }
    while !isEnough(list) {
      if !condition.wait(until: deadline) { return isEnough(list) }
    }
    return true
  }

  /// Waits for an entry that `isWanted`; nil when none came in time.
  public func first(seconds: Double = patience, where isWanted: (Entry) -> Bool) -> Entry? {
    _ = wait(seconds: seconds) { $0.contains(where: isWanted) }
    return entries.first(where: isWanted)
  }
}

/// A door that stays shut until it is opened once.
public final class Gate: Sendable {
  private let journal = Journal<Void>()

  public init() {}

  public func open() { journal.append(()) }

  /// For what runs on a thread that others need.
  public func opened() async {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        self.wait()
        continuation.resume()
      }
    }
  }

  /// False when it was not opened in time.
  @discardableResult
  public func wait(seconds: Double = patience) -> Bool { journal.wait(seconds: seconds) { !$0.isEmpty } }
}
