import Core
import Judging
import Store
import Synchronization

/// A batch at work: every item over every lane, so many at once for each provider; an item is judged when all its lanes have
/// answered. Its tasks run side by side; what they share is behind a lock.
final class BatchRun: Sendable {
  /// An asking of an item: a turn.
  private struct Asking: Hashable {
    let item: String
    let run: Int
  }

  private struct Shared {
    var session: Session
    /// By the number of their turn.
    var judgements: [Int: [Judgement]]
    var checks: [Int: [Int: Bool]] = [:]
    var progress = BatchProgress()
    /// Where each stands in the session's turns.
    var places: [Asking: Int]
  }

  private let engine: Engine
  private let request: BatchRequest
  private let shared: Mutex<Shared>
  private let throttles: [String: Throttle]
  private let wallet: Wallet
  private let observe: @Sendable (BatchEvent) -> Void

  init(
    _ request: BatchRequest, _ session: Session, _ judged: [Judgement], engine: Engine,
    observe: @escaping @Sendable (BatchEvent) -> Void
  ) {
    self.engine = engine
    self.request = request
    self.observe = observe
    let earlier =
      session.turns.flatMap { $0.responses.values.compactMap(\.cost.amount) }.reduce(.zero, +)
      + judged.map(\.cost).reduce(.zero, +)
    wallet = Wallet(request.budget, name: "--max-cost", spent: earlier)
    let places = session.turns.indices.compactMap { index in
      session.turns[index].item.map { (Asking(item: $0, run: session.turns[index].run ?? 1), index) }
    }
    shared = Mutex(
      Shared(
        session: session, judgements: Dictionary(grouping: judged, by: \.a.turn),
        places: Dictionary(places, uniquingKeysWith: { first, _ in first })))
    throttles = Dictionary(
      (request.lanes + request.judges).map { lane in
        let isLocal = engine.service(lane.model.provider)?.isLocal == true
        return (lane.model.provider, Throttle(request.concurrency ?? (isLocal ? 2 : 6)))
      }, uniquingKeysWith: { first, _ in first })
    let progress = BatchProgress(of: session, judged, total: request.size.answers + request.size.verdicts)
    shared.withLock { $0.progress = progress }
  }

  func run() async -> BatchResult {
    // Turns get their numbers in the file's order, whoever answers first.
    for run in 1...max(1, request.runs) { for item in request.items { addTurn(item, run) } }
    observe(.began(result))
    await withTaskGroup(of: Void.self) { group in
      for run in 1...max(1, request.runs) {
        for item in request.items { group.addTask { await self.run(item, run) } }
      }
    }
    return result
  }

  private var result: BatchResult {
    shared.withLock { shared in
      BatchResult(
        session: shared.session, items: request.items, judgements: shared.judgements.values.flatMap(\.self),
        checks: shared.checks, progress: shared.progress)
    }
  }

  private func addTurn(_ item: BatchItem, _ run: Int) {
    let asking = Asking(item: item.id, run: run)
    let new = shared.withLock { shared -> (String, Turn)? in
      guard shared.places[asking] == nil else { return nil }
      var turn = Turn(
        number: (shared.session.turns.last?.number ?? 0) + 1, prompt: item.prompt, system: item.system, rule: .all)
      turn.item = item.id
      if run > 1 { turn.run = run }
      turn.tags = item.tags
      shared.places[asking] = shared.session.turns.count
      shared.session.turns.append(turn)
      return (shared.session.id, turn)
    }
    if let (session, turn) = new { engine.store.append(.turn(session: session, turn)) }
  }

  private func run(_ item: BatchItem, _ run: Int) async {
    // An item is a turn: its lanes and its judges share what a turn may cost.
    let wallets = [wallet, Wallet(engine.purse.budget.perTurn, name: "budget.per_turn")]
    let asking = Asking(item: item.id, run: run)
    await withTaskGroup(of: Void.self) { group in
      for lane in request.variants.indices { group.addTask { await self.answer(item, asking, lane, wallets) } }
    }
    keepFastest(asking)
    await judge(item, asking, wallets)
  }

