import Core
import Foundation
import GRDB
import Judging
import TestSupport
import Testing

@testable import Store

/// Votes, verdicts, briefs, fits and cards: kept as they were, only ever added to.
@Suite(.ownThreads) struct JudgingRecordsTests {
  private let left = Sample.key
  private var right: ResponseKey { ResponseKey(session: left.session, turn: 1, lane: 1, generation: 1) }

  /// Two finished answers of a turn.
  private func store(blind: BlindAssignment? = nil, prompts: [Int: String] = [:]) throws -> Store {
    let store = try Store.inMemory()
    store.append(.session(Sample.session()))
    var turn = Sample.turn()
    turn.tags = ["sql", "hard"]
    turn.blind = blind
    store.append(.turn(session: left.session, turn))
    for key in [left, right] {
      var response = Sample.finished(key)
      response.lane = key.lane
      var asked = Sample.response(key)
      asked.prompt = prompts[key.lane]
      store.append(.began(key, asked, request: nil))
      store.append(.ended(key, response))
    }
    return store
  }

  private func assignment() -> BlindAssignment {
    BlindAssignment(
      id: "b1", session: left.session, turn: 1, lanes: [0: "a/b", 1: "c/d"], pairs: [.init(left: 1, right: 0)],
      salt: "s")
  }

  @Test func aBlindTurnIsBlindUntilItIsRevealed() throws {
    let store = try store(blind: assignment())
    #expect(commit(store) == nil)
    #expect(try store.session(left.session).turns.first?.blind == assignment())
    let kept = try #require(try store.assignment("b1"))
    #expect(kept.sha256 == assignment().sha256 && !kept.isRevealed)
    store.append(.vote(Vote(id: "v1", created: 1, assignment: "b1", left: right, right: left, choice: .left)))
    #expect(commit(store) == nil)
    #expect(try store.votedContests().isEmpty, "a vote counts when it is revealed, not before")
    store.append(.revealed(assignment: "b1"))
    #expect(commit(store) == nil)
    #expect(try store.session(left.session).turns.first?.blind == nil)
    let contest = try #require(try store.votedContests().first).contest
    #expect(contest.a.key == right && contest.tags == ["sql", "hard"] && contest.a.modelReported == "gpt-5.6-2026")
  }

