/// A piece of a line in one style.
public struct Span: Equatable, Sendable {
  public var text: String
  public var style: Style

  public init(_ text: String, _ style: Style = Style()) { (self.text, self.style) = (text, style) }
}

/// One line of laid out text, without line breaks: what every pane draws.
public struct StyledLine: Equatable, Sendable {
  public var spans: [Span]

  public init(_ spans: [Span] = []) { self.spans = spans }

  public init(_ text: String, _ style: Style = Style()) { spans = text.isEmpty ? [] : [Span(text, style)] }

  public var text: String { spans.map(\.text).joined() }

  /// In columns.
  public var width: Int { spans.reduce(0) { $0 + TextWidth.of($1.text) } }
}

extension Frame {
  /// Writes a line from (x, y) to the right, cut at `limit` columns.
  /// - Returns: the columns used.
  @discardableResult
  public mutating func put(_ line: StyledLine, x: Int, y: Int, limit: Int = .max) -> Int {
    line.spans.reduce(0) { used, span in used + put(span.text, x: x + used, y: y, span.style, limit: limit - used) }
  }
}
