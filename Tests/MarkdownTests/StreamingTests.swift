import Core
import Terminal
import TestSupport
import Testing

@testable import Markdown

@Suite("A text that grows", .ownThreads)
struct StreamingTests {
  @Test("is the same lines whatever pieces it came in")
  func anyPieces() {
    var random = SplitMix64(seed: 7)
    var inputs = 0
    for _ in 0..<400 {
      let source = Made.document(&random)
      let width = [2, 5, 20, 36, 80].randomElement(using: &random) ?? 36
      let whole = lines(source, width: width)
      let most = Int.random(in: 1...40, using: &random)
      let (pieces, isStable) = grown(source, width: width, most: most, &random)
      #expect(isStable, "a finished line changed in \(source.debugDescription) at \(width)")
      #expect(pieces.map(\.text) == whole.map(\.text), "\(source.debugDescription) at \(width)")
      guard pieces == whole else {
        let other = zip(pieces, whole).first { $0 != $1 }
        Issue.record("\(String(describing: other)) differ in \(source.debugDescription)")
        return
      }
      inputs += 1
    }
    print("streaming: \(inputs) documents in random pieces")
  }

  @Test("is what the parser makes of all of it at once")
  func parsedWhole() {
    var random = SplitMix64(seed: 5)
    var inputs = 0
    for _ in 0..<400 {
      let source = Made.document(&random)
      let document = Array(source.utf8).withUnsafeBufferPointer { Document($0) }
      var layout = BlockLayout(document, width: 36, drawing: .lines)
      let blocks = document.blocks.map { layout.lines(of: $0) }.filter { !$0.isEmpty }
      let whole = Array(blocks.joined(separator: [StyledLine()]))
      #expect(lines(source, width: 36) == whole, "\(source.debugDescription)")
      inputs += 1
    }
    print("parsed whole: \(inputs) documents")
  }

  @Test("goes on the same way beyond the length at which a block is cut", arguments: Made.giants.keys.sorted())
  func giants(name: String) {
    let source = Made.giants[name] ?? ""
    var random = SplitMix64(seed: 3)
    let (pieces, isStable) = grown(source, width: 36, most: 900, &random)
    #expect(isStable)
    #expect(pieces == lines(source, width: 36))
    #expect(pieces.allSatisfy { $0.width <= 36 })
  }

  @Test("starts over when it is a shorter one")
  func shorter() {
    var text = MarkdownText(width: 40)
    text.update("# One\n\n```swift\nlet a = 1\n")
    text.update("two")
    #expect(text.lines.map(\.text) == ["two"])
  }

  @Test("An open fence shows its code as it comes and leaves alone what is before it")
  func openFence() {
    let source = "Before *it*:\n\n```swift\nlet a = 1\nlet b"
    #expect(rendered(source) == ["Before it:", "", "swift", "  let a = 1", "  let b"])
    #expect(rendered(source + " = 2\n```\nafter").suffix(3) == ["  let b = 2", "", "after"])
  }

  @Test("Text right before a table stays when the table is finished")
  func textBeforeATable() {
    let shown = ["Heights:", "", "a │ b", "──┼──", "1 │ 2", "", "After."]
    #expect(rendered("Heights:\n| a | b |\n|---|---|\n| 1 | 2 |\n\nAfter.\n") == shown)
  }

  @Test("A list too long for one piece goes on within its code")
  func fenceInAList() {
    let line = "   let value = 1 // why\n"
    let source = "1. see\n\n   ```swift\n" + String(repeating: line, count: 1000) + "   ```\n\n2. then"
    let all = lines(source, width: 60)
    #expect(all.filter { $0.text == "     let value = 1 // why" }.count == 1000)
    #expect(all.dropFirst(3).dropLast(2).allSatisfy { $0.spans.contains(Span("let", Style(.keyword))) })
    #expect(all.last?.text == "2. then")
  }

  @Test("A line of code too long for one piece stays code", arguments: ["", "- x\n\n"])
  func longLineOfCode(before: String) {
    let margin = before.isEmpty ? "" : "  "
    let long = (0..<9000).map { "w\($0) ``` " }.joined()
    let source = "\(before)\(margin)```\n\(margin)\(long)\n\(margin)```\n\nend"
    let code = MarkdownText.codeBlocks(in: source)
    #expect(code.map(\.code) == [long + "\n"])
    #expect(rendered(source, width: 60).last == "end")
  }

