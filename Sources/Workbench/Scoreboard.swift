import Core
import Judging

/// The table of a turn: one row a lane, the same on the screen and headless. Columns are this list.
public enum Scoreboard {
  public enum Column: String, CaseIterable, Sendable {
    case number = "#", model, state, ttft = "TTFT", ttfo = "TTFO", end, speed = "tok/s", input = "in", output = "out",
      cost, fit, marks

    /// On the screen, in words that need no trade; headless and in files it has its short name.
    var title: String {
      switch self {
      case .ttft: "first token"
      case .ttfo: "first word"
      case .speed: "tokens/s"
      case .number, .model, .state, .end, .input, .output, .cost, .fit, .marks: rawValue
      }
    }

    public var isNumeric: Bool { ![.model, .state, .marks].contains(self) }
  }

  /// How the rows are sorted.
  public struct Order: Equatable, Sendable {
    public var column = Column.number
    public var isReversed = false

    public init() {}

    /// The next column, from left to right and around.
    mutating func advance() {
      let all = Column.allCases
      let index = all.firstIndex(of: column) ?? 0
      column = all[(index + 1) % all.count]
      isReversed = false
    }
  }

  /// Rows without a value for the column stay at the end, whichever way it is sorted; equals keep their lane order.
  public static func sorted(_ responses: [Response], by order: Order) -> [Response] {
    func before(_ a: Response, _ b: Response) -> Bool {
      switch (sortKey(a, order.column), sortKey(b, order.column)) {
      case (let x?, let y?): x == y ? a.lane < b.lane : (x < y) != order.isReversed
      case (.some, nil): true
      case (nil, .some): false
      case (nil, nil): a.lane < b.lane
      }
    }
    if order.column == .model || order.column == .state {
      func text(_ response: Response) -> String {
        order.column == .model ? response.model.text : response.state.rawValue
      }
      return responses.sorted { a, b in
        text(a) == text(b) ? a.lane < b.lane : (text(a) < text(b)) != order.isReversed
      }
    }
    return responses.sorted(by: before)
  }

  /// Fast first, cheap first: what one looks for comes on top.
  private static func sortKey(_ response: Response, _ column: Column) -> Double? {
    switch column {
    case .number: Double(response.lane)
    case .model, .state, .marks: nil
    case .ttft: response.timing.firstToken.map(Double.init)
    case .ttfo: response.timing.firstAnswer.map(Double.init)
    case .end: response.state.isOver ? response.timing.end.map(Double.init) : nil
    case .speed: speed(response).map { -$0 }
    case .input: Double(response.usage.input)
    case .output: Double(response.usage.output)
    case .cost: response.costSoFar.map { Double($0.picoDollars) }
    case .fit: nil
    }
  }

  /// The columns of a table: fits are shown once a judge has given one, marks once somebody has compared the answers.
  public static func columns(hasFits: Bool, hasMarks: Bool) -> [Column] {
    Column.allCases.filter { ($0 != .fit || hasFits) && ($0 != .marks || hasMarks) }
  }

  /// Texts of one lane's row, by column.
  /// - Parameter fit: 0 to 10, from a judge.
  public static func row(
    _ response: Response, place: Int?, fit: Double? = nil, marks: TurnMarks? = nil
  ) -> [Column: String] {
    let timing = response.timing
    let isOver = response.state.isOver
    func duration(_ nanoseconds: Int64?) -> String {
      nanoseconds.map(Readable.duration) ?? (isOver ? "–" : "…")
    }
    return [
      .number: String(response.lane + 1),
      .model: Lane(model: response.model, parameters: response.parameters).text,
      .state: response.state.rawValue + (place.map { " \(Readable.ordinal($0))" } ?? ""),
      .ttft: duration(timing.firstToken),
      .ttfo: duration(timing.firstAnswer),
      .end: isOver ? duration(timing.end) : "…",
      .speed: isOver ? speed(response).map { Readable.rate($0) } ?? "–" : "…",
      .input: isOver ? count(response.usage.input, response) : "…",
      .output: isOver ? count(response.usage.output, response) : "…",
      .cost: cost(response),
      .fit: fit.map(Readable.fit) ?? "–",
      .marks: marks?.marks(response.lane).map(\.rawValue).joined(separator: " ") ?? "",
    ]
  }

  /// The cost, while it runs an estimate of what has come so far: the input by its length, the output by the running count.
  static func cost(_ response: Response) -> String {
    if response.isSimulated { return "simulated" }
    if response.state.isOver || response.cost.status == .free { return Readable.cost(response.cost) }
    if response.state == .queued { return "…" }
    return response.costSoFar.map { "~" + $0.screenText } ?? "?"
  }

