import Core
import TestSupport
import Testing

@Suite(.ownThreads) struct VisibleTextTests {
  @Test(arguments: [
    ("plain\ttext\n", "plain\ttext\n"), ("naïve 日本語 👩‍👩‍👧 e\u{301}", "naïve 日本語 👩‍👩‍👧 e\u{301}"),
    ("\u{1B}[31mred\u{1B}[0m", "␛[31mred␛[0m"), ("\u{1B}]52;c;aGk=\u{7}", "␛]52;c;aGk=␇"),
    ("a\u{0}b\rc\u{7F}", "a␀b␍c␡"),
    ("\u{9B}31m", "⟨U+9B⟩31m"), ("\u{85}", "⟨U+85⟩"), ("abc\u{202E}fed", "abc⟨U+202E⟩fed"),
    ("\u{2066}x\u{2069}", "⟨U+2066⟩x⟨U+2069⟩"), ("\u{200E}\u{200F}\u{61C}", "⟨U+200E⟩⟨U+200F⟩⟨U+61C⟩"),
    ("a\u{200B}b\u{FEFF}c\u{AD}d\u{2060}", "a⟨U+200B⟩b⟨U+FEFF⟩c⟨U+AD⟩d⟨U+2060⟩"),
    ("\u{05E9}\u{05DC}\u{05D5}\u{05DD}!\u{200F} abc\u{200E}", "\u{05E9}\u{05DC}\u{05D5}\u{05DD}!\u{200F} abc\u{200E}"),
    ("\u{200F}\u{05D0} \u{2068}file.txt\u{2069}", "\u{200F}\u{05D0} \u{2068}file.txt\u{2069}"),
    ("\u{05D0}\n\u{2068}x\u{200F}", "\u{05D0}\n⟨U+2068⟩x⟨U+200F⟩"),
    ("\u{05D0}\u{202E}\u{E0041}", "\u{05D0}⟨U+202E⟩⟨U+E0041⟩"),
    ("\u{645}\u{6CC}\u{200C}\u{62E}", "\u{645}\u{6CC}\u{200C}\u{62E}"),
    ("\u{61C}\u{627}\u{200B}", "\u{61C}\u{627}⟨U+200B⟩"),
    ("\u{E0041}\u{E007F}", "⟨U+E0041⟩⟨U+E007F⟩"), ("a\u{2028}b\u{2029}", "a⟨U+2028⟩b⟨U+2029⟩"),
  ])
  func showsWhatMustNotBeDrawn(_ text: String, _ expected: String) {
    #expect(VisibleText.of(text) == expected)
  }

  @Test func nothingThatMovesACursorIsLeft() {
    let every = String(String.UnicodeScalarView((0..<0x11000).compactMap { Unicode.Scalar(UInt32($0)) }))
    let left = VisibleText.of(every).unicodeScalars.filter { scalar in
      (scalar.value < 0x20 && scalar != "\n" && scalar != "\t") || (0x7F..<0xA0).contains(scalar.value)
        || (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
    }
    #expect(left.isEmpty, "still there: \(left.map { String($0.value, radix: 16) })")
    #expect(VisibleText.of(VisibleText.of(every)) == VisibleText.of(every), "showing twice changes nothing")
  }

  @Test func ordinaryMarksAreNotDrawn() {
    for (text, drawn) in [
      ("\u{05D0}\u{200F}\u{2067}b\u{2069}", "\u{05D0}b"), ("abc\u{200F}", "abc\u{200F}"),
      ("\u{05D0}\u{202B}", "\u{05D0}\u{202B}"),
      (
        "\u{05D0}" + String(repeating: "x", count: 100) + "\u{200F}",
        "\u{05D0}" + String(repeating: "x", count: 100) + "\u{200F}"
      ),
    ] {
      #expect(
        VisibleText.withoutOrdinaryMarks(text) == drawn, "\(text.debugDescription) should be drawn without its marks")
    }
  }

  @Test func aLineIsOneLine() {
    #expect(VisibleText.line("a\r\nb\nc\td\u{1B}") == "a b c d␛")
  }
}
