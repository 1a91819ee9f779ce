import Core
import Terminal

/// The screen as a value. Besides the frame it tells how long each pane's text is, which scrolling needs to know.
public func view(_ state: State, _ layouts: Layouts) -> (frame: Frame, extents: [Int: State.Extent]) {
  var frame = Frame(width: state.screen.width, height: state.screen.height)
  guard !state.isTooSmall else {
    drawTooSmall(state, &frame)
    return (frame, [:])
  }
  layouts.begin(session: state.session.id)
  let prompt = PromptPane(state: state, layouts)
  // Beside the lanes where they leave room, else below.
  let side = LanesPane.sideWidth(state)
  let boardHeight = side > 0 ? 0 : boardHeight(state)
  let lanesHeight = state.screen.height - 2 - prompt.height - boardHeight
  HeaderPane.draw(state, &frame)
  let lanesArea = Area(x: 0, y: 1, width: state.screen.width - side, height: lanesHeight)
  let extents =
    state.isComparing
    ? BlindPane.draw(state, lanesArea, layouts, &frame) : LanesPane.draw(state, lanesArea, layouts, &frame)
  if side > 0 {
    drawBoards(state, Area(x: state.screen.width - side, y: 1, width: side, height: lanesHeight), &frame)
  } else if boardHeight > 0 {
    let area = Area(x: 0, y: 1 + lanesHeight, width: state.screen.width, height: boardHeight)
    if state.isComparing {
      BlindPane.drawVote(state, area, &frame)
    } else {
      switch state.desk.panel {
      case .timeline: TimelinePane.draw(state, area, &frame)
      case .verdicts: VerdictPane.draw(state, area, &frame)
      case .scoreboard, .none: ScoreboardPane.draw(state, area, &frame)
      }
    }
  }
  prompt.draw(Area(x: 0, y: 1 + lanesHeight + boardHeight, width: state.screen.width, height: prompt.height), &frame)
  FooterPane.draw(state, extents, y: state.screen.height - 1, &frame)
  if let selection = state.desk.selection, let area = extents[selection.lane]?.area {
    for y in area.y..<(area.y + area.height) {
      frame.mark(selection.columns(y: y, in: area), y: y, Style(.selection))
    }
  }
  for layer in state.layers.all { layer.draw(state, layouts, &frame) }
  if state.screen.borders.isASCII { frame.replace(Borders.standIns) }
  return (frame, extents)
}

/// Scoreboard and timeline one above the other, where there is a column for them.
private func drawBoards(_ state: State, _ area: Area, _ frame: inout Frame) {
  let rows = state.responses.count + 1
  guard state.desk.panel != .none, rows > 1, area.height > rows else { return }
  ScoreboardPane.draw(state, Area(x: area.x, y: area.y + 1, width: area.width, height: rows), &frame)
  guard area.height > 2 * rows + 3 else { return }
  TimelinePane.draw(state, Area(x: area.x, y: area.y + rows + 3, width: area.width, height: rows), &frame)
}

/// Rows of what stands below the lanes.
private func boardHeight(_ state: State) -> Int {
  if state.isComparing { return BlindPane.voteHeight }
  return switch state.desk.panel {
  case .timeline: TimelinePane.height(state)
  case .verdicts: VerdictPane.height(state)
  case .scoreboard, .none: ScoreboardPane.height(state)
  }
}

private func drawTooSmall(_ state: State, _ frame: inout Frame) {
  var wrapped = WrappedText(width: state.screen.width)
  wrapped.update(
    "Furlong needs 60×16 cells; this window has \(state.screen.width)×\(state.screen.height). Make it larger, or use: furlong race"
  )
  for (y, line) in wrapped.lines.enumerated() { frame.put(line, x: 0, y: y) }
}

extension Borders {
  /// For what is left beyond ASCII in our own words; answers lose nothing that such a terminal could show.
  static let standIns = [
    "…": "~", "↑": "^", "↓": "v", "←": "<", "→": ">", "·": "-", "–": "-", "‘": "'", "’": "'", "×": "x", "≥": ">",
    "‹": "<", "›": ">",
  ]
}

/// The marks that are not letters, with stand-ins for terminals without them.
extension Borders {
  var isASCII: Bool { self == .ascii }
  var prompt: String { isASCII ? ">" : "›" }
  var folded: String { isASCII ? "+" : "▸" }
  var opened: String { isASCII ? "-" : "▾" }
  var dot: String { isASCII ? "-" : "·" }
  var failed: String { isASCII ? "!" : "✗" }
  var up: String { isASCII ? "^" : "↑" }
  var down: String { isASCII ? "v" : "↓" }
  var file: String { isASCII ? "+" : "▪" }
  var pin: String { isASCII ? "*" : "◆" }
  var ellipsis: String { isASCII ? "..." : "…" }
  var judge: String { isASCII ? "j" : "★" }
  var picked: String { isASCII ? "y" : "♥" }
  /// Picked with its name in view.
  var openPick: String { isASCII ? "p" : "♡" }
  var progress: String { isASCII ? "=" : "━" }
  var thumb: String { isASCII ? "#" : "┃" }
}

extension ResponseState {
  /// How a state word is coloured: quiet while nothing happens, busy while it does, then good, warning or bad.
  var role: Role {
    switch self {
    case .queued, .connecting, .waiting, .stopped: .quiet
    case .thinking, .answering: .busy
    case .done: .good
    case .truncated, .refused, .cut: .warning
    case .failed: .bad
    }
  }
}
