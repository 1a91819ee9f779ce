import Core
import Terminal
import TestSupport
import Testing

@testable import Markdown

@Suite(.ownThreads) struct MarkdownTextTests {
  private func rendered(_ source: String, _ width: Int = 40, ascii: Bool = false) -> [StyledLine] {
    var text = MarkdownText(width: width, ascii: ascii)
    text.update(source)
    return text.lines
  }

  private func lines(_ source: String, _ width: Int = 40) -> [String] { rendered(source, width).map(\.text) }

  private func style(_ word: String, in source: String) -> Style? {
    rendered(source).flatMap(\.spans).first { $0.text.contains(word) }?.style
  }

  @Test func blocks() {
    #expect(lines("# Tides\n\nThe sea.") == ["# Tides", "", "The sea."])
    #expect(lines("- one\n- two\n  - three") == ["• one", "• two", "  • three"])
    #expect(lines("3. three\n4. four") == ["3. three", "4. four"])
    #expect(lines("- [x] done\n- [ ] open") == ["• [x] done", "• [ ] open"])
    #expect(lines("> said\n> twice") == ["│ said", "│ twice"])
    #expect(lines("a\n\n---\n\nb", 6) == ["a", "", "──────", "", "b"])
    #expect(lines("- a long item that wraps", 16) == ["• a long item", "  that wraps"])
    #expect(lines("one\ntwo") == ["one", "two"], "models write verses line by line")
  }

