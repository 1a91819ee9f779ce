import Core

/// Decides a race: a pure state machine. Lanes report, it says who has won and whose answer must be checked.
struct Referee: Equatable {
  enum Moment: Equatable {
    case firstToken
    case finished
    case checked(passed: Bool)
  }

  enum Decision: Equatable {
    case none
    case check
    /// This lane has won. `stopsOthers` tells whether the rule ends the race here.
    case win(stopsOthers: Bool)
  }

  let rule: RaceRule
  /// An answer that ends without a token wins as one with tokens does: somebody waits for an answer, not for the fastest.
  let takesEmpty: Bool
  private(set) var winner: Int?

  init(rule: RaceRule, takesEmpty: Bool = false) {
    self.rule = rule
    self.takesEmpty = takesEmpty
  }

  mutating func observe(_ moment: Moment, lane: Int) -> Decision {
    guard winner == nil else { return .none }
    switch (rule, moment) {
    case (.firstToken, .firstToken), (.firstFinish, .finished), (.firstValid, .checked(passed: true)),
      (.firstGood, .checked(passed: true)):
      winner = lane
      return .win(stopsOthers: true)
    case (.all, .finished):
      winner = lane
      return .win(stopsOthers: false)
    case (.firstToken, .finished) where takesEmpty:
      winner = lane
      return .win(stopsOthers: true)
    case (.firstValid, .finished), (.firstGood, .finished): return .check
    default: return .none
    }
  }
}
