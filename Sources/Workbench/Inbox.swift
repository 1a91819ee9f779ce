import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Inputs from other threads on their way to the main loop, which polls `descriptor` together with the keyboard.
public final class Inbox: Sendable {
  private let inputs = Mutex<[Input]>([])
  /// Readable when there is something to take.
  let descriptor: Int32
  /// A byte written there wakes the loop.
  let writeEnd: Int32

  public init() {
    var ends: [Int32] = [-1, -1]
    pipe(&ends)
    for end in ends { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
    (descriptor, writeEnd) = (ends[0], ends[1])
  }

  deinit {
    close(descriptor)
    close(writeEnd)
  }

  /// From any thread; never waits. The loop is woken once for a whole batch.
  public func post(_ input: Input) {
    let mustWake = inputs.withLock { inputs in
      inputs.append(input)
      return inputs.count == 1
    }
    if mustWake {
      var byte: UInt8 = 1
      _ = write(writeEnd, &byte, 1)
    }
  }

  /// Everything posted so far, in order.
  func take() -> [Input] {
    var drain = [UInt8](repeating: 0, count: 64)
    while read(descriptor, &drain, drain.count) > 0 {}
    return inputs.withLock { inputs in
      defer { inputs = [] }
      return inputs
    }
  }
}
