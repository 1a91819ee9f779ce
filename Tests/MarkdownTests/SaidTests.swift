import Core
import Foundation
import Terminal
import TestSupport
import Testing

@testable import Markdown

/// What is shown is what was said: a person judges what is drawn, a judge reads the source.
@Suite(.ownThreads) struct SaidTests {
  private func shown(_ source: String, width: Int = 100) -> String {
    rendered(source, width: width).joined(separator: "\n")
  }

  private func trimmed(_ text: String) -> String { text.trimmingCharacters(in: .whitespaces) }

  private func style(_ word: String, in source: String) -> Style? {
    lines(source, width: 100).flatMap(\.spans).first { $0.text.contains(word) }?.style
  }

  /// Paths, expressions, operators, names: every character is an answer's own.
  @Test(arguments: [
    "D:\\data\\_raw", "D:\\work\\data\\_raw\\.cache\\out.txt", "\\\\server\\share\\_old\\*.bak", "C:\\\\Users\\\\me",
    "\\d+\\.\\d+", "\\d+\\.\\d+\\*$", "^\\[.*\\]$", "[^\\]]+", "a\\.b", "(foo|bar)\\.baz\\?", "\\bword\\b",
    "\\w+@\\w+\\.com",
    "see src\\_internal\\_v2", "example\\.com", "say \\\"yes\\\"", "echo \\$HOME", "curl -X POST \\\n-d x", "x \\\\ y",
    "2*3*4 is 24", "a*b*c", "f(x)*g(x)*h(x)", "2*(a+b)*3", "(a)*b*(c)", "2**8 and 2**16", "x**2 + y**2", "5 * 3 * 2",
    "n*(n-1)*(n-2)", "[i]*w[j]*h", "price* and *terms", "*p, *q", "a * b*", "3*x* 2",
    "__init__", "__init__.py", "__name__ == \"__main__\"", "snake_case_name", "_private_name_", "a_b_c_", "MAX_LEN_",
    "*.txt and *.md", "src/*.c and lib/*.c", "**/*.swift", "/*a*/ and /*b*/", "f(*args, **kwargs) and 2**n",
    ".*? and .*",
    "&lt;b&gt; and &amp; and &nbsp;", "Vec<T> and Map<K, V>", "a<b && c>d", "x ~ y ~ z", "cost: $5 and $10", "#hash",
    "table[key](value)", "f[0](x)(y)", "callbacks[i](a.b)", "http://a.b/c_d_e/__f__?g=_h_&i=~j~", "5 > 3", "[1]",
    "[x] [y]",
    "\\(a_1 * b_1 * c_1\\)", "\\[ \\sum_{i=1}^n a_i * b_i * c_i \\]", "$$x_1 * y_1 * z_1 \\\\ w$$", "$a_i * b_i * c_i$",
    "Euler: $e^{i\\pi} + 1 = 0$ and $x$", "\\(\\mathbf{A}\\_\\{ij\\}\\)", "`a*b*c`", "``a ` b``", "日本*語", "5\u{00D7}3",
    "\\frac{a}{b} \\cdot \\alpha", "\\{a, b\\}", "w\\/o", "50\\%", "\\n and \\t",
  ])
  func isShownAsItWasWritten(source: String) {
    let expected =
      source.hasPrefix("`") ? String(source.drop { $0 == "`" }.reversed().drop { $0 == "`" }.reversed()) : source
    #expect(shown(source) == expected, "\(source) should be drawn as it was written")
    let bold = "**before** \(source)"
    #expect(shown(bold) == "before \(expected)", "\(source) should be drawn as it was written behind other markup")
  }

