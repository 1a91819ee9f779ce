import Core
import Engine
import Judging
import TestSupport
import Testing

@testable import Workbench

/// A session of several turns, one of them in view.
@Suite(.ownThreads) struct TurnsTests {
  private let layouts = Layouts()

  /// Three turns of two lanes; lane 2's answer of turn 2 speaks of whales.
  private func state(turns: Int = 3, width: Int = 120, height: Int = 40) -> State {
    var session = Sample.state(lanes: 2).session
    session.turns = (1...turns).map { number in
      var turn = Turn(number: number, prompt: "Question \(number)", rule: .all)
      for lane in 0..<2 {
        var response = Response(lane: lane, model: session.lanes[lane].model, parameters: Parameters())
        response.state = .done
        response.text = number == 2 && lane == 1 ? "Of whales." : "Answer \(number) of lane \(lane + 1)."
        response.timing.end = Int64(number) * 1_000_000_000
        response.cost.status = .exact
        response.cost.computed = Money(decimal: "0.00\(number)")
        turn.responses[lane] = response
      }
      return turn
    }
    var state = Sample.state(lanes: 2, width: width, height: height)
    _ = update(&state, .opened(session, isRacedHere: false, at: nil))
    state.place = .lanes
    return state
  }

  private func text(_ state: inout State) -> String {
    let (frame, extents) = view(state, layouts)
    _ = update(&state, .drawn(extents))
    return frame.text
  }

  private func press(_ keys: String, _ state: inout State) -> [Command] {
    keys.flatMap { Sample.press(.character($0), &state) }
  }

  @Test func oneTurnIsInViewAndTheHeaderSaysWhich() {
    var state = state()
    #expect(text(&state).contains("turn 3 of 3 · Question 3") && text(&state).contains("Answer 3 of lane 2."))
    #expect(!text(&state).contains("Answer 2 of lane 1."), "only one is in view")
    _ = press("[", &state)
    #expect(text(&state).contains("turn 2 of 3 · Question 2") && text(&state).contains("Of whales."))
    _ = press("[[", &state)
    #expect(state.turn?.number == 1 && state.message == "this is the first turn")
    _ = press("]]", &state)
    #expect(state.turn?.number == 3 && state.isLatest)
    expectScreen(view(state, layouts).frame, "turns-120x40")
  }

  /// Ten turns are walked by ten keys.
  @Test func tenTurnsAreWalkedKeyByKey() {
    var state = state(turns: 10)
    for number in (1..<10).reversed() {
      _ = press("[", &state)
      #expect(state.turn?.number == number)
    }
  }

  @Test func everythingActsOnTheTurnInView() throws {
    var state = state()
    _ = press("[", &state)
    #expect(press("y", &state) == [.copy("Answer 2 of lane 1.", words: "lane 1's answer")])
    guard case .loadReplay(let session)? = press("B", &state).first else {
      Issue.record("expected a replay")
      return
    }
    #expect(session.turns.map(\.number) == [1, 2], "the turn in view is watched again")
    let text = text(&state)
    #expect(text.contains("2.0s") && !text.contains("3.0s"), "the scoreboard is of this turn")
    #expect(press("r", &state).asked == [[0]])
    #expect(state.turn?.number == 2 && state.response(0)?.generation == 2 && state.race.turn == 2)
    #expect(state.session.turns[2].responses[0]?.generation == 1, "the later turn is as it was")
    #expect(press("X", &state) == [.stopAll(TurnID(session: state.session.id, turn: 2))])
    _ = press("]", &state)
    #expect(press("r", &state).isEmpty, "lanes of another turn are answering")
    #expect(Sample.send("next", &state).isEmpty)
  }

  @Test func aJudgeIsAskedOfTheTurnInView() {
    var state = state()
    state.findings.judges = [Lane(model: ModelID("x/y")!)]
    _ = press("[[", &state)
    guard case .judge(let session, _, _)? = press("J", &state).first else {
      Issue.record("expected the judge")
      return
    }
    #expect(session.turns.last?.number == 1)
  }

  @Test func whatIsSentIsAlwaysTheNextTurn() {
    var state = state()
    _ = press("[[", &state)
    state.place = .prompt
    #expect(Sample.send("and then?", &state).kinds == ["race"])
    #expect(state.turn?.number == 4 && state.seen == nil, "what one has asked comes into view")
  }

  @Test func readingOnPassesFromTurnToTurn() {
    var state = state()
    _ = text(&state)
    _ = press("k", &state)
    #expect(state.turn?.number == 2, "above the beginning of an answer is the turn before")
    _ = text(&state)
    _ = press("j", &state)
    #expect(state.turn?.number == 3)
    _ = text(&state)
    _ = press("jG", &state)
    #expect(state.turn?.number == 3, "there is no later one")
  }

  @Test func theOutlineListsThemAndLeadsThere() {
    var state = state()
    _ = press("#", &state)
    expectScreen(view(state, layouts).frame, "outline-120x40")
    _ = press("kk", &state)
    _ = update(&state, .key(.enter))
    #expect(state.turn?.number == 1 && state.window == nil)
  }

  @Test func aSearchGoesOnIntoOtherTurns() {
    var state = state()
    _ = press("/whales", &state)
    _ = text(&state)
    _ = update(&state, .key(.enter))
    #expect(state.turn?.number == 2, "it stands in another turn")
    _ = text(&state)
    #expect(state.search?.current == Search.Current(lane: 1, index: 0) && state.focus == 1)
    _ = text(&state)
    _ = press("n", &state)
    #expect(state.turn?.number == 2, "there is no other one: around to the same")
  }

  /// A hit of the sessions page opens where it stands, and is marked.
  @Test func aHitOpensAtItsPlace() {
    var state = state()
    let session = state.session
    _ = update(&state, .opened(session, isRacedHere: false, at: FoundPlace(turn: 2, words: "whales")))
    #expect(state.turn?.number == 2 && state.place == .lanes)
    _ = text(&state)
    #expect(state.search?.current?.lane == 1)
    let marked = view(state, layouts).frame.cells.filter { $0.style.role == .match }.map(\.text).joined()
    #expect(marked == "whales", "‘\(marked)’")
    _ = update(&state, .key(.escape))
    #expect(state.search == nil && state.place == .lanes, "Esc ends the search, not more")
  }

  @Test func aHiddenTurnStaysInView() {
    var state = state()
    let assignment = BlindAssignment(id: "a", session: state.session.id, turn: 3, lanes: [:], pairs: [], salt: "")
    state.session.turns[2].blind = assignment
    state.hide(behind: assignment)
    _ = press("[", &state)
    #expect(state.turn?.number == 3 && state.message?.contains("hidden until you have voted") == true)
  }

  /// A session of another day tells its date, one of today does not.
  @Test func anOldSessionTellsItsDate() {
    var state = Sample.race(width: 120, height: 40)
    let today = localTime(state.session.created).prefix(10)
    #expect(!view(state, Layouts()).frame.text.contains(today), "it is of today")
    state.session.created -= 10 * 86_400
    let then = localTime(state.session.created)
    #expect(
      view(state, Layouts()).frame.text.split(separator: "\n")[0].contains(then), "\(then) stands in the first line")
  }
}
