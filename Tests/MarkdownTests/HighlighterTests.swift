import Terminal
import TestSupport
import Testing

@testable import Markdown

@Suite("The highlighter", .ownThreads)
struct HighlighterTests {
  private func colours(_ language: String, _ lines: String...) -> [String] {
    var highlighter = Highlighter(language: language)
    return lines.flatMap { highlighter.spans($0) }.filter { $0.style.role != .text }.map {
      "\($0.style.role) \($0.text)"
    }
  }

  @Test("tells words, strings, numbers and comments apart")
  func kinds() {
    #expect(
      colours("swift", "let a = \"x\\\"y\" + 0x1F // why") == [
        "keyword let", "literal \"x\\\"y\"", "number 0x1F", "comment // why",
      ])
    #expect(colours("SQL", "Select 'it''s' -- x") == ["keyword Select", "literal 'it''s'", "comment -- x"])
    #expect(colours("sh", "echo a#b $x # c") == ["keyword echo", "comment # c"])
    #expect(colours("html", "<a href=\"x\">b</a>") == ["keyword a", "literal \"x\"", "keyword a"])
    #expect(colours("json", "{\"a\": [1.5, true]}") == ["literal \"a\"", "number 1.5", "keyword true"])
  }

  @Test("goes on over lines with what is open")
  func openAtTheEnd() {
    #expect(
      colours("c", "a /* b", "c", "d */ int") == [
        "comment /* b", "comment c", "comment d */", "keyword int",
      ])
    #expect(
      colours("python", "x = \"\"\"a", "if", "\"\"\" if") == [
        "literal \"\"\"a", "literal if", "literal \"\"\"", "keyword if",
      ])
    #expect(colours("c", "\"open", "int") == ["literal \"open", "keyword int"])
  }

  @Test("colours whole lines of a difference")
  func differences() {
    #expect(colours("diff", "+a", "-b", "@@ 1 @@") == ["added +a", "removed -b", "number @@ 1 @@"])
  }

  @Test("loses no character in any language")
  func whole() {
    let line = "x /* \"a\\\" 'b` # // -- <é> 12.5 日本\t--> */ if \"\"\""
    for name in Language.all.flatMap(\.names) {
      var highlighter = Highlighter(language: name)
      for _ in 0..<3 { #expect(highlighter.spans(line).map(\.text).joined() == line, "\(name)") }
    }
  }
}
