import Core
import Judging
import Store
import Synchronization

/// A batch at work: every item over every lane, so many at once for each provider; an item is judged when all its lanes have
/// answered. Its tasks run side by side; what they share is behind a lock.
final class BatchRun: Sendable {
  private struct Shared {
    var session: Session
    var judgements: [Judgement]
    var checks: [Int: [Int: Bool]] = [:]
    var progress = BatchProgress()
  }

  private let engine: Engine
  private let request: BatchRequest
  private let shared: Mutex<Shared>
  private let throttles: [String: Throttle]
  private let wallet: Wallet
  private let observe: @Sendable (BatchProgress) -> Void

  init(
    _ request: BatchRequest, _ session: Session, _ judged: [Judgement], engine: Engine,
    observe: @escaping @Sendable (BatchProgress) -> Void
  ) {
    self.engine = engine
    self.request = request
    self.observe = observe
    let earlier =
      session.turns.flatMap { $0.responses.values.compactMap(\.cost.amount) }.reduce(.zero, +)
      + judged.map(\.cost).reduce(.zero, +)
    wallet = Wallet(request.budget, name: "--max-cost", spent: earlier)
    shared = Mutex(Shared(session: session, judgements: judged))
    throttles = Dictionary(
      (request.lanes + request.judges).map { lane in
        let isLocal = engine.service(lane.model.provider)?.isLocal == true
        return (lane.model.provider, Throttle(request.concurrency ?? (isLocal ? 2 : 6)))
      }, uniquingKeysWith: { first, _ in first })
    let pairs = request.lanes.count * (request.lanes.count - 1) / 2
    shared.withLock {
      $0.progress.total = request.items.count * (request.lanes.count + request.judges.count * pairs)
      for turn in session.turns {
        for cost in turn.responses.values.map(\.cost) {
          $0.progress.cost = $0.progress.cost + (cost.amount ?? .zero)
          if cost.status == .unknown { $0.progress.hasUnknownCost = true }
        }
      }
      for judgement in judged {
        $0.progress.cost = $0.progress.cost + judgement.cost
        if judgement.hasUnknownCost { $0.progress.hasUnknownCost = true }
      }
    }
  }

  func run() async -> BatchResult {
    // Turns get their numbers in the file's order, whoever answers first.
    for item in request.items { addTurn(item) }
    await withTaskGroup(of: Void.self) { group in
      for item in request.items { group.addTask { await self.run(item) } }
    }
    return shared.withLock { shared in
      BatchResult(
        session: shared.session, items: request.items, judgements: shared.judgements, checks: shared.checks,
        progress: shared.progress)
    }
  }

  private func addTurn(_ item: BatchItem) {
    let new = shared.withLock { shared -> (String, Turn)? in
      guard !shared.session.turns.contains(where: { $0.item == item.id }) else { return nil }
      var turn = Turn(
        number: (shared.session.turns.last?.number ?? 0) + 1, prompt: item.prompt, system: item.system, rule: .all)
      turn.item = item.id
      turn.tags = item.tags
      shared.session.turns.append(turn)
      return (shared.session.id, turn)
    }
    if let (session, turn) = new { engine.store.append(.turn(session: session, turn)) }
  }

  private func run(_ item: BatchItem) async {
    // An item is a turn: its lanes and its judges share what a turn may cost.
    let wallets = [wallet, Wallet(engine.purse.budget.perTurn, name: "budget.per_turn")]
    await withTaskGroup(of: Void.self) { group in
      for lane in request.lanes.indices { group.addTask { await self.answer(item, lane, wallets) } }
    }
    await judge(item, wallets)
  }

  private func turn(_ item: BatchItem) -> (session: Session, turn: Turn)? {
    shared.withLock { shared in
      guard let turn = shared.session.turns.first(where: { $0.item == item.id }) else { return nil }
      // The prompts of a data set know nothing of each other: no other turn needs to come along.
      var session = shared.session
      session.turns = []
      return (session, turn)
    }
  }

  // MARK: Answers

  private func answer(_ item: BatchItem, _ lane: Int, _ wallets: [Wallet]) async {
    guard let (session, turn) = turn(item), let throttle = throttles[request.lanes[lane].model.provider] else { return }
    var kept = turn.responses[lane]
    if kept?.state.isSettled != true {
      let generation = (kept?.generation ?? 0) + 1
      kept = await throttle.run {
        guard self.mayGoOn() else { return nil }
        let response = await self.engine.answer(
          session, turn, lane: lane, generation: generation, timeout: self.request.timeout, wallets: wallets,
          allowsUnpriced: self.request.allowsUnpriced)
        self.keep(response, turn.number)
        return response
      }
    } else {
      count { $0.done += 1 }
    }
    guard let kept, let check = item.check, kept.state.isFinish else { return }
    let passed = await engine.passes(check, kept.text)
    shared.withLock { $0.checks[turn.number, default: [:]][lane] = passed }
  }

