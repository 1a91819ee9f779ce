import Core
import Judging
import Store
import Synchronization

/// What `first-good` wants: a judge, and the fit from which an answer is good enough.
public struct GoodEnough: Equatable, Sendable {
  public var judge: Lane
  /// 0 to 10.
  public var bar: Double
  /// Criteria of the person's own.
  public var brief: Brief?

  public static let usualBar = 7.0

  public init(judge: Lane, bar: Double = GoodEnough.usualBar, brief: Brief? = nil) {
    self.judge = judge
    self.bar = bar
    self.brief = brief
  }
}

/// Reads the finishers of one race against the brief, each as it lands. Its calls run as tasks; what they find is stored.
final class Examiner: Sendable {
  private let good: GoodEnough
  private let task: JudgeTask
  private let engine: Engine
  private let caller: JudgeCaller
  private let briefs: Briefs
  private let session: String
  /// The judge is a contestant among others.
  private let isContestant: Bool
  private let running = Mutex<(tasks: [Task<Void, Never>], isCancelled: Bool)>(([], false))

  init(_ good: GoodEnough, _ request: RaceRequest, wallets: [Wallet], engine: Engine) {
    self.good = good
    self.engine = engine
    session = request.session.id
    let own = request.lanes.count { $0.lane.model == good.judge.model }
    isContestant = own > 0 && own < request.lanes.count
    var turn = request.turn
    for entry in request.lanes {
      turn.responses[entry.number] = Response(
        lane: entry.number, model: entry.lane.model, parameters: entry.lane.parameters)
    }
    task = JudgeRequest(session: request.session, turn: turn, judges: [good.judge]).task
    caller = JudgeCaller(
      engine: engine, concurrency: 6, wallets: wallets, allowsUnpriced: request.allowsUnpriced
    ) { _ in }
    briefs = Briefs(task: task, session: session, own: good.brief, engine: engine, caller: caller) { _ in }
  }

  /// The brief is written while the lanes answer.
  func prepare() {
    running.withLock { $0.isCancelled = false }
    start { _ = await self.briefs.brief(by: self.good.judge) }
  }

  func cancel() {
    let tasks = running.withLock { running in
      defer { running = ([], true) }
      return running.tasks
    }
    for task in tasks { task.cancel() }
  }

  private func start(_ work: @escaping @Sendable () async -> Void) {
    let task = Task { await work() }
    // An answer that lands after the race was called off is not read any more.
    let isCancelled = running.withLock { running in
      running.tasks.append(task)
      return running.isCancelled
    }
    if isCancelled { task.cancel() }
  }

  /// - Parameter then: on some thread; told the fit and whether it reaches the bar.
  func examine(_ response: Response, _ answer: ResponseKey, then: @escaping @Sendable (Fit, Bool) -> Void) {
    start {
      let began = self.engine.clock.now()
      var fit = await self.fit(of: response, answer)
      fit.time = self.engine.clock.now() - began
      self.engine.store.append(.fit(fit))
      then(fit, fit.reaches(self.good.bar))
    }
  }

  private func fit(of response: Response, _ answer: ResponseKey) async -> Fit {
    var fit = Fit(answer: answer, judge: good.judge.text, value: nil, reason: "")
    guard response.text.contains(where: { !$0.isWhitespace }) else {
      fit.reason = "the answer is empty"
      return fit
    }
    if isContestant, response.model == good.judge.model {
      fit.reason = "a contestant does not judge itself"
      return fit
    }
    let found = await briefs.brief(by: good.judge)
    var random = SystemRandomNumberGenerator()
    let nonce = JudgePrompt.newNonce(using: &random)
    let copy = JudgeCopy.make([response.text], limit: JudgeRun.longestAnswer)[0]
    let ask = JudgePrompt.fit(
      task, brief: found?.brief ?? .none,
      candidate: Candidate(text: copy.text, isTruncated: response.state == .truncated), nonce: nonce,
      id: JudgePrompt.newID(using: &random))
    let result = await caller.call(ask, .judge, by: good.judge, about: session) { text throws(VerdictFault) in
      try FitReply.parse(text, nonce: nonce)
    }
    if let exchange = result.exchange {
      fit.calls = [exchange.session.id]
      (fit.cost, fit.hasUnknownCost) = exchange.cost
      fit.judgeReported = exchange.modelReported
    }
    switch result.reply {
    case .value(let reply):
      fit.value = reply.fit
      fit.reason = reply.reason
      let talk = JudgeDetector.findings(in: response.text).first?.words
      if reply.addressesJudge || talk != nil {
        fit.isQuarantined = true
        fit.reason = "not taken: the answer talks to the judge (\(talk ?? "so the judge says"))"
      }
    case .refused(let reason), .unparsed(let reason), .incoherent(let reason), .void(let reason), .failed(let reason):
      fit.reason = reason
    }
    return fit
  }
}
