import Core
import Dispatch
import Engine
import Synchronization

/// Reads what the gateway is doing, one reading after the other, away from the main thread. What costs time is not read each
/// time: calls that are over, and the sums of an hour, in which a hundred thousand calls may be.
final class TrafficReader: Sendable {
  /// Charges may be settled and keys renamed afterwards.
  private static let memoryTime: Int64 = 10_000_000_000

  private struct Memory {
    var calls: [String: TrafficCall] = [:]
    var callsUntil: Int64 = 0
    var hour = TrafficSums()
    var hourUntil: Int64 = 0
  }

  private let queue = DispatchQueue(label: "furlong.traffic", qos: .userInitiated)
  private let memory = Mutex(Memory())

  /// - Parameter tell: on the reader's queue.
  func read(_ engine: Engine, limit: Int, tell: @escaping @Sendable (Result<Traffic, StoreFault>) -> Void) {
    queue.async {
      var memory = self.memory.withLock(\.self)
      do throws(StoreFault) {
        tell(.success(try Self.traffic(engine, limit, &memory)))
        self.memory.withLock { $0 = memory }
      } catch {
        tell(.failure(error))
      }
    }
  }

  private static func traffic(_ engine: Engine, _ limit: Int, _ memory: inout Memory) throws(StoreFault) -> Traffic {
    let (store, clock) = (engine.store, engine.clock)
    let now = clock.now()
    var traffic = Traffic()
    traffic.date = clock.date()
    if now >= memory.callsUntil { (memory.calls, memory.callsUntil) = ([:], now + memoryTime) }
    traffic.calls = try store.trafficCalls(limit: limit, known: memory.calls)
    memory.calls = Dictionary(traffic.calls.map { ($0.id, $0) }) { first, _ in first }
    traffic.open = try store.openTrafficCalls()
    traffic.minute = try store.trafficSums(since: traffic.date - 59)
    if now >= memory.hourUntil {
      let start = clock.now()
      memory.hour = try store.trafficSums(since: traffic.date - 3599)
      // A twentieth of the time at the most.
      memory.hourUntil = now + 20 * (clock.now() - start)
    }
    traffic.hour = memory.hour
    return traffic
  }
}

/// The page of the gateway's traffic: what it asks of the database.
extension Conductor {
  func readTraffic(limit: Int) {
    let inbox = inbox
    traffic.read(engine, limit: limit) { result in
      switch result {
      case .success(let traffic): inbox.post(.traffic(traffic))
      case .failure(let fault):
        inbox.post(.traffic(nil))
        inbox.post(.message(fault.message))
      }
    }
  }
}
