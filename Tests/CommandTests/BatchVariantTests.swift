import Core
import Foundation
import TestSupport
import Testing

/// `furlong batch` over prompts, system prompts and runs: variants are compared as models are.
@Suite(.ownThreads) struct BatchVariantTests {
  private let models = ScriptedModels(
    lanes: { call in ScriptedModels.stream(call.prompt.contains("kindly") ? "right: \(call.prompt)" : "wrong") })

  private func write(_ lines: [String], _ program: Program, _ name: String = "data.jsonl") throws -> String {
    let path = program.home + "/" + name
    try lines.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  private let items = [
    #"{"id":"sea","vars":{"topic":"the sea","n":3}}"#, #"{"id":"sky","vars":{"topic":"the {{n}} sky","n":4}}"#,
  ]

  @Test func twoPromptsOnOneModelAreComparedAsModelsAre() throws {
    let program = try models.program()
    let path = try write(items, program)
    let kind = try write(["Tell me kindly of {{topic}}, {{n}} words."], program, "kind.txt")
    let command =
      ["batch", path, "-m", "test/a", "--prompt", "@" + kind, "--prompt", "{{topic}}!", "--judge", "test/judge-j"]
    let result = try program.run(command + ["--json"])
    #expect(result.status == 0, "\(result.errors)")
    let document = try result.json()
    #expect(
      document["lanes"]?.elements.compactMap { $0["variant"]?.string } == ["kind", "prompt 2"],
      "named after the file, and by number: \(result.output)")
    let pair = try #require(document["pairs"]?.first)
    #expect(pair["wins"]?.int == 2, "the judge prefers what the kind prompt brought: \(pair.source)")
    let prompts = models.laneCalls.map(\.prompt).sorted()
    #expect(
      prompts == [
        "Tell me kindly of the sea, 3 words.", "Tell me kindly of the {{n}} sky, 4 words.", "the sea!",
        "the {{n}} sky!",
      ], "filled in, and no value is filled in again: \(prompts)")
    let asked = models.verdictCalls.first?.prompt ?? ""
    #expect(asked.contains("topic: the") && !asked.contains("Tell me kindly of the sea, 3 words.\\n"), "\(asked)")
    let text = try program.run(command)
    #expect(text.output.contains("test/a · kind") && text.output.contains("test/a · prompt 2"), "\(text.output)")
    #expect(models.laneCalls.count == 4, "it went on: nothing is asked twice")
    let id = try #require(document["session"]?.string)
    let shown = try program.run(["sessions", "export", id])
    #expect(shown.output.contains("Prompt of this lane"), "\(shown.output)")
    #expect(shown.output.contains("Tell me kindly of the sea, 3 words."), "\(shown.output)")
  }

  @Test func systemPromptsAreVariantsToo() throws {
    let program = try models.program()
    let path = try write([#"{"prompt":"Hi","vars":{"who":"Ann"}}"#], program)
    let result = try program.run([
      "batch", path, "-m", "test/a", "-m", "test/b", "--system", "For {{who}}.", "--system", "Be terse.", "--json",
    ])
    #expect(result.status == 0, "\(result.errors)")
    let lanes = try result.json()["lanes"]?.elements.map {
      "\($0["model"]?.string ?? "") \($0["variant"]?.string ?? "")"
    }
    #expect(lanes == ["test/a system 1", "test/a system 2", "test/b system 1", "test/b system 2"], "\(lanes ?? [])")
    let requests = models.server.requests.map(\.text)
    #expect(requests.count { $0.contains("For Ann.") } == 2, "filled in for both lanes")
  }

  @Test func runsAreTurnsOfOnePromptAndMoreGoOn() throws {
    let program = try models.program()
    let path = try write([#"{"prompt":"kindly"}"#, #"{"prompt":"kindly too"}"#], program)
    let command = ["batch", path, "-m", "test/a", "-m", "test/b,temperature=1", "--judge", "test/judge-j", "--json"]
    #expect(try program.run(command).status == 0)
    #expect(models.laneCalls.count == 4)
    let result = try program.run(command + ["--runs", "3"])
    #expect(result.status == 0, "\(result.errors)")
    #expect(models.laneCalls.count == 12, "the first runs are there: \(models.laneCalls.count)")
    let document = try result.json()
    #expect(document["results"]?.elements.map { $0["run"]?.int } == [1, 2, 3, 1, 2, 3], "\(result.output)")
    let pair = try #require(document["pairs"]?.first)
    #expect(pair["run_noise"]?["items"]?.int == 2, "\(pair.source)")
    #expect(pair["wins"]?.int ?? -1 + (pair["ties"]?.int ?? 0) >= 0)
    let text = try program.run(["batch", path] + command[2...5] + ["--judge", "test/judge-j", "--runs", "3"])
    #expect(text.output.contains("6 of 6") && text.output.contains("in every run"), "\(text.output)")
    let fewer = try program.run(command)
    #expect(fewer.status == 0, "a smaller number asks nothing: \(fewer.errors)")
    #expect(models.laneCalls.count == 12)
  }

  @Test func whatIsMissingIsSaidBeforeAnythingIsAsked() throws {
    let program = try models.program()
    let path = try write(items, program)
    let cases: [([String], String)] = [
      ([], "prompt must be a text"), (["--prompt", "{{place}}"], "{{place}}"), (["--prompt", "  "], "is empty"),
      (["--prompt", "@/nowhere"], "cannot read"), (["--prompt", "{{n}}", "--prompt", "{{n}}"], "there twice"),
      (["--prompt", "{{n}}", "--runs", "0"], "--runs takes 1 to 20"),
      (["--prompt", "{{n}}", "--system", "{{place}}"], "{{place}}"),
    ]
    for (options, words) in cases {
      let result = try program.run(["batch", path, "-m", "test/a"] + options)
      #expect(result.status == 2 && result.errors.contains(words), "\(options): \(result.errors)")
    }
    let many = (1...5).flatMap { ["--prompt", "{{n}} \($0)"] } + ["--system", "a", "--system", "b"]
    let result = try program.run(["batch", path, "-m", "test/a"] + many)
    #expect(result.status == 2 && result.errors.contains("nine variants at most"), "\(result.errors)")
    let bad = try write([#"{"prompt":"Hi {{x}}","vars":{"y":1}}"#], program, "bad.jsonl")
    let told = try program.run(["batch", bad, "-m", "test/a"])
    #expect(told.errors.contains("line 1") && told.errors.contains("{{x}}"), "\(told.errors)")
    let plain = try write([#"{"prompt":"Hi {{x}}"}"#], program, "plain.jsonl")
    #expect(try program.run(["batch", plain, "-m", "test/a"]).status == 0, "without vars it is text")
    #expect(models.calls.map(\.prompt) == ["Hi {{x}}"], "nothing else was asked: \(models.calls.map(\.prompt))")
  }

  @Test func aJudgeNeedsTwoLanes() throws {
    let program = try models.program()
    let path = try write([#"{"prompt":"Hi"}"#], program)
    let result = try program.run(["batch", path, "-m", "test/a", "--judge", "test/judge-j"])
    #expect(result.status == 2 && result.errors.contains("compares the answers of two lanes"), "\(result.errors)")
    #expect(models.calls.isEmpty, "nothing was asked")
  }

  /// Lanes of a data set start when there is room: who was fastest is told by each one's own time.
  @Test func theFastestOfAnItemIsItsWinner() throws {
    let program = try models.program()
    let path = try write([#"{"prompt":"Hi"}"#, #"{"prompt":"Ho"}"#], program)
    let command = ["batch", path, "-m", "test/a", "-m", "test/b", "--concurrency", "1"]
    let id = try #require(try program.run(command + ["--json"]).json()["session"]?.string)
    let lines = try program.run(["sessions", "export", id, "--format", "jsonl"]).output.split(separator: "\n")
    let document = JSONDocument()
    var ends: [Int: [(lane: Int, end: Double, won: Bool)]] = [:]
    for line in lines {
      let answer = try document.parse(String(line))
      let end = answer["timing"]?["e2e_ms"]?.double ?? -1
      ends[answer["turn"]?.int ?? 0, default: []].append(
        (answer["lane"]?.int ?? -1, end, answer["winner"]?.bool == true))
    }
    #expect(ends.count == 2 && ends.values.allSatisfy { $0.count == 2 }, "\(ends)")
    for (turn, answers) in ends {
      #expect(answers.allSatisfy { $0.end >= 0 }, "turn \(turn): \(answers)")
      let fastest = answers.min { ($0.end, $0.lane) < ($1.end, $1.lane) }
      #expect(answers.filter(\.won).map(\.lane) == [fastest?.lane ?? -1], "turn \(turn): \(answers)")
    }
  }
}
