import Core
import Engine

/// Which earlier pair is asked about once more.
public enum RepeatedPairs {
  /// A repeat after so many votes that were none.
  static let interval = 11

  /// Nil while it is too early, or when nothing can be asked again. The oldest pair that has not been repeated comes first.
  /// Reads the database.
  /// - Parameter random: for the id and the salt of its assignment.
  public static func next(
    _ engine: Engine, using random: inout some RandomNumberGenerator
  ) throws -> RepeatedPair? {
    let votes = try engine.store.votes()
    // One choice among several is one vote, and none on any of its pairs alone.
    let since = Set(votes.reversed().prefix { $0.repeats == nil }.map { $0.impliedBy ?? $0.id })
    guard since.count >= interval else { return nil }
    let repeated = Set(votes.compactMap(\.repeats))
    // Of another day, if there is one: what is fresh in mind is remembered, not judged again.
    for vote in votes where vote.repeats == nil && vote.impliedBy == nil && !repeated.contains(vote.id) {
      guard let session = try? engine.store.session(vote.left.session),
        let turn = session.turns.first(where: { $0.number == vote.left.turn }), turn.blind == nil,
        let left = turn.responses[vote.left.lane], let right = turn.responses[vote.right.lane],
        left.generation == vote.left.generation, right.generation == vote.right.generation
      else { continue }
      // Exchanged, and under an assignment of its own.
      let assignment = BlindAssignment(
        id: Session.newID(using: &random), session: session.id, turn: turn.number,
        lanes: [vote.left.lane: name(session, vote.left.lane), vote.right.lane: name(session, vote.right.lane)],
        pairs: [BlindAssignment.Pair(left: vote.right.lane, right: vote.left.lane)],
        salt: BlindAssignment.newSalt(using: &random))
      return RepeatedPair(
        vote: vote.id, prompt: turn.prompt,
        left: BlindReading.Side(key: vote.right, text: right.text, figures: VoteTask.figures(right)),
        right: BlindReading.Side(key: vote.left, text: left.text, figures: VoteTask.figures(left)),
        assignment: assignment)
    }
    return nil
  }

  private static func name(_ session: Session, _ lane: Int) -> String {
    session.lanes.indices.contains(lane) ? session.lanes[lane].text : ""
  }
}
