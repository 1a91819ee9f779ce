import Core
import Foundation
import TestSupport
import Transport

/// A transfer's event as a value that stays.
enum Heard: Equatable {
  case sent
  case head(Int)
  case bytes([UInt8])
  case finished(TransferError?)

  var isFinished: Bool { if case .finished = self { true } else { false } }
  var isSent: Bool { if case .sent = self { true } else { false } }
  var isBytes: Bool { if case .bytes = self { true } else { false } }
}

/// One request on a loop, heard to its end.
final class Listener: @unchecked Sendable {
  let journal = Journal<Heard>()
  let phases = Journal<ConnectionPhases>()
  let times = Journal<Int64>()
  let headers = Journal<[String: String]>()
  private let started = Journal<TransferID>()

  init(_ loop: TransferLoop, _ request: TransferRequest) {
    loop.perform { [self] in
      let box = Box()
      let id = loop.submit(request) { [self] event in
        switch event {
        case .sent(let at):
          times.append(at)
          journal.append(.sent)
        case .head(let status, let fields, let at):
          times.append(at)
          headers.append(fields)
          if let found = box.id.flatMap({ loop.phases(of: $0) }) { phases.append(found) }
          journal.append(.head(status))
        case .bytes(let bytes, let at):
          times.append(at)
          journal.append(.bytes(Array(bytes)))
        case .finished(let error, let at):
          times.append(at)
          journal.append(.finished(error))
        }
      }
      box.id = id
      started.append(id)
    }
  }

  private final class Box { var id: TransferID? }

  var id: TransferID? { started.first { _ in true } }

  /// Everything heard up to the end; nil when there was no end in time.
  func whole(seconds: Double = patience) -> [Heard]? {
    journal.wait(seconds: seconds) { $0.contains(where: \.isFinished) } ? journal.entries : nil
  }

  var body: [UInt8] { journal.entries.flatMap { if case .bytes(let bytes) = $0 { bytes } else { [UInt8]() } } }
}

/// A loop that ends with the test.
final class Loop {
  let loop: TransferLoop

  init() { loop = TransferLoop() }
  init(_ clock: StillClock) { loop = TransferLoop { clock.now } }

  /// Lets so many milliseconds pass and the loop notice it.
  func pass(_ milliseconds: Int64, _ clock: StillClock) {
    clock.pass(milliseconds: milliseconds, noticedBy: loop.perform)
  }

  deinit { loop.stop() }
}
