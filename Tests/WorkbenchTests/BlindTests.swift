import Core
import Engine
import Terminal
import TestSupport
import Testing

@testable import Workbench

/// Nothing tells lanes apart until the votes are in.
@Suite(.ownThreads) struct BlindTests {
  private let layouts = Layouts()

  /// A blind turn that has been sent.
  private func sent(lanes: Int = 2, width: Int = 120, height: Int = 40) -> State {
    var state = Sample.state(lanes: lanes, width: width, height: height)
    state.draft.isBlind = true
    _ = Sample.send("Why are there tides?", &state)
    return state
  }

  private func finish(
    _ lane: Int, _ text: String, _ state: inout State, seconds: Int64 = 2, as end: ResponseState = .done
  ) {
    var response = Response(lane: lane, model: state.lanes[lane].model, parameters: state.lanes[lane].parameters)
    response.state = end
    response.text = end == .failed ? "" : text
    if end == .failed { response.error = ResponseError(.auth, "the key was refused: check ANTHROPIC_API_KEY") }
    response.notices = ["temperature not sent: \(response.model.model) does not take it"]
    response.usage.output = 100 + lane
    response.cost.status = .exact
    response.cost.computed = Money(decimal: "0.0\(lane + 1)")
    response.timing.note(.answer, at: 1_000_000)
    response.timing.note(.answer, at: seconds * 1_000_000_000)
    Sample.play(lane, [.state(.waiting), .text(.answer, text, at: 5), .ended(response)], &state)
  }

  private func end(_ state: inout State) {
    _ = update(&state, .race(session: state.session.id, turn: state.turn!.number, .ended(winner: 0)))
  }

  private func press(_ keys: [Key], _ state: inout State) -> [Command] {
    keys.flatMap { Sample.press($0, &state) }
  }

  private func text(_ state: State) -> String { view(state, layouts).frame.text }

  private static let giveaways = [
    "openai", "gpt", "anthropic", "claude", "local", "smollm", "$", "t/s", "1st", "2nd", "done", "TTFT", "ms", "failed",
    "answering", "temperature", "of 2 ended", "ChatGPT", "tok",
  ]

  private func expectHidden(_ state: State, _ moment: String) {
    let frame = text(state)
    for word in Self.giveaways {
      #expect(!frame.contains(word), "‘\(word)’ is on the screen \(moment):\n\(frame)")
    }
  }

  @Test(arguments: [(60, 16), (80, 24), (120, 40), (200, 50)])
  func nothingIsOnTheScreenThatTells(width: Int, height: Int) {
    var state = sent(width: width, height: height)
    expectHidden(state, "after sending")
    finish(1, "I am Claude, by Anthropic. The moon pulls.", &state)
    expectHidden(state, "when one has answered")
    #expect(!text(state).contains("The moon"), "an answer that came first would tell who is faster")
    #expect(text(state).contains("waiting for all answers"))
    finish(0, "As ChatGPT I say: the sun and the moon.", &state, seconds: 9)
    end(&state)
    expectHidden(state, "when both have answered")
    let frame = text(state)
    #expect(frame.contains("[model]") && frame.contains("moon"), "both answers are shown, masked:\n\(frame)")
  }

  @Test func theAssignmentIsStoredWithTheTurnBeforeItIsSent() {
    let state = sent()
    let assignment = state.turn?.blind
    #expect(assignment != nil && assignment?.pairs.count == 1)
    #expect(assignment?.sha256 == SHA256.hexadecimal((assignment?.text ?? "").utf8))
    #expect(BlindAssignment(text: assignment?.text ?? "") == assignment)
    #expect(state.turn?.rule == .all, "a rule that stops lanes would tell who was faster")
  }

  @Test func sidesAreDrawnByChance() {
    var random = SplitMix64(seed: 11)
    let drawn = (0..<200).map { _ in
      BlindAssignment.draw(session: "s", turn: 1, lanes: [(0, "a"), (1, "b")], using: &random).pairs[0].left
    }
    let share = drawn.count { $0 == 0 }
    #expect((60...140).contains(share), "the first lane was left \(share) times of 200")
  }

