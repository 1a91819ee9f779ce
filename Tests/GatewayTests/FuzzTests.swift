import Core
import Foundation
import TestSupport
import Testing

@testable import Gateway

/// Requests that were bent in every way: nothing falls over, and whatever is refused is refused with a reason.
@Suite(.ownThreads) struct FuzzTests {
  private static let seeds: [(path: String, body: String)] = [
    (
      "/v1/chat/completions",
      #"{"model":"s0/m","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"system","content":"be brief"},{"role":"user","content":[{"type":"text","text":"hi"},{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0="}}]},{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c","content":"7"}],"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}],"tool_choice":"auto","response_format":{"type":"json_schema","json_schema":{"name":"s","schema":{"type":"object"}}},"temperature":0.5,"stop":["x"],"seed":3}"#
    ),
    (
      "/v1/responses",
      #"{"model":"s1/m","input":[{"role":"user","content":[{"type":"input_text","text":"hi"}]},{"type":"function_call","call_id":"c","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"c","output":"7"}],"instructions":"be brief","max_output_tokens":50,"reasoning":{"effort":"low"},"text":{"format":{"type":"text"}},"tools":[{"type":"function","name":"f","parameters":null}]}"#
    ),
    (
      "/v1/messages",
      #"{"model":"s2/m","max_tokens":50,"system":[{"type":"text","text":"be brief","cache_control":{"type":"ephemeral"}}],"messages":[{"role":"user","content":"hi"},{"role":"assistant","content":[{"type":"tool_use","id":"c","name":"f","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"c","content":[{"type":"text","text":"7"}]}]}],"tools":[{"name":"f","input_schema":{"type":"object"}}],"tool_choice":{"type":"auto"},"thinking":{"type":"enabled","budget_tokens":2000},"output_config":{"effort":"low"}}"#
    ),
  ]

  private static let scraps = [
    "null", "true", "7", "-1e400", "\"x\"", "[]", "{}", "[[[]]]", "\"\\ud800\"", "1e999999999",
  ]

  /// One change: a byte, a piece cut out or doubled, or a value put in another's place.
  private static func bent(_ text: String, _ random: inout SplitMix64) -> [UInt8] {
    var bytes = Array(text.utf8)
    for _ in 0...Int.random(in: 0..<3, using: &random) where bytes.count > 8 {
      let place = Int.random(in: 0..<bytes.count - 4, using: &random)
      let length = Int.random(in: 1...min(40, bytes.count - place), using: &random)
      switch Int.random(in: 0..<5, using: &random) {
      case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
      case 1: bytes.removeSubrange(place..<(place + length))
      case 2: bytes.insert(contentsOf: bytes[place..<(place + length)], at: place)
      default:
        // After a colon: the value of a field becomes another.
        guard let colon = bytes[place...].firstIndex(of: UInt8(ascii: ":")),
          let end = bytes[colon...].firstIndex(where: { [UInt8(ascii: ","), UInt8(ascii: "}")].contains($0) })
        else { continue }
        let scrap = scraps[Int.random(in: 0..<scraps.count, using: &random)]
        bytes.replaceSubrange((colon + 1)..<end, with: Array(scrap.utf8))
      }
    }
    return bytes
  }

  @Test func nothingFallsOver() async {
    let servers = [Upstream.chat, .responses, .anthropic].map { upstream in
      LoopbackServer([Step].stream([.text(upstream.whole(["ok"])), .close]))
    }
    let stand = await Stand(servers, dialects: ["openai-chat", "openai-responses", "anthropic"])
    var random = SplitMix64(seed: 20_261_125)
    let count = 600
    for number in 0..<count {
      let seed = Self.seeds[number % 3]
      // Every second one asks a provider of another dialect, so that it has to be put into other words.
      let body =
        number % 2 == 0
        ? seed.body : seed.body.replacingOccurrences(of: "s\(number % 3)/m", with: "s\((number + 1) % 3)/m")
      let bytes = Self.bent(body, &random)
      let stay = Stay(stand.port)
      stay.write(
        Array("POST \(seed.path) HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: \(bytes.count)\r\n\r\n".utf8) + bytes)
      let visit = await stay.rest()
      let story = "\(number): \(visit.status) \(visit.body.prefix(300)) for \(String(decoding: bytes, as: UTF8.self))"
      #expect(visit.isWhole, "an answer that ends: \(story)")
      #expect(visit.status == 200 || (400..<500).contains(visit.status), "no fault of the gateway's own: \(story)")
      if visit.status != 200 {
        let message = (try? JSONDocument().parse(visit.body))?["error"]?["message"]?.string
        #expect(message?.isEmpty == false, "a reason: \(story)")
      }
    }
    print("\(count) bent requests answered")
    #expect(stand.gateway.openCalls == 0)
  }
}
