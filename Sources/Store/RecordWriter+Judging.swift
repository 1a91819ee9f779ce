import Core
import GRDB
import Judging

/// Votes, verdicts, briefs and cards as rows. They are only ever added to.
extension RecordWriter {
  func hide(_ assignment: BlindAssignment, _ db: Database) throws {
    var stored = Tables.StoredBlind(created: now, assignment: assignment, sha256: assignment.sha256)
    stored.turn = number(assignment.session, assignment.turn)
    try Tables.addBlind.run(stored, db)
  }

  func reveal(_ assignment: String, _ db: Database) throws {
    try db.run(
      sql: "UPDATE blind SET revealed = ? WHERE id = ? AND revealed IS NULL", arguments: [now, assignment])
  }

  func write(_ vote: Vote, _ db: Database) throws {
    var vote = vote
    vote.left.turn = number(vote.left.session, vote.left.turn)
    try Tables.addVote.run(vote, db)
  }

  func write(_ pick: Pick, _ db: Database) throws {
    var pick = pick
    pick.answer.turn = number(pick.answer.session, pick.answer.turn)
    try Tables.addPick.run(pick, db)
  }

  func write(_ judgement: Judgement, _ db: Database) throws {
    var judgement = judgement
    judgement.a.turn = number(judgement.a.session, judgement.a.turn)
    try Tables.addJudgement.run(judgement, db)
  }

  func write(_ fit: Fit, _ db: Database) throws {
    var fit = fit
    fit.answer.turn = number(fit.answer.session, fit.answer.turn)
    try Tables.addFit.run(Tables.StoredFit(created: now, fit: fit), db)
  }

  /// That something was done just now.
  func mark(_ id: String) -> Tables.Mark { Tables.Mark(id: id, created: now) }
}
