import Core
import Engine
import Terminal
import TestSupport
import Testing

@testable import Store
@testable import Workbench

@Suite(.ownThreads) struct PlaybackTests {
  /// Two lanes, the second sent 40 ms later; four chunks each, the first lane wins.
  private func playing() -> (state: State, session: Session) {
    var state = Sample.state(lanes: 2)
    var turn = Turn(number: 1, prompt: "Why tides?", rule: .all, winner: 0)
    var arrivals: [Int: [Arrivals.Chunk]] = [:]
    for lane in [0, 1] {
      var response = Response(lane: lane, model: state.lanes[lane].model, parameters: Parameters())
      response.state = .done
      response.text = "One two three four"
      response.timing.sentAfter = lane == 1 ? 40_000_000 : 0
      response.timing.firstByte = 1
      let step: Int64 = lane == 0 ? 100_000 : 150_000
      let lengths = [4, 4, 6, 4]
      arrivals[lane] = lengths.enumerated().map {
        .init(microseconds: Int64($0.offset + 1) * step, length: $0.element, channel: .answer)
      }
      (response.timing.firstToken, response.timing.end) = (step * 1000, step * 4000)
      turn.responses[lane] = response
    }
    state.session.turns = [turn]
    let session = state.session
    _ = update(&state, .tick(1_000_000_000, date: 0))
    _ = update(&state, .replay(Replay(session: session.id, turn: turn, arrivals: arrivals)))
    return (state, session)
  }

  private func text(_ state: State, _ lane: Int) -> String { state.turn?.responses[lane]?.text ?? "" }

  @Test func chunksComeWhenTheyCame() {
    var (state, session) = playing()
    #expect(text(state, 0) == "")
    _ = update(&state, .tick(1_150_000_000, date: 0))
    #expect((text(state, 0), text(state, 1)) == ("One ", ""))
    _ = update(&state, .tick(1_200_000_000, date: 0))
    #expect((text(state, 0), text(state, 1)) == ("One two ", "One "), "the second lane's clock began 40 ms later")
    #expect(state.turn?.winner == nil)
    _ = update(&state, .tick(2_000_000_000, date: 0))
    #expect(state.turn?.responses == session.turns[0].responses, "at the end everything is as it was")
    #expect(state.turn?.winner == 0)
    #expect(!state.isPlaying, "it stops at the end")
    _ = update(&state, .key(.escape))
    #expect(state.session == session)
    #expect(state.playback == nil)
  }

  @Test func speedPauseSeekAndStep() {
    var (state, _) = playing()
    _ = update(&state, .key(.character("+")))
    _ = update(&state, .tick(1_060_000_000, date: 0))
    #expect(text(state, 0) == "One ", "twice as fast")
    _ = update(&state, .key(.character(" ")))
    _ = update(&state, .tick(9_000_000_000, date: 0))
    #expect(text(state, 0) == "One ", "paused")
    _ = update(&state, .key(.character(".")))
    _ = update(&state, .key(.character(".")))
    #expect((text(state, 0), text(state, 1)) == ("One two ", "One "))
    _ = update(&state, .key(.character(",")))
    #expect((text(state, 0), text(state, 1)) == ("One ", "One "), "one chunk back")
    _ = update(&state, .key(.home))
    #expect(text(state, 0) == "")
    _ = update(&state, .key(.end))
    #expect(text(state, 1) == "One two three four")
    _ = update(&state, .key(.left))
    #expect(text(state, 1) == "One two three ", "a step back before the end")
  }

  @Test func otherRulesAreAPage() throws {
    var (state, _) = playing()
    _ = update(&state, .key(.character("w")))
    guard let page = state.layers.top as? WhatIfPage else { return #expect(Bool(false), "w opens a page") }
    let text = page.page(state, width: 100).text(width: 100)
    #expect(text.contains("first-finish, hedged after"), "\(text)")
    #expect(!state.isPlaying)
    _ = update(&state, .key(.escape))
    #expect(state.window == nil)
    #expect(state.playback != nil, "the replay is still there")
  }

  @Test func nothingIsAskedOrChangedMeanwhile() {
    var (state, session) = playing()
    for key in "rRxXaDmcvJbB" {
      #expect(update(&state, .key(.character(key))).isEmpty, "\(key) must do nothing in a replay")
    }
    _ = update(&state, .key(.character("q")))
    #expect(state.session == session)
  }
}
