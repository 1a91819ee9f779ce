import Core
import CustomDump
import Providers
import Testing
import TestSupport

/// Mutated streams, cut at random, through the parser and every dialect: nothing crashes, and cuts never change the deltas.
@Suite(.ownThreads) struct FuzzTests {
  private static let words = [
    "data: ", "\n\n", "\r\n", ": c\n", "event: x\n", "[DONE]", "{", "}", "[", "]", "\"", "\\", "\\u", "\\ud800", "null",
    "-1", "1e999", "9223372036854775807", "\u{FEFF}", "\u{0}", "{\"error\":", "{\"error\":{\"message\":\"m\"}}\n",
    "\"usage\":{",
    "\"choices\":[", " ", "😀",
  ].map { Array($0.utf8) }

  private func mutated(_ source: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
    var bytes = source
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let at = Int.random(in: 0...bytes.count, using: &random)
      let length = min(Int.random(in: 0...12, using: &random), bytes.count - at)
      switch Int.random(in: 0..<6, using: &random) {
      case 0: bytes.replaceSubrange(at..<(at + length), with: [])
      case 1: bytes.insert(contentsOf: Self.words.randomElement(using: &random)!, at: at)
      case 2: bytes.replaceSubrange(at..<(at + length), with: Self.words.randomElement(using: &random)!)
      case 3: if at < bytes.count { bytes[at] = UInt8.random(in: 0...255, using: &random) }
      case 4: bytes.insert(contentsOf: bytes[at..<(at + length)], at: at)
      default: bytes.removeSubrange(at...)
      }
    }
    return bytes
  }

  private func pieces(_ bytes: [UInt8], _ random: inout SplitMix64) -> [[UInt8]] {
    var result: [[UInt8]] = []
    var start = 0
    while start < bytes.count {
      let end = min(bytes.count, start + Int.random(in: 1...80, using: &random))
      result.append(Array(bytes[start..<end]))
      start = end
    }
    return result
  }

  @Test func mutatedStreams() {
    var random = SplitMix64(seed: 20_261_123)
    let fixtures = Fixture.streams.map(Fixture.bytes).filter { $0.count < 3500 }
    let services = ["openai", "openai-responses", "anthropic", "google", "xai", "openrouter", "deepinfra"].map {
      service($0) as Service
    }
    let inputs = 15_000
    for count in 1...inputs {
      let input = mutated(fixtures.randomElement(using: &random)!, &random)
      let service = services.randomElement(using: &random)!
      let whole = deltas([input], by: service)
      let cut = deltas(pieces(input, &random), by: service)
      guard whole == cut else {
        expectNoDifference(cut, whole, "\(service.id) after \(count) inputs: \(String(decoding: input, as: UTF8.self))")
        return
      }
    }
    print("fuzz: \(inputs) mutated streams")
  }

  @Test func mutatedErrors() {
    var random = SplitMix64(seed: 7)
    let inputs = 10_000
    for _ in 1...inputs {
      let input = mutated(Array(ErrorBodyTests.cases.randomElement(using: &random)!.body.utf8), &random)
      let error = ErrorBody.read(
        status: Int.random(in: 300...599, using: &random),
        headers: [
          "retry-after": String(decoding: mutated(Array("Wed, 21 Oct 2026 07:28:00 GMT".utf8), &random), as: UTF8.self)
        ],
        body: input, now: 1_792_567_670)
      #expect(error.retryAfter ?? 0 >= 0)
      #expect(!error.message.isEmpty)
    }
    print("fuzz: \(inputs) mutated error bodies")
  }
}
