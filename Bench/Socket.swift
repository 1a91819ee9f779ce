import Glibc

/// A non-blocking TCP socket on 127.0.0.1. A value that owns nothing: whoever made it closes it.
struct Socket: Hashable {
  let file: Int32

  private static var loopback: sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
  }

  /// Listens on a free port.
  static func listen() -> (socket: Socket, port: UInt16) {
    let socket = Socket(file: make())
    var address = loopback
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket.file, $0, size) == 0 && Glibc.listen(socket.file, 1024) == 0
          && getsockname(socket.file, $0, &size) == 0
      }
    }
    guard isBound else { fatalError("no loopback port to be had: \(errno)") }
    return (socket, UInt16(bigEndian: address.sin_port))
  }

  /// Connects at once, as loopback does; an error shows at the first write.
  static func connect(port: UInt16) -> Socket {
    let socket = Socket(file: make(blocks: true))
    var address = loopback
    address.sin_port = port.bigEndian
    _ = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(socket.file, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    _ = fcntl(socket.file, F_SETFL, O_NONBLOCK)
    return socket
  }

  /// A port on which nothing listens at the moment.
  static func freePort() -> UInt16 {
    let (socket, port) = listen()
    socket.close()
    return port
  }

  /// Nil when nobody waits.
  func accept() -> Socket? {
    let file = Glibc.accept(self.file, nil, nil)
    guard file >= 0 else { return nil }
    _ = fcntl(file, F_SETFL, O_NONBLOCK)
    Self.sendAtOnce(file)
    return Socket(file: file)
  }

  func close() { Glibc.close(file) }

  enum Reading { case bytes(Int), nothing, closed }

  /// Appends what has come, at most 64 kB.
  func read(into buffer: inout [UInt8], through piece: UnsafeMutableRawBufferPointer) -> Reading {
    let count = recv(file, piece.baseAddress, piece.count, 0)
    if count > 0 {
      buffer.append(contentsOf: UnsafeRawBufferPointer(rebasing: piece[..<count]))
      return .bytes(count)
    }
    return count < 0 && (errno == EAGAIN || errno == EINTR) ? .nothing : .closed
  }

  /// How many bytes from `offset` on were taken; nil when the other side has gone.
  func write(_ bytes: [UInt8], from offset: Int = 0) -> Int? {
    let count = bytes.withUnsafeBytes {
      send(file, $0.baseAddress.map { $0 + offset }, $0.count - offset, Int32(MSG_NOSIGNAL))
    }
    return count >= 0 ? count : errno == EAGAIN || errno == EINTR ? 0 : nil
  }

  private static func make(blocks: Bool = false) -> Int32 {
    let file = socket(AF_INET, Int32(SOCK_STREAM.rawValue | (blocks ? 0 : SOCK_NONBLOCK.rawValue)), 0)
    guard file >= 0 else { fatalError("no socket to be had: \(errno)") }
    sendAtOnce(file)
    return file
  }

  private static func sendAtOnce(_ file: Int32) {
    var one: Int32 = 1
    setsockopt(file, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
  }
}

/// Waits for many sockets at once. Owned by one thread. `poll`, since epoll's header is in no module that Swift can import: for
/// a few hundred sockets that costs some microseconds a turn.
struct Poller {
  struct Event {
    var socket: Socket
    var isWritable: Bool
  }

  private var entries: [pollfd] = []
  private var places: [Int32: Int] = [:]

  mutating func add(_ socket: Socket) {
    places[socket.file] = entries.count
    entries.append(pollfd(fd: socket.file, events: Int16(POLLIN), revents: 0))
  }

  mutating func remove(_ socket: Socket) {
    guard let place = places.removeValue(forKey: socket.file), let last = entries.popLast() else { return }
    guard place < entries.count else { return }
    entries[place] = last
    places[last.fd] = place
  }

  mutating func change(_ socket: Socket, writes: Bool) {
    guard let place = places[socket.file] else { return }
    entries[place].events = Int16(POLLIN) | (writes ? Int16(POLLOUT) : 0)
  }

  /// - Parameter deadline: monotonic nanoseconds; nil waits for ever.
  mutating func wait(until deadline: Int64?) -> [Event] {
    // A part of a millisecond is waited for too, else the last one would be spent turning round.
    let timeout = deadline.map { Int32(clamping: max(0, ($0 - now() + 999_999) / 1_000_000)) } ?? -1
    guard poll(&entries, nfds_t(entries.count), timeout) > 0 else { return [] }
    return entries.lazy.filter { $0.revents != 0 }.map { entry in
      Event(socket: Socket(file: entry.fd), isWritable: entry.revents & Int16(POLLOUT) != 0)
    }
  }
}

/// Where `word` begins in `bytes` from `start` on.
func find(_ word: StaticString, in bytes: [UInt8], from start: Int = 0) -> Int? {
  let length = word.utf8CodeUnitCount
  return bytes.withUnsafeBytes { all -> Int? in
    guard let base = all.baseAddress else { return nil }
    var place = start
    while place + length <= all.count {
      guard let hit = memchr(base + place, Int32(word.utf8Start.pointee), all.count - length - place + 1) else {
        return nil
      }
      if memcmp(hit, word.utf8Start, length) == 0 { return UnsafeRawPointer(hit) - base }
      place = UnsafeRawPointer(hit) - base + 1
    }
    return nil
  }
}
