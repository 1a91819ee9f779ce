import TestSupport
import Testing

@testable import Terminal

/// What terminals send: keys of every protocol, pastes with and without marks, and answers, which are no keys wherever they are cut.
@Suite(.ownThreads) struct InputTests {
  private static let millisecond: Int64 = 1_000_000

  /// Reads pieces that come so many milliseconds apart, and looks again once all is over.
  private func keys(_ pieces: [String], apart: Int64 = 0, reader: KeyReader = KeyReader()) -> [Key] {
    keys(pieces.map { Array($0.utf8) }, apart: apart, reader: reader)
  }

  private func keys(_ pieces: [[UInt8]], apart: Int64, reader: KeyReader = KeyReader()) -> [Key] {
    var reader = reader
    var now: Int64 = 1_000_000_000_000
    var events: [KeyReader.Event] = []
    for piece in pieces {
      events += reader.read(piece, now: now)
      // As the main loop does: it looks again when something is due.
      let next = now + apart * Self.millisecond
      while let deadline = reader.deadline, deadline <= next { events += reader.read([], now: deadline) }
      now = next
    }
    while let deadline = reader.deadline { events += reader.read([], now: deadline) }
    return events.compactMap { if case .key(let key) = $0 { key } else { nil } }
  }

  // MARK: Answers

  /// Nothing is a key, whole or in two pieces, at once or with the rest later; only ESC by itself is the key that it is.
  @Test(arguments: [Int64(0), 30, 300]) func answersAreNoKeys(apart: Int64) {
    for answer in TerminalAnswers.all {
      let bytes = Array(answer.utf8)
      for cut in 1...bytes.count {
        let found = keys([Array(bytes[..<cut]), Array(bytes[cut...])], apart: apart).filter {
          if case .mouse = $0 { false } else { true }
        }
        let isEscapeAlone = apart > 25 && bytes[..<cut].last == 0x1B && found == [.escape] && cut == 1
        #expect(found.isEmpty || isEscapeAlone, "\(answer.debugDescription), cut at \(cut), \(apart) ms: \(found)")
      }
      #expect(keys([answer + "x"]).last == .character("x"), "\(answer.debugDescription): what follows is a key again")
    }
  }

  @Test func answersByteByByteAreNoKeys() {
    for answer in TerminalAnswers.all {
      let found = keys(answer.utf8.map { [$0] }, apart: 3).filter { if case .mouse = $0 { false } else { true } }
      #expect(found.isEmpty, "\(answer.debugDescription): \(found)")
    }
  }

  @Test func whatWaitsForItsEndIsGivenUp() {
    #expect(keys(["\u{1B}]11;rgb:30", "x"], apart: 1500) == [.character("x")], "an answer that never ends")
    #expect(keys(["\u{1B}]", "h", "\u{3}"], apart: 10) == [.control("c")], "Ctrl-C gets through whatever has begun")
    #expect(keys(["\u{1B}[12", "\u{3}"]) == [.control("c")])
    #expect(keys(["\u{1B}P" + String(repeating: "q", count: 5000), "\u{1B}\\", "a"]) == [.character("a")])
    #expect(keys(["\u{1B}[" + String(repeating: "1;", count: 5000) + "m", "a"]) == [.character("a")])
  }

  @Test func bytesThatAreNoUTF8AreNoKeys() {
    #expect(keys([[0xFF, 0xC0, 0x80, 0x9B, 0xC2, 0x9B, 0x61]], apart: 0) == [.character("a")])
    #expect(keys(["é", "日", "🐢"].flatMap { $0.utf8.map { [$0] } }, apart: 5) == "é日🐢".map { .character($0) })
  }

  @Test func framesShownWholeAreNoticed() {
    var reader = KeyReader()
    #expect(reader.read(Array("\u{1B}[?2026;2$y".utf8), now: 0) == [.synchronizes(true)])
    #expect(reader.read(Array("\u{1B}[?2026;0$y".utf8), now: 0) == [.synchronizes(false)])
  }

  // MARK: Keys

  @Test(arguments: [
    ("\r", Key.enter), ("\t", .tab), ("\u{7F}", .backspace), ("\u{8}", .backspace), ("\u{3}", .control("c")),
    ("\n", .control("j")), ("\u{1B}[A", .up), ("\u{1B}OB", .down), ("\u{1B}[1;1C", .right), ("\u{1B}[1;5C", .wordRight),
    ("\u{1B}[1;3D", .wordLeft), ("\u{1B}[H", .home), ("\u{1B}[4~", .end), ("\u{1B}OF", .end), ("\u{1B}[1~", .home),
    ("\u{1B}[7~", .home), ("\u{1B}[8~", .end), ("\u{1B}[5~", .pageUp), ("\u{1B}[6~", .pageDown), ("\u{1B}[3~", .delete),
    ("\u{1B}[Z", .shiftTab), ("\u{1B}OP", .f1), ("\u{1B}[11~", .f1), ("\u{1B}[[A", .f1), ("\u{1B}[P", .f1),
    ("\u{1B}OM", .enter), ("\u{1B}t", .alt("t")), ("\u{1B}é", .character("é")),
    // Kitty's protocol and xterm's modifyOtherKeys.
    ("\u{1B}[13;2u", .control("j")), ("\u{1B}[27;2;13~", .control("j")), ("\u{1B}[13;3u", .control("j")),
    ("\u{1B}\r", .control("j")), ("\u{1B}[13;1u", .enter), ("\u{1B}[13u", .enter), ("\u{1B}[99;5u", .control("c")),
    ("\u{1B}[27;5;99~", .control("c")), ("\u{1B}[27u", .escape), ("\u{1B}[9;2u", .shiftTab), ("\u{1B}[9u", .tab),
    ("\u{1B}[127u", .backspace), ("\u{1B}[127;5u", .alt("\u{7F}")), ("\u{1B}\u{7F}", .alt("\u{7F}")),
    ("\u{1B}[116;3u", .alt("t")),
    ("\u{1B}[97;2u", .character("A")),
    ("\u{1B}[97:65;2;65u", .character("A")), ("\u{1B}[49;2;33u", .character("!")), ("\u{1B}[57400u", .character("1")),
    ("\u{1B}[57414u", .enter), ("\u{1B}[57419u", .up), ("\u{1B}[99;69u", .control("c")),
    ("\u{1B}[32;5u", .control("@")),
    ("\u{1B}[97;1:2u", .character("a")),
  ])
  func keysAreRead(_ bytes: String, _ key: Key) {
    #expect(keys([bytes]) == [key], "\(bytes.debugDescription)")
  }

