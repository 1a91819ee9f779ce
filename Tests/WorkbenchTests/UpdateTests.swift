import Core
import Terminal
import TestSupport
import Testing

@testable import Workbench

@Suite(.ownThreads) struct UpdateTests {
  @Test func aPromptIsRaced() {
    var state = Sample.state(lanes: 2)
    let commands = Sample.send("hello", &state)
    #expect(commands == [.race(state.session, isNew: true, judges: [])])
    #expect(state.turn?.prompt == "hello")
    #expect(state.session.title == "hello")
    #expect(state.draft.composer.isEmpty)
    Sample.play(0, [], &state)
    #expect(Sample.send("again", &state).isEmpty, "nothing is sent while a lane is answering")
    #expect(state.message != nil)
  }

  @Test func theSecondTurnIsNotANewSession() {
    var state = Sample.state(lanes: 1)
    _ = Sample.send("one", &state)
    var answer = state.response(0)!
    answer.state = .done
    Sample.play(0, [.ended(answer)], &state)
    #expect(Sample.send("two", &state) == [.race(state.session, isNew: false, judges: [])])
    #expect(state.session.turns.map(\.number) == [1, 2])
  }

  @Test func emptyPromptsAreNotSent() {
    var state = Sample.state(lanes: 1)
    #expect(Sample.send("  ", &state).isEmpty)
    #expect(state.session.turns.isEmpty)
  }

  @Test func controlCGoesStepByStep() {
    var state = Sample.state(lanes: 1)
    for character in "draft" { _ = update(&state, .key(.character(character))) }
    #expect(update(&state, .key(.control("c"))).isEmpty)
    #expect(state.draft.composer.isEmpty, "first it clears the draft")
    _ = Sample.send("go", &state)
    Sample.play(0, [.state(.waiting)], &state)
    #expect(update(&state, .key(.control("c"))) == [.stopAll(state.runningID)], "then it stops what streams")
    var stopped = state.response(0)!
    stopped.state = .stopped
    _ = update(&state, .race(session: state.session.id, turn: 1, .lane(0, .ended(stopped))))
    #expect(update(&state, .key(.control("c"))).isEmpty, "then it asks")
    #expect(state.isAskedToLeave)
    #expect(update(&state, .key(.control("c"))) == [.quit])
  }

  @Test func qAsksAndLeavesToo() {
    var state = Sample.state(lanes: 1)
    _ = update(&state, .key(.escape))
    #expect(update(&state, .key(.character("q"))).isEmpty, "first it asks")
    #expect(state.message?.contains("again to leave") == true)
    #expect(update(&state, .key(.character("q"))) == [.quit])
  }

  @Test func anyOtherKeyTakesTheQuestionBack() {
    var state = Sample.state(lanes: 1)
    _ = update(&state, .key(.control("c")))
    _ = update(&state, .key(.left))
    #expect(update(&state, .key(.control("c"))).isEmpty)
  }

  @Test func lettersAreTextInThePromptAndKeysInTheLanes() {
    var state = Sample.state(lanes: 2)
    #expect(update(&state, .key(.character("x"))) == [.warm(state.lineup)], "connections are opened while one types")
    #expect(state.draft.composer.text == "x")
    _ = update(&state, .key(.escape))
    #expect(update(&state, .key(.character("x"))).isEmpty && state.message == "no lane is answering")
    state.race.lanes = [0, 1]
    #expect(update(&state, .key(.character("x"))) == [.stop(state.runningID, lane: 0)])
    _ = update(&state, .key(.character("2")))
    #expect(state.focus == 1)
    _ = update(&state, .key(.character("9")))
    #expect(state.focus == 1, "there is no lane 9")
    #expect(update(&state, .key(.character("X"))) == [.stopAll(state.runningID)])
  }

