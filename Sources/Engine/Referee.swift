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
  private(set) var winner: Int?

  init(rule: RaceRule) { self.rule = rule }

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
    case (.firstValid, .finished), (.firstGood, .finished): return .check
    default: return .none
    }
  }
}
