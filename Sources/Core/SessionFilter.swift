/// Which sessions a person wants to see: words to look for, and conditions that must all hold.
public struct SessionFilter: Equatable, Sendable {
  /// As typed; see `SearchWords`.
  public var text = ""
  /// Whether reasoning is looked through too.
  public var includesReasoning = false
  /// Parts of models' names.
  public var models: [String] = []
  /// Beginnings of providers' names.
  public var providers: [String] = []
  public var tags: [String] = []
  /// Seconds since 1970; the second is the first moment no longer wanted.
  public var since: Int64?
  public var until: Int64?
  /// On the sum of the known costs.
  public var leastCost: Money?
  public var mostCost: Money?
  /// At least one answer ended so.
  public var states: [ResponseState] = []
  /// Answers that share few words; see `Disagreement.threshold`.
  public var isDisagreed = false
  /// Calls through the gateway, in place of what people raced.
  public var isOfGateway = false

  public init() {}

  public var words: SearchWords { SearchWords(parsing: text) }

  /// Whether anything but the words is asked for.
  public var hasConditions: Bool {
    var bare = SessionFilter()
    (bare.text, bare.includesReasoning) = (text, includesReasoning)
    return self != bare
  }
}

extension SessionFilter {
  /// A line with conditions among the words: `tides model:gpt since:7d cost:>0.01 state:failed disagreed`. A condition in
  /// quotes is looked for as text.
  /// - Parameter faults: what could not be read, each a short sentence; it is left out.
  public init(line: String, now: Int64, faults: inout [String]) {
    let words = SearchWords.tokens(of: line).map(\.text).filter { !take($0, now, &faults) }
    text = words.joined(separator: " ")
  }

  /// - Returns: whether it was a condition.
  private mutating func take(_ token: String, _ now: Int64, _ faults: inout [String]) -> Bool {
    switch token {
    case "disagreed":
      isDisagreed = true
      return true
    case "reasoning":
      includesReasoning = true
      return true
    default: break
    }
    guard let colon = token.firstIndex(of: ":"), let name = Condition(rawValue: String(token[..<colon])) else {
      return false
    }
    let value = String(token[token.index(after: colon)...].filter { $0 != "\"" })
    // Not typed yet.
    if value.isEmpty || value == ">" || value == "<" { return true }
    if let fault = set(name, value, now) { faults.append(fault) }
    return true
  }

  /// The conditions that can be typed; the command's options have the same names.
  public enum Condition: String, CaseIterable, Sendable {
    case model, provider, tag, since, until, cost, state
  }

  /// - Returns: what is wrong with the value.
  private mutating func set(_ condition: Condition, _ value: String, _ now: Int64) -> String? {
    switch condition {
    case .model: models.append(value)
    case .provider: providers.append(value)
    case .tag: tags.append(value)
    case .since:
      guard let date = DayText.start(value, now: now) else { return Self.dateFault }
      since = date
    case .until:
      guard let date = DayText.end(value, now: now) else { return Self.dateFault }
      until = date
    case .cost:
      let digits = value.drop { $0 == ">" || $0 == "<" || $0 == "=" }
      guard let amount = Money(decimal: String(digits)) else { return "cost: >0.01 or <1, in US dollars" }
      if value.hasPrefix("<") { mostCost = amount } else { leastCost = amount }
    case .state:
      guard let state = Self.state(value) else { return Self.stateFault }
      states.append(state)
    }
    return nil
  }

  public static let dateFault = "a date is 2026-11-25, today, yesterday or 7d"
  public static let stateFault =
    "a state is " + ResponseState.allCases.filter(\.isOver).map(\.rawValue).joined(separator: ", ")

  /// How an answer can have ended; its beginning will do.
  public static func state(_ text: String) -> ResponseState? {
    let ends = ResponseState.allCases.filter(\.isOver)
    return ends.first { $0.rawValue == text } ?? ends.first { $0.rawValue.hasPrefix(text.lowercased()) }
  }
}
