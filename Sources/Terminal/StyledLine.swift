/// A piece of a line in one style.
public struct Span: Equatable, Sendable {
  public var text: String
  public var style: Style

  public init(_ text: String, _ style: Style = Style()) { (self.text, self.style) = (text, style) }
}

/// One line of laid out text, without line breaks: what every pane draws.
public struct StyledLine: Equatable, Sendable {
  /// What stands between a line and the one before it in the text that both were laid out from.
  public enum Joint: Equatable, Sendable { case lineBreak, space, nothing }

  public var spans: [Span]
  public var joint = Joint.lineBreak
  /// Columns on its left that are drawn and not said, and what stands for them in the text: a quote's bar is `> `, what sets
  /// code off is nothing.
  public var margin = 0
  public var said = ""

  public init(_ spans: [Span] = [], _ joint: Joint = .lineBreak) { (self.spans, self.joint) = (spans, joint) }

  public init(_ text: String, _ style: Style = Style()) { spans = text.isEmpty ? [] : [Span(text, style)] }

  public var text: String { spans.map(\.text).joined() }

  /// In columns.
  public var width: Int { spans.reduce(0) { $0 + TextWidth.of($1.text) } }

  /// What stands in some of its columns, as the text has it.
  public func said(in columns: Range<Int>) -> String {
    var result = columns.lowerBound < margin || (columns.lowerBound == 0 && margin == 0) ? said : ""
    var column = 0
    for span in spans {
      TextWidth.forEachGlyph(in: span.text) { glyph in
        if column >= max(margin, columns.lowerBound), column < columns.upperBound { result += glyph.text }
        column += glyph.width
      }
    }
    return result
  }

  /// Lines that follow each other as the text that they were laid out from.
  public static func said(_ lines: [(line: StyledLine, columns: Range<Int>)]) -> String {
    var result = ""
    for (index, (line, columns)) in lines.enumerated() {
      if index > 0 {
        switch line.joint {
        case .lineBreak: result += "\n"
        case .space: result += " "
        case .nothing: break
        }
      }
      result += line.said(in: columns)
    }
    return result
  }
}

extension Frame {
  /// Writes a line from (x, y) to the right, cut at `limit` columns.
  /// - Returns: the columns used.
  @discardableResult
  public mutating func put(_ line: StyledLine, x: Int, y: Int, limit: Int = .max) -> Int {
    line.spans.reduce(0) { used, span in used + put(span.text, x: x + used, y: y, span.style, limit: limit - used) }
  }
}
