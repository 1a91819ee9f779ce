import ArgumentParser
import Core
import Judging
import Store
import Workbench

/// Whose preferences become pairs.
enum PairSource: String, CaseIterable, ExpressibleByArgument { case human, judge, both }

/// Preference pairs, a line of JSON each, in the two layouts that trainers read: plain texts, or lists of messages as soon as one
/// prompt of the file has a history or a system prompt, since a data set has one layout.
struct PairsExport {
  private struct Pair {
    let session: ExportedSession
    let part: ExportedSession.Part
    let source: PairSource
    let chosen: Response
    let rejected: Response
    let messages: [Message]
    let system: String?
    var about: [JSON.Member]
  }

  private var pairs: [Pair] = []
  /// Preferences that make no pair, by why.
  private(set) var leftOut: [String: Int] = [:]

  init(_ sessions: [ExportedSession], source: PairSource) {
    for session in sessions {
      for part in session.parts where !part.isBlind {
        if source != .judge { for vote in part.votes { add(vote, part, session) } }
        if source != .human {
          for judgement in Judgement.latest(part.judgements) { add(judgement, part, session) }
        }
      }
    }
  }

  var count: Int { pairs.count }
  /// Whether the file has lists of messages.
  var isConversational: Bool { pairs.contains { $0.system != nil || $0.messages.count > 1 } }

  var text: String {
    let isConversational = isConversational
    return pairs.map { line($0, isConversational).serialized() + "\n" }.joined()
  }

  private mutating func add(_ vote: Vote, _ part: ExportedSession.Part, _ session: ExportedSession) {
    // A repeat measures the person, and says the same once more.
    guard vote.repeats == nil else {
      leftOut["a repeated vote", default: 0] += 1
      return
    }
    guard vote.choice == .left || vote.choice == .right else {
      leftOut["a tie", default: 0] += 1
      return
    }
    let keys = vote.choice == .left ? (vote.left, vote.right) : (vote.right, vote.left)
    add(.human, keys, part, session, about: [JSON.Member(name: "vote", value: .string(vote.id))])
  }

  private mutating func add(_ judgement: Judgement, _ part: ExportedSession.Part, _ session: ExportedSession) {
    guard judgement.rankingValue != nil else {
      leftOut["a verdict that does not count", default: 0] += 1
      return
    }
    guard judgement.outcome.isDecided, let winner = judgement.outcome.winner else {
      leftOut["a tie", default: 0] += 1
      return
    }
    let keys = winner == .a ? (judgement.a, judgement.b) : (judgement.b, judgement.a)
    add(
      .judge, keys, part, session,
      about: [
        JSON.Member(name: "judge", value: .string(judgement.judge)),
        JSON.Member(name: "outcome", value: .string(judgement.outcome.kind.rawValue)),
      ])
  }

  private mutating func add(
    _ source: PairSource, _ keys: (chosen: ResponseKey, rejected: ResponseKey), _ part: ExportedSession.Part,
    _ session: ExportedSession, about: [JSON.Member]
  ) {
    guard let chosen = session.answer(keys.chosen)?.response, let rejected = session.answer(keys.rejected)?.response,
      !chosen.text.isEmpty, !rejected.text.isEmpty, chosen.text != rejected.text
    else {
      leftOut["answers that are empty or the same", default: 0] += 1
      return
    }
    let threads = [chosen, rejected].map { response in
      var messages = session.session.thread(lane: response.lane, before: part.turn.number)
      messages.appendPrompt(response.prompt ?? part.turn.prompt, part.turn.attachments)
      return messages
    }
    let systems = [chosen, rejected].map { $0.system ?? part.turn.system }
    guard threads[0] == threads[1], systems[0] == systems[1] else {
      leftOut["lanes that were asked different things", default: 0] += 1
      return
    }
    guard threads[0].allSatisfy(\.images.isEmpty) else {
      leftOut["a prompt with pictures", default: 0] += 1
      return
    }
    pairs.append(
      Pair(
        session: session, part: part, source: source, chosen: chosen, rejected: rejected, messages: threads[0],
        system: systems[0].flatMap { $0.isEmpty ? nil : $0 }, about: about))
  }

  private func line(_ pair: Pair, _ isConversational: Bool) -> JSON {
    func message(_ role: String, _ text: String) -> JSON { ["role": .string(role), "content": .string(text)] }
    func answer(_ response: Response) -> JSON {
      isConversational ? [message("assistant", response.text)] : .string(response.text)
    }
    let messages = pair.messages.map { message($0.role.rawValue, $0.textWithFiles) }
    let prompt: JSON =
      isConversational
      ? .array((pair.system.map { [message("system", $0)] } ?? []) + messages)
      : .string(pair.messages.last?.textWithFiles ?? "")
    let document: JSON = [
      "prompt": prompt, "chosen": answer(pair.chosen), "rejected": answer(pair.rejected),
      "chosen_model": .string(ExportedSession.name(pair.chosen)),
      "rejected_model": .string(ExportedSession.name(pair.rejected)), "source": .string(pair.source.rawValue),
      "session": .string(pair.session.session.id), "turn": .int(pair.part.turn.number),
      "tags": .array(pair.part.turn.tags.map { .string($0) }),
    ]
    guard case .object(let members) = document else { return document }
    return .object(members + pair.about)
  }
}
