import Core
import Foundation
import TestSupport

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// One answer of the gateway as it came over the wire, read by a client that knows nothing but HTTP.
struct Visit: Sendable {
  var status = 0
  /// Names in lower case.
  var headers: [String: String] = [:]
  var trailers: [String: String] = [:]
  var body = ""
  /// The body ended as HTTP says it should.
  var isWhole = false
  /// Monotonic nanoseconds at which the first byte of the body came.
  var firstByte: Int64 = 0

  /// Names and data of a stream's events, comments left out.
  var events: [(name: String?, data: String)] {
    body.components(separatedBy: "\n\n").compactMap { block in
      var name: String?
      var data: [String] = []
      for line in block.split(separator: "\n") {
        if line.hasPrefix("event: ") { name = String(line.dropFirst(7)) }
        if line.hasPrefix("data: ") { data.append(String(line.dropFirst(6))) }
      }
      return data.isEmpty ? nil : (name, data.joined(separator: "\n"))
    }
  }

  /// Asks in a thread of its own, so that no task waits for a socket.
  static func ask(
    _ port: Int, _ method: String, _ path: String, _ body: String = "", headers: [String: String] = [:]
  ) async -> Visit {
    let stay = Stay(port)
    stay.send(method, path, body, headers: headers)
    return await stay.rest()
  }
}

/// A connection that stays open as long as its test likes.
///
/// Unchecked, because its one constant is a number that the system's calls take from any thread.
final class Stay: @unchecked Sendable {
  private let socket: Int32

  init(_ port: Int) {
    socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    _ = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    var limit = timeval(tv_sec: Int(patience), tv_usec: 0)
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { close(socket) }

  func hangUp() { shutdown(socket, Int32(SHUT_RDWR)) }

  func send(_ method: String, _ path: String, _ body: String, headers: [String: String] = [:]) {
    var head = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    for (name, value) in headers { head += "\(name): \(value)\r\n" }
    if method == "POST" { head += "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n" }
    write(Array((head + "\r\n" + body).utf8))
  }

  func write(_ bytes: [UInt8]) {
    _ = bytes.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
  }

  /// What has come by the time that `isEnough`, or the connection's end.
  func read(until isEnough: @escaping @Sendable (String) -> Bool) async -> String {
    await detached {
      var text: [UInt8] = []
      while !isEnough(String(decoding: text, as: UTF8.self)), let piece = self.piece() { text += piece }
      return String(decoding: text, as: UTF8.self)
    }
  }

  /// The other side closes in time, whatever it sends before.
  func isClosed() async -> Bool {
    await detached {
      while true {
        var byte: UInt8 = 0
        let count = recv(self.socket, &byte, 1, 0)
        if count == 0 { return true }
        if count < 0 { return errno == ECONNRESET }
      }
    }
  }

  private func detached<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread { continuation.resume(returning: work()) }
    }
  }

  private func piece() -> [UInt8]? {
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    let count = recv(socket, &piece, piece.count, 0)
    return count > 0 ? Array(piece[..<count]) : nil
  }

  /// The whole answer.
  func rest() async -> Visit { await detached { self.readVisit() } }

  private func readVisit() -> Visit {
    var visit = Visit()
    var text: [UInt8] = []
    func line() -> String? {
      while true {
        if let end = text.firstIndex(of: 0x0A) {
          defer { text.removeSubrange(...end) }
          return String(decoding: text[..<end].filter { $0 != 0x0D }, as: UTF8.self)
        }
        guard let more = piece() else { return nil }
        text += more
      }
    }
    func fields() -> [String: String]? {
      var fields: [String: String] = [:]
      while let line = line() {
        if line.isEmpty { return fields }
        let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
        if parts.count == 2 { fields[parts[0].lowercased()] = String(parts[1].drop { $0 == " " }) }
      }
      return nil
    }
    func take(_ count: Int) -> [UInt8]? {
      while text.count < count {
        guard let more = piece() else { return nil }
        text += more
      }
      defer { text.removeFirst(count) }
      return Array(text.prefix(count))
    }
    guard let first = line()?.split(separator: " "), first.count > 1, let headers = fields() else { return visit }
    visit.status = Int(first[1]) ?? 0
    visit.headers = headers
    if let length = headers["content-length"].flatMap({ Int($0) }) {
      let body = take(length)
      visit.body = String(decoding: body ?? text, as: UTF8.self)
      visit.isWhole = body != nil
      return visit
    }
    var body: [UInt8] = []
    while let size = line().flatMap({ Int($0, radix: 16) }) {
      if visit.firstByte == 0 { visit.firstByte = Clock.system.now() }
      if size == 0 {
        visit.trailers = fields() ?? [:]
        visit.isWhole = true
        break
      }
      guard let chunk = take(size + 2) else { break }
      body += chunk.dropLast(2)
    }
    visit.body = String(decoding: body, as: UTF8.self)
    return visit
  }
}
