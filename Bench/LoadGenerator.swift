import Glibc

/// Asks for streams over many kept connections from one thread, and times every answer. Checks that each is whole: status 200,
/// sixteen tokens, and the end of the body.
struct LoadGenerator {
  /// What one request is: the same bytes every time.
  struct Target {
    var port: UInt16
    var request: [UInt8]

    /// A streamed request in OpenAI's chat dialect, or in Anthropic's.
    init(port: UInt16, model: String, anthropic: Bool = false) {
      self.port = port
      let messages = #""messages":[{"role":"user","content":"Say sixteen words."}]"#
      let body =
        anthropic
        ? #"{"model":"\#(model)","max_tokens":64,"stream":true,\#(messages)}"#
        : #"{"model":"\#(model)","stream":true,"stream_options":{"include_usage":true},\#(messages)}"#
      let path = anthropic ? "/v1/messages" : "/v1/chat/completions"
      let extra = anthropic ? "anthropic-version: 2023-06-01\r\n" : ""
      request = Array(
        ("POST \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nContent-Type: application/json\r\n\(extra)"
          + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)").utf8)
    }
  }

  struct Outcome {
    /// Milliseconds from the request's write to the first token, and to the end.
    var firstTokens: [Double] = []
    var ends: [Double] = []
    var errors = 0
    /// The first error's answer, for a person to look at.
    var firstError: String?
    var seconds = 0.0

    var perSecond: Double { Double(ends.count) / seconds }
  }

  /// When to stop asking: what has begun is waited for.
  enum Amount {
    case requests(Int)
    case seconds(Double)
  }

  private final class Connection {
    let socket: Socket
    var sent: Int64 = 0
    var firstToken: Int64?
    var answer: [UInt8] = []
    var isWaiting = false

    init(_ socket: Socket) { self.socket = socket }
  }

  private let target: Target
  private let rate: Double?
  private var poller = Poller()
  private var connections: [Socket: Connection] = [:]
  private var idle: [Connection] = []
  private var outcome = Outcome()
  private var begun = 0
  private var waiting = 0

  /// - Parameter rate: requests a second at the most; nil for as many as come back.
  static func run(_ target: Target, concurrency: Int, _ amount: Amount, rate: Double? = nil) -> Outcome {
    var generator = LoadGenerator(target: target, rate: rate)
    return generator.run(concurrency, amount)
  }

  private init(target: Target, rate: Double?) {
    self.target = target
    self.rate = rate
  }

  private mutating func run(_ concurrency: Int, _ amount: Amount) -> Outcome {
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    defer {
      piece.deallocate()
      for socket in connections.keys { socket.close() }
    }
    for _ in 0..<concurrency { connect() }
    let start = now()
    var lastProgress = start
    while true {
      let moment = now()
      let mayBegin = mayBegin(amount, moment - start)
      // Not those that come back at once: a port where nothing listens would keep this going for ever.
      for _ in idle.indices where isDue(moment - start) && self.mayBegin(amount, moment - start) {
        if let connection = idle.popLast() { ask(connection) }
      }
      if outcome.errors > 10_000 { break }
      if !mayBegin, waiting == 0 { break }
      let done = outcome.ends.count + outcome.errors
      for event in poller.wait(until: moment + (rate == nil || idle.isEmpty ? 1_000_000_000 : 1_000_000)) {
        if let connection = connections[event.socket] { read(connection, piece) }
      }
      if outcome.ends.count + outcome.errors > done { lastProgress = now() }
      // Whatever still hangs is an error by itself.
      if waiting > 0, now() - lastProgress > 30_000_000_000 {
        outcome.errors += waiting
        break
      }
    }
    outcome.seconds = Double(now() - start) / 1e9
    return outcome
  }

  private func mayBegin(_ amount: Amount, _ elapsed: Int64) -> Bool {
    switch amount {
    case .requests(let count): begun < count
    case .seconds(let seconds): Double(elapsed) < seconds * 1e9
    }
  }

  private func isDue(_ elapsed: Int64) -> Bool { rate.map { Double(begun) < Double(elapsed) / 1e9 * $0 } ?? true }

  private mutating func connect() {
    let connection = Connection(Socket.connect(port: target.port))
    connections[connection.socket] = connection
    poller.add(connection.socket)
    idle.append(connection)
  }

  private mutating func ask(_ connection: Connection) {
    begun += 1
    waiting += 1
    connection.isWaiting = true
    connection.firstToken = nil
    connection.answer.removeAll(keepingCapacity: true)
    connection.sent = now()
    if connection.socket.write(target.request) != target.request.count { fail(connection, "the request was not taken") }
  }

  private mutating func read(_ connection: Connection, _ piece: UnsafeMutableRawBufferPointer) {
    switch connection.socket.read(into: &connection.answer, through: piece) {
    case .nothing: return
    case .closed:
      let answer = String(decoding: connection.answer, as: UTF8.self)
      return fail(connection, answer.isEmpty ? "closed without an answer" : answer)
    case .bytes: break
    }
    if connection.firstToken == nil, find("tok0", in: connection.answer) != nil { connection.firstToken = now() }
    if Self.isWhole(connection.answer) { finish(connection) }
  }

  /// Chunked bodies end with the empty chunk and perhaps some trailing fields, others (errors) with the length that their headers
  /// give.
  private static func isWhole(_ answer: [UInt8]) -> Bool {
    if answer.suffix(4).elementsEqual("\r\n\r\n".utf8),
      find("\r\n0\r\n", in: answer, from: max(0, answer.count - 1024)) != nil
    {
      return true
    }
    guard let end = find("\r\n\r\n", in: answer) else { return false }
    let head = String(decoding: answer[..<end], as: UTF8.self).lowercased()
    guard let name = head.range(of: "content-length:") else { return false }
    let length = Int(head[name.upperBound...].prefix { $0 != "\r\n" }.filter(\.isNumber)) ?? 0
    return answer.count >= end + 4 + length
  }

  private mutating func finish(_ connection: Connection) {
    var tokens = 0
    var place = 0
    while let found = find("tok", in: connection.answer, from: place) {
      place = found + 3
      // `input_tokens` and its like are no tokens.
      if place < connection.answer.count, (0x30...0x39).contains(connection.answer[place]) { tokens += 1 }
    }
    guard let firstToken = connection.firstToken, tokens == MockUpstream.tokens else {
      return fail(connection, String(decoding: connection.answer, as: UTF8.self))
    }
    outcome.firstTokens.append(Double(firstToken - connection.sent) / 1e6)
    outcome.ends.append(Double(now() - connection.sent) / 1e6)
    waiting -= 1
    connection.isWaiting = false
    idle.append(connection)
  }

  private mutating func fail(_ connection: Connection, _ answer: String) {
    connections[connection.socket] = nil
    poller.remove(connection.socket)
    connection.socket.close()
    idle.removeAll { $0 === connection }
    if connection.isWaiting {
      waiting -= 1
      outcome.errors += 1
      if outcome.firstError == nil { outcome.firstError = String(answer.prefix(600)) }
    }
    connect()
  }
}
