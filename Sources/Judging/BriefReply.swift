import Core

/// A judge's reply to the task alone.
public enum BriefReply {
  public static let schema = make(Schema())
  static func schema(nonce: String) -> JSON { make(Schema(nonce: nonce)) }

  private static func make(_ schema: Schema) -> JSON {
    schema.object([
      ("nonce", schema.nonceField), ("task_type", schema.text(40)),
      ("must_contain", schema.list(schema.text(80), 0...3)), ("criteria", schema.list(schema.text(100), 3...5)),
      ("solution", schema.optionalText(200)), ("can_judge", schema.share),
    ])
  }

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
      // A small model may hand the instructions back: that says nothing of the task.
      if JudgePrompt.briefQuestion.lowercased().contains(text.lowercased()) { continue }
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

  public static let schema = make(Schema(), nil)
  static func schema(nonce: String, brief: Brief) -> JSON { make(Schema(nonce: nonce), brief) }

  private static func make(_ schema: Schema, _ brief: Brief?) -> JSON {
    let mark = schema.object([("id", schema.id(brief)), ("mark", schema.choice(Verdict.Answer.self))])
    let error = schema.object([("quote", schema.text(120)), ("kind", schema.choice(Verdict.FaultKind.self))])
    return schema.object([
      ("nonce", schema.nonceField), ("criteria", schema.marks(mark, brief)), ("errors", schema.list(error, 0...2)),
      ("addresses_judge", schema.flag), ("reason", schema.text(200)), ("fit", schema.fit),
    ])
  }

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
