import Core
import Foundation
import Store

/// What the gateway adds between a client and its provider: blocks of requests sent straight to the mock and through the gateway
/// take turns, so that a slow minute of the machine hits both. Prints a Markdown table.
struct GatewayBench {
  /// Blocks of each kind; an odd number has a middle one.
  private let rounds = 5
  private let mock = MockUpstream()
  private let gateway: GatewayProcess

  init(binary: String, folder: String) throws {
    gateway = try GatewayProcess(binary: binary, folder: folder, upstream: mock.port)
  }

  /// - Parameter words: nothing for the table, `soak MINUTES`, `load CONCURRENCY` for one throughput, or `mock` for the two ends
  ///   without a gateway between them.
  static func run(_ words: [String], binary: String, folder: String) throws -> Bool {
    if words.first == "mock" {
      measureMock()
      return true
    }
    let bench = try GatewayBench(binary: binary, folder: folder)
    defer { bench.gateway.stop() }
    guard bench.gateway.isReady() else {
      print("the gateway did not start:\n\(bench.gateway.output)")
      return false
    }
    if words.first == "soak" {
      return try GatewaySoak(gateway: bench.gateway).run(minutes: words.last.flatMap(Double.init) ?? 10)
    }
    if words.first == "load" { bench.throughput(words.last.flatMap(Int.init) ?? 8) } else { bench.measure() }
    return true
  }

  /// How much the two ends can do by themselves: the rest of every figure is the gateway's.
  private static func measureMock() {
    let mock = MockUpstream()
    for model in ["events", "burst", "paced-2"] {
      for concurrency in [1, 8, 64] {
        let outcome = LoadGenerator.run(
          .init(port: mock.port, model: model), concurrency: concurrency, .seconds(2))
        row(
          "\(model), \(concurrency) at once: streams/s, TTFT ms, errors",
          "\(number(outcome.perSecond, 0))   p50 \(number(median(outcome.firstTokens), 3)), p99 "
            + "\(number(percentile(outcome.firstTokens, 0.99), 3))   \(outcome.errors)")
        if let error = outcome.firstError { print(error) }
      }
    }
  }

  private var direct: LoadGenerator.Target { .init(port: mock.port, model: "events") }
  private var through: LoadGenerator.Target { .init(port: gateway.port, model: "mock/events") }

  private func measure() {
    // Neither a first connection nor a first page of memory is what is measured.
    _ = checked(LoadGenerator.run(through, concurrency: 64, .requests(640)), "warming up")
    let atRest = gateway.memory
    print("| measure | direct | gateway | difference |\n|---|---:|---:|---:|")
    latency("TTFT, 1 stream, median, ms", direct, through, concurrency: 1, requests: 300, level: 0.5)
    // Two milliseconds a token: streams that overlap, on a machine that has time for them.
    latency(
      "TTFT, 8 streams of 500 tokens/s, P99, ms", .init(port: mock.port, model: "paced-2"),
      .init(port: gateway.port, model: "mock/paced-2"), concurrency: 8, requests: 800, level: 0.99)
    latency("TTFT, 8 streams flat out, P99, ms", direct, through, concurrency: 8, requests: 1500, level: 0.99)
    latency(
      "TTFT translated (Anthropic client, chat upstream), 1 stream, median, ms",
      .init(port: mock.port, model: "events", anthropic: true),
      .init(port: gateway.port, model: "mock/events", anthropic: true), concurrency: 1, requests: 300, level: 0.5)
    for concurrency in [8, 32, 64] { throughput(concurrency) }
    memory(atRest)
  }

  /// The level of each block, then the median over blocks.
  private func latency(
    _ name: String, _ direct: LoadGenerator.Target, _ through: LoadGenerator.Target, concurrency: Int, requests: Int,
    level: Double
  ) {
    let pairs = pairs { isThrough in
      let outcome = LoadGenerator.run(isThrough ? through : direct, concurrency: concurrency, .requests(requests))
      return percentile(checked(outcome, name).firstTokens, level)
    }
    let added = median(pairs.map { $0.through - $0.direct })
    line(name, number(median(pairs.map(\.direct)), 3), number(median(pairs.map(\.through)), 3), "+\(number(added, 3))")
  }

  private func throughput(_ concurrency: Int) {
    let name = "streams of 16 tokens a second, \(concurrency) at once"
    var processor: [Double] = []
    let pairs = pairs { isThrough in
      let before = gateway.processorSeconds
      let outcome = LoadGenerator.run(isThrough ? through : direct, concurrency: concurrency, .seconds(2))
      if isThrough { processor.append((gateway.processorSeconds - before) / Double(max(1, outcome.ends.count)) * 1e6) }
      return checked(outcome, name).perSecond
    }
    let ratio = median(pairs.map { $0.through / $0.direct })
    line(
      name, number(median(pairs.map(\.direct)), 0), number(median(pairs.map(\.through)), 0),
      "×\(number(ratio, 2)); \(number(median(processor), 0)) µs of CPU a stream")
  }

  private func memory(_ atRest: Double) {
    let streams = 200
    let target = LoadGenerator.Target(port: gateway.port, model: "mock/paced-400")
    let finished = DispatchSemaphore(value: 0)
    spawnThread {
      let outcome = LoadGenerator.run(target, concurrency: streams, .requests(streams))
      if outcome.errors > 0 {
        print("\(outcome.errors) of \(streams) paced streams failed: \(outcome.firstError ?? "")")
      }
      finished.signal()
    }
    // In the middle of seven seconds.
    sleep(4)
    let open = gateway.memory
    finished.wait()
    line("memory, \(streams) open streams, MB", "", number(open), "\(number(atRest)) after warming up")
  }

  /// Which of a pair goes first changes from round to round.
  private func pairs(_ block: (_ isThrough: Bool) -> Double) -> [(direct: Double, through: Double)] {
    (0..<rounds).map { round in
      if round.isMultiple(of: 2) {
        let direct = block(false)
        return (direct, block(true))
      }
      let through = block(true)
      return (block(false), through)
    }
  }

  private func checked(_ outcome: LoadGenerator.Outcome, _ name: String) -> LoadGenerator.Outcome {
    if !gateway.isRunning { print(gateway.ending) }
    if outcome.errors > 0 {
      print("\(name): \(outcome.errors) errors, the first: \(outcome.firstError ?? "no answer")")
    }
    return outcome
  }

  private func line(_ name: String, _ cells: String...) {
    print("| \(name) | \(cells.joined(separator: " | ")) |")
    // Whoever pipes it wants to see it come.
    fflush(nil)
  }
}
