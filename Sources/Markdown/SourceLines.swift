/// Where lines begin and end, as CommonMark has it: at a line feed, a carriage return, or both.
enum SourceLines {
  /// The end of the line that begins at `start`, without its line break, and where the next one begins. nil when more bytes may
  /// belong to it: a carriage return that is the last byte may be half of a line break.
  static func end(
    from start: Int, in bytes: UnsafeBufferPointer<UInt8>
  ) -> (content: Int, next: Int)? {
    var index = start
    while index < bytes.count {
      if bytes[index] == 0x0A { return (index, index + 1) }
      if bytes[index] == 0x0D {
        guard index + 1 < bytes.count else { return nil }
        return (index, bytes[index + 1] == 0x0A ? index + 2 : index + 1)
      }
      index += 1
    }
    return nil
  }

  /// Where each line begins; after a final line break there is none.
  static func starts(in bytes: some Collection<UInt8>) -> [Int] {
    var starts: [Int] = bytes.isEmpty ? [] : [0]
    var previous: UInt8 = 0
    for (index, byte) in bytes.enumerated() {
      if index > 0, previous == 0x0A || (previous == 0x0D && byte != 0x0A) { starts.append(index) }
      previous = byte
    }
    return starts
  }
}