  @Test func escapeIsAKeyOfItsOwn() {
    #expect(keys(["\u{1B}"]) == [.escape])
    #expect(keys(["\u{1B}", "j"], apart: 100) == [.escape, .character("j")])
    #expect(keys(["\u{1B}\u{1B}[A"]) == [.escape, .up])
    #expect(keys(["\u{1B}", "[A"], apart: 100) == [.escape, .up], "cut behind ESC it is still the arrow")
  }

  @Test func otherDescriptionsAreFollowed() {
    let reader = KeyReader(described: ["[1y": .home, "Ox": .up])
    #expect(keys(["\u{1B}[1y\u{1B}Ox\u{1B}[A"], reader: reader) == [.home, .up, .up])
  }

  @Test(arguments: [
    ("[<0;1;1M", Mouse(.press, x: 0, y: 0)), ("[<0;300;80m", Mouse(.release, x: 299, y: 79)),
    ("[<16;3;4M", Mouse(.press, x: 2, y: 3)), ("[<64;3;4M", Mouse(.wheelUp, x: 2, y: 3)),
    ("[<32;3;4M", Mouse(.drag, x: 2, y: 3)), ("[<64;2;2M", Mouse(.wheelUp, x: 1, y: 1)),
    ("[<69;5;6M", Mouse(.wheelDown, x: 4, y: 5)),
  ])
  func theMouseIsRead(_ report: String, _ mouse: Mouse) {
    #expect(keys(["\u{1B}" + report]) == [.mouse(mouse)])
  }

  @Test(arguments: [
    "[<M", "[<;;M", "[<66;1;1M", "[<2;1;1M", "[<0;0;1M", "[<0;1M", "[<0;1;1;1M", "[<99999999999999999999;1;1M",
    "[<0;1;70000M", "[<0;1;1x",
  ])
  func otherReportsOfTheMouseAreNone(_ report: String) { #expect(keys(["\u{1B}" + report]).isEmpty) }

  // MARK: Pastes

  @Test func marksMakeAPaste() {
    let (begin, end) = ("\u{1B}[200~", "\u{1B}[201~")
    #expect(keys([begin + "one\r\ntwo\rthree\n" + end + "x"]) == [.paste("one\ntwo\nthree\n"), .character("x")])
    for cut in 1..<(begin + "a\rb" + end).utf8.count {
      let bytes = Array((begin + "a\rb" + end).utf8)
      #expect(keys([Array(bytes[..<cut]), Array(bytes[cut...])], apart: 5) == [.paste("a\nb")], "cut at \(cut)")
    }
    #expect(keys([end + "x"]) == [.character("x")], "an end without a beginning is nothing")
    #expect(keys([begin + "\u{1B}[A\u{3}" + end]) == [.paste("\u{1B}[A\u{3}")], "what is pasted is no key")
  }

  @Test func aPasteWhoseEndIsLostEndsByItself() {
    #expect(keys(["\u{1B}[200~abc", "q"], apart: 1200) == [.paste("abc"), .character("q")])
    let late = keys(["\u{1B}[200~abc", "def and ghi\rj", "\u{1B}[201~q"], apart: 1200)
    #expect(late == [.paste("abc"), .paste("def and ghi\nj"), .character("q")], "its rest is text as well: \(late)")
    let large = keys(
      [[UInt8]("\u{1B}[200~".utf8)] + Array(repeating: Array(repeating: 0x61, count: 1 << 20), count: 40), apart: 0)
    #expect(large.count > 1 && large.allSatisfy { if case .paste = $0 { true } else { false } }, "\(large.count) parts")
  }

  @Test func linesThatComeAtOnceAreText() {
    #expect(keys(["first line\rsecond line\r"]) == [.paste("first line\nsecond line\n")])
    #expect(keys(["first\r\nsecond"]) == [.paste("first\nsecond")])
    let parts = keys(["eins zwei\rdrei vier f", "ünf sechs\r"], apart: 5)
    #expect(parts == [.paste("eins zwei\ndrei vier f"), .paste("ünf sechs\n")], "\(parts)")
    #expect(keys(["hello\r"]) == "hello".map { .character($0) } + [.enter], "one line and Enter is typed")
    #expect(
      keys(["hello", "\r", "jj"], apart: 5) == "hello".map { .character($0) } + [
        .enter, .character("j"), .character("j"),
      ])
  }
}
