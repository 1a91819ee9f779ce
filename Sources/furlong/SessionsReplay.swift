import ArgumentParser
import Core
import Foundation
import Engine
import Store
import Workbench

struct SessionsReplay: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Watch a turn again as it happened, or ask what another rule would have made of it.",
    discussion: """
      Lines come as they came then, each with its lane's number. --what-if plays nothing: it tells winner, time and cost by the stored
      timings, beside what really happened.
      """)

  enum Rule: String, ExpressibleByArgument, CaseIterable {
    case all, firstToken = "first-token", firstFinish = "first-finish"
  }

  @Argument(help: "The session's id, or its beginning.", completion: Completions.sessions)
  var id: String

  @Option(help: "The turn; the last one when left out.")
  var turn: Int?

  @Option(help: "How many times as fast as it was; 0 does not wait at all.")
  var speed = 1.0

  @Option(help: ArgumentHelp("Another rule: all, first-token or first-finish.", valueName: "rule"))
  var whatIf: Rule?

  @Option(help: ArgumentHelp("With --what-if: start each lane only this long after the one before.", valueName: "ms"))
  var hedge: Double?

  @Option(
    help: ArgumentHelp(
      "Write the workbench's screen as a terminal recording (asciicast v2) instead.", valueName: "file"))
  var cast: String?

  @Option(help: ArgumentHelp("Of the recording: columns x rows.", valueName: "size"))
  var size = "120x32"

  @Flag(help: "Replace a recording that is there.")
  var force = false

  @Flag(help: "Print the events as JSON, a line each, without waiting; with --what-if one document.")
  var json = false

  @OptionGroup var database: DatabaseOptions

  func validate() throws {
    if speed != 0, !(0.001...1000).contains(speed) {
      throw ValidationError("--speed is how many times as fast, such as 2 or 8: 0, or from 0.001 to 1000")
    }
    if hedge != nil, whatIf == nil { throw ValidationError("--hedge goes with --what-if RULE") }
    if let hedge, !(0...3_600_000).contains(hedge) {
      throw ValidationError("--hedge is a time in milliseconds, such as 400")
    }
  }

  func run() throws {
    let setup = try Setup(database: database.database)
    let store = try setup.openStore()
    let engine = setup.makeEngine(store: store)
    let replay: Replay
    do throws(StoreError) { replay = try engine.replay(try store.session(id), turn: turn) } catch {
      throw CommandError(error.message)
    }
    if let whatIf {
      let rule = RaceRule(rawValue: whatIf.rawValue) ?? .all
      return tell(WhatIf(replay, rule: rule, hedge: hedge.map { Int64(saturating: $0 * 1e6) }), replay)
    }
    if let cast { return try record(replay, session: try store.session(replay.session), to: cast, setup) }
    if json { return printEvents(replay) }
    play(replay)
  }

  // MARK: Playing

  private func record(_ replay: Replay, session: Session, to path: String, _ setup: Setup) throws {
    let size = self.size.split(separator: "x").compactMap { Int($0) }
    guard size.count == 2, (60...500).contains(size[0]), (16...200).contains(size[1]) else {
      throw CommandError("--size is columns x rows, from 60x16 to 500x200")
    }
    try OutputFile.checkPlace(path, force: force)
    // A key that comes letter by letter could not be taken out of the frames.
    let redaction = Secrets(setup).redaction
    let texts = session.turns.flatMap { turn in
      [turn.prompt, turn.system ?? ""]
        + turn.responses.values.flatMap { [$0.text, $0.reasoning, $0.error?.message ?? ""] }
    }
    guard texts.allSatisfy({ redaction.text($0) == $0 }) else {
      throw CommandError(
        "what looks like a key stands in this session: a recording would show it; export it as html instead")
    }
    let recording = MainActor.assumeIsolated {
      Asciicast(
        session, replay, width: size[0], height: size[1], theme: .dark, speed: speed > 0 ? speed : 1)
    }
    try OutputFile.write(recording.lines.joined(separator: "\n") + "\n", to: path, force: force)
    Console.error("\(path): \(Readable.count(recording.lines.count - 2, "frame"))")
  }

  private func play(_ replay: Replay) {
    let turn = replay.turn
    Console.error("session \(replay.session) turn \(turn.number): \(VisibleText.line(sessionTitle(turn.prompt)))")
    let stream = LineStream(lanes: (turn.responses.keys.max() ?? 0) + 1)
    let start = Clock.system.now()
    let clock = DispatchSemaphore(value: 0)
    for event in replay.events {
      let due = speed > 0 ? start.addingSaturating(Int64(saturating: Double(event.at) / speed)) : start
      let left = due - Clock.system.now()
      if left > 0 { _ = clock.wait(timeout: .now() + .nanoseconds(Int(left))) }
      switch event.event {
      case .lane(let lane, .text(.answer, let text, _)):
        for line in stream.take(text, lane: lane) { Console.output(line) }
      case .lane(let lane, .ended):
        for line in stream.rest(lane: lane) { Console.output(line) }
      case .won(let lane): Console.error("lane \(lane + 1) wins after \(Readable.duration(event.at))")
      default: break
      }
      if Console.outputFault != nil { return }
    }
    Console.output("")
    RaceText.printTable(RaceOutcome(responses: turn.responses, winner: turn.winner), rule: turn.rule)
  }

  private func printEvents(_ replay: Replay) {
    for event in replay.events {
      var line: JSON = ["at_ms": .double(Double(event.at) / 1e6)]
      switch event.event {
      case .lane(let lane, let change):
        line["lane"] = .int(lane)
        switch change {
        case .began(let response): (line["event"], line["model"]) = ("began", .string(response.model.text))
        case .state(let state): (line["event"], line["state"]) = ("state", .string(state.rawValue))
        case .text(let channel, let text, _):
          (line["event"], line["text"]) = (channel == .answer ? "text" : "reasoning", .string(text))
        case .ended(let response): (line["event"], line["state"]) = ("ended", .string(response.state.rawValue))
        case .toolCall, .counted, .attempt, .notice: continue
        }
      case .won(let lane): (line["event"], line["lane"]) = ("won", .int(lane))
      case .fit, .ended: continue
      }
      Console.output(line.serialized())
    }
  }

  // MARK: What if

  private func tell(_ other: WhatIf, _ replay: Replay) {
    let turn = replay.turn
    let known = turn.responses.values.filter { $0.cost.status != .unknown }
    let spent = known.compactMap(\.cost.amount).reduce(.zero, +)
    let hasUnknown = known.count < turn.responses.count
    let winner = turn.winner.flatMap { turn.responses[$0] }
    func moment(_ offset: Int64?) -> Int64? { offset.map { $0 + (winner?.timing.sentAfter ?? 0) } }
    let really = [
      "really: \(turn.rule.rawValue)", name(turn.winner, turn), time(moment(winner?.timing.firstAnswer)),
      time(moment(winner?.timing.end)), Readable.total(spent, hasUnknown: hasUnknown),
    ]
    if json {
      return Console.output(
        document(other, turn, spent: hasUnknown ? nil : spent, ended: moment(winner?.timing.end)).serialized(
          indented: true))
    }
    let hedged = other.hedge.map { ", hedged after \(Readable.duration($0))" } ?? ""
    let instead = [
      "what if: \(other.rule.rawValue)\(hedged)", name(other.winner, turn), time(other.firstAnswer), time(other.end),
      Readable.total(other.cost, hasUnknown: other.hasUnknownCost),
    ]
    for line in TextTable.lines(
      header: ["", "winner", "TTFO", "end", "cost"], rows: [really, instead], numeric: [2, 3, 4])
    {
      Console.output(line)
    }
    for lane in other.lanes {
      let what =
        lane.sent == nil
        ? "would not have been asked"
        : lane.stopped.map { "would have been stopped after \(Readable.duration($0))" } ?? "would have run to its end"
      Console.output("lane \(lane.lane + 1) \(what)")
    }
    if !other.isCertain {
      Console.output("Not certain: a lane that was really stopped might have ended before the others.")
    }
  }

  private func name(_ lane: Int?, _ turn: Turn) -> String {
    guard let lane, let response = turn.responses[lane] else { return "nobody" }
    return "\(lane + 1) \(VisibleText.line(response.model.text))"
  }

  private func time(_ nanoseconds: Int64?) -> String { nanoseconds.map(Readable.duration) ?? "–" }

  private func document(_ other: WhatIf, _ turn: Turn, spent: Money?, ended: Int64?) -> JSON {
    func milliseconds(_ value: Int64?) -> JSON { value.map { .double(Double($0) / 1e6) } ?? .null }
    func lane(_ value: Int?) -> JSON { value.map { .int($0) } ?? .null }
    return [
      "really": [
        "rule": .string(turn.rule.rawValue), "winner": lane(turn.winner), "end_ms": milliseconds(ended),
        "usd": .optional(spent?.decimalText),
      ],
      "what_if": [
        "rule": .string(other.rule.rawValue), "hedge_ms": milliseconds(other.hedge), "winner": lane(other.winner),
        "ttfo_ms": milliseconds(other.firstAnswer), "end_ms": milliseconds(other.end),
        "usd": other.hasUnknownCost ? .null : .string(other.cost.decimalText), "certain": .bool(other.isCertain),
        "lanes": .array(
          other.lanes.map {
            [
              "lane": .int($0.lane), "sent_ms": milliseconds($0.sent), "stopped_ms": milliseconds($0.stopped),
              "usd": .optional($0.cost?.decimalText),
            ]
          }),
      ],
    ]
  }
}
