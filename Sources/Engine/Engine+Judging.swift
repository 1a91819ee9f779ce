import Core
import Judging
import Store

extension Engine {
  /// Judges answers that are there: only the judges' calls are made and paid. Verdicts are stored as they come.
  /// - Parameter observe: on any thread.
  /// - Returns: in the order of judges and pairs; pairs that were not judged are told in a notice and left out.
  public func judge(
    _ request: JudgeRequest, observe: @escaping @Sendable (JudgeEvent) -> Void = { _ in }
  ) async -> [Judgement] {
    await JudgeRun(request, engine: self, observe: observe).run()
  }

  /// The brief that holds for a turn: the person's own, else the one this judge wrote before; nil when there is none yet.
  public func keptBrief(_ request: JudgeRequest, judge: Lane) throws(StoreError) -> StoredBrief? {
    for id in [request.task.briefID(judge: nil), request.task.briefID(judge: judge)] {
      if let kept = try store.brief(id) { return kept }
    }
    return nil
  }

  /// Criteria of the person's own, for every judge of this task from now on.
  public func keep(_ brief: Brief, for request: JudgeRequest) {
    let stored = StoredBrief(
      id: request.task.briefID(judge: nil), created: clock.date(), judge: "", version: JudgePrompt.version,
      brief: brief, session: request.session.id)
    store.append(.brief(stored))
  }
}
