import Core
import Engine
import Judging
import Terminal
import TestSupport
import Testing

@testable import Workbench

/// A queue of answers to be voted on, a key a vote, without a word of whose they are.
@Suite(.ownThreads) struct VoteDeskTests {
  private let layouts = Layouts()

  private static let models = ["openai/gpt-5.6", "anthropic/claude-sonnet-5", "google/gemini-3.1-pro"]

  private func task(_ number: Int, answers: Int = 2) -> VoteTask {
    var random = SplitMix64(seed: UInt64(number))
    var turn = Turn(number: number, prompt: "Question \(number)", rule: .all)
    for lane in 0..<answers {
      let model = try! Lane(parsing: Self.models[lane])
      var response = Response(lane: lane, model: model.model, parameters: model.parameters)
      (response.generation, response.state, response.text) = (1, .done, "Answer \(lane) to \(number)")
      response.cost.status = .exact
      response.cost.computed = Money(decimal: "0.0\(lane + 1)")
      response.timing.note(.answer, at: Int64(lane + 1) * 1_000_000_000)
      turn.responses[lane] = response
    }
    let assignment = BlindAssignment.draw(
      session: "3f2a9c1e04b8", turn: number, lanes: (0..<answers).map { ($0, Self.models[$0]) }, using: &random)
    var order: [Int] = []
    for lane in assignment.pairs.flatMap({ [$0.left, $0.right] }) where !order.contains(lane) { order.append(lane) }
    return VoteTask(turn, lanes: order, assignment: assignment)
  }

  /// A desk with these tasks on it.
  private func desk(_ tasks: [VoteTask], width: Int = 120, height: Int = 40) -> (state: State, commands: [Command]) {
    var state = Sample.race(width: width, height: height)
    _ = state.openVoteDesk(.recent)
    let found = VoteInquiry.Found(source: .recent, queue: VoteQueue(tasks: tasks))
    let commands = update(&state, .answer(found))
    draw(&state)
    return (state, commands)
  }

  private func draw(_ state: inout State) { _ = update(&state, .drawn(view(state, layouts).extents)) }

  private func press(_ keys: String, _ state: inout State) -> [Command] {
    keys.flatMap { Sample.press($0 == "\n" ? .enter : .character($0), &state) }
  }

  private func text(_ state: State) -> String { view(state, layouts).frame.text }

  private func expectHidden(_ state: State, _ moment: String, sourceLocation: SourceLocation = #_sourceLocation) {
    let frame = text(state).lowercased()
    for word in [
      "openai", "gpt", "anthropic", "claude", "google", "gemini", "smollm", "$", "t/s", "1.0s", "2.0s", "lane",
    ] {
      let isTold = word == "lane" && frame.contains("all 3 lanes")
      #expect(!frame.contains(word) || isTold, "‘\(word)’ is seen \(moment):\n\(frame)", sourceLocation: sourceLocation)
    }
  }

  @Test func tenVotesAreTenKeys() {
    var (state, shown) = desk((1...10).map { task($0) })
    #expect(shown.kinds == ["hide", "inquiry"], "the assignment is stored before its answers show: \(shown.kinds)")
    var votes: [Vote] = []
    for _ in 0..<10 {
      expectHidden(state, "before a vote")
      for command in press("1", &state) { if case .vote(let vote) = command { votes.append(vote) } }
      draw(&state)
    }
    #expect(votes.count == 10, "ten keys should be ten votes")
    #expect(Set(votes.map(\.left.turn)) == Set(1...10), "each on a pair of its own")
    #expect(state.voteDesk?.isDone == true)
    expectHidden(state, "after the last vote, which can be taken back")
  }

  /// What is shown has been stored, and counts from the vote on.
  @Test func eachPairIsStoredBeforeItShowsAndRevealedByItsVote() {
    var (state, _) = desk([task(1), task(2)])
    let first = state.voteDesk?.entry?.task.assignment.id ?? ""
    let commands = press("2", &state)
    #expect(commands.kinds == ["vote", "revealed", "hide", "inquiry", "loadRepeat"], "\(commands.kinds)")
    #expect(commands.contains(.revealed(assignment: first)), "the first is revealed in the database")
    let second = state.voteDesk?.entry?.task.assignment.id ?? ""
    #expect(press("s", &state).isEmpty, "a skipped one stays hidden until the desk closes")
    #expect(Sample.press(.escape, &state).contains(.revealed(assignment: second)), "nothing stays hidden behind it")
    #expect(state.voteDesk == nil && state.focus == 0, "the lanes are as they were")
  }

