import Core
import Judging
import TestSupport
import Testing

@Suite(.ownThreads) struct TurnMarksTests {
  private static let session = "aaaaaaaaaaaa"

  /// Lanes of these states and ends, in milliseconds.
  private static func turn(_ lanes: [(ResponseState, Int64)], winner: Int? = nil) -> Turn {
    var turn = Turn(number: 1, prompt: "p", rule: .all, winner: winner)
    for (lane, (state, end)) in lanes.enumerated() {
      var response = Response(lane: lane, model: ModelID("a/m\(lane)")!, parameters: Parameters())
      response.state = state
      response.timing.end = end * 1_000_000
      turn.responses[lane] = response
    }
    return turn
  }

  private static func key(_ lane: Int, generation: Int = 1) -> ResponseKey {
    ResponseKey(session: session, turn: 1, lane: lane, generation: generation)
  }

  private static func verdict(
    _ a: Int, _ b: Int, _ kind: PairOutcome.Kind, _ winner: PairOutcome.Winner? = nil
  ) -> Judgement {
    Judgement(
      id: "\(a)\(b)", created: 1, a: key(a), b: key(b), judge: "j/j", version: "v",
      outcome: PairOutcome(kind: kind, winner: winner))
  }

  private static func vote(_ left: Int, _ right: Int, _ choice: Vote.Choice, session: String = session) -> Vote {
    var (first, second) = (key(left), key(right))
    (first.session, second.session) = (session, session)
    return Vote(id: "\(left)\(right)", created: 1, assignment: "x", left: first, right: second, choice: choice)
  }

  private static func fit(_ lane: Int, _ value: Int?) -> Fit {
    Fit(answer: key(lane), judge: "j/j", value: value, reason: "")
  }

  @Test func theFastestIsWholeAndNeedNotBeTheWinner() {
    let turn = Self.turn([(.truncated, 100), (.done, 300), (.done, 200), (.failed, 50)], winner: 1)
    let marks = TurnMarks(turn, session: Self.session)
    #expect(marks.fastest == 2, "lane 1 was cut off at its limit, lane 4 failed")
    #expect(marks.judgesBest == nil && marks.picked == nil && !marks.isCompared)
  }

  @Test func threeMarksMayBeThreeLanes() {
    let turn = Self.turn([(.done, 100), (.done, 200), (.done, 300)])
    let marks = TurnMarks(
      turn, session: Self.session, judgements: [Self.verdict(0, 1, .win, .b), Self.verdict(1, 2, .weakWin, .a)],
      votes: [Self.vote(2, 0, .left), Self.vote(1, 2, .right)])
    #expect(marks.marks(0) == [.fastest] && marks.marks(1) == [.judge] && marks.marks(2) == [.you])
  }

  @Test(
    arguments: [
      ([verdict(0, 1, .tie)], nil),
      ([verdict(0, 1, .win, .a), verdict(1, 2, .win, .a), verdict(0, 2, .win, .b)], nil),
      ([verdict(0, 1, .none)], nil),
      ([verdict(0, 1, .win, .a), verdict(0, 2, .orderSplit)], nil),
      ([verdict(0, 1, .win, .a), verdict(0, 2, .win, .a)], 0),
    ] as [([Judgement], Int?)])
  func aTieOrACircleHasNoBest(_ verdicts: [Judgement], _ best: Int?) {
    let turn = Self.turn([(.done, 1), (.done, 2), (.done, 3)])
    #expect(TurnMarks(turn, session: Self.session, judgements: verdicts).judgesBest == best)
  }

  @Test func whatDoesNotCountMarksNobody() {
    var turn = Self.turn([(.done, 1), (.done, 2)])
    var aside = Self.verdict(0, 1, .win, .a)
    aside.isSetAside = true
    var quarantined = Self.verdict(0, 1, .win, .a)
    quarantined.outcome.isQuarantined = true
    for judgement in [aside, quarantined] {
      #expect(TurnMarks(turn, session: Self.session, judgements: [judgement]).judgesBest == nil)
    }
    turn.responses[0]?.generation = 2
    let old = TurnMarks(
      turn, session: Self.session, judgements: [Self.verdict(0, 1, .win, .a)], fits: [Self.fit(0, 9), Self.fit(1, 2)],
      votes: [Self.vote(0, 1, .left)])
    #expect(!old.isCompared, "lane 1 was asked again: what was said of its older answer says nothing of this one")
    turn.responses[0]?.generation = 1
    let elsewhere = TurnMarks(turn, session: Self.session, votes: [Self.vote(0, 1, .left, session: "bbbbbbbbbbbb")])
    #expect(elsewhere.picked == nil, "a repeated pair is another session's")
    #expect(TurnMarks(turn, session: Self.session, votes: [Self.vote(0, 1, .bothBad)]).picked == nil)
  }

  @Test func withoutVerdictsTheBestFitIsTheJudgesBest() {
    let turn = Self.turn([(.done, 1), (.done, 2), (.done, 3)])
    func best(_ fits: [Fit]) -> Int? { TurnMarks(turn, session: Self.session, fits: fits).judgesBest }
    #expect(best([Self.fit(0, 3), Self.fit(1, 8)]) == 1)
    #expect(best([Self.fit(0, 8), Self.fit(1, 8)]) == nil, "two are as good")
    #expect(best([Self.fit(0, 8)]) == nil, "one alone was read: it is above nobody")
  }
}
