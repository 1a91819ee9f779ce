import Core
import TestSupport
import Testing

@Suite(.ownThreads) struct JSONDocumentTests {
  private func string(_ json: String) throws -> String? { try JSONDocument().parse(json).string }

  @Test(arguments: [
    (#""plain""#, "plain"), (#""""#, ""), (#""a\"b\\c\/d""#, "a\"b\\c/d"), (#""\b\f\n\r\t""#, "\u{8}\u{C}\n\r\t"),
    (#""\u0041\u00e9\u20AC""#, "Aé€"), (#""\ud83d\ude00""#, "😀"), (#""\uD83D\uDE00!""#, "😀!"),
    (#""😀 naïve""#, "😀 naïve"),
    (#""\u0000""#, "\u{0}"), (#""a\u0000b""#, "a\u{0}b"),
  ])
  func readsEscapes(_ json: String, _ expected: String) throws {
    #expect(try string(json) == expected)
  }

  @Test(arguments: [
    (#""\ud800""#, "\u{FFFD}"), (#""\udc00""#, "\u{FFFD}"), (#""\ud800x""#, "\u{FFFD}x"),
    (#""\ud800\n""#, "\u{FFFD}\n"), (#""\ud800\u0041""#, "\u{FFFD}A"), (#""\ud800\ud83d\ude00""#, "\u{FFFD}😀"),
    (#""\ude00\ud83d""#, "\u{FFFD}\u{FFFD}"),
  ])
  func loneSurrogatesBecomeReplacementCharacters(_ json: String, _ expected: String) throws {
    #expect(try string(json) == expected)
  }

  @Test func invalidUTF8BecomesReplacementCharacters() throws {
    let document = JSONDocument()
    let bytes = [UInt8(ascii: "\""), 0x61, 0xFF, 0x62, 0xE2, 0x82, UInt8(ascii: "\"")]
    let text = try bytes.withUnsafeBytes { try document.parse($0).string }
    #expect(text == "a\u{FFFD}b\u{FFFD}")
  }

  @Test func aRawNULStaysInTheText() throws {
    #expect(try string("\"a\u{0}b\"") == "a\u{0}b")
  }

  @Test(arguments: [
    "0", "-1", "1e5", "1.50", "0.1000000000000000055", "123456789012345678901234567890", "1E-7", "-0.0",
  ])
  func keepsTheTextOfANumber(_ text: String) throws {
    #expect(try JSONDocument().parse("[\(text)]").first?.numberText == text)
  }

  @Test func countsAreWholeNumbersOnly() throws {
    let view = try JSONDocument().parse(#"[7, 7.0, 7e2, 7.6, 1e300, -3, "7", 9223372036854775807]"#)
    #expect(view.elements.map(\.int) == [7, 7, 700, nil, nil, -3, nil, .max])
  }

  @Test func deepNestingIsAnErrorAndNoCrash() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    _ = try JSONDocument().parse(nested(128))
    #expect(throws: JSONDocument.Malformed.self) { try JSONDocument().parse(nested(140)) }
    #expect(throws: JSONDocument.Malformed.self) { try JSONDocument().parse(nested(100_000)) }
    #expect(throws: JSONDocument.Malformed.self) {
      try JSONDocument().parse(String(repeating: #"{"a":"#, count: 100_000))
    }
  }

  @Test func everyTruncationThrows() throws {
    let text = #"{"a": [1, -2.5e+3, true, false, null, "é\u20AC\ud83d\ude00\n"], "b": {"c": {}, "d": []}}"#
    let bytes = Array(text.utf8)
    let document = JSONDocument()
    for length in 0..<bytes.count {
      #expect(throws: JSONDocument.Malformed.self, "the first \(length) bytes are no JSON text") {
        try bytes[..<length].withUnsafeBytes { _ = try document.parse($0) }
      }
    }
    let whole = try document.parse(text)
    #expect(whole["a"]?.elements.count == 6)
  }

  @Test(arguments: [
    "", " ", "tru", "nul", "+1", "1.", ".5", "1e", "-", "\"\\", "\"\\u12\"", "\"\\u12g4\"", "[1 2]", "[1,]", "[,1]",
    "{\"a\"}", "{\"a\":}", "{a:1}", "{\"a\":1,}", "1 1", "{}x", "\u{FEFF}{}",
  ])
  func refusesWhatIsNoJSON(_ text: String) {
    #expect(throws: JSONDocument.Malformed.self) { try JSONDocument().parse(text) }
  }

  @Test func saysWhereItStopped() {
    let error = #expect(throws: JSONDocument.Malformed.self) { try JSONDocument().parse("{} x") }
    #expect(error?.offset == 3)
  }

  @Test func missingMembersAndWrongKindsAreNil() throws {
    let view = try JSONDocument().parse(#" { "n": null, "s": "x", "o": {"k": 1}, "l": [10, 20], "t": true } "#)
    #expect(view["n"] == nil, "null counts as missing")
    #expect(view["nothing"] == nil)
    #expect(view["s"]?.int == nil)
    #expect(view["s"]?["k"] == nil)
    #expect(view["s"]?.isString("x") == true)
    #expect(view["s"]?.isString("xy") == false)
    #expect(view["o"]?["k"]?.int == 1)
    #expect(view["l"]?.first?.int == 10)
    #expect(view["l"]?.elements.compactMap(\.int) == [10, 20])
    #expect(view["o"]?.first == nil)
    #expect(view["t"]?.bool == true)
    #expect(view.members.map(\.name) == ["n", "s", "o", "l", "t"])
    #expect(view["o"]?.source == #"{"k": 1}"#)
    #expect(view["s"]?.source == #""x""#)
  }

  @Test func aDocumentIsReusedWithoutLeftovers() throws {
    let document = JSONDocument()
    #expect(try document.parse(#"{"a": [1, 2, 3], "b": "long text"}"#)["b"]?.string == "long text")
    #expect(throws: JSONDocument.Malformed.self) { try document.parse("[") }
    let second = try document.parse(#"{"c": 1}"#)
    #expect(second["a"] == nil)
    #expect(second["c"]?.int == 1)
  }

  @Test(arguments: [
    "{\"a\": [1, -0.5e3, \"x\\n\\u00e9\\ud83d\\ude00 é\", true, null]}", "\"\u{7F}\"", "1e300", "0", "-0", "0.1",
  ])
  func whatEveryReaderReadsIsPassedOnAsItIs(_ text: String) throws {
    let document = JSONDocument()
    #expect(try document.parse(text).source == text)
    #expect(document.isClean)
  }

  @Test(arguments: [
    ("\"a\u{1}b\u{1B}c\nd\"", #""a\u0001b\u001bc\nd""#), (#""\q\-""#, #""q-""#),
    (#"{"a":"\ud800x"}"#, "{\"a\":\"\u{FFFD}x\"}"),
    (#""\udc00""#, "\"\u{FFFD}\""), ("007", "7"), ("-00.5", "-0.5"), ("[1e999, -1e400]", "[null,null]"),
    (String(repeating: "9", count: 400), "null"), ("00", "0"), ("{\"a\u{0}\": 01}", #"{"a\u0000":1}"#),
  ])
  func whatOnlySomeReadIsWrittenAnew(_ text: String, _ source: String) throws {
    let document = JSONDocument()
    #expect(try document.parse(text).source == source)
    #expect(!document.isClean)
    // The next text is looked at for itself.
    #expect(try document.parse("[1]").source == "[1]")
    #expect(document.isClean)
  }

  @Test(
    arguments: [
      [0xFF], [0xC0, 0xAF], [0xE0, 0x80, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82], [0x80],
    ] as [[UInt8]])
  func bytesThatAreNoUTF8AreReplaced(_ bytes: [UInt8]) throws {
    let document = JSONDocument()
    let text = [UInt8(ascii: "\"")] + bytes + [UInt8(ascii: "\"")]
    let source = try text.withUnsafeBytes { try document.parse($0).source }
    #expect(source.contains("\u{FFFD}") && !document.isClean)
  }
}
