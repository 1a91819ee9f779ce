import CNCurses
import Core

/// The terminal, taken over: draws frames and reads keys. The only place that knows ncurses, which finds out what has changed.
/// Main thread only.
@MainActor
public final class Screen {
  public enum Failure: Error {
    /// The terminal named by TERM cannot be drawn on.
    case unsuitable
  }

  /// A little less than ncurses is told to wait.
  private static let escapeDelay: Int64 = 20_000_000

  private let theme: Theme
  private let colors: Int
  private var drawn: Frame?
  /// Bytes of a paste that has begun; nil when there is none.
  private var pasted: [UInt8]?

  /// - Parameter colors: the most colours to use; 0 for none (`NO_COLOR`).
  public init(theme: Theme, colors: Int = .max) throws(Failure) {
    guard cnc_open() == 0 else { throw .unsuitable }
    self.colors = min(colors, Int(cnc_colors()))
    self.theme = self.colors < 8 ? .mono : theme
  }

  public func close() { cnc_close() }

  public func suspend() {
    cnc_suspend()
    drawn = nil
  }

  /// Draws everything anew, whatever is on the screen.
  public func redraw() {
    drawn = nil
    cnc_redraw()
  }

  public var size: (width: Int, height: Int) {
    var rows: Int32 = 0
    var columns: Int32 = 0
    cnc_size(&rows, &columns)
    return (Int(columns), Int(rows))
  }

  // MARK: Drawing

  /// Only rows that differ from the frame before are handed to ncurses, in runs of one style.
  public func draw(_ frame: Frame) {
    let old = drawn.flatMap { $0.width == frame.width && $0.height == frame.height ? $0 : nil }
    for y in 0..<frame.height {
      let row = frame.cells[(y * frame.width)..<((y + 1) * frame.width)]
      if let old, old.cells[(y * frame.width)..<((y + 1) * frame.width)] == row { continue }
      drawRow(row, y: y)
    }
    cnc_cursor(Int32(frame.cursor?.y ?? -1), Int32(frame.cursor?.x ?? -1))
    cnc_refresh()
    drawn = frame
  }

  private func drawRow(_ row: ArraySlice<Cell>, y: Int) {
    var run: [Int32] = []
    var runStart = 0
    var runStyle: Style?
    func flush() {
      guard let style = runStyle, !run.isEmpty else { return }
      let look = theme.look(style.role)
      cnc_put(
        Int32(y), Int32(runStart), run, Int32(run.count), index(look.foreground), index(look.background),
        attributes(look, style))
      run.removeAll(keepingCapacity: true)
    }
    for (x, cell) in row.enumerated() {
      if cell.text.isEmpty { continue }
      // A glyph that is not plain ASCII starts a run of its own, so that a terminal that measures it differently shifts nothing.
      let isPlain = cell.text.utf8.count == 1
      if runStyle != cell.style || !isPlain || run.isEmpty {
        flush()
        runStart = x
        runStyle = cell.style
      }
      for scalar in cell.text.unicodeScalars { run.append(Int32(scalar.value)) }
      if !isPlain { flush() }
    }
    flush()
  }

  private func attributes(_ look: Theme.Look, _ style: Style) -> Int32 {
    var result = 0
    if look.isBold || style.isBold { result |= CNC_BOLD }
    if look.isDim { result |= CNC_DIM }
    if look.isReversed != style.isReversed { result |= CNC_REVERSE }
    if style.isItalic { result |= CNC_ITALIC }
    if style.isUnderlined { result |= CNC_UNDERLINE }
    return Int32(result)
  }

  private func index(_ color: Color?) -> Int32 {
    guard let color, colors >= 8 else { return -1 }
    return Int32(colors >= 256 ? color.xterm256 : color.ansi(bright: colors >= 16))
  }

  // MARK: Reading

