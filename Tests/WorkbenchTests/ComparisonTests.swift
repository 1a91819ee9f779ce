import Core
import Terminal
import TestSupport
import Testing

@testable import Workbench

@Suite(.ownThreads) struct ComparisonTests {
  private func text(_ comparison: Comparison, _ kinds: [Comparison.Kind]) -> String {
    comparison.pieces.filter { kinds.contains($0.kind) }.map(\.text).joined()
  }

  @Test func wordsThatDifferAreTold() {
    let comparison = Comparison(left: 0, "the quick fox\njumps", right: 1, "the slow fox\njumps")
    #expect(comparison.pieces.filter { $0.kind == .removed }.map(\.text) == ["quick"])
    #expect(comparison.pieces.filter { $0.kind == .added }.map(\.text) == ["slow"])
    #expect(comparison.agreement == 0.75, "6 of 8 words are in both")
  }

  /// Whatever the texts: what both have and what one has make that one's whole text.
  @Test func nothingIsLost() {
    var random = SplitMix64(seed: 11)
    let words = ["a", "tide", "日本", "\n", " ", "moon.", "\n\n", "é", "x=1", "  "]
    func sample() -> String { (0..<Int(random.next() % 60)).map { _ in words[Int(random.next() % 10)] }.joined() }
    for round in 0..<300 {
      let (a, b) = (sample(), sample())
      let comparison = Comparison(left: 0, a, right: 1, b)
      #expect(text(comparison, [.same, .removed]) == a + "\n", "round \(round): \(a.debugDescription)")
      #expect(text(comparison, [.same, .added]) == b + "\n", "round \(round): \(b.debugDescription)")
      for width in [20, 72, 100] {
        for row in comparison.rows(width: width) {
          #expect(row.left.width <= width && (row.right?.width ?? 0) <= width)
        }
      }
    }
  }

  @Test func longTextsStayCheap() {
    let a = (0..<20_000).map { "word\($0) " }.joined()
    let b = (0..<20_000).map { "other\($0) " }.joined()
    let comparison = Comparison(left: 0, a, right: 1, b)
    #expect(comparison.isCut, "only the beginning of so much is compared")
    #expect(comparison.agreement < 0.01, "they share no word: \(comparison.agreement)")
  }

  /// Where texts are too long to be compared one by one, what stands once in both is what they are laid against each other by.
  @Test func longTextsThatShareMuch() {
    let a = (0..<3000).map { "word\($0) " }.joined()
    let b = (0..<3000).map { $0 % 40 == 0 ? "other " : "word\($0) " }.joined()
    let comparison = Comparison(left: 0, a, right: 1, b)
    #expect(comparison.pieces.count { $0.kind == .added } == 75, "one word in forty differs")
    #expect(text(comparison, [.same, .removed]) == a + "\n")
    #expect(text(comparison, [.same, .added]) == b + "\n")
  }
}

@Suite(.ownThreads) struct DisagreementMapTests {
  @Test func marksSayWhoAgrees() {
    let map = DisagreementMap([
      (0, "The moon pulls on the water. There are 2 tides a day. Ships wait for them."),
      (1, "- The moon pulls on the water.\n- There are 4 tides a day.\n- Fish like it."),
    ])
    #expect(map.rows.map(\.marks) == [[nil, .same], [nil, .numbers], [nil, .missing], [.missing, nil]])
    #expect(map.disputed == 3)
    #expect(map.rows[1].nearest[1] == "There are 4 tides a day.")
  }

  @Test func walkingVisitsOnlyWhatIsDisputed() {
    var map = DisagreementMap([(0, "Same words here. Only mine here."), (1, "Same words here.")])
    map.walk(by: 1)
    #expect(map.selection == 1)
    map.walk(by: 1)
    #expect(map.selection == 1, "around, past what all say")
  }

  /// Nine lanes of as many sentences as are compared: what one waits for when the key is pressed.
  @Test func nineLongAnswersAreMapped() {
    var random = SplitMix64(seed: 3)
    let answers = (0..<9).map { lane in
      (
        lane: lane,
        text: (0..<500).map { _ in "about word\(random.next() % 900) and thing\(random.next() % 900)." }.joined(
          separator: "\n")
      )
    }
    let map = DisagreementMap(answers)
    #expect(map.isCut && map.rows.count > 100, "\(map.rows.count) rows of what is compared")
  }

  @Test func scriptsWithoutSpaces() {
    #expect(DisagreementMap.sentences("月は海を引く。潮は満ちる。") == ["月は海を引く。", "潮は満ちる。"])
  }
}

@Suite(.ownThreads) struct LineSearchTests {
  @Test func matchesAreCountedOverLineEnds() {
    let search = LineSearch("blue moon", in: SearchableLines(["once in a Blue", "MOON, blue moon"]))
    #expect(search.matches == [0, 1])
    #expect(search.pieces(0).map(\.columns) == [10..<14])
    #expect(search.pieces(1).map(\.columns) == [0..<4, 6..<15])
  }

  @Test func wideTextIsMarkedByColumns() {
    #expect(LineSearch("海", in: SearchableLines(["日本海 海"])).pieces(0).map(\.columns) == [4..<6, 7..<9])
    #expect(LineSearch("", in: SearchableLines(["x"])).matches.isEmpty)
  }
}
