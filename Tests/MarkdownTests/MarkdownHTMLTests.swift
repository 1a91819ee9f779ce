import Core
import Foundation
import Markdown
import TestSupport
import Testing

/// Answers as HTML: whatever they hold, only the tags of this list stand in the page, and no address but to the web.
@Suite(.ownThreads) struct MarkdownHTMLTests {
  private static let tags: Set<String> = [
    "p", "h4", "h5", "h6", "blockquote", "ul", "ol", "li", "pre", "code", "hr", "table", "tr", "th", "td", "div", "br",
    "em", "strong", "del", "a", "span",
  ]

  private static var attributes: Regex<Substring> {
    /\ (?:class="(?:task|wide|right|center|quiet)"|(?:start|value)="\d+"|href="(?:https?:\/\/|mailto:)[^"<>]*" rel="[a-z ]*")/
      .ignoresCase()
  }

  private func expectSafe(_ html: String, _ source: String, sourceLocation: SourceLocation = #_sourceLocation) {
    for match in html.matches(of: /<\/?([^ >]*)([^>]*)>/) {
      let (tag, attributes) = (String(match.output.1), String(match.output.2))
      #expect(Self.tags.contains(tag), "<\(tag)> from: \(source)", sourceLocation: sourceLocation)
      let isKnown = attributes.isEmpty || attributes.wholeMatch(of: Self.attributes) != nil
      #expect(isKnown, "‘\(attributes)’ from: \(source)", sourceLocation: sourceLocation)
    }
  }

  @Test func everyExampleOfTheSpecification() throws {
    let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/Markdown/commonmark-examples.jsonl")
    let lines = try String(contentsOf: path, encoding: .utf8).split(separator: "\n")
    for line in lines {
      let view = try JSONDocument().parse(String(line))
      let source = try #require(view["markdown"]?.string)
      expectSafe(MarkdownHTML.of(source), source)
    }
    #expect(lines.count > 600)
  }

  @Test(arguments: [
    ("<script>alert(1)</script>", "<pre><code>&lt;script&gt;alert(1)&lt;/script&gt;\n</code></pre>"),
    ("a <b onclick=x>b</b>", "<p>a &lt;b onclick=x&gt;b&lt;/b&gt;</p>"),
    ("[x](javascript:alert(1))", "<p>x <code>javascript:alert(1)</code></p>"),
    ("[x](JaVaScRiPt:alert(1))", "<p>x <code>JaVaScRiPt:alert(1)</code></p>"),
    ("[x](data:text/html,y)", "<p>x <code>data:text/html,y</code></p>"),
    (
      "[x](https://e.org/\"onclick=\"y)",
      "<p><a href=\"https://e.org/&quot;onclick=&quot;y\" rel=\"noopener noreferrer nofollow\">x</a></p>"
    ),
    ("![a](https://e.org/t.png)", "<p><span class=\"quiet\">[picture: a]</span> <code>https://e.org/t.png</code></p>"),
    ("*a* **b** ~~c~~ `d<`", "<p><em>a</em> <strong>b</strong> <del>c</del> <code>d&lt;</code></p>"),
    ("- [x] a\n- [ ] b", "<ul><li class=\"task\">☑ a</li>\n<li class=\"task\">☐ b</li></ul>"),
    ("3. a\n4. b", "<ol start=\"3\"><li>a</li>\n<li>b</li></ol>"),
    ("2. a\n3. b\n9. c\n", "<ol start=\"2\"><li>a</li>\n<li>b</li>\n<li value=\"9\">c</li></ol>"),
    ("2*3*4 \\d+\\. __init__ &lt;", "<p>2*3*4 \\d+\\. __init__ &amp;lt;</p>"),
    ("a\u{1B}[31m \u{202E}", "<p>a␛[31m ⟨U+202E⟩</p>"),
  ])
  func parts(source: String, html: String) { #expect(MarkdownHTML.of(source) == html) }

  @Test func whatIsTooDeepIsShownAsItCame() {
    for source in [
      String(repeating: "> ", count: 5000) + "x", String(repeating: "*a **b ", count: 3000),
      String(repeating: "[", count: 20_000),
    ] {
      let html = MarkdownHTML.of(source)
      expectSafe(html, String(source.prefix(20)))
    }
    #expect(MarkdownHTML.of(String(repeating: "> ", count: 50) + "x").hasPrefix("<pre>&gt; "))
  }
}
