import Terminal

/// Words in several styles, wrapped to a width of at least 2 columns. A word that is longer than a line is cut; between wide
/// characters a line may end anywhere.
struct Flow {
  let width: Int
  private(set) var lines: [Line] = []

  struct Line {
    var spans: [Span]
    var joint: StyledLine.Joint
  }

  private var line: [Span] = []
  /// Between the line being filled and the one before it.
  private var joint = StyledLine.Joint.lineBreak
  private var lineWidth = 0
  private var space: [Span] = []
  private var spaceWidth = 0
  private var word: [Span] = []
  private var wordWidth = 0

  init(width: Int) { self.width = max(2, width) }

  mutating func add(_ spans: [Span]) { for span in spans { add(span.text, span.style) } }

  /// A line feed in the text ends the line.
  mutating func add(_ text: String, _ style: Style) {
    Piece.forEach(in: text) { piece in
      switch piece {
      case .word(let text, let count): addWord(text, count, style)
      case .space, .tab:
        flushWord()
        space.append(" ", style)
        spaceWidth += 1
      case .lineBreak:
        flushWord()
        endLine(then: .lineBreak)
      case .glyph(let glyph):
        if glyph.width > 1 {
          flushWord()
          word.append(glyph.text, style)
          wordWidth = glyph.width
          flushWord()
        } else {
          if wordWidth + glyph.width > width { cutWord() }
          word.append(glyph.text, style)
          wordWidth += glyph.width
        }
      }
    }
  }

  mutating func finish() -> [Line] {
    flushWord()
    if !line.isEmpty { endLine(then: .lineBreak) }
    return lines
  }

  private mutating func addWord(_ text: Substring, _ count: Int, _ style: Style) {
    var rest = text
    var left = count
    while wordWidth + left > width {
      let room = width - wordWidth
      if room > 0 {
        word.append(String(rest.prefix(room)), style)
        rest = rest.dropFirst(room)
        left -= room
      }
      cutWord()
    }
    if left > 0 {
      word.append(String(rest), style)
      wordWidth += left
    }
  }

  /// The word fills a line by itself, and goes on.
  private mutating func cutWord() {
    if !line.isEmpty { endLine(then: wrap) }
    lines.append(Line(spans: word, joint: joint))
    joint = .nothing
    (word, wordWidth) = ([], 0)
    (space, spaceWidth) = ([], 0)
  }

  private mutating func flushWord() {
    guard wordWidth > 0 else { return }
    if lineWidth > 0, lineWidth + spaceWidth + wordWidth > width { endLine(then: wrap) }
    if lineWidth > 0 {
      for span in space { line.append(span.text, span.style) }
      lineWidth += spaceWidth
    }
    for span in word { line.append(span.text, span.style) }
    lineWidth += wordWidth
    (word, wordWidth) = ([], 0)
    (space, spaceWidth) = ([], 0)
  }

  /// How a word goes on from the line before when it finds no room there.
  private var wrap: StyledLine.Joint { spaceWidth > 0 ? .space : .nothing }

  private mutating func endLine(then next: StyledLine.Joint) {
    lines.append(Line(spans: line, joint: joint))
    joint = next
    (line, lineWidth) = ([], 0)
    (space, spaceWidth) = ([], 0)
  }
}

/// Text cut where layout decides something.
enum Piece {
  /// ASCII without spaces, with its number of characters.
  case word(Substring, Int)
  case space
  case tab
  case lineBreak
  case glyph(TextWidth.Glyph)

  static func forEach(in text: String, _ body: (Piece) -> Void) {
    let utf8 = text.utf8
    var index = utf8.startIndex
    while index < utf8.endIndex {
      switch utf8[index] {
      case 0x20: body(.space)
      case 0x09: body(.tab)
      case 0x0A: body(.lineBreak)
      case 0x0D: body(.space)
      case let byte:
        var end = index
        var count = 0
        if byte < 0x7F {
          while end < utf8.endIndex, (0x21..<0x7F).contains(utf8[end]) {
            utf8.formIndex(after: &end)
            count += 1
          }
          // What follows may change the last character.
          if end < utf8.endIndex, utf8[end] >= 0x80 {
            end = utf8.index(before: end)
            count -= 1
          }
        }
        if count > 0 {
          body(.word(text[index..<end], count))
          index = end
          continue
        }
        end = utf8.index(after: index)
        while end < utf8.endIndex, ![0x20, 0x09, 0x0A, 0x0D].contains(utf8[end]) { utf8.formIndex(after: &end) }
        TextWidth.forEachGlyph(in: String(text[index..<end])) { body(.glyph($0)) }
        index = end
        continue
      }
      utf8.formIndex(after: &index)
    }
  }
}

extension [Span] {
  /// Joined to the span before it when both look the same.
  mutating func append(_ text: String, _ style: Style) {
    if let last = indices.last, self[last].style == style {
      self[last].text += text
    } else {
      append(Span(text, style))
    }
  }

  var width: Int { reduce(0) { $0 + TextWidth.of($1.text) } }

  /// The width of the widest of the lines that line feeds make of it.
  var widestLine: Int {
    var (widest, width) = (0, 0)
    for span in self {
      for (index, part) in span.text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
        if index > 0 { width = 0 }
        width += TextWidth.of(String(part))
        widest = Swift.max(widest, width)
      }
    }
    return widest
  }
}
