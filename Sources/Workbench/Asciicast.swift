import Core
import Engine
import Terminal

/// A replay as a terminal recording (asciicast version 2): the workbench's own frames, thirty a second at the most, with only the
/// rows that changed. https://docs.asciinema.org/manual/asciicast/v2/
public struct Asciicast: Sendable {
  private static let step: Int64 = 33_000_000
  private static let mostFrames: Int64 = 100_000
  /// The last frame stays on.
  private static let rest: Int64 = 2_000_000_000

  /// The file's lines.
  public private(set) var lines: [String]

  /// - Parameter speed: how many times as fast as it was.
  @MainActor
  public init(_ session: Session, _ replay: Replay, width: Int, height: Int, theme: Theme, speed: Double) {
    var state = State(session: session)
    (state.screen.width, state.screen.height) = (width, height)
    let layouts = Layouts()
    let header: JSON = [
      "version": 2, "width": .int(width), "height": .int(height), "timestamp": .int(session.created),
      "title": .string(VisibleText.line(sessionTitle(replay.turn.prompt))), "env": ["TERM": "xterm-256color"],
    ]
    lines = [header.serialized()]
    // The clock of the lanes must not stand at zero: that is "never".
    let start: Int64 = 1_000_000_000
    _ = update(&state, .tick(start, date: session.created))
    _ = update(&state, .replay(replay))
    var shown: Frame?
    var clock: Int64 = 0
    // A turn of days is not drawn ten times a second.
    let step = max(1_000_000, Int64(saturating: Double(Self.step) * speed), replay.end / Self.mostFrames)
    while true {
      let (frame, extents) = view(state, layouts)
      state.desk.extents = extents
      let output = Self.difference(shown, frame, theme)
      if !output.isEmpty { append(output, at: Double(clock) / 1e9 / speed) }
      shown = frame
      guard clock < replay.end else { break }
      clock = min(replay.end, clock + step)
      _ = update(&state, .tick(start + clock, date: session.created))
    }
    append("\u{1B}[0m\u{1B}[?25h", at: Double(clock) / 1e9 / speed + Double(Self.rest) / 1e9)
  }

  private mutating func append(_ output: String, at seconds: Double) {
    let event: JSON = [.number(decimalText(seconds, places: 6)), "o", .string(output)]
    lines.append(event.serialized())
  }

  private static func difference(_ old: Frame?, _ new: Frame, _ theme: Theme) -> String {
    var out = old == nil ? "\u{1B}[?25l\u{1B}[2J" : ""
    for y in 0..<new.height {
      let row = new.cells[(y * new.width)..<((y + 1) * new.width)]
      if let old, old.cells[(y * new.width)..<((y + 1) * new.width)] == row { continue }
      out += "\u{1B}[\(y + 1);1H"
      var style: Style?
      for cell in row {
        if cell.style != style { out += sequence(cell.style, theme) }
        style = cell.style
        out += cell.text
      }
    }
    return out
  }

  private static func sequence(_ style: Style, _ theme: Theme) -> String {
    let look = theme.look(style.role)
    var codes = ["0"]
    if look.isBold || style.isBold { codes.append("1") }
    if look.isDim { codes.append("2") }
    if style.isItalic { codes.append("3") }
    if style.isUnderlined { codes.append("4") }
    if look.isReversed || style.isReversed { codes.append("7") }
    if let color = look.foreground { codes.append("38;2;\(color.red);\(color.green);\(color.blue)") }
    if let color = look.background { codes.append("48;2;\(color.red);\(color.green);\(color.blue)") }
    return "\u{1B}[\(codes.joined(separator: ";"))m"
  }
}
