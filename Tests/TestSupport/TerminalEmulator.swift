import CPseudoTerminal

/// A terminal like xterm, as far as programs that use its terminfo entry can tell: bytes in, cells out. Independent of the
/// code under test: widths are those of the C library. What it does not know is noted in `unknown`.
public final class TerminalEmulator {
  public enum Color: Hashable, Sendable {
    case palette(Int)
    case rgb(Int)
  }

  public struct Style: Hashable, Sendable {
    public var foreground: Color?
    public var background: Color?
    /// SGR numbers: 1 bold, 2 dim, 3 italic, 4 underlined, 7 reversed.
    public var attributes: Set<Int> = []
  }

  /// A wide character's second cell has no text.
  public struct Cell: Equatable, Sendable {
    public var text = " "
    public var style = Style()
  }

  public private(set) var width: Int
  public private(set) var height: Int
  public private(set) var cells: [Cell]
  public private(set) var cursor = (x: 0, y: 0)
  /// Private modes that are on.
  public private(set) var modes: Set<Int> = [7, 25]
  /// Modes of kitty's keyboard on this screen's stack; each screen has its own.
  public var keyboards: [String] { keyboardStacks[modes.contains(1049)] ?? [] }
  public var allKeyboards: [String] { keyboardStacks.values.flatMap(\.self) }
  private var keyboardStacks: [Bool: [String]] = [:]
  /// xterm's modifyOtherKeys.
  public private(set) var modifiesOtherKeys = 0
  /// The alternate screen as it was when it was left.
  public private(set) var left: [Cell]?
  public private(set) var bytes = 0
  /// Times that everything was cleared (ED 2).
  public private(set) var clears = 0
  /// Pairs of begin and end of a frame that is shown whole.
  public private(set) var frames = 0
  /// Visible changes outside such a pair, since the first of them.
  public private(set) var writesBetweenFrames = 0
  public private(set) var isAsked = false
  public private(set) var clipboard: [String] = []
  public private(set) var unknown: [String] = []
  /// What the terminal says, for the program's input.
  public var reply: [UInt8] = []
  private let answersQuestions: Bool

  private enum State { case ground, escape, charset, csi, string }
  private var state = State.ground
  private var sequence = ""
  private var pending: [UInt8] = []
  private var wraps = false
  private var style = Style()
  private var saved = (x: 0, y: 0, style: Style())
  private var region = (top: 0, bottom: 0)
  private var last = " "

  public init(width: Int, height: Int, answersQuestions: Bool = false) {
    (self.width, self.height, self.answersQuestions) = (width, height, answersQuestions)
    cells = Array(repeating: Cell(), count: width * height)
    region = (0, height - 1)
  }

  /// The cells of a row, second halves with empty text.
  public func row(_ y: Int) -> ArraySlice<Cell> { cells[(y * width)..<((y + 1) * width)] }

  /// Rows without trailing spaces.
  public static func rows(_ cells: [Cell], width: Int) -> [String] {
    stride(from: 0, to: cells.count, by: max(1, width)).map { start in
      var text = cells[start..<(start + width)].map(\.text).joined()
      while text.hasSuffix(" ") { text.removeLast() }
      return text
    }
  }

  public var text: String { Self.rows(cells, width: width).joined(separator: "\n") }

  public func resize(width: Int, height: Int) {
    var next = Array(repeating: Cell(), count: width * height)
    for y in 0..<min(height, self.height) {
      for x in 0..<min(width, self.width) { next[y * width + x] = cells[y * self.width + x] }
    }
    (cells, self.width, self.height) = (next, width, height)
    region = (0, height - 1)
    cursor = (min(cursor.x, width - 1), min(cursor.y, height - 1))
  }

  public func feed(_ input: some Sequence<UInt8>) {
    for byte in input {
      bytes += 1
      if byte < 0x80, pending.isEmpty {
        take(Unicode.Scalar(byte))
      } else {
        pending.append(byte)
        let need = pending[0] >= 0xF0 ? 4 : pending[0] >= 0xE0 ? 3 : 2
        guard pending.count == need else { continue }
        let text = String(decoding: pending, as: UTF8.self)
        pending = []
        for scalar in text.unicodeScalars { take(scalar) }
      }
    }
  }

  // MARK: Parsing

  private func take(_ scalar: Unicode.Scalar) {
    switch state {
    case .ground: if scalar.value < 0x20 || scalar.value == 0x7F { control(scalar) } else { print(scalar) }
    case .escape: escape(scalar)
    case .charset: state = .ground
    case .csi:
      if (0x40...0x7E).contains(scalar.value) {
        state = .ground
        command(sequence, scalar)
      } else {
        sequence.unicodeScalars.append(scalar)
      }
    case .string:
      sequence.unicodeScalars.append(scalar)
      guard scalar == "\u{7}" || sequence.hasSuffix("\u{1B}\\") else { return }
      state = .ground
      // 104 sets the palette back.
      if sequence.hasPrefix("]52;") { clipboard.append(sequence) }
      if !sequence.hasPrefix("]52;"), sequence != "]104\u{7}" { unknown.append("string \(sequence)") }
    }
  }

