import Core
import Engine
import Terminal
import TestSupport
import Testing

@testable import Store
@testable import Workbench

@MainActor @Suite(.ownThreads) struct AsciicastTests {
  @Test func aRecordingIsFramesInTimeThatEndWithTheAnswers() throws {
    var session = Sample.state(lanes: 2).session
    var turn = Turn(number: 1, prompt: "Why \u{1B}[31mtides?", rule: .all, winner: 0)
    for lane in [0, 1] {
      var response = Response(lane: lane, model: session.lanes[lane].model, parameters: Parameters())
      response.state = .done
      response.text = "lane \(lane) says \u{1B}]0;bad\u{07}moon"
      response.timing.firstByte = 1
      (response.timing.firstToken, response.timing.end) = (100_000_000, 900_000_000)
      turn.responses[lane] = response
    }
    session.turns = [turn]
    let cast = Asciicast(
      session, Replay(session: session.id, turn: turn, arrivals: [:]), width: 100, height: 24, theme: .dark, speed: 2)
    let header = try JSONDocument().parse(cast.lines[0])
    #expect((header["version"]?.int, header["width"]?.int, header["height"]?.int) == (2, 100, 24))
    var times: [Double] = []
    var output = ""
    for line in cast.lines.dropFirst() {
      let event = try JSONDocument().parse(line).elements
      times.append(try #require(event[0].double))
      #expect(event[1].string == "o")
      output += try #require(event[2].string)
    }
    #expect(times == times.sorted())
    #expect(times.dropLast().last.map { abs($0 - 0.45) < 0.05 } == true, "0.9 s at twice the speed: \(times)")
    #expect(output.contains("moon"))
    #expect(!output.contains("\u{1B}]0;"), "nothing of a model's reaches the terminal as a sequence")
    #expect(!output.contains("\u{1B}[31m"))
  }
}
