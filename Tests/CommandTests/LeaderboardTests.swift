import Core
import Foundation
import TestSupport
import Testing

@Suite struct LeaderboardTests {
  @Test func theDocumentKeepsItsContract() throws {
    let document = try Self.run(
      "model_a,model_b,outcome,count\nx,y,a,8\ny,z,tie,3\nz,x,both_bad,\n", "--anchor", "y=1114"
    )
    .json()
    #expect(
      document.members.map(\.name) == ["method", "tie_parameter", "log_likelihood", "votes", "models", "pairs"])
    let models = document["models"]?.elements ?? []
    #expect(models.count == 3 && models.first?["model"]?.string == "x")
    #expect(
      models.first?.members.map(\.name) == [
        "model", "rating", "rating_elo", "se", "ci_low", "ci_high", "rank_low", "rank_high", "wins", "losses", "ties",
        "both_bad", "win_probability",
      ])
    #expect(models.first { $0["model"]?.string == "y" }?["rating_elo"]?.double == 1114)
    #expect(abs(models.reduce(0) { $0 + ($1["rating"]?.double ?? 1) }) < 1e-9)
    let pairs = document["pairs"]?.elements ?? []
    #expect(
      pairs.first?.members.map(\.name) == [
        "a", "b", "wins", "losses", "ties", "both_bad", "e_value", "cs_low", "cs_high", "decided",
      ])
    #expect(pairs.count == 3 && document["votes"]?.int == 12)
  }

  @Test func everyWayToWriteAFileIsTheSame() throws {
    let plain = "model_a,model_b,outcome,prompt_id,count\n\"x, \"\"1\"\"\",y,a,p,2\ny,\"x, \"\"1\"\"\",tie,,1\n"
    let others = [
      "\u{FEFF}" + plain.replacing("\n", with: "\r\n"), plain + "\n\n",
      "count,note,outcome,model_b,prompt_id,model_a\n2,\"two\nlines\",a,y,p,\"x, \"\"1\"\"\"\n,,tie,\"x, \"\"1\"\"\",\"\",y",
      #"{"model_a": "x, \"1\"", "model_b": "y", "outcome": "a", "prompt_id": 7, "count": 2}"# + "\r\n\n"
        + #"{"model_b": "x, \"1\"", "model_a": "y", "outcome": "tie", "prompt_id": null}"#,
    ]
    let expected = try Self.run(plain)
    #expect(expected.status == 0, "\(expected.errors)")
    for other in others { #expect(try Self.run(other).output == expected.output) }
  }

  @Test(arguments: [
    ("", "is empty"), ("model_a,model_b\n", "line 1: no column outcome"),
    ("model_a,model_b,outcome\n", "holds no votes"),
    ("model_a,model_b,outcome\nx,y,a\nx,y,won\n", "line 3: the outcome ‘won’ is none of a, b, tie, both_bad"),
    ("model_a,model_b,outcome\n\"x\ny\",y,a\nx,y\n", "line 4: 2 fields where the first line has 3"),
    ("model_a,model_b,outcome\nx,\"y,a\n", "line 2: a quote is opened"),
    ("model_a,model_b,outcome\nx,\"y\"z,a\n", "line 2: text after a closing quote"),
    ("model_a,model_b,outcome\nx,x,a\n", "line 2: x against itself"),
    ("model_a,model_b,outcome\n,x,a\n", "line 2: a model has no name"),
    ("model_a,model_b,outcome,count\nx,y,a,0\n", "line 2: the count ‘0’"),
    ("{\"model_a\": \"x\"}\n", "line 1: model_a, model_b and outcome"),
  ])
  func aFaultNamesItsLineAndWhatToDo(_ text: String, _ words: String) throws {
    let result = try Self.run(text)
    #expect(result.status == 2)
    #expect(result.errors.contains(words), "\(result.errors)")
  }

  @Test func withoutPriorOneMustHaveEnoughVotes() throws {
    let result = try Self.run("model_a,model_b,outcome\nx,y,a\n", "--prior", "none")
    #expect(result.status == 2 && result.errors.contains("no finite estimate without the prior"))
    #expect(try Self.run("model_a,model_b,outcome\nx,y,a\n", "--anchor", "w=1").status == 2)
    #expect(try Self.run("model_a,model_b,outcome\nx,y,a\n", "--anchor", "w").status == 2)
  }

  private static func run(_ text: String, _ options: String...) throws -> Program.Result {
    let file = FileManager.default.temporaryDirectory.appending(path: "furlong-votes-\(UUID().uuidString).csv")
    try Data(text.utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    return try Program().run(["leaderboard", "--votes", file.path, "--json"] + options)
  }
}
