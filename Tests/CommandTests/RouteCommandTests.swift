import Core
import Foundation
import TestSupport
import Testing

@Suite(.ownThreads) struct RouteCommandTests {
  private static let config = """
    routes:
      cheap: {pick: cheapest, from: [openai/gpt-4o, openai/gpt-4o-mini, demo/hare, nobody/x]}
      paid: {pick: cheapest, from: [openai/gpt-4o, openai/gpt-4o-mini]}
      safe: {fallback: [demo/owl, paid]}
      trial: {split: {demo/hare: 90, demo/tortoise: 10}, sticky: user, judge: {model: demo/owl}, seed: 7}
    providers: {nobody: {base_url: "http://127.0.0.1:9/v1"}}
    """

  private func program() throws -> Program {
    var program = try Program(config: Self.config)
    program.environment["OPENAI_API_KEY"] = Program.key
    return program
  }

  @Test func withoutANameTheRoutesAreListed() throws {
    let program = try program()
    let list = try program.run(["route"])
    #expect(list.status == 0, "expected 0: \(list.errors)")
    #expect(
      list.output.contains("safe   fallback  {fallback: [demo/owl, paid]}"), "expected each route: \(list.output)")
    let one = try program.run(["route", "paid", "--json"]).json()
    #expect(one.elements.first?["models"]?.elements.compactMap(\.string) == ["openai/gpt-4o", "openai/gpt-4o-mini"])
    let none = try Program().run(["route"])
    #expect(none.status == 0 && none.output.isEmpty && none.errors.contains("routes"), "expected what to do: \(none)")
  }

  @Test func aDecisionIsExplainedWithoutSpending() throws {
    let program = try program()
    let result = try program.run(["route", "cheap", "--explain", String(repeating: "word ", count: 800)])
    #expect(result.status == 0, "expected 0: \(result.errors)")
    let lines = result.output.split(separator: "\n")
    #expect(lines.first == "cheap: 1000 tokens by estimate", "expected the size first: \(result.output)")
    #expect(lines.dropFirst(2).first?.contains("demo/hare") == true, "expected the free one first: \(result.output)")
    #expect(result.output.contains("no price is known"), "expected the unknown price to be told: \(result.output)")
    #expect(lines.last == "why: free", "expected the reason last: \(result.output)")
    let store = try program.run(["costs", "--json"])
    #expect(!store.output.contains("hare"), "expected no call to be made")
  }

  @Test func theDocumentHasOrderAndReasons() throws {
    let program = try program()
    let document = try program.run(["route", "safe", "--explain", "hello", "--max-tokens", "100", "--json"]).json()
    #expect(
      document["lanes"]?.elements.compactMap(\.string) == ["demo/owl", "openai/gpt-4o-mini", "openai/gpt-4o"],
      "expected the route in the route to be decided")
    #expect(document["order"]?["in_turn"]?.elements.map(\.int) == [0, 1, 2])
    let inner = document["reasons"]?["candidates"]?.elements.last
    #expect(inner?["route"]?.string == "paid" && inner?["kind"]?.string == "cheapest", "expected reasons in reasons")
    // 2 tokens at $0.15 and 100 at $0.60 a million.
    #expect(inner?["candidates"]?.elements.first?["expected_usd"]?.string == "0.0000603", "expected money as text")
  }

  @Test func aStickyUserIsTold() throws {
    let program = try program()
    let arms = try (0..<8).map { try program.run(["route", "trial", "--explain", "x", "--user", "u\($0 % 2)"]).output }
    #expect(Set(arms).count <= 2 && arms[0] == arms[2], "expected one answer a user: \(arms)")
    #expect(arms[0].contains("asked unseen: demo/") && arms[0].contains("compared by: demo/owl"), "\(arms[0])")
  }

  @Test(arguments: [
    (["route", "chaep"], "did you mean cheap"), (["route", "chaep", "--explain", "x"], "did you mean cheap"),
    (["route", "--explain", "x"], "name a route"), (["route", "opnai/x", "--explain", "x"], "did you mean openai/x"),
    (["route", "cheap", "--explain", "x", "--max-tokens", "0"], "at least 1"),
  ])
  func whatCannotBeDoneHasStatus2AndARemedy(arguments: [String], words: String) throws {
    let result = try program().run(arguments)
    #expect(result.status == 2 && result.errors.contains(words), "expected 2 and ‘\(words)’: \(result)")
  }

  @Test func whatWasRacedIsKnown() throws {
    let program = try program()
    #expect(try program.run(["race", "Why?", "-m", "demo/hare", "-m", "demo/tortoise"]).status == 0)
    let document = try program.run(["route", "trial", "--explain", "x", "--json"]).json()
    let chosen = document["reasons"]?["candidates"]?.elements.first { $0["samples"] != nil }
    #expect(chosen?["samples"]?.int == 1, "expected the stored answer to count")
    #expect((chosen?["ttfo_ms"]?.double ?? 0) > 100, "expected its measured time")
  }
}
