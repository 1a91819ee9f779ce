import Core
import Engine
import Judging
import Terminal
import TestSupport
import Testing

@testable import Workbench

/// One more lane, written from the others.
@Suite(.ownThreads) struct FuseTests {
  /// Three lanes have answered; the last one has failed.
  private func answered() -> State {
    var state = Sample.state(lanes: 3, width: 160, height: 40)
    _ = Sample.send("Why is the sea salty?", &state)
    for lane in 0..<3 {
      var response = Response(lane: lane, model: state.lanes[lane].model, parameters: Parameters())
      response.text = lane == 2 ? "" : "I am GPT-5.6 by OpenAI: answer \(lane + 1)"
      response.state = lane == 2 ? .failed : .done
      response.timing.end = Int64(lane + 1) * 1_000_000_000
      Sample.play(lane, [.ended(response)], &state)
    }
    let session = state.session.id
    _ = update(&state, .race(session: session, turn: 1, .ended(winner: 0)))
    _ = update(&state, .key(.escape))
    return state
  }

  private func fuse(_ state: inout State, typing: String = "") -> [Command] {
    _ = Sample.press(.character("F"), &state)
    for character in typing { _ = update(&state, .key(.character(character))) }
    #expect(update(&state, .key(.enter)) == [.loadModels])
    return update(&state, .key(.enter))
  }

  @Test func aLaneIsWrittenFromTheAnswersAndBlindToTheirMakers() throws {
    var state = answered()
    let commands = fuse(&state)
    guard case .run(let session, [3], _)? = commands.last else {
      Issue.record("the fourth lane is asked: \(commands)")
      return
    }
    #expect(session.lanes[3].isFusion && session.lanes[3].variant == "fused from 1, 2: best of all")
    #expect(session.lanes[3].model == state.lanes[0].model, "by the focused lane's model")
    let prompt = try #require(session.turns[0].responses[3]?.prompt)
    #expect(prompt.contains("Why is the sea salty?"))
    #expect(!prompt.contains("GPT") && !prompt.contains("OpenAI"), "\(prompt)")
    let entry = RaceRequest.entry(number: 3, session: session, turn: session.turns[0])
    #expect(entry.prompt == prompt && entry.messages.last?.text == prompt, "that is what it is asked")
    #expect(state.shown == [0, 1, 2, 3] && state.asked == [0, 1, 2] && state.focus == 3)
    #expect(state.places == [0: 1, 1: 2], "it runs no race: \(state.places)")
    #expect(view(state, Layouts()).frame.text.contains("› fused from 1, 2: best of all"))
  }

  @Test func itIsThereInItsTurnAloneAndNotAskedAgain() {
    var state = answered()
    _ = fuse(&state, typing: "Only the best line, please")
    var response = Response(lane: 3, model: state.lanes[3].model, parameters: Parameters())
    (response.state, response.text, response.prompt) = (.done, "fused", state.turn?.responses[3]?.prompt)
    response.timing.end = 1
    Sample.play(3, [.ended(response)], &state)
    #expect(state.lanes[3].variant == "fused from 1, 2: own instruction")
    #expect(state.turn?.responses[3]?.prompt?.contains("Only the best line, please") == true)
    #expect(state.marks?.fastest == 0, "it was not raced")
    #expect(state.session.turns[0].isFused(3) && !state.session.turns[0].isFused(0))
    _ = update(&state, .key(.escape))
    let commands = Sample.send("And the lakes?", &state)
    guard case .race(let session, _, _)? = commands.first else {
      Issue.record("a turn is raced: \(commands)")
      return
    }
    #expect(Set(session.turns[1].responses.keys) == [0, 1, 2], "the fused lane is not asked")
    #expect(
      RaceRequest(session: session, isNewSession: false, turn: session.turns[1]).lanes.map(\.number) == [0, 1, 2])
    #expect(state.shown == [0, 1, 2] && state.focus != 3, "it is not there: \(state.focus)")
  }

  @Test func itIsRetriedWithWhatItWasAsked() {
    var state = answered()
    _ = fuse(&state)
    let prompt = state.turn?.responses[3]?.prompt
    var response = Response(lane: 3, model: state.lanes[3].model, parameters: Parameters())
    (response.state, response.prompt) = (.failed, prompt)
    Sample.play(3, [.ended(response)], &state)
    let commands = Sample.press(.character("r"), &state)
    guard case .run(let session, [3], _)? = commands.last else {
      Issue.record("it is asked again: \(commands)")
      return
    }
    #expect(session.turns[0].responses[3]?.prompt == prompt && session.turns[0].responses[3]?.generation == 2)
  }

  /// A budget is asked before anything is sent, and saying no leaves nothing behind.
  @Test func aBudgetIsAskedFirst() {
    var state = answered()
    state.money.budget.perTurn = Money(decimal: "0.01")
    let commands = fuse(&state)
    guard case .estimate(let trial, .fuse(let fusion), [3], _)? = commands.last else {
      Issue.record("its price is worked out: \(commands)")
      return
    }
    #expect(trial.turns[0].responses[3]?.prompt == fusion.prompt)
    #expect(state.lanes.count == 3, "nothing is there yet")
  }

  @Test func twoAnswersAreNeeded() {
    var state = answered()
    state.session.turns[0].responses[1]?.text = ""
    #expect(Sample.press(.character("F"), &state).isEmpty && state.message?.isEmpty == false)
  }
}
