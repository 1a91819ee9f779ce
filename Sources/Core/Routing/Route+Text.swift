extension Route {
  /// As the config has it, on one line: what is read back as this route.
  public var text: String {
    switch self {
    case .lane(let lane): yamlText(lane.text)
    case .named(let name): yamlText(name)
    case .pick(let pick):
      Self.map([
        ("pick", pick.goal.rawValue), ("from", Self.list(pick.candidates)),
        ("max_ttfo_ms", pick.mostFirstAnswer.map(Self.milliseconds)),
      ])
    case .fallback(let routes): Self.map([("fallback", Self.list(routes))])
    case .race(let routes, let hedge):
      Self.map([
        ("race", Self.list(routes)), ("rule", RaceRule.firstToken.rawValue), ("hedge_ms", hedge.map(Self.milliseconds)),
      ])
    case .split(let split): split.text
    case .mirror(let mirror):
      Self.map([
        ("serve", mirror.serve.text), ("shadow", Self.list(mirror.shadows)), ("sample", decimalText(mirror.sample)),
      ])
    }
  }

  fileprivate static func map(_ members: [(name: String, value: String?)]) -> String {
    "{" + members.compactMap { name, value in value.map { "\(name): \($0)" } }.joined(separator: ", ") + "}"
  }

  private static func list(_ routes: [Route]) -> String { "[" + routes.map(\.text).joined(separator: ", ") + "]" }

  private static func milliseconds(_ nanoseconds: Int64) -> String { decimalText(Double(nanoseconds) / 1e6) }
}

extension Route.Split {
  fileprivate var text: String {
    Route.map([
      ("split", Route.map(arms.map { ($0.route.text, decimalText($0.weight)) })), ("sticky", isSticky ? "user" : nil),
      ("judge", judge.map { Route.map([("model", yamlText($0.text)), ("sample", decimalText(sample))]) }),
      ("seed", seed == 0 ? nil : String(seed)),
    ])
  }
}

/// A text as YAML has it between brackets or before a colon: quoted when it could be read as anything else.
public func yamlText(_ text: String) -> String {
  let isPlain = text.utf8.allSatisfy { byte in
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "-"),
      UInt8(ascii: "_"):
      true
    default: false
    }
  }
  let words = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"]
  if isPlain, let first = text.first, first.isLetter, !words.contains(text.lowercased()) { return text }
  // A JSON string is a YAML string.
  return JSON.string(text).serialized()
}
