import Core
import Engine
import Foundation
import Logging
import Providers
import Store
import TestSupport
import Transport

@testable import Gateway

/// A gateway on a port of its own, before loopback servers `s0`, `s1`, …; ends with this value.
final class Stand: Sendable {
  let port: Int
  let store: Store
  let engine: Engine
  let gateway: Gateway
  private let loop = TransferLoop()
  private let servers: [LoopbackServer]
  private let task: Task<Void, Never>

  /// - Parameters:
  ///   - dialects: of each server.
  ///   - routes: what a name stands for, beside `sN/model`.
  ///   - key: of every provider. `keys` are those of clients.
  init(
    _ servers: [LoopbackServer], dialects: [String] = [], routes: [String: RouteDecision] = [:],
    limits: Engine.Limits = Engine.Limits(), settings: Gateway.Settings = Gateway.Settings(),
    key: String? = nil, keys: [GatewayKey] = [], log: LogLines? = nil
  ) async {
    self.servers = servers
    var services: [Service] = []
    for (place, server) in servers.enumerated() {
      let dialect = dialects.indices.contains(place) ? dialects[place] : "openai-chat"
      services.append(Service("s\(place)", dialect: dialect, baseURL: server.url))
    }
    store = try! Store.inMemory()
    for key in keys { _ = try! store.addGatewayKey(key) }
    engine = Engine(services: services, store: store, prices: PriceBook(), loop: loop, limits: limits) { _ in
      key.map { .key($0) } ?? .notNeeded
    }
    var settings = settings
    settings.port = 0
    var logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    if let log {
      logger = Logger(label: "test") { _ in log }
      logger.logLevel = .info
    }
    gateway = Gateway(
      engine: engine,
      routing: Gateway.Routing { name, _ in
        if let decision = routes[name] { return .success(decision) }
        guard let lane = try? Lane(parsing: name) else {
          return .failure(RouteFault(kind: .unknown, message: "there is no model ‘\(name)’ here", candidates: []))
        }
        return .success(RouteDecision(name: name, lanes: [lane], order: .lane(0), reasons: [:]))
      }, keys: try! KeyRing(store: store, interval: nil), metrics: Metrics(version: "test", start: 5),
      settings: settings,
      logger: logger)
    let server = GatewayServer(gateway)
    let ready = Coming<Int>()
    task = Task {
      try? await server.run(obeysSignals: false) { port in ready.give(port) }
      ready.give(0)
    }
    port = await ready.value()
  }

  deinit {
    task.cancel()
    loop.stop()
  }

  func ask(_ path: String, _ body: String, headers: [String: String] = [:]) async -> Visit {
    await Visit.ask(port, "POST", path, body, headers: headers)
  }

  /// A call as it is stored once all its answers are over; nil when that does not come.
  func finished(_ call: String) -> Session? {
    var session: Session?
    _ = eventually {
      session = try? store.session(call)
      return session?.turns.first?.responses.values.allSatisfy(\.state.isOver) ?? false
    }
    return session
  }

  static func decision(_ name: String, _ lanes: [String], _ order: StartOrder) -> RouteDecision {
    RouteDecision(name: name, lanes: lanes.map { try! Lane(parsing: $0) }, order: order, reasons: ["why": "a test"])
  }
}
