import Core

/// A text wrapped to a width, kept while the text grows: only the last line is wrapped again, so that a token costs the same
/// in a long answer as in a short one.
public struct WrappedText: Sendable {
  public private(set) var lines: [String] = []
  /// What stands between each line and the one before it in the source.
  public private(set) var joints: [StyledLine.Joint] = []
  private let width: Int
  /// UTF-8 offset in the source where the last line begins, and how much of the source has been wrapped.
  private var lastLineStart = 0
  private var wrapped = 0

  private let start: Int
  /// Whether there is more to wrap of what was given.
  public private(set) var isBehind = false
  /// A character of more bytes is drawn in pieces: one may be as long as the text.
  private static let longest = 128
  /// Bytes that one line takes, however little is seen of them: wrapping goes on from where a line begins.
  private static let mostInLine = 8192

  /// - Parameters:
  ///   - width: columns, at least 2 (a wide character must fit).
  ///   - start: where in the source to begin, as an offset in UTF-8.
  public init(width: Int, from start: Int = 0) {
    self.width = max(2, width)
    (self.start, lastLineStart, wrapped) = (start, start, start)
  }

  /// Bytes of `source` that may still be wrapped anew.
  public func left(of source: String) -> Int { source.utf8.count - wrapped }

  /// Brings the lines up to date with `source`, which must begin with what was given before.
  public mutating func update(_ source: String) {
    var budget = Int.max
    update(source, budget: &budget)
  }

  /// The same as far as `budget` goes, in bytes (more than a line takes), which is brought down by what was wrapped. What is
  /// left is done by the next update, with the same source or more of it; the lines come out the same.
  public mutating func update(_ source: String, budget: inout Int) {
    let total = source.utf8.count
    guard total != wrapped else { return }
    if total < wrapped { self = WrappedText(width: width, from: start) }
    if !lines.isEmpty { lines.removeLast() }
    let begin = lastLineStart
    wrapped = wrap(source, from: begin, most: budget, joints.popLast() ?? .lineBreak)
    budget -= wrapped - begin
    isBehind = wrapped < total
  }

  private mutating func append(_ text: String, then next: StyledLine.Joint) {
    lines.append(text)
    joints.append(next)
  }

  /// - Parameters:
  ///   - most: bytes to wrap, about.
  ///   - joint: of the first line.
  /// - Returns: how far it came.
  private mutating func wrap(_ source: String, from start: Int, most: Int, _ joint: StyledLine.Joint) -> Int {
    joints.append(joint)
    let utf8 = source.utf8
    var index = utf8.index(utf8.startIndex, offsetBy: start)
    var line = LineBuilder(start: start)
    var offset = start
    while index < utf8.endIndex {
      if offset - start >= most { break }
      if offset - line.start >= Self.mostInLine {
        append(line.text, then: .nothing)
        line = LineBuilder(start: offset)
      }
      let byte = utf8[index]
      let after = utf8.index(after: index)
      let isASCII = byte < 0x80 && (after == utf8.endIndex || utf8[after] < 0x80) && byte != 0x0D
      let end = isASCII ? after : WrappedText.end(of: index, in: source)
      let length = isASCII ? 1 : source.utf8.distance(from: index, to: end)
      if byte == 0x0A || (byte == 0x0D && source[index] == "\r\n") {
        append(line.text, then: .lineBreak)
        line = LineBuilder(start: offset + length)
      } else if isASCII, (0x20..<0x7F).contains(byte) {
        add(
          TextWidth.Glyph(text: TextWidth.asciiTexts[Int(byte)], width: 1), at: offset, length, isSpace: byte == 0x20,
          &line)
      } else if byte == 0x09 {
        let stop = 4 - line.width % 4
        let glyph = TextWidth.Glyph(text: String(repeating: " ", count: stop), width: stop)
        add(glyph, at: offset, length, isSpace: true, &line)
      } else if byte == 0xE2 || byte == 0xD8, VisibleText.isOrdinaryMark(at: index, in: source) {
        // It takes no column.
      } else {
        // A space is one even when a letter beyond ASCII follows it.
        add(TextWidth.glyphs(of: source[index..<end]), at: offset, length, isSpace: byte == 0x20 && length == 1, &line)
      }
      offset += length
      index = end
    }
    lines.append(line.text)
    lastLineStart = line.start
    return offset
  }

  /// Where the character ends that begins at `index`. It is looked for in a copy: in the text itself all of a character is gone
  /// through, however little of it is asked for.
  private static func end(of index: String.Index, in source: String) -> String.Index {
    // Most are found in as much as a string holds without storage of its own.
    for most in [15, longest] {
      var limit = source.utf8.index(index, offsetBy: most, limitedBy: source.endIndex) ?? source.endIndex
      while limit < source.endIndex, source.utf8[limit] & 0xC0 == 0x80 { limit = source.utf8.index(before: limit) }
      let piece = String(source[index..<limit])
      let length = piece.utf8.distance(from: piece.startIndex, to: piece.index(after: piece.startIndex))
      if length < piece.utf8.count || most == longest || limit == source.endIndex {
        return source.utf8.index(index, offsetBy: length)
      }
    }
    return source.endIndex
  }

  /// A placeholder of several glyphs stays together, unless the line is too narrow for it: wrapping goes on from where a line
  /// begins in the source, which cannot be within a character.
  private mutating func add(
    _ glyphs: [TextWidth.Glyph], at offset: Int, _ length: Int, isSpace: Bool, _ line: inout LineBuilder
  ) {
    let joined = TextWidth.Glyph(
      text: glyphs.map(\.text).joined(), width: min(width, glyphs.reduce(0) { $0 + $1.width }))
    add(joined, at: offset, length, isSpace: isSpace, &line)
  }

  /// - Parameter length: source bytes of this glyph.
  private mutating func add(
    _ glyph: TextWidth.Glyph, at offset: Int, _ length: Int, isSpace: Bool, _ line: inout LineBuilder
  ) {
    if line.width + glyph.width > width {
      if isSpace {
        // A space that does not fit is the line break.
        append(line.text, then: .space)
        line = LineBuilder(start: offset + length)
        return
      }
      // What is left of the line after a break may still be too long with this glyph.
      while line.width > 0, line.width + glyph.width > width {
        let joint: StyledLine.Joint = line.hasBreak ? .space : .nothing
        append(line.takeHead(at: offset), then: joint)
      }
    }
    line.add(glyph, isSpace: isSpace, end: offset + length)
  }
}

/// The line being filled, with the last place where it may be broken.
private struct LineBuilder {
  var text = ""
  var width = 0
  /// Source offset of its first character.
  var start: Int
  private var breakText: String.Index?
  var hasBreak: Bool { breakText != nil }
  private var breakWidth = 0
  private var breakOffset = 0

  init(start: Int) { self.start = start }

  mutating func add(_ glyph: TextWidth.Glyph, isSpace: Bool, end: Int) {
    text += glyph.text
    width += glyph.width
    // Leading spaces are indentation, not a place to break.
    if isSpace, text.utf8.contains(where: { $0 != 0x20 }) {
      (breakText, breakWidth, breakOffset) = (text.endIndex, width, end)
    }
  }

  /// Cuts at the last break, or right here when a word fills the line; keeps the rest. Returns what was cut off.
  mutating func takeHead(at offset: Int) -> String {
    guard let cut = breakText else {
      defer { self = LineBuilder(start: offset) }
      return text
    }
    let head = String(text[..<cut].dropLast())
    text = String(text[cut...])
    width -= breakWidth
    start = breakOffset
    breakText = nil
    return head
  }
}
