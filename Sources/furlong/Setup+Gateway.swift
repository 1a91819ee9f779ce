import Core
import Dispatch
import Engine
import Foundation
import Gateway
import Logging
import Store
import Synchronization
import Workbench

/// The gateway put together by the config: `furlong serve` runs it, and the workbench beside itself.
struct ReadyGateway {
  let gateway: Gateway
  let collector: Collector?
  /// As it was written.
  let place: String

  var host: String { gateway.host }

  /// Serves until it is told to stop; then the collector gets what it has not heard yet.
  /// - Throws: when the address cannot be listened on.
  func run(
    obeysSignals: Bool = true, leaving: AsyncStream<Void>? = nil, ready: @escaping @Sendable (Int) async -> Void
  ) async throws {
    collector?.start()
    let served: Result<Void, any Error>
    do {
      served = .success(
        try await GatewayServer(gateway).run(obeysSignals: obeysSignals, leaving: leaving, ready: ready))
    } catch {
      served = .failure(error)
    }
    await collector?.stop()
    try served.get()
  }
}

extension Setup {
  /// - Parameter place: `HOST:PORT`.
  func makeGateway(_ engine: Engine, place: String, logger: Logger) throws -> ReadyGateway {
    var settings = config.gateway
    (settings.host, settings.port) = try ServeCommand.address(place)
    let room = DescriptorPlan(limit: Descriptors.limit, open: Descriptors.open)
    (settings.mostConnections, settings.mostUpstream) = (room.connections, room.upstream)
    let keys: KeyRing
    do throws(StoreError) { keys = try KeyRing(store: engine.store, clock: engine.clock) } catch {
      throw CommandError(error.message)
    }
    guard settings.isLoopback || keys.needsKeys else {
      throw CommandError(
        "listening on \(settings.host) would let others spend your money: give out a key first (furlong key new NAME)")
    }
    let router = try makeRouter(store: engine.store)
    let metrics = Metrics(version: Furlong.version, start: engine.clock.wall())
    let collector = makeCollector(engine, metrics)
    let gateway = Gateway(
      engine: engine,
      routing: Gateway.Routing(
        names: router.routes.keys.sorted(), decide: { router.decide($0, request: $1) },
        learn: { router.observe($0, route: $1, input: $2) }),
      keys: keys, metrics: metrics, settings: settings, logger: logger
    ) { collector?.add($0) }
    // Models of the servers on this machine may be asked for by their bare names.
    engine.catalogue(recent: []) { entries in
      for (provider, models) in Dictionary(grouping: entries.map(\.model), by: \.provider) {
        router.learn(models: models.map(\.model), of: provider)
      }
    }
    return ReadyGateway(gateway: gateway, collector: collector, place: place)
  }

  /// Where the usual OTEL_ variables say that a collector listens; nil when they say nothing.
  private func makeCollector(_ engine: Engine, _ metrics: Metrics) -> Collector? {
    CollectorSettings(environment: environment).map { settings in
      Collector(settings, metrics: metrics, instance: Session.newID(), clock: engine.clock) { url, headers, body in
        let answer = await engine.post(url, headers: headers.map { .init($0.name, $0.value) }, body: body)
        let wait = (try? answer.get())?.headers["retry-after"].flatMap { Int64($0) }
        return Collector.Reply(
          status: (try? answer.get())?.status, retryAfter: wait.map { $0.clamped(to: 0...3600) * 1_000_000_000 })
      }
    }
  }

  // MARK: Beside the workbench

  /// Seconds that open calls get when the person leaves.
  private static let grace: UInt64 = 5

  /// The same gateway on the workbench's engine and store; what it logs goes into a file, since the screen is taken.
  func gatewayBeside(_ engine: Engine, place: String) throws -> GatewayBeside {
    let log = try openGatewayLog()
    let ready = try makeGateway(engine, place: place, logger: Logger(label: "furlong") { _ in log })
    let (leaving, word) = AsyncStream.makeStream(of: Void.self)
    let ended = DispatchSemaphore(value: 0)
    let task = Mutex<Task<Void, Never>?>(nil)
    return GatewayBeside(
      start: { tell in
        let running = Task {
          do {
            try await ready.run(obeysSignals: false, leaving: leaving) { tell(.listening(port: $0)) }
          } catch {
            tell(.failed("the gateway cannot listen on \(place): \(error)"))
          }
          ended.signal()
        }
        task.withLock { $0 = running }
      },
      stop: {
        word.finish()
        guard let running = task.withLock({ $0 }) else { return }
        if ended.wait(timeout: .now() + .seconds(Int(Self.grace))) == .success { return }
        running.cancel()
        _ = ended.wait(timeout: .now() + 2)
      })
  }

  private func openGatewayLog() throws(CommandError) -> LogLines {
    let path = paths.state + "/gateway.log"
    try? FileManager.default.createDirectory(
      atPath: paths.state, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw CommandError("\(path) cannot be written: check its permissions and the disk") }
    var log = LogLines(descriptor: file)
    log.logLevel = .info
    return log
  }
}
