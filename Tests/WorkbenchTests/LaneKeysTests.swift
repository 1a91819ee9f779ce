import Core
import Engine
import Terminal
import TestSupport
import Testing

@testable import Workbench

/// What the keys of the lanes do beyond racing.
@Suite(.ownThreads) struct LaneKeysTests {
  private func press(_ keys: [Key], _ state: inout State) -> [Command] {
    keys.flatMap { Sample.press($0, &state) }
  }

  private func press(_ text: String, _ state: inout State) -> [Command] {
    press(text.map { .character($0) }, &state)
  }

  /// Two lanes that have answered.
  private func answered(_ texts: [String] = ["The moon.", "The sun."]) -> State {
    var state = Sample.state(lanes: texts.count)
    _ = Sample.send("why?", &state)
    for (lane, text) in texts.enumerated() {
      var response = state.response(lane)!
      response.state = .done
      response.text = text
      Sample.play(lane, [.ended(response)], &state)
    }
    _ = update(&state, .key(.escape))
    return state
  }

  @Test func aDroppedLaneComesBackWithItsAnswers() {
    var state = answered()
    #expect(press("D", &state).kinds == ["saveSetup"])
    #expect(state.shown == [1])
    #expect(state.focus == 1, "the focus moves to a lane that is shown")
    #expect(press("D", &state).isEmpty, "the last lane stays")
    _ = press("u", &state)
    #expect(state.shown == [0, 1])
    #expect(state.response(0)?.text == "The moon.")
  }

  @Test func everyLaneGoesOnFromOneAnswer() {
    var state = answered()
    _ = press("2", &state)
    #expect(press("c", &state) == [.saveContinued(session: state.session.id, turn: 1, lane: 1)])
    #expect(state.turn?.continued == 1)
    _ = Sample.send("and then?", &state)
    let thread = state.session.thread(lane: 0, before: 2)
    #expect(thread.map(\.text) == ["why?", "The sun."], "lane 1 goes on from lane 2's answer")
  }

  @Test func parametersOfOneLaneAndOfAll() {
    var state = answered()
    _ = press("p", &state)
    _ = press("0.3", &state)
    #expect(press([.enter], &state).kinds == ["saveSetup"])
    #expect(state.lanes[0].parameters.temperature == 0.3)
    #expect(state.lanes[1].parameters.temperature == nil)
    _ = press("p", &state)
    _ = press([.up, .right, .down, .down, .down], &state)
    _ = press("500", &state)
    _ = press([.enter], &state)
    #expect(state.lanes.map(\.parameters.maxTokens) == [500, 500])
    #expect(state.lanes.map(\.parameters.temperature) == [0.3, nil], "what was not touched stays different")
  }

  @Test func aWrongParameterIsToldInTheForm() {
    var state = answered()
    _ = press("p", &state)
    _ = press("hot", &state)
    #expect(press([.enter], &state).isEmpty)
    let form = state.layers.topmost(ParameterForm.self)
    #expect(form?.fault?.contains("0 to 2") == true)
    _ = press([.escape], &state)
    #expect(state.lanes[0].parameters.temperature == nil)
  }

  @Test func aCopyOfALaneOpensItsParameters() {
    var state = answered()
    _ = press("A", &state)
    #expect(state.shown == [0, 1, 2] && state.focus == 2)
    _ = press("1.5", &state)
    _ = press([.enter], &state)
    #expect(state.lanes[2].model == state.lanes[0].model && state.lanes[2].parameters.temperature == 1.5)
  }

  @Test func copiesSayWhatTheyAre() {
    var state = answered(["Look:\n\n```swift\nlet a = 1\n```\n", "none"])
    #expect(press("y", &state) == [.copy("Look:\n\n```swift\nlet a = 1\n```\n", words: "lane 1's answer")])
    #expect(press("Y", &state) == [.copy("let a = 1\n", words: "the code block")])
    var two = answered(["```\none\n```\n\n```\ntwo\n```\n", "none"])
    guard case .copyBlock(let blocks, let lane)? = press("Y", &two).first else {
      return #expect(Bool(false), "which of two is in view the screen knows")
    }
    #expect(blocks.map(\.value) == ["one\n", "two\n"] && lane == 0)
    _ = update(&two, .codeBlocks(blocks))
    #expect(press([.down, .enter], &two) == [.copy("two\n", words: "the code block")])
    guard case .copy(let turn, _)? = press([.control("y")], &state).first else {
      return #expect(Bool(false), "the turn should be copied")
    }
    #expect(turn.hasPrefix("> why?") && turn.contains("## 2 ") && turn.contains("let a = 1"))
  }