  /// The final lines, and whether no line that was called stable has changed on the way.
  private func grown(_ source: String, width: Int, most: Int, _ random: inout SplitMix64) -> ([StyledLine], Bool) {
    var text = MarkdownText(width: width)
    var given = ""
    var rest = Substring(source).unicodeScalars
    var stable: [StyledLine] = []
    var isStable = true
    while !rest.isEmpty {
      let count = Int.random(in: 1...most, using: &random)
      given.unicodeScalars.append(contentsOf: rest.prefix(count))
      rest = rest.dropFirst(count)
      text.update(given)
      isStable = isStable && text.stableCount >= stable.count && Array(text.lines.prefix(stable.count)) == stable
      stable = Array(text.lines.prefix(text.stableCount))
    }
    return (text.lines, isStable)
  }
}

/// Made-up Markdown.
enum Made {
  /// Longer than most lines; in a cell its parts stand beside other cells.
  static let longWord = "averyveryverylongwordthatdoesnotfitanywhereatall"
  private static let parts = [
    "word ", "some words here ", "*em* ", "**strong** ", "`code` ", "[link](http://a.b/c \"t\") ", "~~gone~~ ",
    "![alt](i.png) ",
    "<b>html</b> ", "日本語 ", "👩‍👩‍👧 ", "e\u{301} ", "\t", "\n", "\n", "\n\n", "\n\n", "\n# ", "\n## H\n", "\n- item\n",
    "\n- [x] ",
    "\n1. one\n", "\n  - in\n", "\n    indented\n", "\n> quoted ", "\n>> deep ", "\n```swift\nlet a = \"x\" // y\n",
    "\n```\n", "\n~~~\n",
    "\n---\n", "\n===\n", "\n| a | b |\n|---|:-:|\n| 1 | 2 |\n", "|", "| x | y | z |\n", "\n<div>\n", "</div>\n",
    "\n<!-- ", "-->",
    "[ref]: /url\n", "[ref]", "  \n", "\\", "\r\n", "\r", "\0", "\u{1B}[31m", "\u{202E}", "&amp;", "***", "__", "```",
    "](", "\n   ```\n",
    "\n```markdown\n", "\n```sh\nx\n", "\n$$\n", "\n\\[\n", "\n\\]\n", "$x_1*2$ ", "\\(a*b\\) ", "\n| `a|b` | c |\n",
    "\n5. five\n",
    "/* ", "*/", "\"\"\"", "\n+ plus\n\n  more\n", "\n10) ten\n", longWord,
  ]

  static func document(_ random: inout SplitMix64) -> String {
    (0..<Int.random(in: 1...60, using: &random)).map { _ in parts.randomElement(using: &random) ?? "" }.joined()
  }

  /// One block of about so many bytes of each kind that goes on and on.
  static let giants: [String: String] = {
    func filled(_ head: String, _ unit: (Int) -> String) -> String {
      var text = head
      var number = 1
      while text.utf8.count < 60_000 {
        text += unit(number)
        number += 1
      }
      return text
    }
    let list = [
      ("fence", filled("```swift\n") { "let value\($0) = call(\"text\", \($0)) // why\n" }),
      ("line of code", filled("```json\n") { "{\"a\": \($0)}, " }),
      ("paragraph", filled("") { "word \($0) and *more* of it " }),
      ("word", filled("") { "\($0)" }),
      ("lines", filled("") { "a line of prose number \($0)\n" }),
      ("list", filled("") { "- item \($0) of **many**\n  - with another\n" }),
      ("table", filled("| a | b |\n|--|--|\n") { "| cell \($0) | *other* cell |\n" }),
      ("quote", filled("") { "> quoted \($0)\n" }),
      ("fence in a list", filled("1. see\n   ```swift\n") { "   let value\($0) = 1\n" }),
      ("formula", filled("$$\n") { "- x_\($0) * y_\($0)\n" }),
      ("fences within", filled("```markdown\n") { "# \($0)\n```sh\nmake \($0)\n```\n" }),
      (
        "mixed",
        filled("") {
          "## Part \($0)\n\nSome *prose* with `code` and a [link](http://example.com/\($0)).\n\n- one\n- two\n\n```python\n"
            + "def f(x):\n    return x * \($0)\n```\n\n| a | b |\n|---|---|\n| \($0) | x |\n\n"
        }
      ),
    ]
    return Dictionary(uniqueKeysWithValues: list)
  }()
}
