import Core
import Foundation
import Judging
import Store

@testable import furlong

/// A database with sessions as the program would have kept them, for what is done with kept sessions.
struct Kept {
  static let id = "3f2a9c1e04b7"
  /// What must not get out of its place in any format.
  static let hostile = """
    </script><script>alert(1)</script> <!-- <img src=x onerror=alert(2)> [x](javascript:alert(3)) \u{1B}[31m \u{202E}gnp \u{0}
    ```
    # not a heading
    </details></blockquote>
    ````

    [label]: http://example.invalid "x"
    """

  let program: Program
  let path: String

  init(config: String? = nil) throws {
    program = try Program(config: config)
    path = program.home + "/kept.db"
  }

  func run(_ arguments: String...) throws -> Program.Result { try program.run(arguments + ["--db", path]) }

  func export(_ format: String, _ more: String...) throws -> Program.Result {
    try program.run(["sessions", "export", Self.id, "--format", format, "--db", path] + more)
  }

  func fill(_ write: (Store) -> Void) throws {
    let store = try Store(path: path)
    write(store)
    try store.close()
  }

  static func key(_ turn: Int, _ lane: Int) -> ResponseKey {
    ResponseKey(session: id, turn: turn, lane: lane, generation: 1)
  }

  static let lanes = ["openai/gpt-5.6,temperature=0.2", "anthropic/claude-sonnet-5"]

  static func assignment(_ turn: Int) -> BlindAssignment {
    BlindAssignment(
      id: "b0000000000\(turn)", session: id, turn: turn, lanes: [0: lanes[0], 1: lanes[1]],
      pairs: [.init(left: 1, right: 0)], salt: "salt")
  }

  static func session() throws -> Session {
    Session(
      id: id, created: 1_795_610_683, title: "tides", rule: .all, lanes: try lanes.map { try Lane(parsing: $0) },
      turns: [])
  }

  /// A turn with an answer in each lane.
  static func addTurn(
    _ number: Int, prompt: String, answers: [String], to store: Store, system: String? = nil, blind: Bool = false,
    files: [Attachment] = [], change: (inout Response) -> Void = { _ in }
  ) throws {
    var turn = Turn(number: number, prompt: prompt, system: system, attachments: files, rule: .all)
    if blind { turn.blind = assignment(number) }
    store.append(.turn(session: id, turn))
    for (lane, text) in answers.enumerated() {
      let parsed = try Lane(parsing: lanes[lane])
      var response = Response(lane: lane, model: parsed.model, parameters: parsed.parameters)
      store.append(.began(key(number, lane), response, request: ["max_tokens": 5]))
      store.append(.text(key(number, lane), .reasoning, "thinking", at: 300_000_000))
      store.append(.text(key(number, lane), .answer, text, at: 900_000_000))
      (response.text, response.reasoning, response.state) = (text, "thinking", .done)
      for (channel, time) in [
        (Channel.reasoning, Int64(300_000_000)), (.answer, 900_000_000), (.answer, 1_900_000_000),
      ] {
        response.timing.note(channel, at: time)
      }
      (response.usage.input, response.usage.output, response.usage.reasoning) = (1000, 500, 100)
      response.cost.price = Price(
        rates: [.input: "2", .output: "10"], source: "list", record: "r", since: "2026-01-01")
      response.cost.computed = response.cost.price?.cost(of: response.usage)
      response.cost.status = .exact
      change(&response)
      store.append(.ended(key(number, lane), response))
    }
    store.append(.winner(session: id, turn: number, lane: 1))
  }

  /// Lane 2 preferred.
  static func vote(_ turn: Int, _ choice: Vote.Choice = .left, to store: Store) {
    store.append(
      .vote(
        Vote(
          id: "a0000000000\(turn)", created: 1_795_610_700, assignment: assignment(turn).id, left: key(turn, 1),
          right: key(turn, 0), choice: choice)))
    store.append(.revealed(assignment: assignment(turn).id))
  }

  static func judge(_ turn: Int, to store: Store) {
    var verdict = Verdict(.r1Much)
    verdict.reason = "r1 is right"
    var other = Verdict(.r2Much)
    other.reason = "r2 is right"
    let readings = Judgement.Readings(ab: .verdict(verdict), ba: .verdict(other))
    var judgement = Judgement(
      id: "c0000000000\(turn)", created: 1_795_610_800, a: key(turn, 0), b: key(turn, 1), judge: "x/judge",
      version: "1",
      outcome: .combine(ab: readings.ab, ba: readings.ba))
    judgement.readings = readings
    store.append(.judgement(judgement))
  }
}

extension String {
  /// What of a Markdown text stands outside of code fences; nil when one is never closed.
  var outsideFences: String? {
    var outside = ""
    var fence: Substring?
    for line in split(separator: "\n", omittingEmptySubsequences: false) {
      let mark = line.prefix { $0 == "`" }
      if let open = fence {
        if mark.count >= open.count, line == mark { fence = nil }
      } else if mark.count >= 3 {
        fence = mark
      } else {
        outside += line + "\n"
      }
    }
    return fence == nil ? outside : nil
  }
}