  @Test func theDifferenceOfTwoLanesOpensAtOnce() {
    var state = answered()
    _ = press("d", &state)
    guard let comparison = state.layers.top as? Comparison else { return #expect(Bool(false), "not opened") }
    #expect(comparison.pieces.contains { $0.kind == .removed && $0.text == "moon" })
    _ = press([.escape], &state)
    #expect(state.window == nil && state.place == .lanes)
    _ = press("f", &state)
    #expect(state.layers.top is DisagreementMap, "the map is not opened")
  }

  @Test func aSearchGoesFromLaneToLane() {
    var state = answered(["one tide\n" + String(repeating: "x\n", count: 80) + "two tide", "a tide"])
    let layouts = Layouts()
    state.desk.extents = view(state, layouts).extents
    _ = press("/tide", &state)
    state.desk.extents = view(state, layouts).extents
    #expect(view(state, layouts).frame.text.contains("3 matches in all lanes"))
    _ = press([.enter], &state)
    #expect(state.search?.current == Search.Current(lane: 0, index: 0))
    _ = press("n", &state)
    #expect(state.search?.current == Search.Current(lane: 0, index: 1))
    #expect(view(state, layouts).frame.text.contains("two tide"), "the match is scrolled to")
    _ = press("n", &state)
    #expect(state.focus == 1, "then the next lane")
    _ = press("N", &state)
    #expect(state.focus == 0)
    _ = press([.escape], &state)
    #expect(state.search == nil)
  }

  @Test func lanesScrollTogether() {
    let long = (0..<100).map { "line \($0)\n" }.joined()
    var state = answered([long, long])
    state.screen.width = 120
    state.desk.extents = view(state, Layouts()).extents
    _ = press("=gjj", &state)
    #expect(state.desk.scroll[0] == .at(line: 2) && state.desk.scroll[1] == .at(line: 2))
  }

  @Test func theScoreboardSortsByAnyColumn() {
    var state = Sample.race(width: 120, height: 40)
    _ = update(&state, .key(.escape))
    var seen: [Scoreboard.Column] = []
    for _ in Scoreboard.Column.allCases {
      _ = press("o", &state)
      seen.append(state.desk.order.column)
    }
    #expect(Set(seen) == Set(Scoreboard.Column.allCases))
    state.desk.order.column = .ttft
    #expect(Scoreboard.sorted(state.responses, by: state.desk.order).map(\.lane) == [0, 1, 2])
    state.desk.order.isReversed = true
    #expect(
      Scoreboard.sorted(state.responses, by: state.desk.order).map(\.lane) == [1, 0, 2],
      "who has no time yet stays last")
  }

  @Test func theTimelineHasEveryPhase() {
    var state = Sample.race(width: 120, height: 40)
    _ = update(&state, .key(.escape))
    _ = press("T", &state)
    let text = view(state, Layouts()).frame.text
    #expect(text.contains("wait") && text.contains("think") && text.contains("━"))
  }

  @Test func olderPromptsAreFound() {
    var state = Sample.state(lanes: 1)
    state.draft.composer.history = ["tides", "a poem about rain", "numbers"]
    _ = press([.control("r")], &state)
    _ = press("rain", &state)
    _ = press([.enter], &state)
    #expect(state.draft.composer.text == "a poem about rain")
  }

  @Test func aLongPromptSaysWhatIsNotSeen() {
    var state = Sample.state(lanes: 1)
    state.draft.composer.insert((1...12).map { "line \($0)" }.joined(separator: "\n"))
    #expect(view(state, Layouts()).frame.text.contains("↑ 6 more"))
  }

  /// Answers stay where they are: a lineup begins a session of its own, with lanes numbered from 1.
  @Test func aLineupBeginsANewSession() {
    var state = answered()
    let lineup = [Lane(model: ModelID(provider: "demo", model: "hare"))]
    let before = state.session.id
    _ = update(&state, .lineup(lineup))
    #expect(state.session.id != before && !state.isStored)
    #expect(state.session.turns.isEmpty && state.lanes == lineup && state.shown == [0])
    #expect(state.message?.contains("H opens the one before") == true)
    var empty = Sample.state(lanes: 3)
    let id = empty.session.id
    _ = update(&empty, .lineup(lineup))
    #expect(empty.session.id == id && empty.lanes == lineup, "nothing was asked yet: the lanes are replaced")
  }

  @Test func leavingACopyTakesItAway() {
    var state = answered()
    _ = press("A", &state)
    #expect(state.shown == [0, 1, 2])
    _ = press([.escape], &state)
    #expect(state.shown == [0, 1])
  }

