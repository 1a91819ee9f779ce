/// Takes keys out of texts before they leave: those that are known, and what is shaped like one. A value; any thread.
public struct Redaction: Sendable {
  public static let mark = "[key]"

  /// How a provider's keys look. One table; a key has a digit in it, so that ordinary words with dashes stay.
  private struct Shape {
    var prefix: [UInt8]
    /// Of what follows the prefix.
    var least: Int
    var hasDashes: Bool
    /// Nothing like a word may stand before it: `task-…` is no key.
    var beginsWord = false
    /// The prefix is no secret.
    var keepsPrefix = false

    init(_ prefix: String, least: Int, dashes: Bool = false, beginsWord: Bool = false, keepsPrefix: Bool = false) {
      self.prefix = Array(prefix.utf8)
      self.least = least
      hasDashes = dashes
      self.beginsWord = beginsWord
      self.keepsPrefix = keepsPrefix
    }
  }

  private static let shapes = [
    Shape("sk-ant-", least: 12, dashes: true), Shape("sk-or-", least: 12, dashes: true),
    Shape("sk-proj-", least: 12, dashes: true), Shape("sk-", least: 12, dashes: true, beginsWord: true),
    Shape("fl-", least: 43, dashes: true, beginsWord: true), Shape("gsk_", least: 16), Shape("xai-", least: 16),
    Shape("AIza", least: 20, dashes: true),
    Shape("csk-", least: 16), Shape("hf_", least: 20), Shape("ghp_", least: 20),
    Shape("github_pat_", least: 20, dashes: true),
    Shape("Bearer ", least: 12, dashes: true, keepsPrefix: true),
    Shape("bearer ", least: 12, dashes: true, keepsPrefix: true),
  ]

  private let secrets: [[UInt8]]
  private let shapes: [Shape]
  /// Bytes that one of them begins with.
  private let beginnings: [Bool]

  /// - Parameters:
  ///   - secrets: in full; one that is empty is passed over.
  ///   - findsShapes: whether what only looks like a key is taken out too.
  public init(secrets: [String], findsShapes: Bool) {
    // Stored JSON has them in JSON's words.
    let forms = secrets.flatMap { secret in
      [
        secret, String(JSON.string(secret).serialized().dropFirst().dropLast()),
        String(secret.split(separator: "/", omittingEmptySubsequences: false).joined(separator: "\\/")),
      ]
    }
    self.secrets = Set(forms).filter { !$0.isEmpty }.map { Array($0.utf8) }
      // The longest first: one may begin with another.
      .sorted { $0.count > $1.count }
    shapes = findsShapes ? Redaction.shapes : []
    var beginnings = Array(repeating: false, count: 256)
    for first in (self.secrets + shapes.map(\.prefix)).compactMap(\.first) { beginnings[Int(first)] = true }
    self.beginnings = beginnings
  }

  public func text(_ text: String) -> String {
    let bytes = Array(text.utf8)
    let cuts = cuts(in: bytes)
    if cuts.isEmpty { return text }
    var out: [UInt8] = []
    var done = 0
    for cut in cuts {
      out += bytes[done..<cut.lowerBound]
      out += Redaction.mark.utf8
      done = cut.upperBound
    }
    return String(decoding: out + bytes[done...], as: UTF8.self)
  }

  /// What is to be replaced by `mark`: ranges of UTF-8 offsets, in order, none touching another's inside.
  public func cuts(in bytes: [UInt8]) -> [Range<Int>] {
    bytes.withUnsafeBufferPointer { bytes in
      var cuts: [Range<Int>] = []
      var offset = 0
      while offset < bytes.count {
        guard beginnings[Int(bytes[offset])], let cut = cut(at: offset, bytes) else {
          offset += 1
          continue
        }
        cuts.append(cut)
        offset = cut.upperBound
      }
      return cuts
    }
  }

  private func cut(at offset: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> Range<Int>? {
    func begins(_ word: [UInt8]) -> Bool {
      guard offset + word.count <= bytes.count else { return false }
      for index in word.indices where bytes[offset + index] != word[index] { return false }
      return true
    }
    if let secret = secrets.first(where: begins) { return offset..<(offset + secret.count) }
    for shape in shapes where begins(shape.prefix) {
      if shape.beginsWord, Redaction.isInsideWord(offset, bytes) { continue }
      let start = offset + shape.prefix.count
      var end = start
      var hasDigit = false
      while end < bytes.count, Redaction.isKeyByte(bytes[end], dashes: shape.hasDashes) {
        hasDigit = hasDigit || (0x30...0x39).contains(bytes[end])
        end += 1
      }
      if end - start >= shape.least, hasDigit { return (shape.keepsPrefix ? start : offset)..<end }
    }
    return nil
  }

  private static func isKeyByte(_ byte: UInt8, dashes: Bool) -> Bool {
    isWordByte(byte)
      || (dashes && (byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")))
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }

  /// Within stored JSON an `n` may be the end of `\n`.
  private static func isInsideWord(_ offset: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard offset > 0, isWordByte(bytes[offset - 1]) else { return false }
    return !(offset > 1 && bytes[offset - 2] == UInt8(ascii: "\\"))
  }
}