  private func keep(_ response: Response, _ number: Int) {
    shared.withLock { shared in
      guard let index = shared.session.turns.firstIndex(where: { $0.number == number }) else { return }
      shared.session.turns[index].responses[response.lane] = response
    }
    count { progress in
      progress.done += 1
      progress.fresh += 1
      progress.cost = progress.cost + (response.cost.amount ?? .zero)
      if response.cost.status == .unknown { progress.hasUnknownCost = true }
      progress.shortage = progress.shortage ?? response.purseRefusal
    }
  }

  private func mayGoOn() -> Bool {
    if Task.isCancelled { return false }
    return shared.withLock { shared in
      if wallet.isSpent, shared.progress.shortage == nil {
        shared.progress.shortage = wallet.spentWords
      }
      return shared.progress.shortage == nil
    }
  }

  private func count(_ change: (inout BatchProgress) -> Void) {
    observe(
      shared.withLock { shared in
        change(&shared.progress)
        return shared.progress
      })
  }

  // MARK: Verdicts

  private func judge(_ item: BatchItem, _ wallets: [Wallet]) async {
    guard let (session, turn) = turn(item) else { return }
    for judge in request.judges {
      var judging = JudgeRequest(session: session, turn: turn, judges: [judge])
      judging.reference = item.reference
      judging.countsFamily = request.countsFamily
      judging.brief = request.brief
      judging.concurrency = 2
      (judging.wallets, judging.allowsUnpriced) = (wallets, request.allowsUnpriced)
      let all = judging.allPairs
      let missing = all.filter { !isJudged(turn, $0, judge, judging.task) }
      count { $0.done += all.count - missing.count }
      guard !missing.isEmpty, let throttle = throttles[judge.model.provider] else { continue }
      judging.pairs = missing
      await throttle.run { [judging] in
        guard self.mayGoOn() else { return }
        self.keep(await self.engine.judge(judging))
      }
    }
  }

  private func keep(_ found: [Judgement]) {
    shared.withLock { $0.judgements += found }
    count { progress in
      progress.done += found.count
      progress.fresh += found.count
      progress.cost = found.reduce(progress.cost) { $0 + $1.cost }
      if found.contains(where: \.hasUnknownCost) { progress.hasUnknownCost = true }
    }
  }

  /// By this judge, with these prompts, reference and criteria, on these very answers; one that failed is asked for again.
  private func isJudged(_ turn: Turn, _ pair: (a: Int, b: Int), _ judge: Lane, _ task: JudgeTask) -> Bool {
    let judgements = shared.withLock(\.judgements)
    return judgements.contains { judgement in
      judgement.a.turn == turn.number && judgement.judge == judge.text && judgement.version == JudgePrompt.version
        && judgement.a.lane == pair.a && judgement.b.lane == pair.b
        && judgement.a.generation == turn.responses[pair.a]?.generation
        && judgement.b.generation == turn.responses[pair.b]?.generation
        && (judgement.outcome.isDecided || judgement.outcome.isMechanical || judgement.hasUnreadableReply)
        && (judgement.outcome.isMechanical || goesByTheBrief(judgement, judge, task))
    }
  }

  /// A brief is named by its task, in which the reference is; without criteria of the person's own any for this task will do.
  private func goesByTheBrief(_ judgement: Judgement, _ judge: Lane, _ task: JudgeTask) -> Bool {
    guard let id = judgement.brief else { return request.brief == nil }
    guard id == task.briefID(judge: nil) || id == task.briefID(judge: judge) else { return false }
    guard let brief = request.brief else { return true }
    return (try? engine.store.brief(id))?.brief == brief
  }
}

extension ResponseState {
  /// Answered for good: asking again would pay again.
  var isSettled: Bool { self == .done || self == .truncated || self == .refused }
}

extension Judgement {
  /// The judge has answered, though nobody can use it: it would say the same again.
  var hasUnreadableReply: Bool {
    guard let readings else { return false }
    return [readings.ab, readings.ba].allSatisfy { reading in
      switch reading {
      case .verdict, .refused, .unparsed, .incoherent: true
      case .void, .failed: false
      }
    }
  }
}
