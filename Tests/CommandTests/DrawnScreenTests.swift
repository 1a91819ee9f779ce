import Core
import Foundation
import TestSupport
import Testing

@testable import Terminal

/// What arrives on a terminal is what the workbench says it drew: every cell, as a terminal emulator of the tests' own reads the
/// bytes.
@Suite(.serialized, .ownThreads) struct DrawnScreenTests {
  static let answer =
    String(repeating: #"line of text\n"#, count: 60)
    + #"# Tides\n\nThe **sea** rises `twice` a day, e\u0301te\u0301 👨‍👩‍👧 🇩🇪 ❤️ ｗｉｄｅ.\n\n"#
    + #"- 日本語\n\n```swift\nlet tide = 42 // metres\n```\n潮の満ち引き"#

  struct Scene: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var keys: [String]
    /// Shown after the keys.
    var mark: String
  }

  static let scenes = [
    Scene(testDescription: "streaming", keys: [], mark: "潮"),
    Scene(testDescription: "scrolled", keys: ["\u{1B}", "k", "k", "k", "k", "k", "j"], mark: "Tides"),
    Scene(testDescription: "zoomed", keys: ["\u{1B}", "z"], mark: "潮"),
    Scene(testDescription: "help", keys: ["\u{1B}OP"], mark: "Help"),
    Scene(testDescription: "help closed", keys: ["\u{1B}OP", "\u{1B}"], mark: "潮"),
    Scene(testDescription: "typing", keys: ["日本 e\u{301} ", "and more", "\u{1B}[D", "\u{7F}"], mark: "and moe"),
  ]

  /// Streams for as long as it is kept.
  private let server = LoopbackServer(.stream([.chat(answer), .hold(Gate()), .chatEnd, .close]))

  private func program() throws -> Program {
    var program = try Program(server: server)
    program.environment["FURLONG_PROBE"] = program.home + "/probe.json"
    return program
  }

  private static let lanes = ["-m", "test/a", "-m", "test/b", "-m", "test/c"]

