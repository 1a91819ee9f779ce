import Core
import Foundation
import TestSupport
import Testing

/// `furlong batch --max-cost` with models whose prices are known.
@Suite(.ownThreads) struct BatchBudgetTests {
  /// A hundred thousand tokens in and ten out: gpt-4o takes $2.50 and $10 a million.
  private let models = ScriptedModels(lanes: { call in
    .stream([
      .chat("right \(call.prompt)"), .text(Chat.finish("stop") + Chat.usage(input: 100_000, output: 10)),
      .text(Chat.done), .close,
    ])
  })

  private func command(_ program: Program, _ more: [String]) throws -> [String] {
    let data = program.home + "/data.jsonl"
    try (0..<10).map { #"{"prompt":"item \#($0)"}"# }.joined(separator: "\n")
      .write(toFile: data, atomically: true, encoding: .utf8)
    return ["batch", data, "-m", "paid/gpt-4o", "-m", "paid/gpt-4o,temperature=0", "--json", "--concurrency", "1"]
      + more
  }

  @Test func theBudgetStopsAndSaysHowToGoOn() throws {
    let program = try models.program()
    let result = try program.run(try command(program, ["--max-cost", "1"]))
    #expect(result.status == 1, "a batch that is not whole is exit 1, not \(result.status): \(result.errors)")
    #expect(result.errors.contains("higher --max-cost goes on"), "it says how to go on: \(result.errors)")
    let document = try result.json()
    #expect(document["complete"]?.bool == false, "\(result.output)")
    #expect(document["cost"]?["unknown"]?.bool == false, "the price is known: \(document["cost"]?.source ?? "")")
    let cost = Double(document["cost"]?["usd"]?.string ?? "") ?? 0
    #expect((1..<1.26).contains(cost), "the call that reached the budget was the last: \(cost)")
    #expect(models.calls.count == 4, "four calls of 0.2501 make a dollar: \(models.calls.count)")

    let same = try program.run(try command(program, ["--max-cost", "1"]))
    #expect(same.status == 1 && models.calls.count == 4, "what was spent earlier counts: \(models.calls.count)")
    let more = try program.run(try command(program, ["--max-cost", "10"]))
    #expect(more.status == 0, "\(more.errors)")
    #expect(models.calls.count == 20, "the rest is asked, once: \(models.calls.count)")
    #expect(try more.json()["complete"]?.bool == true)
    let whole = try program.run(try command(program, ["--max-cost", "0"]))
    #expect(whole.status == 0, "a batch that is whole needs no money: \(whole.errors)")
  }

  @Test func nothingIsBegunWithoutMoney() throws {
    let program = try models.program()
    let result = try program.run(try command(program, ["--max-cost", "0"]))
    #expect(result.status == 1 && models.calls.isEmpty, "\(models.calls.count) calls: \(result.errors)")
  }
}
