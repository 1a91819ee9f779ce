import Core
import Terminal

/// The columns of the traffic: those that a window has room for, each as wide as its widest text; what was asked for and who
/// answers takes what the others leave.
struct TrafficColumns {
  enum Column: String, CaseIterable {
    case time, state, key, model = "route → model", ttft = "1st token", speed = "tok/s", input = "in", output = "out",
      cost

    var isNumeric: Bool { [.ttft, .speed, .input, .output, .cost].contains(self) }

    /// The inner width from which there is room for it.
    var least: Int {
      switch self {
      case .time, .state, .model, .ttft, .cost: 0
      case .input, .output: 70
      case .key, .speed: 90
      }
    }
  }

  private let columns: [Column]
  private let widths: [Int]
  private let gap: Int
  private let isNarrow: Bool

  init(_ calls: [TrafficCall], hasKeys: Bool, width: Int) {
    columns = Column.allCases.filter { width >= $0.least && ($0 != .key || hasKeys) }
    gap = width < 90 ? 1 : 2
    isNarrow = width < 70
    let rows = calls.map(Self.texts)
    var widths = columns.map { column -> Int in
      let widest = rows.map { TextWidth.of($0[column] ?? "") }.max() ?? 0
      return min(max(TextWidth.of(column.rawValue), widest), column == .key ? 16 : .max)
    }
    if let model = columns.firstIndex(of: .model) {
      let taken = widths.reduce(0, +) - widths[model] + gap * (columns.count - 1)
      widths[model] = max(8, width - taken)
    }
    self.widths = widths
  }

  var header: [Column: String] { Dictionary(uniqueKeysWithValues: columns.map { ($0, $0.rawValue) }) }

  func cells(_ call: TrafficCall) -> [Column: String] {
    var texts = Self.texts(call)
    guard isNarrow, let serving = call.serving else { return texts }
    // Without its provider, where there is little room.
    let model = VisibleText.line(serving.model.model)
    let isAsked = call.route.hasSuffix(serving.model.model)
    texts[.model] = (isAsked ? model : "\(VisibleText.line(call.route)) → \(model)") + Self.place(call, isShort: true)
    return texts
  }

  /// What no column shows.
  func missing(_ call: TrafficCall) -> [String] {
    let texts = Self.texts(call)
    let others = Column.allCases.filter { !columns.contains($0) }.compactMap { column -> String? in
      guard let text = texts[column], !text.isEmpty, text != "–" else { return nil }
      return column == .key ? "key \(text)" : column.isNumeric ? "\(text) \(column.rawValue)" : text
    }
    return others + [call.id]
  }

  private static func texts(_ call: TrafficCall) -> [Column: String] {
    var texts: [Column: String] = [
      .time: localClock(call.created), .state: call.state.rawValue, .key: VisibleText.line(call.key ?? "–"),
      .model: VisibleText.line(call.route) + place(call),
    ]
    guard let serving = call.serving else { return texts }
    let row = Scoreboard.row(serving, place: nil)
    let model = VisibleText.line(serving.model.text)
    if model != call.route { texts[.model] = "\(VisibleText.line(call.route)) → \(model)" + place(call) }
    (texts[.ttft], texts[.speed]) = (row[.ttft], row[.speed])
    (texts[.input], texts[.output]) = (tokens(serving.usage.input, serving), tokens(serving.usage.output, serving))
    texts[.cost] = cost(call, serving)
    return texts
  }

  /// Which of several lanes it is: those before it have failed, or lost.
  private static func place(_ call: TrafficCall, isShort: Bool = false) -> String {
    guard call.lanes > 1, let serving = call.serving else { return "" }
    return isShort ? " \(serving.lane + 1)/\(call.lanes)" : "  \(serving.lane + 1) of \(call.lanes)"
  }

  private static func tokens(_ count: Int, _ response: Response) -> String {
    guard response.state.isOver else { return "…" }
    return (response.usage.source == .estimated && count > 0 ? "~" : "") + Readable.tokens(count)
  }

  /// What all lanes together have cost.
  private static func cost(_ call: TrafficCall, _ serving: Response) -> String {
    if serving.isSimulated { return "simulated" }
    guard !call.isOpen else { return "…" }
    if call.responses.count == 1 { return Readable.cost(serving.cost) }
    return call.responses.allSatisfy { $0.cost.status == .free }
      ? "free" : Readable.total(call.cost, hasUnknown: call.hasUnknownCost).replacing(" + ", with: "+")
  }

  func draw(_ texts: [Column: String], x: Int, y: Int, _ frame: inout Frame, style: (Column) -> Style) {
    var x = x
    for (column, width) in zip(columns, widths) {
      let cell = texts[column] ?? ""
      let text =
        column == .model
        ? TextWidth.fittedInTheMiddle(cell, columns: width) : TextWidth.fitted(cell, columns: width)
      frame.put(text, x: x + (column.isNumeric ? width - TextWidth.of(text) : 0), y: y, style(column))
      x += width + gap
    }
  }
}
