import Glibc

/// A loopback server that streams tokens in OpenAI's chat dialect as it is told by the model's name: `rate-COUNT-PERSECOND`, or
/// `flood-COUNT` for as fast as they go. One thread a connection, each ends with its stream.
final class BenchServer: Sendable {
  let port: UInt16

  static func token(_ index: Int) -> String { "tok\(index) " }

  /// The answer that `count` tokens make.
  static func text(_ count: Int) -> String { (0..<count).map(token).joined() }

  init() {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    port = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        guard bind(listener, address, size) == 0, listen(listener, 128) == 0 else {
          fatalError("no loopback port to be had")
        }
        getsockname(listener, address, &size)
      }
      return UInt16(bigEndian: pointer.pointee.sin_port)
    }
    spawnThread {
      while true {
        let connection = accept(listener, nil, nil)
        if connection >= 0 { spawnThread { BenchServer.serve(connection) } }
      }
    }
  }

  private static func serve(_ connection: Int32) {
    defer { close(connection) }
    var one: Int32 = 1
    setsockopt(connection, Int32(IPPROTO_TCP), TCP_NODELAY, &one, 4)
    guard let model = readModel(connection) else { return }
    let parts = model.split(separator: "-").compactMap { Int($0) }
    guard let count = parts.first else { return }
    send(connection, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n")
    let start = now()
    for index in 0..<count {
      if parts.count == 2 { wait(until: start + Int64(index) * 1_000_000_000 / Int64(parts[1])) }
      let json =
        #"{"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1795396094,"model":"\#(model)","system_fingerprint":"fp","choices":[{"index":0,"delta":{"content":"\#(token(index))"},"finish_reason":null}]}"#
      guard send(connection, "data: \(json)\n\n") else { return }
    }
    let usage = #"{"prompt_tokens":8,"completion_tokens":\#(count),"total_tokens":\#(count + 8)}"#
    send(
      connection,
      "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":\(usage)}\n\ndata: [DONE]\n\n"
    )
  }

  /// The `model` of a request's body.
  private static func readModel(_ connection: Int32) -> String? {
    var request: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = read(connection, &buffer, buffer.count)
      guard count > 0 else { return nil }
      request += buffer[..<count]
      let text = String(decoding: request, as: UTF8.self)
      if let start = text.range(of: "\"model\":\""), text.hasSuffix("}") {
        return String(text[start.upperBound...].prefix { $0 != "\"" })
      }
    }
  }

  private static func wait(until moment: Int64) {
    var time = timespec(tv_sec: Int(moment / 1_000_000_000), tv_nsec: Int(moment % 1_000_000_000))
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nil)
  }

  @discardableResult
  private static func send(_ connection: Int32, _ text: String) -> Bool {
    let bytes = Array(text.utf8)
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.send(connection, $0.baseAddress.map { $0 + sent }, bytes.count - sent, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }
}

func now() -> Int64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

func spawnThread(_ work: @escaping @Sendable () -> Void) {
  final class Box: Sendable {
    let work: @Sendable () -> Void
    init(_ work: @escaping @Sendable () -> Void) { self.work = work }
  }
  var thread = pthread_t()
  pthread_create(
    &thread, nil,
    { context in
      if let context { Unmanaged<Box>.fromOpaque(context).takeRetainedValue().work() }
      return nil
    }, Unmanaged.passRetained(Box(work)).toOpaque())
  pthread_detach(thread)
}
