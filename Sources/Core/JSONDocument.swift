/// Reads one JSON text after another into a reused flat tape, without building a tree: a stream carries thousands of small
/// documents of which a dialect wants three fields. Owned by one decoder, on one thread; values copied out are independent.
public final class JSONDocument {
  fileprivate enum Kind: UInt8 { case null, bool, number, string, array, object }

  /// One value. `start..<end` is its text in `bytes` (strings without quotes); `next` is the tape index after its last child.
  fileprivate struct Node {
    var kind: Kind
    var isEscaped = false
    var start: Int
    var end: Int
    var next: Int
  }

  public struct Malformed: Error, Equatable {
    /// Offset in bytes of what could not be read.
    public let offset: Int
  }

  private static let deepestNesting = 128
  fileprivate var bytes: [UInt8] = []
  fileprivate var tape: [Node] = []
  /// Whether what was parsed last is JSON to every reader (RFC 8259). What is not, but can be understood, is read all the same:
  /// control characters and unknown escapes in texts, halves of surrogate pairs, UTF-8 that is none, zeros before a number,
  /// numbers that no `Double` holds. Its `source` is then written anew.
  public private(set) var isClean = true

  public init() {}

  /// Parses a whole text. The returned view is valid until the next call.
  /// - Throws: `Malformed` at the first byte that is not JSON, or when nested deeper than 128 levels.
  public func parse(_ text: UnsafeRawBufferPointer) throws(Malformed) -> JSONView {
    bytes.removeAll(keepingCapacity: true)
    bytes.append(contentsOf: text)
    tape.removeAll(keepingCapacity: true)
    var reader = Reader(tape: tape)
    tape = []
    defer { tape = reader.tape }
    let failure: Int? = bytes.withUnsafeBufferPointer { bytes in
      var offset = 0
      guard reader.readValue(bytes, &offset, depth: 0) else { return offset }
      reader.skipSpace(bytes, &offset)
      return offset == bytes.count ? nil : offset
    }
    if let failure { throw Malformed(offset: failure) }
    isClean = reader.isClean && !(reader.hasHighBytes && !isUTF8(bytes))
    return JSONView(document: self, index: 0)
  }

  public func parse(_ text: String) throws(Malformed) -> JSONView {
    var text = text
    let result: Result<JSONView, Malformed> = text.withUTF8 { utf8 in
      Result { () throws(Malformed) in try parse(UnsafeRawBufferPointer(utf8)) }
    }
    return try result.get()
  }
}

extension JSON {
  /// What was read, as a tree.
  public init(_ view: JSONView) {
    if view.isObject {
      self = .object(view.members.map { Member(name: $0.name, value: JSON($0.value)) })
    } else if view.isArray {
      self = .array(view.elements.map { JSON($0) })
    } else if let text = view.string {
      self = .string(text)
    } else if let text = view.numberText {
      self = .plainNumber(text)
    } else {
      self = view.bool.map { .bool($0) } ?? .null
    }
  }
}

/// A value inside a `JSONDocument`. Reading a wrong kind or a missing member gives nil, never an error:
/// providers add, drop and move fields without notice.
public struct JSONView {
  private let document: JSONDocument
  private let index: Int

  fileprivate init(document: JSONDocument, index: Int) {
    self.document = document
    self.index = index
  }

  private var node: JSONDocument.Node { document.tape[index] }

  public subscript(name: StaticString) -> JSONView? {
    let node = self.node
    guard node.kind == .object else { return nil }
    let length = name.utf8CodeUnitCount
    var cursor = index + 1
    while cursor < node.next {
      let key = document.tape[cursor]
      if key.end - key.start == length, !key.isEscaped, document.matches(key.start, name) {
        let value = JSONView(document: document, index: cursor + 1)
        return value.isNull ? nil : value
      }
      cursor = document.tape[cursor + 1].next
    }
    return nil
  }

  /// The elements of an array; empty for any other kind.
  public var elements: [JSONView] {
    let node = self.node
    guard node.kind == .array else { return [] }
    var result: [JSONView] = []
    var cursor = index + 1
    while cursor < node.next {
      result.append(JSONView(document: document, index: cursor))
      cursor = document.tape[cursor].next
    }
    return result
  }

