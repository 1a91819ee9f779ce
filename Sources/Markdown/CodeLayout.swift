import Core
import Terminal

/// The lines of a code block, laid out one after the other: what a line looks like depends only on those before it.
struct CodeLayout {
  private let width: Int
  private var highlighter: Highlighter

  /// - Parameter info: what stands behind the fence; its first word names the language.
  init(info: String, width: Int) {
    self.width = max(2, width)
    highlighter = Highlighter(language: CodeLayout.language(info))
  }

  static func language(_ info: String) -> String {
    String(info.prefix { $0 != " " && $0 != "\t" && $0 != "{" && $0 != "," })
  }

  mutating func lines(_ line: String) -> [[Span]] {
    CodeLayout.wrapped(highlighter.spans(VisibleText.withoutOrdinaryMarks(line)), width: width)
  }

  /// Broken between words where one can, cut elsewhere; every space is kept; tabs go to the next column that 4 divides. At least one line.
  static func wrapped(_ spans: [Span], width: Int) -> [[Span]] {
    var lines: [[Span]] = [[]]
    var used = 0
    var column = 0
    func add(_ text: String, _ count: Int, _ style: Style) {
      if used + count > width {
        lines.append([])
        used = 0
      }
      lines[lines.count - 1].append(text, style)
      used += count
      column += count
    }
    for span in spans {
      Piece.forEach(in: span.text) { piece in
        switch piece {
        case .word(var rest, var left):
          // A word that fits a line of its own is not cut.
          if left <= width, used + left > width {
            lines.append([])
            used = 0
          }
          while left > 0 {
            let count = used < width ? min(left, width - used) : min(left, width)
            add(String(rest.prefix(count)), count, span.style)
            rest = rest.dropFirst(count)
            left -= count
          }
        case .space, .lineBreak: add(" ", 1, span.style)
        case .tab: for _ in 0..<(4 - column % 4) { add(" ", 1, span.style) }
        case .glyph(let glyph): add(glyph.text, glyph.width, span.style)
        }
      }
    }
    return lines
  }
}
