import Core
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// The gateway on its address, until it is told to stop.
public struct GatewayServer: Sendable {
  private let gateway: Gateway
  private let logger: Logger

  public init(_ gateway: Gateway) {
    self.gateway = gateway
    logger = gateway.logger
  }

  /// Serves until SIGTERM or SIGINT, or until the task is cancelled; what streams when a signal comes is given its time to end.
  /// - Parameters:
  ///   - obeysSignals: false leaves them to somebody else.
  ///   - leaving: ends when the server is to stop in order, as if a signal had come.
  ///   - ready: told the port that is listened on.
  /// - Throws: when the address cannot be listened on.
  public func run(
    obeysSignals: Bool = true, leaving: AsyncStream<Void>? = nil, ready: @escaping @Sendable (Int) async -> Void
  ) async throws {
    let settings = gateway.settings
    let gateway = gateway
    // One thread for all connections and their requests: thousands of streams a second, and never a hop between two.
    let loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let visitors = gateway.visitors
    var configuration = HTTP1Channel.Configuration(
      additionalChannelHandlers: [DoorHandler(gateway.departures, visitors, patience: settings.patience)],
      idleTimeout: .seconds(120))
    configuration.httpDecoder = .init(
      maxHeaderFieldSize: 16 << 10, maxHeaderListSize: 64 << 10, maxHeaderFieldCount: 128)
    let application = Application(
      responder: Endpoints(gateway: gateway), server: .http1(configuration: configuration),
      configuration: .init(
        address: .hostname(settings.host, port: settings.port), backlog: 1024,
        availableConnectionsDelegate: visitors),
      onServerRunning: { channel in await ready(channel.localAddress?.port ?? settings.port) },
      eventLoopGroupProvider: .shared(loops), logger: logger)
    var services: [ServiceGroupConfiguration.ServiceConfiguration] = [
      .init(service: application, successTerminationBehavior: .gracefullyShutdownGroup),
      .init(service: Ticker(gateway: gateway), successTerminationBehavior: .ignore),
    ]
    if let leaving {
      services.append(
        .init(service: Leaving(word: leaving), successTerminationBehavior: .gracefullyShutdownGroup))
    }
    var lives = ServiceGroupConfiguration(
      services: services, gracefulShutdownSignals: obeysSignals ? [.sigterm, .sigint] : [], logger: logger)
    lives.maximumGracefulShutdownDuration = .seconds(settings.grace)
    let group = ServiceGroup(configuration: lives)
    let outcome: Result<Void, any Error>
    do {
      try await withTaskExecutorPreference(LoopExecutor(loops.next())) { try await group.run() }
      outcome = .success(())
    } catch {
      outcome = .failure(error)
    }
    try? await loops.shutdownGracefully()
    try outcome.get()
  }
}

/// Ends, and the others with it, when it is told to.
private struct Leaving: Service {
  let word: AsyncStream<Void>

  func run() async throws { await cancelWhenGracefulShutdown { for await _ in word {} } }
}

/// Once a second, what must be done about open calls.
private struct Ticker: Service {
  let gateway: Gateway

  func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        gateway.tick()
        // Ended by the shutdown, which is what is waited for.
        do { try await Task.sleep(nanoseconds: 1_000_000_000) } catch { return }
      }
    }
  }
}
