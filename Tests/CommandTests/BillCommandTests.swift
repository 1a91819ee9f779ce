import Core
import Foundation
import TestSupport
import Testing

/// Costs, receipts, reconciling, own prices and replay, by the built program against a scripted server.
@Suite(.serialized, .ownThreads) struct BillCommandTests {
  private let models = ScriptedModels(lanes: { call in
    // 100 uncached, 20 cached and 50 written tokens.
    let usage = """
      "usage":{"prompt_tokens":120,"completion_tokens":50,"total_tokens":170,"prompt_tokens_details":{"cached_tokens":20}}
      """
    return .answer(
      200, ["Content-Type": "application/json"],
      body: """
        {"id":"req_\(call.prompt)","model":"\(call.model)","choices":[{"index":0,"message":{"role":"assistant",\
        "content":"Answer to \(call.prompt)"},"finish_reason":"stop"}],\(usage)}
        """)
  })

  /// One call of gpt-5: 100 × $1.25 + 20 × $0.125 + 50 × $10 a million.
  private let each = "0.0006275"

  private func raced(_ count: Int, config: String = "") throws -> Program {
    let program = try models.program(config)
    for number in 1...count {
      let result = try program.run(["race", "q\(number)", "-m", "paid/gpt-5", "-m", "test/other", "--json"])
      #expect(result.status == 0, "\(result.errors)")
    }
    return program
  }

  @Test func theLedgerIsTheSumOfTheReceipts() throws {
    let program = try raced(3)
    let costs = try program.run(["costs", "--json"])
    let document = try JSONDocument().parse(costs.output)
    #expect(document["total"]?["usd"]?.string == "0.0018825")
    #expect(document["total"]?["calls"]?.int == 6)
    let models = document["groups"]?.elements.compactMap { $0["name"]?.string }
    #expect(models == ["paid/gpt-5", "test/other"])
    let csv = try program.run(["costs", "--by", "provider", "--csv"]).output
    #expect(csv.contains("\npaid,3,0,360,60,150,0.0018825,0,0,"), "\(csv)")
    #expect(document["total"]?["unknown_calls"]?.int == 3, "unknown is never zero")
    let other = try program.run(["costs", "--reprice", "paid/gpt-5-nano", "--json"])
    #expect(try JSONDocument().parse(other.output)["before"]?["usd"]?.string == "0.0018825")
    #expect(try program.run(["costs", "--reprice", "nobody/x"]).status == 2)
    #expect(try program.run(["costs", "--since", "someday"]).status == 2)
  }

  @Test func aReceiptTellsEachClass() throws {
    let program = try raced(1)
    let id = String(try program.run(["sessions", "list"]).output.split(separator: "\n")[1].prefix(12))
    let text = try program.run(["receipt", id]).output
    for words in [
      "cache read", "0.0000025", "$\(each)", "openai/gpt-5", "genai-prices", "request: req_q1", "no price is known",
    ] {
      #expect(text.contains(words), "no ‘\(words)’ in \(text)")
    }
    let json = try JSONDocument().parse(try program.run(["receipt", id, "--json"]).output)
    let lines = json["receipts"]?.first?["receipt"]?["lines"]?.elements ?? []
    #expect(lines.compactMap { $0["usd"]?.string } == ["0.000125", "0.0000025", "0.0005"])
    #expect(try program.run(["receipt", "nope"]).status == 2)
  }

  @Test func ownPricesComeFirstAndFaultsAreNamed() throws {
    let program = try raced(1, config: "prices: {paid/gpt-5: {input: 1000, cache_read: 0, output: 0}}")
    let costs = try JSONDocument().parse(try program.run(["costs", "--json"]).output)
    #expect(costs["total"]?["usd"]?.string == "0.1")
    let faulty = try models.program("prices: {gpt-5: {input: 1}, paid/x: {inptu: 1}, paid/y: {input: lots}}")
    let errors = try faulty.run(["config"]).errors
    for words in ["provider/model", "did you mean ‘input’", "US dollars per million"] {
      #expect(errors.contains(words), "no ‘\(words)’ in \(errors)")
    }
  }

