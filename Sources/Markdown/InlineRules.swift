/// Which backslashes are markup: those before a character that would be markup without them, in what is no path and no regular
/// expression. All others are what is said.
struct Escape {
  /// The word that was looked at last, and whether it is a path or an expression.
  private var word = 0..<0
  private var isLiteral = false

  mutating func isMarkup(_ bytes: [UInt8], _ at: Int) -> Bool {
    guard Escape.mayBeMarkup(bytes, at) else { return false }
    if !word.contains(at) {
      word = Escape.word(bytes, at)
      isLiteral = Escape.isLiteral(bytes[word])
    }
    return !isLiteral
  }

  private static func mayBeMarkup(_ bytes: [UInt8], _ at: Int) -> Bool {
    let escaped = bytes[at + 1]
    let after = at + 2 < bytes.count ? bytes[at + 2] : 0x20
    let before = at > 0 ? bytes[at - 1] : 0x20
    switch escaped {
    case UInt8(ascii: "*"), UInt8(ascii: "`"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "<"),
      UInt8(ascii: ">"),
      UInt8(ascii: "~"):
      break
    // Within a name it is none.
    case UInt8(ascii: "_"): if before.isWord, before != 0x5F, after.isWord || after == 0x5C { return false }
    case UInt8(ascii: "!"): if after != UInt8(ascii: "[") { return false }
    case UInt8(ascii: "$"): if !after.isDigit { return false }
    case UInt8(ascii: "#"), UInt8(ascii: "-"), UInt8(ascii: "+"): if !beginsLine(bytes, at) { return false }
    case UInt8(ascii: "."), UInt8(ascii: ")"):
      var start = at
      while start > 0, bytes[start - 1].isDigit { start -= 1 }
      if start == at || !beginsLine(bytes, start) || !after.isBlank { return false }
    default: return false
    }
    return true
  }

  private static func beginsLine(_ bytes: [UInt8], _ at: Int) -> Bool {
    at == 0 || bytes[at - 1] == 0x0A || bytes[at - 1] == 0x0D
  }

  private static let signs = Set(["[^", "(?", ".*", ".+", "]*", "]+", ")*", ")+"].map { BytePair($0) })

  /// From blank to blank; of a long one the part that begins here.
  private static func word(_ bytes: [UInt8], _ at: Int) -> Range<Int> {
    let most = 256
    var start = at
    while start > 0, !bytes[start - 1].isBlank, at - start < most { start -= 1 }
    var end = at
    while end < bytes.count, !bytes[end].isBlank, end - at < most { end += 1 }
    return start..<end
  }

  /// Whether it has a backslash before a letter or digit, or signs that only expressions have.
  private static func isLiteral(_ word: ArraySlice<UInt8>) -> Bool {
    if word.count > 2, word.first == UInt8(ascii: "^") || word.last == UInt8(ascii: "$") { return true }
    // What stands before a backslash is remembered: `.\*` is an expression as well.
    var (earlier, previous): (UInt8, UInt8) = (0, 0)
    for byte in word {
      if previous == 0x5C, byte.isLetter || byte.isDigit || (byte == 0x2A && earlier == 0x2E) { return true }
      if !byte.isLetter, signs.contains(BytePair(previous, byte)) { return true }
      (earlier, previous) = (previous, byte)
    }
    return false
  }
}

/// Formulas as LaTeX writes them.
struct Formula {
  private static let longest = 2000
  /// Up to where no `\)` and no `\]` stands, as far as was looked: a text full of openings is not read again for each.
  private var without: [UInt8: Int] = [:]

