import ArgumentParser
import Core
import Dispatch
import Foundation
import Gateway
import Logging
import Store

#if canImport(Glibc)
  import Glibc
#endif

struct ServeCommand: ParsableCommand {
  static let defaultPlace = "127.0.0.1:4141"

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
  var listen = ServeCommand.defaultPlace

  @Option(
    name: .customLong("log-level"),
    help: "What is logged, as lines of JSON: info has every call, notice (the default) those that failed.")
  var logLevel = Logger.Level.notice

  @OptionGroup var database: DatabaseOptions

  func validate() throws { _ = try ServeCommand.address(listen) }

  func run() throws {
    ServeCommand.saveMemory()
    DispatchTimers.open()
    let setup = try Setup(database: database.database)
    let store = try setup.openStore()
    let log = LogLines()
    var logger = Logger(label: "furlong") { _ in log }
    logger.logLevel = logLevel
    let gateway = try setup.makeGateway(setup.makeEngine(store: store), place: listen, logger: logger)
    Task {
      var status: Int32 = 0
      do {
        try await gateway.run { port in
          Console.error("furlong: listening on http://\(gateway.host):\(port) (Ctrl-C stops)")
        }
      } catch {
        Console.error("furlong: cannot listen on \(gateway.place): \(error)")
        status = 2
      }
      do throws(StoreError) { try store.close() } catch {
        Console.error("furlong: \(error.message)")
        status = max(status, 1)
      }
      log.flush(seconds: 2)
      end(status)
    }
    dispatchMain()
  }

  /// Three busy threads need no heap each, and what a busy minute took comes back sooner.
  private static func saveMemory() {
    #if canImport(Glibc)
      // The header that declares it does not import; the type is that of mallopt(3), and -8 is its M_ARENA_MAX.
      guard let symbol = dlsym(nil, "mallopt") else { return }
      let mallopt = unsafeBitCast(symbol, to: (@convention(c) (Int32, Int32) -> Int32).self)
      _ = mallopt(-8, 2)
    #endif
  }

  /// `HOST:PORT`, `:PORT`, `PORT`, or an address of version 6 in brackets.
  static func address(_ text: String, option: String = "--listen") throws -> (host: String, port: Int) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard let port = parts.last.flatMap({ Int($0) }), (0...65535).contains(port) else {
      throw ValidationError("\(option) takes HOST:PORT, such as \(defaultPlace)")
    }
    var host = parts.dropLast().joined(separator: ":")
    if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
    return (host.isEmpty ? "127.0.0.1" : host, port)
  }
}

extension Logger.Level: ExpressibleByArgument {}
