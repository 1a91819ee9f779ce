import Core
import Markdown
import Terminal
import TestSupport
import Testing

@testable import Workbench

/// Whatever a model sends: no frame lays out more than its share, what is long is done in a bounded number of them, and then
/// nothing is left to do.
@Suite(.ownThreads, .serialized) struct HostileAnswerTests {
  /// Bytes that a frame may lay out; one block beyond its share may have been begun.
  private static let most = 2 * 16_384 + 8 * 4096
  private static let names = HostileAnswers.all.map(\.name)

  private func answered(_ name: String) -> (text: String, state: State) {
    var state = Sample.state(lanes: 2, width: 80, height: 24)
    _ = Sample.send("hi", &state)
    Sample.play(0, [], &state)
    return (HostileAnswers.all.first { $0.name == name }?.text ?? "", state)
  }

  /// Frames until all is laid out.
  private func frames(_ state: inout State, _ layouts: Layouts, _ name: String) -> Int {
    for number in 1...400 {
      let time = ContinuousClock().measure { state.desk.extents = view(state, layouts).extents }
      // Far above what a frame takes: a guard against what no count sees.
      #expect(time < .seconds(5), "\(name): a frame took \(time)")
      #expect(layouts.spent <= Self.most, "\(name): a frame laid out \(layouts.spent) bytes")
      if !layouts.isBehind { return number }
    }
    Issue.record("\(name): still not laid out after 400 frames")
    return 400
  }

  @Test(arguments: names)
  func aStoredAnswerIsLaidOutInPieces(name: String) {
    var (text, state) = answered(name)
    Sample.grow(0, text, &state)
    let layouts = Layouts()
    let count = frames(&state, layouts, name)
    // An item of two bytes may become a line of its own.
    #expect(count <= 3 + text.utf8.count / 512, "\(name): \(count) frames")
    let lines = state.desk.extents[0]?.lines ?? 0
    // A key between the frames is a frame like any other; when nothing is left nothing is done.
    _ = update(&state, .key(.pageUp))
    state.desk.extents = view(state, layouts).extents
    #expect(layouts.spent == 0 && !layouts.isBehind, "\(name): an idle screen laid out \(layouts.spent) bytes")
    #expect(state.desk.extents[0]?.lines == lines, "\(name): all lines were there")
    state.desk.showsSource = [0]
    #expect(frames(&state, layouts, name) <= 3 + text.utf8.count / 4096, "\(name): as it came")
    state.desk.extents = view(state, layouts).extents
    #expect(layouts.spent == 0, "\(name): as it came an idle screen does nothing")
  }

  @Test(arguments: names)
  func aGrowingAnswerIsLaidOutWhereItGrows(name: String) {
    var (text, state) = answered(name)
    let layouts = Layouts()
    let scalars = text.unicodeScalars.prefix(9_600)
    var rest = scalars[...]
    while !rest.isEmpty {
      Sample.grow(0, String(String.UnicodeScalarView(rest.prefix(1200))), &state)
      rest = rest.dropFirst(1200)
      state.desk.extents = view(state, layouts).extents
      #expect(layouts.spent <= Self.most, "\(name): a piece laid out \(layouts.spent) bytes")
    }
    _ = frames(&state, layouts, name)
    var whole = state
    let fresh = Layouts()
    _ = frames(&whole, fresh, name)
    #expect(whole.desk.extents[0] == state.desk.extents[0], "\(name): growing should give what the whole gives")
  }

  /// A frame begins nothing large once its time has passed, and every lane has its turn.
  @Test func lanesTakeTurns() {
    var state = Sample.state(lanes: 3, width: 120, height: 24)
    _ = Sample.send("hi", &state)
    let text = String(repeating: "one line of many\n", count: 6000)
    for lane in 0..<3 {
      Sample.play(lane, [], &state)
      Sample.grow(lane, text, &state)
    }
    var time: Int64 = 0
    let layouts = Layouts {
      time += 10_000_000
      return time
    }
    var count = 0
    repeat {
      count += 1
      state.desk.extents = view(state, layouts).extents
      #expect(layouts.spent <= Self.most, "a frame should stop after its time: it laid out \(layouts.spent) bytes")
      for lane in 0..<3 where count == 3 {
        #expect((state.desk.extents[lane]?.lines ?? 0) > 100, "lane \(lane) had no turn")
      }
    } while layouts.isBehind && count < 400
    #expect(!layouts.isBehind, "all should be laid out in the end")
    for lane in 0..<3 { #expect((state.desk.extents[lane]?.lines ?? 0) > 5900, "lane \(lane) should be whole") }
  }

  /// A search goes through a long answer in pieces, and goes to the match that was asked for once all are known.
  @Test func searchesInPieces() {
    var state = Sample.state(lanes: 1, width: 80, height: 24)
    _ = Sample.send("hi", &state)
    Sample.play(0, [], &state)
    Sample.grow(0, String(repeating: "one line of many\n\n", count: 25_000) + "needle", &state)
    let layouts = Layouts()
    func draw() { _ = update(&state, .drawn(view(state, layouts).extents)) }
    repeat { draw() } while layouts.isBehind
    state.place = .lanes
    for key in "/needle" { _ = update(&state, .key(.character(key))) }
    _ = update(&state, .key(.enter))
    draw()
    #expect(layouts.isBehind, "the first frame should leave lines for the next")
    #expect(state.search?.current == nil, "nothing should be gone to before all lines are known")
    repeat { draw() } while layouts.isBehind
    let extent = state.desk.extents[0]
    #expect(extent?.matches == [50_002], "the word is in the last line: \(extent?.matches ?? [])")
    #expect(state.search?.current == Search.Current(lane: 0, index: 0), "the match should have been gone to")
  }

  /// What a layout keeps, reckoned from its lines.
  @Test(arguments: names)
  func layoutsAreSmall(name: String) {
    let text = HostileAnswers.all.first { $0.name == name }?.text ?? ""
    func stored(_ text: String) -> Int {
      // Short texts stand in their spans; a rule's text is one for all.
      text.utf8.count > 15 && !text.hasPrefix("──") ? 32 + text.utf8.count : 0
    }
    var rendered = MarkdownText(width: 90)
    rendered.update(text)
    #expect(rendered.lines.count < MarkdownText.mostLines + 5000, "\(name): \(rendered.lines.count) lines")
    #expect(
      rendered.openBytes <= 4096 || rendered.restStart != nil, "\(name): \(rendered.openBytes) bytes laid out anew")
    var kept = rendered.lines.reduce(0) { sum, line in
      sum + MemoryLayout<StyledLine>.stride + 32
        + line.spans.reduce(0) { $0 + MemoryLayout<Span>.stride + stored($1.text) }
    }
    if let start = rendered.restStart {
      var rest = WrappedText(width: 90, from: start)
      rest.update(text)
      kept += rest.lines.reduce(0) { $0 + 17 + stored($1) }
    }
    // A few megabytes at the most for what is rendered, and a small multiple of what comes behind it.
    #expect(kept <= 10_000_000 + 12 * text.utf8.count, "\(name): \(kept) bytes for \(text.utf8.count)")
  }

  @Test func codeIsFoundInAnyOfThem() {
    for (name, text) in HostileAnswers.all {
      let blocks = MarkdownText.codeBlocks(in: text)
      #expect(blocks.allSatisfy { $0.code.utf8.count <= text.utf8.count + 1 }, "\(name)")
    }
  }
}