  @Test func inlines() {
    #expect(style("slow", in: "the **slow** sea")?.isBold == true)
    #expect(style("twice", in: "*twice*")?.isItalic == true)
    #expect(style("moon", in: "`moon`")?.role == .code)
    #expect(style("tides", in: "[tides](http://a.b)")?.isUnderlined == true)
    #expect(
      lines("see [tides](http://a.b \"now\") and <http://c.d>") == ["see tides (http://a.b \"now\") and", "http://c.d"])
    #expect(lines("![a map](m.png)") == ["a map (m.png)"])
    #expect(lines("~~gone~~") == ["~~gone~~"])
    #expect(lines("a <b>c</b>") == ["a <b>c</b>"])
  }

  @Test func referencesStayOnThePage() {
    #expect(lines("[text][1]\n\n[1]: http://a.b") == ["[text][1]", "", "[1]: http://a.b"])
    #expect(
      rendered("[1]: /a\n[2]: /b\nc").map(\.spans) == [
        [Span("[1]: /a", Style(.quiet))], [Span("[2]: /b", Style(.quiet))], [Span("c")],
      ])
  }

  @Test func tables() {
    #expect(
      lines("| when | height |\n|---|---:|\n| spring | 6.2 m |\n| neap | 3 m |") == [
        "when   │ height", "───────┼───────", "spring │  6.2 m", "neap   │    3 m",
      ])
    let narrow = lines("| a | b | c | d |\n|---|---|---|---|\n| one two | three | four | five |", 14)
    #expect(narrow.joined(separator: " ").contains("one") && narrow.joined().contains("five"), "\(narrow)")
  }

  @Test func codeIsColouredAndKeepsItsSpaces() {
    let code = rendered("```swift\nlet a = 1  // one\n    \"two\"\n```\nafter")
    #expect(code.map(\.text) == ["swift", "  let a = 1  // one", "      \"two\"", "", "after"])
    let roles = Dictionary(code.flatMap(\.spans).map { ($0.text, $0.style.role) }) { first, _ in first }
    #expect(roles["let"] == .keyword && roles["1"] == .number && roles["// one"] == .comment)
    #expect(roles["\"two\""] == .literal)
  }

  @Test(arguments: [
    ("python", "def f(): # c", "def"), ("js", "const a = 'x' // c", "const"), ("rust", "fn main() {}", "fn"),
    ("go", "func main() {}", "func"), ("c", "int main(void)", "int"), ("java", "class A {}", "class"),
    ("sql", "SELECT a FROM b", "SELECT"), ("bash", "if true; then", "if"), ("ruby", "def a", "def"),
    ("json", "{\"a\": true}", "true"), ("html", "<div>", "div"), ("kotlin", "fun a()", "fun"),
  ])
  func keywordsOfEveryLanguage(language: String, code: String, keyword: String) {
    let spans = rendered("```\(language)\n\(code)\n```").flatMap(\.spans)
    #expect(spans.contains { $0.text == keyword && $0.style.role == .keyword }, "\(spans)")
  }

  /// An open fence in mid-stream is code from its first line on, and nothing before it moves.
  @Test func anOpenFenceDisturbsNothing() {
    var text = MarkdownText(width: 40)
    let source = "# Tides\n\nLook:\n\n```swift\nlet a = 1\n**not bold**\n"
    var before: [String] = []
    for end in source.indices {
      text.update(String(source[...end]))
      let now = text.lines.map(\.text)
      if now.count > 4, before.count > 4 { #expect(Array(now.prefix(3)) == Array(before.prefix(3))) }
      before = now
    }
    #expect(before.last == "  **not bold**")
  }

  @Test func codeBlocksAreTakenFromTheSource() {
    let blocks = MarkdownText.codeBlocks(in: "a\n\n```py\nx = 1\n\n  y\n```\n\n    indented\n\n~~~\nopen")
    #expect(blocks.map(\.language) == ["py", "", ""])
    #expect(blocks.map(\.code) == ["x = 1\n\n  y\n", "indented\n", "open\n"])
    let long = String(repeating: "z", count: 10_000)
    #expect(MarkdownText.codeBlocks(in: "```\n\(long)\n```").map(\.code) == [long + "\n"])
  }

  @Test func asciiHasNoOtherMarks() {
    let text = rendered("- a\n> b\n\n---\n\n| a | b |\n|---|---|\n| c | d |", ascii: true).map(\.text).joined()
    #expect(text.utf8.allSatisfy { $0 < 0x80 }, "\(text)")
  }

  /// Whatever a model sends: it ends soon, nothing is wider than the pane, controls never pass.
  @Test func hostileTextIsLaidOut() {
    let hostile = [
      String(repeating: ">", count: 20_000), String(repeating: "[", count: 20_000),
      String(repeating: "- ", count: 10_000),
      String(repeating: "*a_", count: 10_000), String(repeating: "`", count: 9_999) + "x", "\u{0}a\u{1B}[2J\u{202E}b",
      String(repeating: "| a ", count: 5_000) + "\n" + String(repeating: "|-", count: 5_000) + "|\n| b |",
      String(repeating: "z", count: 100_000), "```" + String(repeating: "q", count: 50_000), "\r\r\n\r",
    ]
    for source in hostile {
      for width in [2, 36, 200] {
        for line in rendered(source, width) where line.width > width {
          Issue.record("\(source.prefix(20).debugDescription) at \(width) is \(line.width) wide")
          break
        }
      }
    }
  }

  @Test func randomPiecesGrowLikeTheWhole() {
    var random = SplitMix64(seed: 20_261_125)
    let pieces = [
      "# ", "word ", "\n", "\n\n", "- ", "1. ", "> ", "`", "```", "```swift\n", "**", "*", "_", "[a](b)", "| a | b |\n",
      "|---|---|\n",
      "    ", "日本", "👨‍👩‍👧", "e\u{301}", "<b>", "~~", "---\n", "\t", "\\", "&amp;", "let x = 1\n", "\r\n", "```md\n",
      "\n$$\n",
      "\\[", "\\]", "$x_1$", "\n7. ", "`a|b`", "|", "**\u{FF1A}", "\n+ ",
    ]
    let rounds = 1500
    for round in 0..<rounds {
      let width = 2 + Int(random.next() % 60)
      var growing = MarkdownText(width: width)
      var source = ""
      for _ in 0..<30 {
        source += pieces[Int(random.next() % UInt64(pieces.count))]
        growing.update(source)
      }
      let whole = rendered(source, width)
      #expect(growing.lines == whole, "round \(round), width \(width): \(source.debugDescription)")
      if growing.lines != whole { return }
      for line in whole { #expect(line.width <= width, "round \(round): ‘\(line.text)’ is wider than \(width)") }
    }
    print("Markdown: \(rounds) random texts of 30 pieces")
  }
}
