import Core
import CustomDump
import Providers
import TestSupport
import Testing

@Suite(.ownThreads) struct ServerSentEventParserTests {
  private func events(_ pieces: [[UInt8]]) throws -> (events: [String], stray: String) {
    var parser = ServerSentEventParser()
    var events: [String] = []
    for piece in pieces {
      try piece.withUnsafeBytes { try parser.feed($0) { events.append(String(decoding: $0, as: UTF8.self)) } }
    }
    parser.finish { events.append(String(decoding: $0, as: UTF8.self)) }
    return (events, String(decoding: parser.stray, as: UTF8.self))
  }

  @Test(arguments: [
    ("data: a\n\n", ["a"]), ("data:a\n\n", ["a"]), ("data:  a\n\n", [" a"]), ("data: a\r\n\r\n", ["a"]),
    ("data: a\ndata: b\n\n", ["a\nb"]), ("data\n\n", [""]), ("data: a\n\n\n\ndata: b\n\n", ["a", "b"]),
    (": c\ndata: a\n: d\ndata: b\n\n", ["a\nb"]), ("event: e\nid: 1\nretry: 5\ndata: a\n\n", ["a"]),
    ("event: e\n\n", []), ("\u{FEFF}data: a\n\n", ["a"]), ("data: a\n\n\u{FEFF}data: b\n\n", ["a"]),
    ("data: a", ["a"]), ("data: a\n", ["a"]), ("database: x\n\n", []), ("data: é😀\n\n", ["é😀"]), ("", []), ("\n\n", []),
    ("data: a: b\n\n", ["a: b"]), ("data: a\n \ndata: b\n\n", ["a\nb"]),
  ])
  func splitsIntoEvents(_ text: String, _ expected: [String]) throws {
    let bytes = Array(text.utf8)
    expectNoDifference(try events([bytes]).events, expected)
    expectNoDifference(try events(bytes.map { [$0] }).events, expected, "one byte at a time")
    for cut in 0...bytes.count {
      expectNoDifference(try events([Array(bytes[..<cut]), Array(bytes[cut...])]).events, expected, "cut at \(cut)")
    }
  }

  @Test func linesThatAreNoFieldsAreKept() throws {
    let found = try events([Array("data: a\n\n{\n  \"error\": 1\n}\nevents: x\n: comment\nid\n".utf8)])
    #expect(found.stray == "{\n  \"error\": 1\n}\nevents: x\n")
    #expect(found.events == ["a"])
  }

  @Test func strayLinesAreNotKeptForEver() throws {
    let line = Array((String(repeating: "x", count: 1000) + "\n").utf8)
    #expect(try events(Array(repeating: line, count: 200)).stray.utf8.count <= 1 << 16)
  }

  @Test func aLineOfExactlyTheLimitIsRead() throws {
    let text = "data: " + String(repeating: "x", count: ServerSentEventParser.longestLine - 6)
    #expect(try events([Array(text.utf8), Array("\n\n".utf8)]).events.first?.utf8.count == text.utf8.count - 6)
    #expect(throws: ServerSentEventParser.LineTooLong.self) { try events([Array((text + "x").utf8)]) }
  }
}
