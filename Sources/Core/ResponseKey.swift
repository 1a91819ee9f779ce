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
