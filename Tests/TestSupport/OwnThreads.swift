import Foundation
import Synchronization
import Testing

/// Runs every test of a suite on threads that nobody else needs, a few tests at a time: a test may then wait for a server, a
/// program or a task without holding one of the few threads on which that task would run. Every suite has it, and whoever
/// waits asks `OwnThreads.expect()` for it, so that no run is a matter of luck.
public struct OwnThreads: SuiteTrait, TestTrait, TestScoping {
  /// Tests under way at once; most of them wait for most of their time.
  private static let places = Places(count: 8)

  public var isRecursive: Bool { true }

  public func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    guard testCase != nil else { return try await function() }
    await Self.places.take()
    let number = Watch.shared.begin(test, testCase)
    defer {
      Watch.shared.end(number)
      Self.places.give()
    }
    try await withTaskExecutorPreference(ThreadPool.shared) { try await function() }
  }

  /// Stops the run when the caller would hold one of the shared threads while it waits.
  public static func expect() {
    let mayWait = withUnsafeCurrentTask { task in
      guard let task else { return true }
      return task.unownedTaskExecutor == ThreadPool.shared.asUnownedTaskExecutor()
    }
    precondition(mayWait, "this test waits on a thread that others need: give its suite the trait .ownThreads")
  }
}

extension Trait where Self == OwnThreads {
  public static var ownThreads: OwnThreads { OwnThreads() }
}

/// Ends the whole run when a test does not end, and says which: else nobody would learn it, since a test that waits cannot be
/// stopped and what was printed last need not be its.
private final class Watch: Sendable {
  static let shared = Watch()
  /// Seconds; several times what any `patience` allows.
  private static let limit: TimeInterval = 400

  private struct Running {
    var name: String
    var since: TimeInterval
  }

  private struct State {
    var count = 0
    var running: [Int: Running] = [:]
    var isWatching = false
  }

  private let state = Mutex(State())

  func begin(_ test: Test, _ testCase: Test.Case?) -> Int {
    let arguments = test.isParameterized ? " \(testCase.map { "\($0)" } ?? "")" : ""
    let running = Running(name: "\(test.id)\(arguments)", since: ProcessInfo.processInfo.systemUptime)
    let (number, isFirst) = state.withLock { state in
      state.count += 1
      state.running[state.count] = running
      defer { state.isWatching = true }
      return (state.count, !state.isWatching)
    }
    if isFirst { Thread.detachNewThread { self.watch() } }
    return number
  }

  func end(_ number: Int) { state.withLock { $0.running[number] = nil } }

  private func watch() -> Never {
    while true {
      poll(nil, 0, 5000)
      let now = ProcessInfo.processInfo.systemUptime
      let running = state.withLock { $0.running.values.sorted { $0.since < $1.since } }
      guard let oldest = running.first, now - oldest.since > Self.limit else { continue }
      let lines = running.map { "  for \(Int(now - $0.since)) s: \($0.name)\n" }.joined()
      FileHandle.standardError.write(Data("\na test has not ended; under way are\n\(lines)".utf8))
      fflush(nil)
      abort()
    }
  }
}

/// Lets so many in at once; the others wait without a thread, in the order they came.
private final class Places: Sendable {
  private struct State {
    var free: Int
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private let state: Mutex<State>

  init(count: Int) { state = Mutex(State(free: count)) }

  func take() async {
    await withCheckedContinuation { continuation in
      let isIn = state.withLock { state in
        if state.free > 0 {
          state.free -= 1
          return true
        }
        state.waiting.append(continuation)
        return false
      }
      if isIn { continuation.resume() }
    }
  }

  func give() {
    let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
      if state.waiting.isEmpty {
        state.free += 1
        return nil
      }
      return state.waiting.removeFirst()
    }
    next?.resume()
  }
}

/// As many threads as there are jobs that run or wait; a thread without a job is used again.
///
/// Unchecked, because everything is behind `condition`.
private final class ThreadPool: TaskExecutor, @unchecked Sendable {
  static let shared = ThreadPool()

  private let condition = NSCondition()
  private var jobs: [UnownedJob] = []
  private var idle = 0

  func enqueue(_ job: consuming ExecutorJob) {
    condition.lock()
    jobs.append(UnownedJob(job))
    if jobs.count > idle { addThread() }
    // Not `signal`: before glibc 2.41 that may wake nobody (its bug 25847), and the last job of a run would never begin.
    condition.broadcast()
    condition.unlock()
  }

  private func addThread() {
    let thread = Thread { self.work() }
    // As much as the main thread has: some tests nest deeply.
    thread.stackSize = 8 << 20
    thread.start()
  }

  private func work() -> Never {
    while true {
      condition.lock()
      while jobs.isEmpty {
        idle += 1
        condition.wait()
        idle -= 1
      }
      let job = jobs.removeFirst()
      condition.unlock()
      job.runSynchronously(on: asUnownedTaskExecutor())
    }
  }
}

/// Does something with each of these, so many at once: for cases that mostly wait.
public func each<Item: Sendable>(
  _ items: some Sequence<Item>, atOnce width: Int = 6, _ body: @escaping @Sendable (Item) async -> Void
) async {
  await withTaskGroup(of: Void.self) { group in
    for (number, item) in items.enumerated() {
      if number >= width { await group.next() }
      group.addTask { await body(item) }
    }
  }
}
