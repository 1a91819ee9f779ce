import Core
import Engine
import Foundation
import Synchronization

/// Runs asynchronous work for a command, which is synchronous, and waits for it. Ctrl-C cancels the work and keeps what came.
enum Wait {
  /// - Returns: the value, and the signal that cut it short.
  static func run<Value: Sendable>(
    _ work: @escaping @Sendable () async -> Value
  ) -> (value: Value, interruption: Int32?) {
    let result = Mutex<Value?>(nil)
    let signalled = Mutex<Int32?>(nil)
    let done = DispatchSemaphore(value: 0)
    let task = Task.detached {
      let value = await work()
      result.withLock { $0 = value }
      done.signal()
    }
    let watches = [SIGINT, SIGTERM, SIGHUP].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        let isSecond = signalled.withLock { signalled in
          defer { signalled = number }
          return signalled != nil
        }
        if isSecond { exit(128 + number) }
        task.cancel()
      }
      source.resume()
      return source
    }
    done.wait()
    for watch in watches { watch.cancel() }
    guard let value = result.withLock(\.self) else { preconditionFailure("the work ended without a value") }
    return (value, signalled.withLock(\.self))
  }
}
