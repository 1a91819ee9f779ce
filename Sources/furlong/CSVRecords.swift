/// The records of a CSV text (RFC 4180: quotes, doubled quotes, line ends of both kinds), one after another over the same
/// bytes, in which doubled quotes are made single. Blank lines are passed over. Lives as long as the bytes, on one thread.
struct CSVRecords {
  struct Malformed: Error, Equatable {
    let line: Int
    let text: String
  }

  private static let quote = UInt8(ascii: "\"")
  private static let comma = UInt8(ascii: ",")
  private static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")

  /// The line on which the record begins, from 1.
  private(set) var line = 0
  private let bytes: UnsafeMutableRawBufferPointer
  private var offset = 0
  private var nextLine = 1
  private var fields: [Range<Int>] = []

  init(_ bytes: UnsafeMutableRawBufferPointer) { self.bytes = bytes }

  var count: Int { fields.count }

  subscript(index: Int) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[fields[index]]) }

  /// - Returns: whether there was another record.
  mutating func next() throws(Malformed) -> Bool {
    while offset < bytes.count {
      line = nextLine
      fields.removeAll(keepingCapacity: true)
      let start = offset
      repeat { fields.append(try readField()) } while endsWithComma()
      if fields.count > 1 || !fields[0].isEmpty || bytes[start] == Self.quote { return true }
    }
    return false
  }

  private mutating func readField() throws(Malformed) -> Range<Int> {
    guard offset < bytes.count, bytes[offset] == Self.quote else {
      let start = offset
      while offset < bytes.count {
        let byte = bytes[offset]
        if byte == Self.comma || byte == Self.lineFeed || byte == Self.carriageReturn { break }
        offset += 1
      }
      return start..<offset
    }
    offset += 1
    let start = offset
    var end = offset
    while offset < bytes.count {
      if bytes[offset] == Self.quote {
        offset += 1
        guard offset < bytes.count, bytes[offset] == Self.quote else {
          guard isAtEndOfField else {
            throw Malformed(line: nextLine, text: "text after a closing quote; write a quote inside a field twice")
          }
          return start..<end
        }
      }
      if bytes[offset] == Self.lineFeed { nextLine += 1 }
      bytes[end] = bytes[offset]
      end += 1
      offset += 1
    }
    throw Malformed(line: line, text: "a quote is opened and never closed; close it")
  }

  private var isAtEndOfField: Bool {
    guard offset < bytes.count else { return true }
    return [Self.comma, Self.lineFeed, Self.carriageReturn].contains(bytes[offset])
  }

  /// Takes the comma or the line end after a field.
  private mutating func endsWithComma() -> Bool {
    guard offset < bytes.count else { return false }
    if bytes[offset] == Self.comma {
      offset += 1
      return true
    }
    if bytes[offset] == Self.carriageReturn { offset += 1 }
    if offset < bytes.count, bytes[offset] == Self.lineFeed { offset += 1 }
    nextLine += 1
    return false
  }
}

/// Texts numbered in the order in which they first come, found by their bytes: a string is made once a text, not once a row.
struct ByteNames {
  private(set) var names: [String] = []
  private var first: [UInt64: Int32] = [:]
  private var bytes: [[UInt8]] = []
  private var nextWithSameHash: [Int32] = []

  mutating func index(of text: some Collection<UInt8>) -> Int32 {
    // FNV-1a; equal hashes of different texts are followed from one to the next.
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in text { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    var index = first[hash] ?? -1
    while index >= 0 {
      if bytes[Int(index)].elementsEqual(text) { return index }
      index = nextWithSameHash[Int(index)]
    }
    let new = Int32(names.count)
    names.append(String(decoding: text, as: UTF8.self))
    bytes.append(Array(text))
    nextWithSameHash.append(first.updateValue(new, forKey: hash) ?? -1)
    return new
  }
}
