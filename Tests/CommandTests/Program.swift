import Core
import Foundation
import TestSupport
import Testing

/// The built binary, run as a person would: own home, own database, nothing of the machine's environment but the path.
struct Program {
  static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  static let binary = package.appendingPathComponent(".build/debug/furlong").path

  let home: String
  var environment: [String: String]

  init(config: String? = nil) throws {
    home = FileManager.default.temporaryDirectory.appendingPathComponent("furlong-test-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: home + "/.config/furlong", withIntermediateDirectories: true)
    if let config { try config.write(toFile: home + "/.config/furlong/config.yaml", atomically: true, encoding: .utf8) }
    environment = ["HOME": home, "PATH": "/usr/bin:/bin", "TERM": "xterm-256color"]
  }

  /// A program whose provider `test` is the given loopback server.
  init(server: LoopbackServer, timeouts: String = "{connect: 5, first_token: 5, silence: 5}") throws {
    try self.init(
      config: """
        providers:
          test: {base_url: "\(server.url)", key_env: TEST_KEY}
        timeouts: \(timeouts)
        """)
    environment["TEST_KEY"] = Program.key
  }

  static let key = "sk-very-secret-0123456789"

  struct Result {
    var status: Int32
    var output: String
    var errors: String

    /// The document that `--json` printed.
    func json(sourceLocation: SourceLocation = #_sourceLocation) throws -> JSONView {
      try JSONDocument().parse(output)
    }
  }

  func run(_ arguments: [String], input: String? = nil) throws -> Result {
    let running = try start(arguments, input: input)
    running.waitUntilExit()
    return result(of: running)
  }

  /// Begins it and does not wait: for what happens to it half-way. One at a time.
  func start(_ arguments: [String], input: String? = nil) throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Program.binary)
    process.arguments = arguments
    process.environment = environment
    let files = ["out", "err", "in"].map { home + "/" + $0 }
    for (file, text) in zip(files, ["", "", input ?? ""]) { try Data(text.utf8).write(to: URL(fileURLWithPath: file)) }
    process.standardOutput = FileHandle(forWritingAtPath: files[0])
    process.standardError = FileHandle(forWritingAtPath: files[1])
    process.standardInput = FileHandle(forReadingAtPath: files[2])
    try process.run()
    return process
  }

  /// Of one that has ended.
  func result(of process: Process) -> Result {
    func text(_ file: String) -> String {
      String(decoding: FileManager.default.contents(atPath: home + "/" + file) ?? Data(), as: UTF8.self)
    }
    return Result(status: process.terminationStatus, output: text("out"), errors: text("err"))
  }

  /// Every byte that the program has left on disk.
  func everythingOnDisk() -> Data {
    let paths = FileManager.default.enumerator(atPath: home)?.compactMap { $0 as? String } ?? []
    return paths.filter { !["out", "err", "in"].contains($0) && !$0.hasSuffix("config.yaml") }
      .compactMap { FileManager.default.contents(atPath: home + "/" + $0) }.reduce(Data(), +)
  }
}