  /// The members of an object in order; empty for any other kind.
  public var members: [(name: String, value: JSONView)] {
    let node = self.node
    guard node.kind == .object else { return [] }
    var result: [(name: String, value: JSONView)] = []
    var cursor = index + 1
    while cursor < node.next {
      result.append(
        (document.text(of: document.tape[cursor]), JSONView(document: document, index: cursor + 1)))
      cursor = document.tape[cursor + 1].next
    }
    return result
  }

  public var first: JSONView? {
    let node = self.node
    guard node.kind == .array, node.next > index + 1 else { return nil }
    return JSONView(document: document, index: index + 1)
  }

  public var isNull: Bool { node.kind == .null }
  public var isObject: Bool { node.kind == .object }
  public var isArray: Bool { node.kind == .array }

  public var string: String? {
    let node = self.node
    return node.kind == .string ? document.text(of: node) : nil
  }

  public var bool: Bool? {
    let node = self.node
    return node.kind == .bool ? document.bytes[node.start] == UInt8(ascii: "t") : nil
  }

  /// A number's own text, for exact decimals.
  public var numberText: String? {
    let node = self.node
    return node.kind == .number ? document.text(of: node) : nil
  }

  /// Nil as well for a number that only an infinite one is near to.
  public var double: Double? { numberText.flatMap(Double.init).flatMap { $0.isFinite ? $0 : nil } }

  /// A count: an integer, or a float without a fraction within Int's range.
  public var int: Int? {
    guard let text = numberText else { return nil }
    return Int(text) ?? Double(text).flatMap { Int(exactly: $0) }
  }

  /// Tokens of one call that somebody else counted; nil for what is out of `Bounds.tokens`.
  public var tokens: Int? { int.flatMap { Bounds.tokens.contains($0) ? $0 : nil } }

  /// What somebody else counted; nil for what is out of `Bounds.counts`.
  public var count: Int? { int.flatMap { Bounds.counts.contains($0) ? $0 : nil } }

  /// Seconds since 1970; nil for what is out of `Bounds.dates`.
  public var date: Int64? { int.map(Int64.init).flatMap { Bounds.dates.contains($0) ? $0 : nil } }

  /// The value's own JSON text, to be kept or passed on; written anew where that is no JSON to every reader.
  public var source: String {
    if !document.isClean { return JSON(self).serialized() }
    let node = self.node
    let quote = node.kind == .string ? 1 : 0
    return String(decoding: document.bytes[(node.start - quote)..<(node.end + quote)], as: UTF8.self)
  }

  /// Whether this is a string of exactly these bytes, without making a `String`.
  public func isString(_ text: StaticString) -> Bool {
    let node = self.node
    return node.kind == .string && !node.isEscaped && node.end - node.start == text.utf8CodeUnitCount
      && document.matches(node.start, text)
  }
}

extension JSONDocument {
  fileprivate func matches(_ start: Int, _ name: StaticString) -> Bool {
    bytes.withUnsafeBufferPointer { bytes in
      for offset in 0..<name.utf8CodeUnitCount where bytes[start + offset] != name.utf8Start[offset] { return false }
      return true
    }
  }

  /// Text of a string or number; invalid UTF-8 and lone surrogates become U+FFFD.
  fileprivate func text(of node: Node) -> String {
    bytes.withUnsafeBufferPointer { bytes in
      let slice = UnsafeBufferPointer(rebasing: bytes[node.start..<node.end])
      return node.isEscaped ? JSONDocument.unescaped(slice) : String(decoding: slice, as: UTF8.self)
    }
  }

