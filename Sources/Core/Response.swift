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
  /// What the lane was asked, where that was not the turn's prompt: a template filled in, or the other lanes' answers.
  public var prompt: String?
  public var isSimulated = false
  public var sharesMachine = false

  public var state = ResponseState.queued
  public var text = ""
  public var reasoning = ""
  /// Tools that the model wants used, in order.
  public var toolCalls: [ToolCall] = []
  public var modelReported: String?
  public var finishReason: FinishReason?
  public var error: ResponseError?
  public var usage = Usage()
  /// Tokens of the answer so far.
  public var count = OutputCount()
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
      count.add(bytes: text.utf8.count, isFirstRead: offset == timing.firstToken)
      switch channel {
      case .reasoning:
        reasoning += text
        if state != .answering { state = .thinking }
      case .answer:
        self.text += text
        state = .answering
      }
    case .toolCall(let piece, let offset):
      timing.note(.answer, at: offset)
      count.add(
        bytes: (piece.name?.utf8.count ?? 0) + piece.arguments.utf8.count, isFirstRead: offset == timing.firstToken)
      while toolCalls.count <= piece.index { toolCalls.append(ToolCall(id: "", name: "", arguments: "")) }
      if let id = piece.id { toolCalls[piece.index].id = id }
      if let name = piece.name { toolCalls[piece.index].name += name }
      toolCalls[piece.index].arguments += piece.arguments
      state = .answering
    case .counted(let tokens): count.report(tokens)
    case .attempt(let attempt): attempts.append(attempt)
    case .notice(let notice): notices.append(notice)
    case .ended(let response): self = response
    }
  }
}

extension Response {
  /// Tokens a second: of the final count when it is over, of the running one until then.
  public var tokensPerSecond: Double? {
    var timing = timing
    if !state.isOver { timing.tokensInFirstRead = count.inFirstRead(of: count.tokens) }
    return timing.tokensPerSecond(outputTokens: state.isOver ? usage.output : count.tokens)
  }

  /// The lane as it was asked, with its variant.
  /// - Parameter lanes: of the session.
  public func title(among lanes: [Lane]) -> String {
    var lane = Lane(model: model, parameters: parameters)
    lane.variant = lanes.indices.contains(self.lane) ? lanes[self.lane].variant : nil
    return lane.title
  }

  /// Tokens of reasoning that were billed and not shown.
  public var hiddenReasoning: Int { reasoning.isEmpty ? usage.reasoning : 0 }

  /// Bytes of everything the model has written.
  public var length: Int {
    toolCalls.reduce(text.utf8.count + reasoning.utf8.count) { $0 + $1.name.utf8.count + $1.arguments.utf8.count }
  }

  /// The receipt alone: counts, times and money, nothing of what was said.
  public var withoutWords: Response {
    var receipt = self
    (receipt.text, receipt.reasoning, receipt.toolCalls, receipt.notices) = ("", "", [], [])
    (receipt.system, receipt.prompt) = (nil, nil)
    // Providers like to repeat what was said in their errors.
    receipt.error?.message = "told to the client, and not kept"
    for place in receipt.attempts.indices {
      receipt.attempts[place].error?.message = "told to the client, and not kept"
    }
    return receipt
  }
}

/// What happens to a response, in order: `began`, then any of the middle six, then `ended`. One value for every reader.
public enum ResponseEvent: Equatable, Sendable {
  case began(Response)
  case state(ResponseState)
  /// Text and its arrival in nanoseconds since the request was sent.
  case text(Channel, String, at: Int64)
  case toolCall(ToolCallPiece, at: Int64)
  /// The provider has told how many tokens of output there are so far.
  case counted(Int)
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
