import Core
import Foundation
import Terminal
import Testing

@testable import Workbench

/// Made-up states that tests look at.
enum Sample {
  static func state(lanes: Int, width: Int = 80, height: Int = 24) -> State {
    let models = [
      "openai/gpt-5.6", "anthropic/claude-sonnet-5", "local/smollm2-135m,temperature=0.2",
      "google/gemini-3.1-pro-preview",
    ]
    let session = Session(
      id: "3f2a9c1e04b7", created: 1_795_600_000, title: "", rule: .all,
      lanes: (0..<lanes).map { try! Lane(parsing: models[$0 % models.count]) }, turns: [])
    var state = State(session: session)
    (state.screen.width, state.screen.height) = (width, height)
    (state.moment.now, state.moment.date) = (5_000_000_000, 1_795_600_000)
    return state
  }

  /// A key, and the moment after it: a letter that does something waits for what comes next.
  static func press(_ key: Key, _ state: inout State) -> [Command] {
    update(&state, .key(key)) + update(&state, .tick(state.moment.now + TypedLetters.patience, date: state.moment.date))
  }

  /// Types text and presses Enter.
  static func send(_ text: String, _ state: inout State) -> [Command] {
    for character in text { _ = update(&state, .key(.character(character))) }
    return update(&state, .key(.enter))
  }

  /// Plays what an engine would say about a lane of the latest turn.
  static func play(_ lane: Int, _ events: [ResponseEvent], _ state: inout State) {
    let number = state.turn!.number
    var began = Response(lane: lane, model: state.lanes[lane].model, parameters: state.lanes[lane].parameters)
    began.usage.input = 35
    if began.model.provider == "local" {
      began.cost.status = .free
    } else {
      began.cost.price = Price(rates: [.input: "2", .output: "10"], source: "a test", record: "a/b")
    }
    for event in [.began(began)] + events {
      _ = update(&state, .race(session: state.session.id, turn: number, .lane(lane, event)))
    }
  }

  /// More of a lane's answer.
  static func grow(_ lane: Int, _ text: String, _ state: inout State) {
    let event = RaceEvent.lane(lane, .text(.answer, text, at: 1))
    _ = update(&state, .race(session: state.session.id, turn: state.turn!.number, event))
  }

  /// A race of three lanes in three different states.
  static func race(width: Int, height: Int) -> State {
    var state = Sample.state(lanes: 3)
    _ = send("Why are there tides?", &state)
    (state.screen.width, state.screen.height) = (width, height)
    let answer = "The tide is the slow rise and fall of the sea, twice a day, because the moon pulls on the water."
    var done = Response(lane: 0, model: state.lanes[0].model, parameters: Parameters())
    done.state = .done
    done.text = answer
    done.usage.input = 35
    done.usage.output = 143
    done.usage.raw = "{}"
    done.cost.status = .exact
    done.cost.computed = Money(decimal: "0.0021")
    for (index, offset) in [412, 900, 2900].enumerated() {
      done.timing.note(.answer, at: Int64(offset) * 1_000_000 + Int64(index))
    }
    play(0, [.state(.waiting), .text(.answer, answer, at: 412_000_000), .ended(done)], &state)
    play(
      1,
      [
        .state(.waiting), .text(.reasoning, "The moon, of course.", at: 1_200_000_000),
        .text(.answer, "Twice a day the sea comes and goes. 日本語 👍🏽 e\u{301}", at: 1_900_000_000),
      ], &state)
    play(2, [.notice("temperature not sent: smollm2-135m does not take it"), .state(.connecting)], &state)
    _ = update(&state, .race(session: state.session.id, turn: 1, .won(lane: 0)))
    state.moment.now += 4_100_000_000
    return state
  }
}

extension Sample {
  static let answer = """
    ## Tides

    The tide is the **slow** rise and fall of the sea, *twice a day*, because the `moon` pulls on the water.

    1. Spring tides: sun and moon pull together.
    2. Neap tides: 太陽と月が直角に引く 👩‍👩‍👧‍👦 e\u{301}.

    | when | height |
    | --- | ---: |
    | spring | 6.2 m |
    | neap | 3.1 m |

    ```swift
    let tide = height(at: .now)  // metres
    ```
    """

