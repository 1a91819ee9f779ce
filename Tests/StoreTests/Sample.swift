import Core
import Foundation
import Store
import TestSupport

/// Values to be stored, with everything set that can be.
enum Sample {
  static let key = ResponseKey(session: "3f2a9c1e04b7", turn: 1, lane: 0, generation: 1)
  static let hostile = "NUL \u{0} emoji 👩‍👩‍👧 accent e\u{301} ' \" \u{1B}[31m \u{202E} \r\n\t 日本 \u{FFFD} end"

  static func session(_ id: String = key.session, created: Int64 = 100) -> Session {
    Session(
      id: id, created: created, title: "title \(hostile)", rule: .firstFinish,
      lanes: [try! Lane(parsing: "openai/gpt-5.6,temperature=0.2"), try! Lane(parsing: "local/m")], turns: [])
  }

  static func turn(_ number: Int = 1, prompt: String = "prompt \(hostile)") -> Turn {
    Turn(
      number: number, prompt: prompt, system: "system \(hostile)",
      attachments: [
        Attachment(name: "a.png", mediaType: "image/png", data: [0x89, 0, 255]),
        Attachment(name: "b.txt", mediaType: "text/plain", data: Array("hi".utf8)),
      ], rule: .firstFinish)
  }

  static func response(_ key: ResponseKey = key) -> Response {
    var response = Response(
      lane: key.lane, model: ModelID("openai/gpt-5.6")!,
      parameters: try! Lane(parsing: "x/y,temperature=0.2,stop=a").parameters)
    response.generation = key.generation
    response.sharesMachine = true
    return response
  }

  static func finished(_ key: ResponseKey = key) -> Response {
    var response = response(key)
    response.state = .truncated
    response.finishReason = .length
    response.modelReported = "gpt-5.6-2026"
    response.text = "answer \(hostile)"
    response.reasoning = "reasoning \(hostile)"
    response.error = ResponseError(.cut, "why", status: 200, retryable: true)
    (response.usage.input, response.usage.cacheRead, response.usage.cacheWrite) = (100, 50, 20)
    (response.usage.output, response.usage.reasoning) = (40, 30)
    response.usage.raw = #"{"a":1}"#
    response.usage.rawTimings = #"{"b":2}"#
    response.cost.status = .exact
    response.cost.computed = Money(decimal: "0.000123456789")
    response.cost.reported = Money(decimal: "0.5")
    response.cost.isWasted = true
    response.cost.lowest = Money(decimal: "0.1")
    response.cost.highest = Money(decimal: "0.9")
    response.usage.parts = [.cacheWrite1h: 3, .webSearches: 1]
    response.usage.variant = ["service_tier": "flex"]
    response.cost.price = Price(
      rates: [
        .input: "2", .cacheRead: "0.2", .output: .init("10", tier: 200_000, variant: "service_tier=flex", source: "t"),
      ], source: "s", record: "r", since: "2026-01-01")
    response.timing.reusedConnection = true
    (response.timing.nameLookup, response.timing.connect, response.timing.tls) = (1, 2, 3)
    (response.timing.firstByte, response.timing.firstToken) = (4, 5)
    (response.timing.firstAnswer, response.timing.end) = (6, 7)
    (response.timing.chunks, response.timing.chunksInFirstRead) = (8, 2)
    response.attempts = [
      Attempt(status: 429, error: ResponseError(.rateLimit, "slow", status: 429), requestID: "r1"),
      Attempt(status: 200, requestID: "r2"),
    ]
    response.notices = ["one", "two \u{1B}"]
    return response
  }
}

/// Waits until everything appended is written; the fault, if there was one.
func commit(_ store: Store) -> StoreError? {
  let journal = Journal<StoreError?>()
  store.commit { journal.append($0) }
  guard let result = journal.first(where: { _ in true }) else { fatalError("the store did not commit within 10 s") }
  return result
}
