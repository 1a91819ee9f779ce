import Core
import Foundation
import GRDB
import Judging

extension Store {
  /// Votes that stand and have been revealed, with what they compared; the left answer is `a`. Oldest first.
  public func votedContests() throws(StoreError) -> [(vote: Vote, contest: Contest)] {
    let votes = try self.votes()
    let open = try read { db in
      Set(try String.fetchAll(db, sql: "SELECT id FROM blind WHERE revealed IS NULL"))
    }
    let contests = try contests(
      table: "vote", sides: ("left", "right"), where: "t.id NOT IN (SELECT vote FROM vote_undone)")
    return votes.filter { !open.contains($0.assignment) }.compactMap { vote in contests[vote.id].map { (vote, $0) } }
  }

  /// Verdicts with what they compared, oldest first.
  public func judgedContests() throws(StoreError) -> [(judgement: Judgement, contest: Contest)] {
    let contests = try contests(table: "judgement", sides: ("a", "b"), where: "1")
    return try judgements().compactMap { judgement in contests[judgement.id].map { (judgement, $0) } }
  }

  /// By the id of the vote or verdict.
  private func contests(
    table: String, sides: (String, String), where condition: String
  ) throws(StoreError) -> [String: Contest] {
    try read { db in
      func join(_ name: String, _ side: String) -> String {
        """
        JOIN response \(name) ON \(name).session = t.session AND \(name).turn = t.turn
          AND \(name).lane = t.\(side)_lane AND \(name).generation = t.\(side)_generation
        """
      }
      func columns(_ name: String) -> String {
        """
        \(name).lane AS \(name)_lane, \(name).generation AS \(name)_generation, \(name).provider AS \(name)_provider,
        \(name).model AS \(name)_model, \(name).parameters AS \(name)_parameters,
        \(name).model_reported AS \(name)_reported, LENGTH(\(name).text) AS \(name)_length
        """
      }
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT t.id, t.session, t.turn, turn.prompt_sha256, turn.tags, \(columns("x")), \(columns("y")) FROM \(table) t
          JOIN turn ON turn.session = t.session AND turn.number = t.turn
          \(join("x", sides.0)) \(join("y", sides.1)) WHERE \(condition)
            -- What was asked differently compares the asking, not the models.
            AND x.prompt IS y.prompt AND x.system IS y.system
            -- Whose answers they are may not be told yet.
            AND NOT EXISTS (SELECT 1 FROM blind WHERE blind.session = t.session AND blind.turn = t.turn AND revealed IS NULL)
          """)
      let document = JSONDocument()
      func side(_ name: String, _ row: Row) -> Contest.Side? {
        guard let key = row.key(name + "_") else { return nil }
        var lane = Lane(
          model: ModelID(
            provider: row.text("\(name)_provider") ?? "unknown", model: row.text("\(name)_model") ?? "unknown"))
        if let view = row.text("\(name)_parameters").flatMap({ try? document.parse($0) }) {
          lane.parameters = Parameters(json: view)
        }
        return Contest.Side(
          key: key, model: lane.text, modelReported: row.text("\(name)_reported"),
          length: row.count("\(name)_length") ?? 0)
      }
      var found: [String: Contest] = [:]
      for row in rows {
        guard let id = row.text("id"), let a = side("x", row), let b = side("y", row) else { continue }
        found[id] = Contest(
          promptSHA256: row.text("prompt_sha256") ?? "", tags: texts(json: row.text("tags") ?? "[]"), a: a, b: b)
      }
      return found
    }
  }
}

/// What a lane's answers took and cost, for the leaderboard.
public struct LaneFigures: Equatable, Sendable {
  public var answers = 0
  public var failures = 0
  /// Known costs alone; the flag tells that there are others.
  public var cost = Money.zero
  public var priced = 0
  /// Nanoseconds, of answers that came.
  public var firstAnswers: [Int64] = []
  public var ends: [Int64] = []

  public init() {}

  public var costPerAnswer: Money? { priced == 0 ? nil : cost / priced }
}

extension Store {
  /// By lane text, over people's prompts and data sets.
  public func laneFigures() throws(StoreError) -> [String: LaneFigures] {
    try read { db in
      let document = JSONDocument()
      var names: [String: String] = [:]
      var figures: [String: LaneFigures] = [:]
      let rows = try Row.fetchCursor(
        db,
        sql: """
          SELECT r.provider || '/' || r.model AS model, r.parameters, r.state, r.cost_status,
            r.cost, r.ttfo, r.end FROM response r
          JOIN session s ON s.id = r.session WHERE s.purpose IN \(listed) AND r.finished IS NOT NULL
            AND r.session NOT IN \(deletedSessions)
            AND NOT EXISTS (SELECT 1 FROM blind b WHERE b.session = r.session AND b.turn = r.turn AND b.revealed IS NULL)
          """)
      while let row = try rows.next() {
        let (model, parameters) = (row.text("model") ?? "", row.text("parameters") ?? "")
        let name: String
        if let known = names[model + parameters] {
          name = known
        } else {
          var lane = ModelID(model).map { Lane(model: $0) }
          if let view = try? document.parse(parameters) { lane?.parameters = Parameters(json: view) }
          name = lane?.text ?? model
          names[model + parameters] = name
        }
        let state = row.state
        guard state.isFinish else {
          if state == .failed || state == .cut { figures[name, default: LaneFigures()].failures += 1 }
          continue
        }
        figures[name, default: LaneFigures()].answers += 1
        if row.text("cost_status") != Cost.Status.unknown.rawValue, let cost = row.money("cost") {
          let sum = figures[name]?.cost ?? .zero
          figures[name]?.cost = sum + cost
          figures[name]?.priced += 1
        }
        if let time = row.duration("ttfo") { figures[name]?.firstAnswers.append(time) }
        if let time = row.duration("end") { figures[name]?.ends.append(time) }
      }
      return figures
    }
  }
}
