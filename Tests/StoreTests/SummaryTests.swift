import Core
import CustomDump
import Foundation
import Store
import TestSupport
import Testing

/// What triggers keep up must be what counting everything anew would say, after any sequence of records.
@Suite(.ownThreads) struct SummaryTests {
  private static let counted = """
    SELECT s.id, s.created, s.purpose, (SELECT COUNT(*) FROM turn t WHERE t.session = s.id), COUNT(r.id),
      COUNT(r.id) - COUNT(r.finished), COALESCE(SUM(r.cost), 0), COALESCE(SUM(r.finished IS NOT NULL AND r.cost IS NULL), 0),
      (SELECT COUNT(*) FROM vote v WHERE v.session = s.id AND v.id NOT IN (SELECT vote FROM vote_undone)),
      COALESCE((SELECT MAX(disagreement) FROM turn t WHERE t.session = s.id), 0.0),
      (SELECT json_group_array(value) FROM (SELECT DISTINCT e.value FROM turn t, json_each(t.tags) e
        WHERE t.session = s.id ORDER BY 1)),
      (SELECT w.provider || '/' || w.model FROM response w JOIN turn t
         ON t.session = w.session AND t.number = w.turn AND t.winner = w.lane
       WHERE t.session = s.id AND t.number = (SELECT MAX(number) FROM turn WHERE session = s.id)
       ORDER BY w.generation DESC LIMIT 1),
      (SELECT group_concat(name, ' ') FROM (SELECT DISTINCT provider || '/' || model AS name FROM response
        WHERE session = s.id ORDER BY 1)),
      (SELECT group_concat(state, ' ') FROM (SELECT DISTINCT state FROM response
        WHERE session = s.id AND finished IS NOT NULL ORDER BY 1))
    FROM session s LEFT JOIN response r ON r.session = s.id GROUP BY s.id ORDER BY s.id
    """
  private static let kept = """
    SELECT session, created, purpose, turns, calls, open, cost, unknown, votes, disagreement, tags, winner,
      (SELECT group_concat(value, ' ') FROM (SELECT value FROM json_each('["' || replace(trim(models), ' ', '","') || '"]')
        WHERE value <> '' ORDER BY 1)),
      (SELECT group_concat(value, ' ') FROM (SELECT value FROM json_each('["' || replace(trim(states), ' ', '","') || '"]')
        WHERE value <> '' ORDER BY 1))
    FROM summary ORDER BY session
    """
  private static let documents = """
    SELECT t.session || t.number FROM turn t JOIN session s ON s.id = t.session WHERE s.purpose IN ('lane', 'batch')
    UNION ALL SELECT r.session || r.turn || '-' || r.id FROM response r JOIN session s ON s.id = r.session
      WHERE s.purpose IN ('lane', 'batch') AND r.finished IS NOT NULL ORDER BY 1
    """
  private static let keptDocuments =
    "SELECT session || turn || CASE response WHEN 0 THEN '' ELSE '-' || response END FROM document ORDER BY 1"

  private struct Turning {
    var session: String
    var number: Int
    var generations = [0, 0, 0]
    var open: [ResponseKey] = []
  }

  @Test(arguments: [UInt64(1), 2, 3])
  func triggersAgreeWithCounting(seed: UInt64) throws {
    let folder = TemporaryFolder()
    let path = folder.file("a.db")
    let store = try Store(path: path)
    var random = SplitMix64(seed: seed)
    var turns: [Turning] = []
    var sessions: [(id: String, turns: Int)] = []
    var votes: [String] = []
    let states = [ResponseState.done, .truncated, .failed, .cut, .refused, .stopped]
    let words = ["moon", "sea", "tide", "Ébbe", "日本", "\u{0}", "the", "\"quoted\""]
    func text() -> String {
      (0..<random.index(below: 6)).map { _ in words[random.index(below: words.count)] }.joined(separator: " ")
    }
    for step in 0..<400 {
      switch random.index(below: 12) {
      case 0, 1:
        var session = Sample.session("\(seed)\(100_000 + step)", created: Int64(step))
        session.purpose = Purpose.allCases[random.index(below: Purpose.allCases.count)]
        store.append(.session(session))
        sessions.append((session.id, 0))
      case 2, 3, 4:
        guard !sessions.isEmpty else { continue }
        let index = random.index(below: sessions.count)
        sessions[index].turns += 1
        var turn = Turn(number: sessions[index].turns, prompt: text(), rule: .all)
        if random.index(below: 2) == 0 { turn.tags = Array(["a", "b", "ü x"].prefix(1 + random.index(below: 3))) }
        if random.index(below: 3) == 0 { turn.item = "\(step)" }
        store.append(.turn(session: sessions[index].id, turn))
        turns.append(Turning(session: sessions[index].id, number: turn.number))
      case 5, 6, 7:
        guard !turns.isEmpty else { continue }
        let (index, lane) = (random.index(below: turns.count), random.index(below: 3))
        turns[index].generations[lane] += 1
        let key = ResponseKey(
          session: turns[index].session, turn: turns[index].number, lane: lane,
          generation: turns[index].generations[lane])
        store.append(.began(key, answer(key), request: nil))
        turns[index].open.append(key)
      case 8, 9:
        guard let index = turns.indices.filter({ !turns[$0].open.isEmpty }).randomElement(using: &random) else {
          continue
        }
        let key = turns[index].open.removeLast()
        var response = answer(key)
        response.state = states[random.index(below: states.count)]
        response.text = text()
        response.reasoning = text()
        response.cost.status = random.index(below: 3) == 0 ? .unknown : .exact
        response.cost.computed = Money(picoDollars: Int64(random.index(below: 1000)))
        store.append(.ended(key, response))
      case 10:
        guard let turn = turns.randomElement(using: &random) else { continue }
        let key = { lane in ResponseKey(session: turn.session, turn: turn.number, lane: lane, generation: 1) }
        switch random.index(below: 4) {
        case 0: store.append(.winner(session: turn.session, turn: turn.number, lane: random.index(below: 3)))
        case 1: store.append(.tags(session: turn.session, ["b", "new"]))
        case 2:
          let vote = Vote(
            id: Session.newID(), created: 1, assignment: "none", left: key(0), right: key(1), choice: .tie)
          store.append(.vote(vote))
          votes.append(vote.id)
        default:
          // Taken back once each.
          if !votes.isEmpty { store.append(.undoneVote(id: votes.removeFirst())) }
        }
      default:
        #expect(commit(store) == nil)
      }
    }
    #expect(commit(store) == nil)
    expectNoDifference(try rows(path, Self.kept), try rows(path, Self.counted))
    expectNoDifference(try rows(path, Self.keptDocuments), try rows(path, Self.documents))
    try checkSearch(path)
    for session in sessions.prefix(sessions.count / 2) { store.append(.deleted(session: session.id)) }
    for turn in turns { for key in turn.open { store.append(.ended(key, answer(key))) } }
    try store.close()
    try checkSearch(path)
    #expect(try rows(path, "SELECT COUNT(*) FROM summary WHERE deleted = 'emptied'") == ["\(sessions.count / 2)"])
    #expect(
      try rows(
        path,
        "SELECT COUNT(*) FROM document WHERE session IN (SELECT session FROM summary WHERE deleted IS NOT NULL)") == [
          "0"
        ])
  }

  private func answer(_ key: ResponseKey) -> Response {
    var response = Response(
      lane: key.lane, model: ModelID(provider: "p\(key.lane % 2)", model: "m\(key.lane)"), parameters: Parameters())
    response.generation = key.generation
    return response
  }
}
