import Core
import Foundation
import Ranking
import TestSupport
import Testing
@testable import furlong

/// `furlong leaderboard` as a person runs it, and the reading of vote files.
@Suite(.ownThreads) struct LeaderboardCommandTests {
  private func run(_ text: String, name: String = "votes.csv", _ arguments: [String] = []) throws -> Program.Result {
    let program = try Program()
    let path = program.home + "/" + name
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return try program.run(["leaderboard", "--votes", path] + arguments)
  }

  private func read(_ text: String, isJSONLines: Bool = false) throws -> BallotTable {
    try VotesFile(data: Data(text.utf8), isJSONLines: isJSONLines, name: "votes").ballots
  }

  private let small = """
    model_a,model_b,outcome,count
    good,poor,a,8
    good,middle,a,6
    middle,good,both_bad,2
    middle,poor,tie,3

    """

  @Test func theTableIsCalmAndSaysWhatIsDecided() throws {
    let result = try run("model_a,model_b,outcome,count\ngood,poor,a,8\n")
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("good better than poor (decided, 8:0)"), "\(result.output)")
    #expect(result.output.contains("few votes"), "eight are fewer than ten")
    #expect(result.output.contains("no finite estimate without the prior"))
    #expect(!result.output.contains("Next: "), "all is decided: there is nothing to compare next")
    #expect(result.output.hasPrefix("rank  model"))
    #expect(!result.output.contains("\u{1B}"))
  }

  @Test func theDocumentIsTheContract() throws {
    let result = try run(small, ["--json", "--anchor", "good=1114"])
    #expect(result.status == 0, "\(result.errors)")
    let document = try result.json()
    #expect(document["votes"]?.int == 19)
    let models = document["models"]?.elements ?? []
    #expect(models.compactMap { $0["model"]?.string } == ["good", "middle", "poor"])
    #expect(models.first?["rating_elo"]?.double == 1114)
    #expect(models.first?["wins"]?.int == 14 && models.first?["both_bad"]?.int == 2)
    let pair = document["pairs"]?.elements.first { $0["b"]?.string == "poor" && $0["a"]?.string == "good" }
    #expect(pair?["wins"]?.int == 8 && pair?["losses"]?.int == 0 && pair?["decided"]?.bool == false, "the bar is 60")
    #expect(abs((pair?["e_value"]?.double ?? 0) - 256.0 / 9) < 1e-9)
  }

  @Test func priorAndTiesAreChosen() throws {
    let unconnected = try run("model_a,model_b,outcome\ngood,poor,a\n", ["--prior", "none"])
    #expect(unconnected.status == 2)
    #expect(unconnected.errors.contains("no finite estimate without the prior"), "\(unconnected.errors)")
    #expect(unconnected.errors.contains("--prior weak"), "it says what to do: \(unconnected.errors)")
    let endless = try run(small, ["--prior", "none"])
    #expect(endless.status == 2 && endless.errors.contains("can grow together without end"), "\(endless.errors)")
    for ties in ["davidson", "rao-kupper", "half"] {
      let result = try run(
        small + "poor,good,a,1\npoor,middle,a,1\nmiddle,poor,a,1\nmiddle,good,a,1\n",
        ["--prior", "none", "--ties", ties, "--json"])
      #expect(result.status == 0, "\(ties): \(result.errors)")
      #expect(try result.json()["method"]?.string?.contains("maximum likelihood") == true)
      #expect(try (result.json()["tie_parameter"] == nil) == (ties == "half"), "half wins have no parameter")
    }
    #expect(try run(small, ["--ties", "never"]).status == 2)
    #expect(try run(small, ["--anchor", "good"]).status == 2)
    let missing = try run(small, ["--anchor", "best=1000"])
    #expect(missing.status == 2 && missing.errors.contains("‘best’") && missing.errors.contains("good"))
  }

  @Test func hostileNamesAreShownNotSent() throws {
    let result = try run("model_a,model_b,outcome\n\u{1B}[2Jevil,\"two\nlines\",a\n")
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("␛[2Jevil") && result.output.contains("two lines"))
    #expect(!result.output.contains("\u{1B}"))
    let itself = try run("model_a,model_b,outcome\n\u{1B}c,\u{1B}c,a\n")
    #expect(itself.status == 2 && !itself.errors.contains("\u{1B}"))
  }

  @Test func aFileThatIsNotThereIsSaid() throws {
    let result = try Program().run(["leaderboard", "--votes", "nowhere.csv"])
    #expect(result.status == 2 && result.errors.contains("nowhere.csv could not be read"), "\(result.errors)")
    #expect(try Program().run(["leaderboard"]).status == 2)
  }

  @Test func jsonLinesAreReadToo() throws {
    let lines = """
      {"model_a": "x", "model_b": "y", "outcome": "a", "count": 2, "extra": [1]}

      {"outcome": "both_bad", "model_b": "x", "model_a": "y\\n", "prompt_id": 7}\r
      """
    let result = try run(lines, name: "votes.jsonl", ["--json"])
    #expect(result.status == 0, "\(result.errors)")
    #expect(try result.json()["votes"]?.int == 3)
    let table = try read(lines, isJSONLines: true)
    #expect(table.models == ["x", "y", "y\n"] && table[1].prompt == 0 && table[0].prompt == nil)
  }

  // MARK: - Reading

  @Test func columnsComeInAnyOrderWithQuotesAndAnyLineEnds() throws {
    let text =
      "\u{FEFF}note,outcome,\"model_b\",prompt_id,model_a,count\r\n"
      + "\"a, \"\"quoted\"\" note\",a,\"b,1\",p1,\"say \"\"a\"\"\",3\r\nx,tie,\"say \"\"a\"\"\",,\"b,1\",\r\n"
      + "\"two\nlines\",both_bad,\"b,1\",p1,\"say \"\"a\"\"\",0\r\n\r\n"
    let table = try read(text)
    #expect(table.models == ["say \"a\"", "b,1"])
    #expect(table[0] == Ballot(a: 0, b: 1, outcome: .a, count: 3, prompt: 0))
    #expect(table[1] == Ballot(a: 1, b: 0, outcome: .tie), "an empty count is one, an empty prompt none")
    #expect(table[2] == Ballot(a: 0, b: 1, outcome: .bothBad, count: 0, prompt: 0))
    #expect(try read("model_a,model_b,outcome\rx,y,b").votes == 1, "CR alone, and no end of the last line")
  }

  @Test(arguments: [
    ("", "is empty"), ("\u{FEFF}", "is empty"), ("model_a,model_b,outcome\n", "holds no votes"),
    ("model_a,model_b\nx,y\n", "line 1: there is no column outcome"),
    ("model_a;model_b;outcome\nx;y;a\n", "line 1: there is no column model_a"),
    ("model_a,model_b,outcome,outcome\nx,y,a,a\n", "line 1: the column outcome is there twice"),
    ("model_a,model_b,outcome\nx,y,a\nx,x,a\n", "line 3: ‘x’ is compared with itself"),
    ("model_a,model_b,outcome\nx,y,win\n", "line 2: the outcome is ‘win’; write a, b, tie or both_bad"),
    ("model_a,model_b,outcome\nx,y,A\n", "line 2: the outcome is ‘A’"),
    ("model_a,model_b,outcome\nx,y\n", "line 2: 2 fields where the header names 3"),
    ("model_a,model_b,outcome\nx,,a\n", "line 2: model_b is empty"),
    ("model_a,model_b,outcome,count\nx,y,a,-1\n", "line 2: the count is ‘-1’"),
    ("model_a,model_b,outcome,count\nx,y,a,1.5\n", "line 2: the count is ‘1.5’"),
    ("model_a,model_b,outcome,count\nx,y,a,many\n", "line 2: the count is ‘many’"),
    ("model_a,model_b,outcome,count\nx,y,a,99999999999999999999\n", "line 2: the count is"),
    ("model_a,model_b,outcome,count\nx,y,a,0\n", "holds no votes"),
    ("model_a,model_b,outcome\n\"x\ny\",z,a\nx,\"y,a\n", "line 4: a quote is opened and never closed"),
    ("model_a,model_b,outcome\n\"x\"z,y,a\n", "line 2: text after a closing quote"),
  ])
  func badFilesNameTheLineAndWhatToWrite(_ text: String, _ expected: String) {
    let error = #expect(throws: CommandError.self) { try read(text) }
    #expect(error?.message.contains(expected) == true, "got: \(error?.message ?? "nothing")")
  }

  @Test(arguments: [
    ("", "is empty"), ("[1]\n", "line 1: not an object"), ("{\"model_a\": \"x\"\n", "line 1: not JSON at byte"),
    ("{\"model_a\": \"x\", \"model_b\": \"y\"}", "line 1: outcome is missing or not a string"),
    ("{\"model_a\": 1, \"model_b\": \"y\", \"outcome\": \"a\"}", "line 1: model_a is missing or not a string"),
    ("\n{\"model_a\": \"x\", \"model_b\": \"y\", \"outcome\": \"a\", \"count\": 1.5}", "line 2: the count is ‘1.5’"),
    ("{\"model_a\": \"x\", \"model_b\": \"y\", \"outcome\": \"a\", \"count\": true}", "line 1: the count is ‘true’"),
  ])
  func badJSONLinesNameTheLine(_ text: String, _ expected: String) {
    let error = #expect(throws: CommandError.self) { try read(text, isJSONLines: true) }
    #expect(error?.message.contains(expected) == true, "got: \(error?.message ?? "nothing")")
  }

  @Test func tooManyModelsAreRefused() {
    let rows = (0..<600).map { "m\($0),n\($0),a" }.joined(separator: "\n")
    let error = #expect(throws: CommandError.self) { try read("model_a,model_b,outcome\n" + rows) }
    #expect(error?.message.contains("line 502: more than 1000 models") == true, "\(error?.message ?? "")")
  }

  @Test func anyBytesAreReadOrRefusedInOrder() {
    var random = SplitMix64(seed: 2)
    let pieces = [",", "\n", "\r\n", "\"", "\"\"", "a", "b", "tie", "both_bad", "x", "y", "é", "1", "-1", "\u{0}", " "]
    var readable = 0
    for _ in 0..<3000 {
      var text = "model_a,model_b,outcome,count\n"
      for _ in 0..<random.index(below: 16) { text += pieces[random.index(below: pieces.count)] }
      do {
        _ = try read(text)
        readable += 1
      } catch { #expect(error is CommandError, "every fault is a message") }
    }
    #expect(readable < 3000)
  }
}
