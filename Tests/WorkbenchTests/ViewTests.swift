import Core
import Terminal
import TestSupport
import Testing

@testable import Workbench

@Suite(.ownThreads) struct ViewTests {
  private func frame(_ state: State) -> Frame { view(state, Layouts()).frame }

  @Test(arguments: [(60, 16), (80, 24), (120, 40), (200, 50)])
  func aRace(width: Int, height: Int) {
    expectScreen(frame(Sample.race(width: width, height: height)), "race-\(width)x\(height)")
  }

  @Test func manyLanes() {
    for lanes in [1, 2, 5, 9] { expectScreen(frame(Sample.state(lanes: lanes)), "idle-\(lanes)-lanes") }
  }

  /// Every size with few and many lanes, in every state a lane can be in.
  @Test(arguments: [(60, 16), (80, 24), (120, 40), (200, 50)], [2, 3, 5, 9])
  func busyLanes(size: (width: Int, height: Int), lanes: Int) {
    let state = Sample.busy(lanes: lanes, width: size.width, height: size.height)
    expectScreen(frame(state), "busy-\(size.width)x\(size.height)-\(lanes)-lanes")
  }

  @Test func pages() {
    var state = Sample.busy(lanes: 3, width: 100, height: 30)
    _ = update(&state, .key(.escape))
    func page(_ keys: [Key], _ name: String) {
      for key in keys { _ = update(&state, .key(key)) }
      // What was found is known once it has been drawn.
      state.desk.extents = view(state, Layouts()).extents
      expectScreen(frame(state), name)
      _ = update(&state, .key(.escape))
    }
    page([.character("d")], "page-differences")
    page([.character("f")], "page-map")
    page([.character("p")], "page-parameters")
    page([.character("/"), .character("t"), .character("i")], "page-search")
    page([.character("T"), .character("M"), .character("P")], "page-timeline")
    state.draft.system = "Answer in one sentence."
    state.draft.attachments = [Attachment(name: "notes.txt", mediaType: "text/plain", data: Array("hi".utf8))]
    state.draft.composer.insert("and now?")
    page([], "page-chips")
  }

  @Test func overlays() {
    var state = Sample.race(width: 80, height: 24)
    _ = update(&state, .key(.f1))
    expectScreen(frame(state), "help")
    _ = update(&state, .key(.escape))
    _ = update(&state, .key(.control("p")))
    for character in "stop" { _ = update(&state, .key(.character(character))) }
    expectScreen(frame(state), "commands")
  }

  @Test func plainBorders() {
    var state = Sample.race(width: 80, height: 24)
    state.screen.borders = .ascii
    let marks = frame(state).text.unicodeScalars.filter { (0x2500...0x25FF).contains($0.value) }
    #expect(marks.isEmpty, "box drawing characters were drawn all the same")
    _ = update(&state, .key(.escape))
    for key in [Key.character("p"), .f1, .character("T"), .control("p"), .character("o")] {
      _ = update(&state, .key(key))
      let words = frame(state).text.replacing("日本語", with: "").replacing("👍", with: "").replacing("e\u{301}", with: "")
      #expect(words.utf8.allSatisfy { $0 < 0x80 }, "\(words.filter { !$0.isASCII }) in \(key)")
      _ = update(&state, .key(.escape))
    }
  }

  /// However small or odd the window: a frame of its size, and nothing breaks.
  @Test func anySize() {
    for width in [0, 1, 2, 5, 20, 59, 60, 61, 73, 500] {
      for height in [0, 1, 2, 5, 15, 16, 17, 23, 120] {
        var state = Sample.race(width: width, height: height)
        for key in [Key.f1, .escape, .escape, .character("z"), .character("a"), .escape] {
          _ = update(&state, .key(key))
          let drawn = frame(state)
          #expect(drawn.width == width && drawn.height == height)
        }
      }
    }
    expectScreen(frame(Sample.race(width: 20, height: 5)), "too-small")
  }

  /// What a model sends is drawn as text, and the borders stay where they are.
  @Test func hostileTextStaysInItsPane() {
    var state = Sample.state(lanes: 2, width: 80, height: 24)
    _ = Sample.send("hi", &state)
    let hostile =
      "\u{1B}[2J\u{1B}]0;x\u{7}\u{202E}evil\u{202C}\u{9B}31m\u{E0041}" + String(repeating: "z", count: 100_000)
    Sample.play(0, [.text(.answer, hostile, at: 1)], &state)
    Sample.play(1, [.text(.answer, "👨‍👩‍👧‍👦 日本 🇩🇪 e\u{301}\u{301}\u{301} ｗｉｄｅ", at: 1)], &state)
    let drawn = frame(state)
    let rows = drawn.text.split(separator: "\n", omittingEmptySubsequences: false)
    for y in 2..<12 {
      let cells = drawn.cells[(y * 80)..<(y * 80 + 80)].map(\.text)
      #expect(cells[0] == "│" && ["│", "┃"].contains(cells[39]) && cells[40] == "│", "row \(y): \(rows[y])")
    }
    let controls = drawn.text.unicodeScalars.filter {
      $0 != "\n" && ($0.value < 0x20 || (0x7F..<0xA0).contains($0.value))
    }
    #expect(controls.isEmpty, "control characters in the frame")
  }

  @Test func scrollingUpStaysWhileTextComes() {
    var state = Sample.state(lanes: 1, width: 80, height: 24)
    _ = Sample.send("hi", &state)
    let text = (0..<100).map { "line \($0)\n" }.joined()
    Sample.play(0, [.text(.answer, text, at: 1)], &state)
    let layouts = Layouts()
    state.desk.extents = view(state, layouts).extents
    _ = update(&state, .key(.escape))
    for _ in 0..<3 { _ = update(&state, .key(.character("k"))) }
    let before = view(state, layouts).frame.cells[80..<(80 * 10)]
    _ = update(&state, .race(session: state.session.id, turn: 1, .lane(0, .text(.answer, "more\nand more\n", at: 2))))
    let after = view(state, layouts).frame.cells[80..<(80 * 10)]
    #expect(before.map(\.text) == after.map(\.text), "the pane moved by itself")
    _ = update(&state, .key(.character("G")))
    #expect(view(state, layouts).frame.text.contains("and more"), "G follows again")
  }
}
