import Core
import CustomDump
import Foundation
import GRDB
import Judging
import TestSupport
import Testing

@testable import Store

@Suite(.ownThreads) struct DeletingTests {
  private let folder = TemporaryFolder()
  private var path: String { folder.file("a.db") }
  private static let id = "dddd00000001"

  /// A session with everything about it that has words: votes, verdicts, fits, a judge's call, a brief, an open part.
  private func makeStore() throws -> Store {
    let store = try Store(path: path)
    store.add(
      Self.id, created: 200, tags: ["secrettag"], cost: "0.5",
      ("secretprompt \"quoted\"\nline", ["secretanswer one", "failed:secretanswer two"]))
    store.add("eeee00000002", created: 100, ("an open prompt", ["an open answer", "another"]))
    _ = try store.claim(store.session(Self.id), plan: ["items": "secretplan"])
    let (left, right) = (key(0), key(1))
    let assignment = BlindAssignment(
      id: "0123456789ab", session: Self.id, turn: 1, lanes: [0: "a/one", 1: "b/two"], pairs: [.init(left: 0, right: 1)],
      salt: "s")
    store.append(.blind(assignment))
    store.append(
      .vote(Vote(id: "a00000000001", created: 1, assignment: assignment.id, left: left, right: right, choice: .left)))
    store.append(.revealed(assignment: assignment.id))
    var judging = Session(
      id: "ffff00000001", created: 300, title: Self.id, rule: .all, lanes: [try Lane(parsing: "j/judge")], turns: [])
    judging.purpose = .judge
    var briefing = judging
    (briefing.id, briefing.purpose, briefing.title) = ("ffff00000002", .brief, "brief")
    for session in [judging, briefing] {
      store.append(.session(session))
      let task = JSON.string("secretprompt \"quoted\"\nline").serialized()
      store.append(
        .turn(session: session.id, Turn(number: 1, prompt: "{\"task\":\(task)} secretquote", rule: .all)))
      let key = ResponseKey(session: session.id, turn: 1, lane: 0, generation: 1)
      var response = Response(lane: 0, model: ModelID("j/judge")!, parameters: Parameters())
      response.prompt = "secretask"
      store.append(.began(key, response, request: ["secretrequest": 1]))
      response.state = .failed
      response.text = "secretverdict"
      response.error = ResponseError(.server, "secreterror", status: 500)
      response.attempts = [Attempt(status: 500, error: response.error, requestID: "r1")]
      response.cost.status = .exact
      response.cost.computed = Money(decimal: "0.25")
      store.append(.ended(key, response))
    }
    var judgement = Judgement(
      id: Session.newID(), created: 1, a: left, b: right, judge: "j/judge", version: "1",
      outcome: PairOutcome(kind: .none))
    judgement.calls = ["ffff00000001"]
    judgement.brief = "brief-of-it"
    store.append(.judgement(judgement))
    store.append(.confirmed(judgement: judgement.id))
    store.append(
      .brief(StoredBrief(id: "brief-of-it", created: 1, judge: "j/judge", version: "1", brief: Brief.none)))
    var fit = Fit(answer: left, judge: "j/judge", value: 7, reason: "secretreason")
    fit.calls = ["ffff00000001"]
    store.append(.fit(fit))
    #expect(commit(store) == nil)
    return store
  }

  private func key(_ lane: Int) -> ResponseKey { ResponseKey(session: Self.id, turn: 1, lane: lane, generation: 1) }

  private var fileBytes: Data {
    [path, path + "-wal"].reduce(Data()) { $0 + (FileManager.default.contents(atPath: $1) ?? Data()) }
  }

  @Test func deletedIsHiddenAtOnceAndUndone() throws {
    let store = try makeStore()
    #expect(try store.votedContests().count == 1 && store.judgedContests().count == 1)
    store.append(.deleted(session: Self.id))
    #expect(commit(store) == nil)
    #expect(try store.sessions().map(\.id) == ["eeee00000002"])
    #expect(try store.found("secretprompt").isEmpty && store.found("secretanswer").isEmpty)
    #expect(try store.found("secretanswer tag:secrettag").isEmpty)
    #expect(try store.recentPrompts(limit: 9) == ["an open prompt"])
    #expect(try store.votedContests().isEmpty && store.judgedContests().isEmpty)
    #expect(try store.votes().isEmpty && store.judgements().isEmpty)
    #expect(try store.laneFigures().values.map(\.answers).reduce(0, +) == 2)
    #expect(throws: StoreError.deleted(Self.id)) { try store.session("dddd") }
    let spent = try store.spent(since: 0)
    store.append(.undeleted(session: Self.id))
    #expect(commit(store) == nil)
    #expect(try store.sessions().count == 2 && store.found("secretanswer") == [Self.id])
    #expect(try store.session("dddd").turns.first?.responses[0]?.text == "secretanswer one")
    #expect(try store.votedContests().count == 1 && store.votes().count == 1)
    #expect(try store.spent(since: 0) == spent)
    try store.close()
    #expect(try Store(path: path).sessions().count == 2, "what was taken back stays")
  }

