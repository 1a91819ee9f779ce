import Core
import Judging

/// Answers of one turn to be judged.
public struct JudgeRequest: Sendable {
  public var session: Session
  public var turn: Turn
  public var judges: [Lane]
  /// Lane numbers; nil for every pair of lanes that have ended.
  public var pairs: [(a: Int, b: Int)]?
  /// What was said before the prompt, where the session does not tell it.
  public var context: [Message] = []
  /// The right answer, where the person has one.
  public var reference: String?
  /// Criteria of the person's own, instead of what a judge would write.
  public var brief: Brief?
  /// What the calls are paid from; the config's limit for a turn holds where there is none.
  public var wallets: [Wallet] = []
  public var allowsUnpriced = false
  /// Verdicts count although the judge is of a contestant's family.
  public var countsFamily = false
  /// Calls at once.
  public var concurrency = 6

  public init(session: Session, turn: Turn, judges: [Lane]) {
    self.session = session
    self.turn = turn
    self.judges = judges
  }

  /// Pairs to be judged, in lane order. Answers that were stopped or cut are left out: they might have become good.
  public var allPairs: [(a: Int, b: Int)] {
    if let pairs { return pairs }
    let lanes = turn.responses.keys.sorted().filter { lane in
      guard let state = turn.responses[lane]?.state, state.isOver else { return false }
      return state != .stopped && state != .cut
        && !(session.lanes.indices.contains(lane) && session.lanes[lane].isDropped)
    }
    return lanes.enumerated().flatMap { place, a in lanes[(place + 1)...].map { (a, $0) } }
  }

  /// What the lanes were asked, as a judge is told it.
  public var task: JudgeTask {
    let threads = turn.responses.keys.sorted().map { session.thread(lane: $0, before: turn.number) }
    let first = threads.first ?? []
    // Lanes that have gone different ways share only what the person has said.
    let shared = threads.allSatisfy { $0 == first } ? first : first.filter { $0.role == .user }
    return JudgeTask(
      prompt: turn.prompt, system: turn.system, context: context.isEmpty ? shared : context,
      attachments: turn.attachments.map(\.name),
      reference: reference)
  }
}

extension ResponseState {
  /// Something was said that can be judged.
  var hasAnswer: Bool { self != .failed && isOver }
}

/// What happens while judges work; on any thread.
public enum JudgeEvent: Sendable {
  /// Calls made and to be made; the second grows when something has to be asked again.
  case progress(done: Int, total: Int, cost: Money, hasUnknownCost: Bool)
  case brief(judge: String, Brief)
  case judged(Judgement)
  /// A sentence: what was not judged, and why.
  case notice(String)
}
