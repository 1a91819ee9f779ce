import Core
import Engine
import Foundation
import Providers
import Synchronization

/// Finds a service's key: the config's command or file first, then the environment. The key goes to the engine and nowhere else.
/// One for the whole program; any thread.
final class KeyFinder: Sendable {
  private let environment: [String: String]
  /// By service id; what is added while the program runs as well.
  private let sources: Mutex<[String: Config.KeySource]>
  private let configPath: String
  /// Seconds for a key_command: a password store may ask for a passphrase in a window of its own.
  private static let patience = 30.0

  init(environment: [String: String], sources: [String: Config.KeySource], configPath: String) {
    (self.environment, self.configPath) = (environment, configPath)
    self.sources = Mutex(sources)
  }

  /// From now on the keys of these services are in a file.
  func use(file path: String, for services: [String]) {
    sources.withLock { sources in for id in services { sources[id] = .file(path) } }
  }

  func find(_ service: Service) -> Engine.KeyResult {
    switch source(service) {
    case .command(let command): return run(command, for: service)
    case .file(let path): return read(path, for: service)
    case nil: break
    }
    for name in service.keyVariables {
      if let value = environment[name], !value.isEmpty { return checked(value, "the variable \(name)") }
    }
    guard service.needsKey else { return .notNeeded }
    let variable = service.keyVariables.first.map { "set \($0), or " } ?? ""
    return .missing(
      "no key for \(service.id): \(variable)give key_command or key_file under providers.\(service.id) in \(configPath)"
    )
  }

  private func source(_ service: Service) -> Config.KeySource? { sources.withLock { $0[service.id] } }

  /// Whether a key is there without running anything.
  func hasKey(_ service: Service) -> Bool { origin(service) != nil }

  /// Where it would be taken from, without running anything; nil where there is none.
  func origin(_ service: Service) -> KeyOrigin? {
    switch source(service) {
    case .command: .command
    case .file: .file
    case nil: service.keyVariables.first { !(environment[$0] ?? "").isEmpty }.map { .variable($0) }
    }
  }

  private func checked(_ raw: String, _ origin: String) -> Engine.KeyResult {
    let key = raw.trimmingCharacters(in: .whitespacesAndNewlines)
    if key.isEmpty { return .missing("\(origin) gave no key") }
    if let fault = ProviderKey.fault(in: key) { return .missing("\(origin) gave something that is no key: \(fault)") }
    return .key(key)
  }

  private func run(_ command: String, for service: Service) -> Engine.KeyResult {
    // Not on a thread of tasks: the engine asks from a queue of its own, and commands from the main thread.
    let waiter = Waiter<Result<ChildProcess.Ended, ChildProcess.Fault>>()
    let environment = ChildEnvironment.forKeyCommands(environment)
    Task {
      waiter.fulfil(
        await ChildProcess.run("/bin/sh", ["-c", command], environment: environment, seconds: Self.patience))
    }
    let name = "the key_command of \(service.id)"
    switch waiter.wait(seconds: Self.patience + 5) {
    case .success(let ended)?:
      guard ended.status == 0 else {
        let told = String(decoding: ended.errors.prefix(200), as: UTF8.self).split(separator: "\n").first
        let end = ended.status.map { "with status \($0)" } ?? "by a signal"
        return .missing("\(name) ended \(end)\(told.map { ": \(VisibleText.line(String($0)))" } ?? "")")
      }
      let firstLine = String(decoding: ended.output, as: UTF8.self).split(separator: "\n").first ?? ""
      return checked(String(firstLine), name)
    case .failure(.notStarted(let reason))?: return .missing("\(name) could not be run: \(reason)")
    case .failure(.tooMuch(let bytes))?:
      return .missing("\(name) gave more than \(bytes) bytes: it should print the key and nothing else")
    case .failure(.tooLong)?, nil: return .missing("\(name) gave nothing within \(Int(Self.patience)) s")
    }
  }

  private func read(_ path: String, for service: Service) -> Engine.KeyResult {
    let path = (path as NSString).expandingTildeInPath
    var status = stat()
    guard stat(path, &status) == 0 else { return .missing("the key_file of \(service.id), \(path), cannot be read") }
    guard status.st_mode & 0o077 == 0, status.st_uid == geteuid() else {
      return .missing("the key_file of \(service.id) can be read by others: chmod 600 \(path)")
    }
    guard let data = FileManager.default.contents(atPath: path) else {
      return .missing("the key_file of \(service.id), \(path), cannot be read")
    }
    return checked(String(decoding: data, as: UTF8.self), "the key_file of \(service.id)")
  }
}
