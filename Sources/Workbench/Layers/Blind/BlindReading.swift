import Core

/// A turn whose answers are read without knowing whose they are: what is shown, what has been chosen. Sides are told by number,
/// 0 left and 1 right, so that nothing on the screen follows the lanes' order.
public struct BlindReading: Equatable, Sendable {
  public let assignment: BlindAssignment
  /// The pair shown, of `rounds`.
  public private(set) var round = 0
  public private(set) var votes: [Vote] = []
  /// An earlier pair that is asked about once more, after the others.
  public private(set) var repeated: RepeatedPair?
  /// Monotonic nanoseconds; when the pair came on the screen.
  public var shownAt: Int64?
  /// All votes are in: Enter reveals, or the last is taken back.
  public func isVoted(_ rounds: Int) -> Bool { round >= rounds }
  /// Asked once to give up the vote.
  public var isAskedToReveal = false

  public init(_ assignment: BlindAssignment) { self.assignment = assignment }

  /// The two sides of one pair, as texts to be masked and shown.
  public struct Side: Equatable, Sendable {
    public var key: ResponseKey
    public var text: String
    public var isAnswer: Bool
    /// Times and cost in words. Told at the reveal.
    public var figures: String

    public init(key: ResponseKey, text: String, isAnswer: Bool = true, figures: String = "") {
      self.key = key
      self.text = text
      self.isAnswer = isAnswer
      self.figures = figures
    }
  }

  public struct Round: Equatable, Sendable {
    public var prompt: String
    public var left: Side
    public var right: Side
    public var assignment: String
    public var repeats: String?

    func side(_ number: Int) -> Side { number == 0 ? left : right }
  }

  /// Pairs that can be voted on: both have answered.
  public func rounds(_ turn: Turn) -> [Round] {
    func side(_ lane: Int) -> Side? {
      guard let response = turn.responses[lane], response.state.isOver else { return nil }
      let key = ResponseKey(
        session: assignment.session, turn: turn.number, lane: lane, generation: response.generation)
      return Side(key: key, text: response.text, isAnswer: response.isAnswerToVoteOn)
    }
    var rounds = assignment.pairs.compactMap { pair -> Round? in
      guard let left = side(pair.left), let right = side(pair.right), left.isAnswer, right.isAnswer else { return nil }
      return Round(prompt: turn.prompt, left: left, right: right, assignment: assignment.id)
    }
    if let repeated, !rounds.isEmpty {
      rounds.append(repeated.round)
    }
    return rounds
  }

  /// Nothing more will come, and no two have answered: it can never be voted on, and need not stay blind.
  public func isHopeless(_ turn: Turn) -> Bool {
    !turn.responses.isEmpty && turn.responses.values.allSatisfy(\.state.isOver) && rounds(turn).isEmpty
  }

  /// Goes on where the reading was broken off.
  public mutating func resume(_ votes: [Vote]) {
    let own = votes.filter { $0.assignment == assignment.id }
    guard self.votes.isEmpty, !own.isEmpty else { return }
    self.votes = own
    round = own.count
  }

  mutating func add(_ pair: RepeatedPair) { repeated = pair }

  /// Votes on the pair shown; on to the next one.
  /// - Returns: the vote to be kept.
  mutating func vote(_ choice: Vote.Choice, on round: Round, id: String, created: Int64, now: Int64) -> Vote {
    let vote = Vote(
      id: id, created: created, assignment: round.assignment, left: round.left.key, right: round.right.key,
      choice: choice,
      repeats: round.repeats, time: shownAt.map { now - $0 })
    votes.append(vote)
    self.round += 1
    shownAt = nil
    return vote
  }

  /// Takes the last vote back, before the reveal.
  mutating func undo() -> Vote? {
    guard let last = votes.popLast() else { return nil }
    round -= 1
    shownAt = nil
    return last
  }
}

/// A pair that was voted on before, to be voted on again with its sides exchanged: how far a person agrees with themselves is
/// the most that any judge can reach.
public struct RepeatedPair: Equatable, Sendable {
  public var vote: String
  public var prompt: String
  public var left: BlindReading.Side
  public var right: BlindReading.Side
  public var assignment: BlindAssignment

  public var round: BlindReading.Round {
    BlindReading.Round(prompt: prompt, left: left, right: right, assignment: assignment.id, repeats: vote)
  }
}
