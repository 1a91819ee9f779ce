import Core

/// A thread of work as another program has kept it, in Furlong's words. Whoever reads that program's files makes one.
public struct ForeignSession: Sendable {
  public struct Answer: Sendable {
    public var response: Response
    /// Seconds since 1970.
    public var created: Int64

    public init(_ response: Response, created: Int64) {
      self.response = response
      self.created = created
    }
  }

  /// The program, as `origin` says it.
  public var origin: String
  /// What names the thread there: the same thread gets the same id here, and so comes in once.
  public var name: String
  public var created: Int64
  public var title: String
  public var purpose: Purpose
  public var lanes: [Lane]
  public var turns: [(turn: Turn, created: Int64, answers: [Answer])] = []

  public init(origin: String, name: String, created: Int64, title: String, purpose: Purpose, lanes: [Lane]) {
    self.origin = origin
    self.name = name
    self.created = created
    self.title = title
    self.purpose = purpose
    self.lanes = lanes
  }
}

extension SessionRows {
  /// Numbers that could not be are left out, not believed.
  public init(_ foreign: ForeignSession) {
    self.init()
    let id = String(SHA256.hexadecimal("\(foreign.origin)\n\(foreign.name)".utf8).prefix(12))
    add(
      .session,
      [
        "id": .text(id), "created": .integer(foreign.created.clamped(to: Bounds.dates)), "title": .text(foreign.title),
        "rule": .text(RaceRule.all.rawValue), "lanes": .text(lanesText(foreign.lanes)),
        "purpose": .text(foreign.purpose.rawValue),
      ])
    for (turn, created, answers) in foreign.turns { add(turn, created, answers, foreign.origin) }
  }

  private mutating func add(
    _ turn: Turn, _ created: Int64, _ answers: [ForeignSession.Answer], _ origin: String
  ) {
    let finished = answers.filter(\.response.state.isFinish).map(\.response.text)
    add(
      .turn,
      [
        "number": .integer(Int64(turn.number)), "created": .integer(created.clamped(to: Bounds.dates)),
        "prompt": .text(turn.prompt),
        "prompt_sha256": .text(turn.promptSHA256), "system": .optional(turn.system), "rule": .text(turn.rule.rawValue),
        "winner": .optional(turn.winner), "continued": .optional(turn.continued), "item": .optional(turn.item),
        "tags": .text(JSON.array(turn.tags.map { .string($0) }).serialized()),
        "disagreement": Disagreement.among(finished).map(StoredValue.real) ?? .null,
      ])
    for (ordinal, file) in turn.attachments.enumerated() {
      add(
        .attachment,
        [
          "turn": .integer(Int64(turn.number)), "ordinal": .integer(Int64(ordinal)), "name": .text(file.name),
          "media_type": .text(file.mediaType), "data": .bytes(file.data),
        ])
    }
    for answer in answers { add(answer, turn: turn.number, origin) }
  }

  private mutating func add(_ answer: ForeignSession.Answer, turn: Int, _ origin: String) {
    let response = answer.response
    let usage = response.usage
    let cost = response.cost
    func sound(_ number: Int64?, _ column: String) -> StoredValue {
      guard let number, let index = StoredTable.response.index(column),
        case .integer(let range) = StoredTable.response.columns[index].kind, range.contains(number)
      else { return .null }
      return .integer(number)
    }
    func count(_ number: Int, _ column: String) -> StoredValue { sound(Int64(number), column) }
    let created = answer.created.clamped(to: Bounds.dates)
    let finished = created.addingSaturating((response.timing.end ?? 0) / 1_000_000_000).clamped(to: Bounds.dates)
    add(
      .response,
      [
        "turn": .integer(Int64(turn)), "lane": .integer(Int64(response.lane)),
        "generation": .integer(Int64(response.generation)), "created": .integer(created),
        "finished": .integer(finished),
        "provider": .text(response.model.provider), "model": .text(response.model.model),
        "model_reported": .optional(response.modelReported), "system": .optional(response.system),
        "parameters": .text(response.parameters.json.serialized()), "simulated": .integer(0),
        "shares_machine": .integer(0), "state": .text(response.state.rawValue),
        "finish_reason": .optional(response.finishReason?.rawValue),
        "error": .optional(response.error?.json.serialized()), "attempts": .text("[]"),
        "notices": .text(JSON.array(response.notices.map { .string($0) }).serialized()),
        "text": .text(response.text), "reasoning": .text(response.reasoning),
        "usage_input": count(usage.input, "usage_input"),
        "usage_cache_read": count(usage.cacheRead, "usage_cache_read"),
        "usage_cache_write": count(usage.cacheWrite, "usage_cache_write"),
        "usage_output": count(usage.output, "usage_output"),
        "usage_reasoning": count(usage.reasoning, "usage_reasoning"), "usage_source": .text(usage.source.rawValue),
        "usage_raw": .optional(usage.raw), "cost_status": .text(cost.status.rawValue),
        "cost": cost.status == .unknown ? .null : sound(cost.amount?.picoDollars, "cost"),
        "cost_reported": sound(cost.reported?.picoDollars, "cost_reported"),
        "cost_is_charge": .integer(cost.reportedIsCharge ? 1 : 0), "sent_after": .integer(0),
        "end": sound(response.timing.end, "end"),
        "origin": .text(origin),
      ])
  }
}

extension StoredValue {
  fileprivate static func optional(_ text: String?) -> StoredValue { text.map(StoredValue.text) ?? .null }
  fileprivate static func optional(_ number: Int?) -> StoredValue { number.map { .integer(Int64($0)) } ?? .null }
}
