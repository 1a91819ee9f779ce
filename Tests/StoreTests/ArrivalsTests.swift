import Core
import CustomDump
import TestSupport
import Testing

@testable import Store

@Suite(.ownThreads) struct ArrivalsTests {
  private func chunk(_ microseconds: Int64, _ length: Int, _ channel: Channel) -> Arrivals.Chunk {
    Arrivals.Chunk(microseconds: microseconds, length: length, channel: channel)
  }

  @Test func readsBackWhatItWrote() {
    var arrivals = Arrivals()
    arrivals.append(.reasoning, length: 3, at: 1_500)
    arrivals.append(.answer, length: 0, at: 1_999)
    arrivals.append(.answer, length: 100_000, at: 3_600_000_000_000)
    arrivals.append(.answer, length: 1, at: 5)
    expectNoDifference(
      Arrivals.chunks(arrivals.bytes),
      [
        chunk(1, 3, .reasoning), chunk(1, 0, .answer), chunk(3_600_000_000, 100_000, .answer),
        chunk(3_600_000_000, 1, .answer),
      ], "a clock that goes back stands still")
  }

  @Test func partsJoinToTheWhole() {
    var whole = Arrivals()
    var inParts = Arrivals()
    var bytes: [UInt8] = []
    var random = SplitMix64(seed: 1)
    var clock: Int64 = 0
    for index in 0..<500 {
      clock += Int64.random(in: 0...50_000_000, using: &random)
      let length = Int.random(in: 0...300, using: &random)
      let channel: Channel = Bool.random(using: &random) ? .answer : .reasoning
      whole.append(channel, length: length, at: clock)
      inParts.append(channel, length: length, at: clock)
      if index % 7 == 0 { bytes += inParts.take() }
    }
    bytes += inParts.take()
    #expect(bytes == whole.bytes)
    #expect(Arrivals.chunks(bytes).count == 500)
    #expect(Arrivals.chunks(bytes).last?.microseconds == clock / 1000)
    #expect(bytes.count < 500 * 6, "compact: \(bytes.count) bytes for 500 chunks")
  }

  @Test func damagedBytesDoNoHarm() {
    #expect(Arrivals.chunks([0x80]).isEmpty)
    #expect(Arrivals.chunks([1]).isEmpty, "half a chunk is none")
    #expect(Arrivals.chunks([UInt8](repeating: 0xFF, count: 64)).isEmpty)
    let huge: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 2]
    #expect(Arrivals.chunks(huge + huge + huge).isEmpty, "no clock runs that long")
    var random = SplitMix64(seed: 2)
    for _ in 0..<2000 {
      let chunks = Arrivals.chunks((0..<40).map { _ in UInt8.random(in: 0...255, using: &random) })
      for chunk in chunks {
        #expect(chunk.microseconds <= .max / 1000, "a reader that multiplies to nanoseconds must not overflow")
      }
    }
  }
}