  @Test func retryCountsGenerations() {
    var state = Sample.race(width: 80, height: 24)
    _ = update(&state, .key(.escape))
    #expect(Sample.press(.character("r"), &state).asked == [[0]])
    _ = update(&state, .key(.character("2")))
    #expect(Sample.press(.character("r"), &state).isEmpty, "lane 2 is still answering")
    var answer = state.response(1)!
    answer.state = .done
    Sample.play(1, [.ended(answer)], &state)
    #expect(
      Sample.press(.character("R"), &state).asked == [[1]], "those that are still answering are left alone")
    #expect(state.response(1)?.generation == 2)
  }

  @Test func aLaneIsAddedFromTheListAndJoinsARunningTurn() {
    var state = Sample.race(width: 80, height: 24)
    _ = update(&state, .key(.escape))
    #expect(update(&state, .key(.character("a"))) == [.loadModels])
    let items = ["local/smollm2-135m", "anthropic/claude-opus-5", "groq/openai/gpt-oss-120b"]
    _ = update(&state, .models(items.map { ChoiceList.Item(title: $0, detail: "", value: $0) }))
    for character in "gptoss" { _ = update(&state, .key(.character(character))) }
    let commands = update(&state, .key(.enter))
    #expect(commands.kinds == ["saveSetup", "run"] && commands.asked == [[3]])
    #expect(state.lanes.last?.text == "groq/openai/gpt-oss-120b")
  }

  @Test func changingAModelKeepsItsParameters() {
    var state = Sample.state(lanes: 3)
    _ = update(&state, .key(.escape))
    _ = update(&state, .key(.character("3")))
    _ = update(&state, .key(.character("m")))
    _ = update(&state, .models([.init(title: "xai/grok-4.5", detail: "", value: "xai/grok-4.5")]))
    _ = update(&state, .key(.enter))
    #expect(state.lanes[2].text == "xai/grok-4.5,temperature=0.2")
  }

  @Test func eventsOfAnotherSessionArePassedOver() {
    var state = Sample.race(width: 80, height: 24)
    let before = state
    _ = update(&state, .race(session: "other", turn: 1, .lane(1, .text(.answer, "x", at: 1))))
    #expect(state == before)
  }

  @Test func aSessionIsOpenedFromTheList() {
    var state = Sample.state(lanes: 1)
    _ = update(&state, .key(.escape))
    #expect(update(&state, .key(.character("H"))) == [.findSessions(SessionFilter(), limit: 100, number: 1)])
    _ = update(&state, .foundSessions([Sample.summary("abc123", "tides")], number: 1))
    #expect(update(&state, .key(.enter)) == [.open(session: "abc123", at: nil)])
  }

  @Test func pastesComeWhole() {
    var state = Sample.state(lanes: 1)
    _ = update(&state, .key(.paste("two\nlines")))
    #expect(state.draft.composer.text == "two\nlines", "a line break in a paste must not send")
    #expect(state.session.turns.isEmpty)
  }
}

/// What happens before the engine has answered: keys come faster than events.
@Suite(.ownThreads) struct HastyKeysTests {
  @Test func aSecondRetryDoesNothing() {
    var state = Sample.race(width: 80, height: 24)
    _ = update(&state, .key(.escape))
    #expect(Sample.press(.character("r"), &state).asked == [[0]])
    #expect(Sample.press(.character("r"), &state).isEmpty, "the lane is queued already")
    #expect(state.response(0)?.generation == 2 && state.response(0)?.state == .queued)
  }

  @Test func controlCRightAfterEnterStops() {
    var state = Sample.state(lanes: 1)
    _ = Sample.send("go", &state)
    #expect(update(&state, .key(.control("c"))) == [.stopAll(state.runningID)])
  }

  @Test func aSecondPromptWaits() {
    var state = Sample.state(lanes: 1)
    _ = Sample.send("one", &state)
    #expect(Sample.send("two", &state).isEmpty)
    #expect(state.session.turns.count == 1)
  }

  /// Rows that another process is filling are not ours to wait for.
  @Test func anotherFurlongsLanesDoNotHoldUs() {
    var state = Sample.state(lanes: 1)
    var response = Response(lane: 0, model: state.lanes[0].model, parameters: Parameters())
    response.state = .answering
    var session = state.session
    session.turns = [Turn(number: 1, prompt: "p", rule: .all, responses: [0: response])]
    _ = update(&state, .opened(session, isRacedHere: false, at: nil))
    #expect(!state.isStreaming && state.message?.contains("another Furlong") == true)
    _ = update(&state, .key(.control("c")))
    #expect(update(&state, .key(.control("c"))) == [.quit])
    _ = update(&state, .opened(session, isRacedHere: true, at: nil))
    #expect(update(&state, .key(.control("c"))) == [.stopAll(state.runningID)], "ours can be stopped after coming back")
  }

  @Test func aLaneWithAnswersIsNotDropped() {
    var state = Sample.race(width: 80, height: 24)
    _ = update(&state, .key(.escape))
    _ = update(&state, .key(.character("3")))
    _ = Sample.press(.character("D"), &state)
    #expect(state.lanes.count == 3, "its number must not go to another lane")
  }

  @Test func aLaneCanBeTypedWithItsParameters() {
    var state = Sample.state(lanes: 1)
    _ = update(&state, .key(.escape))
    _ = update(&state, .key(.character("a")))
    _ = update(&state, .models([.init(title: "xai/grok-4.5", detail: "", value: "xai/grok-4.5")]))
    for character in "own/model,temperature=9" { _ = update(&state, .key(.character(character))) }
    _ = update(&state, .key(.enter))
    #expect(
      state.lanes.count == 1 && state.message?.contains("temperature") == true, "the fault is told, the list stays")
    _ = update(&state, .key(.backspace))
    _ = update(&state, .key(.character("1")))
    _ = update(&state, .key(.enter))
    #expect(state.lanes.last?.text == "own/model,temperature=1")
  }
}

@Suite(.ownThreads) struct KeymapTests {
  @Test func theDefaultsHaveNoConflict() {
    var faults: [String] = []
    _ = Keymap(overrides: [:], faults: &faults)
    #expect(faults.isEmpty)
  }

  @Test func everyActionHasOneRow() {
    let actions = Keymap().rows.map(\.action)
    #expect(Set(actions).count == actions.count, "two rows of one name: the config could not tell them apart")
  }