  /// Marks that are marks.
  @Test(arguments: [
    ("\\*not emphasis\\*", "*not emphasis*"), ("5 \\* 3", "5 * 3"), ("\\_so\\_", "_so_"),
    ("\\`code\\`", "`code`"), ("1\\. no item", "1. no item"), ("\\# no heading", "# no heading"),
    ("\\- no item", "- no item"),
    ("\\[no link\\](x)", "[no link](x)"), ("\\<div\\>", "<div>"), ("costs \\$5", "costs $5"),
    ("word\\\nnext", "word\nnext"),
    ("*a* _b_ **c** __d e__ ***f***", "a b c d e f"), ("**API**s", "APIs"), ("(**x**)", "(x)"),
    ("**.NET** is", ".NET is"),
    ("**\"Quoted\"** said", "\"Quoted\" said"), ("**this**/**that**", "this/that"), ("**a *b* c**", "a b c"),
    ("*one.* *two.*", "one. two."), ("**Note:** see", "Note: see"), ("[a](b) [c](<d e> 'f')", "a (b) c (d e \"f\")"),
    ("text[1](https://a.b)", "text1 (https://a.b)"), ("**[a](b)**", "a (b)"),
    ("<https://a.b> <me@a.b>", "https://a.b me@a.b"),
    ("![p](q.png)", "p (q.png)"), ("**`x`**", "x"), ("**https://a.b/c**", "https://a.b/c"), ("_a b_.", "a b."),
  ])
  func marksAreMarkup(source: String, expected: String) {
    #expect(shown(source) == expected, "\(source) should be drawn without its marks")
  }

  @Test(arguments: [
    ("**重要：**これは", "重要："), ("这是**重要**的", "重要"), ("**「引用」**は", "「引用」"), ("これは**「引用」**です", "「引用」"),
    ("**注意。**次に", "注意。"), ("한국어는 **강조(強調)**를", "강조(強調)"), ("請看**（一）**這裡", "（一）"), ("**ตัวหนา**ที่นี่", "ตัวหนา"),
    ("値は**100%**です", "100%"), ("**“重点”**是", "“重点”"),
  ])
  func emphasisBesideScriptsWithoutSpaces(source: String, word: String) {
    #expect(style(word, in: source)?.isBold == true, "‘\(word)’ should be bold in \(source)")
    #expect(!shown(source).contains("*"), "no asterisk should be left of \(source)")
  }

  @Test(arguments: [
    ("2. a\n5. b\n9. c", "2. a\n5. b\n9. c"), ("1. a\n1. b\n1. c", "1. a\n1. b\n1. c"), ("3) a\n7) b", "3) a\n7) b"),
    ("10. a\n\n    more\n\n12. b", "10. a\n\n    more\n\n12. b"), ("- x\n  4. a\n  2. b", "• x\n  4. a\n  2. b"),
    ("> 2. a\n> 4. b", "│ 2. a\n│ 4. b"), ("007. bond\n008. bill", "007. bond\n008. bill"),
    ("5\n+ 3", "5\n\n+ 3"), ("+ added\n+ too", "+ added\n+ too"), ("[x]: y\n\n2. a\n4. b", "[x]: y\n\n2. a\n4. b"),
  ])
  func itemsKeepTheirNumbers(source: String, expected: String) {
    #expect(shown(source) == expected, "the numbers of \(source.debugDescription) should stay")
  }

  @Test func longListsKeepTheirNumbers() {
    let source = (1...2000).map { "\($0 * 3). item\n" }.joined()
    let shown = rendered(source)
    #expect(shown == (1...2000).map { "\($0 * 3). item" }, "a list that is cut into pieces should keep its numbers")
  }

  // MARK: Tables

  @Test func pipesInCodeStayInTheirCell() {
    let table = "| op | means |\n|---|---|\n| `a || b` | or |\n| `x | y` and `|` | ``pipe ` |`` |\n| `a \\| b` | c |"
    let shown = rendered(table)
    #expect(shown.count == 5, "every row should be one line: \(shown)")
    #expect(shown[2].components(separatedBy: "│").map(trimmed) == ["a || b", "or"])
    #expect(shown[3].components(separatedBy: "│").map(trimmed) == ["x | y and |", "pipe ` |"])
    #expect(shown[4].components(separatedBy: "│").map(trimmed) == ["a | b", "c"])
    let excess = rendered("| a |\n|---|\n| `b|c` | d `e|f` |")
    #expect(excess.last == "d `e|f`", "what stands beyond the last column should be as it was written: \(excess)")
    #expect(rendered("| a | b |\n|---|---|\n| 5` | 6` |").last == "5` │ 6`", "one backtick in a cell opens no code")
  }

  @Test(arguments: ["<br>", "<br/>", "<br />", "<BR>"])
  func lineBreaksInCells(tag: String) {
    let shown = rendered("| a | b |\n|---|---|\n| one\(tag)two | x |")
    #expect(shown.map(trimmed) == ["a   │ b", "────┼──", "one │ x", "two │"], "two lines in one cell")
    #expect(rendered("one\(tag)two") == ["one\(tag)two"], "outside of a cell it stays as it was written")
  }

