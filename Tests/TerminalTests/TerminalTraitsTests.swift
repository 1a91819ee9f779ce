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
