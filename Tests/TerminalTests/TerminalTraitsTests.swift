import TestSupport
import Testing

@testable import Terminal

@Suite(.ownThreads) struct TerminalTraitsTests {
  @Test(arguments: [
    (["COLORTERM": "truecolor", "TERM": "xterm-256color"], TerminalTraits.Colors.direct),
    (["COLORTERM": "24bit", "TERM": "tmux-256color", "TMUX": "/tmp/x,1,0"], .direct),
    (["COLORTERM": "truecolor", "TERM": "xterm-256color", "NO_COLOR": "1"], .none),
    (["COLORTERM": "truecolor", "TERM": "screen-256color", "STY": "1.a"], .described),
    (["COLORTERM": "truecolor", "TERM": "linux"], .described), (["COLORTERM": "yes", "TERM": "xterm"], .described),
    (["NO_COLOR": "", "TERM": "xterm"], .described),
  ])
  func coloursAreChosenByTheEnvironment(environment: [String: String], colors: TerminalTraits.Colors) {
    #expect(TerminalTraits(environment: environment).colors == colors)
  }

  @Test func multiplexersAreKnown() {
    #expect(TerminalTraits(environment: ["TERM": "xterm"]).multiplexer == nil)
    #expect(TerminalTraits(environment: ["TERM": "screen", "TMUX": "x"]).multiplexer == .tmux)
    #expect(TerminalTraits(environment: ["TERM": "screen.xterm-256color"]).multiplexer == .screen)
  }
}

@Suite(.ownThreads) struct MouseTests {
  @Test(arguments: [
    ("0;1;1", "M", Mouse(.press, x: 0, y: 0)), ("0;300;80", "m", Mouse(.release, x: 299, y: 79)),
    ("32;3;4", "M", Mouse(.drag, x: 2, y: 3)), ("64;3;4", "M", Mouse(.wheelUp, x: 2, y: 3)),
    ("65;3;4", "M", Mouse(.wheelDown, x: 2, y: 3)), ("16;3;4", "M", Mouse(.press, x: 2, y: 3)),
  ])
  func reportsAreRead(report: String, end: Unicode.Scalar, mouse: Mouse) {
    #expect(Mouse(report: report, end: end) == mouse)
  }

  @Test(arguments: ["", ";;", "0;0;1", "0;1", "0;1;1;1", "2;1;1", "66;1;1", "x;1;1", "99999999999999999999;1;1"])
  func othersAreNone(report: String) {
    #expect(Mouse(report: report, end: "M") == nil)
    #expect(Mouse(report: "0;1;1", end: "x") == nil)
  }
}

@Suite(.ownThreads) struct ClipboardTests {
  @Test func sequences() {
    #expect(Clipboard.sequence("hi", multiplexer: nil) == "\u{1B}]52;c;aGk=\u{7}")
    #expect(
      Clipboard.sequence("hi", multiplexer: .tmux)
        == "\u{1B}]52;c;aGk=\u{7}\u{1B}Ptmux;\u{1B}\u{1B}]52;c;aGk=\u{7}\u{1B}\\")
    let long = Clipboard.sequence(String(repeating: "a", count: 600), multiplexer: .screen) ?? ""
    let chunks = long.split(separator: "\u{1B}\\")
    #expect(chunks.count > 3 && chunks.allSatisfy { $0.hasPrefix("\u{1B}P") && $0.count <= 202 })
  }

  @Test func whatTerminalsWouldDropIsNotSent() {
    #expect(Clipboard.sequence(String(repeating: "a", count: 56_000), multiplexer: nil) != nil)
    #expect(Clipboard.sequence(String(repeating: "a", count: 57_000), multiplexer: nil) == nil)
  }
}
