extension StyledLine {
  /// Breaks styled text at spaces into lines of at most `width` columns; newlines within spans end a line. Words longer than
  /// a line are cut.
  public static func wrapped(_ spans: [Span], width: Int) -> [StyledLine] {
    var wrapper = SpanWrapper(width: max(2, width))
    for span in spans {
      TextWidth.forEachLine(in: span.text) { piece, isEnd in
        TextWidth.forEachGlyph(in: piece) { wrapper.add($0, span.style) }
        if isEnd { wrapper.endLine() }
      }
    }
    wrapper.endLine()
    return wrapper.lines
  }
}

extension TextWidth {
  /// Calls `body` with each line and whether a line break follows it.
  static func forEachLine(in text: String, _ body: (Substring, Bool) -> Void) {
    var rest = text[...]
    while let end = rest.firstIndex(where: \.isNewline) {
      body(rest[..<end], true)
      rest = rest[rest.index(after: end)...]
    }
    body(rest, false)
  }

  static func forEachGlyph(in text: Substring, _ body: (Glyph) -> Void) { forEachGlyph(in: String(text), body) }
}

/// Fills lines glyph by glyph; the word being written moves to the next line when it does not fit.
private struct SpanWrapper {
  let width: Int
  var lines: [StyledLine] = []
  private var line: [(glyph: TextWidth.Glyph, style: Style)] = []
  private var columns = 0
  /// Where the last word begins within the line.
  private var wordStart = 0

  init(width: Int) { self.width = width }

  mutating func add(_ glyph: TextWidth.Glyph, _ style: Style) {
    if columns + glyph.width > width {
      if glyph.text == " " { return endLine() }
      let word = wordStart > 0 ? Array(line[wordStart...]) : []
      if wordStart > 0 { line.removeSubrange(wordStart...) }
      endLine()
      for (glyph, style) in word { append(glyph, style) }
      // A wide glyph may not fit behind its own word either.
      if columns + glyph.width > width { endLine() }
    }
    append(glyph, style)
  }

  private mutating func append(_ glyph: TextWidth.Glyph, _ style: Style) {
    line.append((glyph, style))
    columns += glyph.width
    if glyph.text == " " { wordStart = line.count }
  }

  mutating func endLine() {
    while line.last?.glyph.text == " ", line.count > 1, line.last?.style.role == .text { line.removeLast() }
    var spans: [Span] = []
    for (glyph, style) in line {
      if spans.last?.style == style {
        spans[spans.count - 1].text += glyph.text
      } else {
        spans.append(Span(glyph.text, style))
      }
    }
    lines.append(StyledLine(spans))
    (line, columns, wordStart) = ([], 0, 0)
  }
}
