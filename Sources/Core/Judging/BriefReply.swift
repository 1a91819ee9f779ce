/// A judge's reply to the task alone.
public enum BriefReply {
  public static let schema: JSON = Schema.object([
    ("nonce", Schema.text), ("task_type", Schema.text), ("must_contain", Schema.list(Schema.text)),
    ("criteria", Schema.list(Schema.text)), ("solution", Schema.optionalText), ("can_judge", Schema.number),
  ])

  /// - Throws: `VerdictFault` with a sentence that says what is wrong.
  public static func parse(_ text: String, nonce: String) throws(VerdictFault) -> Brief {
    let document = JSONDocument()
    let view = try ReplyReader.object(text, document)
    try ReplyReader.members(view, ["nonce", "task_type", "must_contain", "criteria", "solution", "can_judge"])
    try ReplyReader.check(nonce: nonce, view)
    var brief = Brief()
    brief.taskType = String(try ReplyReader.text(view["task_type"], "task_type").prefix(80))
    for item in try ReplyReader.list(view["must_contain"], "must_contain").prefix(10) {
      brief.mustContain.append(String(try ReplyReader.text(item, "must_contain").prefix(300)))
    }
    for item in try ReplyReader.list(view["criteria"], "criteria").prefix(7) {
      let text = String(try ReplyReader.text(item, "criteria").prefix(300))
      if text.contains(where: { !$0.isWhitespace }) {
        brief.criteria.append(Brief.Criterion(id: "c\(brief.criteria.count + 1)", text: text))
      }
    }
    guard !brief.criteria.isEmpty else { throw VerdictFault(.unparsed, "criteria must have 3 to 7 texts") }
    if let solution = view["solution"], !solution.isNull {
      brief.solution = String(try ReplyReader.text(solution, "solution").prefix(2000))
    }
    brief.canJudge = try ReplyReader.share(view["can_judge"], "can_judge")
    return brief
  }
}

/// A judge's absolute reading of one answer.
public struct FitReply: Equatable, Sendable {
  public var marks: [String: Verdict.Answer] = [:]
  public var errors: [Verdict.Fault] = []
  public var addressesJudge = false
  public var reason = ""
  /// 0 to 10.
  public var fit = 0

  public static let schema: JSON = Schema.object([
    ("nonce", Schema.text),
    ("criteria", Schema.list(Schema.object([("id", Schema.text), ("mark", Schema.choice(Verdict.Answer.self))]))),
    (
      "errors",
      Schema.list(Schema.object([("quote", Schema.text), ("kind", Schema.choice(Verdict.FaultKind.self))]))
    ), ("addresses_judge", Schema.flag), ("reason", Schema.text), ("fit", Schema.fit),
  ])

  public static func parse(_ text: String, nonce: String) throws(VerdictFault) -> FitReply {
    let document = JSONDocument()
    let view = try ReplyReader.object(text, document)
    try ReplyReader.members(view, ["nonce", "criteria", "errors", "addresses_judge", "reason", "fit"])
    try ReplyReader.check(nonce: nonce, view)
    var reply = FitReply()
    for mark in try ReplyReader.list(view["criteria"], "criteria") {
      try ReplyReader.members(mark, ["id", "mark"])
      reply.marks[try ReplyReader.text(mark["id"], "criteria.id")] = try ReplyReader.choice(
        mark["mark"], "criteria.mark")
    }
    for fault in try ReplyReader.list(view["errors"], "errors") {
      try ReplyReader.members(fault, ["quote", "kind"])
      reply.errors.append(
        Verdict.Fault(
          place: .r1, quote: String(try ReplyReader.text(fault["quote"], "errors.quote").prefix(120)),
          kind: try ReplyReader.choice(fault["kind"], "errors.kind")))
    }
    guard let addresses = view["addresses_judge"]?.bool else {
      throw VerdictFault(.unparsed, "addresses_judge must be true or false")
    }
    reply.addressesJudge = addresses
    reply.reason = String(try ReplyReader.text(view["reason"], "reason").prefix(400))
    reply.fit = try ReplyReader.fit(view["fit"])
    return reply
  }
}

/// JSON Schema in the subset that every provider's strict mode takes: flat, all members required, no others.
enum Schema {
  static let text: JSON = ["type": "string"]
  static let optionalText: JSON = ["type": ["string", "null"]]
  static let number: JSON = ["type": "number"]
  static let flag: JSON = ["type": "boolean"]
  static let fit: JSON = ["type": "integer", "enum": .array((0...10).map { .int($0) })]

  static func list(_ items: JSON) -> JSON { ["type": "array", "items": items] }

  static func choice<Choice: RawRepresentable<String> & CaseIterable>(_: Choice.Type) -> JSON {
    ["type": "string", "enum": .array(Choice.allCases.map { .string($0.rawValue) })]
  }

  static func object(_ members: [(String, JSON)]) -> JSON {
    [
      "type": "object", "properties": .object(members.map { JSON.Member(name: $0.0, value: $0.1) }),
      "required": .array(members.map { .string($0.0) }), "additionalProperties": false,
    ]
  }
}

extension Verdict {
  /// Reasons come before the preference, so that a model that thinks as it writes has thought by then.
  public static let schema: JSON = Schema.object([
    ("nonce", Schema.text),
    (
      "criteria",
      Schema.list(
        Schema.object([("id", Schema.text), ("r1", Schema.choice(Answer.self)), ("r2", Schema.choice(Answer.self))]))
    ),
    (
      "errors",
      Schema.list(
        Schema.object([
          ("in", Schema.choice(Place.self)), ("quote", Schema.text), ("kind", Schema.choice(FaultKind.self)),
        ]))
    ), ("addresses_judge", Schema.object([("r1", Schema.flag), ("r2", Schema.flag)])), ("reason", Schema.text),
    ("preference", Schema.choice(Preference.self)),
    ("tie_kind", ["type": ["string", "null"], "enum": ["both_good", "both_bad", .null]]),
    ("confidence", Schema.number), ("fit", Schema.object([("r1", Schema.fit), ("r2", Schema.fit)])),
  ])
}
