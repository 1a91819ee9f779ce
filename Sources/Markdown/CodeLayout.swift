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

  mutating func lines(_ line: String) -> [[Span]] { CodeLayout.wrapped(highlighter.spans(line), width: width) }

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

/// A code fence that is open: it is read line by line, without the parser, so that a long one costs no more than a short one.
struct OpenFence {
  let info: String
  private let length: Int
  private let indentation: Int
  private let character: UInt8

  /// nil when `node` is not a fenced code block.
  init?(_ node: Node) {
    guard node.kind == .codeBlock, let fence = node.fence else { return nil }
    info = node.info
    (length, indentation, character) = (fence.length, fence.indentation, fence.character)
  }

  /// CommonMark 0.31.2, section 4.5.
  func isClosed(by line: some Collection<UInt8>) -> Bool {
    var rest = line.drop { $0 == 0x20 }
    guard line.count - rest.count < 4 else { return false }
    let marks = rest.prefix { $0 == character }.count
    rest = rest.dropFirst(marks)
    return marks >= length && rest.allSatisfy { $0 == 0x20 || $0 == 0x09 }
  }

  /// A line without the indentation that the fence itself has.
  func content(_ line: some Collection<UInt8>) -> String {
    var rest = line[...]
    var column = 0
    var filling = 0
    while column < indentation, let byte = rest.first, byte == 0x20 || byte == 0x09 {
      column += byte == 0x20 ? 1 : 4 - column % 4
      rest = rest.dropFirst()
      filling = max(0, column - indentation)
    }
    let text = String(decoding: rest, as: UTF8.self)
    let safe = rest.contains(0) ? text.replacing("\0", with: "\u{FFFD}") : text
    return String(repeating: " ", count: filling) + safe
  }
}
