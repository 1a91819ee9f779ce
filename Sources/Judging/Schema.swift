import Core

/// JSON Schema in the subset that every provider's strict mode takes: flat, all members required, no others. With a nonce it is
/// bounded as well: lengths, counts, and the values that only one call can have.
struct Schema {
  var nonce: String?

  private var isBounded: Bool { nonce != nil }

  var nonceField: JSON { nonce.map { ["type": "string", "enum": [.string($0)]] } ?? ["type": "string"] }
  var flag: JSON { ["type": "boolean"] }
  var fit: JSON { ["type": "integer", "enum": .array((0...10).map { .int($0) })] }

  var share: JSON {
    guard isBounded else { return ["type": "number"] }
    return ["enum": .array((0...10).map { .double(Double($0) / 10) })]
  }

  /// - Parameter length: code points, where bounded.
  func text(_ length: Int) -> JSON {
    var schema: JSON = ["type": "string"]
    if isBounded { schema["maxLength"] = .int(length) }
    return schema
  }

  func optionalText(_ length: Int) -> JSON {
    isBounded ? ["anyOf": [text(length), ["type": "null"]]] : ["type": ["string", "null"]]
  }

  func list(_ items: JSON, _ count: ClosedRange<Int>) -> JSON {
    var schema: JSON = ["type": "array", "items": items]
    if isBounded { (schema["minItems"], schema["maxItems"]) = (.int(count.lowerBound), .int(count.upperBound)) }
    return schema
  }

  func choice<Choice: RawRepresentable<String> & CaseIterable>(_: Choice.Type) -> JSON {
    ["type": "string", "enum": .array(Choice.allCases.map { .string($0.rawValue) })]
  }

  func object(_ members: [(String, JSON)]) -> JSON {
    [
      "type": "object", "properties": .object(members.map { JSON.Member(name: $0.0, value: $0.1) }),
      "required": .array(members.map { .string($0.0) }), "additionalProperties": false,
    ]
  }

  /// A criterion of the brief.
  func id(_ brief: Brief?) -> JSON {
    guard let brief, !brief.criteria.isEmpty else { return ["type": "string"] }
    return ["type": "string", "enum": .array(brief.criteria.map { .string($0.id) })]
  }

  /// One mark for each criterion.
  func marks(_ mark: JSON, _ brief: Brief?) -> JSON {
    let count = brief?.criteria.count ?? 0
    return list(mark, count...count)
  }
}

extension Verdict {
  public static let schema = make(Schema(), nil)
  static func schema(nonce: String, brief: Brief) -> JSON { make(Schema(nonce: nonce), brief) }

  /// Reasons come before the preference, so that a model that thinks as it writes has thought by then.
  private static func make(_ schema: Schema, _ brief: Brief?) -> JSON {
    let mark = schema.object([
      ("id", schema.id(brief)), ("r1", schema.choice(Answer.self)), ("r2", schema.choice(Answer.self)),
    ])
    let error = schema.object([
      ("in", schema.choice(Place.self)), ("quote", schema.text(120)), ("kind", schema.choice(FaultKind.self)),
    ])
    return schema.object([
      ("nonce", schema.nonceField), ("criteria", schema.marks(mark, brief)), ("errors", schema.list(error, 0...2)),
      ("addresses_judge", schema.object([("r1", schema.flag), ("r2", schema.flag)])), ("reason", schema.text(200)),
      ("preference", schema.choice(Preference.self)),
      ("tie_kind", ["type": ["string", "null"], "enum": ["both_good", "both_bad", .null]]),
      ("confidence", schema.share), ("fit", schema.object([("r1", schema.fit), ("r2", schema.fit)])),
    ])
  }
}