  @Test func aVoteIsTakenBackUntilItIsRevealed() {
    var (state, _) = desk([task(1), task(2)])
    let before = state.voteDesk?.entry?.task
    let commands = press("1", &state)
    guard case .vote(let vote)? = commands.first else {
      Issue.record("expected a vote, got \(commands)")
      return
    }
    let undone = press("u", &state)
    #expect(undone.kinds == ["undoVote", "hide"] && undone.first == .undoVote(id: vote.id), "\(undone)")
    let again = state.voteDesk?.entry?.task
    #expect(again?.answers == before?.answers, "the same answers on the same sides")
    #expect(
      again?.assignment.id != before?.assignment.id, "under an assignment of its own: the other has been revealed")
    _ = press("2", &state)
    _ = press("[\n", &state)
    #expect(text(state).contains("openai/gpt-5.6"), "it is revealed:\n\(text(state))")
    #expect(press("u", &state).isEmpty && state.message?.contains("the vote stands") == true, "\(state.message ?? "")")
  }

  @Test func theRevealComesOnTheSamePanes() {
    var (state, _) = desk([task(1)])
    _ = press("1", &state)
    let before = text(state).split(separator: "\n")
    _ = press("\n", &state)
    let after = text(state).split(separator: "\n")
    #expect(Array(before[2...30]) == Array(after[2...30]), "the answers stay where they were read")
    let frame = text(state)
    for word in ["openai/gpt-5.6", "anthropic/claude-sonnet-5", "$0.010", "$0.020", "1.0s", "2.0s"] {
      #expect(frame.contains(word), "‘\(word)’ should be seen:\n\(frame)")
    }
  }

  /// Answers and prompts that carry names do not tell either.
  @Test func whatWouldChangeTheRevealIsNotTold() {
    var (state, _) = desk([task(1), task(2), task(3)])
    _ = update(&state, .answer(VoteOutlookInquiry.Found(words: "about 6 more decide a : b")))
    #expect(!text(state).contains("about 6 more"), "it names the models of what is on the screen")
    _ = press("1", &state)
    _ = update(&state, .answer(VoteOutlookInquiry.Found(words: "about 5 more decide b : a")))
    _ = press("s", &state)
    _ = press("[\n", &state)
    #expect(
      text(state).contains("about 6 more decide a : b"),
      "one that was skipped tells nothing of the vote that can be taken back:\n\(text(state))")
    _ = press("[\n", &state)
    #expect(text(state).contains("about 5 more decide b : a"), "revealed, it may be told:\n\(text(state))")
  }

  @Test func theBestAndTheWorstOfSeveralImplyPairs() {
    var (state, _) = desk([task(1, answers: 3)])
    expectHidden(state, "of three")
    #expect(press("w3", &state).isEmpty)
    let votes = press("2", &state).compactMap { if case .vote(let vote) = $0 { vote } else { nil } }
    let answers = state.voteDesk?.entries.first?.task.answers ?? []
    #expect(votes.count == 3, "best, worst and the one between: \(votes)")
    func winner(_ vote: Vote) -> ResponseKey { vote.choice == .left ? vote.left : vote.right }
    func isOf(_ vote: Vote, _ a: Int, _ b: Int) -> Bool {
      Set([vote.left, vote.right]) == [answers[a].key, answers[b].key]
    }
    for (better, worse) in [(1, 0), (1, 2), (0, 2)] {
      let vote = votes.first { isOf($0, better, worse) }
      #expect(vote.map(winner) == answers[better].key, "answer \(better + 1) should be above \(worse + 1)")
    }
    #expect(Set(votes.compactMap(\.impliedBy)).count == 1 && votes.allSatisfy { $0.impliedBy != nil }, "one choice")
  }

  /// A narrow window shows as many as can be read, and that there are others.
  @Test func thePanesOfSeveralMove() {
    var (state, _) = desk([task(1, answers: 3)], width: 80, height: 24)
    #expect(text(state).contains("›") && text(state).contains("best of 3"), "\(text(state))")
    _ = press("ll", &state)
    draw(&state)
    let last = state.voteDesk?.entry?.task.answers[2].text ?? "?"
    #expect(text(state).contains(last) && text(state).contains("‹"), "the third should be seen:\n\(text(state))")
  }

  /// The best alone says nothing of the others among themselves.
  @Test func theBestOfThreeIsTwoVotes() {
    var (state, _) = desk([task(1, answers: 3)])
    let votes = press("1", &state).kinds.filter { $0 == "vote" }
    #expect(votes.count == 2)
  }

  /// Two prompts on one model are what somebody wanted to compare.
  @Test func variantsOfOneModelAmongSeveralAre() {
    var task = task(1, answers: 3)
    for index in task.answers.indices { task.answers[index].model = ModelID("openai/gpt-5.6") }
    var random = SplitMix64(seed: 1)
    #expect(task.votes(.best(0, worst: nil), note: nil, time: nil, created: 0, using: &random).count == 2)
  }

  @Test func twoModelsOfOneMakerAmongSeveralAreNotCompared() {
    var task = task(1, answers: 3)
    task.answers[2].model = task.answers[0].model.flatMap { ModelID($0.text + "-mini") }
    var random = SplitMix64(seed: 1)
    let votes = task.votes(.best(0, worst: nil), note: nil, time: nil, created: 0, using: &random)
    #expect(votes.count == 1 && votes.first?.right == task.answers[1].key, "\(votes)")
    #expect(votes.first?.impliedBy == nil, "a single vote is implied by nothing")
  }

  @Test func aNoteGoesWithTheVote() {
    var (state, _) = desk([task(1)])
    #expect(press("nshorter and 1 right", &state).isEmpty, "letters and digits are text")
    _ = Sample.press(.enter, &state)
    expectHidden(state, "with a note")
    guard case .vote(let vote)? = press("1", &state).first else {
      Issue.record("expected a vote")
      return
    }
    #expect(vote.note == "shorter and 1 right")
  }

  @Test func aNoteAfterTheVoteIsKeptToo() {
    var (state, _) = desk([task(1)])
    guard case .vote(let vote)? = press("1", &state).first else {
      Issue.record("expected a vote")
      return
    }
    let commands = press("nlater\n", &state)
    guard case .vote(let again)? = commands.last else {
      Issue.record("expected the vote with its note, got \(commands)")
      return
    }
    #expect(commands.first == .undoVote(id: vote.id) && again.note == "later" && again.id != vote.id)
    #expect((again.choice, again.assignment) == (vote.choice, vote.assignment), "the same vote")
  }

  /// By when it was given, not by where it stands.
  @Test func theVoteGivenLastIsTakenBack() {
    var (state, _) = desk((1...3).map { task($0) })
    _ = press("1]", &state)
    let last = press("2", &state).first
    guard case .vote(let vote)? = last else {
      Issue.record("expected a vote")
      return
    }
    #expect(state.voteDesk?.place == 1, "around to the one that was passed over")
    #expect(press("u", &state).first == .undoVote(id: vote.id), "the vote given last")
  }

  /// What belongs to the lanes is refused while the desk is open, and closes nothing.
  @Test func thePaletteDoesNotEndTheDesk() {
    var (state, _) = desk([task(1)])
    for name in ["lane.zoom", "scoreboard", "copy.turn", "lane.drop", "leaderboard"] {
      _ = Sample.press(.control("p"), &state)
      let item = ChoiceList.Item(title: name, detail: "", value: name)
      _ = state.layers.pop()
      #expect(state.choose(item, .commands).isEmpty, "\(name)")
      #expect(state.voteDesk != nil && state.message?.contains("the vote desk is open") == true, "\(name)")
      expectHidden(state, "after \(name)")
    }
  }

  /// Ids that no table of makers knows are masked whole.
  @Test func whatAnAnswerSaysOfItsOwnIdIsMasked() {
    let models = ["paid/claude-x", "local/smollm2-135m", "demo/hare"].compactMap { ModelID($0) }
    let text = Makers.mask("I am paid/claude-x, also claude-x; not smollm2-135m. A hare runs.", models: models)
    #expect(text == "I am [model], also [model]; not [model]. A hare runs.", "\(text)")
  }

  @Test func anEmptyDeskStaysUntilItIsClosed() {
    var (state, _) = desk([])
    #expect(press("\n1unsw", &state).isEmpty && state.voteDesk != nil)
    #expect(state.draft.composer.isEmpty)
  }

  /// Taken in and out, models of one maker come and go; what is on the screen stays.
  @Test func modelsOfOneMakerComeAndGo() {
    var (state, _) = desk([task(1), task(2)])
    _ = press("1", &state)
    #expect(press("f", &state).kinds == ["inquiry"])
    _ = update(&state, .answer(VoteInquiry.Found(source: .recent, queue: VoteQueue(tasks: [task(2), task(3)]))))
    #expect(state.voteDesk?.entries.map(\.task.assignment.turn) == [1, 2, 3] && state.voteDesk?.place == 1)
    _ = press("f", &state)
    _ = update(&state, .answer(VoteInquiry.Found(source: .recent, queue: VoteQueue(tasks: [task(2)]))))
    #expect(state.voteDesk?.entries.map(\.task.assignment.turn) == [1, 2] && state.voteDesk?.place == 1)
  }

  /// Left and right of each implied vote are as the stored assignment has them.
  @Test func impliedVotesStandAsTheAssignmentHasThem() {
    let task = task(1, answers: 3)
    var random = SplitMix64(seed: 3)
    for vote in task.votes(.best(0, worst: 2), note: nil, time: nil, created: 0, using: &random) {
      let pair = BlindAssignment.Pair(left: vote.left.lane, right: vote.right.lane)
      #expect(task.assignment.pairs.contains(pair), "\(pair) of \(task.assignment.pairs)")
    }
  }

  @Test func anOldPairComesAfterTheOneOnTheScreen() {
    var (state, _) = desk([task(1), task(2)])
    let old = task(9)
    let pair = RepeatedPair(
      vote: "v9", prompt: "Old question", left: .init(key: old.answers[1].key, text: "Was right."),
      right: .init(key: old.answers[0].key, text: "Was left."), assignment: old.assignment)
    _ = update(&state, .repeated(pair))
    #expect(
      press("1", &state).contains(.hide(old.assignment)), "its assignment is stored before its answers show")
    #expect(text(state).contains("Was right.") && text(state).contains("seen before"), "\(text(state))")
    guard case .vote(let vote)? = press("2", &state).first else {
      Issue.record("expected a vote")
      return
    }
    #expect(vote.repeats == "v9" && vote.assignment == old.assignment.id)
  }

  @Test func anotherSessionLeavesNothingHidden() {
    var (state, _) = desk([task(1)])
    let open = state.voteDesk?.entry?.task.assignment.id ?? ""
    let session = Session(id: "000000000001", created: 0, title: "", rule: .all, lanes: [], turns: [])
    let commands = update(&state, .opened(session, isRacedHere: false, at: nil))
    #expect(commands.contains(.revealed(assignment: open)) && state.voteDesk == nil, "\(commands)")
    var (other, _) = desk([task(1)])
    #expect(update(&other, .quit).kinds == ["revealed", "quit"], "nor does leaving")
  }

  /// A window over the desk does not bring the names back.
  @Test func thePaletteOverItTellsNothing() {
    var (state, _) = desk([task(1)])
    _ = Sample.press(.control("p"), &state)
    expectHidden(state, "under the palette")
  }

  @Test(arguments: [(60, 16), (80, 24), (120, 40), (200, 50)])
  func screens(width: Int, height: Int) {
    let (state, _) = desk([task(1, answers: 3), task(2)], width: width, height: height)
    expectHidden(state, "at \(width)×\(height)")
    expectScreen(view(state, layouts).frame, "votes-\(width)x\(height)")
  }

  @Test func anOpenPickIsKeptApart() {
    var state = Sample.race(width: 120, height: 40)
    state.place = .lanes
    guard case .pick(let pick)? = press("*", &state).first else {
      Issue.record("expected a pick")
      return
    }
    #expect(pick.answer.lane == 0 && !pick.isTakenBack && state.marks?.openPick == 0 && state.marks?.picked == nil)
    #expect(text(state).contains("♡"), "its mark is another than that of votes")
    guard case .pick(let back)? = press("*", &state).first else {
      Issue.record("expected it to be taken back")
      return
    }
    #expect(back.isTakenBack && state.marks?.openPick == nil)
  }
}
