import TestSupport
import Testing

@testable import Terminal

@Suite(.ownThreads) struct FrameTests {
  @Test func textIsCutAtTheEdgeAndTheLimit() {
    var frame = Frame(width: 6, height: 2)
    #expect(frame.put("abcdefgh", x: 1, y: 0) == 5)
    #expect(frame.put("日本語", x: 0, y: 1, limit: 5) == 5, "a wide glyph that would be halved is left out")
    #expect(frame.text == " abcde\n日本")
  }

  @Test func outsideIsHarmless() {
    var frame = Frame(width: 4, height: 1)
    frame.put("x", x: 9, y: 0)
    frame.put("x", x: 0, y: 5)
    frame.put("abcd", x: -2, y: 0)
    frame.fill(Area(x: -5, y: -5, width: 3, height: 3), Style(.bar))
    frame.box(Area(x: 0, y: 0, width: 1, height: 1), Style(), borders: .lines)
    #expect(frame.text == "cd")
  }

  @Test func aWideGlyphTakesTwoCells() {
    var frame = Frame(width: 4, height: 1)
    frame.put("日x", x: 0, y: 0)
    #expect(frame.cells.map(\.text) == ["日", "", "x", " "])
  }

  @Test func halfACoveredGlyphIsASpace() {
    var frame = Frame(width: 8, height: 2)
    frame.put("日本語x", x: 0, y: 0)
    frame.put("|", x: 1, y: 0)
    frame.put("|", x: 4, y: 0)
    #expect(frame.text == " |本| x\n")
    frame.put("日本語x", x: 0, y: 1)
    frame.fill(Area(x: 1, y: 1, width: 2, height: 1), Style())
    #expect(frame.cells[8..<16].map(\.text) == [" ", " ", " ", " ", "語", "", "x", " "])
  }

  @Test func boxesClose() {
    var frame = Frame(width: 4, height: 3)
    frame.box(Area(x: 0, y: 0, width: 4, height: 3), Style(), borders: .lines)
    #expect(frame.text == "┌──┐\n│  │\n└──┘")
  }
}

@Suite(.ownThreads) struct ThemeTests {
  @Test func aPaletteWithoutAColourIsRefused() {
    var palette = Theme.darkPalette
    palette["base0A"] = nil
    #expect(Theme(name: "x", palette: palette) == nil)
    palette["base0a"] = "#ffffff"
    #expect(Theme(name: "x", palette: palette) != nil, "lower-case names and a # are allowed")
  }

  @Test func coloursMapToTheNearestOfTheTerminal() {
    #expect(Color(255, 255, 255).xterm256 == 231)
    #expect(Color(0, 0, 0).xterm256 == 16)
    #expect(Color(20, 22, 27).xterm256 == 233 || Color(20, 22, 27).xterm256 == 234)
    #expect(Color(255, 0, 0).ansi(bright: true) == 9)
    // Pale colours keep their hue where there are only eight.
    #expect(Color(0x8F, 0xC9, 0x8B).ansi(bright: false) == 2)
    #expect(Color(0xF2, 0x77, 0x7A).ansi(bright: false) == 1)
    #expect(Color(0xE8, 0xC9, 0x79).ansi(bright: false) == 3)
    #expect(Color(0xCD, 0xD3, 0xDE).ansi(bright: false) == 7)
  }
}

@Suite(.ownThreads) struct KeyTests {
  @Test(arguments: ["x", "X", "Ctrl-p", "PgDn", "Space", "Esc", "F1", "Alt-b", "Shift-Tab"])
  func namesAreRead(name: String) {
    #expect(Key(name: name) != nil, "‘\(name)’ should be a key")
  }

  @Test(arguments: ["", "Ctrl-", "Hyper-x", "Ctrl-1", "xx"])
  func othersAreNot(name: String) {
    #expect(Key(name: name) == nil, "‘\(name)’ should be no key")
  }

  @Test func controlsAndLetters() {
    #expect(Key.scalar("\r") == .enter)
    #expect(Key.scalar("\n") == .control("j"), "Ctrl-J must stay apart from Enter")
    #expect(Key.scalar("\u{3}") == .control("c"))
    #expect(Key.scalar("\u{7F}") == .backspace)
    #expect(Key.scalar("é") == .character("é"))
  }
}

@Suite(.ownThreads) struct MiddleTests {
  @Test func namesKeepTheirEnds() {
    #expect(
      TextWidth.fittedInTheMiddle("local/smollm2-135m,temperature=0.2", columns: 24) == "local/smoll…perature=0.2")
    for columns in 0...30 {
      #expect(TextWidth.of(TextWidth.fittedInTheMiddle("日本語/モデル,temperature=0.2", columns: columns)) <= columns)
    }
  }
}