  @Test(arguments: scenes, [(80, 24), (200, 50)])
  func everyCellIsAsDrawn(scene: Scene, size: (Int, Int)) throws {
    let program = try program()
    let session = TerminalSession(program, Self.lanes + ["go"], width: size.0, height: size.1, answersQuestions: true)
    session.waitUntilShown("潮")
    for key in scene.keys {
      let before = session.screen.bytes
      session.press(key)
      // One at a time, or Esc and a letter are Alt and that letter.
      session.wait(#_sourceLocation, "nothing was drawn after \(key.debugDescription)") {
        session.screen.bytes > before
      }
    }
    session.waitUntilShown(scene.mark)
    session.wait(#_sourceLocation, "no frame was shown whole") { session.screen.frames > 1 }
    #expect(session.end(signal: SIGTERM) == 0)
    try expectSame(session, program)
    let screen = session.screen
    #expect(screen.clears <= 1, "cleared after the first paint")
    #expect(screen.writesBetweenFrames == 0, "drawn outside of a frame")
    expectGivenBack(session)
  }

  /// Cell by cell, text and look, against the last frame as the program wrote it down.
  private func expectSame(
    _ session: TerminalSession, _ program: Program,
    _ color: (Terminal.Color) -> TerminalEmulator.Color = { .palette($0.xterm256) }
  ) throws {
    let (screen, left) = (session.screen, try #require(session.screen.left, "the alternate screen was not left"))
    let probe = FileManager.default.contents(atPath: program.home + "/probe.json") ?? Data()
    let document = try JSONDocument().parse(String(decoding: probe, as: UTF8.self))
    let rows = document["screen"]?.elements.compactMap { $0.string } ?? []
    #expect(TerminalEmulator.rows(left, width: screen.width) == rows)
    let styles = document["styles"]?.elements.compactMap { $0.int } ?? []
    try #require(styles.count == left.count)
    for (index, expected) in styles.enumerated() {
      let cell = left[index]
      let place = "row \(index / screen.width), column \(index % screen.width): \(cell)"
      guard expected >= 0 else {
        #expect(cell.text.isEmpty, "second half of a wide character at \(place)")
        continue
      }
      let look = Theme.dark.look(try #require(Role(rawValue: Int(expected) & 255)))
      let bits = Int(expected) >> 8
      var attributes: Set<Int> = []
      if look.isBold || bits & 1 != 0 { attributes.insert(1) }
      if look.isDim { attributes.insert(2) }
      if bits & 2 != 0 { attributes.insert(3) }
      if bits & 4 != 0 { attributes.insert(4) }
      if look.isReversed != (bits & 8 != 0) { attributes.insert(7) }
      var wanted = cell.style
      wanted.foreground = look.foreground.map(color)
      wanted.background = look.background.map(color)
      wanted.attributes = attributes
      var found = cell.style
      if cell.text == " ", attributes.isDisjoint(with: [4, 7]) {
        // A blank shows its background only.
        (wanted.foreground, found.foreground) = (nil, nil)
        found.attributes.subtract([1, 2, 3])
        wanted.attributes.subtract([1, 2, 3])
      }
      if wanted != found {
        Issue.record("\(place)\nshould look like \(wanted)")
        return
      }
    }
  }

  private func expectGivenBack(_ session: TerminalSession, sourceLocation: SourceLocation = #_sourceLocation) {
    let screen = session.screen
    #expect(screen.unknown == [], "sequences that a terminal may not know", sourceLocation: sourceLocation)
    #expect(screen.left != nil, "the alternate screen was not left", sourceLocation: sourceLocation)
    let modes = screen.modes.subtracting([7])
    #expect(modes == [25], "modes other than a visible cursor were left on", sourceLocation: sourceLocation)
    #expect(
      screen.allKeyboards.isEmpty && screen.modifiesOtherKeys == 0, "modes of the keyboard were left on",
      sourceLocation: sourceLocation)
    #expect(session.isCooked, "the terminal was left raw", sourceLocation: sourceLocation)
  }

  /// All at once, between CJK and combining text, in two lanes side by side.
  @Test func everyEmojiSequenceKeepsTheBordersStraight() throws {
    let lines = stride(from: 0, to: Fixture.emoji.count, by: 14).map { start in
      Fixture.emoji[start..<min(start + 14, Fixture.emoji.count)].map { "日\($0)e\u{301} " }.joined()
    }
    let server = LoopbackServer(.stream([.chat(lines.joined(separator: #"\n"#) + "THE-END"), .hold(Gate()), .close]))
    var program = try Program(server: server)
    program.environment["FURLONG_PROBE"] = program.home + "/probe.json"
    let session = TerminalSession(
      program, ["-m", "test/a", "-m", "test/b", "go"], width: 200, height: lines.count + 20)
    session.waitUntilShown("THE-END")
    #expect(session.end(signal: SIGTERM) == 0)
    let left = try #require(session.screen.left)
    func row(_ y: Int) -> [String] { left[(y * 200)..<(y * 200 + 200)].map(\.text) }
    let top = row(1)
    let edges = top.indices.filter { "┌┐┏┓╭╮".contains(top[$0]) }
    let bottom = (2..<(lines.count + 20)).first { row($0)[edges[0]] != "│" && row($0)[edges[0]] != "┃" } ?? 0
    #expect(edges.count == 4 && bottom > lines.count)
    for y in 2..<bottom {
      #expect(edges.allSatisfy { ["│", "┃"].contains(row(y)[$0]) }, "row \(y): \(row(y).joined())")
    }
    expectGivenBack(session)
  }

  @Test func trueColoursAreDrawnWhereTheTerminalHasThem() throws {
    var program = try program()
    program.environment["COLORTERM"] = "truecolor"
    let session = TerminalSession(program, Self.lanes + ["go"])
    session.waitUntilShown("潮")
    #expect(session.end(signal: SIGTERM) == 0)
    try expectSame(session, program) { .rgb(Int($0.red) << 16 | Int($0.green) << 8 | Int($0.blue)) }
    expectGivenBack(session)
  }

  @Test func noColourMeansNone() throws {
    var program = try program()
    (program.environment["COLORTERM"], program.environment["NO_COLOR"]) = ("truecolor", "1")
    let session = TerminalSession(program, Self.lanes + ["go"])
    session.waitUntilShown("潮")
    #expect(session.end(signal: SIGTERM) == 0)
    #expect(session.screen.left?.allSatisfy { $0.style.foreground == nil && $0.style.background == nil } == true)
  }

  @Test func framesAreShownWholeOnlyWhereTheTerminalSaysSo() throws {
    let session = TerminalSession(try program(), Self.lanes + ["go"])
    session.waitUntilShown("潮")
    #expect(session.end(signal: SIGTERM) == 0)
    #expect(session.screen.isAsked && session.screen.frames == 0)
    expectGivenBack(session)
  }

  @Test func anotherSizeIsDrawnWhole() throws {
    let program = try program()
    let session = TerminalSession(program, Self.lanes + ["go"], answersQuestions: true)
    session.waitUntilShown("潮")
    let clears = session.screen.clears
    for (width, height) in [(120, 40), (61, 17), (100, 30)] {
      session.resize(width: width, height: height)
      session.wait(#_sourceLocation, "not drawn at \(width)×\(height)") {
        let right = session.screen.row(1).last?.text ?? ""
        return ["┐", "┓", "╮"].contains(right)
      }
    }
    #expect(session.screen.clears <= clears + 6)
    #expect(session.end(signal: SIGTERM) == 0)
    try expectSame(session, program)
    expectGivenBack(session)
  }

  @Test func aPasteOfAMegabyteWhileFramesAreDrawn() throws {
    let session = TerminalSession(try program(), Self.lanes + ["go"], answersQuestions: true)
    session.waitUntilShown("潮")
    let text = String(repeating: "pasted 日本\r", count: 70_000)
    session.press("\u{1B}[200~" + text + "END-OF-IT\u{1B}[201~")
    session.waitUntilShown("END-OF-IT")
    #expect(session.end(signal: SIGTERM) == 0)
    expectGivenBack(session)
  }

  @Test func stoppedAndContinuedItIsDrawnAnew() throws {
    let session = TerminalSession(try program(), Self.lanes + ["go"], answersQuestions: true)
    session.waitUntilShown("潮")
    session.wait(for: "潮")
    kill(session.pid, SIGSTOP)
    kill(session.pid, SIGCONT)
    session.wait(for: "\u{1B}[?1049h")
    session.waitUntilShown("潮")
    #expect(session.end(signal: SIGTERM) == 0)
    expectGivenBack(session)
  }

  @Test(arguments: [SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGSEGV, SIGABRT, SIGTRAP, SIGILL])
  func theTerminalIsGivenBackAfterAnySignal(number: Int32) throws {
    let session = TerminalSession(try program(), Self.lanes + ["go"], answersQuestions: true)
    session.waitUntilShown("潮")
    #expect(!session.isCooked)
    let isOrderly = [SIGTERM, SIGHUP, SIGINT, SIGQUIT].contains(number)
    #expect(session.end(signal: number) == (isOrderly ? 0 : -number))
    expectGivenBack(session)
  }

  /// Keys with modifiers as kitty tells them are asked for where the terminal has them, and nowhere else.
  @Test(arguments: [true, false]) func kittysKeysAreAskedForWhereTheyAre(_ answers: Bool) throws {
    let session = TerminalSession(try Program(), ["-m", "demo/hare"], answersQuestions: answers)
    session.waitUntilShown("ask")
    session.press("one\u{1B}[13;2utwo")
    session.waitUntilShown("two")
    #expect(session.screen.keyboards == (answers ? ["1"] : []), "the stack of the alternate screen")
    #expect(session.screen.modifiesOtherKeys == 1, "xterm's are asked for everywhere")
    #expect(!session.screen.text.contains("onetwo"), "Shift-Enter is a new line: \(session.screen.text)")
    #expect(session.end(signal: SIGTERM) == 0)
    expectGivenBack(session)
  }

  /// Reports and clicks are not typed into the prompt, whole or in pieces.
  @Test func whatTheTerminalSaysIsNotTyped() throws {
    let session = TerminalSession(try Program(), ["-m", "demo/hare"], answersQuestions: true)
    session.wait(for: "ask")
    for piece in [
      "\u{1B}[<2;10;5M\u{1B}[<2;10;5m\u{1B}[<35;1;1M", "\u{1B}[<64;1", "0;5M", "\u{1B}[?62;22c", "\u{1B}[1;6A",
    ] {
      session.press(piece)
    }
    session.press("typed")
    session.waitUntilShown("typed")
    let prompt = session.screen.text.split(separator: "\n").first { $0.contains("typed") } ?? ""
    #expect(!prompt.contains("ed;") && !prompt.contains(where: \.isNumber), "typed: \(prompt)")
    #expect(session.end(signal: SIGTERM) == 0)
  }

  @Test func theSameFrameWritesNothing() throws {
    let session = TerminalSession(try Program(), ["-m", "demo/hare"], answersQuestions: true)
    session.wait(for: "ask")
    session.press("§")
    session.waitUntilShown("§")
    var sizes: [Int] = []
    for (key, shown) in [("a", "§a"), ("b", "§ab"), ("c", "§abc"), ("d", "§abcd"), ("e", "§abcde")] {
      let before = session.screen.bytes
      session.press(key)
      session.waitUntilShown(shown)
      sizes.append(session.screen.bytes - before)
    }
    print("bytes a frame of one key: \(sizes.sorted()[2]); of the first paint and all: \(session.screen.bytes)")
    #expect(sizes.max() ?? 0 < 400, "a key should not redraw the screen")
    #expect(session.end(signal: SIGTERM) == 0)
  }
}
