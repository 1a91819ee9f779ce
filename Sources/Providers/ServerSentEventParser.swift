import Core

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Splits a `text/event-stream` body into the data of its events (WHATWG HTML, section 9.2), cut anywhere, in bytes.
/// Comments and the fields `id` and `retry` are passed over; so is `event`, since every dialect repeats it in the data.
/// Lines that are no field at all are kept as `stray`: some servers write a bare JSON error into a stream.
public struct ServerSentEventParser {
  /// A longer line, or an event of more data, is an error: no language model needs it, and it would have to be held in memory.
  public static let longestLine = 8 << 20

  public struct LineTooLong: Error {}

  private var line: [UInt8] = []
  private var data: [UInt8] = []
  private var hasData = false
  private var isAtStart = true
  /// Lines that were no fields, newest last, at most 64 KiB.
  public private(set) var stray: [UInt8] = []

  public init() {}

  /// Feeds the next bytes and hands out the data of each event they complete; the buffer is valid during the call only.
  /// - Throws: `LineTooLong`; what came before it has been handed out.
  public mutating func feed(
    _ bytes: UnsafeRawBufferPointer, _ emit: (UnsafeRawBufferPointer) -> Void
  ) throws(LineTooLong) {
    guard let base = bytes.baseAddress else { return }
    var start = 0
    while start < bytes.count {
      guard let newline = memchr(base + start, 0x0A, bytes.count - start) else {
        guard line.count + bytes.count - start <= Self.longestLine else { throw LineTooLong() }
        line.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[start...]))
        return
      }
      let end = UnsafeRawPointer(newline) - base
      let piece = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
      guard line.count + piece.count <= Self.longestLine, data.count <= Self.longestLine else { throw LineTooLong() }
      if line.isEmpty {
        take(piece, emit)
      } else {
        line.append(contentsOf: piece)
        let whole = line
        line.removeAll(keepingCapacity: true)
        whole.withUnsafeBytes { take($0, emit) }
      }
      start = end + 1
    }
  }

  /// The body ended: a last line without its newline, and an event without its blank line, still count.
  public mutating func finish(_ emit: (UnsafeRawBufferPointer) -> Void) {
    if !line.isEmpty {
      let whole = line
      line = []
      whole.withUnsafeBytes { take($0, emit) }
    }
    dispatch(emit)
  }

  private mutating func take(_ raw: UnsafeRawBufferPointer, _ emit: (UnsafeRawBufferPointer) -> Void) {
    var text = raw
    if let last = text.last, last == 0x0D { text = UnsafeRawBufferPointer(rebasing: text.dropLast()) }
    if isAtStart {
      isAtStart = false
      if text.starts(with: [0xEF, 0xBB, 0xBF]) { text = UnsafeRawBufferPointer(rebasing: text.dropFirst(3)) }
    }
    guard let first = text.first else { return dispatch(emit) }
    if first == UInt8(ascii: "d"), let value = Self.value(of: "data", in: text) {
      if hasData { data.append(0x0A) }
      data.append(contentsOf: value)
      hasData = true
    } else if first != UInt8(ascii: ":"), Self.value(of: "event", in: text) == nil,
      Self.value(of: "id", in: text) == nil,
      Self.value(of: "retry", in: text) == nil, stray.count + text.count < 1 << 16
    {
      stray.append(contentsOf: text)
      stray.append(0x0A)
    }
  }

  private mutating func dispatch(_ emit: (UnsafeRawBufferPointer) -> Void) {
    guard hasData else { return }
    data.withUnsafeBytes(emit)
    data.removeAll(keepingCapacity: true)
    hasData = false
  }

  /// What follows `name:` and one optional space; nil when the line is not that field.
  private static func value(of name: StaticString, in text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    let length = name.utf8CodeUnitCount
    guard text.count >= length, let base = text.baseAddress, memcmp(base, name.utf8Start, length) == 0 else {
      return nil
    }
    if text.count == length { return UnsafeRawBufferPointer(rebasing: text[length...]) }
    guard text[length] == UInt8(ascii: ":") else { return nil }
    let start = text.count > length + 1 && text[length + 1] == 0x20 ? length + 2 : length + 1
    return UnsafeRawBufferPointer(rebasing: text[start...])
  }
}
