import Core
import Judging

/// A record with the moment when it happened, in seconds since 1970: it may be written later, when a disk is slow or locked.
struct Noted: Sendable {
  var record: Record
  var date: Int64
}

/// One thing to be written, in the order it happened.
public enum Record: Sendable {
  case session(Session)
  /// What a session races next.
  case setup(session: String, lanes: [Lane], rule: RaceRule)
  /// A turn with its prompt and attachments; its responses come as records of their own.
  case turn(session: String, Turn)
  case winner(session: String, turn: Int, lane: Int?)
  /// The lane whose answer every lane goes on from.
  case continued(session: String, turn: Int, lane: Int?)
  case lineup(name: String, lanes: [Lane])
  case title(session: String, String)
  /// Of all its turns.
  case tags(session: String, [String])
  /// Hidden at once; emptied when this process ends, unless it is taken back before.
  case deleted(session: String)
  case undeleted(session: String)
  /// Before any answer of the turn shows.
  case blind(BlindAssignment)
  /// The votes under an assignment are in, and everyone may know.
  case revealed(assignment: String)
  case vote(Vote)
  /// Taken back before the reveal.
  case undoneVote(id: String)
  case pick(Pick)
  case brief(StoredBrief)
  case judgement(Judgement)
  /// The person has looked at a quarantined verdict and lets it count.
  case confirmed(judgement: String)
  case card(StoredCard)
  case fit(Fit)
  /// Before its request is sent. `request` is the body without the conversation.
  case began(ResponseKey, Response, request: JSON?)
  case text(ResponseKey, Channel, String, at: Int64)
  /// A new session with its turn and the responses that are sent at once: `session`, `turn` and `began` in one.
  case call(Session, Turn, [StartedCall])
  case ended(ResponseKey, Response)
  case settled(ResponseKey, Settlement)
  /// Requests that a purse had promised money to have ended.
  case released(hold: String)
  /// So much less is held.
  case lowered(hold: String, by: Money)
  /// A call of which nothing else is kept has cost so much.
  case unkept(Money)
  /// Is added to what the key has spent on that day.
  case gatewaySpending(GatewaySpending)
}
