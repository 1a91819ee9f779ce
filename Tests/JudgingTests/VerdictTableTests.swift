import Core
import Judging
import TestSupport
import Testing

/// A verdict as a table: criteria in words, both orders with their slots exchanged back.
@Suite(.ownThreads) struct VerdictTableTests {
  private let a = ResponseKey(session: "s", turn: 1, lane: 2, generation: 1)
  private let b = ResponseKey(session: "s", turn: 1, lane: 0, generation: 1)

  private func verdict(
    _ preference: Verdict.Preference, _ marks: [(String, Verdict.Answer, Verdict.Answer)], reason: String = ""
  ) -> Verdict {
    var verdict = Verdict(preference)
    verdict.criteria = marks.map { Verdict.Mark(id: $0.0, r1: $0.1, r2: $0.2) }
    verdict.reason = reason
    return verdict
  }

  private func judgement(_ ab: OrderReading, _ ba: OrderReading) -> Judgement {
    var judgement = Judgement(
      id: "j", created: 0, a: a, b: b, judge: "x/judge", version: "1", outcome: PairOutcome.combine(ab: ab, ba: ba))
    judgement.readings = Judgement.Readings(ab: ab, ba: ba)
    return judgement
  }

  private var brief: Brief { Brief(ownCriteria: ["Names the moon", "Three sentences", "Fit for a child"]) }

  @Test func criteriaAreTexts() {
    let first = verdict(.r1Slight, [("c1", .yes, .no), ("c2", .yes, .yes)], reason: "r1 names it, r2 does not.")
    let second = verdict(.r2Much, [("c1", .partly, .yes), ("c2", .yes, .yes)])
    let judgement = judgement(.verdict(first), .verdict(second))
    let table = VerdictTable(judgement, brief: brief)
    #expect(table.result == "lane 3 wins against lane 1")
    // In the second order the answers stand the other way round.
    #expect(
      table.rows(judgement.outcome).prefix(2) == [
        ["Names the moon", "yes", "no then partly"], ["Three sentences", "yes", "yes"],
      ], "\(table.rows(judgement.outcome))")
    #expect(table.criteria.map(\.id) == ["c1", "c2"], "nothing was said of the third")
    #expect(table.orders.map(\.preference) == ["lane 3 slightly better", "lane 3 much better"])
    #expect(table.orders.first?.reason == "lane 3 names it, lane 1 does not.")
  }

  @Test func withoutABriefTheIdsStand() {
    let table = VerdictTable(judgement(.verdict(verdict(.tie, [("c7", .yes, .na)])), .refused("no")), brief: nil)
    #expect(table.criteria.map(\.text) == ["c7"] && VerdictTable.words(table.criteria[0].b) == "n/a")
    #expect(table.orders.last?.preference == nil && table.orders.last?.reason == "the judge refused")
    #expect(table.result == "half a verdict on lanes 3 and 1")
  }

  @Test func quotesAreOfTheirLane() {
    var second = verdict(.r2Slight, [])
    second.errors = [
      Verdict.Fault(place: .r1, quote: "the sun", kind: .wrong), Verdict.Fault(place: .r2, quote: "", kind: .missing),
    ]
    let table = VerdictTable(judgement(.verdict(verdict(.r1Slight, [])), .verdict(second)), brief: brief)
    #expect(table.orders[1].faults.map(\.lane) == [0, 2], "the first listed of the second order is lane 1")
    #expect(table.criteria.isEmpty && table.rows(PairOutcome(kind: .none)).isEmpty)
  }

  @Test func theDocumentHasBothOrders() {
    let first = verdict(.r1Slight, [("c1", .yes, .no)])
    let table = VerdictTable(judgement(.verdict(first), .failed("gone")), brief: brief)
    #expect(
      table.json == [
        [
          "id": "c1", "text": "Names the moon", "a": ["ab": "yes", "ba": .null], "b": ["ab": "no", "ba": .null],
        ]
      ], "\(table.json.serialized())")
  }
}
