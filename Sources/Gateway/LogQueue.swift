import Core
import Dispatch
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Lines on their way to a file that may be slow, or a pipe that nobody reads: whoever logs leaves them here and never waits.
/// What does not fit is dropped and counted, and the count is written once lines are taken again. Writes on a thread of its own.
public final class LogQueue: Sendable {
  /// Bytes that wait at the most; a line of the gateway has about 200.
  public static let most = 1 << 20

  private struct State {
    var lines: [[UInt8]] = []
    var bytes = 0
    var dropped = 0
    var isWriting = false
    var isStarted = false
  }

  private let descriptor: Int32
  private let most: Int
  private let clock: Clock
  private let state = Mutex(State())
  private let work = DispatchSemaphore(value: 0)
  private let empty = DispatchSemaphore(value: 0)

  /// - Parameter descriptor: an open file, which stays open.
  public init(descriptor: Int32, most: Int = LogQueue.most, clock: Clock = .system) {
    (self.descriptor, self.most, self.clock) = (descriptor, most, clock)
  }

  /// Leaves a whole line, its end included.
  public func add(_ line: [UInt8]) {
    let (isNew, starts) = state.withLock { state -> (Bool, Bool) in
      guard state.bytes + line.count <= most else {
        state.dropped += 1
        return (false, false)
      }
      state.lines.append(line)
      state.bytes += line.count
      defer { state.isStarted = true }
      return (state.lines.count == 1, !state.isStarted)
    }
    if starts { start() }
    if isNew { work.signal() }
  }

  /// Waits until everything is written, but no longer than this many seconds: for the end of the process.
  public func flush(seconds: Double) {
    let deadline = DispatchTime.now() + seconds
    while state.withLock({ !$0.lines.isEmpty || $0.isWriting || $0.dropped > 0 }) {
      if empty.wait(timeout: deadline) == .timedOut { return }
    }
  }

  /// The thread lives as long as the process, as a log does.
  private func start() {
    var thread = pthread_t()
    pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        Unmanaged<LogQueue>.fromOpaque(context).takeRetainedValue().run()
      }, Unmanaged.passRetained(self).toOpaque())
    pthread_detach(thread)
  }

  private func run() -> Never {
    while true {
      work.wait()
      while let batch = next() {
        let isWritten = write(batch.bytes)
        state.withLock { state in
          state.isWriting = false
          if !isWritten { state.dropped += batch.count }
        }
      }
      empty.signal()
    }
  }

  /// Everything that waits, in one piece, after the count of what had no place.
  private func next() -> (bytes: [UInt8], count: Int)? {
    state.withLock { state in
      guard !state.lines.isEmpty else { return nil }
      var bytes: [UInt8] = []
      bytes.reserveCapacity(state.bytes + 128)
      if state.dropped > 0 { bytes += notice(dropped: state.dropped) }
      for line in state.lines { bytes += line }
      defer { (state.lines, state.bytes, state.dropped, state.isWriting) = ([], 0, 0, true) }
      return (bytes, state.lines.count + state.dropped)
    }
  }

  private func notice(dropped: Int) -> [UInt8] {
    let line: JSON = [
      "time": .string(isoTime(clock.date())), "level": "warning", "event": "log lines dropped",
      "count": .string("\(dropped)"),
    ]
    return Array((line.serialized() + "\n").utf8)
  }

  /// False when the file takes nothing any more.
  private func write(_ bytes: [UInt8]) -> Bool {
    var start = 0
    while start < bytes.count {
      let count = bytes[start...].withUnsafeBytes { systemWrite(descriptor, $0) }
      if count >= 0 {
        start += count
      } else if errno == EAGAIN {
        var file = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = poll(&file, 1, 1000)
      } else if errno != EINTR {
        return false
      }
    }
    return true
  }
}

/// The C function, whose name `LogQueue.write` hides.
private func systemWrite(_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
  write(file, bytes.baseAddress, bytes.count)
}