  /// Lanes in as many different states as there are: done, answering, thinking, connecting, failed, stopped, and again.
  static func busy(lanes: Int, width: Int, height: Int) -> State {
    var state = Sample.state(lanes: lanes, width: width, height: height)
    _ = send("Why are there tides?", &state)
    for lane in 0..<lanes {
      let sent: [ResponseEvent] = [.state(.connecting), .state(.waiting)]
      let text: [ResponseEvent] = (0..<8).map { piece in
        let characters = Array(answer)
        let part = characters.count * piece / 8..<characters.count * (piece + 1) / 8
        return .text(.answer, String(characters[part]), at: 412_000_000 + Int64(piece * (lane + 1)) * 150_000_000)
      }
      var over = Response(lane: lane, model: state.lanes[lane].model, parameters: state.lanes[lane].parameters)
      switch lane % 6 {
      case 0:
        over.state = .done
        over.text = answer
        (over.usage.input, over.usage.output, over.usage.raw) = (35, 143, "{}")
        over.cost.status = .exact
        over.cost.computed = Money(decimal: "0.0021")
        for piece in 0..<8 { over.timing.note(.answer, at: 412_000_000 + Int64(piece * (lane + 1)) * 150_000_000) }
        play(lane, sent + text + [.ended(over)], &state)
      case 1: play(lane, sent + [.text(.reasoning, "The moon, of course.", at: 300_000_000)] + text.prefix(5), &state)
      case 2: play(lane, sent + [.text(.reasoning, "Let me think about tides.", at: 900_000_000)], &state)
      case 3: play(lane, [.state(.connecting)], &state)
      case 4:
        over.state = .failed
        over.error = ResponseError(.auth, "the key was refused (401): check ANTHROPIC_API_KEY", status: 401)
        play(lane, sent + [.ended(over)], &state)
      default:
        over.state = .stopped
        over.text = "The tide"
        play(lane, sent + [.text(.answer, "The tide", at: 500_000_000), .ended(over)], &state)
      }
    }
    state.moment.now += 2_400_000_000
    return state
  }
}

/// Compares a frame with a recorded screen. `FURLONG_RECORD=1 swift test` writes the screens anew: look at the difference.
func expectScreen(_ frame: Frame, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) {
  let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures/Screens")
  let file = folder.appendingPathComponent(name + ".screen")
  let text = frame.text + "\n"
  if ProcessInfo.processInfo.environment["FURLONG_RECORD"] != nil {
    try! text.write(to: file, atomically: true, encoding: .utf8)
    return
  }
  let recorded = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
  #expect(text == recorded, "the screen \(name) has changed; it is now:\n\(text)", sourceLocation: sourceLocation)
}

extension Sample {
  static func summary(
    _ id: String, _ title: String, models: [String] = ["openai/gpt-5.6", "anthropic/claude-sonnet-5"], turns: Int = 1
  ) -> SessionSummary {
    var summary = SessionSummary(
      id: id, created: 1_795_600_000, title: title, turns: turns, models: models, cost: Money(decimal: "0.0123")!,
      hasUnknownCost: false)
    (summary.winner, summary.votes, summary.state) = (models.first, 2, .done)
    return summary
  }

  /// One of each kind: found by words, blind, failed with tags, disagreed, hostile, plain ones.
  static var summaries: [SessionSummary] {
    var all = [
      summary("aaaa00000001", "Why are there tides?", turns: 3), summary("aaaa00000002", "Which is better?"),
      summary("aaaa00000003", "日本語のとても長い題名がここにあり、幅が二倍になります。👩‍👩‍👧‍👦 and more of it to fill a wide row up"),
      summary("aaaa00000004", "\u{1B}[31mred\u{202E} title", models: ["x/\u{1B}m"]), summary("aaaa00000005", ""),
    ]
    all[0].hit = SearchHit(
      turn: 2, model: "anthropic/claude-sonnet-5", isPrompt: false,
      pieces: [
        .init("… and so it goes on for a long while before the word that was looked for, which is the "),
        .init("tide", isMatch: true),
        .init(" itself,\nand then some more of the text around it to the end of the line"),
      ])
    (all[1].isBlind, all[1].winner, all[1].votes) = (true, nil, nil)
    all[1].hit = SearchHit(turn: 1, isPrompt: false, pieces: [])
    (all[2].state, all[2].tags, all[2].disagreement, all[2].hasUnknownCost) = (.failed, ["sea", "physics"], 0.9, true)
    all[4].cost = .zero
    return all + (6..<60).map { summary("bbbb000000\($0)", "An old question, number \($0)") }
  }
}

extension [Command] {
  /// What is asked for, without what it is about.
  var kinds: [String] { map { String("\($0)".prefix { $0 != "(" }) } }
}

extension [Command] {
  /// Lanes that are asked again.
  var asked: [[Int]] { compactMap { if case .run(_, let lanes, _) = $0 { lanes } else { nil } } }
}

extension Page {
  /// Everything on it, as lines of a width.
  func text(width: Int) -> String { blocks.flatMap { $0.lines(width: width) }.map(\.line.text).joined(separator: "\n") }
}
