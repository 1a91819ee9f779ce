import Core
import Terminal

/// The turn on one time axis: waiting, thinking and answering of every lane as bars.
enum TimelinePane {
  /// As tall as the scoreboard, and shown on the same terms.
  static func height(_ state: State) -> Int {
    guard !state.responses.isEmpty, state.screen.height >= ScoreboardPane.leastHeight(state) else { return 0 }
    return state.responses.count + 1
  }

  private enum Phase { case waiting, thinking, answering, none }

  static func draw(_ state: State, _ area: Area, _ frame: inout Frame) {
    let nameWidth = min(28, max(13, area.width / 4 + 1))
    let left = nameWidth + 4
    drawLegend(Area(x: area.x + 1, y: area.y, width: left - 1, height: 1), state, &frame)
    for (index, response) in state.responses.enumerated() {
      let y = area.y + 1 + index
      frame.put("\(response.lane + 1)", x: area.x + 1, y: y, Style(.lane(response.lane), bold: true))
      let name = TextWidth.fitted(VisibleText.line(response.model.text), columns: nameWidth)
      frame.put(name, x: area.x + 3, y: y, Style(response.lane == state.focus ? .strong : .text))
    }
    let bars = Area(x: area.x + left, y: area.y, width: area.width - left, height: area.height)
    drawBars(of: state.responses, state, bars, &frame)
  }

  /// An axis, and below it a row for each of these with its seconds behind it.
  static func drawBars(of responses: [Response], _ state: State, _ area: Area, _ frame: inout Frame) {
    let spans = responses.map { span($0, state) }
    let total = max(1, spans.map(\.end).max() ?? 1)
    let bar = Area(x: area.x, y: area.y, width: area.width - 10, height: area.height)
    guard bar.width > 4 else { return }
    drawAxis(total, bar, &frame)
    for (index, response) in responses.enumerated() {
      let y = area.y + 1 + index
      for column in 0..<bar.width {
        let phase = phase(at: Int64(column) * total / Int64(bar.width), spans[index])
        guard phase != .none else { break }
        let (mark, role) = look(phase, response.state, state.screen.borders.isASCII)
        frame.put(mark, x: bar.x + column, y: y, Style(role == .good ? .lane(response.lane) : role))
      }
      frame.put(Readable.duration(spans[index].end), x: bar.x + bar.width + 1, y: y, Style(.quiet))
    }
  }

  private static func drawLegend(_ area: Area, _ state: State, _ frame: inout Frame) {
    var x = area.x
    for (phase, word) in [(Phase.waiting, "wait"), (.thinking, "think"), (.answering, "answer")] {
      let (mark, role) = look(phase, .answering, state.screen.borders.isASCII)
      guard x + word.count + 2 < area.x + area.width else { break }
      x += frame.put(mark, x: x, y: area.y, Style(role)) + 1
      x += frame.put(word, x: x, y: area.y, Style(.quiet)) + 1
    }
  }

  private static func drawAxis(_ total: Int64, _ bar: Area, _ frame: inout Frame) {
    let step = step(total, columns: bar.width)
    var time: Int64 = 0
    while time <= total {
      let column = Int(time * Int64(bar.width) / total)
      let text = time == 0 ? "0" : Readable.duration(time)
      if column + text.count <= bar.width + 8 { frame.put(text, x: bar.x + column, y: bar.y, Style(.quiet)) }
      time += step
    }
  }

  /// A round step that leaves at least ten columns between the marks.
  private static func step(_ total: Int64, columns: Int) -> Int64 {
    let least = total * 10 / Int64(max(10, columns))
    var unit: Int64 = 1_000_000
    while true {
      for factor: Int64 in [1, 2, 5] where unit * factor >= least { return unit * factor }
      unit *= 10
    }
  }

  private struct Span {
    var firstToken: Int64?
    var firstAnswer: Int64?
    var end: Int64
  }

  /// A running lane reaches up to now.
  private static func span(_ response: Response, _ state: State) -> Span {
    let timing = response.timing
    let now = state.race.sentAt[response.lane].map { max(0, state.moment.now - $0) } ?? 0
    let end = response.state.isOver ? timing.end ?? timing.firstByte ?? 0 : max(now, timing.end ?? 0)
    return Span(firstToken: timing.firstToken, firstAnswer: timing.firstAnswer, end: end)
  }

  private static func phase(at time: Int64, _ span: Span) -> Phase {
    if time >= span.end { return .none }
    if let answer = span.firstAnswer, time >= answer { return .answering }
    if let token = span.firstToken, time >= token { return .thinking }
    return .waiting
  }

  private static func look(_ phase: Phase, _ state: ResponseState, _ isASCII: Bool) -> (String, Role) {
    switch phase {
    case .waiting: (isASCII ? "." : "·", .quiet)
    case .thinking: (isASCII ? "~" : "┅", .reasoning)
    case .answering: (isASCII ? "#" : "━", state.isOver && !state.isFinish ? state.role : .good)
    case .none: (" ", .text)
    }
  }
}