  /// The lanes of an item did not start together: who was fastest is told by each one's own time.
  private func keepFastest(_ asking: Asking) {
    guard let (session, turn) = turn(asking), turn.responses.count == request.variants.count else { return }
    let fastest = turn.responses.values.filter { $0.state == .done }
      .min { ($0.timing.end ?? .max, $0.lane) < ($1.timing.end ?? .max, $1.lane) }
    guard let fastest, fastest.lane != turn.winner else { return }
    engine.store.append(.winner(session: session.id, turn: turn.number, lane: fastest.lane))
    shared.withLock { shared in
      if let place = shared.places[asking] { shared.session.turns[place].winner = fastest.lane }
    }
  }

  private func turn(_ asking: Asking) -> (session: Session, turn: Turn)? {
    shared.withLock { shared in
      guard let place = shared.places[asking] else { return nil }
      let turn = shared.session.turns[place]
      // The prompts of a data set know nothing of each other: no other turn needs to come along.
      var session = shared.session
      session.turns = []
      return (session, turn)
    }
  }

  // MARK: Answers

  private func answer(_ item: BatchItem, _ asking: Asking, _ lane: Int, _ wallets: [Wallet]) async {
    guard let (session, turn) = turn(asking), let throttle = throttles[request.lanes[lane].model.provider] else {
      return
    }
    var kept = turn.responses[lane]
    if kept?.state.isSettled != true {
      let generation = (kept?.generation ?? 0) + 1
      kept = await throttle.run {
        guard self.mayGoOn() else { return nil }
        self.observe(.asked(turn: turn.number, lane: lane))
        var entry = RaceRequest.entry(
          number: lane, session: session, turn: turn, prompt: self.request.prompt(of: item, lane))
        entry.lane.system = self.request.lanes[lane].system.map(item.filled)
        entry.isContestant = false
        let response = await self.engine.answer(
          session, turn, entry, generation: generation, timeout: self.request.timeout, wallets: wallets,
          allowsUnpriced: self.request.allowsUnpriced)
        self.keep(response, asking)
        return response
      }
    } else {
      count { $0.done += 1 }
    }
    guard let kept else { return }
    var passed: Bool?
    if let check = item.check, kept.state.isFinish {
      let found = await engine.passes(check, kept.text)
      shared.withLock { $0.checks[turn.number, default: [:]][lane] = found }
      passed = found
    }
    observe(.answered(turn: turn.number, kept, passed: passed))
  }

  private func keep(_ response: Response, _ asking: Asking) {
    shared.withLock { shared in
      guard let place = shared.places[asking] else { return }
      shared.session.turns[place].responses[response.lane] = response
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
      // Without any money what is free may still be asked: the purse refuses the rest.
      if wallet.isSpent, request.budget != .zero, shared.progress.shortage == nil {
        shared.progress.shortage = wallet.spentWords
      }
      return shared.progress.shortage == nil
    }
  }

  private func count(_ change: (inout BatchProgress) -> Void) {
    let progress = shared.withLock { shared in
      change(&shared.progress)
      return shared.progress
    }
    observe(.progress(progress))
  }

  // MARK: Verdicts

  private func judge(_ item: BatchItem, _ asking: Asking, _ wallets: [Wallet]) async {
    guard let (session, turn) = turn(asking) else { return }
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
    shared.withLock { shared in
      for judgement in found { shared.judgements[judgement.a.turn, default: []].append(judgement) }
    }
    observe(.judged(found))
    count { progress in
      progress.done += found.count
      progress.fresh += found.count
      progress.cost = found.reduce(progress.cost) { $0 + $1.cost }
      if found.contains(where: \.hasUnknownCost) { progress.hasUnknownCost = true }
    }
  }

  /// By this judge, with these prompts, reference and criteria, on these very answers; one that failed is asked for again.
  private func isJudged(_ turn: Turn, _ pair: (a: Int, b: Int), _ judge: Lane, _ task: JudgeTask) -> Bool {
    let judgements = shared.withLock { $0.judgements[turn.number] } ?? []
    return judgements.contains { judgement in
      judgement.judge == judge.text && judgement.version == JudgePrompt.version
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
