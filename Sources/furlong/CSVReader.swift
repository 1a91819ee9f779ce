import Core

/// Records of a CSV text by RFC 4180: quotes, doubled quotes, line breaks inside quotes; LF, CRLF or CR between records.
/// Fields are ranges of the bytes, in which doubled quotes are made single on the way. Valid as long as the bytes are.
struct CSVReader {
  private let bytes: UnsafeMutableBufferPointer<UInt8>
  private var offset = 0
  private var nextLine = 1
  /// The line on which the current record begins.
  private(set) var line = 0
  private(set) var fields: [Range<Int>] = []

  init(bytes: UnsafeMutableBufferPointer<UInt8>) { self.bytes = bytes }

  func field(_ index: Int) -> UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(rebasing: bytes[fields[index]]) }

  func text(_ index: Int) -> String { String(decoding: field(index), as: UTF8.self) }

  /// Reads the next record. False at the end.
  /// - Throws: `CommandError` for a quote that never ends, or text after a closing one.
  mutating func next(_ name: String) throws -> Bool {
    fields.removeAll(keepingCapacity: true)
    line = nextLine
    guard offset < bytes.count else { return false }
    while true {
      if offset < bytes.count, bytes[offset] == UInt8(ascii: "\"") {
        try readQuoted(name)
      } else {
        let start = offset
        while offset < bytes.count, !isSeparator(bytes[offset]) { offset += 1 }
        fields.append(start..<offset)
      }
      guard offset < bytes.count else { return true }
      let separator = bytes[offset]
      offset += 1
      if separator == UInt8(ascii: ",") { continue }
      if separator == 0x0D, offset < bytes.count, bytes[offset] == 0x0A { offset += 1 }
      nextLine += 1
      return true
    }
  }

  @inline(__always) private func isSeparator(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ",") || byte == 0x0A || byte == 0x0D
  }

  private mutating func readQuoted(_ name: String) throws {
    let quote = UInt8(ascii: "\"")
    let first = nextLine
    offset += 1
    let start = offset
    var end = start
    while offset < bytes.count {
      let byte = bytes[offset]
      let isDoubled = byte == quote && offset + 1 < bytes.count && bytes[offset + 1] == quote
      if byte != quote || isDoubled {
        if byte == 0x0A { nextLine += 1 }
        bytes[end] = byte
        end += 1
        offset += isDoubled ? 2 : 1
        continue
      }
      fields.append(start..<end)
      offset += 1
      if offset < bytes.count, !isSeparator(bytes[offset]) {
        throw CommandError(
          "\(name), line \(nextLine): text after a closing quote; write \"\" for a quote inside quotes")
      }
      return
    }
    throw CommandError("\(name), line \(first): a quote is opened and never closed")
  }
}
