import Core
import Foundation
import Logging
import TestSupport
import Testing

@testable import Gateway

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A log that nobody reads holds nobody up, and says afterwards what it has lost.
@Suite(.ownThreads) struct LogQueueTests {
  /// The two ends of a pipe.
  private static func pipe() -> (read: Int32, write: Int32) {
    // As the program does: whoever writes is told that nobody reads any more.
    signal(SIGPIPE, SIG_IGN)
    var ends: [Int32] = [0, 0]
    _ = Glibc.pipe(&ends)
    return (ends[0], ends[1])
  }

  /// What comes until `isEnough`, or until nothing has come for ten seconds.
  private static func read(_ file: Int32, until isEnough: (String) -> Bool) -> String {
    var text: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while !isEnough(String(decoding: text, as: UTF8.self)) {
      var entry = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
      guard poll(&entry, 1, 10_000) > 0 else { break }
      let count = Glibc.read(file, &piece, piece.count)
      if count <= 0 { break }
      text += piece[..<count]
    }
    return String(decoding: text, as: UTF8.self)
  }

  @Test func whoLogsNeverWaits() {
    let (reader, writer) = Self.pipe()
    defer { close(reader) }
    let queue = LogQueue(descriptor: writer, most: 10_000)
    let line = Array((String(repeating: "x", count: 99) + "\n").utf8)
    // The pipe takes 64 kB, the queue 10 kB; this is 1 MB, and nobody reads.
    for _ in 0..<10_000 { queue.add(line) }
    let text = Self.read(reader) { $0.contains("log lines dropped") && $0.hasSuffix("\n") } + Self.rest(reader, queue)
    let kept = text.split(separator: "\n").count { $0.hasPrefix("x") }
    let told = text.split(separator: "\n").compactMap { line in
      (try? JSONDocument().parse(String(line)))?["count"]?.string.flatMap { Int($0) }
    }
    #expect(kept < 2_000, "\(kept) of 10,000 lines had a place")
    #expect(kept + told.reduce(0, +) >= 10_000, "\(kept) kept, \(told) told: all are accounted for")
  }

  /// A line that comes after the gap brings the count with it.
  private static func rest(_ reader: Int32, _ queue: LogQueue) -> String {
    queue.add(Array("last\n".utf8))
    return read(reader) { $0.hasSuffix("last\n") }
  }

  @Test func linesComeWholeAndInOrder() {
    let (reader, writer) = Self.pipe()
    defer { close(reader) }
    var log = Logger(label: "test") { _ in LogLines(descriptor: writer) }
    log.logLevel = .info
    for number in 0..<100 {
      log.info("call", metadata: ["number": "\(number)", "path": "/v1\n\u{1B}[2J\u{202E}\u{0}"])
    }
    let text = Self.read(reader) { $0.split(separator: "\n").count == 100 && $0.hasSuffix("\n") }
    let lines = text.split(separator: "\n")
    #expect(lines.count == 100)
    #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || VisibleText.placeholder(for: $0) == nil }, "nothing can act")
    let numbers = lines.compactMap { (try? JSONDocument().parse(String($0)))?["number"]?.string.flatMap { Int($0) } }
    #expect(numbers == Array(0..<100))
  }

  @Test func theEndDoesNotWaitForAReaderForEver() {
    let (reader, writer) = Self.pipe()
    defer { close(reader) }
    let queue = LogQueue(descriptor: writer)
    for _ in 0..<2_000 { queue.add([UInt8](repeating: 0x78, count: 100)) }
    let start = Clock.system.now()
    queue.flush(seconds: 0.05)
    #expect(Clock.system.now() - start >= 50_000_000, "it is still full")
  }

  @Test func theGatewayAnswersThoughNobodyReadsItsLog() async {
    let (reader, writer) = Self.pipe()
    defer { close(reader) }
    let server = LoopbackServer([Step].stream([.text(Upstream.chat.whole(["alpha"])), .close]))
    let stand = await Stand([server], log: LogLines(descriptor: writer))
    let body = #"{"model":"s0/m","messages":[{"role":"user","content":"hi"}]}"#
    for number in 0..<450 {
      let visit = await stand.ask("/v1/chat/completions", body)
      #expect(visit.status == 200, "call \(number): \(visit.status)")
      if visit.status != 200 { return }
    }
  }
}
