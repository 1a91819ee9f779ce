import Core
import Engine
import Judging
import Terminal

/// How far the judges are with the latest turn.
public struct JudgingProgress: Equatable, Sendable {
  public var done = 0
  public var total = 0
  public var cost = Money.zero
  public var hasUnknownCost = false
  /// What was not judged, and why.
  public var notices: [String] = []

  var words: String {
    "judging \(done) of \(total) · \(Readable.total(cost, hasUnknown: hasUnknownCost))"
  }
}

extension State {
  mutating func editCriteria() -> [Command] {
    guard turn != nil || !draft.composer.isEmpty else { return tell("write a prompt first: criteria belong to a task") }
    return [.loadCriteria(session, judgedTurn, judges: findings.judges)]
  }

  mutating func chooseJudge() -> [Command] {
    open(ChoiceList(.judge, title: "Who judges", items: [], isLoading: true))
    return [.loadModels]
  }

  mutating func startJudging() -> [Command] {
    // Never stopped by the key that began it.
    if let judging = findings.judging {
      return tell("\(judging.words) · \(keymap.keyName(.stopAll)) stops it; verdicts that are in stay")
    }
    guard let turn, !isStreaming else {
      return tell(turn == nil ? "nothing has been asked yet" : "lanes are still answering")
    }
    guard turn.responses.values.count(where: { !$0.text.isEmpty }) > 0, turn.responses.count > 1 else {
      return tell("a judge compares two answers: there are not two")
    }
    guard !findings.judges.isEmpty else { return chooseJudge() }
    let cost = turn.responses.values.compactMap(\.cost.amount).reduce(.zero, +)
    guard cost > Self.smallChange else { return judgeNow() }
    let pairs = turn.responses.count * (turn.responses.count - 1) / 2
    let before = verdicts.map(\.cost).reduce(.zero, +)
    let known = before > .zero ? ", and cost \(before.screenText) the last time" : ""
    open(
      Question(
        asking: .judge, title: "Let the judge read them?",
        sentences: [
          "The answers of this turn cost \(cost.screenText). \(findings.judges.map { VisibleText.line($0.text) }.joined(separator: ", ")) reads "
            + "\(Readable.count(pairs, "pair")) of them, each twice\(known)."
        ]))
    return []
  }

  mutating func judgeNow() -> [Command] {
    guard findings.judging == nil, !isStreaming else { return [] }
    findings.judging = JudgingProgress()
    message = "the judge is asked"
    return [.judge(sessionInView, by: findings.judges, spent: spentThisTurn)]
  }

  mutating func chooseJudge(_ lane: Lane) -> [Command] {
    findings.judges = [lane]
    return startJudging()
  }

  mutating func observe(_ event: JudgeEvent, _ id: String, _ number: Int) {
    guard id == session.id else { return }
    switch event {
    case .progress(let done, let total, let cost, let hasUnknownCost):
      guard let notices = findings.judging?.notices else { return }
      findings.judging = JudgingProgress(
        done: done, total: total, cost: cost, hasUnknownCost: hasUnknownCost, notices: notices)
    case .judged(let judgement): findings.judgements.append(judgement)
    case .notice(let text):
      findings.judging?.notices.append(text)
      message = text
    case .brief: break
    }
  }

  mutating func endJudging(_ id: String, _ number: Int) -> [Command] {
    guard id == session.id, let ended = findings.judging else { return [] }
    findings.judging = nil
    let verdicts = session.turns.first { $0.number == number }.map(verdicts(of:)) ?? []
    guard !verdicts.isEmpty else {
      return tell(ended.notices.last ?? "no verdict")
    }
    if verdicts.count == 1, let only = verdicts.first {
      message = "\(only.outcome.words(a: only.a.lane, b: only.b.lane)) · \(keymap.keyName(.verdicts)) shows why"
    } else {
      message = "\(Readable.count(verdicts.count, "verdict")) · \(keymap.keyName(.verdicts)) shows them"
    }
    if verdicts.contains(where: { $0.outcome.isQuarantined && !$0.isConfirmed }) {
      message? += " · quarantined: an answer talks to the judge"
    }
    if verdicts.contains(where: { $0.outcome.kind == .orderSplit }) {
      message? += " · where the orders split, you decide: \(keymap.keyName(.blind))"
    }
    return Set(verdicts.map(\.judge)).count > 1 ? [.loadPanels(session: session.id, verdicts)] : []
  }

  /// The latest verdict of each judge on each pair of the turn in view.
  public var verdicts: [Judgement] {
    // Asked for with every frame: mostly there are none.
    guard !findings.judgements.isEmpty, let turn, !isHidden else { return [] }
    return verdicts(of: turn)
  }

  private func verdicts(of turn: Turn) -> [Judgement] {
    Judgement.latest(findings.judgements.filter { $0.isOn(turn) })
      .sorted { ($0.a.lane, $0.b.lane, $0.judge) < ($1.a.lane, $1.b.lane, $1.judge) }
  }

  /// 0 to 10, the mean of what the judges gave a lane's answer; nil when none has.
  public func fit(_ lane: Int) -> Double? {
    let fits = verdicts.compactMap { verdict in
      verdict.a.lane == lane ? verdict.outcome.fitA : verdict.b.lane == lane ? verdict.outcome.fitB : nil
    }
    guard fits.isEmpty else { return fits.reduce(0, +) / Double(fits.count) }
    let answer = turn.flatMap { turn in turn.responses[lane].map { (turn.number, $0.generation) } }
    return self.findings.fits.last {
      $0.answer.lane == lane && ($0.answer.turn, $0.answer.generation) == (answer?.0, answer?.1)
    }?
    .value.map(Double.init)
  }

  /// Any lane of the latest turn has a fit.
  public var hasFits: Bool { shown.contains { fit($0) != nil } }

  /// The latest turn, or the prompt being written when there is one.
  private var judgedTurn: Turn { draft.composer.isEmpty ? turn ?? nextTurn : nextTurn }

  /// The criteria that came back from the editor, one a line.
  mutating func take(criteria text: String) -> [Command] {
    let lines = text.split(whereSeparator: \.isNewline).map { VisibleText.line(String($0)) }
      .filter { !$0.hasPrefix("#") && !$0.allSatisfy(\.isWhitespace) }
    guard !lines.isEmpty else { return tell("no criteria: the judge writes its own") }
    message =
      "\(Readable.count(lines.count, "criterion", "criteria")) of yours: they hold for every judge of this prompt"
    return [.saveCriteria(Brief(ownCriteria: lines), session, judgedTurn, judges: findings.judges)]
  }

  // MARK: Picking

  /// The focused answer, or none any more where it is picked already.
  mutating func pickOpenly() -> [Command] {
    guard let turn, let response = response(focus), response.state.isOver else {
      return tell("lane \(focus + 1) is still answering")
    }
    let answer = ResponseKey(session: session.id, turn: turn.number, lane: focus, generation: response.generation)
    let isTakenBack = marks?.openPick == focus
    let pick = Pick(
      id: Session.newID(using: &moment.random), created: moment.date, answer: answer, isTakenBack: isTakenBack)
    findings.picks.removeAll { $0.answer.turn == turn.number }
    if !isTakenBack { findings.picks.append(pick) }
    message = isTakenBack ? "picked no more" : "picked in the open: kept apart from blind votes"
    return [.pick(pick)]
  }
}
