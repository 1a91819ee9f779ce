/// A lane's state, in the words shown to people.
public enum ResponseState: String, Sendable, CaseIterable {
  case queued, connecting, waiting, thinking, answering, done, truncated, refused, stopped, cut, failed

  public var isOver: Bool {
    switch self {
    case .queued, .connecting, .waiting, .thinking, .answering: false
    case .done, .truncated, .refused, .stopped, .cut, .failed: true
    }
  }

  /// Crossed the line with an answer: may take a place in a race.
  public var isFinish: Bool { self == .done || self == .truncated }
}

/// One lane's answer to a turn with the evidence for it. Built from `ResponseEvent`s by `apply`, by everyone who watches.
public struct Response: Equatable, Sendable {
  public var lane: Int
  /// 1 for the first try of this lane in this turn, then one more for each retry by the person.
  public var generation = 1
  public var model: ModelID
  public var parameters: Parameters
  /// The lane's own system prompt, where it has one.
  public var system: String?
  public var isSimulated = false
  public var sharesMachine = false

  public var state = ResponseState.queued
  public var text = ""
  public var reasoning = ""
  public var modelReported: String?
  public var finishReason: FinishReason?
  public var error: ResponseError?
  public var usage = Usage()
  public var cost = Cost()
  public var timing = Timing()
  public var attempts: [Attempt] = []
  /// What a person should know: a parameter not sent, a file left out.
  public var notices: [String] = []

  public init(lane: Int, model: ModelID, parameters: Parameters) {
    self.lane = lane
    self.model = model
    self.parameters = parameters
  }

  public mutating func apply(_ event: ResponseEvent) {
    switch event {
    case .began(let response): self = response
    case .state(let state): self.state = state
    case .text(let channel, let text, let offset):
      timing.note(channel, at: offset)
      switch channel {
      case .reasoning:
        reasoning += text
        if state != .answering { state = .thinking }
      case .answer:
        self.text += text
        state = .answering
      }
    case .attempt(let attempt): attempts.append(attempt)
    case .notice(let notice): notices.append(notice)
    case .ended(let response): self = response
    }
  }
}

/// What happens to a response, in order: `began`, then any of the middle four, then `ended`. One value for every reader.
public enum ResponseEvent: Equatable, Sendable {
  case began(Response)
  case state(ResponseState)
  /// Text and its arrival in nanoseconds since the request was sent.
  case text(Channel, String, at: Int64)
  case attempt(Attempt)
  case notice(String)
  /// The whole response as it stays.
  case ended(Response)
}

/// One HTTP request made for a response; more than one when it was retried.
public struct Attempt: Equatable, Sendable {
  public var status: Int?
  public var error: ResponseError?
  public var requestID: String?

  public init(status: Int? = nil, error: ResponseError? = nil, requestID: String? = nil) {
    self.status = status
    self.error = error
    self.requestID = requestID
  }

  public var json: JSON {
    [
      "status": status.map { .int($0) } ?? .null, "error": error?.json ?? .null,
      "request_id": .optional(requestID),
    ]
  }
}

/// What a call cost, and how sure that is.
public struct Cost: Equatable, Sendable {
  /// `exact`: the provider's charge, or a price on the counts it reported; `estimated`: on our own count; `partial`: of an answer
  /// stopped or cut, a lower bound; `unknown`: no price known, never shown as 0; `free`: a local or simulated model.
  public enum Status: String, Sendable { case exact, estimated, partial, unknown, free }

  public var status = Status.unknown
  public var computed: Money?
  public var reported: Money?
  public var price: Price?
  /// Billed, but not for the winner: the answer of a lane that a race rule stopped.
  public var isWasted = false

  public init() {}

  /// The provider's own charge before the computed figure; nil when unknown.
  public var amount: Money? { reported ?? computed }
}

extension Response {
  /// What it has cost so far: the final figure, or while it runs an estimate with a token a chunk. Nil when no price is known.
  public var costSoFar: Money? {
    if state.isOver { return cost.amount }
    if cost.status == .free || state == .queued { return .zero }
    return cost.price?.amount(input: usage.input, output: timing.chunks)
  }
}

extension Price {
  /// Uncached tokens at this price; nil when the price is not a decimal.
  public func amount(input tokens: Int, output written: Int) -> Money? {
    guard let input = scaledDecimal(input, places: 12), let output = scaledDecimal(output, places: 12) else {
      return nil
    }
    let sum = Int128(tokens) * Int128(input) + Int128(written) * Int128(output)
    return Money(picoDollars: Int64(clamping: sum / 1_000_000))
  }
}

/// Limits on spending in US dollars, from the config; nil for none.
public struct Budget: Equatable, Sendable {
  public var perTurn: Money?
  public var perDay: Money?
  public var perMonth: Money?

  public init() {}

  public var isEmpty: Bool { self == Budget() }
}

/// The price used, in US dollars per million tokens as decimal text, with where it is from.
public struct Price: Equatable, Sendable {
  public var input: String
  public var cacheRead: String?
  public var cacheWrite: String?
  public var output: String
  /// The price list and its version, the record that matched, and from when it holds (ISO date).
  public var source: String
  public var record: String
  public var since: String?

  public init(
    input: String, cacheRead: String?, cacheWrite: String?, output: String, source: String, record: String,
    since: String?
  ) {
    self.input = input
    self.cacheRead = cacheRead
    self.cacheWrite = cacheWrite
    self.output = output
    self.source = source
    self.record = record
    self.since = since
  }

  public var json: JSON {
    [
      "input_mtok": .string(input), "cache_read_mtok": .optional(cacheRead), "cache_write_mtok": .optional(cacheWrite),
      "output_mtok": .string(output), "source": .string(source), "record": .string(record), "since": .optional(since),
    ]
  }
}

extension Price {
  /// What `json` wrote.
  public init(json: JSONView) {
    self.init(
      input: json["input_mtok"]?.string ?? "0", cacheRead: json["cache_read_mtok"]?.string,
      cacheWrite: json["cache_write_mtok"]?.string, output: json["output_mtok"]?.string ?? "0",
      source: json["source"]?.string ?? "", record: json["record"]?.string ?? "", since: json["since"]?.string)
  }
}
