import Core
import GRDB
import TestSupport
import Testing

@testable import Store

@Suite(.ownThreads) struct LedgerRecordsTests {
  private func stored(_ change: (inout Response) -> Void) throws -> Store {
    let store = try Store.inMemory()
    var response = Sample.finished()
    change(&response)
    store.append(.session(Sample.session()))
    store.append(.turn(session: Sample.key.session, Sample.turn()))
    store.append(.began(Sample.key, Sample.response(), request: nil))
    store.append(.ended(Sample.key, response))
    #expect(commit(store) == nil)
    return store
  }

  @Test func theLedgerReadsWhatWasStored() throws {
    let store = try stored { _ in }
    let call = try #require(try store.ledger().first)
    var response = Sample.finished()
    response.cost.price = nil
    #expect(call.key == Sample.key)
    #expect(call.purpose == "lane")
    #expect(call.cost == response.cost)
    #expect(call.usage.classes == response.usage.classes)
    #expect(call.requestIDs == ["r1", "r2"])
    #expect(call.amount == Money(decimal: "0.5"), "the charge comes before what was computed")
    #expect(try store.ledger(since: call.created + 1).isEmpty)
    #expect(try store.ledger(until: call.created).isEmpty, "the end is excluded")
  }

  /// An answer that was written from the others is booked apart.
  @Test func fusionsAreBookedApart() throws {
    let store = try stored { _ in }
    try store.database.write { try $0.execute(sql: "UPDATE response SET prompt = 'from the others'") }
    #expect(try store.ledger().map(\.purpose) == ["fusion"])
    try store.database.write { try $0.execute(sql: "UPDATE session SET purpose = 'batch'") }
    #expect(try store.ledger().map(\.purpose) == ["batch"], "a template of a data set is no fusion")
  }

  @Test func whatWasPaidElsewhereIsNotOnTheBill() throws {
    let store = try stored { _ in }
    try store.database.write { try $0.execute(sql: "UPDATE response SET origin = 'llm'") }
    #expect(try store.ledger().isEmpty)
    #expect(try store.ledger(includesImported: true).count == 1)
    #expect(try store.spent(since: 0) == .zero)
  }

  @Test func beforeAVoteTheBillDoesNotTellWhoseAnswerIsWhose() throws {
    let store = try stored { _ in }
    let assignment = BlindAssignment(
      id: "b1", session: Sample.key.session, turn: 1, lanes: [0: "openai/gpt-5.6"], pairs: [], salt: "s")
    store.append(.blind(assignment))
    #expect(commit(store) == nil)
    let call = try #require(try store.ledger().first)
    #expect(call.isHidden && call.model.provider == "(blind)", "no provider can be called that")
    #expect(call.modelReported == nil && call.end == nil && call.firstAnswer == nil && call.requestIDs.isEmpty)
    #expect(call.amount == Money(decimal: "0.5"), "what was spent is told")
    store.append(.revealed(assignment: "b1"))
    #expect(commit(store) == nil)
    #expect(try store.ledger().first?.model.provider == "openai")
  }

  @Test func aChargeToldAfterwardsEndsTheUncertainty() throws {
    let store = try stored { response in
      response.state = .stopped
      response.cost.status = .partial
      response.cost.reported = nil
    }
    let open = try store.unsettled(provider: "openai")
    #expect(open.map(\.key) == [Sample.key])
    #expect(open.first?.requestID == "r2", "of the last attempt")
    store.append(.settled(Sample.key, Settlement(charge: Money(decimal: "0.25")!, input: 7, output: nil)))
    #expect(commit(store) == nil)
    let call = try #require(try store.ledger().first)
    #expect(call.cost.status == .exact)
    #expect(call.amount == Money(decimal: "0.25"))
    let receipt = try #require(try store.session(Sample.key.session).turns[0].responses[0])
    #expect(receipt.cost.computed == receipt.cost.price?.cost(of: receipt.usage), "the receipt adds up")
    #expect((call.cost.lowest, call.cost.highest) == (nil, nil))
    #expect(call.usage.input == 7)
    #expect(call.usage.output == Sample.finished().usage.output, "what it does not tell stays")
    #expect(try store.unsettled(provider: "openai").isEmpty)
    #expect(try store.spent(since: 0) == Money(decimal: "0.25"))
    let sum = try store.read { try Int64.fetchOne($0, sql: "SELECT cost FROM summary") }
    #expect(sum == 250_000_000_000, "the list of sessions says the same")
  }
}
