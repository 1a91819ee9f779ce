import Terminal
import TestSupport
import Testing

@testable import Markdown

/// What a drag over drawn lines copies: the text of the source, however it was wrapped and set off.
@Suite(.ownThreads) struct CopyTests {
  private func said(_ source: String, width: Int) -> String {
    StyledLine.said(lines(source, width: width).map { ($0, 0..<width) })
  }

  private static let code = """
    cat <<'EOF' > /etc/somewhere/quite/deep/in/the/tree/of/files.conf
    \tname = value
      indented = "a rather long line that has to be wrapped in a narrow pane"

    EOF
    """

  /// Without tabs, which are drawn as spaces.
  private static let plainCode = code.replacing("\t", with: "    ")

  @Test(arguments: [14, 20, 33, 60, 200])
  func codeIsCopiedAsItWasWritten(width: Int) {
    #expect(said("```\n\(Self.code)\n```", width: width) == Self.plainCode, "at \(width)")
    #expect(said("```sh\n\(Self.code)\n```", width: width) == "sh\n" + Self.plainCode, "at \(width)")
    let indented = Self.code.split(separator: "\n", omittingEmptySubsequences: false).map {
      $0.isEmpty ? "" : "  " + $0
    }
    #expect(
      said("- see:\n\n  ```\n\(indented.joined(separator: "\n"))\n  ```", width: width) == "- see:\n\n"
        + Self.plainCode,
      "in an item at \(width)")
  }

  @Test(arguments: [16, 24, 50])
  func addressesAndProseHaveNoLineFeedsOfTheScreen(width: Int) {
    let url = "https://example.com/a/very/long/path/that/goes/on?and=on&and=on#and-on"
    #expect(said("see \(url) there", width: width) == "see \(url) there", "at \(width)")
    #expect(said("- see \(url) there\n- two", width: width) == "- see \(url) there\n- two", "at \(width)")
    let prose = "The tide is the slow rise and fall of the sea, twice a day.\nSecond line of it."
    #expect(said(prose, width: width) == prose, "at \(width)")
    #expect(said("日本語の長い文章はどこでも折り返される", width: width) == "日本語の長い文章はどこでも折り返される", "at \(width)")
  }

  @Test func marksOfTheScreenBecomeThoseOfTheSource() {
    let source = "> said\n> twice\n\n- one\n  - two\n- [x] done\n\n2. b\n5. c\n\n# Head\n\n---\n\nend"
    #expect(said(source, width: 40) == source)
    #expect(said("> a long quote that has to be wrapped", width: 20) == "> a long quote that has to be wrapped")
  }

  @Test func aPartOfALineIsThatPart() {
    let line = lines("```\nlet value = 1\n```", width: 40)[0]
    #expect(line.text == "  let value = 1")
    #expect(line.said(in: 0..<5) == "let" && line.said(in: 1..<5) == "let" && line.said(in: 6..<11) == "value")
    #expect(
      lines("> said", width: 40)[0].said(in: 0..<4) == "> sa" && lines("> said", width: 40)[0].said(in: 2..<4) == "sa")
  }

  @Test(arguments: [9, 21, 64])
  func textAsItCameIsCopiedAsItCame(width: Int) {
    let source = "one two three four five six\n  indented https://example.com/a/long/path/to/see\n\nend"
    var text = WrappedText(width: width)
    for end in source.indices { text.update(String(source[...end])) }
    let lines = zip(text.lines, text.joints).map { text, joint in
      var line = StyledLine(text)
      line.joint = joint
      return line
    }
    #expect(text.lines.count == text.joints.count)
    #expect(StyledLine.said(lines.map { ($0, 0..<width) }) == source, "at \(width)")
  }
}
