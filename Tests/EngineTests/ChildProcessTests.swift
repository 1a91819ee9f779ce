import Core
import Foundation
import TestSupport
import Testing

@testable import Engine

/// Programs beside ours: whatever they do, they end, and hold nothing up.
@Suite(.ownThreads) struct ChildProcessTests {
  private let folder = TemporaryFolder()

  private func shell(
    _ script: String, input: String = "", environment: [String: String]? = nil, limit: Int = 1000,
    seconds: Double = patience
  ) async -> Result<ChildProcess.Ended, ChildProcess.Fault> {
    await ChildProcess.run(
      "/bin/sh", ["-c", script], input: Array(input.utf8), environment: environment, limit: limit, seconds: seconds)
  }

  /// Of a process that a script has written down as it began.
  private func hasEnded(_ name: String) -> Bool {
    eventually {
      guard let text = try? String(contentsOfFile: folder.file(name), encoding: .utf8),
        let pid = pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines))
      else { return false }
      let state = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8))?.split(separator: " ")
      return state == nil || state?[2] == "Z"
    }
  }

  @Test func whatItSaysAndHowItEnds() async throws {
    let ended = try await shell("cat; echo bad >&2; exit 3", input: "a line\n").get()
    #expect(ended == ChildProcess.Ended(status: 3, output: Array("a line\n".utf8), errors: Array("bad\n".utf8)))
    #expect(try await shell("kill -9 $$").get().status == nil, "a signal is no status")
  }

  @Test func aFloodIsCutOffAndItsMakersEnd() async throws {
    let script =
      "echo $$ > \(folder.file("first")); (echo $$ > /dev/null; exec yes) & echo $! > \(folder.file("second")); yes"
    #expect(await shell(script) == .failure(.tooMuch(bytes: 1000)), "it may say so much and no more")
    #expect(hasEnded("first") && hasEnded("second"), "it is killed with what it has started")
  }

  @Test func oneThatHangsIsKilledWithWhatItStarted() async throws {
    let script = "tail -f /dev/null & echo $! > \(folder.file("second")); echo $$ > \(folder.file("first")); wait"
    #expect(await shell(script, seconds: 0.2) == .failure(.tooLong(seconds: 0.2)))
    #expect(hasEnded("first") && hasEnded("second"), "it is killed with what it has started")
  }

  /// As a daemon does that keeps its starter's output: its starter's own end counts.
  @Test func oneThatLeavesAnEndOpenIsNotWaitedFor() async throws {
    let script = "setsid sh -c 'echo $$ > \(folder.file("daemon")); exec tail -f /dev/null' & exit 0"
    let result = await shell(script, seconds: 0.5)
    let end = Result<ChildProcess.Ended, ChildProcess.Fault>.success(.init(status: 0, output: [], errors: []))
    #expect([end, .failure(.tooLong(seconds: 0.5))].contains(result), "\(result)")
    if let text = try? String(contentsOfFile: folder.file("daemon"), encoding: .utf8), let pid = pid_t(text.dropLast())
    {
      kill(pid, SIGKILL)
    }
  }

  @Test func aProgramThatIsNotThereIsTold() async throws {
    guard case .failure(.notStarted) = await ChildProcess.run("/no/such/program", [], seconds: patience) else {
      Issue.record("expected that it could not be started")
      return
    }
  }

  @Test func itGetsNoMoreThanItsEnvironmentAndNoTerminal() async throws {
    let ended = try await shell(
      "env; cat /dev/tty || echo none", environment: ["ONLY": "this", "PATH": "/usr/bin:/bin"]
    ).get()
    let lines = Set(String(decoding: ended.output, as: UTF8.self).split(separator: "\n").map(String.init))
    #expect(lines.contains("ONLY=this") && lines.contains("none"), "\(lines)")
    #expect(!lines.contains { $0.hasPrefix("HOME=") }, "nothing of ours is handed on: \(lines)")
  }
}
