import Core
import Dispatch
import Engine
import Synchronization

/// Reads what the gateway is doing, one reading after the other, away from the main thread. Where the sums of
/// the hour take long, since a hundred thousand calls may be in them, they are read less often than the rest.
final class TrafficReader: Sendable {
  private let queue = DispatchQueue(label: "furlong.traffic", qos: .userInitiated)
  private let hour = Mutex<(sums: TrafficSums, until: Int64)?>(nil)

  /// - Parameter tell: on the reader's queue.
  func read(_ engine: Engine, limit: Int, tell: @escaping @Sendable (Result<Traffic, StoreFault>) -> Void) {
    queue.async {
      do throws(StoreFault) { tell(.success(try self.traffic(engine, limit))) } catch { tell(.failure(error)) }
    }
  }

  private func traffic(_ engine: Engine, _ limit: Int) throws(StoreFault) -> Traffic {
    let store = engine.store
    var traffic = Traffic()
    let date = Clock.date()
    traffic.date = date
    traffic.calls = try store.trafficCalls(limit: limit)
    traffic.open = try store.openTrafficCalls()
    traffic.minute = try store.trafficSums(since: date - 59)
    let now = Clock.now()
    if let known = hour.withLock({ $0 }), now < known.until {
      traffic.hour = known.sums
    } else {
      let sums = try store.trafficSums(since: date - 3599)
      traffic.hour = sums
      // A twentieth of the time at the most.
      let end = Clock.now()
      hour.withLock { $0 = (sums, end + 20 * (end - now)) }
    }
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

  func loadCall(_ id: String, width: Int) {
    load { engine in
      let session = try engine.store.session(id)
      let key = session.turns.first?.gatewayKey
      return .call(Page.call(session, key: try engine.store.gatewayKeys().first { $0.id == key }, width: width))
    }
  }
}
