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

  /// What people see; `use` changes it. Without colours it is the one made of attributes, whatever was wanted.
  public private(set) var theme: Theme
  /// Whether characters beyond ASCII can be drawn.
  public let speaksUTF8: Bool
  /// Clicks and the wheel come as keys; else the terminal selects text with them.
  public var capturesMouse = true {
    didSet { cnc_capture_mouse(capturesMouse ? 1 : 0) }
  }

  /// The terminal as which this one is drawn on, since TERM names none that this machine has a description of.
  public var standIn: String? { cnc_stand_in().map { String(cString: $0) } }

  private let traits: TerminalTraits
  private let colors: Int
  private var drawn: Frame?
  private var reader = KeyReader()

  public init(theme: Theme, traits: TerminalTraits = TerminalTraits()) throws(Failure) {
    let direct: Int32 =
      switch traits.colors {
      case .none: -1
      case .described: 0
      case .direct: 1
      }
    guard cnc_open(direct) == 0 else { throw .unsuitable }
    self.traits = traits
    colors = traits.colors == .none ? 0 : Int(cnc_colors())
    self.theme = colors < 8 ? .mono : theme
    speaksUTF8 = cnc_speaks_utf8() != 0
    reader = KeyReader(described: Self.describedKeys())
    cnc_capture_mouse(1)
  }

  public func close() { cnc_close() }

  /// Gives the terminal to another program until `enter`: nothing is drawn and no key is read.
  public func leave() { cnc_leave() }

  /// Takes the terminal back and draws everything anew. Its size may be another.
  public func enter() {
    cnc_enter()
    drawn = nil
  }

  /// Stops like Ctrl-Z does elsewhere; returns when continued. The size may be another.
  public func suspend() {
    cnc_suspend()
    drawn = nil
  }

  /// Whether another program has the terminal.
  private static var isAway: Bool { cnc_is_away() != 0 }

  /// Whether a signal said to end (SIGTERM, SIGHUP, or SIGINT and SIGQUIT from outside). A second one that comes later, the main
  /// loop having not left, gives the terminal back and ends at once.
  public var isAskedToEnd: Bool { cnc_is_asked_to_end() != 0 }

  /// A byte is written to this descriptor, never waiting, when the window has changed or the program was stopped.
  public func wake(through descriptor: Int32) { cnc_wake_through(descriptor) }

  /// Whether such a thing waits to be read with the keys.
  public var isSignalled: Bool { cnc_is_signalled() != 0 }

  /// Draws everything anew, whatever is on the screen.
  public func redraw() {
    drawn = nil
    cnc_redraw()
  }

  /// Changes the colours; the next frame is drawn in them.
  public func use(_ theme: Theme) {
    self.theme = colors < 8 ? .mono : theme
    drawn = nil
  }

  /// Puts a text on the clipboard of the machine that the terminal runs on, if the terminal allows it, which it does not tell.
  /// - Returns: false when the text is too long for that, about 55 kB.
  public func copy(_ text: String) -> Bool {
    guard let sequence = Clipboard.sequence(text, multiplexer: traits.multiplexer) else { return false }
    var copy = sequence
    copy.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) { cnc_write($0.baseAddress, Int32($0.count)) }
    }
    return true
  }

  public var size: (width: Int, height: Int) {
    var rows: Int32 = 0
    var columns: Int32 = 0
    cnc_size(&rows, &columns)
    return (Int(columns), Int(rows))
  }

  // MARK: Drawing

  /// Only rows that differ from the frame before are handed to ncurses, in runs of one style. The same frame again writes
  /// nothing.
  public func draw(_ frame: Frame) {
    guard frame != drawn, !Self.isAway else { return }
    let old = drawn.flatMap { $0.width == frame.width && $0.height == frame.height ? $0 : nil }
    for y in 0..<frame.height {
      let row = frame.cells[(y * frame.width)..<((y + 1) * frame.width)]
      if let old, old.cells[(y * frame.width)..<((y + 1) * frame.width)] == row { continue }
      drawRow(row, y: y)
    }
    cnc_refresh(Int32(frame.cursor?.y ?? -1), Int32(frame.cursor?.x ?? -1))
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
        Int32(y), Int32(runStart), run, Int32(run.count), foreground(look), index(look.background),
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
      let isWide = x + 1 < row.count && row[row.startIndex + x + 1].text.isEmpty
      if isPlain || Self.isKnown(cell.text, width: isWide ? 2 : 1) {
        for scalar in cell.text.unicodeScalars { run.append(Int32(scalar.value)) }
      } else {
        run.append(0xFFFD)
        if isWide { run.append(0x20) }
      }
      if !isPlain { flush() }
    }
    flush()
  }

  /// A character newer than the C library's tables has no width for ncurses, which would shift what follows it.
  private static func isKnown(_ text: String, width: Int) -> Bool {
    var scalars = text.unicodeScalars.makeIterator()
    guard let base = scalars.next(), cnc_columns(Int32(base.value)) == width else { return false }
    while let mark = scalars.next() { if cnc_columns(Int32(mark.value)) != 0 { return false } }
    return true
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

  private func foreground(_ look: Theme.Look) -> Int32 {
    if let ansi = look.ansi, (8..<256).contains(colors) { return Int32(colors >= 16 ? ansi : ansi % 8) }
    return index(look.foreground)
  }

  private func index(_ color: Color?) -> Int32 {
    guard let color, colors >= 8 else { return -1 }
    if colors >= 1 << 24 { return Int32(color.red) << 16 | Int32(color.green) << 8 | Int32(color.blue) }
    return Int32(colors >= 256 ? color.xterm256 : color.ansi(bright: colors >= 16))
  }

  // MARK: Reading

  /// When to read keys again although nothing came: what has begun is then a key, or nothing. Nil when nothing has begun.
  public var inputDeadline: Int64? { reader.deadline }

  /// All keys that have come, without waiting. A stop, and being continued by others, are seen to here and come as `resize`.
  /// - Parameter now: monotonic nanoseconds.
  public func readKeys(now: Int64) -> [Key] {
    var keys: [Key] = []
    let signals = Int(cnc_take_signals())
    if signals & CNC_STOP != 0 {
      suspend()
    } else if signals & CNC_CONTINUED != 0 {
      leave()
      enter()
    } else if signals & CNC_RESIZED != 0 {
      cnc_measure()
      drawn = nil
    }
    if signals != 0 { keys.append(.resize) }
    for event in reader.read(input(), now: now) {
      switch event {
      case .key(let key): keys.append(key)
      case .synchronizes(let can): cnc_synchronize(can ? 1 : 0)
      case .hasKittyKeys: cnc_use_kitty_keys()
      }
    }
    return keys
  }

  /// No more at once: who floods must not keep the screen from being drawn.
  private static let mostInput = 1 << 20

  private func input() -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count < Self.mostInput, case let count = Int(cnc_read_raw(&buffer, Int32(buffer.count))), count > 0 {
      bytes += buffer[..<count]
    }
    return bytes
  }

  /// Sequences of keys that the terminal's description has otherwise than xterm, by what stands behind ESC.
  private static func describedKeys() -> [String: Key] {
    let keys: [(String, Key)] = [
      ("kcuu1", .up), ("kcud1", .down), ("kcub1", .left), ("kcuf1", .right), ("khome", .home), ("kend", .end),
      ("kpp", .pageUp), ("knp", .pageDown), ("kdch1", .delete), ("kcbt", .shiftTab), ("kf1", .f1),
    ]
    let known = keys.compactMap { name, key in
      cnc_described(name).map { (String(cString: $0), key) }
    }
    return Dictionary(known.filter { $0.0.hasPrefix("\u{1B}") }.map { (String($0.0.dropFirst()), $0.1) }) { first, _ in
      first
    }
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

  /// One of the eight or sixteen colours that every colour terminal has, by hue: what means something must stay apart, however
  /// pale the theme has it, while the nearest by distance would nearly always be grey.
  func ansi(bright: Bool) -> Int {
    let (r, g, b) = (Int(red), Int(green), Int(blue))
    let (most, least) = (max(r, g, b), min(r, g, b))
    if most - least < 40 {
      let greys = bright ? [(0, 0), (127, 8), (200, 7), (255, 15)] : [(0, 0), (229, 7)]
      return greys.min { abs($0.0 - most) < abs($1.0 - most) }?.1 ?? 7
    }
    // Channels beyond the middle make the hue: red 1, green 2, blue 4.
    let middle = (most + least) / 2
    let hue = (r > middle ? 1 : 0) + (g > middle ? 2 : 0) + (b > middle ? 4 : 0)
    return hue + (bright && most >= 200 ? 8 : 0)
  }

  private func distance(_ r: Int, _ g: Int, _ b: Int) -> Int {
    let (dr, dg, db) = (Int(red) - r, Int(green) - g, Int(blue) - b)
    return dr * dr + dg * dg + db * db
  }
}
