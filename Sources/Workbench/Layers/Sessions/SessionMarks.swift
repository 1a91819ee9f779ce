import Core
import Engine
import Judging
import Terminal

/// Who is marked in the last turn of a session: the judge's best and the person's pick, beside who won.
struct SessionMarks: Equatable, Sendable {
  /// Of longer ones nothing is read for a list.
  static let mostTurns = 40

  var winner: Int?
  /// By lane number.
  var judge: Int?
  var you: Int?
  var pick: Int?

  /// `★ ♥2`: a number where it is another lane than the winner.
  func words(_ borders: Borders) -> String {
    [(borders.judge, judge), (borders.picked, you), (borders.openPick, pick)].compactMap { sign, lane in
      lane.map { $0 == winner ? sign : "\(sign)\($0 + 1)" }
    }.joined(separator: " ")
  }
}

/// Reads the marks of some sessions.
struct MarksInquiry: Inquiry {
  struct Found: Sendable { let marks: [String: SessionMarks] }

  let sessions: [String]

  func answer(_ engine: Engine) throws -> Found {
    var found: [String: SessionMarks] = [:]
    for id in sessions {
      guard let session = try? engine.store.session(id), let turn = session.turns.last, turn.blind == nil else {
        found[id] = SessionMarks()
        continue
      }
      let marks = TurnMarks(
        turn, session: id, judgements: try engine.store.judgements(session: id),
        fits: try engine.store.fits(session: id),
        votes: try engine.store.votes(session: id), picks: try engine.store.picks(session: id))
      found[id] = SessionMarks(winner: turn.winner, judge: marks.judgesBest, you: marks.picked, pick: marks.openPick)
    }
    return Found(marks: found)
  }
}
