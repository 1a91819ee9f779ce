import Core
import Foundation
import TestSupport
import Testing

/// An experiment as a person has it: begun, killed, gone on with, read.
@Suite(.ownThreads) struct ExperimentOnATerminalTests {
  @Test func twentyPromptsByFourVariantsAreBegunKilledGoneOnWithAndRead() throws {
    let (gate, asked) = (Gate(), Journal<Void>())
    let models = ScriptedModels(lanes: { call in
      asked.append(())
      let answer = ScriptedModels.stream(call.model == "a" ? "\(call.prompt): right" : "\(call.prompt): wrong")
      return asked.entries.count > 24 ? [.hold(gate)] + answer : answer
    })
    let program = try models.program()
    let path = program.home + "/data.jsonl"
    let items = (1...20).map {
      #"{"id":"q\#($0)","prompt":"Question \#($0)","tags":["\#($0 % 2 == 0 ? "even" : "odd")"]}"#
    }
    try items.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
    let command = [
      "batch", path, "-m", "test/a", "-m", "test/b", "--prompt", "{{prompt}}", "--prompt", "{{prompt}} Briefly.",
      "--judge",
      "test/judge-j", "--concurrency", "2",
    ]
    let begun = TerminalSession(program, command + ["--watch"], width: 120, height: 40)
    begun.waitUntilShown("answered")
    #expect(models.journal.wait { $0.count { !$0.isJudge } >= 26 }, "two calls wait after twenty-four answers")
    kill(begun.pid, SIGKILL)
    gate.open()
    let list = try JSONDocument().parse(try program.run(["sessions", "--json"]).output)
    let id = try #require((list.elements.first ?? list["sessions"]?.first)?["id"]?.string)
    // On a fresh start the session opens as its grid; s tells what is left, s again asks it.
    let opened = TerminalSession(program, ["sessions", "open", id], width: 120, height: 40)
    opened.waitUntilShown("s go on")
    opened.press("s")
    opened.waitUntilShown("s again asks them")
    opened.press("s")
    opened.waitUntilShown("80 of 80 answers")
    opened.waitUntilShown("✗ 0:2")
    let calls = Dictionary(grouping: models.laneCalls) { "\($0.model) \($0.prompt)" }.mapValues(\.count)
    #expect(calls.count == 80, "every cell was asked: \(calls.count)")
    #expect(calls.values.reduce(0, +) <= 80 + 8, "what had come was not asked again: \(calls.values.reduce(0, +))")
    opened.press("/tag:even\r")
    opened.waitUntilShown("10 of 20")
    opened.press("j\r")
    opened.waitUntilShown("Question 4")
    opened.waitUntilShown("S grid")
    opened.press("S")
    opened.waitUntilShown("q4")
    opened.press("q")
    // The same command finds everything there.
    let count = models.calls.count
    let result = try program.run(command)
    #expect(result.status == 0 && result.output.contains("20-0-0"), "\(result.output)\(result.errors)")
    #expect(models.calls.count == count, "nothing is asked again")
  }
}
