import Core
import Foundation
import TestSupport
import Testing

/// `furlong batch`: reading the file, figures, reports.
@Suite(.ownThreads) struct BatchCommandTests {
  private let models = ScriptedModels(
    lanes: { call in
      ScriptedModels.stream(call.model == "a" ? "\(call.prompt): right, 42" : "\(call.prompt): wrong")
    })
  private let lanes = ["-m", "test/a", "-m", "test/b"]

  private func write(_ lines: [String], _ program: Program) throws -> String {
    let path = program.home + "/data.jsonl"
    try lines.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  private func items(_ count: Int, _ more: String = "") -> [String] {
    (0..<count).map { #"{"id":"i\#($0)","prompt":"item \#($0)"\#(more)}"# }
  }

  @Test func everyItemIsAnsweredAndJudgedInBothOrders() throws {
    let program = try models.program()
    let path = try write(items(5, #","check":"regex:[0-9]+$","tags":["sums"]"#), program)
    let result = try program.run(["batch", path] + lanes + ["--judge", "test/judge-j", "--json"])
    #expect(result.status == 0, "\(result.errors)")
    let document = try result.json()
    let names = ["session", "items", "complete", "cost", "lanes", "pairs", "leaderboard", "results"]
    #expect(document.members.map(\.name) == names, "\(document.members.map(\.name))")
    #expect(document["items"]?.int == 5 && document["complete"]?.bool == true, "\(result.output)")
    #expect(document["lanes"]?.elements.map { $0["answered"]?.int } == [5, 5], "\(result.output)")
    let pair = try #require(document["pairs"]?.first)
    #expect(pair["wins"]?.int == 5 && pair["losses"]?.int == 0 && pair["missing"]?.int == 0, "\(pair.source)")
    #expect(document["leaderboard"]?["models"]?.first?["model"]?.string == "1 test/a", "\(result.output)")
    let results = document["results"]?.elements ?? []
    #expect(results.compactMap { $0["id"]?.string } == ["i0", "i1", "i2", "i3", "i4"], "in the file's order")
    for item in results {
      #expect(item["tags"]?.first?.string == "sums" && item["verdicts"]?.elements.count == 1, "\(item.source)")
      #expect(item["checks"]?["0"]?.bool == true, "lane 1 ends in digits: \(item.source)")
      // "item 3: wrong" does not end in digits.
      #expect(item["checks"]?["1"]?.bool == false, "lane 2 does not: \(item.source)")
      #expect(item["responses"]?.elements.count == 2)
    }
    #expect(models.verdictCalls.count == 10, "five pairs in both orders: \(models.verdictCalls.count)")
    let again = try program.run(["batch", path] + lanes + ["--judge", "test/judge-j"])
    #expect(again.status == 0, "\(again.errors)")
    #expect(again.output.contains("5 of 5") && again.output.contains("5-0-0"), "\(again.output)")
    #expect(models.laneCalls.count == 10 && models.verdictCalls.count == 10, "all of it was there")
    #expect(try program.run(["sessions"]).output.split(separator: "\n").count <= 2, "one session at most")
  }

  @Test func standardInputAndWindowsLinesAreRead() throws {
    let program = try models.program()
    let text = "\u{FEFF}" + items(3).joined(separator: "\r\n") + "\r\n\r\n"
    let piped = try program.run(["batch", "-"] + lanes + ["--json"], input: text)
    #expect(piped.status == 0, "\(piped.errors)")
    #expect(try piped.json()["items"]?.int == 3, "three lines ending in CR LF: \(piped.output)")
  }

  @Test func ownCriteriaAreTold() throws {
    let program = try models.program()
    let path = try write(items(2), program)
    let command = ["batch", path] + lanes + ["--judge", "test/judge-j"]
    #expect(try program.run(command).status == 0)
    #expect(models.verdictCalls.count == 4)
    let own = command + ["--criterion", "Does it rhyme?"]
    let result = try program.run(own)
    #expect(result.status == 0, "\(result.errors)")
    let told = models.verdictCalls.filter { $0.prompt.contains("Does it rhyme?") }
    #expect(told.count == 4, "other criteria are another verdict: \(told.count)")
    #expect(try program.run(own).status == 0)
    #expect(models.verdictCalls.count == 8, "the same criteria are not asked again: \(models.verdictCalls.count)")
    #expect(models.laneCalls.count == 4, "no answer is asked again: \(models.laneCalls.count)")
  }

  /// Judges are told the reference: a verdict by another one is not this one's.
  @Test func aNewReferenceIsJudgedAnew() throws {
    let program = try models.program()
    func run(_ reference: String) throws -> Program.Result {
      let path = try write(items(2, #","reference":"\#(reference)""#), program)
      return try program.run(["batch", path] + lanes + ["--judge", "test/judge-j", "--json"])
    }
    #expect(try run("forty-two").status == 0)
    #expect(try run("forty-two").status == 0)
    #expect(models.verdictCalls.count == 4, "the same reference is judged once: \(models.verdictCalls.count)")
    let result = try run("forty-three")
    #expect(result.status == 0, "\(result.errors)")
    #expect(models.verdictCalls.count == 8, "another reference is judged anew: \(models.verdictCalls.count)")
    #expect(models.verdictCalls.suffix(4).allSatisfy { $0.prompt.contains("forty-three") }, "and told")
    let verdicts = try result.json()["results"]?.elements.map { $0["verdicts"]?.elements.count }
    #expect(verdicts == [1, 1], "the last verdict counts: \(verdicts ?? [])")
    #expect(models.laneCalls.count == 4, "no answer is asked again: \(models.laneCalls.count)")
  }

  @Test func checksDecideWithoutAJudge() throws {
    let program = try models.program()
    let path = try write(items(12, #","check":"regex:42$""#), program)
    let command = ["batch", path] + lanes
    let better = try program.run(command + ["--fail-if-worse", "2:1"])
    #expect(better.status == 0, "lane 1 is not worse than lane 2: \(better.errors)")
    let worse = try program.run(command + ["--fail-if-worse", "1:2"])
    #expect(worse.status == 1, "12 of 12 against 0 is decided: \(worse.output)")
    #expect(worse.errors.contains("lane 2 is decided worse than lane 1"), "\(worse.errors)")
    #expect(worse.output.contains("12 of 12") && worse.output.contains("0 of 12"), "passed: \(worse.output)")
    let named = try program.run(command + ["--fail-if-worse", "test/a:test/b"])
    #expect(named.status == 1, "lanes by name: \(named.errors)")
    for wrong in ["1:1", "1:3", "test/a", "nobody:1"] {
      let result = try program.run(command + ["--fail-if-worse", wrong])
      #expect(result.status == 2 && result.errors.contains("--fail-if-worse"), "\(wrong): \(result.errors)")
    }
    #expect(models.laneCalls.count == 24, "nothing was asked twice: \(models.laneCalls.count)")
  }

  @Test func whatIsNotDecidedDoesNotFail() throws {
    let program = try models.program()
    let path = try write(items(2), program)
    let result = try program.run(
      ["batch", path] + lanes + ["--judge", "test/judge-j", "--fail-if-worse", "1:2"])
    #expect(result.status == 0, "two wins decide nothing: \(result.errors)\(result.output)")
  }

  /// Five of five are lost: decided by the test that is made once, not yet by the one that may be looked at always.
  @Test func theFixedGateIsLookedAtOnce() throws {
    let program = try models.program()
    let path = try write(items(5, #","check":"regex:42$""#), program)
    let command = ["batch", path] + lanes + ["--fail-if-worse", "1:2"]
    #expect(try program.run(command).status == 0, "five wins decide nothing that may be looked at again")
    let fixed = try program.run(command + ["--gate", "fixed"])
    #expect(fixed.status == 1 && fixed.errors.contains("(exact test at 5 %)"), "\(fixed.errors)")
    #expect(
      fixed.errors.contains("with 5 prompts a 60:40 difference is found in about 1 of 10 runs"), "\(fixed.errors)")
    var other = program
    other.environment["CI"] = "true"
    #expect(try other.run(command).status == 1, "the default where CI is set")
    #expect(try other.run(command + ["--gate", "safe"]).status == 0)
  }

  /// A gate that has measured nothing is not green: the reasons are counted.
  @Test func aGateThatMeasuredTooLittleFails() throws {
    let mute = ScriptedModels(
      lanes: { ScriptedModels.stream("\($0.model): \($0.prompt)") }, verdict: { _ in "I would rather not say." })
    let program = try mute.program()
    let path = try write(items(4), program)
    let command = ["batch", path] + lanes + ["--judge", "test/judge-j", "--fail-if-worse", "1:2"]
    let result = try program.run(command)
    #expect(result.status == 1, "no verdict, and green: \(result.errors)")
    #expect(
      result.errors.contains("measured too little: only 0 of 4 prompts compare lanes 1 and 2 (4 "), "\(result.errors)")
    // Checks of a third of the prompts are too few as well.
    let some = try write(
      items(2, #","check":"regex:^a"#).map { $0.replacing("}", with: "\"}") } + items(7).suffix(5), program)
    let checked = try program.run(["batch", some] + lanes + ["--fail-if-worse", "1:2"])
    #expect(checked.status == 1 && checked.errors.contains("only 2 of 7 prompts"), "\(checked.errors)")
  }

  @Test func badLinesNameLineAndField() throws {
    let good = #"{"prompt":"fine"}"#
    let cases: [(String, [String])] = [
      ("nonsense", ["line 2", "JSON object"]), (#"["a"]"#, ["line 2", "JSON object"]),
      (#"{"promt":"x"}"#, ["line 2", "‘promt’", "did you mean ‘prompt’"]),
      (#"{"prompt":" "}"#, ["line 2", "prompt"]), (#"{"id":"x"}"#, ["line 2", "prompt"]),
      (#"{"prompt":7}"#, ["line 2", "prompt"]), (#"{"prompt":"x","tags":"a"}"#, ["line 2", "tags", "list"]),
      (#"{"prompt":"x","tags":[1]}"#, ["line 2", "tags"]), (#"{"prompt":"x","system":{}}"#, ["line 2", "system"]),
      (#"{"prompt":"x","reference":[]}"#, ["line 2", "reference"]),
      (#"{"prompt":"x","check":"regexp:a"}"#, ["line 2", "no check", "regex:"]),
      (#"{"prompt":"x","check":"regex:["}"#, ["line 2", "not a regular expression"]),
      (#"{"prompt":"x","id":"1"}"#, ["line 2", "‘1’", "line 1"]),
      (#"{"prompt":"x","prompt":"y"}"#, ["line 2", "prompt", "twice"]),
    ]
    let program = try models.program()
    for (line, words) in cases {
      let result = try program.run(["batch", try write([good, line], program)] + lanes)
      #expect(result.status == 2, "\(line): \(result.status) \(result.errors)")
      for word in words { #expect(result.errors.contains(word), "\(line): expected ‘\(word)’ in \(result.errors)") }
    }
    let empty = try program.run(["batch", try write(["", "  "], program)] + lanes)
    #expect(empty.status == 2 && empty.errors.contains("no prompts"), "\(empty.errors)")
    let nothing = try program.run(["batch", "-"] + lanes, input: "")
    #expect(nothing.status == 2 && nothing.errors.contains("standard input has no prompts"), "\(nothing.errors)")
    let missing = try program.run(["batch", "/nowhere.jsonl"] + lanes)
    #expect(missing.status == 2 && missing.errors.contains("cannot read the file /nowhere.jsonl"), "\(missing.errors)")
    #expect(models.calls.isEmpty, "nothing is paid for a file with a fault")
  }
}