  @Test func keysCanBeChangedAndFaultsAreTold() {
    var faults: [String] = []
    let keymap = Keymap(
      overrides: ["lane.stop": "K", "lane.stoop": "x", "lane.zoom": "Hyper-z", "lane.retry": "h"], faults: &faults)
    #expect(keymap.row(for: .character("K"), in: [.lanes], takesText: false)?.action == .stop)
    #expect(keymap.row(for: .character("x"), in: [.lanes], takesText: false) == nil)
    #expect(keymap.row(for: .character("K"), in: [.lanes], takesText: true) == nil, "it is text there")
    #expect(faults.count == 3, "expected an unknown action, an unknown key and a conflict: \(faults)")
  }
}

@Suite(.ownThreads) struct ComposerTests {
  private func composer(_ text: String, _ keys: [Key]) -> Composer {
    var composer = Composer()
    composer.insert(text)
    for key in keys { _ = composer.handle(key) }
    return composer
  }

  @Test func editing() {
    #expect(composer("one two", [.control("w")]).text == "one ")
    #expect(composer("one two", [.control("w"), .control("y"), .control("y")]).text == "one twotwo")
    #expect(composer("one two", [.control("a"), .alt("d")]).text == " two")
    #expect(composer("one\ntwo", [.control("u")]).text == "one\n")
    #expect(composer("abc", [.left, .backspace, .delete]).text == "a")
    #expect(composer("日本語", [.left, .character("x")]).text == "日本x語")
    #expect(composer("", [.backspace, .delete, .left, .right, .control("k")]).text == "")
  }

  @Test func historyKeepsTheDraft() {
    var composer = Composer()
    composer.history = ["newest", "oldest"]
    composer.insert("draft")
    composer.up()
    #expect(composer.text == "newest")
    composer.up()
    composer.up()
    #expect(composer.text == "oldest", "the end of the history is the end")
    composer.down()
    composer.down()
    #expect(composer.text == "draft")
  }

  @Test func upMovesWithinTheTextFirst() {
    var composer = Composer()
    composer.history = ["old"]
    composer.insert("one\ntwo")
    composer.up()
    #expect(composer.text == "one\ntwo" && composer.cursor == 3)
    composer.up()
    #expect(composer.text == "old")
  }
}

@Suite(.ownThreads) struct ScoreboardTests {
  @Test func placesFollowTheWinnerThenTheEnd() {
    let responses = [(0, 30), (1, 10), (2, 20)].map { lane, end in
      var response = Response(lane: lane, model: ModelID(provider: "p", model: "m"), parameters: Parameters())
      response.state = .done
      response.timing.note(.answer, at: Int64(end))
      return response
    }
    #expect(Scoreboard.places(responses, winner: nil, rule: .all) == [1: 1, 2: 2, 0: 3])
    #expect(Scoreboard.places(responses, winner: 0, rule: .all) == [0: 1, 1: 2, 2: 3])
  }

  @Test func aTickDatesWhatComesAfterIt() {
    var state = Sample.state(lanes: 2)
    _ = update(&state, .tick(7_000_000_000, date: 1_234))
    #expect(state.moment.now == 7_000_000_000)
    let before = state.session.id
    _ = state.perform(.newSession)
    #expect(state.session.created == 1_234 && state.session.id != before)
  }

  /// Time and chance are in the state: what is done twice from the same one comes out the same.
  @Test func theSameInputsMakeTheSameState() {
    func play(seed: UInt64) -> (State, [Command]) {
      var state = Sample.state(lanes: 3)
      state.moment.random = SplitMix64(seed: seed)
      _ = state.perform(.newSession)
      state.draft.isBlind = true
      let commands = Sample.send("Why are there tides?", &state)
      return (state, commands)
    }
    let (one, other, third) = (play(seed: 1), play(seed: 1), play(seed: 2))
    #expect(one.0 == other.0 && one.1 == other.1)
    #expect(one.0.turn?.blind != nil && one.0.turn?.blind?.id != third.0.turn?.blind?.id)
    #expect(one.0.session.id != third.0.session.id)
  }

  /// 35 tokens in at $2 and 24 of output at $10 a million, by the length of its text, are $0.0003.
  @Test func aRunningCostIsAnEstimate() {
    let state = Sample.race(width: 80, height: 24)
    #expect(state.response(1).map(Scoreboard.cost) == "~$0.0003")
    #expect(state.response(2).map(Scoreboard.cost) == "free")
    var unknown = state.response(1)!
    unknown.cost.price = nil
    #expect(Scoreboard.cost(unknown) == "?")
  }

  @Test func anUnknownCostIsNeverZero() {
    var cost = Cost()
    #expect(Readable.cost(cost) == "?")
    cost.status = .partial
    cost.computed = Money(decimal: "0.00215")
    #expect(Readable.cost(cost) == "≥$0.0022")
  }

  @Test(arguments: [
    (0, "0ms"), (412_000_000, "412ms"), (2_940_000_000, "2.9s"), (59_960_000_000, "1m00s"), (185_000_000_000, "3m05s"),
  ])
  func durations(nanoseconds: Int64, text: String) {
    #expect(Readable.duration(nanoseconds) == text)
  }
}