  /// A process that was killed at a vote desk leaves nothing hidden for good; a turn that was raced blind stays so.
  @Test func pairsOfADeadDeskAreShownAgain() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("furlong-\(UUID().uuidString).db").path
    defer { for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + end) } }
    let first = try Store(path: path)
    first.append(.session(Sample.session()))
    for number in [1, 2] {
      var turn = Sample.turn()
      turn.number = number
      var own = assignment()
      (own.turn, own.id) = (number, "b\(number)")
      // The second is raced blind.
      if number == 2 { turn.blind = own }
      first.append(.turn(session: left.session, turn))
      let key = ResponseKey(session: left.session, turn: number, lane: 0, generation: 1)
      first.append(.began(key, Sample.response(key), request: nil))
      first.append(.ended(key, Sample.finished(key)))
      if number == 1 { first.append(.blind(own)) }
    }
    try first.close()
    let raw = try DatabaseQueue(path: path)
    try raw.write { db in
      try db.execute(
        sql: "UPDATE response SET created = 1000; UPDATE blind SET created = CASE turn WHEN 1 THEN 2000 ELSE 999 END")
    }
    try raw.close()
    let turns = try Store(path: path).session(left.session).turns
    #expect(turns.map { $0.blind?.id } == [nil, "b2"], "\(turns.map { $0.blind?.id ?? "shown" })")
  }

  @Test func notesAndWhatImpliesAVoteAreKept() throws {
    let store = try store(blind: assignment())
    let vote = Vote(
      id: "v1", created: 1, assignment: "b1", left: left, right: right, choice: .left, note: "shorter", impliedBy: "c1")
    store.append(.vote(vote))
    #expect(commit(store) == nil)
    #expect(try store.votes() == [vote])
  }

  /// The last pick of a turn holds, and none does once it has been taken back.
  @Test func openPicksAreNoVotes() throws {
    let store = try store()
    store.append(.pick(Pick(id: "p1", created: 1, answer: left)))
    store.append(.pick(Pick(id: "p2", created: 2, answer: right)))
    #expect(commit(store) == nil)
    #expect(try store.picks(session: left.session).map(\.id) == ["p2"])
    #expect(try store.votes().isEmpty && store.votedContests().isEmpty, "a pick is no vote")
    store.append(.pick(Pick(id: "p3", created: 3, answer: right, isTakenBack: true)))
    #expect(commit(store) == nil)
    #expect(try store.picks().isEmpty, "it has been taken back")
  }

  @Test func aVoteTakenBackStaysButDoesNotCount() throws {
    let store = try store(blind: assignment())
    store.append(.vote(Vote(id: "v1", created: 1, assignment: "b1", left: left, right: right, choice: .tie, time: 5)))
    store.append(.vote(Vote(id: "v2", created: 2, assignment: "b1", left: left, right: right, choice: .bothBad)))
    store.append(.undoneVote(id: "v1"))
    #expect(commit(store) == nil)
    #expect(try store.votes().map(\.id) == ["v2"])
    let rows = try store.database.read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM vote") }
    #expect(rows == 2, "nothing is deleted")
  }

  @Test func aJudgementIsKeptAsItWas() throws {
    let store = try store()
    var verdict = Verdict(.r1Slight)
    verdict.reason = "because \(Sample.hostile)"
    verdict.errors = [Verdict.Fault(place: .r2, quote: Sample.hostile, kind: .ignoredInstruction)]
    verdict.criteria = [Verdict.Mark(id: "c1", r1: .yes, r2: .partly)]
    verdict.fit = .init(r1: 8, r2: 5)
    let readings = Judgement.Readings(ab: .verdict(verdict), ba: .unparsed("prose \(Sample.hostile)"))
    var judgement = Judgement(
      id: "c00000000001", created: 7, a: left, b: right, judge: "x/y,effort=low", version: "v",
      outcome: .combine(ab: readings.ab, ba: readings.ba))
    judgement.readings = readings
    judgement.checked = readings
    judgement.brief = "brief"
    judgement.calls = ["one", "two"]
    judgement.cost = Money(decimal: "0.001")!
    judgement.hasUnknownCost = true
    judgement.isSetAside = true
    judgement.judgeReported = "y-2026"
    judgement.outcome.flags = ["flag \(Sample.hostile)"]
    store.append(.judgement(judgement))
    #expect(commit(store) == nil)
    #expect(try store.judgements(session: left.session) == [judgement])
    store.append(.confirmed(judgement: judgement.id))
    #expect(commit(store) == nil)
    #expect(try store.judgements().first?.isConfirmed == true)
    #expect(try store.judgedContests().first?.contest.b.key == right)
  }

  /// Two prompts on two models compare neither the one nor the other.
  @Test(arguments: [([:], 1), ([0: "p", 1: "p"], 1), ([0: "p"], 0), ([0: "p", 1: "q"], 0)])
  func onlyWhatWasAskedAlikeComparesModels(prompts: [Int: String], count: Int) throws {
    let store = try store(prompts: prompts)
    var judgement = Judgement(
      id: "c00000000001", created: 7, a: left, b: right, judge: "x/y", version: "v", outcome: PairOutcome(kind: .none))
    judgement.calls = []
    store.append(.judgement(judgement))
    #expect(commit(store) == nil)
    #expect(try store.judgedContests().count == count, "prompts \(prompts)")
    let kept = try store.session(left.session).turns.first
    #expect(kept?.responses.mapValues(\.prompt).compactMapValues(\.self) == prompts, "what was asked is kept")
  }

  /// What a judge says of a turn that waits for a vote tells whose answers they are.
  @Test func verdictsOnHiddenAnswersWaitForTheVote() throws {
    let store = try store(blind: assignment())
    let judgement = Judgement(
      id: "c00000000001", created: 7, a: left, b: right, judge: "x/y", version: "v", outcome: PairOutcome(kind: .none))
    store.append(.judgement(judgement))
    #expect(commit(store) == nil)
    #expect(try store.judgedContests().isEmpty, "nothing is told before")
    store.append(.revealed(assignment: "b1"))
    #expect(commit(store) == nil)
    #expect(try store.judgedContests().count == 1)
  }

  @Test func briefsFitsAndCardsAreKept() throws {
    let store = try store()
    var brief = Brief(ownCriteria: ["Is it right? \(Sample.hostile)"])
    brief.solution = "four"
    let stored = StoredBrief(id: "id", created: 1, judge: "x/y", version: "v", brief: brief)
    store.append(.brief(stored))
    var fit = Fit(answer: left, judge: "x/y", value: 8, reason: "good \(Sample.hostile)")
    (fit.isQuarantined, fit.calls, fit.cost, fit.time) = (true, ["one"], Money(decimal: "0.5")!, 99)
    store.append(.fit(fit))
    let trial = JudgeCard.Trial(
      probe: "p1", kind: "attack", expected: "a", outcome: PairOutcome(kind: .win, winner: .a),
      firstSlots: [true, nil],
      unparsed: 1, lengthRatio: 0.5)
    let card = StoredCard(
      id: "c1", created: 1, judge: "x/y", judgeReported: "y-1", version: "v",
      card: JudgeCard(probes: "p", trials: [trial]))
    store.append(.card(card))
    #expect(commit(store) == nil)
    #expect(try store.brief("id") == stored)
    #expect(try store.fits(session: left.session) == [fit])
    #expect(try store.cards() == [card])
    var newer = card
    (newer.id, newer.created) = ("c2", 2)
    store.append(.card(newer))
    #expect(commit(store) == nil)
    #expect(try store.cards() == [newer], "the latest card of a judge and its model")
  }

  @Test func callsOfJudgesAreNotListedButPaid() throws {
    let store = try store()
    var session = Sample.session("00000000000a")
    session.purpose = .judge
    store.append(.session(session))
    store.append(.turn(session: session.id, Sample.turn()))
    let key = ResponseKey(session: session.id, turn: 1, lane: 0, generation: 1)
    store.append(.began(key, Sample.response(key), request: nil))
    store.append(.ended(key, Sample.finished(key)))
    #expect(commit(store) == nil)
    #expect(try store.sessions().map(\.id) == [left.session])
    #expect(try store.recentPrompts(limit: 9).count == 1)
    #expect(try store.spent(since: 0) == Money(decimal: "1.5"), "three answers at half a dollar")
    #expect(try store.laneFigures().values.reduce(0) { $0 + $1.answers } == 2)
  }

  /// A database as the version before this one left it.
  @Test func aDatabaseOfTheSecondVersionOpens() throws {
    let folder = TemporaryFolder()
    let path = folder.file("old.db")
    let queue = try rawDatabase(path)
    try Migrations.run(queue, upTo: .continuedTurns)
    try queue.write { db in
      try db.execute(
        sql: """
          INSERT INTO session VALUES ('3f2a9c1e04b7', 1, 'old', 'all', '["local/m"]');
          INSERT INTO turn (session, number, created, prompt, prompt_sha256, rule) VALUES ('3f2a9c1e04b7', 1, 1, 'p', 'x', 'all');
          INSERT INTO response (session, turn, lane, generation, created, finished, writer, provider, model, parameters,
            simulated, shares_machine, state, text) VALUES ('3f2a9c1e04b7', 1, 0, 1, 1, 2, 'w', 'local', 'm', '{}', 0, 0,
            'done', 'kept');
          """)
    }
    try queue.close()
    let store = try Store(path: path)
    let session = try store.session("3f2a")
    #expect(session.purpose == .lane && session.turns.first?.responses[0]?.text == "kept")
    #expect(session.turns.first?.tags == [] && session.turns.first?.blind == nil)
    #expect(try store.sessions().count == 1 && store.votes().isEmpty)
  }
}