  /// `\(…\)` and `\[…\]`.
  mutating func bracketed(_ bytes: [UInt8], _ at: Int) -> Int? {
    guard at + 1 < bytes.count else { return nil }
    let closing: UInt8
    switch bytes[at + 1] {
    case UInt8(ascii: "("): closing = UInt8(ascii: ")")
    case UInt8(ascii: "["): closing = UInt8(ascii: "]")
    default: return nil
    }
    var index = max(at + 2, without[closing] ?? 0)
    while index + 1 < bytes.count, index - at < Formula.longest {
      if bytes[index] == 0x5C {
        if bytes[index + 1] == closing {
          // An escaped link is none.
          return index + 2 < bytes.count && bytes[index + 2] == UInt8(ascii: "(") ? nil : index + 2
        }
        index += 1
      }
      index += 1
    }
    without[closing] = index
    return nil
  }

  /// `$$…$$`, and `$…$` with something in it that only a formula has.
  static func dollars(_ bytes: [UInt8], _ at: Int) -> Int? {
    let dollar = UInt8(ascii: "$")
    let isDouble = at + 1 < bytes.count && bytes[at + 1] == dollar
    let start = at + (isDouble ? 2 : 1)
    guard start < bytes.count, isDouble || !bytes[start].isBlank else { return nil }
    var index = start
    while index < bytes.count, index - at < longest {
      if bytes[index] == 0x5C {
        index += 2
        continue
      }
      if !isDouble, bytes[index] == 0x0A || bytes[index] == 0x0D { return nil }
      guard bytes[index] == dollar else {
        index += 1
        continue
      }
      if isDouble {
        guard index > start, index + 1 < bytes.count, bytes[index + 1] == dollar else { return nil }
        return index + 2
      }
      let isClosed = !bytes[index - 1].isBlank && !(index + 1 < bytes.count && bytes[index + 1].isWord)
      return isClosed && isFormula(bytes[start..<index]) ? index + 1 : nil
    }
    return nil
  }

  private static func isFormula(_ text: ArraySlice<UInt8>) -> Bool {
    if text.count == 1, let letter = text.first { return letter.isLetter }
    return text.contains { [0x5C, 0x5E, 0x5F, 0x7B, 0x3D, 0x2B, 0x2A, 0x3C, 0x3E].contains($0) }
  }
}

/// Addresses and tags.
enum Address {
  private static let longest = 2000

  /// The end of an address that stands in the text by itself: marks within it are its own.
  static func end(_ bytes: [UInt8], _ at: Int) -> Int? {
    let rest = bytes[at...]
    guard rest.starts(with: "http://".utf8) || rest.starts(with: "https://".utf8) else { return nil }
    if at > 0, bytes[at - 1].isWord, bytes[at - 1] != 0x5F { return nil }
    let stop: Set<UInt8> = [0x22, 0x28, 0x29, 0x2A, 0x3C, 0x3E, 0x5B, 0x5D, 0x60]
    var end = at
    while end < bytes.count, bytes[end] > 0x20, bytes[end] < 0x7F, !stop.contains(bytes[end]) { end += 1 }
    while end > at, bytes[end - 1] == 0x5F || bytes[end - 1] == 0x7E || bytes[end - 1] == 0x5C { end -= 1 }
    return end
  }

  /// `<https://…>` and `<name@host>`.
  static func enclosed(_ bytes: [UInt8], _ at: Int) -> (end: Int, isMail: Bool)? {
    var end = at + 1
    var (colon, atSign): (Int?, Int?) = (nil, nil)
    while end < bytes.count, bytes[end] > 0x20, bytes[end] != 0x3C, bytes[end] != 0x3E, end - at < longest {
      if bytes[end] == 0x3A, colon == nil { colon = end }
      if bytes[end] == 0x40 { atSign = end }
      end += 1
    }
    guard end < bytes.count, bytes[end] == 0x3E else { return nil }
    if let colon, (3...33).contains(colon - at), bytes[at + 1].isLetter,
      bytes[(at + 1)..<colon].allSatisfy({ $0.isLetter || $0.isDigit || [0x2B, 0x2E, 0x2D].contains($0) })
    {
      return (end + 1, false)
    }
    guard let atSign, atSign > at + 1, atSign < end - 1, colon == nil else { return nil }
    let isName = bytes[(at + 1)..<end].allSatisfy { $0.isWord || [0x2B, 0x2E, 0x2D, 0x40].contains($0) }
    return isName ? (end + 1, true) : nil
  }

