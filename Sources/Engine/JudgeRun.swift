import Core
import Judging
import Store
import Synchronization

/// One request being judged: briefs, both orders of every pair, what is asked again. Made by `Engine.judge`; its tasks run side
/// by side, what they share is behind a lock.
final class JudgeRun: Sendable {
  /// The longest answer shown to a judge, in code points; the same for both.
  static let longestAnswer = 24_000

  private let engine: Engine
  private let request: JudgeRequest
  private let observe: @Sendable (JudgeEvent) -> Void
  private let caller: JudgeCaller
  private let briefs: Briefs

  init(_ request: JudgeRequest, engine: Engine, observe: @escaping @Sendable (JudgeEvent) -> Void) {
    self.request = request
    self.engine = engine
    self.observe = observe
    caller = JudgeCaller(
      engine: engine, concurrency: request.concurrency, wallets: request.wallets, allowsUnpriced: request.allowsUnpriced
    ) { tally in
      observe(
        .progress(done: tally.done, total: tally.total, cost: tally.cost, hasUnknownCost: tally.hasUnknownCost))
    }
    briefs = Briefs(
      task: request.task, session: request.session.id, own: request.brief, engine: engine, caller: caller,
      observe: observe)
  }

  func run() async -> [Judgement] {
    let work = request.judges.flatMap { judge in request.allPairs.map { (judge, $0) } }
    return await withTaskGroup(of: (Int, Judgement?).self) { group in
      for (place, (judge, pair)) in work.enumerated() {
        group.addTask { (place, await self.judge(pair, by: judge)) }
      }
      var found: [Int: Judgement] = [:]
      for await (place, judgement) in group { found[place] = judgement }
      return found.sorted { $0.key < $1.key }.map(\.value)
    }
  }

  // MARK: One pair

  private func judge(_ pair: (a: Int, b: Int), by judge: Lane) async -> Judgement? {
    guard let a = request.turn.responses[pair.a], let b = request.turn.responses[pair.b] else { return nil }
    if let reason = Eligibility.reasonAgainst(judge, a.model, b.model) {
      observe(.notice("lanes \(pair.a + 1) and \(pair.b + 1) \(reason)"))
      return nil
    }
    var judgement = Judgement(
      id: Session.newID(), created: engine.clock.date(), a: key(a), b: key(b), judge: judge.text,
      version: JudgePrompt.version,
      outcome: PairOutcome(kind: .none))
    if let outcome = PairOutcome.mechanical(
      a: a.text, b: b.text, aFailed: !a.state.hasAnswer, bFailed: !b.state.hasAnswer)
    {
      judgement.outcome = outcome
      return keep(judgement)
    }
    caller.expect(2)
    let found = await briefs.brief(by: judge)
    judgement.brief = found?.id
    let bout = Bout(a: a, b: b, brief: found?.brief ?? .none, judge: judge)
    let copies = JudgeCopy.make([a.text, b.text], limit: Self.longestAnswer)
    let readings = await compare(copies.map(\.text), bout, &judgement)
    judgement.readings = readings
    judgement.outcome = PairOutcome.combine(ab: readings.ab, ba: readings.ba)
    judgement.outcome.flags += Self.flags(bout, copies)
    if found == nil {
      judgement.outcome.flags.append("no brief could be had: judged by the general rules alone")
    }
    if a.model == judge.model, b.model == judge.model {
      judgement.outcome.flags.append("both answers are of the judge's own model, so that it cannot favour itself")
    }
    await quarantine(bout, &judgement)
    if let family = Eligibility.overlap(judge, a.model, b.model) {
      judgement.outcome.flags.append("the judge is of the same family as one contestant (\(family))")
      judgement.isSetAside = !request.countsFamily
    }
    return keep(judgement)
  }

  /// Two answers before a judge.
  private struct Bout {
    var a: Response
    var b: Response
    var brief: Brief
    var judge: Lane
  }

  private func key(_ response: Response) -> ResponseKey {
    ResponseKey(
      session: request.session.id, turn: request.turn.number, lane: response.lane, generation: response.generation)
  }

  private func keep(_ judgement: Judgement) -> Judgement {
    engine.store.append(.judgement(judgement))
    observe(.judged(judgement))
    return judgement
  }

  private static func flags(_ bout: Bout, _ copies: [JudgeCopy]) -> [String] {
    zip([bout.a, bout.b], copies).flatMap { response, copy -> [String] in
      let lane = "lane \(response.lane + 1)"
      var flags: [String] = []
      if response.state == .truncated { flags.append("\(lane)'s answer ended at its length limit") }
      if response.state == .cut || response.state == .stopped { flags.append("\(lane)'s answer is not whole") }
      if copy.hidden > 0 {
        flags.append("\(copy.hidden) control or invisible characters of \(lane) were shown to the judge as codes")
      }
      if copy.wasCut { flags.append("\(lane)'s answer was cut for the judge at \(longestAnswer) characters") }
      return flags
    }
  }