  private func control(_ scalar: Unicode.Scalar) {
    switch scalar.value {
    case 0x1B: state = .escape
    case 0x0D: move(x: 0, y: cursor.y)
    case 0x0A: lineFeed()
    case 0x08: move(x: cursor.x - 1, y: cursor.y)
    case 0x09: move(x: (cursor.x / 8 + 1) * 8, y: cursor.y)
    case 0x07, 0x00, 0x0E, 0x0F: break
    default: unknown.append("control \(scalar.value)")
    }
  }

  private func escape(_ scalar: Unicode.Scalar) {
    (state, sequence) = (.ground, "")
    switch scalar {
    case "[": state = .csi
    case "]", "P": (state, sequence) = (.string, String(scalar))
    case "(", ")", "*", "+": state = .charset
    case "7": saved = (cursor.x, cursor.y, style)
    case "8": restoreCursor()
    case "M": if cursor.y == region.top { scroll(-1, from: region.top) } else { move(x: cursor.x, y: cursor.y - 1) }
    case "D": lineFeed()
    case "E":
      move(x: 0, y: cursor.y)
      lineFeed()
    case "=", ">", "\\": break
    default: unknown.append("escape \(scalar)")
    }
  }

  private func command(_ text: String, _ end: Unicode.Scalar) {
    if text.hasPrefix("?") { return privateMode(text.dropFirst(), end) }
    if keyboardMode(text, end) { return }
    let numbers = text.split(separator: ";", omittingEmptySubsequences: false).map {
      Int($0) ?? (($0.isEmpty) ? -1 : -2)
    }
    guard !numbers.contains(-2) else { return unknown.append("csi \(text)\(end)") }
    func at(_ index: Int, _ fallback: Int = 1) -> Int {
      index < numbers.count && numbers[index] >= 0 ? max(numbers[index], fallback) : fallback
    }
    let count = at(0)
    let position = cursor.y * width + cursor.x
    switch end {
    case "H", "f": move(x: at(1) - 1, y: count - 1)
    case "A": move(x: cursor.x, y: cursor.y - count)
    case "B", "e": move(x: cursor.x, y: cursor.y + count)
    case "C", "a": move(x: cursor.x + count, y: cursor.y)
    case "D": move(x: cursor.x - count, y: cursor.y)
    case "G", "`": move(x: count - 1, y: cursor.y)
    case "d": move(x: cursor.x, y: count - 1)
    case "Z": move(x: (cursor.x - 1) / 8 * 8, y: cursor.y)
    case "J":
      let kind = at(0, 0)
      if kind == 2 { clears += 1 }
      erase(kind == 0 ? position..<cells.count : kind == 1 ? 0..<(position + 1) : 0..<cells.count)
    case "K":
      let line = cursor.y * width
      let kind = at(0, 0)
      erase(kind == 0 ? position..<(line + width) : kind == 1 ? line..<(position + 1) : line..<(line + width))
    case "X": erase(position..<min(position + count, (cursor.y + 1) * width))
    case "@": shift(count)
    case "P": shift(-count)
    case "L": scroll(-count, from: cursor.y)
    case "M": scroll(count, from: cursor.y)
    case "S": scroll(count, from: region.top)
    case "T": scroll(-count, from: region.top)
    case "r":
      region = (count - 1, min(at(1, 0) == 0 ? height : at(1, 0), height) - 1)
      move(x: 0, y: 0)
    case "b": for _ in 0..<count { for scalar in last.unicodeScalars { print(scalar) } }
    case "m": render(numbers)
    case "t" where [22, 23].contains(at(0, 0)): break
    case "l" where at(0, 0) == 4, "h" where at(0, 0) == 4: if end == "h" { unknown.append("insert mode") }
    default: unknown.append("csi \(text)\(end)")
    }
  }

  /// Returns whether it was one.
  private func keyboardMode(_ text: String, _ end: Unicode.Scalar) -> Bool {
    switch (text.first, end) {
    case (">", "u"): keyboardStacks[modes.contains(1049), default: []].append(String(text.dropFirst()))
    case ("<", "u"):
      if keyboards.isEmpty { unknown.append("a mode of the keyboard taken back that was not set") }
      _ = keyboardStacks[modes.contains(1049)]?.popLast()
    case (">", "m"):
      guard text.hasPrefix(">4;"), let level = Int(text.dropFirst(3)) else { return false }
      modifiesOtherKeys = level
    default: return false
    }
    return true
  }

