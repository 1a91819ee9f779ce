import Core
import Store
import Workbench

/// The lanes of a turn on one time axis, as drawings in the page: waiting, thinking, answering, each chunk as a tick. The words
/// stand beside the drawings, so that they keep their size on a narrow screen.
struct TimelineHTML {
  let part: ExportedSession.Part

  /// Units of a drawing's width.
  private static let width: Int64 = 1000

  private struct Span {
    var answer: StoredAnswer
    var firstToken: Int64?
    var firstAnswer: Int64?
    var end: Int64

    init(_ answer: StoredAnswer) {
      let timing = answer.response.timing
      self.answer = answer
      (firstToken, firstAnswer) = (timing.firstToken, timing.firstAnswer)
      end = timing.end ?? timing.firstByte ?? 0
    }
  }

  /// Empty when nothing has a time.
  var text: String {
    let spans = part.responses.compactMap { part.answer($0.lane) }.map(Span.init)
    let total = spans.map(\.end).max() ?? 0
    guard total > 0 else { return "" }
    let marks = Self.marks(total)
    var out = "<div class=\"time\">"
    for span in spans { out += row(span, total, marks) }
    out += "<span class=\"none\"></span><div class=\"axis\" aria-hidden=\"true\">"
    for mark in marks {
      out += "<span style=\"left:\(Self.percent(mark, total))%\">\(mark == 0 ? "0" : Readable.duration(mark))</span>"
    }
    out += "</div><span></span></div>"
    let isCut = spans.contains { $0.firstAnswer != nil && !$0.answer.response.state.isFinish }
    return out + Self.legend(isCut: isCut)
  }

  private static func legend(isCut: Bool) -> String {
    func sample(_ color: String, _ word: String, isMark: Bool = false) -> String {
      "<span><i\(isMark ? " class=\"bar\"" : "") style=\"background:var(--\(color))\"></i>\(word)</span> "
    }
    return "<p class=\"legend\">" + sample("wait", "waiting") + sample("think", "thinking")
      + sample("answer", "answering")
      + (isCut ? sample("bad", "answering, but not to its end") : "") + sample("first", "TTFT", isMark: true)
      + sample("text", "TTFO", isMark: true) + "<span>ticks: chunks</span></p>\n"
  }

  private func row(_ span: Span, _ total: Int64, _ marks: [Int64]) -> String {
    let response = span.answer.response
    let name = HTMLText.escaped("\(response.lane + 1) \(response.model.text)")
    func x(_ time: Int64) -> Int64 { min(Self.width, max(0, time) * Self.width / total) }
    func bar(_ style: String, _ from: Int64, _ to: Int64, _ y: Int, _ height: Int) -> String {
      guard to > from else { return "" }
      return
        "<rect class=\"\(style)\" x=\"\(x(from))\" y=\"\(y)\" width=\"\(max(1, x(to) - x(from)))\" height=\"\(height)\"/>"
    }
    let first = min(span.firstToken ?? span.end, span.end)
    let answer = min(span.firstAnswer ?? span.end, span.end)
    var drawing = "<path class=\"grid\" d=\"" + marks.map { "M\(x($0)) 0V20" }.joined() + "\"/>"
    drawing += bar("wait", 0, first, 6, 3)
    drawing += bar("think", first, answer, 4, 7)
    drawing += bar(response.state.isFinish ? "done" : "cut", answer, span.end, 4, 7)
    // One tick for all chunks of one place.
    let places = Set(span.answer.arrivals.map { x($0.microseconds * 1000) }).sorted()
    if !places.isEmpty { drawing += "<path class=\"ticks\" d=\"" + places.map { "M\($0) 15v4" }.joined() + "\"/>" }
    if span.firstToken != nil { drawing += "<path class=\"mark\" d=\"M\(x(first)) 1V14\"/>" }
    if span.firstAnswer != nil, answer != first { drawing += "<path class=\"mark ttfo\" d=\"M\(x(answer)) 1V14\"/>" }
    return """
      <span class="name">\(name)</span><svg viewBox="0 0 \(Self.width) 20" preserveAspectRatio="none" role="img" \
      aria-label="\(Self.words(span))">\(drawing)</svg><span class="quiet">\(span.end > 0 ? Readable.duration(span.end) : response.state.rawValue)</span>
      """
  }

  private static func words(_ span: Span) -> String {
    let times = [("TTFT", span.firstToken), ("TTFO", span.firstAnswer), ("end", Optional(span.end))]
    let words = times.compactMap { name, time in time.map { "\(name) \(Readable.duration($0))" } }.joined(
      separator: ", ")
    return HTMLText.escaped("lane \(span.answer.response.lane + 1): \(words), \(span.answer.arrivals.count) chunks")
  }

  /// Round times, at most six of them.
  private static func marks(_ total: Int64) -> [Int64] {
    var unit: Int64 = 1_000_000
    while true {
      for factor: Int64 in [1, 2, 5] where total / (unit * factor) < 5 {
        return stride(from: 0, through: total, by: Int(unit * factor)).map(\.self)
      }
      unit *= 10
    }
  }

  private static func percent(_ time: Int64, _ total: Int64) -> String {
    decimalText(Double(time) * 100 / Double(total), places: 1)
  }
}
