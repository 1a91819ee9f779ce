import Core
import CustomDump
import TestSupport
import Testing

@Suite(.ownThreads) struct JSONTests {
  /// A written tree read back into a tree.
  private func tree(_ view: JSONView) -> JSON {
    if view.isNull { return .null }
    if let bool = view.bool { return .bool(bool) }
    if let number = view.numberText { return .number(number) }
    if let string = view.string { return .string(string) }
    if view.isArray { return .array(view.elements.map(tree)) }
    var object: JSON = [:]
    for (name, value) in view.members { object[name] = tree(value) }
    return object
  }

  private let sample: JSON = [
    "text":
      "quote \" backslash \\ slash / tab \t newline \n return \r bell \u{7} NUL \u{0} delete \u{7F} é € 😀 \u{2028}",
    "numbers": [.int(Int64.min), .number("0.000000000001"), .double(0.2), .double(3), .double(-1.5e300)],
    "words": [true, false, .null], "empty": [[:], []], "nested": ["a": ["b": ["c": "d"]]],
  ]

  @Test(arguments: [false, true]) func readsBackWhatItWrote(_ indented: Bool) throws {
    let text = sample.serialized(indented: indented)
    expectNoDifference(tree(try JSONDocument().parse(text)), sample)
  }

  @Test func compactTextIsExact() {
    let json: JSON = ["b": 1, "a": ["x\n\u{1}", true, .null], "c": [:], "d": []]
    #expect(json.serialized() == #"{"b":1,"a":["x\n\u0001",true,null],"c":{},"d":[]}"#)
  }

  @Test func indentedTextIsExact() {
    let json: JSON = ["a": [1, ["b": 2]], "e": []]
    #expect(
      json.serialized(indented: true) == """
        {
          "a": [
            1,
            {
              "b": 2
            }
          ],
          "e": []
        }
        """)
  }

  @Test func noControlCharacterIsWrittenRaw() {
    let every = String(String.UnicodeScalarView((0..<0x80).compactMap { Unicode.Scalar(UInt32($0)) }))
    let written = JSON.string(every).serialized()
    #expect(written.utf8.allSatisfy { (0x20..<0x7F).contains($0) }, "got \(written)")
  }

  @Test func numbersThatAreNoJSONBecomeNull() {
    #expect(JSON.double(.nan) == .null)
    #expect(JSON.double(.infinity) == .null)
    #expect(JSON.double(1e15).serialized() == "1000000000000000")
    #expect(JSON.double(1e300).serialized() == "1e+300")
    #expect(JSON.double(-0.0).serialized() == "0")
  }

  @Test func membersAreReplacedInPlaceAndRemoved() {
    var json: JSON = ["a": 1, "b": 2]
    json["a"] = 3
    json["c"] = 4
    json["b"] = nil
    #expect(json.serialized() == #"{"a":3,"c":4}"#)
    #expect(json["c"] == 4)
    var list: JSON = [1]
    list["a"] = 2
    #expect(list == [1], "only objects have members")
  }
}
