import Core
import GRDB
import Judging

/// Votes, verdicts, briefs and cards as rows. They are only ever added to.
extension RecordWriter {
  func writeJudging(_ record: Record, _ db: Database) throws {
    switch record {
    case .blind(let assignment):
      try db.run(
        sql: """
          INSERT OR IGNORE INTO blind (id, created, session, turn, sha256, assignment) VALUES (?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          assignment.id, Clock.date(), assignment.session, number(assignment.session, assignment.turn),
          assignment.sha256, assignment.text,
        ])
    case .revealed(let id):
      try db.run(
        sql: "UPDATE blind SET revealed = ? WHERE id = ? AND revealed IS NULL", arguments: [Clock.date(), id])
    case .vote(let vote):
      try db.run(
        sql: """
          INSERT OR IGNORE INTO vote (id, created, assignment, session, turn, left_lane, left_generation, right_lane,
            right_generation, choice, repeats, time) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          vote.id, vote.created, vote.assignment, vote.left.session, number(vote.left.session, vote.left.turn),
          vote.left.lane, vote.left.generation, vote.right.lane, vote.right.generation, vote.choice.rawValue,
          vote.repeats, vote.time,
        ])
    case .undoneVote(let id):
      try db.run(
        sql: "INSERT OR IGNORE INTO vote_undone (vote, created) VALUES (?, ?)", arguments: [id, Clock.date()])
    case .brief(let stored):
      // The same brief twice is one; a person's own replaces the one before.
      try db.run(
        sql: """
          INSERT OR REPLACE INTO brief (id, created, judge, version, brief, session)
          VALUES (?, ?, ?, ?, CAST(? AS TEXT), ?)
          """,
        arguments: [
          stored.id, stored.created, stored.judge, stored.version, blob(stored.brief.json.serialized()), stored.session,
        ])
    case .judgement(let judgement): try write(judgement, db)
    case .confirmed(let id):
      try db.run(
        sql: "INSERT OR IGNORE INTO judgement_confirmed (judgement, created) VALUES (?, ?)",
        arguments: [id, Clock.date()])
    case .card(let stored):
      try db.run(
        sql: "INSERT OR IGNORE INTO card (id, created, judge, judge_reported, version, card) VALUES (?, ?, ?, ?, ?, ?)",
        arguments: [
          stored.id, stored.created, stored.judge, stored.judgeReported, stored.version,
          stored.card.json.serialized(),
        ])
    case .fit(let fit):
      let document: JSON = [
        "reason": .string(fit.reason), "quarantined": .bool(fit.isQuarantined),
        "calls": .array(fit.calls.map { .string($0) }),
      ]
      try db.run(
        sql: """
          INSERT INTO fit (created, session, turn, lane, generation, judge, judge_reported, value, document, cost,
            cost_unknown, time) VALUES (?, ?, ?, ?, ?, ?, ?, ?, CAST(? AS TEXT), ?, ?, ?)
          """,
        arguments: [
          Clock.date(), fit.answer.session, number(fit.answer.session, fit.answer.turn), fit.answer.lane,
          fit.answer.generation, fit.judge, fit.judgeReported, fit.value, blob(document.serialized()),
          fit.cost.picoDollars, fit.hasUnknownCost, fit.time,
        ])
    default: break
    }
  }

  private func write(_ judgement: Judgement, _ db: Database) throws {
    try db.run(
      sql: """
        INSERT OR IGNORE INTO judgement (id, created, session, turn, a_lane, a_generation, b_lane, b_generation, judge,
          judge_reported, version, kind, document, cost, cost_unknown)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, CAST(? AS TEXT), ?, ?)
        """,
      arguments: [
        judgement.id, judgement.created, judgement.a.session, number(judgement.a.session, judgement.a.turn),
        judgement.a.lane, judgement.a.generation, judgement.b.lane, judgement.b.generation, judgement.judge,
        judgement.judgeReported, judgement.version, judgement.outcome.kind.rawValue,
        blob(judgement.document.serialized()), judgement.cost.picoDollars, judgement.hasUnknownCost,
      ])
  }
}