  // MARK: Fences

  private static let readme = """
    Here it is:

    ```markdown
    # Tool

    ```bash
    make install
    ```

    Then:

    ```python
    print("x")
    ```

    Done.
    ```

    That is *all*.
    """

  private static let inner =
    readme.split(separator: "\n", omittingEmptySubsequences: false)[3...15]
    .joined(separator: "\n") + "\n"

  @Test func fencesWithinMarkdown() {
    let shown = rendered(Self.readme)
    #expect(shown.first == "Here it is:" && shown.last == "That is all.", "what follows should be prose: \(shown)")
    #expect(shown.contains("  # Tool") && shown.contains("  ```bash") && shown.contains("  Done."), "\(shown)")
    #expect(MarkdownText.codeBlocks(in: Self.readme).map(\.code) == [Self.inner], "one block, whole")
  }

  @Test(arguments: ["- item\n\n", "1. item\n\n", "> "])
  func fencesWithinMarkdownInAContainer(before: String) {
    let prefix = before == "> " ? "> " : before.hasPrefix("1") ? "   " : "  "
    let body = Self.readme.split(separator: "\n", omittingEmptySubsequences: false).dropFirst(2)
      .map { $0.isEmpty && prefix != "> " ? "" : prefix + $0 }.joined(separator: "\n")
    let source = (before == "> " ? "" : before) + body
    #expect(MarkdownText.codeBlocks(in: source).map(\.code) == [Self.inner], "one block, whole, in \(before)")
    #expect(rendered(source).last?.hasSuffix("That is all.") == true, "prose again behind it")
  }

  @Test(arguments: [
    ("````md\n```sh\nx\n```\n````\nend", "```sh\nx\n```\n"),
    ("~~~markdown\n~~~sh\nx\n~~~\ny\n~~~\nend", "~~~sh\nx\n~~~\ny\n"),
    ("```MD\n````c\n```\nx\n````\ny\n```\nend", "````c\n```\nx\n````\ny\n"),
    ("```md title\n```md\n```sh\nx\n```\n```\n```\nend", "```md\n```sh\nx\n```\n```\n"),
    ("```text\na\n```\nend", "a\n"),
    ("```sh\necho a\n```\nend", "echo a\n"),
  ])
  func otherFences(source: String, code: String) {
    #expect(MarkdownText.codeBlocks(in: source).map(\.code) == [code], "the block of \(source.debugDescription)")
    #expect(rendered(source).last == "end", "prose again behind \(source.debugDescription)")
  }

  @Test func longMarkdownInAList() {
    let body = (0..<800).map { "   ```sh\n   echo \($0)\n   ```\n" }.joined()
    let source = "1. see\n\n   ```markdown\n\(body)   ```\n\n2. then"
    let code = MarkdownText.codeBlocks(in: source)
    #expect(code.count == 1, "one block, however long: \(code.count)")
    #expect(code.first?.code == (0..<800).map { "```sh\necho \($0)\n```\n" }.joined(), "with every line")
    #expect(rendered(source).last == "2. then")
  }

  // MARK: Formulas

  @Test(arguments: [
    "\\[\n= a\n+ b\n- c\n\\]", "$$\n\\begin{aligned}\na &= b \\\\\n- c\n\\end{aligned}\n$$", "\\[\n# x\n> y\n\\]",
    "$$\n1. x_1_\n---\n$$",
  ])
  func formulasOfSeveralLines(source: String) {
    #expect(shown(source) == source, "a formula should be drawn as it was written")
    #expect(shown("\(source)\n\n- *a*") == "\(source)\n\n• a", "a list again behind it")
    #expect(shown("> text\n\n\(source)") == "│ text\n\n\(source)")
  }

  @Test func formulasAreNoEmphasis() {
    let source = "with \\(a_{1}*b*c\\), $x_1 * y * z$ and *this*"
    #expect(shown(source) == "with \\(a_{1}*b*c\\), $x_1 * y * z$ and this")
    #expect(style("this", in: source)?.isItalic == true)
    #expect(style("a_{1}", in: source)?.isItalic == false)
  }

  // MARK: What is told

