import Core
import Engine
import Judging
import Terminal
import TestSupport
import Testing

@testable import Workbench

/// Keys that cannot hurt: prose is text, and what costs is asked for.
@Suite(.ownThreads) struct SafeKeysTests {
  private func answered(cost: String) -> State {
    var state = Sample.state(lanes: 3, width: 120, height: 40)
    _ = Sample.send("why?", &state)
    for lane in 0..<3 {
      var response = Response(lane: lane, model: state.lanes[lane].model, parameters: Parameters())
      (response.state, response.text) = (.done, "Because \(lane).")
      response.cost.status = .exact
      response.cost.computed = Money(decimal: cost)
      Sample.play(lane, [.ended(response)], &state)
    }
    state.place = .lanes
    return state
  }

  /// - Parameter gap: nanoseconds between two letters.
  private func type(_ text: String, gap: Int64, _ state: inout State) -> [Command] {
    text.flatMap { character in
      update(&state, .tick(state.moment.now + gap, date: state.moment.date))
        + update(&state, .key(.character(character)))
    }
  }

  @Test(
    arguments: [
      "Rewrite this", "rephrase it, please", "Judge for yourself", "Drop the last one", "why is it so", "continue",
      "explain again", "Compare both", "be brief",
    ], [0, 80_000_000, 250_000_000])
  func proseGoesToThePrompt(_ text: String, _ gap: Int) {
    var state = answered(cost: "0.001")
    let before = (state.session, state.findings.judges)
    let commands = type(text, gap: Int64(gap), &state)
    #expect(commands.kinds.allSatisfy { $0 == "warm" }, "\(text): \(commands.kinds)")
    #expect(state.draft.composer.text == text, "‘\(state.draft.composer.text)’")
    #expect(state.session == before.0 && state.place == .prompt && state.window == nil)
  }

  @Test func aLetterAloneIsAKey() {
    var state = answered(cost: "0.001")
    #expect(type("r", gap: 0, &state).isEmpty && state.waitsFor == TypedLetters.patience)
    #expect(update(&state, .tick(state.moment.now + 299_000_000, date: 0)).isEmpty)
    #expect(update(&state, .tick(state.moment.now + 1_000_000, date: 0)).asked == [[0]])
    #expect(state.waitsFor == nil && state.message == "Lane 1 is asked")
  }

  @Test func anotherKeyDoesNotTakeItAway() {
    var state = answered(cost: "0.001")
    _ = type("r", gap: 0, &state)
    #expect(update(&state, .key(.down)).asked == [[0]], "an arrow is no letter")
    var other = answered(cost: "0.001")
    _ = type("r", gap: 0, &other)
    #expect(update(&other, .key(.character("2"))).asked == [[0]] && other.focus == 1, "a number is a lane")
    var twice = answered(cost: "0.001")
    #expect(type("wwww", gap: 0, &twice).kinds.allSatisfy { $0 == "saveSetup" } && twice.draft.composer.isEmpty)
  }

  @Test func whatCostsMoreThanACentIsAskedFor() {
    var state = answered(cost: "0.02")
    #expect(Sample.press(.character("R"), &state).isEmpty)
    let text = view(state, Layouts()).frame.text
    #expect(text.contains("Lanes 1, 2, 3 cost $0.060 when last asked this."), "\(text)")
    #expect(update(&state, .key(.escape)).isEmpty && state.window == nil)
    #expect(Sample.press(.character("R"), &state).isEmpty)
    #expect(update(&state, .key(.enter)).asked == [[0, 1, 2]])
    var judged = answered(cost: "0.02")
    judged.findings.judges = [Lane(model: ModelID("x/y")!)]
    #expect(Sample.press(.character("J"), &judged).isEmpty)
    #expect(view(judged, Layouts()).frame.text.contains("3 pairs"))
    #expect(update(&judged, .key(.character("y"))).kinds == ["judge"])
    var cheap = answered(cost: "0.001")
    #expect(Sample.press(.character("R"), &cheap).asked == [[0, 1, 2]], "small change needs no question")
  }

  @Test func afterAPageOneTypes() {
    var state = answered(cost: "0.001")
    for key in "L$W#" {
      state.place = .lanes
      _ = Sample.press(.character(key), &state)
      #expect(state.window != nil, "\(key) opens a page")
      _ = update(&state, .key(.escape))
      #expect(state.place == .prompt && state.window == nil, "\(key)")
    }
    state.place = .lanes
    _ = update(&state, .lineup([state.lanes[0]]))
    #expect(state.place == .prompt)
  }

  /// Random keys and sizes over everything: nothing breaks, and nothing is asked that has no letter of its own.
  @Test func randomKeysBreakNothing() {
    var random = SplitMix64(seed: 15)
    let keys: [Key] =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 /?:$#[]=.,+-".map { .character($0) }
      + [
        .enter, .escape, .tab, .shiftTab, .up, .down, .left, .right, .home, .end, .pageUp, .pageDown, .backspace,
        .control("c"), .control("p"), .control("r"), .control("u"), .control("y"), .alt("t"), .alt("m"), .f1,
        .paste("two\nlines"),
      ]
    var state = answered(cost: "0.001")
    let layouts = Layouts()
    for step in 0..<6_000 {
      if random.index(below: 50) == 0 {
        _ = update(
          &state, .size(width: 20 + random.index(below: 200), height: 5 + random.index(below: 70)))
      }
      if random.index(below: 4) == 0 {
        _ = update(
          &state, .tick(state.moment.now + Int64(random.index(below: 500)) * 1_000_000, date: state.moment.date))
      }
      for command in update(&state, .key(keys[random.index(below: keys.count)])) { answer(command, &state) }
      if step % 7 == 0 {
        let (frame, extents) = view(state, layouts)
        #expect(frame.width == state.screen.width && frame.height == state.screen.height)
        _ = update(&state, .drawn(extents))
      }
    }
  }

  /// As an engine would that has nothing.
  private func answer(_ command: Command, _ state: inout State) {
    switch command {
    case .race(let session, _, _), .run(let session, _, _):
      guard let turn = session.turns.last else { return }
      for (lane, response) in turn.responses where !response.state.isOver {
        var ended = response
        (ended.state, ended.text) = (.done, "An answer.\n\n```\ncode\n```\n")
        _ = update(&state, .race(session: session.id, turn: turn.number, .lane(lane, .ended(ended))))
      }
      _ = update(&state, .race(session: session.id, turn: turn.number, .ended(winner: nil)))
    case .loadModels: _ = update(&state, .models([ChoiceList.Item(title: "a/b", detail: "", value: "a/b")]))
    case .findSessions(_, _, let number): _ = update(&state, .foundSessions(Sample.summaries, number: number))
    case .judge(let session, _, _):
      _ = update(&state, .judged(session: session.id, turn: session.turns.last?.number ?? 0))
    case .readTraffic: _ = update(&state, .traffic(Sample.traffic))
    case .quit: state.isAskedToLeave = false
    default: break
    }
  }
}