  @Test func plantedDiscrepanciesAreFound() throws {
    let program = try raced(5)
    let day = isoDate(Clock.system.date())
    func bill(_ rows: [String]) throws -> String {
      let path = program.home + "/bill.csv"
      let header = "model,time,request_id,input_tokens,output_tokens,cost_usd\n"
      try (header + rows.map { $0 + "\n" }.joined()).write(toFile: path, atomically: true, encoding: .utf8)
      return path
    }
    let rows = (1...5).map { "gpt-5,\(day),req_q\($0),120,50,\(each)" }
    let agreed = try program.run(["reconcile", try bill(rows), "--provider", "paid"])
    #expect(agreed.status == 0, "\(agreed.output)")
    var planted = rows
    planted[1] = "gpt-5,\(day),req_q2,120,60,0.0007275"
    planted[3] = "gpt-5,\(day),req_stranger,9,9,0.5"
    let found = try program.run(["reconcile", try bill(planted), "--provider", "paid", "--json"])
    #expect(found.status == 1)
    let document = try JSONDocument().parse(found.output)
    let differing = document["matched"]?.elements.filter { $0["differs"]?.bool == true } ?? []
    #expect(differing.compactMap { $0["name"]?.string } == ["req_q2"])
    #expect(differing.first?["difference"]?["usd"]?.string == "0.0001")
    #expect(document["missing_here"]?.elements.compactMap { $0["request_id"]?.string } == ["req_stranger"])
    #expect(document["missing_there"]?.elements.compactMap { $0["request_ids"]?.first?.string } == ["req_q4"])
    #expect(try program.run(["reconcile", try bill([])]).status == 2, "nothing to compare")
  }

  @Test func newerPricesAreTakenAndGivenBack() throws {
    let program = try models.program()
    let file = program.home + "/new.json"
    let records =
      #"[{"id":"openai","models":[{"id":"gpt-5","match":{"equals":"gpt-5"},"prices":{"input_mtok":7,"output_mtok":8}}]}]"#
    try records.write(toFile: file, atomically: true, encoding: .utf8)
    let dry = try program.run(["prices", "update", file, "--dry-run"])
    #expect(dry.output.contains("~ openai/gpt-5 "), "\(dry.output.suffix(300))")
    #expect(try program.run(["prices", "show", "paid/gpt-5"]).output.contains("$1.25"))
    #expect(try program.run(["prices", "update", file]).status == 0)
    let shown = try program.run(["prices", "show", "paid/gpt-5"]).output
    #expect(shown.contains("$7") && shown.contains("new.json"), "\(shown)")
    #expect(try program.run(["prices", "reset"]).status == 0)
    #expect(try program.run(["prices", "show", "paid/gpt-5"]).output.contains("$1.25"))
    try "{}".write(toFile: file, atomically: true, encoding: .utf8)
    #expect(try program.run(["prices", "update", file]).status == 2)
    #expect(try program.run(["prices", "show", "paid/no-such-model"]).status == 2, "unknown is not zero")
  }

  @Test func aReplayInAPipeSaysTheSame() throws {
    let program = try raced(1)
    let id = String(try program.run(["sessions", "list"]).output.split(separator: "\n")[1].prefix(12))
    let played = try program.run(["sessions", "replay", id, "--speed", "0"])
    #expect(played.status == 0)
    #expect(played.output.contains("1 │ Answer to q1"), "\(played.output)")
    let other = try program.run(["sessions", "replay", id, "--what-if", "first-finish", "--hedge", "5000", "--json"])
    let document = try JSONDocument().parse(other.output)
    #expect(document["what_if"]?["winner"]?.int == 0)
    #expect(document["what_if"]?["usd"]?.string == each, "the second lane is not needed")
    let cast = program.home + "/a.cast"
    #expect(try program.run(["sessions", "replay", id, "--cast", cast]).status == 0)
    #expect(try program.run(["sessions", "replay", id, "--cast", cast]).status == 2, "never over a file that is there")
    #expect(try program.run(["sessions", "replay", id, "--turn", "9"]).status == 2)
  }
}