  @Test(arguments: ["2\\*3", "a\\<0\\>b", "x\\`y"])
  func aBackslashLeftOutInAWordIsTold(source: String) {
    var text = MarkdownText(width: 80)
    text.update("*before*\n\n\(source)\n\nbehind")
    #expect(text.isChanged, "\(source) is drawn without its backslash")
    #expect(text.lines.map(\.text).contains { $0.hasPrefix("≠ ") })
    #expect(text.lines.map(\.text).last == "behind")
    text.update("all")
    #expect(!text.isChanged, "another text")
  }

  /// Markup alone changes nothing that is said.
  @Test(arguments: [
    "# Head #\n\n*a* **b** `c` [d](e \"f\") <https://g.h> [https://i.j](https://i.j)", "\\*a\\* 5 \\* 3\n\n1\\. b",
    "Head\n===\n\n---\n",
    "| a | b |\n|---|---|\n| `c|d` | e<br>f | g |", "2. a\n7. b\n- [x] c", "> a\n> b\n>\n> ```sh\n> c\n> ```", "a\\\nb",
    "`` ` ``",
    "```py\nx = 1\n```\n\n    y\n\n<div>\nz\n</div>", "日本語 **強調** naïve", "$x_1$ \\(y\\) \\[z\\]",
    "![p](q) [r]: s\n\n[t]: u",
  ])
  func markupIsNoChange(source: String) {
    var text = MarkdownText(width: 30)
    text.update(source)
    #expect(!text.isChanged, "\(source.debugDescription) has all its signs: \(text.lines.map(\.text))")
  }

  @Test func noMadeUpDocumentIsChanged() {
    var random = SplitMix64(seed: 77)
    var changed = 0
    for _ in 0..<300 {
      var text = MarkdownText(width: 40)
      let source = Made.document(&random)
      text.update(source)
      changed += text.isChanged ? 1 : 0
    }
    #expect(changed == 0, "made-up documents should be drawn with all their signs")
  }

  // MARK: Right to left

  @Test func marksOfTextThatRunsFromRightToLeft() {
    let word = "\u{05E9}\u{05DC}\u{05D5}\u{05DD}"
    #expect(shown("\(word)!\u{200F} **\(word)** \u{2068}x.txt\u{2069}") == "\(word)! \(word) x.txt")
    #expect(shown("```\n\(word)\u{200F}\n```") == "  \(word)")
    #expect(
      shown("| \(word)\u{200F} |\n|---|\n| x\u{200F} |").contains("x⟨U+200F⟩"), "in a cell without such text it is seen"
    )
    #expect(shown("abc\u{202E}def \u{200F}") == "abc⟨U+202E⟩def ⟨U+200F⟩", "in Latin text they are seen")
    let persian = "\u{646}\u{645}\u{6CC}\u{200C}\u{62F}\u{627}\u{646}\u{645}"
    #expect(shown("**\(persian)** \(persian)") == "\(persian) \(persian)", "joiners should be kept")
  }

  // MARK: All of it

  /// Pieces of all kinds in any order and at any width: whatever is no markup is on the screen.
  @Test func anyMixtureSaysTheSame() {
    let said = [
      "D:\\data\\_raw", "\\d+\\.\\d+", "2*3*4", "__init__", "a_b_c", "x**2", "*.txt", "&lt;", "$x_1*2$", "\\(a*b*c\\)",
      "日本語", "f(x)*2*y",
      "50\\%", "a/*b*/", "#7", "C:\\\\x",
    ]
    var random = SplitMix64(seed: 31)
    for round in 0..<400 {
      var words: [String] = []
      var source = ""
      for _ in 0..<Int.random(in: 1...12, using: &random) {
        let word = said.randomElement(using: &random) ?? ""
        words.append(word)
        source +=
          ["", "**bold** ", "`code` ", "*em* ", "\n\n- ", "\n\n> ", "\n\n1. ", "[a](b) "].randomElement(using: &random)
          ?? ""
        source += word + " "
      }
      // Where a line may have been cut within a word, without what it was cut by.
      let shown = rendered(source, width: 200).joined(separator: " ")
      for word in words where !shown.contains(word) {
        Issue.record("round \(round): ‘\(word)’ should be shown; \(source.debugDescription) became \(shown)")
      }
    }
  }
}
