import Core

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
  /// Before its request is sent. `request` is the body without the conversation.
  case began(ResponseKey, Response, request: JSON?)
  case text(ResponseKey, Channel, String, at: Int64)
  case ended(ResponseKey, Response)
}

/// Names one response for ever.
public struct ResponseKey: Hashable, Sendable {
  public var session: String
  public var turn: Int
  public var lane: Int
  public var generation: Int

  public init(session: String, turn: Int, lane: Int, generation: Int) {
    self.session = session
    self.turn = turn
    self.lane = lane
    self.generation = generation
  }
}
