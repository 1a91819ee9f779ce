import Core
import Testing
import TestSupport

@testable import Engine

@Suite(.ownThreads) struct RefereeTests {
  @Test(arguments: [
    (RaceRule.all, Referee.Moment.firstToken, Referee.Decision.none), (.all, .finished, .win(stopsOthers: false)),
    (.all, .checked(passed: true), .none), (.firstToken, .firstToken, .win(stopsOthers: true)),
    (.firstToken, .finished, .none), (.firstFinish, .firstToken, .none),
    (.firstFinish, .finished, .win(stopsOthers: true)), (.firstValid, .firstToken, .none),
    (.firstValid, .finished, .check), (.firstValid, .checked(passed: false), .none),
    (.firstValid, .checked(passed: true), .win(stopsOthers: true)),
  ])
  func decides(_ rule: RaceRule, _ moment: Referee.Moment, _ decision: Referee.Decision) {
    var referee = Referee(rule: rule)
    #expect(referee.observe(moment, lane: 3) == decision)
    #expect((referee.winner == 3) == (decision != .none && decision != .check))
  }

  @Test func thereIsOneWinner() {
    for rule in RaceRule.allCases {
      var referee = Referee(rule: rule)
      let moments: [Referee.Moment] = [.firstToken, .finished, .checked(passed: true)]
      for moment in moments { _ = referee.observe(moment, lane: 1) }
      for moment in moments { #expect(referee.observe(moment, lane: 0) == .none, "\(rule)") }
      #expect(referee.winner == 1, "\(rule)")
    }
  }

  @Test func aFailedCheckLeavesTheRaceOpen() {
    var referee = Referee(rule: .firstValid)
    #expect(referee.observe(.finished, lane: 0) == .check)
    #expect(referee.observe(.finished, lane: 1) == .check)
    #expect(referee.observe(.checked(passed: false), lane: 0) == .none)
    #expect(referee.observe(.checked(passed: true), lane: 1) == .win(stopsOthers: true))
  }
}

@Suite(.ownThreads) struct ValidityCheckerTests {
  @Test(arguments: [
    ("nonempty", "x", true), ("nonempty", " \n\t", false), ("nonempty", "", false), ("json", #" {"a": 1} "#, true),
    ("json", "```json\n{}\n```", false), ("json", "", false), ("regex:^yes", "yes, sir", true),
    ("regex:^yes", "oh yes", false), ("regex:(", "(", false), ("exec:grep -q needle", "hay needle hay", true),
    ("exec:grep -q needle", "hay", false), ("exec:true", "never read", true), ("exec:exit 3", "", false),
    ("exec:kill -9 $$", "", false), ("exec:no-such-command-here", "x", false),
    ("exec:test \"$(cat)\" = '$(touch /tmp/x); `id`'", "$(touch /tmp/x); `id`", true),
  ])
  func passes(_ check: String, _ answer: String, _ expected: Bool) throws {
    let check = try #require(ValidityCheck(check))
    let journal = Journal<Bool>()
    ValidityChecker.run(check, on: answer) { journal.append($0) }
    #expect(journal.first { _ in true } == expected)
  }

  @Test func aLongAnswerDoesNotBlockACommandThatDoesNotRead() throws {
    let journal = Journal<Bool>()
    ValidityChecker.run(.exec("true"), on: String(repeating: "x", count: 4 << 20)) { journal.append($0) }
    #expect(journal.first { _ in true } == true)
  }
}
