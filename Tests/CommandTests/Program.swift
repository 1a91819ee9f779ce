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
  init(server: LoopbackServer, timeouts: String = "{connect: 60, first_token: 60, silence: 60}") throws {
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
    result(of: try start(arguments, input: input))
  }

  /// Begins it and does not wait: for what happens to it half-way.
  func start(_ arguments: [String], input: String? = nil) throws -> Child {
    try Child(Program.binary, arguments, environment: environment, input: input ?? "")
  }

  /// Waits for its end.
  func result(of child: Child) -> Result {
    let ending = child.wait()
    if ending == nil { Issue.record("the program has not ended after \(Int(patience)) s: \(child.errors.text)") }
    var status: Int32 = -1
    if case .exited(let code)? = ending { status = code }
    return Result(status: status, output: child.output.text, errors: child.errors.text)
  }

  /// Every byte that the program has left on disk.
  func everythingOnDisk() -> Data {
    let paths = FileManager.default.enumerator(atPath: home)?.compactMap { $0 as? String } ?? []
    return paths.filter { !$0.hasSuffix("config.yaml") }
      .compactMap { FileManager.default.contents(atPath: home + "/" + $0) }.reduce(Data(), +)
  }
}
