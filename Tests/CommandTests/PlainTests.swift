import Core
import TestSupport
import Testing

/// The workbench as lines of text, driven through a pipe.
@Suite(.serialized, .ownThreads) struct PlainTests {
  @Test func answersAreToldAndNothingIsAnEscapeSequence() throws {
    let server = LoopbackServer(.stream(Chat.whole("Red\u{1B}[2J and ", "blue.")))
    let program = try Program(server: server)
    let result = try program.run(["--plain", "-m", "test/a", "-m", "test/b", "Colours?"], input: "")
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("Lane 1, test/a, done"))
    #expect(result.output.contains("Lane 2, test/b, done"))
    #expect(result.output.contains("Red␛[2J and blue."), "a control character is shown, not sent")
    #expect(!result.output.contains("\u{1B}"))
    #expect(try program.run(["sessions"]).output.contains("Colours?"), "it is kept like any other turn")
  }

  @Test func theMenuGoesByNumber() throws {
    let server = LoopbackServer(.stream(Chat.whole("x")))
    let program = try Program(server: server)
    // Parameters of lane 1: max_tokens 7; then drop lane 2; then the lanes.
    let keys = "\n10\n1\n3\n7\n\n7\n2\n\n17\n\n99\n"
    let result = try program.run(["--plain", "-m", "test/a", "-m", "test/b"], input: keys)
    #expect(result.output.contains("Lane 1, test/a,max_tokens=7"), "\(result.output)")
    #expect(result.output.contains("Lane 2 dropped."))
    #expect(result.output.contains("There is no number 99."))
    #expect(result.status == 0)
  }

  /// Of a stored session, so that nothing is on its way when the menu is opened.
  @Test func theMenuJudgesAndFuses() throws {
    let models = ScriptedModels(
      lanes: { call in
        ScriptedModels.stream(
          call.prompt.contains("Only the facts") ? "fused [1]" : call.model == "a" ? "right" : "wrong")
      })
    let program = try models.program()
    let raced = try program.run(["race", "Is it so?", "-m", "test/a", "-m", "test/b", "--json"])
    let id = try #require(try raced.json()["session"]?.string)
    let judged = try program.run(["sessions", "open", id, "--plain"], input: "\n19\ntest/judge-j\n")
    #expect(judged.output.contains("Verdict of test/judge-j: lane 1 wins against lane 2"), "\(judged.output)")
    #expect(judged.output.contains("The judge has ended."), "\(judged.output)")
    let fused = try program.run(
      ["sessions", "open", id, "--plain"], input: "\n20\n\n21\nOnly the facts, please\n1\n")
    #expect(fused.output.contains("Verdict of test/judge-j"), "the stored verdict: \(fused.output)")
    #expect(fused.output.contains("Lane 3, test/a · fused from 1, 2: own instruction, done"), "\(fused.output)")
    #expect(fused.output.contains("fused [1]"), "\(fused.output)")
    let shown = try program.run(["sessions", "show", id])
    #expect(shown.output.contains("## 3 test/a · fused from 1, 2: own instruction (done)"), "no place: \(shown.output)")
    let costs = try program.run(["costs", "--by", "purpose"])
    #expect(costs.output.contains("fusion"), "\(costs.output)")
  }

  @Test func maxCostRefusesAndStops() throws {
    let server = LoopbackServer(.stream((0..<200).map { .chat("word\($0) ") } + [.chatEnd, .close]))
    let program = try Program(
      config: """
        providers:
          test: {base_url: "\(server.url)", prices: openai}
        """)
    let refused = try program.run(["race", "hello", "-m", "test/gpt-4o", "--max-cost", "0.0000001"])
    #expect(refused.status == 2 && refused.errors.contains("--max-cost"), "\(refused.errors)")
    let stopped = try program.run(["race", "hello", "-m", "test/gpt-4o", "--max-cost", "0.0005", "--json"])
    #expect(stopped.status == 1)
    #expect(try stopped.json()["responses"]?.first?["state"]?.string == "stopped")
    #expect(try stopped.json()["responses"]?.first?["error"]?["kind"]?.string == "money")
  }
}
