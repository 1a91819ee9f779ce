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

  /// One turn after another, and what came of it in the end.
  func judge(_ sessions: [String], _ judges: [Lane]) {
    let (engine, inbox) = (engine, inbox)
    judgingTask = Task.detached {
      var (turns, cost, hasUnknown) = (0, Money.zero, false)
      for id in sessions {
        guard let session = try? engine.store.session(id) else { continue }
        for turn in session.turns where turn.blind == nil {
          guard !Task.isCancelled else { break }
          var request = JudgeRequest(session: session, turn: turn, judges: judges)
          request.wallets = [engine.purse.turnWallet()]
          guard !request.allPairs.isEmpty else { continue }
          inbox.post(.message("judging session \(id.prefix(4)), turn \(turn.number) of \(session.turns.count)"))
          let found = await engine.judge(request)
          cost = found.reduce(cost) { $0 + $1.cost }
          hasUnknown = hasUnknown || found.contains(where: \.hasUnknownCost)
          turns += 1
        }
      }
      inbox.post(
        .message("\(Readable.count(turns, "turn")) judged for \(Readable.total(cost, hasUnknown: hasUnknown))"))
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
