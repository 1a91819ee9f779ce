import Terminal

/// How often a text has each sign that markup does not use up: letters, digits, and the punctuation that is no markup. What is
/// drawn of a block has at least as many of each as its source, or the reader is told.
struct SignCount {
  /// By byte of ASCII, beyond it by the first byte of a character.
  private var counts = [Int](repeating: 0, count: 256)

  /// The source of a block: backslashes that escape a mark at the edge of a word are markup.
  init(source: some RandomAccessCollection<UInt8>) {
    let bytes = Array(source)
    for (index, byte) in bytes.enumerated() where SignCount.isSaid(byte) {
      guard byte == 0x5C else {
        counts[Int(byte)] += 1
        continue
      }
      let next = index + 1 < bytes.count ? bytes[index + 1] : 0x0A
      let before = index > 0 ? bytes[index - 1] : 0x20
      let after = index + 2 < bytes.count ? bytes[index + 2] : 0x20
      let isEdge =
        !(before.isLetter || before.isDigit || before >= 0x80) || !(after.isLetter || after.isDigit || after >= 0x80)
      let isEscape = next == 0x0A || next == 0x0D || (next.isPunctuation && isEdge)
      if !isEscape { counts[0x5C] += 1 }
    }
  }

  init() {}

  mutating func add(_ text: String) {
    for byte in text.utf8 where SignCount.isSaid(byte) { counts[Int(byte)] += 1 }
  }

  mutating func add(_ lines: [StyledLine]) { for line in lines { for span in line.spans { add(span.text) } } }

  func has(all other: SignCount) -> Bool { zip(counts, other.counts).allSatisfy(>=) }

  private static func isSaid(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x5C, UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"), UInt8(ascii: ";"), UInt8(ascii: ","),
      UInt8(ascii: "?"), UInt8(ascii: "/"), UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "@"), UInt8(ascii: "^"),
      UInt8(ascii: "."):
      true
    // Latin, Greek and Cyrillic letters; Chinese, Japanese and Korean. What else there is may be drawn by a stand-in.
    case 0xC3...0xCA, 0xCE...0xD1, 0xE3...0xED: true
    default: byte.isLetter || byte.isDigit
    }
  }
}
