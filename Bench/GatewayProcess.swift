import Foundation

/// Read by a signal handler, which can be handed nothing: written once, before it is set.
nonisolated(unsafe) private var startedGateway: pid_t = 0

/// `furlong serve` as a person would start it, before a mock provider, with a database of its own. Ends with `stop`.
final class GatewayProcess {
  let port: UInt16
  let database: String
  private let process = Process()
  private let log: String

  /// - Parameter folder: for its config and its database; made anew.
  init(binary: String, folder: String, upstream: UInt16) throws {
    port = Socket.freePort()
    database = folder + "/gateway.db"
    log = folder + "/gateway.log"
    try FileManager.default.createDirectory(atPath: folder + "/furlong", withIntermediateDirectories: true)
    let config = """
      providers:
        mock: {dialect: openai-chat, base_url: "http://127.0.0.1:\(upstream)/v1", local: true}
        mockanthropic: {dialect: anthropic, base_url: "http://127.0.0.1:\(upstream)/v1", local: true}

      """
    try config.write(toFile: folder + "/furlong/config.yaml", atomically: true, encoding: .utf8)
    try "".write(toFile: log, atomically: true, encoding: .utf8)
    process.executableURL = URL(fileURLWithPath: binary)
    process.arguments = ["serve", "--listen", "127.0.0.1:\(port)", "--db", database]
    process.environment = ProcessInfo.processInfo.environment.merging([
      "XDG_CONFIG_HOME": folder, "XDG_DATA_HOME": folder, "XDG_STATE_HOME": folder, "XDG_CACHE_HOME": folder,
    ]) { $1 }
    process.standardOutput = FileHandle(forWritingAtPath: log)
    process.standardError = FileHandle(forWritingAtPath: log)
    try process.run()
    // Whoever stops the bench does not want to look for what it started.
    startedGateway = process.processIdentifier
    for number in [SIGINT, SIGTERM] {
      signal(number) { number in
        kill(startedGateway, SIGTERM)
        _exit(128 + number)
      }
    }
  }

  /// Waits until it takes connections; false when it ended or ten seconds passed.
  func isReady() -> Bool {
    let deadline = now() + 10_000_000_000
    while process.isRunning, now() < deadline {
      let socket = Socket.connect(port: port)
      defer { socket.close() }
      if socket.write(Array("GET /v1/models HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".utf8)) != nil { return true }
      usleep(20_000)
    }
    return false
  }

  var isRunning: Bool { process.isRunning }

  /// How it ended, and what it wrote: a signal may be somebody else's.
  var ending: String {
    let word = process.terminationReason == .uncaughtSignal ? "signal" : "status"
    return "the gateway has ended with \(word) \(process.terminationStatus):\n\(output)"
  }

  /// What it wrote, for a person who wonders why it did not start.
  var output: String { (try? String(contentsOfFile: log, encoding: .utf8)) ?? "" }

  /// Resident memory in MB.
  var memory: Double { Self.status(process.processIdentifier, "VmRSS:") / 1024 }

  /// CPU seconds used so far.
  var processorSeconds: Double {
    let path = "/proc/\(process.processIdentifier)/stat"
    guard let text = try? String(contentsOfFile: path, encoding: .utf8), let end = text.lastIndex(of: ")") else {
      return .nan
    }
    // Fields 14 and 15; the first after the name is the third.
    let fields = text[text.index(after: end)...].split(separator: " ")
    guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return .nan }
    return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  /// Ends it in order, so that everything is in the database.
  func stop() {
    process.terminate()
    process.waitUntilExit()
  }

  private static func status(_ id: Int32, _ name: String) -> Double {
    guard let text = try? String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix(name) })
    else { return .nan }
    return Double(line.filter(\.isNumber)) ?? .nan
  }
}