  @Test func aWindowThatShowsNothingTakesNoKeys() {
    var state = answered()
    (state.screen.width, state.screen.height) = (30, 8)
    #expect(press("Dz", &state).isEmpty)
    #expect(state.shown == [0, 1] && !state.desk.isZoomed)
    _ = press([.control("c")], &state)
    #expect(state.isAskedToLeave, "the way out stays open")
  }

  @Test func leavingWhileLanesAnswerIsAskedFor() {
    var state = Sample.state(lanes: 1)
    _ = Sample.send("go", &state)
    Sample.play(0, [.state(.waiting)], &state)
    _ = press([.escape], &state)
    #expect(press("q", &state).isEmpty && state.message?.contains("still answering") == true)
    #expect(press("q", &state) == [.quit])
  }

  @Test func zoomedLanesHaveTheirOwnFoot() {
    var state = Sample.busy(lanes: 5, width: 80, height: 24)
    _ = press([.escape, .character("z")], &state)
    let text = view(state, Layouts()).frame.text
    #expect(!text.contains("more lanes") && text.contains("done 1.5s"), "\(text)")
  }

  @Test func filesGoWithThePrompt() {
    var state = Sample.state(lanes: 1)
    _ = update(&state, .attached(Attachment(name: "a.txt", mediaType: "text/plain", data: [0x61])))
    #expect(view(state, Layouts()).frame.text.contains("a.txt 1 B"), "a chip shows it")
    _ = Sample.send("read it", &state)
    #expect(state.turn?.attachments.map(\.name) == ["a.txt"])
    #expect(state.draft.attachments.isEmpty)
  }
}

@Suite(.ownThreads) struct BudgetTests {
  private func state() -> State {
    var state = Sample.state(lanes: 2)
    state.money.budget.perTurn = Money(decimal: "0.5")
    return state
  }

  private func estimate(_ worst: String, left: String) -> Estimate {
    var estimate = Estimate()
    estimate.worstCase = Money(decimal: worst)!
    estimate.left = Money(decimal: left)
    estimate.uncapped = [1]
    return estimate
  }

  @Test func withinTheBudgetNobodyIsAsked() {
    var state = state()
    #expect(Sample.send("hi", &state).kinds == ["estimate"])
    #expect(update(&state, .estimated(estimate("0.4", left: "0.5"), .turn)).kinds == ["race"])
  }

  @Test func beyondItTheWorstCaseIsShownAndAskedFor() {
    var state = state()
    _ = Sample.send("hi", &state)
    #expect(update(&state, .estimated(estimate("1.3", left: "0.5"), .turn)).isEmpty)
    let text = view(state, Layouts()).frame.text
    #expect(text.contains("$1.30") && text.contains("$0.500") && text.contains("Lane 2"), "\(text)")
    var refused = state
    #expect(update(&refused, .key(.escape)).isEmpty)
    #expect(refused.draft.composer.text == "hi" && refused.session.turns.isEmpty, "the prompt stays to be changed")
    #expect(update(&state, .key(.enter)) == [.race(state.session, isNew: true, judges: [])])
  }

  @Test func aSpentBudgetSendsNothing() {
    var state = state()
    _ = Sample.send("hi", &state)
    #expect(update(&state, .estimated(estimate("1.3", left: "0"), .turn)).isEmpty)
    #expect(state.window == nil && state.message?.contains("budget is spent") == true)
  }

  @Test func theHeaderShowsWhatIsSpentOfIt() {
    var state = Sample.race(width: 120, height: 40)
    state.money.budget.perTurn = Money(decimal: "0.5")
    #expect(view(state, Layouts()).frame.text.contains("$0.0024 of $0.500"))
  }
}

@Suite(.ownThreads) struct MouseTests {
  @Test func aClickOpensAFoldedLane() {
    var state = Sample.busy(lanes: 9, width: 80, height: 24)
    let (frame, extents) = view(state, Layouts())
    state.desk.extents = extents
    let row = frame.text.split(separator: "\n", omittingEmptySubsequences: false).firstIndex { $0.hasPrefix("  4 ") }!
    _ = update(&state, .key(.mouse(Mouse(.press, x: 10, y: row))))
    #expect(state.focus == 3)
    #expect(update(&state, .key(.mouse(Mouse(.release, x: 10, y: row)))).isEmpty)
  }

