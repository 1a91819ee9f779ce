/// What a session is for. Calls that are not a person's prompts are sessions too, so that the bill knows them; they do not
/// show in the list of sessions.
public enum Purpose: String, Sendable, CaseIterable {
  /// A person's prompts to lanes.
  case lane
  /// A data set run over lanes.
  case batch
  /// A judge comparing two answers, or scoring one.
  case judge
  /// A judge writing what a good answer needs, before it sees any.
  case brief
  /// A judge tried on pairs with a known outcome.
  case probe
  /// A call that came through the gateway.
  case gateway

  /// Listed and opened by people.
  public var isListed: Bool { self == .lane || self == .batch }
}
