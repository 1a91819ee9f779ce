import Core
import TestSupport
import Testing

@Suite(.ownThreads) struct OutputCountTests {
  /// A hundred tokens of four bytes each, in chunks of so many, one read each.
  private func response(_ size: Int, bytesPerToken: Double? = nil) -> Response {
    var response = Response(lane: 0, model: ModelID("a/b")!, parameters: Parameters())
    response.count = OutputCount(bytesPerToken: bytesPerToken)
    for place in 0..<(1000 / size) {
      response.apply(
        .text(.answer, String(repeating: " abc", count: size), at: 1_000_000_000 + Int64(place * size) * 10_000_000))
    }
    return response
  }

  /// A thousand tokens at one every ten milliseconds, in 500 to 2 chunks: the speed is the same however they are packed.
  @Test(arguments: [2, 4, 20, 100, 200, 500]) func theSpeedIsTheModels(_ size: Int) throws {
    var response = response(size)
    let live = try #require(response.tokensPerSecond, "\(size) a chunk")
    #expect((95...105).contains(live), "\(size) a chunk: \(live) a second while it runs")
    response.state = .done
    response.usage.output = 1000
    response.timing.tokensInFirstRead = response.count.inFirstRead(of: 1000)
    let final = try #require(response.tokensPerSecond)
    #expect((95...105).contains(final), "\(size) a chunk: \(final) a second in the end")
  }

  @Test func theProvidersOwnFigureHoldsAndTheRestIsAddedByLength() {
    var count = OutputCount()
    count.add(bytes: 40, isFirstRead: true)
    #expect(count.tokens == 10, "four bytes a token, as long as nobody knows better")
    count.report(25)
    #expect(count.tokens == 25 && count.inFirstRead(of: 100) == 25, "it is told, hidden thoughts included")
    count.add(bytes: 8, isFirstRead: false)
    #expect(count.tokens == 27)
  }

  @Test func aMeasuredModelIsCountedByItsOwnTokens() {
    var count = OutputCount(bytesPerToken: 5)
    for _ in 0..<100 { count.add(bytes: 1, isFirstRead: false) }
    #expect(count.tokens == 20, "letter by letter they are no more")
    var unknown = OutputCount()
    for _ in 0..<10 { unknown.add(bytes: 1, isFirstRead: false) }
    #expect(unknown.tokens == 10, "nobody sends a piece of a token by itself")
  }

  @Test func hiddenReasoningCameBeforeTheFirstRead() {
    var count = OutputCount()
    count.add(bytes: 40, isFirstRead: true)
    count.add(bytes: 360, isFirstRead: false)
    #expect(count.inFirstRead(of: 1100, hidden: 1000) == 1010, "and a tenth of what is visible")
  }

  @Test func severalAnswersAtOnceAllCount() {
    var count = OutputCount()
    count.answers = 100
    count.add(bytes: 40, isFirstRead: true)
    #expect(count.tokens == 1000, "only the first of them is looked at")
  }
}