  /// The end of an HTML tag or comment.
  static func tagEnd(_ bytes: [UInt8], _ at: Int) -> Int? {
    guard at + 1 < bytes.count else { return nil }
    var index = at + 1
    if bytes[index] == UInt8(ascii: "/") { index += 1 }
    guard index < bytes.count, bytes[index].isLetter || bytes[index] == 0x21 || bytes[index] == 0x3F else { return nil }
    while index < bytes.count, index - at < longest, bytes[index] != 0x3C {
      if bytes[index] == 0x3E { return index + 1 }
      index += 1
    }
    return nil
  }

  /// `<br>` in any of its spellings.
  static func isLineBreak(_ tag: String) -> Bool {
    tag.lowercased().filter { $0 != " " && $0 != "/" } == "<br>"
  }
}

/// `(address "title")` behind a link's text.
struct LinkTarget {
  private(set) var url = ""
  private(set) var title = ""
  private(set) var end = 0
  private let bytes: [UInt8]
  private static let longest = 2000

  /// - Parameter isTight: only what is an address for certain is one.
  init?(_ bytes: [UInt8], from start: Int, isTight: Bool) {
    self.bytes = bytes
    guard start < bytes.count, bytes[start] == UInt8(ascii: "(") else { return nil }
    end = start + 1
    skipBlanks()
    guard let range = address() else { return nil }
    url = String(decoding: bytes[range], as: UTF8.self)
    let hasBlank = end < bytes.count && bytes[end].isBlank
    skipBlanks()
    if hasBlank, end < bytes.count, bytes[end] != UInt8(ascii: ")") {
      guard let range = quoted() else { return nil }
      title = String(decoding: bytes[range], as: UTF8.self)
      skipBlanks()
    }
    guard end < bytes.count, bytes[end] == UInt8(ascii: ")") else { return nil }
    end += 1
    if isTight, !url.contains("://"), !["mailto:", "#", "/", "./", "../"].contains(where: url.hasPrefix) { return nil }
  }

  private mutating func skipBlanks() { while end < bytes.count, bytes[end].isBlank { end += 1 } }

  private mutating func address() -> Range<Int>? {
    let start = end
    if end < bytes.count, bytes[end] == 0x3C {
      while end < bytes.count, bytes[end] != 0x3E, bytes[end] != 0x0A, end - start < LinkTarget.longest { end += 1 }
      guard end < bytes.count, bytes[end] == 0x3E else { return nil }
      end += 1
      return (start + 1)..<(end - 1)
    }
    var depth = 0
    while end < bytes.count, bytes[end] > 0x20, end - start < LinkTarget.longest {
      if bytes[end] == 0x5C, end + 1 < bytes.count, bytes[end + 1].isPunctuation { end += 1 }
      if bytes[end] == UInt8(ascii: "(") { depth += 1 }
      if bytes[end] == UInt8(ascii: ")") {
        if depth == 0 { break }
        depth -= 1
      }
      end += 1
    }
    return depth == 0 ? start..<end : nil
  }

  private mutating func quoted() -> Range<Int>? {
    let closing: UInt8
    switch bytes[end] {
    case UInt8(ascii: "\""), UInt8(ascii: "'"): closing = bytes[end]
    case UInt8(ascii: "("): closing = UInt8(ascii: ")")
    default: return nil
    }
    end += 1
    let start = end
    while end < bytes.count, bytes[end] != closing, end - start < LinkTarget.longest {
      end += bytes[end] == 0x5C && end + 1 < bytes.count ? 2 : 1
    }
    guard end < bytes.count, bytes[end] == closing else { return nil }
    end += 1
    return start..<(end - 1)
  }
}