  @Test func wheelClickAndDrag() {
    var state = Sample.state(lanes: 2, width: 120)
    _ = Sample.send("hi", &state)
    for lane in 0..<2 {
      Sample.play(lane, [.text(.answer, (0..<100).map { "line \($0)\n" }.joined(), at: 1)], &state)
    }
    state.desk.extents = view(state, Layouts()).extents
    _ = update(&state, .key(.mouse(Mouse(.wheelUp, x: 70, y: 5))))
    #expect(
      state.desk.scroll[1] != .follow && state.desk.scroll[0] != .at(line: 0), "the pane under the pointer scrolls")
    #expect(state.focus == 0, "the wheel moves no focus")
    _ = update(&state, .key(.mouse(Mouse(.press, x: 70, y: 5))))
    #expect(state.focus == 1 && state.place == .lanes)
    _ = update(&state, .key(.mouse(Mouse(.drag, x: 3, y: 6))))
    let area = state.desk.extents[1]!.area
    #expect(state.desk.selection?.head.x == area.x, "a selection stays in its pane")
    #expect(update(&state, .key(.mouse(Mouse(.release, x: 3, y: 6)))) == [.copySelection])
    _ = update(&state, .key(.mouse(Mouse(.press, x: 70, y: 5))))
    #expect(update(&state, .key(.mouse(Mouse(.release, x: 70, y: 5)))).isEmpty, "a click copies nothing")
  }

  /// Rows of code without what sets them off, a wrapped address in one piece; rendered, and as it came.
  @Test func aDragCopiesTheSource() throws {
    let url = "https://example.com/" + String(repeating: "path/", count: 20)
    let code = "cat <<EOF > file\n  indented\nEOF"
    var state = Sample.state(lanes: 2, width: 120, height: 40)
    _ = Sample.send("hi", &state)
    Sample.play(0, [.text(.answer, "See \(url) for\nmore:\n\n```\n\(code)\n```\n", at: 1)], &state)
    func copied(from first: String, to last: String) throws -> String {
      let extent = try #require(view(state, Layouts()).extents[0])
      let top = try #require(extent.rows.firstIndex { $0.text.contains(first) })
      let bottom = try #require(extent.rows.lastIndex { $0.text.contains(last) })
      let selection = Selection(
        lane: 0, anchor: Frame.Point(x: extent.area.x, y: extent.area.y + top),
        head: Frame.Point(x: extent.area.x + extent.area.width - 1, y: extent.area.y + bottom))
      return selection.text(in: extent)
    }
    #expect(try copied(from: "cat", to: "EOF") == code)
    #expect(try copied(from: "See", to: "more") == "See \(url) for\nmore:")
    state.desk.showsSource = [0]
    #expect(try copied(from: "See", to: "EOF") == "See \(url) for\nmore:\n\n```\n\(code)")
  }
}

@Suite(.ownThreads) struct ViTests {
  private func composer(_ text: String, _ keys: String) -> Composer {
    var composer = Composer()
    composer.vi = ViEditing()
    composer.insert(text)
    for key in keys { _ = composer.handle(key == "\u{1B}" ? .escape : .character(key)) }
    return composer
  }

  @Test(arguments: [
    ("one two", "\u{1B}0dw", "two"), ("one two", "\u{1B}bD", "one "), ("one", "\u{1B}xu", "one"),
    ("a\nb", "\u{1B}kdd", "b"),
    ("one two", "\u{1B}0cwsix \u{1B}", "six two"), ("ab", "\u{1B}0xp", "ba"), ("one", "\u{1B}Ifour \u{1B}", "four one"),
    ("a b c", "\u{1B}0wde", "a "), ("x", "\u{1B}oy\u{1B}", "x\ny"), ("ab cd", "\u{1B}0yw$p", "ab cdab "),
  ])
  func commands(text: String, keys: String, result: String) {
    #expect(composer(text, keys).text == result, "\(keys.debugDescription) on \(text.debugDescription)")
  }

  @Test func escapeLeavesInsertModeThenThePrompt() {
    var state = Sample.state(lanes: 1)
    state.draft.composer.vi = ViEditing()
    _ = update(&state, .key(.escape))
    #expect(state.place == .prompt && state.draft.composer.isViNormal)
    _ = update(&state, .key(.escape))
    #expect(state.place == .lanes)
  }

  @Test func deletedTextComesBack() {
    var state = Sample.state(lanes: 1)
    for character in "a long draft" { _ = update(&state, .key(.character(character))) }
    _ = update(&state, .key(.control("c")))
    #expect(state.draft.composer.isEmpty)
    _ = update(&state, .key(.control("_")))
    #expect(state.draft.composer.text == "a long draft")
  }
}
