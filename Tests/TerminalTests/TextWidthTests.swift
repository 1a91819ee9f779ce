import CPseudoTerminal
import Core
import TestSupport
import Testing

@testable import Terminal

@Suite(.ownThreads) struct TextWidthTests {
  @Test(arguments: [
    ("abc", 3), ("日本", 4), ("é", 1), ("e\u{301}", 1), ("👍", 2), ("👍🏽", 2), ("👨‍👩‍👧", 2), ("🇩🇪", 2), ("❤️", 1), ("한글", 4),
    ("\u{200B}", 8), ("\u{1B}[2J", 4), ("a\u{202E}b", 10), ("ｱ", 1), ("Ａ", 2), ("", 0),
  ])
  func widthOfWhatIsDrawn(text: String, width: Int) {
    #expect(TextWidth.of(text) == width, "‘\(text.debugDescription)’ should take \(width) columns")
  }

  /// Persian, Hindi and Malayalam are spelled with joiners; elsewhere none reaches the terminal.
  @Test(arguments: [
    (
      "\u{645}\u{6CC}\u{200C}\u{62E}\u{648}\u{627}\u{647}\u{645}",
      "\u{645}\u{6CC}\u{200C}\u{62E}\u{648}\u{627}\u{647}\u{645}", 7
    ),
    ("\u{915}\u{94D}\u{200D}\u{937}", "\u{915}\u{94D}\u{200D}\u{937}", 2),
    ("\u{D28}\u{D4D}\u{200D}", "\u{D28}\u{D4D}\u{200D}", 1), ("a\u{200D}b\u{200C}", "ab", 2), ("👩\u{200D}👧", "👩", 2),
    ("\u{200C}", "", 0),
  ])
  func joinersStayWhereLettersNeedThem(text: String, drawn: String, width: Int) {
    var result = ""
    TextWidth.forEachGlyph(in: text) { result += $0.text }
    #expect(
      result == drawn && TextWidth.of(text) == width,
      "\(text.debugDescription) should be drawn as \(drawn.debugDescription)")
  }

  /// What is drawn takes the columns that the C library gives to its characters one by one, beside CJK and combining text.
  @Test func everyEmojiSequenceKeepsTheBordersStraight() {
    // What is newer than the C library has no width there; the screen draws a stand-in.
    let known = Fixture.emoji.filter { $0.unicodeScalars.allSatisfy { cpty_columns($0.value) >= 0 } }
    #expect(known.count > 3600)
    for sequence in known {
      var frame = Frame(width: 40, height: 3)
      for (x, text) in [(0, "日本\(sequence)語e\u{301}"), (20, "e\u{301}\(sequence)\(sequence)한글")] {
        frame.box(Area(x: x, y: 0, width: 20, height: 3), Style(), borders: .lines)
        frame.put(text, x: x + 1, y: 1, limit: 18)
      }
      var column = 0
      for (x, cell) in frame.cells[40..<80].enumerated() where !cell.text.isEmpty {
        let columns = cell.text.unicodeScalars.map { Int(cpty_columns($0.value)) }
        #expect(
          column == x, "\(sequence) \(sequence.unicodeScalars.map(\.value)) in \(frame.text)")
        column += columns.reduce(0, +)
      }
      #expect(
        column == 40 && [0, 19, 20, 39].allSatisfy { frame.cells[40 + $0].text == "│" }, "\(sequence)\n\(frame.text)")
    }
  }

  @Test func fittedTextNeverExceedsItsColumns() {
    for text in ["hello world", "日本語日本語", "a👍b👍c", "e\u{301}e\u{301}e\u{301}"] {
      for columns in 0...12 {
        let fitted = TextWidth.fitted(text, columns: columns)
        #expect(TextWidth.of(fitted) <= columns, "‘\(fitted)’ is wider than \(columns)")
      }
    }
    #expect(TextWidth.fitted("hello", columns: 4) == "hel…")
  }

  @Test func nothingDrawnIsAControlCharacter() {
    var drawn = ""
    let hostile = (0..<0x250).compactMap { Unicode.Scalar($0).map(String.init) }.joined() + "\u{202E}\u{E0041}\u{FEFF}"
    TextWidth.forEachGlyph(in: hostile) { drawn += $0.text }
    let bad = drawn.unicodeScalars.filter { $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) || $0.value == 0x202E }
    #expect(bad.isEmpty, "controls would reach the terminal: \(bad.map(\.value))")
  }
}

@Suite(.ownThreads) struct WrapTests {
  private func lines(_ text: String, _ width: Int) -> [String] {
    var wrapped = WrappedText(width: width)
    wrapped.update(text)
    return wrapped.lines
  }

  @Test func breaksAtSpaces() {
    #expect(lines("the tide is slow", 8) == ["the tide", "is slow"])
    #expect(lines("one\n\ntwo\r\nthree", 8) == ["one", "", "two", "three"])
    #expect(lines("abcdefghij", 4) == ["abcd", "efgh", "ij"])
    #expect(lines("ab cdefgh", 4) == ["ab", "cdef", "gh"])
    #expect(lines("  - item one", 8) == ["  - item", "one"])
    #expect(lines("日本語日本", 5) == ["日本", "語日", "本"])
    #expect(lines("a\tb", 8) == ["a   b"])
  }

  /// A token at a time must give what the whole text gives, whatever the tokens are.
  @Test func growingTextWrapsLikeAWholeOne() {
    var random = SplitMix64(seed: 7)
    let pieces = [
      "a", " ", "word ", "\n", "日", "e\u{301}", "👨‍👩‍👧", "\t", "long-word-without-spaces", "\u{1B}", "\r\n", "  ",
      "\u{202E}",
    ]
    for round in 0..<400 {
      let width = 8 + Int(random.next() % 30)
      var text = ""
      var growing = WrappedText(width: width)
      for _ in 0..<40 {
        text += pieces[Int(random.next() % UInt64(pieces.count))]
        growing.update(text)
      }
      #expect(growing.lines == lines(text, width), "round \(round), width \(width): \(text.debugDescription)")
      for line in growing.lines {
        #expect(TextWidth.of(line) <= width, "‘\(line)’ is wider than \(width)")
      }
    }
  }

  /// Marks that say where text runs to are not seen in it, and are seen elsewhere; growing changes nothing.
  @Test func directionMarks() {
    let hebrew = "\u{200F}\u{05E9}\u{05DC}\u{05D5}\u{05DD}!\u{200F} \u{2068}file\u{2069} \u{05D0}"
    #expect(lines(hebrew, 40) == ["\u{05E9}\u{05DC}\u{05D5}\u{05DD}! file \u{05D0}"])
    #expect(lines("a\u{200F}b", 40) == ["a⟨U+200F⟩b"])
    for width in [2, 5, 9, 40] {
      var growing = WrappedText(width: width)
      var text = ""
      for scalar in (hebrew + " " + hebrew + "\na\u{200F}").unicodeScalars {
        text.unicodeScalars.append(scalar)
        growing.update(text)
      }
      #expect(growing.lines == lines(text, width), "at \(width)")
    }
  }

  @Test func aLineOfAHundredThousandCharactersWraps() {
    let wrapped = lines(String(repeating: "z", count: 100_000), 40)
    #expect(wrapped.count == 2500)
    #expect(wrapped.allSatisfy { $0.count == 40 })
  }
}