  @Test func aKeyVotesAndTheRevealComesOnTheSamePanes() throws {
    var state = sent()
    finish(0, "One.", &state)
    finish(1, "Two.", &state)
    end(&state)
    #expect(press([.enter], &state).isEmpty, "nothing has been voted yet")
    let commands = press([.character("2")], &state)
    guard case .vote(let vote)? = commands.first else {
      Issue.record("expected a vote, got \(commands)")
      return
    }
    #expect(vote.choice == .right && vote.left.lane == state.turn?.blind?.pairs[0].left)
    #expect(state.isHidden, "it can still be taken back")
    expectHidden(state, "after the vote")
    #expect(press([.character("u")], &state) == [.undoVote(id: vote.id)])
    #expect(press([.character("1")], &state).count == 1)
    let before = text(state).split(separator: "\n")
    let revealed = press([.enter], &state)
    guard case .reveal(let reading)? = revealed.first else {
      Issue.record("expected the reveal, got \(revealed)")
      return
    }
    #expect(reading.votes.map(\.choice) == [.left])
    #expect(!state.isHidden && state.turn?.blind == nil)
    let frame = text(state)
    #expect(frame.contains("openai/gpt-5.6") && frame.contains("$0.010"), "names and costs are back:\n\(frame)")
    let after = frame.split(separator: "\n")
    #expect(Array(before[2...20]) == Array(after[2...20]), "the answers stay where they were read:\n\(frame)")
    _ = press([.escape], &state)
    #expect(state.voteDesk == nil && state.focus == 0, "the lanes are back")
  }

  @Test func threeLanesAreThreePairs() {
    var state = sent(lanes: 3)
    for lane in 0..<3 { finish(lane, "Answer \(lane).", &state) }
    end(&state)
    #expect(state.rounds.count == 3)
    #expect(Set(state.rounds.map { Set([$0.left.key.lane, $0.right.key.lane]) }) == [[0, 1], [0, 2], [1, 2]])
    var votes: [Command] = []
    for _ in 0..<3 { votes += press([.character("3")], &state) }
    #expect(votes.count == 3 && state.isVoted && state.isHidden)
    #expect(press([.character("u")], &state).count == 1 && state.reading?.round == 2)
  }

  @Test func aFailedLaneIsNotVotedOn() {
    var state = sent()
    finish(0, "", &state, as: .failed)
    expectHidden(state, "when one has failed")
    finish(1, "Two.", &state)
    end(&state)
    #expect(!state.isHidden, "there is nothing to vote on")
    #expect(state.message?.contains("nothing to vote on") == true)
  }

  @Test func keysThatWouldTellDoNothing() {
    var state = sent()
    finish(0, "One.", &state)
    finish(1, "Two.", &state)
    end(&state)
    let before = state.reading
    for key in "sTdfmpyYezxrRaADcJVCLWMtowiIH/PnNov*" {
      #expect(press([.character(key)], &state).isEmpty, "\(key) does something")
      #expect(state.window == nil, "\(key) opens something")
      expectHidden(state, "after \(key)")
    }
    #expect(state.reading == before)
  }

  @Test func thePromptWaitsForTheVote() {
    var state = sent()
    finish(0, "One.", &state)
    finish(1, "Two.", &state)
    end(&state)
    state.place = .prompt
    #expect(Sample.send("Next", &state).isEmpty)
    #expect(state.session.turns.count == 1 && state.draft.composer.text == "Next", "the draft is kept")
  }

  @Test func revealingWithoutAVoteIsAskedTwice() {
    var state = sent()
    finish(0, "One.", &state)
    finish(1, "Two.", &state)
    end(&state)
    #expect(press([.character("b")], &state).isEmpty && state.isHidden)
    #expect(press([.character("b")], &state).kinds == ["reveal", "inquiry"] && !state.isHidden)
  }