  private static func unescaped(_ source: UnsafeBufferPointer<UInt8>) -> String {
    var out: [UInt8] = []
    out.reserveCapacity(source.count)
    var index = 0
    while index < source.count {
      let byte = source[index]
      guard byte == UInt8(ascii: "\\"), index + 1 < source.count else {
        out.append(byte)
        index += 1
        continue
      }
      let escape = source[index + 1]
      index += 2
      switch escape {
      case UInt8(ascii: "n"): out.append(0x0A)
      case UInt8(ascii: "t"): out.append(0x09)
      case UInt8(ascii: "r"): out.append(0x0D)
      case UInt8(ascii: "b"): out.append(0x08)
      case UInt8(ascii: "f"): out.append(0x0C)
      case UInt8(ascii: "u"):
        var code = hexadecimal(source, index)
        index += 4
        if (0xD800..<0xDC00).contains(code), index + 5 < source.count,
          source[index] == UInt8(ascii: "\\"), source[index + 1] == UInt8(ascii: "u")
        {
          let low = hexadecimal(source, index + 2)
          if (0xDC00..<0xE000).contains(low) {
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00)
            index += 6
          }
        }
        let scalar = Unicode.Scalar(code) ?? "\u{FFFD}"
        out += String(scalar).utf8
      default: out.append(escape)
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// Four hexadecimal digits at `start`, already checked by the reader.
  private static func hexadecimal(_ source: UnsafeBufferPointer<UInt8>, _ start: Int) -> UInt32 {
    var code: UInt32 = 0
    for offset in start..<min(start + 4, source.count) {
      code = code << 4 | UInt32(hexadecimalValue(source[offset]) ?? 0)
    }
    return code
  }

  fileprivate static func hexadecimalValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  /// The recursive descent that fills the tape. Works on a local copy of the tape, so that the hot loop has no class access.
  fileprivate struct Reader {
    var tape: [Node]
    /// But for bytes above 0x7F, which are looked at together.
    var isClean = true
    var hasHighBytes = false

    func skipSpace(_ bytes: UnsafeBufferPointer<UInt8>, _ offset: inout Int) {
      while offset < bytes.count {
        switch bytes[offset] {
        case 0x20, 0x0A, 0x0D, 0x09: offset += 1
        default: return
        }
      }
    }

    mutating func readValue(_ bytes: UnsafeBufferPointer<UInt8>, _ offset: inout Int, depth: Int) -> Bool {
      skipSpace(bytes, &offset)
      guard offset < bytes.count, depth < JSONDocument.deepestNesting else { return false }
      switch bytes[offset] {
      case UInt8(ascii: "\""): return readString(bytes, &offset)
      case UInt8(ascii: "{"): return readObject(bytes, &offset, depth: depth)
      case UInt8(ascii: "["): return readArray(bytes, &offset, depth: depth)
      case UInt8(ascii: "t"): return readWord(bytes, &offset, "true", .bool)
      case UInt8(ascii: "f"): return readWord(bytes, &offset, "false", .bool)
      case UInt8(ascii: "n"): return readWord(bytes, &offset, "null", .null)
      default: return readNumber(bytes, &offset)
      }
    }

    private mutating func append(_ kind: Kind, _ start: Int, _ end: Int, isEscaped: Bool = false) {
      tape.append(Node(kind: kind, isEscaped: isEscaped, start: start, end: end, next: tape.count + 1))
    }

    private mutating func readWord(
      _ bytes: UnsafeBufferPointer<UInt8>, _ offset: inout Int, _ word: StaticString, _ kind: Kind
    ) -> Bool {
      let length = word.utf8CodeUnitCount
      guard offset + length <= bytes.count else { return false }
      for index in 0..<length where bytes[offset + index] != word.utf8Start[index] { return false }
      append(kind, offset, offset + length)
      offset += length
      return true
    }

    private mutating func readNumber(_ bytes: UnsafeBufferPointer<UInt8>, _ offset: inout Int) -> Bool {
      let start = offset
      var isBig = false
      func digits() -> Bool {
        let first = offset
        while offset < bytes.count, (0x30...0x39).contains(bytes[offset]) { offset += 1 }
        return offset > first
      }
      if bytes[offset] == UInt8(ascii: "-") { offset += 1 }
      let first = offset
      guard digits() else { return false }
      if bytes[first] == 0x30, offset - first > 1 { isClean = false }
      if offset < bytes.count, bytes[offset] == UInt8(ascii: ".") {
        offset += 1
        guard digits() else { return false }
      }
      if offset < bytes.count, bytes[offset] | 0x20 == UInt8(ascii: "e") {
        offset += 1
        isBig = true
        if offset < bytes.count, bytes[offset] == UInt8(ascii: "+") || bytes[offset] == UInt8(ascii: "-") {
          offset += 1
        }
        guard digits() else { return false }
      }
      if isBig || offset - start > 300 {
        let text = String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<offset]), as: UTF8.self)
        if Double(text)?.isFinite != true { isClean = false }
      }
      append(.number, start, offset)
      return true
    }

