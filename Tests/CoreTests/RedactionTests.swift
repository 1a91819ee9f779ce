import Core
import TestSupport
import Testing

@Suite(.ownThreads) struct RedactionTests {
  private let redaction = Redaction(secrets: ["my/own\"secret", "my/own\"secret-longer"], findsShapes: true)

  @Test(arguments: [
    ("a sk-abcdefghij0123 b", "a [key] b"), ("sk-ant-api03-abc_DEF-ghi.", "[key]"),
    ("x\"sk-or-v1-0123456789abcdef\"", "x\"[key]\""), ("gsk_0123456789abcdef01", "[key]"),
    ("key=xai-0123456789abcdef!", "key=[key]!"), ("AIzaSyA-0123456789_abcdefghij", "[key]"),
    ("csk-0123456789abcdef", "[key]"), ("Authorization: Bearer abc.def-0123456", "Authorization: Bearer [key]"),
    ("line\\nsk-abcdefghij0123", "line\\n[key]"), ("my/own\"secret-longer", "[key]"),
    ("{\"a\":\"my/own\\\"secret\"}", "{\"a\":\"[key]\"}"), ("my\\/own\"secret", "[key]"),
  ])
  func keysAreTakenOut(text: String, clean: String) { #expect(redaction.text(text) == clean) }

  @Test(arguments: [
    "a task-oriented-programming-1-language", "sk-learn", "sk-something-quite-long-without-number", "Bearer of news",
    "xai-grok", "日本 e\u{301} \u{0}", "",
  ])
  func wordsStay(text: String) { #expect(redaction.text(text) == text) }
}

@Suite(.ownThreads) struct DateTests {
  @Test(
    arguments: [
      ("2026-11-25T12:44:43Z", 1_795_610_683), ("2026-11-25 12:44:43.123456+00:00", 1_795_610_683),
      ("2026-11-25T13:44:43+01:00", 1_795_610_683), ("1970-01-01T00:00:00", 0),
      ("2024-02-29T23:59:59.9Z", 1_709_251_199),
    ] as [(String, Int64)])
  func timesAreRead(text: String, seconds: Int64) {
    #expect(secondsSince1970(isoTime: text) == seconds)
    #expect(secondsSince1970(isoTime: isoTime(seconds)) == seconds)
  }

  @Test(arguments: ["", "2026-11-25", "2026-13-25T12:44:43Z", "1969-01-01T00:00:00Z", "2026-11-25T12:44:43Zx", "now"])
  func whatIsNoTimeIsNotRead(text: String) { #expect(secondsSince1970(isoTime: text) == nil) }

  @Test func base64ReadsWhatItWrote() {
    for count in 0..<20 {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 89 &+ 200) }
      #expect(base64Bytes(base64Text(bytes)) == bytes)
    }
    for bad in ["a", "ab=c", "====", "YQ=", "YR==", "Y Q=", "YWI"] { #expect(base64Bytes(bad) == nil, "\(bad)") }
  }
}
