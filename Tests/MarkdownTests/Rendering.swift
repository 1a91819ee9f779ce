import Terminal

@testable import Markdown

/// The lines of a text given at once.
func rendered(_ source: String, width: Int = 40, ascii: Bool = false) -> [String] {
  lines(source, width: width, ascii: ascii).map(\.text)
}

func lines(_ source: String, width: Int = 40, ascii: Bool = false) -> [StyledLine] {
  var text = MarkdownText(width: width, ascii: ascii)
  text.update(source)
  return text.lines
}