    private mutating func readString(_ bytes: UnsafeBufferPointer<UInt8>, _ offset: inout Int) -> Bool {
      offset += 1
      let start = offset
      var isEscaped = false
      while offset < bytes.count {
        let byte = bytes[offset]
        if byte == UInt8(ascii: "\"") {
          append(.string, start, offset, isEscaped: isEscaped)
          offset += 1
          return true
        }
        guard byte == UInt8(ascii: "\\") else {
          if byte < 0x20 { isClean = false }
          if byte >= 0x80 { hasHighBytes = true }
          offset += 1
          continue
        }
        isEscaped = true
        guard readEscape(bytes, &offset) else { return false }
      }
      return false
    }

    private mutating func readEscape(_ bytes: UnsafeBufferPointer<UInt8>, _ offset: inout Int) -> Bool {
      guard offset + 1 < bytes.count else { return false }
      guard bytes[offset + 1] == UInt8(ascii: "u") else {
        if !"\"\\/bfnrt".utf8.contains(bytes[offset + 1]) { isClean = false }
        if bytes[offset + 1] >= 0x80 { hasHighBytes = true }
        offset += 2
        return true
      }
      guard let code = unit(bytes, offset) else { return false }
      offset += 6
      switch code {
      case 0xD800..<0xDC00:
        // The second half must follow, as an escape too.
        guard let low = unit(bytes, offset), (0xDC00..<0xE000).contains(low) else {
          isClean = false
          return true
        }
        offset += 6
      case 0xDC00..<0xE000: isClean = false
      default: break
      }
      return true
    }

    /// What `\uXXXX` at `offset` stands for; nil when that is not there.
    private func unit(_ bytes: UnsafeBufferPointer<UInt8>, _ offset: Int) -> UInt32? {
      guard offset + 5 < bytes.count, bytes[offset] == UInt8(ascii: "\\"), bytes[offset + 1] == UInt8(ascii: "u") else {
        return nil
      }
      var code: UInt32 = 0
      for place in (offset + 2)...(offset + 5) {
        guard let digit = hexadecimalValue(bytes[place]) else { return nil }
        code = code << 4 | UInt32(digit)
      }
      return code
    }

    private mutating func readArray(_ bytes: UnsafeBufferPointer<UInt8>, _ offset: inout Int, depth: Int) -> Bool {
      let index = tape.count
      append(.array, offset, offset)
      offset += 1
      skipSpace(bytes, &offset)
      if offset < bytes.count, bytes[offset] == UInt8(ascii: "]") { return close(index, &offset) }
      while readValue(bytes, &offset, depth: depth + 1) {
        skipSpace(bytes, &offset)
        guard offset < bytes.count else { return false }
        if bytes[offset] == UInt8(ascii: "]") { return close(index, &offset) }
        guard bytes[offset] == UInt8(ascii: ",") else { return false }
        offset += 1
      }
      return false
    }

    private mutating func readObject(_ bytes: UnsafeBufferPointer<UInt8>, _ offset: inout Int, depth: Int) -> Bool {
      let index = tape.count
      append(.object, offset, offset)
      offset += 1
      skipSpace(bytes, &offset)
      if offset < bytes.count, bytes[offset] == UInt8(ascii: "}") { return close(index, &offset) }
      while offset < bytes.count, bytes[offset] == UInt8(ascii: "\"") {
        guard readString(bytes, &offset) else { return false }
        skipSpace(bytes, &offset)
        guard offset < bytes.count, bytes[offset] == UInt8(ascii: ":") else { return false }
        offset += 1
        guard readValue(bytes, &offset, depth: depth + 1) else { return false }
        skipSpace(bytes, &offset)
        guard offset < bytes.count else { return false }
        if bytes[offset] == UInt8(ascii: "}") { return close(index, &offset) }
        guard bytes[offset] == UInt8(ascii: ",") else { return false }
        offset += 1
        skipSpace(bytes, &offset)
      }
      return false
    }

    private mutating func close(_ index: Int, _ offset: inout Int) -> Bool {
      offset += 1
      tape[index].end = offset
      tape[index].next = tape.count
      return true
    }
  }
}