  /// All keys that have come, without waiting.
  public func readKeys() -> [Key] {
    var keys: [Key] = []
    if pasted != nil { readPaste(&keys) }
    if pasted != nil { return keys }
    var code: Int32 = 0
    var hasEscape = false
    while true {
      let before = Clock.now()
      switch Int(cnc_read(&code)) {
      case CNC_CHARACTER:
        guard let scalar = Unicode.Scalar(UInt32(bitPattern: code)) else { continue }
        if hasEscape {
          hasEscape = false
          keys.append(.alt(Character(scalar)))
        } else if scalar.value == 0x1B {
          // ncurses waits a moment for the rest of a sequence. If it waited in vain this is the Esc key itself, and what
          // comes next is another key; if it did not wait, the next character belongs to it (Alt).
          hasEscape = Clock.now() - before < Screen.escapeDelay
          if !hasEscape { keys.append(.escape) }
        } else {
          append(Key.scalar(scalar), to: &keys)
        }
      case CNC_FUNCTION:
        if Int(code) == CNC_KEY_PASTE_BEGIN {
          pasted = []
          readPaste(&keys)
          if pasted != nil { return keys }
        } else if let key = Key.function(code) {
          if key == .resize { drawn = nil }
          keys.append(key)
        }
      default:
        if hasEscape { keys.append(.escape) }
        return keys
      }
    }
  }

  /// Takes what has come of a paste; hands it out whole once its end mark is there.
  private func readPaste(_ keys: inout [Key]) {
    let mark = Array("\u{1B}[201~".utf8)
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while let known = pasted?.count {
      let count = Int(cnc_read_raw(&buffer, Int32(buffer.count)))
      guard count > 0 else { return }
      pasted?.append(contentsOf: buffer[..<count])
      guard let end = pasted.flatMap({ Screen.first(mark, in: $0, from: max(0, known - mark.count)) }), let all = pasted
      else { continue }
      pasted = nil
      // Terminals send line breaks in a paste as carriage returns.
      let text = String(decoding: all[..<end].map { $0 == 0x0D ? 0x0A : $0 }, as: UTF8.self)
      keys.append(.paste(text))
      let rest = Array(all[(end + mark.count)...].prefix(100))
      cnc_unread(rest, Int32(rest.count))
    }
  }

  private static func first(_ mark: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
    guard bytes.count >= mark.count else { return nil }
    return (start...max(start, bytes.count - mark.count)).first { bytes[$0...].starts(with: mark) }
  }

  /// A combining mark typed after its letter becomes part of that letter's key.
  private func append(_ key: Key, to keys: inout [Key]) {
    if case .character(let mark) = key, case .character(let base)? = keys.last {
      let joined = String(base) + String(mark)
      if joined.count == 1, let character = joined.first {
        keys[keys.count - 1] = .character(character)
        return
      }
    }
    keys.append(key)
  }
}

extension Color {
  /// The nearest of xterm's 6×6×6 cube and 24 greys.
  var xterm256: Int {
    let levels = [0, 95, 135, 175, 215, 255]
    func nearest(_ value: UInt8) -> Int {
      levels.indices.min { abs(levels[$0] - Int(value)) < abs(levels[$1] - Int(value)) } ?? 0
    }
    let (r, g, b) = (nearest(red), nearest(green), nearest(blue))
    let cube = distance(levels[r], levels[g], levels[b])
    let average = (Int(red) + Int(green) + Int(blue)) / 3
    let step = max(0, min(23, (average - 3) / 10))
    let grey = 8 + step * 10
    return distance(grey, grey, grey) < cube ? 232 + step : 16 + 36 * r + 6 * g + b
  }

  /// The nearest of the eight or sixteen colours that every colour terminal has.
  func ansi(bright: Bool) -> Int {
    let table = [
      (0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0), (60, 90, 238), (205, 0, 205), (0, 205, 205), (229, 229, 229),
      (127, 127, 127), (255, 0, 0), (0, 255, 0), (255, 255, 0), (92, 120, 255), (255, 0, 255), (0, 255, 255),
      (255, 255, 255),
    ]
    let usable = table.prefix(bright ? 16 : 8)
    return usable.indices.min {
      distance(usable[$0].0, usable[$0].1, usable[$0].2) < distance(usable[$1].0, usable[$1].1, usable[$1].2)
    } ?? 7
  }

  private func distance(_ r: Int, _ g: Int, _ b: Int) -> Int {
    let (dr, dg, db) = (Int(red) - r, Int(green) - g, Int(blue) - b)
    return dr * dr + dg * dg + db * db
  }
}
