import Core
import Judging
import Store
import Synchronization

/// Briefs of one task: the person's own criteria, else what each judge wrote, from before or now. Asked for once, however many
/// pairs wait for it.
final class Briefs: Sendable {
  typealias Found = (id: String, brief: Brief)

  private let task: JudgeTask
  /// Whose prompt it is.
  private let session: String
  private let own: Brief?
  private let engine: Engine
  private let caller: JudgeCaller
  private let observe: @Sendable (JudgeEvent) -> Void
  private let searches = Mutex<[String: Task<Found?, Never>]>([:])

  init(
    task: JudgeTask, session: String, own: Brief?, engine: Engine, caller: JudgeCaller,
    observe: @escaping @Sendable (JudgeEvent) -> Void
  ) {
    self.task = task
    self.session = session
    self.own = own
    self.engine = engine
    self.caller = caller
    self.observe = observe
  }

  /// Nil when the judge could not write one.
  func brief(by judge: Lane) async -> Found? {
    let search = searches.withLock { searches in
      if let search = searches[judge.text] { return search }
      let search = Task { await self.find(by: judge) }
      searches[judge.text] = search
      return search
    }
    return await withTaskCancellationHandler {
      await search.value
    } onCancel: {
      search.cancel()
    }
  }

  private func find(by judge: Lane) async -> Found? {
    if let own { return (keep(own, judge: nil), own) }
    // The person's own criteria hold for every judge.
    for id in [task.briefID(judge: nil), task.briefID(judge: judge)] {
      guard let kept = try? engine.store.brief(id) else { continue }
      observe(.brief(judge: kept.judge, kept.brief))
      return (id, kept.brief)
    }
    caller.expect(1)
    var random = SystemRandomNumberGenerator()
    let nonce = JudgePrompt.newNonce(using: &random)
    let ask = JudgePrompt.brief(task, nonce: nonce)
    let result = await caller.call(ask, .brief, by: judge, about: session) { text throws(VerdictFault) in
      try BriefReply.parse(text, nonce: nonce)
    }
    switch result.reply {
    case .value(let brief): return (keep(brief, judge: judge), brief)
    case .refused(let reason), .unparsed(let reason), .incoherent(let reason), .void(let reason), .failed(let reason):
      observe(.notice("no brief by \(judge.model.text): \(reason)"))
      return nil
    }
  }

  private func keep(_ brief: Brief, judge: Lane?) -> String {
    let id = task.briefID(judge: judge)
    engine.store.append(
      .brief(
        StoredBrief(
          id: id, created: engine.clock.date(), judge: judge?.text ?? "", version: JudgePrompt.version, brief: brief,
          session: session)))
    observe(.brief(judge: judge?.text ?? "", brief))
    return id
  }
}

extension JudgeTask {
  /// A brief holds for the same task, by the same judge with the same prompts; the person's own for every judge.
  func briefID(judge: Lane?) -> String {
    let context = context.map { "\($0.role.rawValue): \($0.text)" }
    let parts = [prompt, system ?? "", reference ?? ""] + context + attachments
    let made = judge.map { [$0.text, JudgePrompt.version] } ?? []
    return SHA256.hexadecimal(JSON.array((parts + made).map { .string($0) }).serialized().utf8)
  }
}
