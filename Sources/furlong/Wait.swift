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
      SignalWatch(number) {
        let isSecond = signalled.withLock { signalled in
          defer { signalled = number }
          return signalled != nil
        }
        if isSecond { exit(128 + number) }
        task.cancel()
      }
    }
    done.wait()
    for watch in watches { watch.end() }
    guard let value = result.withLock(\.self) else { preconditionFailure("the work ended without a value") }
    return (value, signalled.withLock(\.self))
  }
}

/// Takes one signal in place of what it does otherwise, until `end`: at a prompt afterwards Ctrl-C must end the program again.
struct SignalWatch {
  private let number: Int32
  private let before: sig_t?
  private let source: any DispatchSourceSignal

  /// - Parameter act: on a queue of its own.
  init(_ number: Int32, act: @escaping @Sendable () -> Void) {
    self.number = number
    before = signal(number, SIG_IGN)
    source = DispatchSource.makeSignalSource(signal: number, queue: .global())
    source.setEventHandler(handler: act)
    source.resume()
  }

  func end() {
    source.cancel()
    _ = signal(number, before)
  }
}
