import Foundation

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
  public func wait(seconds: Double = 10, until isEnough: ([Entry]) -> Bool) -> Bool {
    let deadline = Date(timeIntervalSinceNow: seconds)
    condition.lock()
    defer { condition.unlock() }
    while !isEnough(list) {
      if !condition.wait(until: deadline) { return isEnough(list) }
    }
    return true
  }

  /// Waits for an entry that `isWanted`; nil when none came in time.
  public func first(seconds: Double = 10, where isWanted: (Entry) -> Bool) -> Entry? {
    _ = wait(seconds: seconds) { $0.contains(where: isWanted) }
    return entries.first(where: isWanted)
  }
}

/// A door that stays shut until it is opened once.
public final class Gate: Sendable {
  private let journal = Journal<Void>()

  public init() {}

  public func open() { journal.append(()) }

  /// False when it was not opened in time.
  @discardableResult
  public func wait(seconds: Double = 10) -> Bool { journal.wait(seconds: seconds) { !$0.isEmpty } }
}

/// SplitMix64 (Steele, Lea and Flood, 2014): the same numbers for the same seed, on every machine.
public struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
