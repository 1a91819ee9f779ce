import Foundation
import TestSupport
import Testing

/// A data set is somebody's words: its commands run only with leave.
@Suite(.ownThreads) struct BatchExecTests {
  private let program: Program
  private let models = ScriptedModels(answers: ["a": "42", "b": "no"])
  private let data: String
  private var told: String { program.home + "/told" }

  init() throws {
    program = try models.program()
    data = program.home + "/data.jsonl"
    try """
    {"prompt":"one","check":"exec:touch \(program.home)/told; grep -q 42"}
    {"prompt":"two","check":"regex:4"}
    """.write(toFile: data, atomically: true, encoding: .utf8)
  }

  private func batch(_ more: String...) throws -> Program.Result {
    try program.run(["batch", data, "-m", "test/a", "-m", "test/b", "--json"] + more)
  }

  @Test func nothingRunsUnasked() throws {
    let result = try batch()
    #expect(result.status == 2, "a usage fault, not \(result.status)")
    #expect(
      result.errors.contains("touch \(told); grep -q 42") && result.errors.contains("--allow-exec"),
      "the commands are listed, and what allows them: \(result.errors)")
    #expect(!FileManager.default.fileExists(atPath: told), "no command has run")
    #expect(models.calls.isEmpty, "and no model was asked")
  }

  @Test func withLeaveTheyAreListedAndRun() throws {
    let result = try batch("--allow-exec")
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.contains("touch \(told); grep -q 42"), "the commands are listed first: \(result.errors)")
    #expect(FileManager.default.fileExists(atPath: told), "the command has run")
  }
}
