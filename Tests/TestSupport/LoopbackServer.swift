import CPseudoTerminal
import Core
import Foundation
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A small HTTP server on 127.0.0.1 that plays scripts and misbehaves on request. One thread for each connection; ends with
/// this value, closing what is open.
public final class LoopbackServer: Sendable {
  public struct Request: Sendable {
    public var method = ""
    public var path = ""
    /// Names in lower case.
    public var headers: [String: String] = [:]
    public var body: [UInt8] = []
    /// Which connection it came on, from 1.
    public var connection = 0
    /// Monotonic nanoseconds at which it had been read whole.
    public var time: Int64 = 0

    public var text: String { String(decoding: body, as: UTF8.self) }
  }

  public enum Event: Sendable {
    case connected
    case request(Request)
    /// The client closed or reset a connection in the middle of a script.
    case disconnected(at: Int64)
  }

  public let port: UInt16
  public let journal = Journal<Event>()
  private let listener: Int32

  public var url: String { "http://127.0.0.1:\(port)/v1" }

  /// - Parameter respond: what to do with the request of that number, from 1.
  public init(_ respond: @escaping @Sendable (_ request: Request, _ number: Int) -> [Step]) {
    let (listener, port) = LoopbackServer.listen()
    (self.listener, self.port) = (listener, port)
    let journal = journal
    Thread.detachNewThread {
      var connections = 0
      while true {
        let socket = cpty_accept(listener)
        if socket < 0 {
          if errno == EINTR || errno == ECONNABORTED { continue }
          // Closed by whoever accepts: a number closed elsewhere may be another server's by the next call.
          close(listener)
          return
        }
        connections += 1
        let number = connections
        journal.append(.connected)
        Thread.detachNewThread {
          Connection(socket: socket, number: number, journal: journal, respond: respond).serve()
        }
      }
    }
  }

  /// Plays the same to everyone.
  public convenience init(_ steps: [Step]) { self.init { _, _ in steps } }

  /// One that answers nobody: its port is taken, so that no other test's server gets it, and nothing listens there.
  public static let unanswered = LoopbackServer(unanswered: bound())

  private init(unanswered: (socket: Int32, port: UInt16)) { (listener, port) = unanswered }

  deinit { shutdown(listener, Int32(SHUT_RDWR)) }

  public var connections: Int { journal.entries.count { if case .connected = $0 { true } else { false } } }

  public var requests: [Request] {
    journal.entries.compactMap { if case .request(let request) = $0 { request } else { nil } }
  }

  /// When the first client went away in mid-script, in monotonic nanoseconds; nil when none did in time.
  public func disconnection(seconds: Double = patience) -> Int64? {
    let event = journal.first(seconds: seconds) { if case .disconnected = $0 { true } else { false } }
    if case .disconnected(let time)? = event { return time }
    return nil
  }

  /// A port on which nothing listens.
  public static func deadPort() -> UInt16 { unanswered.port }

  private static func listen() -> (socket: Int32, port: UInt16) {
    let (listener, port) = bound()
    guard Glibc.listen(listener, 128) == 0 else { fatalError("no loopback socket: \(errno)") }
    return (listener, port)
  }

  private static func bound() -> (socket: Int32, port: UInt16) {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, length) == 0 && getsockname(listener, $0, &length) == 0
      }
    }
    guard isBound else { fatalError("no loopback socket: \(errno)") }
    return (listener, UInt16(bigEndian: address.sin_port))
  }
}

/// One accepted socket, on a thread of its own.
private final class Connection {
  private struct Gone: Error {}

  private let socket: Int32
  private let number: Int
  private let journal: Journal<LoopbackServer.Event>
  private let respond: @Sendable (LoopbackServer.Request, Int) -> [Step]
  private var buffer: [UInt8] = []

  init(
    socket: Int32, number: Int, journal: Journal<LoopbackServer.Event>,
    respond: @escaping @Sendable (LoopbackServer.Request, Int) -> [Step]
  ) {
    (self.socket, self.number, self.journal, self.respond) = (socket, number, journal, respond)
    var on: Int32 = 1
    setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
  }

  func serve() {
    defer { close(socket) }
    while let request = readRequest() {
      journal.append(.request(request))
      let count = journal.entries.count { if case .request = $0 { true } else { false } }
      do {
        for step in respond(request, count) where try !play(step) { return }
      } catch {
        return journal.append(.disconnected(at: Clock.system.now()))
      }
    }
  }

  /// False when the connection is to be closed.
  private func play(_ step: Step) throws -> Bool {
    switch step {
    case .send(let bytes): try write(bytes)
    case .pause(let milliseconds): try idle(until: Clock.system.now() + Int64(milliseconds) * 1_000_000)
    case .hold(let gate):
      while !gate.wait(seconds: 0.005) { try idle(until: Clock.system.now()) }
    case .note(let note): note()
    case .stall: try idle(until: .max)
    case .endless(let bytes): while true { try write(bytes) }
    case .reset:
      var option = linger(l_onoff: 1, l_linger: 0)
      setsockopt(socket, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
      return false
    case .close: return false
    }
    return true
  }

  /// Waits, but notices at once when the client goes away.
  private func idle(until deadline: Int64) throws {
    while true {
      let left = deadline == .max ? 1_000_000_000 : max(0, deadline - Clock.system.now())
      var entry = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
      if poll(&entry, 1, Int32((left + 999_999) / 1_000_000)) > 0 {
        var byte: UInt8 = 0
        if recv(socket, &byte, 1, Int32(MSG_PEEK)) <= 0 { throw Gone() }
      }
      if deadline != .max, Clock.system.now() >= deadline { return }
    }
  }

  private func write(_ bytes: [UInt8]) throws {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes { send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      if count <= 0 { throw Gone() }
      sent += count
    }
  }

  private func readRequest() -> LoopbackServer.Request? {
    var request = LoopbackServer.Request()
    request.connection = number
    guard let first = readLine() else { return nil }
    let words = first.split(separator: " ").map(String.init)
    guard words.count >= 2 else { return nil }
    (request.method, request.path) = (words[0], words[1])
    while let line = readLine(), !line.isEmpty {
      guard let colon = line.firstIndex(of: ":") else { continue }
      request.headers[line[..<colon].lowercased()] = String(line[line.index(after: colon)...].drop { $0 == " " })
    }
    let length = request.headers["content-length"].flatMap { Int($0) } ?? 0
    while buffer.count < length { guard fill() else { return nil } }
    request.body = Array(buffer.prefix(length))
    buffer.removeFirst(length)
    request.time = Clock.system.now()
    return request
  }

  private func readLine() -> String? {
    while true {
      if let end = buffer.firstIndex(of: 0x0A) {
        var line = buffer[..<end]
        if line.last == 0x0D { line.removeLast() }
        buffer.removeSubrange(...end)
        return String(decoding: line, as: UTF8.self)
      }
      guard fill() else { return nil }
    }
  }

  private func fill() -> Bool {
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    let count = recv(socket, &piece, piece.count, 0)
    if count > 0 { buffer += piece[..<count] }
    return count > 0
  }
}
