import Core
import Engine
import Foundation
import Providers

/// Finds a service's key: the config's command or file first, then the environment. The key goes to the engine and nowhere else.
struct KeyFinder: Sendable {
  let environment: [String: String]
  let sources: [String: Config.KeySource]
  let configPath: String
  /// Seconds for a key_command: a password store may ask for a passphrase in a window of its own.
  private static let patience = 30.0

  func find(_ service: Service) -> Engine.KeyResult {
    switch sources[service.id] {
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

  /// Whether a key is there without running anything.
  func hasKey(_ service: Service) -> Bool {
    sources[service.id] != nil || service.keyVariables.contains { !(environment[$0] ?? "").isEmpty }
  }

  private func checked(_ raw: String, _ origin: String) -> Engine.KeyResult {
    let key = raw.trimmingCharacters(in: .whitespacesAndNewlines)
    if key.isEmpty { return .missing("\(origin) gave no key") }
    if key.unicodeScalars.contains(where: { $0.value < 0x21 || $0.value > 0x7E }) {
      return .missing("\(origin) gave something that is no key: it has spaces or control characters inside")
    }
    return .key(key)
  }

  private func run(_ command: String, for service: Service) -> Engine.KeyResult {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", command]
    // The workbench owns the keyboard and the screen: the command gets neither.
    process.standardInput = FileHandle.nullDevice
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    do { try process.run() } catch { return .missing("the key_command of \(service.id) could not be run: \(error)") }
    guard let data = Self.read(output.fileHandleForReading, seconds: Self.patience) else {
      process.terminate()
      return .missing("the key_command of \(service.id) gave nothing within \(Int(Self.patience)) s")
    }
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      let told = Self.read(errors.fileHandleForReading, seconds: 0.1) ?? Data()
      let why = String(decoding: told.prefix(200), as: UTF8.self).split(separator: "\n").first.map { ": \($0)" } ?? ""
      return .missing("the key_command of \(service.id) ended with status \(process.terminationStatus)\(why)")
    }
    let firstLine = String(decoding: data, as: UTF8.self).split(separator: "\n").first ?? ""
    return checked(String(firstLine), "the key_command of \(service.id)")
  }

  /// Everything until the other end is closed; nil when it is still open after that time.
  private static func read(_ handle: FileHandle, seconds: Double) -> Data? {
    let deadline = Clock.now() + Int64(seconds * 1e9)
    var data = Data()
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      var source = pollfd(fd: handle.fileDescriptor, events: Int16(POLLIN), revents: 0)
      let left = max(0, deadline - Clock.now()) / 1_000_000
      guard poll(&source, 1, Int32(left)) > 0 else { return nil }
      let count = Foundation.read(handle.fileDescriptor, &buffer, buffer.count)
      guard count > 0 else { return data }
      data.append(contentsOf: buffer[..<count])
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
