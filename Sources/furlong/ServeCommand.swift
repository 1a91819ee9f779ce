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

  @OptionGroup var database: DatabaseOptions

  func validate() throws { _ = try ServeCommand.address(listen) }

  func run() throws {
    let setup = try Setup(database: database.database)
    let store = try setup.openStore()
    let engine = setup.makeEngine(store: store)
    var settings = setup.config.gateway
    (settings.host, settings.port) = try ServeCommand.address(listen)
    settings.budget = setup.config.budget
    let logger = Logger(label: "furlong") { _ in LogLines() }
    let gateway = Gateway(
      engine: engine,
      routing: Gateway.Routing { name, _ in
        do throws(InvalidLane) {
          let lane = try Lane(parsing: name)
          return .success(RouteDecision(name: name, lanes: [lane], order: .lane(0), reasons: [:]))
        } catch {
          fatalError(error.message)
        }
      }, settings: settings, logger: logger)
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
      do throws(StoreError) { try store.close() } catch {
        Console.error("furlong: \(error.message)")
        status = max(status, 1)
      }
      end(status)
    }
    dispatchMain()
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