  @Test func anOldPairComesBackWithItsSidesExchanged() {
    var state = sent()
    let old = Vote(
      id: "a00000000001", created: 1, assignment: "x",
      left: ResponseKey(session: "old", turn: 1, lane: 0, generation: 1),
      right: ResponseKey(session: "old", turn: 1, lane: 1, generation: 1), choice: .left)
    let assignment = BlindAssignment(
      id: "y", session: "old", turn: 1, lanes: [0: "a/b", 1: "c/d"], pairs: [.init(left: 1, right: 0)], salt: "s")
    let pair = RepeatedPair(
      vote: old.id, prompt: "An old prompt", left: .init(key: old.right, text: "Was right."),
      right: .init(key: old.left, text: "Was left."), assignment: assignment)
    _ = update(&state, .repeated(pair))
    finish(0, "One.", &state)
    finish(1, "Two.", &state)
    end(&state)
    #expect(state.rounds.count == 2)
    _ = press([.character("1")], &state)
    #expect(text(state).contains("Was right.") && text(state).contains("An old prompt"))
    guard case .vote(let vote)? = press([.character("2")], &state).first else {
      Issue.record("expected the second vote")
      return
    }
    #expect(vote.repeats == old.id && vote.right == old.left && vote.assignment == "y")
  }

  @Test func aSessionOpenedAgainStaysHidden() {
    var state = sent()
    finish(0, "One.", &state)
    finish(1, "Two.", &state)
    let opened = State(session: state.session)
    #expect(opened.isHidden)
    var other = Sample.state(lanes: 2)
    _ = update(&other, .opened(state.session, isRacedHere: false, at: nil))
    #expect(other.isHidden)
  }

  @Test func votesCastBeforeLeavingAreStillThere() {
    var state = sent(lanes: 3)
    for lane in 0..<3 { finish(lane, "Answer \(lane).", &state) }
    end(&state)
    guard case .vote(let vote)? = press([.character("1")], &state).first else {
      Issue.record("expected a vote")
      return
    }
    var again = State(session: state.session)
    _ = update(&again, .votes(session: again.session.id, [vote], picks: []))
    #expect(again.reading?.round == 1 && again.reading?.votes == [vote])
  }

  @Test func aTurnBrokenOffIsRevealedAndStoredSo() {
    var state = sent()
    finish(0, "One.", &state)
    finish(1, "", &state, as: .stopped)
    let commands = update(
      &state, .race(session: state.session.id, turn: state.turn!.number, .ended(winner: nil)))
    guard case .reveal? = commands.first else {
      Issue.record("expected the reveal to be stored, got \(commands)")
      return
    }
    #expect(!state.isHidden)
  }

  @Test func whoTypesIntoThePromptIsToldWhereTheVoteIs() {
    var state = sent()
    finish(0, "One.", &state)
    finish(1, "Two.", &state)
    end(&state)
    #expect(!text(state).contains("goes to the vote"))
    _ = press([.tab], &state)
    #expect(text(state).contains("Tab goes to the vote"))
  }

  /// A vote is on what was said: an answer that cannot be drawn with all its signs is shown as it came, the other one is not.
  @Test func anAnswerDrawnWithoutSomeOfItsSignsShowsItsSource() {
    var state = sent()
    finish(0, "It is 2\\*3, **that is** six.", &state)
    finish(1, "It is 2*3, **that is** six.", &state)
    end(&state)
    let frame = text(state)
    #expect(frame.contains("It is 2\\*3, **that is** six."), "the source of the first should be seen:\n\(frame)")
    #expect(frame.contains("It is 2*3, that is six."), "the second should be rendered:\n\(frame)")
    #expect(!frame.contains("≠"), "no line is needed where the source stands:\n\(frame)")
  }

  @Test func hostileAnswersStayInTheirPane() {
    var state = sent(width: 80, height: 24)
    finish(0, "\u{1B}[2J\u{202E}evil\u{7}", &state)
    finish(1, "Two.", &state)
    end(&state)
    let frame = text(state)
    #expect(!frame.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || $0.value == 0x202E })
  }
}
