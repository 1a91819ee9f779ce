/// One comparison of two models, or a group of `count` alike ones: who was compared, by whom, on what, with which outcome.
public struct Ballot: Equatable, Sendable {
  public enum Outcome: UInt8, Equatable, Sendable, CaseIterable {
    case a, b, tie
    /// For the ratings a tie; kept apart because its rate says something of its own.
    case bothBad

    /// The part of a win that goes to the first model.
    public var share: Double {
      switch self {
      case .a: 1
      case .b: 0
      case .tie, .bothBad: 0.5
      }
    }
  }

  /// What a weak win counts for its winner: one order of the judge said win, the other tie.
  public static let weakShare = 0.75

  /// Indexes into the models of a `BallotTable`; they differ. The first was in slot 1 (left).
  public var a: Int
  public var b: Int
  public var outcome: Outcome
  /// How many votes this is; not negative.
  public var count: Int
  /// The first model's part in 0…1: 1, 0.75 (weak), 0.5, 0.25 (weak), 0, or any graded value.
  public var share: Double
  /// Votes on one prompt are not independent: they form a cluster. Nil: each vote is a cluster of its own.
  public var prompt: Int?
  /// 0 is the person, 1… are judges.
  public var rater: Int
  /// Lengths of the two answers in code points, when known.
  public var lengths: Lengths?
  public var tags: [String]

  public struct Lengths: Equatable, Sendable {
    public var a: Int
    public var b: Int

    public init(a: Int, b: Int) {
      self.a = a
      self.b = b
    }
  }

  /// - Parameter share: nil takes what the outcome and `isWeak` say.
  public init(
    a: Int, b: Int, outcome: Outcome, count: Int = 1, isWeak: Bool = false, share: Double? = nil, prompt: Int? = nil,
    rater: Int = 0, lengths: Lengths? = nil, tags: [String] = []
  ) {
    self.a = a
    self.b = b
    self.outcome = outcome
    self.count = count
    let weak = isWeak ? 0.5 + (outcome.share - 0.5) * (2 * Ballot.weakShare - 1) : outcome.share
    self.share = min(max(share ?? weak, 0), 1)
    self.prompt = prompt
    self.rater = rater
    self.lengths = lengths
    self.tags = tags
  }
}
