import Core
import Dispatch
import Engine
import Judging
import Ranking

/// Blind turns, votes and judges: what the screen asks of the engine and the database.
extension Conductor {
  /// Every twelfth vote repeats an old pair with its sides exchanged.
  func loadRepeat() {
    load { engine in
      var random = SystemRandomNumberGenerator()
      guard let pair = try RepeatedPairs.next(engine, using: &random) else { return .message("") }
      return .repeated(pair)
    }
  }

  func judge(_ session: Session, _ judges: [Lane], _ spent: Money) {
    guard let turn = session.turns.last else { return }
    let id = TurnID(session: session.id, turn: turn.number)
    var request = JudgeRequest(session: session, turn: turn, judges: judges)
    request.wallets = [wallet(id, spent: spent)]
    let (engine, inbox) = (engine, inbox)
    judgingTask = Task.detached { [request] in
      _ = await engine.judge(request) { inbox.post(.judging(session: id.session, turn: id.turn, $0)) }
      inbox.post(.judged(session: id.session, turn: id.turn))
    }
  }

  func loadCriteria(_ session: Session, _ turn: Turn, _ judges: [Lane]) {
    let request = JudgeRequest(session: session, turn: turn, judges: judges)
    load { engine in
      let kept = try judges.first.flatMap { try engine.keptBrief(request, judge: $0) }
      let lines = kept?.brief.criteria.map(\.text) ?? []
      let head = "# What the judge goes by, one criterion a line, each answerable by yes, partly or no.\n"
      return .criteria(head + lines.map { $0 + "\n" }.joined())
    }
  }
}
