import Core
import Foundation
import GRDB

extension Tables {
  /// A response with what is kept of it beside its `Response`.
  struct StoredResponse: Equatable, Sendable {
    var id: Int64 = 0
    var session = ""
    var turn = 0
    var response = Response(
      lane: 0, model: ModelID(provider: "unknown", model: "unknown"), parameters: Parameters())
    /// Seconds since 1970.
    var created: Int64 = 0
    var finished: Int64?
    /// Whether there is an end, even one that makes no sense.
    var hasEnded = false
    var writer = ""
    /// The body that was sent, without the conversation.
    var request: String?
    var arrivals = Data()
    var origin: String?
    /// A figure stands there that no call can cost.
    var hasSpoiltCost = false

    init() {}

    init(_ key: ResponseKey, _ response: Response) {
      (session, turn, self.response) = (key.session, key.turn, response)
      (self.response.lane, self.response.generation) = (key.lane, key.generation)
    }

    var key: ResponseKey {
      ResponseKey(session: session, turn: turn, lane: response.lane, generation: response.generation)
    }
  }

  static let response = Table(
    "response",
    "One row for each answer that was asked for: every lane of every turn, and every time it was asked again. Its receipt is in it.",
    blank: StoredResponse(),
    complete: { stored in
      if stored.hasSpoiltCost, stored.response.cost.amount == nil { stored.response.cost.status = .unknown }
    }
  ) {
    Column("id", .rowNumber, \.id, "its number in this file").staying.written([])
    Column("session", .id, \.session, "its session").staying
    Column("turn", .count(from: 1), \.turn, "`turn.number` that it answers")
    Column("lane", .lane, \.response.lane, "its lane within the session")
    Column("generation", .count(from: 1), \.response.generation, "1, and one more each time the lane was asked again")
    Column("created", .date, \.created, or: 0, "when it was asked for")
    Column(
      "finished", .date, get: \.finished,
      set: { stored, date in (stored.finished, stored.hasEnded) = (date, true) },
      "when it ended; NULL: it is still coming"
    ).nullAtFirst.written(.ended).spoilt { $0.hasEnded = true }
    Column("writer", .process, \.writer, or: "", "the process that is filling the row").staying
    Column("provider", .text, \.response.model.provider, or: "unknown", "who was asked")
    Column("model", .text, \.response.model.model, or: "unknown", "for which model")
    Column("model_reported", .text, \.response.modelReported, "the model that the provider says has answered")
      .written(.ended)
    Column("system", .text, \.response.system, "the lane's own system prompt")
    Column("prompt", .text, \.response.prompt, "what the lane was asked, where that was not the turn's prompt")
    Column("parameters", .parameters, \.response.parameters, or: Parameters(), "of the lane, as it was asked")
    Column("request", .source, \.request, "the body as it was sent, without the conversation")
    Column("simulated", .flag, \.response.isSimulated, or: false, "1: no model has answered, it was a demonstration")
    Column(
      "shares_machine", .flag, \.response.sharesMachine, or: false, "1: a local model that ran beside another lane")
    Column(
      "state", .word(ResponseState.allCases.filter(\.isOver)), \.response.state, or: .failed,
      "how it ended; `queued` while it is coming"
    ).written([.added, .ended])
    Column("finish_reason", .label, \.response.finishReason, "why the model stopped writing").written(.ended)
    Column("error", .error, \.response.error, "what went wrong: `kind`, `message`, `status`, `retryable`")
      .said.written(.ended)
    Column(
      "attempts", .attempts, \.response.attempts, or: [],
      "each HTTP request made for it: `status`, `error`, `request_id` of the provider"
    ).said.written(.ended)
    Column("notices", .texts, \.response.notices, or: [], "what the person was told about it").said.written(.ended)
    Column("text", .text, \.response.text, or: "", "the answer").written(.ended)
    Column("reasoning", .text, \.response.reasoning, or: "", "what the model thought aloud").written(.ended)
    Column(
      "arrivals", .bytes, \.arrivals, or: Data(),
      "when each chunk came: for each two LEB128 numbers, microseconds since the one before and twice its bytes, plus 1 for reasoning"
    ).nullable.written(.ended)

    Column(
      "usage_input", .tokens, get: \.response.usage.input, set: { $0.response.usage.input = $1 },
      "tokens read, with those from a cache"
    ).receipt
    Column(
      "usage_cache_read", .tokens, get: \.response.usage.cacheRead, set: { $0.response.usage.cacheRead = $1 },
      "of these: read from a cache"
    ).receipt
    Column(
      "usage_cache_write", .tokens, get: \.response.usage.cacheWrite, set: { $0.response.usage.cacheWrite = $1 },
      "of these: written to a cache"
    ).receipt
    Column(
      "usage_output", .tokens, get: \.response.usage.output, set: { $0.response.usage.output = $1 },
      "tokens written, with the reasoning"
    ).receipt
    Column(
      "usage_reasoning", .tokens, get: \.response.usage.reasoning, set: { $0.response.usage.reasoning = $1 },
      "of these: reasoning"
    ).receipt
    Column("usage_source", .label, \.response.usage.source, or: .estimated, "who has counted: the provider, or Furlong")
      .receipt
    Column(
      "usage_details", .object, write: { $0.response.usage.details }, read: { $0.response.usage.readDetails($1) },
      "further counts by their class, and what a price depends on, such as `service_tier`"
    ).receipt
    Column("usage_raw", .text, \.response.usage.raw, "the provider's own counts as they came, JSON").receipt
    Column("server_timings", .text, \.response.usage.rawTimings, "the server's own timings as they came, JSON").receipt

    Column(
      "cost_status", .label, \.response.cost.status, or: .unknown,
      "how sure the cost is: the charge or a price on reported counts, on our own count, a lower bound, nobody knows, a free model"
    ).nullable.written([.added, .ended])
    Column(
      "cost", .money, written: { $0.response.cost.status == .unknown ? nil : $0.response.cost.amount },
      "the one figure that counts; NULL: nobody knows it"
    ).receipt
    Column("cost_computed", .money, \.response.cost.computed, "from the price and the counts").receipt.spoiltCost
    Column("cost_reported", .money, \.response.cost.reported, "what the provider says it cost").receipt.spoiltCost
    Column(
      "cost_is_charge", .flag, \.response.cost.reportedIsCharge, or: false,
      "1: what the provider says is its charge, 0: its estimate"
    ).written(.ended)
    Column(
      "cost_lowest", .money, \.response.cost.lowest, "of an answer that was stopped or cut: the least it can have cost"
    ).receipt
    Column("cost_highest", .money, \.response.cost.highest, "the most; NULL: nobody can say").receipt
    Column(
      "cost_wasted", .flag, \.response.cost.isWasted, or: false, "1: of a lane that a race rule stopped"
    ).receipt
    Column("sent_after", .duration, \.response.timing.sentAfter, or: 0, "sent so long after the first lane of its race")
      .written(.ended)
    Column("price", .price, \.response.cost.price, "the rates it was computed with, and where they are from").written([
      .added, .ended,
    ])

    Column(
      "reused_connection", .flag, \.response.timing.reusedConnection, or: false, "1: the connection was open already"
    )
    .receipt
    Column("dns", .duration, \.response.timing.nameLookup, or: 0, "the look-up of the name, before it was sent").receipt
    Column("connect", .duration, \.response.timing.connect, or: 0, "the connection, before it was sent").receipt
    Column("tls", .duration, \.response.timing.tls, or: 0, "its encryption, before it was sent").receipt
    Column(
      "ttfb", .duration, \.response.timing.firstByte, "from just before the request's first byte to the first byte back"
    )
    .receipt
    Column("ttft", .duration, \.response.timing.firstToken, "from there to the first token of any kind").receipt
    Column("ttfo", .duration, \.response.timing.firstAnswer, "from there to the first token of the answer").receipt
    Column("end", .duration, \.response.timing.end, "from there to the last chunk").receipt
    Column("chunks", .count, \.response.timing.chunks, or: 0, "chunks of text that came").receipt
    Column(
      "chunks_first_read", .count, \.response.timing.chunksInFirstRead, or: 0,
      "of these: in the first read that had any"
    )
    .receipt
    Column(
      "tokens_first_read", .tokens, \.response.timing.tokensInFirstRead,
      "tokens of the first read, with hidden reasoning before them"
    ).receipt
    Column(
      "cost_reasons", .texts, get: { $0.response.cost.reasons.isEmpty ? nil : $0.response.cost.reasons },
      set: { $0.response.cost.reasons = $1 }, "why the cost is not exact"
    ).receipt
    Column("origin", .text, \.origin, "where it was imported from; NULL: it was asked for here").written([])
  }