  @Test func closingEmptiesItAndKeepsTheReceipts() throws {
    let store = try makeStore()
    let receipts = """
      SELECT id, session, turn, lane, provider, model, state, usage_input, usage_output, cost_status, cost, created, finished
      FROM response ORDER BY id
      """
    let before = try rows(path, receipts)
    let spent = try store.spent(since: 0)
    store.append(.deleted(session: Self.id))
    #expect(commit(store) == nil)
    _ = try store.vacuum()
    #expect(fileBytes.range(of: Data("secret".utf8)) != nil, "it can still be taken back")
    try store.close()
    let later = try Store(path: path)
    #expect(throws: StoreError.noSuchSession("dddd")) { try later.session("dddd") }
    #expect(try later.sessions().map(\.id) == ["eeee00000002"])
    #expect(try later.sessions()[0].cost == Money(decimal: "0.02"))
    #expect(try later.found("secretprompt").isEmpty && later.found("open") == ["eeee00000002"])
    #expect(try later.spent(since: 0) == spent)
    expectNoDifference(try rows(path, receipts), before)
    for table in ["vote", "blind", "judgement", "judgement_confirmed", "fit", "brief", "attachment", "part"] {
      #expect(try rows(path, "SELECT COUNT(*) FROM \(table)") == ["0"], "\(table)")
    }
    _ = try later.vacuum()
    try later.close()
    #expect(fileBytes.range(of: Data("secret".utf8)) == nil, "words of it are still in the file")
    #expect(fileBytes.range(of: Data("an open answer".utf8)) != nil)
    #expect(try rows(path, "SELECT COUNT(*) FROM search WHERE search MATCH 'secretanswer'") == ["0"])
    try checkSearch(path)
  }

  /// Killed after deleting: the next one to open the file empties it. A living one's mark is left alone.
  @Test func aDeadProcessesMarkIsCarriedOut() throws {
    let store = try makeStore()
    store.append(.deleted(session: Self.id))
    #expect(commit(store) == nil)
    let beside = try Store(path: path)
    #expect(throws: StoreError.deleted(Self.id)) { try beside.session(Self.id) }
    let queue = try rawDatabase(path)
    try queue.write { try $0.execute(sql: "UPDATE summary SET deleted = '99999999:1' WHERE deleted IS NOT NULL") }
    try queue.close()
    let later = try Store(path: path)
    #expect(throws: StoreError.noSuchSession(Self.id)) { try later.session(Self.id) }
    #expect(try rows(path, "SELECT prompt FROM turn WHERE session = '\(Self.id)'") == [""])
  }

  @Test func anAnswerStillComingIsWaitedFor() throws {
    let store = try makeStore()
    let open = ResponseKey(session: Self.id, turn: 1, lane: 0, generation: 2)
    store.append(.began(open, Response(lane: 0, model: ModelID("a/one")!, parameters: Parameters()), request: nil))
    store.append(.deleted(session: Self.id))
    try store.close()
    #expect(throws: StoreError.deleted(Self.id)) { try Store(path: path).session(Self.id) }
    let queue = try rawDatabase(path)
    try queue.write {
      try $0.execute(
        sql: "UPDATE response SET writer = '99999999:1'; UPDATE summary SET deleted = '9:1' WHERE deleted <> ''")
    }
    try queue.close()
    #expect(throws: StoreError.noSuchSession(Self.id)) { try Store(path: path).session(Self.id) }
  }

  /// Another Furlong still shows it, and its person goes on: then it is wanted.
  @Test func goingOnTakesItBack() throws {
    let store = try makeStore()
    store.append(.deleted(session: Self.id))
    #expect(commit(store) == nil)
    let other = try Store(path: path)
    other.append(.turn(session: Self.id, Turn(number: 2, prompt: "and then?", rule: .all)))
    #expect(commit(other) == nil)
    #expect(try store.session(Self.id).turns.map(\.prompt).last == "and then?")
    try store.close()
    #expect(try other.session(Self.id).turns.count == 2)
  }

  @Test func aBriefThatOthersUseStays() throws {
    let store = try makeStore()
    var judgement = Judgement(
      id: Session.newID(), created: 1, a: ResponseKey(session: "eeee00000002", turn: 1, lane: 0, generation: 1),
      b: ResponseKey(session: "eeee00000002", turn: 1, lane: 1, generation: 1), judge: "j/judge", version: "1",
      outcome: PairOutcome(kind: .none))
    judgement.brief = "brief-of-it"
    store.append(.judgement(judgement))
    store.append(.deleted(session: Self.id))
    try store.close()
    #expect(try Store(path: path).brief("brief-of-it") != nil)
  }
}
