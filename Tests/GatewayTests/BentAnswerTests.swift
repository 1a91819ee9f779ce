import Core
import Foundation
import TestSupport
import Testing

@testable import Gateway

/// Answers of providers that are JSON to some readers only: what goes out is JSON to all of them, or an error.
@Suite(.ownThreads) struct BentAnswerTests {
  private static let scraps: [[UInt8]] = [
    [0x00], [0x01], [0x0B], [0x1B, 0x5B, 0x32, 0x4A], [0x0D], [0x09], [0x7F], [0xFF], [0xC0, 0xAF], [0xED, 0xA0, 0x80],
    [0xE2, 0x80],
    Array(#"\ud800"#.utf8), Array(#"\udc00x"#.utf8), Array(#"\q"#.utf8), Array(#"\u0000"#.utf8), Array(#"\u001b"#.utf8),
    Array("\u{202E}".utf8), Array("\u{2028}".utf8), Array("\"".utf8), Array("\\".utf8), Array("NaN".utf8),
    Array("1e999".utf8),
    Array("007".utf8), Array("[[[[".utf8), Array("\u{FEFF}".utf8), Array("\r".utf8), Array("\n".utf8),
    Array("\r\n\r\n".utf8),
  ]

  /// Something put in, or in the place of a value.
  private static func bent(_ text: String, _ random: inout SplitMix64) -> [UInt8] {
    var bytes = Array(text.utf8)
    for _ in 0...Int.random(in: 0..<3, using: &random) {
      let scrap = scraps[Int.random(in: 0..<scraps.count, using: &random)]
      let place = Int.random(in: 0..<bytes.count, using: &random)
      if Bool.random(using: &random) {
        bytes.insert(contentsOf: scrap, at: place)
      } else if let colon = bytes[place...].firstIndex(of: UInt8(ascii: ":")),
        let end = bytes[colon...].firstIndex(where: { [UInt8(ascii: ","), UInt8(ascii: "}")].contains($0) })
      {
        bytes.replaceSubrange((colon + 1)..<end, with: scrap)
      }
    }
    return bytes
  }

  private static func isJSON(_ text: String) -> Bool {
    let document = JSONDocument()
    guard (try? document.parse(text)) != nil, document.isClean else { return false }
    return (try? JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)) != nil
  }

  private static let asks: [(path: String, body: String)] = [
    ("/v1/chat/completions", #""messages":[{"role":"user","content":"hi"}]"#), ("/v1/responses", #""input":"hi""#),
    ("/v1/messages", #""max_tokens":50,"messages":[{"role":"user","content":"hi"}]"#),
  ]

  @Test(arguments: Upstream.allCases)
  func everyEventIsJSON(_ upstream: Upstream) async {
    let count = 150
    // By the number in the prompt: the same each time that it is asked again.
    let server = LoopbackServer { request, _ in
      let number = request.text.firstMatch(of: /number ([0-9]+)/).flatMap { Int($0.output.1) } ?? 0
      var random = SplitMix64(seed: UInt64(number) &* 7919)
      if number % 5 == 4 { return .answer(200, body: "") + [.close] }
      let isWhole = number % 5 == 3
      let bytes = Self.bent(isWhole ? upstream.body("alpha") : upstream.whole(["al", "pha"]), &random)
      return [Step].stream([.send(bytes), .close])
    }
    let stand = await Stand([server], dialects: [upstream.rawValue])
    let answers = Journal<Void>()
    await each(0..<count, atOnce: 30) { number in
      let ask = Self.asks[number % 3]
      let isStream = number % 2 == 0
      let visit = await stand.ask(
        ask.path, #"{"model":"s0/m","stream":\#(isStream),\#(ask.body.replacing("hi", with: "number \(number)"))}"#)
      #expect(visit.isWhole, "\(number): \(visit)")
      if visit.status == 200, isStream {
        answers.append(())
        for (name, data) in visit.events where data != "[DONE]" {
          #expect(Self.isJSON(data), "\(number), \(upstream), \(ask.path): \(name ?? "") \(data)")
        }
        #expect(!visit.body.utf8.contains(0x0D), "\(number): a line that ends early for some")
      } else {
        #expect(Self.isJSON(visit.body), "\(number), \(upstream), \(ask.path): \(visit.body)")
      }
    }
    print("\(count) bent answers of \(upstream) handed on, \(answers.entries.count) of them as streams")
  }
}
