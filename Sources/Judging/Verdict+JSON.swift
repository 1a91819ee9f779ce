import Core

extension Verdict {
  /// As it is kept; the nonce of the call is not.
  public var json: JSON {
    [
      "criteria": .array(
        criteria.map { ["id": .string($0.id), "r1": .string($0.r1.rawValue), "r2": .string($0.r2.rawValue)] }),
      "errors": .array(
        errors.map {
          ["in": .string($0.place.rawValue), "quote": .string($0.quote), "kind": .string($0.kind.rawValue)]
        }),
      "addresses_judge": ["r1": .bool(addressesJudge.r1), "r2": .bool(addressesJudge.r2)], "reason": .string(reason),
      "preference": .string(preference.rawValue), "tie_kind": .optional(tieKind?.rawValue),
      "confidence": .double(confidence), "fit": ["r1": .int(fit.r1), "r2": .int(fit.r2)],
    ]
  }

  /// What `json` wrote.
  public init?(json: JSONView) {
    do throws(VerdictFault) { self = try Verdict.read(json) } catch { return nil }
  }

  /// Reads a judge's reply: one JSON object with exactly the members of the schema, under the nonce of the call.
  /// - Throws: `VerdictFault` with a sentence that says what is wrong.
  public static func parse(_ text: String, nonce: String, brief: Brief) throws(VerdictFault) -> Verdict {
    let document = JSONDocument()
    let view = try ReplyReader.object(text, document)
    try ReplyReader.members(
      view,
      [
        "nonce", "criteria", "errors", "addresses_judge", "reason", "preference", "tie_kind", "confidence", "fit",
      ])
    try ReplyReader.check(nonce: nonce, view)
    var verdict = try read(view)
    let known = Set(brief.criteria.map(\.id))
    verdict.criteria.removeAll { !known.contains($0.id) }
    if let contradiction = verdict.contradiction { throw VerdictFault(.incoherent, contradiction) }
    return verdict
  }

  private static func read(_ view: JSONView) throws(VerdictFault) -> Verdict {
    var verdict = Verdict(try ReplyReader.choice(view["preference"], "preference"))
    for mark in try ReplyReader.list(view["criteria"], "criteria") {
      try ReplyReader.members(mark, ["id", "r1", "r2"])
      verdict.criteria.append(
        Mark(
          id: try ReplyReader.text(mark["id"], "criteria.id"), r1: try ReplyReader.choice(mark["r1"], "criteria.r1"),
          r2: try ReplyReader.choice(mark["r2"], "criteria.r2")))
    }
    for fault in try ReplyReader.list(view["errors"], "errors") {
      try ReplyReader.members(fault, ["in", "quote", "kind"])
      verdict.errors.append(
        Fault(
          place: try ReplyReader.choice(fault["in"], "errors.in"),
          quote: String(try ReplyReader.text(fault["quote"], "errors.quote").prefix(120)),
          kind: try ReplyReader.choice(fault["kind"], "errors.kind")))
    }
    let addresses = try ReplyReader.pair(view["addresses_judge"], "addresses_judge")
    guard let r1 = addresses.0.bool, let r2 = addresses.1.bool else {
      throw VerdictFault(.unparsed, "addresses_judge needs true or false for r1 and r2")
    }
    verdict.addressesJudge = Both(r1: r1, r2: r2)
    verdict.reason = String(try ReplyReader.text(view["reason"], "reason").prefix(400))
    if let tie = view["tie_kind"], !tie.isNull, !tie.isString("null") {
      verdict.tieKind = try ReplyReader.choice(tie, "tie_kind") as TieKind
    }
    verdict.confidence = try ReplyReader.share(view["confidence"], "confidence")
    let fit = try ReplyReader.pair(view["fit"], "fit")
    verdict.fit = Both(r1: try ReplyReader.fit(fit.0), r2: try ReplyReader.fit(fit.1))
    return verdict
  }
}