  /// Before a request is sent, and when all is over.
  static let beginResponse = response.insertion()
  static let endResponse = response.ending(where: "id = ?")

  /// Of one whose process is gone: what had come, and what that tells.
  static let cutResponse = response.change(
    [
      "finished", "state", "error", "text", "reasoning", "arrivals", "cost_status", "cost_computed", "cost",
      "cost_lowest", "usage_input", "usage_output", "usage_reasoning", "usage_source", "ttft", "ttfo", "end", "chunks",
      "chunks_first_read",
    ], where: "id = ?")

  /// When the provider has told its charge.
  static let settleResponse = response.change(
    [
      "cost_reported", "cost_is_charge", "cost", "cost_computed", "cost_status", "cost_lowest", "cost_highest",
      "usage_input", "usage_output",
    ], where: "session = ? AND turn = ? AND lane = ? AND generation = ?")

  /// When its words are taken away: what is left where words may stand.
  static let bareResponse = response.change(["error", "attempts", "parameters"], where: "id = ?")

  /// Text of a response that is still coming.
  struct Part: Sendable {
    var response: Int64 = 0
    var ordinal = 0
    var text = Data()
    var reasoning = Data()
    var arrivals = Data()
  }

  static let part = Table(
    "part", "What has come of an answer that is still coming, some rows a second; gone when it has ended.",
    blank: Part()
  ) {
    Column("response", .rowNumber, \.response, "`response.id`")
    Column("ordinal", .count, \.ordinal, or: 0, "from 0")
    Column("text", .piece, \.text, or: Data(), "the next piece of the answer")
    Column("reasoning", .piece, \.reasoning, or: Data(), "the next piece of the reasoning")
    Column("arrivals", .bytes, \.arrivals, or: Data(), "as in `response`")
  }

  static let addPart = part.insertion()

  /// What has been saved of a response that is still coming.
  static func joinedParts(of response: Int64, _ db: Database) throws -> Part {
    try part.all(db, "WHERE response = ? ORDER BY ordinal", [response]).reduce(into: Part(response: response)) {
      $0.text += $1.text
      $0.reasoning += $1.reasoning
      $0.arrivals += $1.arrivals
    }
  }
}

extension Column<Tables.StoredResponse> {
  /// Known at the end alone.
  fileprivate var receipt: Self { nullable.written(.ended) }

  fileprivate var spoiltCost: Self { spoilt { $0.hasSpoiltCost = true } }
}
