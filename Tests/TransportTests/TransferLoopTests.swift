import Core
import CustomDump
import Foundation
import TestSupport
import Testing
import Transport

@Suite(.serialized, .ownThreads) struct TransferLoopTests {
  private let owner = Loop()
  private var loop: TransferLoop { owner.loop }

  @Test func eventsComeInOrder() throws {
    let gate = Gate()
    let server = LoopbackServer(.stream([.text("one"), .hold(gate), .text("two"), .close]))
    let listener = Listener(loop, TransferRequest(.post, server.url + "/x"))
    #expect(
      listener.journal.wait { $0.contains(.bytes(Array("one".utf8))) }, "the first piece must not wait for the second")
    gate.open()
    let heard = try #require(listener.whole(), "the transfer must end")
    expectNoDifference(
      heard,
      [.sent, .head(200), .bytes(Array("one".utf8)), .bytes(Array("two".utf8)), .finished(nil)])
    let times = listener.times.entries
    #expect(times == times.sorted(), "times never go back: \(times)")
    #expect(listener.headers.entries.first?["content-type"] == "text/event-stream")
    #expect(server.requests.first?.path == "/v1/x")
  }

  @Test func cancellingClosesTheConnectionAtOnce() throws {
    let server = LoopbackServer(.stream([.text("one"), .stall]))
    let listener = Listener(loop, TransferRequest(.post, server.url))
    #expect(listener.journal.wait { $0.contains(where: \.isBytes) })
    let id = try #require(listener.id)
    loop.perform { [loop] in loop.cancel(id) }
    #expect(server.disconnection() != nil, "the server must see the connection close: no other limit would end it")
    let isOver = listener.journal.entries.contains { $0.isFinished }
    #expect(!isOver, "after a cancel nothing more comes")
  }

  @Test func cancellingFromInsideAnEventWorks() throws {
    let server = LoopbackServer(.stream([.text("one"), .stall]))
    let journal = Journal<Heard>()
    loop.perform { [loop] in
      nonisolated(unsafe) var id: TransferID?
      id = loop.submit(TransferRequest(.post, server.url)) { event in
        if case .bytes = event {
          journal.append(.bytes([]))
          if let id { loop.cancel(id) }
        }
        if case .finished(let error, _) = event { journal.append(.finished(error)) }
      }
    }
    #expect(server.disconnection() != nil, "the server must see the connection close")
    let settled = Gate()
    loop.perform { settled.open() }
    settled.wait()
    expectNoDifference(journal.entries, [.bytes([])])
  }

  @Test func silenceHasALimit() throws {
    let (clock, server) = (StillClock(), LoopbackServer(.stream([.text("one"), .stall])))
    let owner = Loop(clock)
    var request = TransferRequest(.post, server.url)
    request.silenceLimit = 150_000_000
    let listener = Listener(owner.loop, request)
    #expect(listener.journal.wait { $0.contains(where: \.isBytes) })
    owner.pass(149, clock)
    #expect(!listener.journal.entries.contains { $0.isFinished }, "not before the limit")
    owner.pass(1, clock)
    let heard = try #require(listener.whole(), "silence must end the transfer")
    #expect(heard.last == .finished(.silence(seconds: 0)))
    #expect(server.disconnection() != nil)
  }

  @Test func theSilenceLimitCanBeChangedOnTheWay() throws {
    let server = LoopbackServer(.stream([.text("one"), .stall]))
    let listener = Listener(loop, TransferRequest(.post, server.url))
    #expect(listener.journal.wait { $0.contains(where: \.isBytes) })
    let id = try #require(listener.id)
    loop.perform { [loop] in loop.setSilenceLimit(50_000_000, of: id) }
    let heard = try #require(listener.whole(), "the new limit must hold")
    #expect(heard.last == .finished(.silence(seconds: 0)))
  }

  @Test func signsOfLifeKeepATransferAlive() throws {
    let gates = (0..<30).map { _ in Gate() }
    let server = LoopbackServer(.stream(gates.flatMap { [Step.hold($0), .text(":\n")] } + [.close]))
    let clock = StillClock()
    let owner = Loop(clock)
    var request = TransferRequest(.post, server.url)
    request.silenceLimit = 1_500_000_000
    let listener = Listener(owner.loop, request)
    #expect(listener.journal.wait { $0.contains(.head(200)) })
    for (number, gate) in gates.enumerated() {
      owner.pass(1400, clock)
      gate.open()
      #expect(listener.journal.wait { $0.count(where: \.isBytes) == number + 1 }, "sign \(number) must arrive")
    }
    let heard = try #require(listener.whole())
    #expect(heard.last == .finished(nil), "42 s in pieces of 1.4 s are no silence of 1.5 s")
  }

  @Test(arguments: [":\n", "\n", "data:\n\n"])
  func bytesAloneAreNoProgress(_ piece: String) throws {
    let server = LoopbackServer(.stream([.endless(Array(piece.utf8))]))
    var request = TransferRequest(.post, server.url)
    request.progressLimit = 150_000_000
    let heard = try #require(Listener(loop, request).whole(), "no progress must end the transfer")
    #expect(heard.last == .finished(.noProgress(seconds: 0)))
    #expect(server.disconnection() != nil)
  }

  @Test func progressGivesNewTime() throws {
    let server = LoopbackServer(.stream([.text("one"), .stall]))
    var request = TransferRequest(.post, server.url)
    request.progressLimit = 60_000_000_000
    let listener = Listener(loop, request)
    #expect(listener.journal.wait { $0.contains(where: \.isBytes) })
    let id = try #require(listener.id)
    loop.perform { [loop] in loop.noteProgress(of: id, at: loop.now(), limit: 100_000_000) }
    let heard = try #require(listener.whole(), "the new limit must hold")
    #expect(heard.last == .finished(.noProgress(seconds: 0)))
  }

  @Test(arguments: [
    ("HTTP/1.1 200 OK\r\n", "X: y\r\n"), ("HTTP/1.1 200 OK\r\nX: ", "yyyyyyyy"), ("", "HTTP/1.1 100 Continue\r\n\r\n"),
    ("", "HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n"),
  ])
  func headersHaveAnEnd(_ start: String, _ piece: String) throws {
    let server = LoopbackServer([.text(start), .endless(Array(piece.utf8))])
    let heard = try #require(Listener(loop, TransferRequest(.post, server.url)).whole())
    // libcurl has limits of its own, and may be first.
    guard case .finished(let error?)? = heard.last, heard.count == 2 else {
      Issue.record("headers without end must end as a fault, not \(heard)")
      return
    }
    #expect(!error.isTimeout, "\(error)")
    #expect(server.disconnection() != nil)
  }

  @Test func oneThatFloodsDoesNotKeepTheOthersFromBeingHeard() throws {
    let flood = LoopbackServer(.stream([.endless([UInt8](repeating: 0x78, count: 1 << 20))]))
    let sound = LoopbackServer(.answer(200, body: "ok"))
    let counted = Journal<Int>()
    let loop = loop
    let flooded = Journal<TransferID>()
    loop.perform {
      flooded.append(
        loop.submit(TransferRequest(.post, flood.url)) { event in
          // Whoever reads it has work with every byte.
          if case .bytes(let bytes, _) = event { counted.append(bytes.reduce(0) { $0 &+ Int($1) }) }
        })
    }
    #expect(counted.wait { $0.count > 8 }, "it floods")
    for _ in 0..<5 {
      let before = counted.entries.count
      let listener = Listener(loop, TransferRequest(.get, sound.url))
      #expect(listener.whole()?.last == .finished(nil))
      #expect(counted.entries.count - before < 400, "\(counted.entries.count - before) pieces of the flood came first")
    }
    let id = try #require(flooded.first { _ in true })
    loop.perform { loop.cancel(id) }
    #expect(flood.disconnection() != nil)
  }

  @Test func whatIsHeldArrivesWholeAndInOrder() throws {
    let body = (0..<2_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) }
    let server = LoopbackServer(.stream([.send(body), .close]))
    let received = Journal<[UInt8]>()
    let ended = Gate()
    let loop = loop
    loop.perform {
      loop.submit(TransferRequest(.post, server.url)) { event in
        if case .bytes(let bytes, _) = event {
          // Longer than a turn: the rest has to be held.
          let start = Clock.system.now()
          while Clock.system.now() - start < 6_000_000 {}
          received.append(Array(bytes))
        }
        if case .finished = event { ended.open() }
      }
    }
    #expect(ended.wait())
    #expect(received.entries.flatMap(\.self) == body, "\(received.entries.count) pieces")
  }

  @Test func aPathIsSentAsItIs() throws {
    let server = LoopbackServer(.answer(200, body: "ok"))
    _ = try #require(Listener(loop, TransferRequest(.get, server.url + "/a/%2E%2E/b")).whole())
    #expect(server.requests.first?.path == "/v1/a/%2E%2E/b")
  }

  @Test func aPortWhereNothingListens() throws {
    let port = LoopbackServer.deadPort()
    let heard = try #require(Listener(loop, TransferRequest(.post, "http://127.0.0.1:\(port)/v1")).whole())
    expectNoDifference(heard, [.finished(.unreachable("127.0.0.1:\(port)"))])
    #expect(TransferError.unreachable("x").isTransient)
  }

  @Test(arguments: ["ftp://127.0.0.1/x", "file:///etc/passwd", "nonsense://x"])
  func anAddressThatIsNoHTTP(_ url: String) throws {
    let heard = try #require(Listener(loop, TransferRequest(.get, url)).whole())
    expectNoDifference(heard, [.finished(.invalidURL(url))])
  }

  @Test func anEmptyAddress() throws {
    let heard = try #require(Listener(loop, TransferRequest(.get, "")).whole())
    #expect(heard.count == 1)
    guard case .finished(.invalidURL?) = heard[0] else {
      Issue.record("expected an invalid URL, got \(heard)")
      return
    }
  }

  @Test func aBigBodyArrivesWhole() throws {
    let server = LoopbackServer(.answer(200, body: "ok"))
    var request = TransferRequest(.post, server.url)
    request.body = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) }
    request.headers = [("X-One", "1"), ("Content-Type", "application/json")]
    let heard = try #require(Listener(loop, request).whole())
    #expect(heard.last == .finished(nil))
    let received = try #require(server.requests.first)
    #expect(received.body == request.body, "\(received.body.count) of \(request.body.count) bytes, or others")
    #expect(received.headers["x-one"] == "1")
    #expect(received.headers["content-type"] == "application/json")
    #expect(received.headers["expect"] == nil, "no wait for 100 Continue")
    #expect(received.method == "POST")
  }

  @Test func aSecondRequestReusesTheConnection() throws {
    let server = LoopbackServer(.answer(200, body: "ok"))
    let first = Listener(loop, TransferRequest(.get, server.url))
    #expect(first.whole()?.last == .finished(nil))
    let second = Listener(loop, TransferRequest(.get, server.url))
    #expect(second.whole()?.last == .finished(nil))
    #expect(server.connections == 1)
    #expect(first.phases.entries.first?.isReused == false)
    let phases = second.phases.entries.first
    #expect(phases?.isReused == true)
    #expect(phases?.connect == 0, "a reused connection takes no time to connect")
  }

  @Test func chunkedCodingIsTakenOff() throws {
    let server = LoopbackServer(.chunked([Array("da".utf8), Array("ta: x\n\n".utf8)]))
    let listener = Listener(loop, TransferRequest(.post, server.url))
    #expect(listener.whole()?.last == .finished(nil))
    #expect(listener.body == Array("data: x\n\n".utf8))
  }

  @Test func aResetIsABrokenConnection() throws {
    let gate = Gate()
    let server = LoopbackServer(.stream([.text("one"), .hold(gate), .reset]))
    let listener = Listener(loop, TransferRequest(.post, server.url))
    #expect(listener.journal.wait { $0.contains(where: \.isBytes) })
    gate.open()
    let heard = try #require(listener.whole())
    guard case .finished(let error?) = heard.last else {
      Issue.record("a reset must end with an error, got \(heard)")
      return
    }
    #expect(error.isTransient, "got \(error)")
    #expect(!error.isTimeout)
  }

  @Test func aShortBodyIsABrokenConnection() throws {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"
    let server = LoopbackServer([.text(head), .close])
    let heard = try #require(Listener(loop, TransferRequest(.post, server.url)).whole())
    guard case .finished(.broken?) = heard.last else {
      Issue.record("expected a broken connection, got \(heard)")
      return
    }
  }

  @Test func manyTransfersAtOnce() {
    let gate = Gate()
    let server = LoopbackServer(.stream([.text("x"), .hold(gate), .text("y"), .close]))
    let listeners = (0..<16).map { _ in Listener(loop, TransferRequest(.post, server.url)) }
    for listener in listeners {
      #expect(listener.journal.wait { $0.contains(where: \.isBytes) }, "all must stream before any has ended")
    }
    gate.open()
    for listener in listeners { #expect(listener.whole()?.last == .finished(nil)) }
    #expect(server.connections == 16)
  }

  @Test func timersFireInOrderAndCanBeCancelled() {
    let journal = Journal<String>()
    loop.perform { [loop] in
      loop.after(40_000_000) { journal.append("late") }
      loop.after(10_000_000) { journal.append("early") }
      loop.after(10_000_000) { journal.append("early, second") }
      let doomed = loop.after(20_000_000) { journal.append("cancelled") }
      loop.after(0) {
        journal.append("now")
        loop.cancel(doomed)
      }
      journal.append("first")
    }
    #expect(journal.wait { $0.contains("late") })
    expectNoDifference(journal.entries, ["first", "now", "early", "early, second", "late"])
  }

  @Test func workRunsInTheOrderItWasPosted() {
    let journal = Journal<Int>()
    for number in 0..<1000 { loop.perform { journal.append(number) } }
    #expect(journal.wait { $0.count == 1000 })
    #expect(journal.entries == Array(0..<1000))
  }

  @Test func stoppingClosesWhatIsOpen() {
    let server = LoopbackServer(.stream([.text("x"), .stall]))
    let loop = TransferLoop()
    let listener = Listener(loop, TransferRequest(.post, server.url))
    #expect(listener.journal.wait { $0.contains(where: \.isBytes) })
    loop.stop()
    #expect(server.disconnection() != nil, "the server must see the connection close")
  }
}