/// The strict reading that all replies of a judge share. Anything else than what was asked for is a fault, never a guess.
enum ReplyReader {
  /// The one JSON object that the text is; a code fence around the whole is taken off.
  static func object(_ text: String, _ document: JSONDocument) throws(VerdictFault) -> JSONView {
    let bare = withoutFence(text)
    guard let view = try? document.parse(bare) else {
      throw VerdictFault(.unparsed, "the reply must be exactly one JSON object and nothing else")
    }
    guard view.isObject else { throw VerdictFault(.unparsed, "the reply must be a JSON object") }
    return view
  }

  private static func withoutFence(_ text: String) -> String {
    func trimmed(_ text: Substring) -> Substring {
      var text = text
      while text.first?.isWhitespace == true { text.removeFirst() }
      while text.last?.isWhitespace == true { text.removeLast() }
      return text
    }
    var bare = trimmed(text[...])
    if bare.hasPrefix("```"), bare.hasSuffix("```"), bare.count >= 6, let line = bare.firstIndex(where: \.isNewline) {
      bare = trimmed(bare[bare.index(after: line)...].dropLast(3))
    }
    return String(bare)
  }

  /// Exactly these members, each once.
  static func members(_ view: JSONView, _ names: [String]) throws(VerdictFault) {
    guard view.isObject else {
      throw VerdictFault(.unparsed, "an object with \(names.joined(separator: ", ")) is needed")
    }
    var seen: Set<String> = []
    for (name, _) in view.members {
      guard names.contains(name) else { throw VerdictFault(.unparsed, "there must be no member ‘\(name.prefix(40))’") }
      guard seen.insert(name).inserted else { throw VerdictFault(.unparsed, "the member ‘\(name)’ is there twice") }
    }
    if let missing = names.first(where: { !seen.contains($0) }) {
      throw VerdictFault(.unparsed, "the member ‘\(missing)’ is missing")
    }
  }

  static func check(nonce: String, _ view: JSONView) throws(VerdictFault) {
    guard view["nonce"]?.string == nonce else {
      throw VerdictFault(.nonce, "the nonce is not this call's: it must be copied from the instructions")
    }
  }

  static func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ view: JSONView?, _ name: String
  ) throws(VerdictFault) -> Choice {
    if let choice = view?.string.flatMap(Choice.init(rawValue:)) { return choice }
    let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
    throw VerdictFault(.unparsed, "\(name) must be one of \(words)")
  }

  static func text(_ view: JSONView?, _ name: String) throws(VerdictFault) -> String {
    if let text = view?.string { return text }
    throw VerdictFault(.unparsed, "\(name) must be a text")
  }

  static func list(_ view: JSONView?, _ name: String) throws(VerdictFault) -> [JSONView] {
    guard let view, view.isArray, view.elements.count <= 100 else {
      throw VerdictFault(.unparsed, "\(name) must be a short list")
    }
    return view.elements
  }

  static func pair(_ view: JSONView?, _ name: String) throws(VerdictFault) -> (JSONView, JSONView) {
    guard let view else { throw VerdictFault(.unparsed, "\(name) is missing") }
    try members(view, ["r1", "r2"])
    guard let r1 = view["r1"], let r2 = view["r2"] else { throw VerdictFault(.unparsed, "\(name) is missing") }
    return (r1, r2)
  }

  static func share(_ view: JSONView?, _ name: String) throws(VerdictFault) -> Double {
    guard let share = view?.double, (0...1).contains(share) else {
      throw VerdictFault(.unparsed, "\(name) must be a number from 0 to 1")
    }
    return share
  }

  static func fit(_ view: JSONView?) throws(VerdictFault) -> Int {
    guard let fit = view?.int, (0...10).contains(fit) else {
      throw VerdictFault(.unparsed, "fit must be a whole number from 0 to 10")
    }
    return fit
  }
}
