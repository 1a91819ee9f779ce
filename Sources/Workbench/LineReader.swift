#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Lines of standard input, taken while other things are waited for too.
struct LineReader {
  private var bytes: [UInt8] = []
  private(set) var isAtEnd = false

  /// Reads what is there; call it when standard input is readable.
  mutating func fill() {
    var buffer = [UInt8](repeating: 0, count: 65536)
    let count = read(STDIN_FILENO, &buffer, buffer.count)
    if count > 0 { bytes += buffer[..<count] } else if count == 0 || errno != EINTR { isAtEnd = true }
  }

  /// Whole lines that have come with the one taken last, from a terminal: nobody types that fast, they were pasted.
  mutating func pasted() -> [String] {
    var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
    guard isatty(STDIN_FILENO) != 0 else { return [] }
    // A terminal hands out one line at a time.
    while !isAtEnd, poll(&input, 1, 0) > 0 { fill() }
    var lines: [String] = []
    while bytes.contains(0x0A), let line = next() { lines.append(line) }
    return lines
  }

  /// The next whole line without its end; the last one may lack it.
  mutating func next() -> String? {
    guard let end = bytes.firstIndex(of: 0x0A) else {
      guard isAtEnd, !bytes.isEmpty else { return nil }
      defer { bytes = [] }
      return String(decoding: bytes, as: UTF8.self)
    }
    let line = String(decoding: bytes[..<end], as: UTF8.self)
    bytes.removeSubrange(...end)
    return line.hasSuffix("\r") ? String(line.dropLast()) : line
  }
}
