import NIOCore
import Synchronization

/// The crossing from the transfer thread to the task that writes to a client: bytes gather here while the client is slow, and go
/// out in one piece.
final class Outbox: Sendable {
  /// A client that is this far behind has stopped reading.
  static let most = 8 << 20

  private struct Content {
    var bytes = ByteBuffer()
    var isFinished = false
    var waiting: CheckedContinuation<ByteBuffer?, Never>?
  }

  private let content = Mutex(Content())

  /// False when the client is too far behind; what it gets then has a hole, so it must be closed.
  func append(_ bytes: [UInt8]) -> Bool {
    var isBehind = false
    let (waiting, ready) = content.withLock { content -> (CheckedContinuation<ByteBuffer?, Never>?, ByteBuffer?) in
      content.bytes.writeBytes(bytes)
      isBehind = content.bytes.readableBytes > Outbox.most
      guard let waiting = content.waiting else { return (nil, nil) }
      content.waiting = nil
      defer { content.bytes = ByteBuffer() }
      return (waiting, content.bytes)
    }
    waiting?.resume(returning: ready)
    return !isBehind
  }

  func finish() {
    let waiting = content.withLock { content in
      content.isFinished = true
      defer { content.waiting = nil }
      return content.waiting
    }
    waiting?.resume(returning: nil)
  }

  /// Everything that has come since the last call; nil after the end. One reader.
  func next() async -> ByteBuffer? {
    await withCheckedContinuation { continuation in
      let ready: ByteBuffer?? = content.withLock { content in
        if content.bytes.readableBytes > 0 {
          defer { content.bytes = ByteBuffer() }
          return .some(content.bytes)
        }
        if content.isFinished { return .some(nil) }
        content.waiting = continuation
        return nil
      }
      if let ready { continuation.resume(returning: ready) }
    }
  }
}

/// A value that comes once, for one who waits.
final class Coming<Value: Sendable>: Sendable {
  private enum State {
    case empty
    case waiting(CheckedContinuation<Value, Never>)
    case here(Value)
    case taken
  }

  private let state = Mutex(State.empty)

  /// The first value counts.
  func give(_ value: Value) {
    let waiting = state.withLock { state -> CheckedContinuation<Value, Never>? in
      switch state {
      case .empty: state = .here(value)
      case .waiting(let waiting):
        state = .taken
        return waiting
      case .here, .taken: break
      }
      return nil
    }
    waiting?.resume(returning: value)
  }

  func value() async -> Value {
    await withCheckedContinuation { continuation in
      let here = state.withLock { state -> Value? in
        if case .here(let value) = state {
          state = .taken
          return value
        }
        state = .waiting(continuation)
        return nil
      }
      if let here { continuation.resume(returning: here) }
    }
  }
}
