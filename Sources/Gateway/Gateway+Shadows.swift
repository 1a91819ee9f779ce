import Core
import Engine
import Synchronization

/// What a route has done in the background, once the client has its answer: the same request to others, and a judge who compares.
extension Gateway {
  /// Shadows at once; more are left out, so that they never hold up those who wait for an answer.
  static let mostShadows = 8

  func shadow(_ answer: Answer, _ winner: Response, _ request: ClientRequest, _ sender: Sender) {
    guard !answer.decision.shadows.isEmpty else { return }
    guard shadows.add(1, ordering: .relaxed).newValue <= Gateway.mostShadows else {
      shadows.subtract(1, ordering: .relaxed)
      return logger.notice("shadow left out", metadata: ["call": .string(answer.call)])
    }
    Task {
      defer { shadows.subtract(1, ordering: .relaxed) }
      await follow(answer, winner, request, sender)
    }
  }

  private func follow(_ answer: Answer, _ winner: Response, _ request: ClientRequest, _ sender: Sender) async {
    let decision = answer.decision
    let first = decision.lanes.count
    let lanes = decision.lanes + decision.shadows
    let entries = decision.shadows.enumerated().compactMap { place, lane in
      try? entry(first + place, lane, request, sender)
    }
    // The call's own rows follow its announcement, perhaps after its answer.
    await withCheckedContinuation { continuation in engine.store.commit { _ in continuation.resume() } }
    guard let session = try? engine.store.session(answer.call), let turn = session.turns.first, !entries.isEmpty else {
      return logger.notice("shadow without a call", metadata: ["call": .string(answer.call)])
    }
    var whole = session
    whole.lanes = lanes
    engine.store.append(.setup(session: session.id, lanes: lanes, rule: session.rule))
    var race = RaceRequest(session: whole, isNewSession: false, turn: turn, lanes: [])
    race.turn.rule = .all
    race.lanes = entries
    // The answers and what judges say of them are one turn more.
    race.wallets = [engine.purse.turnWallet()]
    let responses = await engine.answers(to: race)
    for response in responses { routing.learn(response, decision.name, request.tokens) }
    guard let judge = decision.judge, winner.toolCalls.isEmpty else { return }
    var judged = turn
    judged.responses = [winner.lane: winner]
    for response in responses where response.state.isFinish && response.toolCalls.isEmpty {
      judged.responses[response.lane] = response
    }
    guard judged.responses.count > 1 else { return }
    var task = JudgeRequest(session: whole, turn: judged, judges: [judge])
    task.context = (try? request.thread.get())?.messages.dropLast().map { Message($0.role, $0.text) } ?? []
    task.pairs = judged.responses.keys.filter { $0 != winner.lane }.sorted().map { (winner.lane, $0) }
    task.wallets = race.wallets
    let verdicts = await engine.judge(task)
    logger.info("judged", metadata: ["call": .string(answer.call), "verdicts": .string("\(verdicts.count)")])
  }
}
