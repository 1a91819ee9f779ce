import Core
import Foundation
import Store

/// Half of what the gateway can do, for as long as one likes: memory must not grow, and every request must have its receipt.
struct GatewaySoak {
  let gateway: GatewayProcess

  /// False when a request was lost.
  func run(minutes: Double) throws -> Bool {
    let target = LoadGenerator.Target(port: gateway.port, model: "mock/events")
    let most = LoadGenerator.run(target, concurrency: 32, .seconds(5))
    var (sent, errors) = (most.ends.count, most.errors)
    let rate = most.perSecond / 2
    print("at most \(number(most.perSecond, 0)) streams/s; half of it for \(number(minutes)) minutes")
    let end = now() + Int64(minutes * 60e9)
    while now() < end {
      let seconds = min(30, Double(end - now()) / 1e9)
      let outcome = LoadGenerator.run(target, concurrency: 32, .seconds(seconds), rate: rate)
      sent += outcome.ends.count
      errors += outcome.errors
      print(
        "\(number(gateway.memory)) MB   \(number(outcome.perSecond, 0)) streams/s   TTFT p50 / p99 "
          + "\(number(median(outcome.firstTokens), 2)) / \(number(percentile(outcome.firstTokens, 0.99), 2)) ms   "
          + "\(outcome.errors) errors")
      if let error = outcome.firstError { print(error) }
      fflush(nil)
      guard gateway.isRunning else {
        print(gateway.ending)
        break
      }
    }
    gateway.stop()
    let receipts = try Self.receipts(gateway.database)
    print("\(sent) whole answers, \(errors) errors, \(receipts) receipts in the database")
    return receipts == sent + errors && errors == 0
  }

  /// By the minute: millions of calls need not be in memory at once.
  private static func receipts(_ path: String) throws -> Int {
    let store = try Store(path: path)
    let today = Clock.system.date()
    return try stride(from: today - 86_400 * 2, through: today, by: 60).reduce(0) { sum, minute in
      sum + (try store.ledger(since: minute, until: minute + 60).count)
    }
  }
}
