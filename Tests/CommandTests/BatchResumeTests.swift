import Core
import Foundation
import TestSupport
import Testing

/// `furlong batch` broken off: nothing that was finished is paid twice.
@Suite(.ownThreads) struct BatchResumeTests {
  private let program: Program
  private let models: ScriptedModels
  private let data: String
  /// Lets go of the lanes held back.
  private let gate = Gate()

  /// Of forty calls the first sixteen are answered, the others wait for the gate.
  init() throws {
    let (gate, count) = (gate, Journal<Void>())
    models = ScriptedModels(lanes: { call in
      count.append(())
      let answer = ScriptedModels.stream("\(call.prompt) \(call.model == "a" ? "right" : "wrong")")
      return count.entries.count > 16 ? [.hold(gate)] + answer : answer
    })
    program = try models.program()
    data = program.home + "/data.jsonl"
    try (0..<20).map { #"{"id":"i\#($0)","prompt":"item \#($0)"}"# }.joined(separator: "\n")
      .write(toFile: data, atomically: true, encoding: .utf8)
  }

  private func command(_ more: [String] = []) -> [String] {
    ["batch", data, "-m", "test/a", "-m", "test/b", "--judge", "test/judge-j", "--json"] + more
  }

  /// Half-way: what can be answered is answered and written, the rest is under way.
  private func startHalfWay() throws -> Child {
    let process = try program.start(command())
    let isHeld = models.journal.wait { $0.count { !$0.isJudge } >= 22 }
    #expect(isHeld, "six calls at once wait after sixteen answers: \(models.laneCalls.count)")
    return process
  }

  /// By prompt and model.
  private var asked: [String: Int] {
    Dictionary(grouping: models.laneCalls) { "\($0.prompt) \($0.model)" }.mapValues(\.count)
  }

  private func expectWhole(_ result: Program.Result, sourceLocation: SourceLocation = #_sourceLocation) throws {
    #expect(result.status == 0, "\(result.errors)", sourceLocation: sourceLocation)
    let document = try result.json()
    #expect(document["complete"]?.bool == true && document["items"]?.int == 20, sourceLocation: sourceLocation)
    #expect(
      document["pairs"]?.first?["wins"]?.int == 20, "\(document["pairs"]?.source ?? "")", sourceLocation: sourceLocation
    )
    for item in document["results"]?.elements ?? [] {
      let verdicts = item["verdicts"]?.elements ?? []
      #expect(verdicts.count == 1, "one verdict an item: \(item.source)", sourceLocation: sourceLocation)
      #expect(
        verdicts.first?["orders"]?["ab"]?["state"]?.string == verdicts.first?["orders"]?["ba"]?["state"]?.string,
        "both orders: \(item.source)", sourceLocation: sourceLocation)
    }
    #expect(asked.count == 40, "every prompt went to both: \(asked.count)", sourceLocation: sourceLocation)
    let twice = asked.filter { $0.value > 1 }
    #expect(asked.values.allSatisfy { $0 <= 2 }, "none three times: \(twice)", sourceLocation: sourceLocation)
    #expect(twice.count <= 6, "only the six under way were asked again: \(twice)", sourceLocation: sourceLocation)
    let orders = Dictionary(grouping: models.verdictCalls, by: \.answers)
    #expect(orders.count == 40, "twenty pairs in both orders: \(orders.count)", sourceLocation: sourceLocation)
  }

  @Test func aKilledBatchGoesOn() throws {
    let process = try startHalfWay()
    // Read as anyone would.
    var reader = try Program()
    reader.environment["XDG_DATA_HOME"] = program.home + "/.local/share"
    var done = 0
    #expect(
      try eventually {
        done = try finished(reader)
        return done == 16
      }, "sixteen finished answers are written while others run: \(done)")
    process.kill(SIGKILL)
    #expect(process.wait() == .killed(signal: SIGKILL), "it was killed")
    gate.open()
    try expectWhole(try program.run(command()))
    let before = models.calls.count
    try expectWhole(try program.run(command()))
    #expect(models.calls.count == before, "a third run asks nobody")
  }

  @Test func anInterruptedBatchGoesOn() throws {
    let process = try startHalfWay()
    process.kill(SIGINT)
    let result = program.result(of: process)
    #expect(result.status == 130, "an interrupt is 130, not \(result.status): \(result.errors)")
    #expect(result.errors.contains("the same command goes on"), "\(result.errors)")
    #expect(try result.json()["complete"]?.bool == false, "what came is told: \(result.output)")
    gate.open()
    try expectWhole(try program.run(command()))
    #expect(try program.run(["sessions"]).output.split(separator: "\n").count <= 2, "one batch is one session")
  }

  @Test func restartAsksAnew() throws {
    gate.open()
    try expectWhole(try program.run(command()))
    let again = try program.run(command(["--restart"]))
    #expect(again.status == 0, "\(again.errors)")
    #expect(models.laneCalls.count == 80, "all are asked again: \(models.laneCalls.count)")
  }

  /// Answers that are done, as another program reads them while the batch runs.
  private func finished(_ reader: Program) throws -> Int {
    let list = try reader.run(["sessions"]).output.split(separator: "\n").dropFirst()
    guard let id = list.first?.split(separator: " ").first else { return 0 }
    let turns = try reader.run(["sessions", "show", String(id), "--json"]).json()["turns"]?.elements ?? []
    return turns.flatMap { $0["responses"]?.elements ?? [] }.count { $0["state"]?.string == "done" }
  }
}
