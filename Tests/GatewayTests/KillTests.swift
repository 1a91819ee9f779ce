import Core
import Foundation
import Store
import TestSupport
import Testing

@testable import Gateway

/// The built program, killed while it answers.
@Suite struct KillTests {
  private static let binary = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent(".build/debug/furlong").path

  private static func start(_ home: String) throws -> (Process, FileHandle) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: binary)
    process.arguments = ["serve", "--listen", "127.0.0.1:0", "--db", home + "/furlong.db"]
    process.environment = ["HOME": home, "PATH": "/usr/bin:/bin"]
    let errors = Pipe()
    process.standardError = errors
    try process.run()
    return (process, errors.fileHandleForReading)
  }

  /// The port that it says it listens on.
  private static func port(_ errors: FileHandle) async -> Int {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        var text = ""
        while !text.contains("(Ctrl-C"), case let data = errors.availableData, !data.isEmpty {
          text += String(decoding: data, as: UTF8.self)
        }
        let digits = text.components(separatedBy: "127.0.0.1:").last?.prefix { $0.isNumber } ?? ""
        continuation.resume(returning: Int(digits) ?? 0)
      }
    }
  }

  @Test func whatWasFinishedIsThereAndWhatWasNotIsMarked() async throws {
    let gate = Gate()
    let server = LoopbackServer { request, _ in
      request.text.contains("quick")
        ? [Step].stream([.text(Upstream.chat.whole(["done"])), .close])
        : [Step].stream([.text(Upstream.chat.opening + Upstream.chat.text("half")), .hold(gate), .close])
    }
    let home = FileManager.default.temporaryDirectory.appendingPathComponent("furlong-kill-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: home + "/.config/furlong", withIntermediateDirectories: true)
    try "providers: {test: {dialect: openai-chat, base_url: \"\(server.url)\", local: true}}\n".write(
      toFile: home + "/.config/furlong/config.yaml", atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: home) }
    let (process, errors) = try Self.start(home)
    let port = await Self.port(errors)
    func body(_ model: String) -> String {
      #"{"model":"test/\#(model)","stream":true,"messages":[{"role":"user","content":"hi"}]}"#
    }
    var finished: [String] = []
    for _ in 0..<20 {
      let visit = await Visit.ask(port, "POST", "/v1/chat/completions", body("quick"))
      finished.append(visit.headers["x-furlong-call"] ?? "")
    }
    var open: [(stay: Stay, call: String)] = []
    for _ in 0..<10 {
      let stay = Stay(port)
      stay.send("POST", "/v1/chat/completions", body("slow"))
      let text = await stay.read { $0.contains("half") }
      open.append((stay, String(text.components(separatedBy: "x-furlong-call: ").last?.prefix(12) ?? "")))
    }
    // Long enough for what the program promises about its disk, told by its own books: the last finished call is in them.
    let store = try Store(path: home + "/furlong.db")
    let last = try #require(finished.last)
    let deadline = Clock.now() + 10_000_000_000
    while Clock.now() < deadline, try store.session(last).turns.first?.responses[0]?.state != .done {
      await withCheckedContinuation { continuation in store.commit { _ in continuation.resume() } }
    }
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    // Another one on the same database, at once.
    let (second, secondErrors) = try Self.start(home)
    let secondPort = await Self.port(secondErrors)
    #expect(secondPort > 0, "it starts again on the same database")
    let visit = await Visit.ask(secondPort, "POST", "/v1/chat/completions", body("quick"))
    #expect(visit.status == 200, "and answers: \(visit.body)")
    for call in finished {
      #expect(try store.session(call).turns.first?.responses[0]?.state == .done, "\(call) was finished")
    }
    for (_, call) in open {
      #expect(try store.session(call).turns.first?.responses[0]?.state == .cut, "\(call) is marked as cut")
    }
    gate.open()
    second.terminate()
    second.waitUntilExit()
    #expect(second.terminationStatus == 0, "a SIGTERM is an orderly end")
  }
}