  private func privateMode(_ text: Substring, _ end: Unicode.Scalar) {
    if end == "p", text == "2026$" {
      isAsked = true
      if answersQuestions { reply += Array("\u{1B}[?2026;2$y".utf8) }
      return
    }
    if end == "u", text.isEmpty {
      if answersQuestions { reply += Array("\u{1B}[?0u".utf8) }
      return
    }
    for mode in text.split(separator: ";").compactMap({ Int($0) }) {
      guard end == "h" || end == "l", [1, 7, 12, 25, 1002, 1006, 1049, 2004, 2026].contains(mode) else {
        unknown.append("mode ?\(text)\(end)")
        continue
      }
      if mode == 2026 {
        // A second end is harmless, and what a crash sends.
        if end == "h", modes.contains(2026) { unknown.append("a frame within a frame") }
        if end == "l", modes.contains(2026) { frames += 1 }
      }
      if mode == 1049 {
        if end == "h" { saved = (cursor.x, cursor.y, style) } else { left = cells }
        cells = Array(repeating: Cell(), count: width * height)
        if end == "l" { restoreCursor() }
      }
      if end == "h" { modes.insert(mode) } else { modes.remove(mode) }
    }
  }

  private func render(_ numbers: [Int]) {
    var rest = (numbers.isEmpty ? [0] : numbers.map { max(0, $0) })[...]
    while let number = rest.popFirst() {
      switch number {
      case 0: style = Style()
      case 1...4, 7: style.attributes.insert(number)
      case 22: style.attributes.subtract([1, 2])
      case 23, 24, 27: style.attributes.remove(number - 20)
      case 30...37: style.foreground = .palette(number - 30)
      case 40...47: style.background = .palette(number - 40)
      case 90...97: style.foreground = .palette(number - 82)
      case 100...107: style.background = .palette(number - 92)
      case 39: style.foreground = nil
      case 49: style.background = nil
      case 38, 48:
        var color: Color?
        if rest.first == 5, rest.count >= 2 {
          color = .palette(rest[rest.startIndex + 1])
          rest.removeFirst(2)
        } else if rest.first == 2, rest.count >= 4 {
          color = .rgb(rest.dropFirst().prefix(3).reduce(0) { $0 << 8 | $1 })
          rest.removeFirst(4)
        } else {
          unknown.append("colour \(numbers)")
        }
        if number == 38 { style.foreground = color } else { style.background = color }
      default: unknown.append("sgr \(number)")
      }
    }
  }

  // MARK: Drawing

  private func noteWrite() { if frames > 0, !modes.contains(2026) { writesBetweenFrames += 1 } }

  private func print(_ scalar: Unicode.Scalar) {
    noteWrite()
    let columns = Int(cpty_columns(scalar.value))
    if columns == 0 {
      // Joins the character before it.
      var target = cursor.y * width + (wraps ? cursor.x : cursor.x - 1)
      if cells.indices.contains(target), cells[target].text.isEmpty { target -= 1 }
      if cells.indices.contains(target) { cells[target].text.unicodeScalars.append(scalar) }
      return
    }
    if columns < 0 { unknown.append("no width: \(String(scalar.value, radix: 16))") }
    let size = max(1, columns)
    if wraps || cursor.x + size > width {
      cursor.x = 0
      lineFeed()
    }
    wraps = false
    last = String(scalar)
    set(cursor.x, Cell(text: last, style: style))
    if size == 2 { set(cursor.x + 1, Cell(text: "", style: style)) }
    wraps = cursor.x + size >= width
    cursor.x = min(width - 1, cursor.x + size)
  }

  /// Half of a wide character that is written over takes the other half with it.
  private func set(_ x: Int, _ cell: Cell) {
    let line = cursor.y * width
    if cells[line + x].text.isEmpty, x > 0, !cell.text.isEmpty { cells[line + x - 1].text = " " }
    if x + 1 < width, cells[line + x + 1].text.isEmpty { cells[line + x + 1].text = " " }
    cells[line + x] = cell
  }

  private var blank: Cell { Cell(style: Style(background: style.background)) }

  private func erase(_ range: Range<Int>) {
    noteWrite()
    for index in range { cells[index] = blank }
    wraps = false
  }

  private func shift(_ count: Int) {
    let line = cursor.y * width
    var row = Array(cells[(line + cursor.x)..<(line + width)])
    let blanks = Array(repeating: blank, count: min(abs(count), row.count))
    row = count > 0 ? blanks + row.dropLast(blanks.count) : row.dropFirst(blanks.count) + blanks
    cells.replaceSubrange((line + cursor.x)..<(line + width), with: row)
  }

  /// Moves the rows from `top` to the region's end up by `count`, down when negative.
  private func scroll(_ count: Int, from top: Int) {
    noteWrite()
    guard top <= region.bottom else { return }
    let range = (top * width)..<((region.bottom + 1) * width)
    var rows = Array(cells[range])
    let blanks = Array(repeating: blank, count: min(abs(count) * width, rows.count))
    rows = count > 0 ? rows.dropFirst(blanks.count) + blanks : blanks + rows.dropLast(blanks.count)
    cells.replaceSubrange(range, with: rows)
  }

  private func lineFeed() {
    if cursor.y == region.bottom { scroll(1, from: region.top) } else { move(x: cursor.x, y: cursor.y + 1) }
  }

  private func move(x: Int, y: Int) {
    cursor = (max(0, min(width - 1, x)), max(0, min(height - 1, y)))
    wraps = false
  }

  private func restoreCursor() {
    move(x: saved.x, y: saved.y)
    style = saved.style
  }
}
