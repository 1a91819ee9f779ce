import Glibc

/// A provider on 127.0.0.1 that costs next to nothing: streams of sixteen tokens out of ready-made bytes, in OpenAI's chat
/// dialect and in Anthropic's. The model's name tells how: `events` (a write an event), `burst` (one write), `paced-MS`.
final class MockUpstream: Sendable {
  static let tokens = 16
  let port: UInt16

  init() {
    let (listener, port) = Socket.listen()
    self.port = port
    spawnThread {
      var loop = MockLoop(listener: listener)
      loop.run()
    }
  }
}

/// One answer, ready to be written: events as HTTP chunks, the first with the headers before it.
private struct Answer {
  let events: [[UInt8]]
  let whole: [UInt8]

  init(_ texts: [String]) {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    var events = texts.map { Array("\(String($0.utf8.count, radix: 16))\r\n\($0)\r\n".utf8) }
    events[0] = Array(head.utf8) + events[0]
    events[events.count - 1] += Array("0\r\n\r\n".utf8)
    self.events = events
    whole = events.flatMap { $0 }
  }

  static let chat: Answer = {
    func chunk(_ delta: String, _ finish: String, _ rest: String = "") -> String {
      #"data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1795396094,"model":"events","choices":"#
        + #"[{"index":0,"delta":\#(delta),"finish_reason":\#(finish)}]\#(rest)}"# + "\n\n"
    }
    let tokens = (0..<MockUpstream.tokens).map { chunk(#"{"content":"tok\#($0) "}"#, "null") }
    let usage =
      #"data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1795396094,"model":"events","choices":[],"#
      + #""usage":{"prompt_tokens":8,"completion_tokens":16,"total_tokens":24}}"# + "\n\n"
    return Answer(
      [chunk(#"{"role":"assistant","content":""}"#, "null")] + tokens
        + [chunk("{}", #""stop""#), usage, "data: [DONE]\n\n"])
  }()

  static let anthropic: Answer = {
    func event(_ name: String, _ members: String) -> String {
      "event: \(name)\ndata: {\"type\":\"\(name)\",\(members)}\n\n"
    }
    let message =
      #""message":{"id":"msg_bench","type":"message","role":"assistant","model":"events","content":[],"stop_reason":null,"#
      + #""stop_sequence":null,"usage":{"input_tokens":8,"output_tokens":1}}"#
    let tokens = (0..<MockUpstream.tokens).map {
      event("content_block_delta", #""index":0,"delta":{"type":"text_delta","text":"tok\#($0) "}"#)
    }
    return Answer(
      [
        event("message_start", message),
        event("content_block_start", #""index":0,"content_block":{"type":"text","text":""}"#),
      ] + tokens + [
        event("content_block_stop", #""index":0"#),
        event(
          "message_delta", #""delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":16}"#),
        "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
      ])
  }()
}

/// The mock's one thread.
private struct MockLoop {
  /// A client's, used by the loop only.
  private final class Connection {
    let socket: Socket
    var request: [UInt8] = []
    /// What the socket did not take yet.
    var unsent: [UInt8] = []
    var answer = Answer.chat
    var nextEvent = 0
    /// Nanoseconds between events, and when the next one is due.
    var pace: Int64 = 0
    var due: Int64 = 0

    init(_ socket: Socket) { self.socket = socket }
  }

  private let listener: Socket
  private var poller = Poller()
  private var connections: [Socket: Connection] = [:]
  private var paced: [Socket: Connection] = [:]

  init(listener: Socket) { self.listener = listener }

  mutating func run() {
    poller.add(listener)
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    while true {
      for event in poller.wait(until: paced.values.lazy.map(\.due).min()) {
        if event.socket == listener {
          while let socket = listener.accept() {
            connections[socket] = Connection(socket)
            poller.add(socket)
          }
        } else if let connection = connections[event.socket] {
          if event.isWritable { flush(connection) }
          read(connection, piece)
        }
      }
      if paced.isEmpty { continue }
      let moment = now()
      for connection in paced.values where connection.due <= moment { sendNext(connection) }
    }
  }

  private mutating func read(_ connection: Connection, _ piece: UnsafeMutableRawBufferPointer) {
    if case .closed = connection.socket.read(into: &connection.request, through: piece) { return drop(connection) }
    guard let length = Self.wholeLength(connection.request) else { return }
    answer(connection, Array(connection.request[..<length]))
    connection.request.removeFirst(length)
  }

  /// Bytes of the request at the beginning; nil until it is there whole.
  private static func wholeLength(_ request: [UInt8]) -> Int? {
    guard let end = find("\r\n\r\n", in: request) else { return nil }
    let head = String(decoding: request[..<end], as: UTF8.self).lowercased()
    guard let name = head.range(of: "content-length:") else { return end + 4 }
    let length = Int(head[name.upperBound...].prefix { $0 != "\r\n" }.filter(\.isNumber)) ?? 0
    return request.count >= end + 4 + length ? end + 4 + length : nil
  }

  private mutating func answer(_ connection: Connection, _ request: [UInt8]) {
    guard let end = find("\r\n", in: request) else { return }
    connection.answer = find("/messages", in: Array(request[..<end])) != nil ? .anthropic : .chat
    if let word = find("paced-", in: request) {
      let milliseconds = request[(word + 6)...].prefix { (0x30...0x39).contains($0) }.reduce(0) {
        $0 * 10 + Int($1) - 48
      }
      connection.nextEvent = 0
      connection.pace = Int64(milliseconds) * 1_000_000
      connection.due = now()
      paced[connection.socket] = connection
    } else if find("burst", in: request) != nil {
      send(connection, connection.answer.whole)
    } else {
      for event in connection.answer.events { send(connection, event) }
    }
  }

  private mutating func sendNext(_ connection: Connection) {
    send(connection, connection.answer.events[connection.nextEvent])
    connection.nextEvent += 1
    connection.due += connection.pace
    if connection.nextEvent == connection.answer.events.count { paced[connection.socket] = nil }
  }

  private mutating func send(_ connection: Connection, _ bytes: [UInt8]) {
    guard let sent = connection.unsent.isEmpty ? connection.socket.write(bytes) : 0 else { return drop(connection) }
    guard sent < bytes.count else { return }
    connection.unsent += bytes[sent...]
    poller.change(connection.socket, writes: true)
  }

  private mutating func flush(_ connection: Connection) {
    guard !connection.unsent.isEmpty else { return }
    guard let sent = connection.socket.write(connection.unsent) else { return drop(connection) }
    connection.unsent.removeFirst(sent)
    if connection.unsent.isEmpty { poller.change(connection.socket, writes: false) }
  }

  private mutating func drop(_ connection: Connection) {
    // Twice would close a number that may be another's by then.
    guard connections.removeValue(forKey: connection.socket) != nil else { return }
    paced[connection.socket] = nil
    poller.remove(connection.socket)
    connection.socket.close()
  }
}
