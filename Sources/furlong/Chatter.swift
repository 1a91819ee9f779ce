import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Lines for a file or pipe whose reader may have stopped reading: it is given a second, then what comes is dropped until it
/// reads again, and the count is told. Any thread.
final class Chatter: Sendable {
  private struct State {
    var isStuck = false
    var dropped = 0
  }

  /// Milliseconds.
  private let patience: Int32
  private let descriptor: Int32
  private let state = Mutex(State())

  init(descriptor: Int32, patience: Int32 = 1000) { (self.descriptor, self.patience) = (descriptor, patience) }

  func write(_ line: String) {
    state.withLock { state in
      let notice = state.dropped > 0 ? "furlong: \(state.dropped) lines were dropped, since nobody read them\n" : ""
      if put(notice + line, patience: state.isStuck ? 0 : patience) {
        state = State()
      } else {
        state.isStuck = true
        state.dropped += 1
      }
    }
  }

  /// In pieces that a pipe takes whole once it takes anything (POSIX: at least 512 bytes).
  private func put(_ text: String, patience: Int32) -> Bool {
    let bytes = Array(text.utf8)
    var start = 0
    while start < bytes.count {
      var file = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      let ready = poll(&file, 1, patience)
      if ready < 0, errno == EINTR { continue }
      guard ready > 0 else { return false }
      let count = bytes[start..<min(bytes.count, start + 512)].withUnsafeBytes {
        systemWrite(descriptor, $0)
      }
      if count < 0, errno != EINTR, errno != EAGAIN { return true }
      start += max(0, count)
    }
    return true
  }
}

/// The C function, whose name `Chatter.write` hides.
private func systemWrite(_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
  write(file, bytes.baseAddress, bytes.count)
}
