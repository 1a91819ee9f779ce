import Core
import Terminal

/// Sessions that are ticked, side by side: of each the turn that was found, or the last.
struct SessionsCompared: Layer {
  /// More would be too narrow to read.
  static let most = 4

  private let sessions: [SessionSummary]
  private(set) var previews: [String: SessionPreview] = [:]
  /// Rows that all of them are scrolled by.
  private(set) var offset = 0

  init(_ sessions: [SessionSummary]) { self.sessions = Array(sessions.prefix(Self.most)) }

  func places(_ state: State) -> [KeyPlace] { [.reading, .window] }

  func opened(_ state: State) -> [Command] {
    sessions.map { .inquire(PreviewInquiry(session: $0.id, turn: $0.hit?.turn, words: [])) }
  }

  mutating func hear(_ answer: any Sendable, _ state: State) -> [Command] {
    guard let preview = answer as? SessionPreview, sessions.contains(where: { $0.id == preview.session }) else {
      return []
    }
    previews[preview.session] = preview
    return []
  }

  mutating func move(_ step: Step, _ state: State) -> [Command] {
    offset = max(0, min(10_000, offset + step.rows(height: state.screen.height - 6)))
    return []
  }

  func draw(_ state: State, _ layouts: Layouts, _ frame: inout Frame) {
    let area = WindowPane.draw(
      state, width: state.screen.width, height: state.screen.height - 2, title: "Compared", &frame)
    for (index, session) in sessions.enumerated() {
      let (start, end) = (area.width * index / sessions.count, area.width * (index + 1) / sessions.count)
      let words = "\(localTime(session.created)) \(VisibleText.line(session.name))"
      frame.put(
        TextWidth.fitted(words, columns: end - start - 3), x: area.x + start + 2, y: area.y, Style(.title, bold: true))
      SessionPreviewPane.draw(
        previews[session.id],
        Area(x: area.x + start - 1, y: area.y + 1, width: end - start, height: area.height - 1), offset: offset, state,
        &frame)
    }
  }
}
