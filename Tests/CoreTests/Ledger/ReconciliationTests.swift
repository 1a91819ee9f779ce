import Core
import TestSupport
import Testing

@Suite(.ownThreads) struct ReconciliationTests {
  private static let start: Int64 = 1_795_435_200

  private func call(
    _ number: Int, model: String = "openai/gpt-5.6", ids: [String] = [], input: Int = 1000, output: Int = 50
  ) -> LedgerCall {
    var usage = Usage()
    (usage.input, usage.output) = (input + number, output)
    var cost = Cost()
    cost.status = .exact
    cost.computed = Money(picoDollars: Int64(usage.input) * 4_000_000)
    var call = LedgerCall(
      key: ResponseKey(session: "s\(number)", turn: 1, lane: 0, generation: 1),
      created: Self.start + Int64(number) * 60,
      model: ModelID(model)!, purpose: "lane", state: .done, usage: usage, cost: cost)
    call.requestIDs = ids
    return call
  }

  /// The line that a true bill has for a call.
  private func line(_ number: Int, for call: LedgerCall, id: String? = nil) -> BillLine {
    var line = BillLine(
      line: number, requestID: id, model: "gpt-5.6-2026-08-01", start: call.created + 2, end: call.created + 3)
    (line.input, line.output, line.cost) = (call.usage.input, call.usage.output, call.amount)
    return line
  }

  /// One line too many, one too few, one with another count: three found, and nothing else.
  @Test(arguments: [true, false]) func threePlantedDiscrepanciesAreFoundAndNoOther(hasIDs: Bool) {
    let calls = (0..<40).map { call($0, ids: hasIDs ? ["req_\($0)"] : []) }
    var bill = calls.enumerated().map { line($0 + 2, for: $1, id: hasIDs ? "req_\($0)" : nil) }
    bill.remove(at: 7)
    bill[20].output = 99
    bill[20].cost = bill[20].cost.map { $0 + Money(picoDollars: 7) }
    var stranger = line(99, for: call(0), id: hasIDs ? "req_stranger" : nil)
    (stranger.model, stranger.start, stranger.end) = ("gpt-4o", Self.start + 30, Self.start + 31)
    bill.append(stranger)
    let result = Reconciliation(bill, calls)
    #expect(result.missingHere.map(\.line) == [99])
    #expect(result.missingThere.map(\.key.session) == ["s7"])
    let differing = result.matches.filter { $0.exceeds(0) }
    #expect(differing.map(\.lines) == [[bill[20].line]])
    #expect(differing.first?.output == 49)
    #expect(differing.first?.cost == Money(picoDollars: 7))
    #expect(result.exceeds(0))
    #expect(result.matches.count == 39)
  }

  @Test func anAgreeingBillExceedsNothing() {
    let calls = (0..<10).map { call($0) }
    let bill = calls.enumerated().map { line($0, for: $1) }
    #expect(!Reconciliation(bill, calls).exceeds(0))
  }

  @Test func daysAreComparedAsSums() {
    let calls = (0..<5).map { call($0) } + [call(0, model: "openai/gpt-5")]
    var day = BillLine(line: 2, requestID: nil, model: "gpt-5.6", start: Self.start, end: Self.start + 86_400)
    day.input = 5010
    day.output = 250
    var other = day
    (other.line, other.model, other.input, other.output) = (3, "gpt-5", 1000, 50)
    let result = Reconciliation([day, other], calls)
    #expect(!result.exceeds(0))
    #expect(result.matches.map(\.calls).sorted() == [1, 5])
    day.input = 5110
    #expect(Reconciliation([day, other], calls).exceeds(0.01))
    #expect(!Reconciliation([day, other], calls).exceeds(0.05), "within the tolerance")
  }

  @Test func partsOfOneCallAreAddedUp() {
    let one = call(0, ids: ["r1"])
    var input = line(2, for: one, id: "r1")
    (input.output, input.cost) = (nil, Money(picoDollars: 1))
    var output = line(3, for: one, id: "r1")
    (output.input, output.cost) = (nil, Money(picoDollars: one.amount!.picoDollars - 1))
    let result = Reconciliation([input, output], [one])
    #expect(result.matches.count == 1)
    #expect(!result.exceeds(0), "\(result.matches)")
  }

  @Test func aCallWhoseCostIsUnknownDoesNotAgreeWithACharge() {
    var one = call(0, ids: ["r1"])
    let bill = [line(2, for: one, id: "r1")]
    one.cost = Cost()
    #expect(Reconciliation(bill, [one]).exceeds(0.5))
  }
}