  /// Answers that talk to the judge: the verdict is kept, but does not count until the person says so. Judged again without the
  /// passages that gave them away, it shows what they were good for.
  private func quarantine(_ bout: Bout, _ judgement: inout Judgement) async {
    let findings = [bout.a, bout.b].map { JudgeDetector.findings(in: $0.text) }
    let told = judgement.readings?.addressed ?? (a: false, b: false)
    for (response, found, isTold) in [(bout.a, findings[0], told.a), (bout.b, findings[1], told.b)] {
      guard !found.isEmpty || isTold else { continue }
      judgement.outcome.isQuarantined = true
      let what = found.first?.words ?? "so the judge says"
      judgement.outcome.flags.append("lane \(response.lane + 1)'s answer talks to the judge (\(what))")
    }
    guard findings.contains(where: { !$0.isEmpty }) else { return }
    let cleaned = zip([bout.a, bout.b], findings).map { JudgeDetector.removing($1, from: $0.text) }
    caller.expect(2)
    let checked = await compare(
      JudgeCopy.make(cleaned, limit: Self.longestAnswer).map(\.text), bout, &judgement)
    judgement.checked = checked
    let outcome = PairOutcome.combine(ab: checked.ab, ba: checked.ba)
    guard outcome.isDecided, judgement.outcome.isDecided else { return }
    judgement.outcome.flags.append(
      outcome.winner == judgement.outcome.winner
        ? "the verdict is the same without that passage"
        : "attack shown: without that passage the verdict is \(outcome.words(a: bout.a.lane, b: bout.b.lane))")
  }

  private func compare(
    _ texts: [String], _ bout: Bout, _ judgement: inout Judgement
  ) async -> Judgement.Readings {
    let found = await caller.compare(
      Candidate(text: texts[0], isTruncated: bout.a.state == .truncated),
      Candidate(text: texts[1], isTruncated: bout.b.state == .truncated), of: request.task, by: bout.brief, bout.judge,
      .judge, about: request.session.id)
    for exchange in found.exchanges {
      judgement.calls.append(exchange.session.id)
      judgement.cost = judgement.cost + exchange.cost.amount
      judgement.hasUnknownCost = judgement.hasUnknownCost || exchange.cost.hasUnknown
      judgement.judgeReported = exchange.modelReported ?? judgement.judgeReported
    }
    return found.readings
  }
}

extension JudgeCaller {
  typealias Compared = (readings: Judgement.Readings, exchanges: [Exchange])

  /// Both orders at once.
  func compare(
    _ a: Candidate, _ b: Candidate, of task: JudgeTask, by brief: Brief, _ judge: Lane, _ purpose: Purpose,
    about title: String
  ) async -> Compared {
    async let ab = read(a, b, task, brief, judge, purpose, title)
    async let ba = read(b, a, task, brief, judge, purpose, title)
    let both = await (ab, ba)
    return (
      Judgement.Readings(ab: both.0.reading, ba: both.1.reading),
      [both.0.exchange, both.1.exchange].compactMap(\.self)
    )
  }

  /// One order. Labels and nonce are new for each call.
  private func read(
    _ first: Candidate, _ second: Candidate, _ task: JudgeTask, _ brief: Brief, _ judge: Lane, _ purpose: Purpose,
    _ title: String
  ) async -> (reading: OrderReading, exchange: Exchange?) {
    var random = SystemRandomNumberGenerator()
    let nonce = JudgePrompt.newNonce(using: &random)
    let ask = JudgePrompt.comparison(
      task, brief: brief, first: first, second: second, nonce: nonce,
      ids: (JudgePrompt.newID(using: &random), JudgePrompt.newID(using: &random)))
    let result = await call(ask, purpose, by: judge, about: title) { text throws(VerdictFault) in
      try Verdict.parse(text, nonce: nonce, brief: brief)
    }
    return (OrderReading(result.reply), result.exchange)
  }
}

extension OrderReading {
  init(_ reply: JudgeReply<Verdict>) {
    self =
      switch reply {
      case .value(let verdict): .verdict(verdict)
      case .refused(let reason): .refused(reason)
      case .unparsed(let reason): .unparsed(reason)
      case .incoherent(let reason): .incoherent(reason)
      case .void(let reason): .void(reason)
      case .failed(let reason): .failed(reason)
      }
  }
}