  public static func speed(_ response: Response) -> Double? { response.tokensPerSecond }

  private static func count(_ tokens: Int, _ response: Response) -> String {
    response.usage.source == .estimated && tokens > 0 ? "~\(tokens)" : "\(tokens)"
  }

  /// Lanes that crossed the line, by when they did: place 1 first. The winner of the rule, if any, comes before all; where a check
  /// decides and none has passed it, there are no places.
  public static func places(_ responses: [Response], winner: Int?, rule: RaceRule) -> [Int: Int] {
    if rule.examines, winner == nil { return [:] }
    let finishers = responses.filter { $0.state.isFinish || ($0.lane == winner && !$0.state.isOver) }.sorted { a, b in
      if (a.lane == winner) != (b.lane == winner) { return a.lane == winner }
      return (a.timing.end ?? .max, a.lane) < (b.timing.end ?? .max, b.lane)
    }
    return Dictionary(uniqueKeysWithValues: finishers.enumerated().map { ($1.lane, $0 + 1) })
  }
}

/// Numbers as people read them.
public enum Readable {
  /// Nanoseconds as `41ms`, `2.9s` or `3m05s`; those that no call takes as the nearest that one can.
  public static func duration(_ nanoseconds: Int64) -> String {
    let nanoseconds = nanoseconds.clamped(to: -Bounds.durations.upperBound...Bounds.durations.upperBound)
    let milliseconds = (nanoseconds + 500_000) / 1_000_000
    if milliseconds < 1000 { return "\(milliseconds)ms" }
    let tenths = (nanoseconds + 50_000_000) / 100_000_000
    if tenths < 600 { return "\(tenths / 10).\(tenths % 10)s" }
    let seconds = (nanoseconds + 500_000_000) / 1_000_000_000
    return "\(seconds / 60)m\(seconds % 60 < 10 ? "0" : "")\(seconds % 60)s"
  }

  /// `8.5`, `8`.
  public static func fit(_ value: Double) -> String { decimalText((value * 10).rounded() / 10) }

  public static func rate(_ perSecond: Double) -> String {
    perSecond < 10 ? "\((perSecond * 10).rounded() / 10)" : "\(Int(saturating: min(perSecond, 1e9).rounded()))"
  }

  /// `free`, `?` when no price is known (never $0), `~` before an estimate, `≥` before a lower bound.
  public static func cost(_ cost: Cost) -> String {
    switch cost.status {
    case .free: "free"
    case .unknown: "?"
    case .exact: cost.amount?.screenText ?? "?"
    case .estimated: approximate("~", cost.amount)
    case .partial: approximate("≥", cost.amount)
    }
  }

  /// A sum of known costs: `$0.02`, `$0.02 + ?` when others are not known, `?` when none is.
  public static func total(_ known: Money, hasUnknown: Bool) -> String {
    guard hasUnknown else { return known.screenText }
    return known == .zero ? "?" : "\(known.screenText) + ?"
  }

  /// What is below the smallest figure shown says so by itself.
  private static func approximate(_ mark: String, _ amount: Money?) -> String {
    guard let text = amount?.screenText else { return mark + "?" }
    return text.hasPrefix("<") ? mark == "≥" ? "≥$0" : text : mark + text
  }

  /// `1 lane`, `3 lanes`.
  public static func count(_ number: Int, _ noun: String, _ plural: String? = nil) -> String {
    "\(number) \(number == 1 ? noun : plural ?? noun + "s")"
  }

  /// `512`, `12.3k`, `4.1M`.
  public static func tokens(_ count: Int) -> String {
    if count < 1000 { return "\(count)" }
    let (unit, name) = count < 999_950 ? (1000.0, "k") : (1_000_000.0, "M")
    return decimalText(Double(count) / unit, places: 1) + name
  }

  /// `312 B`, `12 kB`, `3.4 MB`.
  public static func bytes(_ count: Int) -> String {
    if count < 1000 { return "\(count) B" }
    if count < 1_000_000 { return "\((count + 500) / 1000) kB" }
    return "\(count / 1_000_000).\(count / 100_000 % 10) MB"
  }

  public static func ordinal(_ place: Int) -> String {
    switch place {
    case 1: "1st"
    case 2: "2nd"
    case 3: "3rd"
    default: "\(place)th"
    }
  }
}
