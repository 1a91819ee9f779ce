import ArgumentParser
import Core
import Dispatch
import Engine
import Foundation
import Gateway
import Logging
import Store

struct ServeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "The gateway: every provider behind one local OpenAI- and Anthropic-compatible address.",
    discussion: """
      Point a program's base URL at it: http://127.0.0.1:4141/v1 for OpenAI's SDKs, http://127.0.0.1:4141 for Anthropic's. A model is \
      provider/model, a bare name that one provider has, or a route of the config. Stops in order on Ctrl-C or SIGTERM: what streams \
      is finished first.
      """)

  @Option(
    help: ArgumentHelp("Where to listen. Beyond this machine only with keys: furlong key new.", valueName: "host:port"))
  var listen = "127.0.0.1:4141"

  @Option(
    name: .customLong("log-level"),
    help: "What is logged, as lines of JSON: info has every call, notice (the default) those that failed.")
  var logLevel = Logger.Level.notice

  @OptionGroup var database: DatabaseOptions

  func validate() throws { _ = try ServeCommand.address(listen) }

  func run() throws {
    let setup = try Setup(database: database.database)
    let store = try setup.openStore()
    let engine = setup.makeEngine(store: store)
    var settings = setup.config.gateway
    (settings.host, settings.port) = try ServeCommand.address(listen)
    settings.budget = setup.config.budget
    let keys: KeyRing
    do throws(StoreError) { keys = try KeyRing(store: store) } catch { throw CommandError(error.message) }
    guard settings.isLoopback || keys.needsKeys else {
      throw CommandError(
        "listening on \(settings.host) would let others spend your money: give out a key first (furlong key new NAME)")
    }
    let router = try setup.makeRouter(store: store)
    let metrics = Metrics(version: Furlong.version)
    let collector = makeCollector(engine, metrics, setup.environment)
    var logger = Logger(label: "furlong") { _ in LogLines() }
    logger.logLevel = logLevel
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
    collector?.start()
    let (place, host) = (listen, settings.host)
    Task {
      var status: Int32 = 0
      do {
        try await GatewayServer(gateway).run { port in
          Console.error("furlong: listening on http://\(host):\(port) (Ctrl-C stops)")
        }
      } catch {
        Console.error("furlong: cannot listen on \(place): \(error)")
        status = 2
      }
      await collector?.stop()
      do throws(StoreError) { try store.close() } catch {
        Console.error("furlong: \(error.message)")
        status = max(status, 1)
      }
      end(status)
    }
    dispatchMain()
  }

  /// Where the usual OTEL_ variables say that a collector listens; nil when they say nothing.
  private func makeCollector(_ engine: Engine, _ metrics: Metrics, _ environment: [String: String]) -> Collector? {
    CollectorSettings(environment: environment).map { settings in
      Collector(settings, metrics: metrics, instance: Session.newID()) { url, headers, body in
        let answer = await engine.post(url, headers: headers.map { .init($0.name, $0.value) }, body: body)
        let wait = (try? answer.get())?.headers["retry-after"].flatMap { Int64($0) }
        return Collector.Reply(
          status: (try? answer.get())?.status, retryAfter: wait.map { min($0, 3600) * 1_000_000_000 })
      }
    }
  }

  /// `HOST:PORT`, `:PORT`, `PORT`, or an address of version 6 in brackets.
  static func address(_ text: String) throws -> (host: String, port: Int) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard let port = parts.last.flatMap({ Int($0) }), (0...65535).contains(port) else {
      throw ValidationError("--listen takes HOST:PORT, such as 127.0.0.1:4141")
    }
    var host = parts.dropLast().joined(separator: ":")
    if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
    return (host.isEmpty ? "127.0.0.1" : host, port)
  }
}

extension Logger.Level: ExpressibleByArgument {}
