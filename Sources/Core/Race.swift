/// What wins a race. One table: help, completion and parsing come from `allCases`.
public enum RaceRule: String, CaseIterable, Sendable {
  case all, firstToken = "first-token", firstFinish = "first-finish", firstValid = "first-valid"
  case firstGood = "first-good"

  public var explanation: String {
    switch self {
    case .all: "nobody is stopped; the first to finish takes first place"
    case .firstToken: "the first token wins, the others are stopped"
    case .firstFinish: "the first complete answer wins, the others are stopped"
    case .firstGood: "the first complete answer that the judge finds good enough wins, the others are stopped"
    case .firstValid: "the first complete answer that passes the check wins, the others are stopped"
    }
  }
}

extension RaceRule {
  /// Whether an answer must pass something before it wins.
  public var examines: Bool { self == .firstValid || self == .firstGood }
}

/// What makes an answer valid for `first-valid`.
public enum ValidityCheck: Equatable, Sendable {
  case nonempty
  case regex(String)
  case json
  /// A shell command of the person's own; the answer on its standard input, exit status 0 passes, within 10 s.
  case exec(String)

  public static let forms = ["nonempty", "regex:PATTERN", "json", "exec:COMMAND"]

  /// Nil when it is none of `forms`.
  public init?(_ text: String) {
    switch text {
    case "nonempty": self = .nonempty
    case "json": self = .json
    case let text where text.hasPrefix("regex:") && text.utf8.count > 6: self = .regex(String(text.dropFirst(6)))
    case let text where text.hasPrefix("exec:") && text.utf8.count > 5: self = .exec(String(text.dropFirst(5)))
    default: return nil
    }
  }

  /// As one of `forms`.
  public var text: String {
    switch self {
    case .nonempty: "nonempty"
    case .json: "json"
    case .regex(let pattern): "regex:\(pattern)"
    case .exec(let command): "exec:\(command)"
    }
  }
}

/// What happens in a race, in order. Lanes end in any order; `ended` is the last event.
public enum RaceEvent: Equatable, Sendable {
  case lane(Int, ResponseEvent)
  case won(lane: Int)
  /// A judge has read a finished answer.
  case fit(Fit)
  case ended(winner: Int?)
}
