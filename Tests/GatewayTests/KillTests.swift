import Core
import Foundation
import Store
import TestSupport
import Testing

@testable import Gateway

/// The built program, killed while it answers.
@Suite(.ownThreads) struct KillTests {
  private static let binary = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent(".build/debug/furlong").path

  /// The running program, and the port that it says it listens on.
  private static func start(_ home: String) throws -> (Child, port: Int) {
    let child = try Child(
      binary, ["serve", "--listen", "127.0.0.1:0", "--db", home + "/furlong.db"],
      environment: ["HOME": home, "PATH": "/usr/bin:/bin"])
    #expect(child.errors.wait { $0.contains("(Ctrl-C") }, "it says where it listens: \(child.errors.text)")
    let digits = child.errors.text.components(separatedBy: "127.0.0.1:").dropFirst().first?.prefix { $0.isNumber } ?? ""
    return (child, Int(digits) ?? 0)
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
    let (first, port) = try Self.start(home)
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
    let isWritten = eventually {
      // Its rows follow its answer: until then there is no such session.
      (try? store.session(last))?.turns.first?.responses[0]?.state == .done
    }
    #expect(isWritten, "the last finished call is in the database")
    first.kill(SIGKILL)
    #expect(first.wait() == .killed(signal: SIGKILL), "it was killed")
    // Another one on the same database, at once.
    let (second, secondPort) = try Self.start(home)
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
    second.kill(SIGTERM)
    #expect(second.wait() == .exited(0), "a SIGTERM is an orderly end")
  }
}
