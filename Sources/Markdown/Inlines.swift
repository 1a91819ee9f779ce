/// What stands within a paragraph, a heading or a cell, read from its source in one pass. Stricter than CommonMark about what is
/// markup: a mark that might as well belong to what is said (an operator, a path, an expression, a name) stays as it was written.
struct Inlines {
  enum Mark: Equatable { case emphasis, strong, strikethrough, link, image }

  enum Piece: Equatable {
    /// Before every line; a definition is a line that says what a reference stands for.
    case line(isDefinition: Bool)
    case text(String)
    case code(String)
    case html(String)
    /// Formulas with what encloses them; they may hold line feeds.
    case math(String)
    case begin(Mark)
    case end(Mark, url: String, title: String)
  }

  static func of(_ bytes: [UInt8]) -> [Piece] {
    var inlines = Inlines(bytes)
    inlines.read()
    return inlines.pieces
  }

  let bytes: [UInt8]
  /// Where reading is.
  private var at = 0
  /// Where text begins that is in no item yet.
  private var textStart = 0
  private var items: [Item] = []
  private var delimiters = Delimiters()
  private var brackets: [Bracket] = []
  /// Brackets below this one begin no link: a link holds no other.
  private var inactiveBelow = 0
  private var escape = Escape()
  private var formula = Formula()
  private lazy var backticks = BacktickRuns(bytes)

  private enum Item {
    case piece(Piece)
    case text(Range<Int>)
    case delimiter(Int)
  }

  private struct Bracket {
    var item: Int
    var delimiters: Int
    var isImage: Bool
  }

  private init(_ bytes: [UInt8]) {
    var end = bytes.count
    while end > 0, bytes[end - 1].isBlank { end -= 1 }
    self.bytes = end == bytes.count ? bytes : Array(bytes[..<end])
  }

  // MARK: Reading

  private mutating func read() {
    beginLine()
    while at < bytes.count {
      switch bytes[at] {
      case 0x0A, 0x0D: lineBreak()
      case UInt8(ascii: "\\"): backslash()
      case UInt8(ascii: "`"): code()
      case UInt8(ascii: "$"): take(Formula.dollars(bytes, at)) { .math($0) }
      case UInt8(ascii: "*"), UInt8(ascii: "_"), UInt8(ascii: "~"): delimiter()
      case UInt8(ascii: "!") where byte(at + 1) == UInt8(ascii: "["): open(isImage: true)
      case UInt8(ascii: "["): open(isImage: false)
      case UInt8(ascii: "]"): close()
      case UInt8(ascii: "<"): angle()
      case UInt8(ascii: "h"): at = Address.end(bytes, at) ?? at + 1
      default: at += 1
      }
    }
    flush(upTo: at)
    delimiters.pair(above: 0)
  }

  private func byte(_ index: Int) -> UInt8? { bytes.indices.contains(index) ? bytes[index] : nil }

  private mutating func flush(upTo end: Int) {
    if end > textStart { items.append(.text(textStart..<end)) }
    textStart = end
  }

  private mutating func add(_ piece: Piece, upTo end: Int) {
    flush(upTo: at)
    items.append(.piece(piece))
    (at, textStart) = (end, end)
  }

  /// What ends at `end` is a piece of its own; without an end the character is text.
  private mutating func take(_ end: Int?, _ piece: (String) -> Piece) {
    guard let end else {
      at += 1
      return
    }
    add(piece(String(decoding: bytes[at..<end], as: UTF8.self)), upTo: end)
  }

  private mutating func lineBreak() {
    var end = at
    while end > textStart, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
    // A backslash that ends a word at the end of its line breaks the line; behind a space it goes on with a command.
    if end == at, end > textStart, bytes[end - 1] == UInt8(ascii: "\\"), end > 1, !bytes[end - 2].isBlank,
      bytes[end - 2] != UInt8(ascii: "\\")
    {
      end -= 1
    }
    flush(upTo: end)
    at += bytes[at] == 0x0D && byte(at + 1) == 0x0A ? 2 : 1
    while let next = byte(at), next == 0x20 || next == 0x09 { at += 1 }
    textStart = at
    beginLine()
  }

  private mutating func beginLine() {
    var end = at
    var isDefinition = false
    if byte(at) == UInt8(ascii: "[") {
      while let next = byte(end), next != 0x0A, next != 0x0D { end += 1 }
      let close = bytes[at..<end].firstIndex(of: UInt8(ascii: "]"))
      isDefinition = close.map { byte($0 + 1) == UInt8(ascii: ":") } ?? false
    }
    items.append(.piece(.line(isDefinition: isDefinition)))
    if isDefinition { at = end }
  }

  private mutating func backslash() {
    guard let next = byte(at + 1) else {
      at += 1
      return
    }
    if let end = formula.bracketed(bytes, at) { return take(end) { .math($0) } }
    guard next.isPunctuation else {
      at += 1
      return
    }
    if escape.isMarkup(bytes, at) {
      flush(upTo: at)
      textStart = at + 1
    }
    at += 2
  }

  private mutating func code() {
    guard let (start, end, next) = backticks.span(from: at) else {
      while byte(at) == UInt8(ascii: "`") { at += 1 }
      return
    }
    var text = bytes[start..<end].map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 }
    if text.count > 2, text.first == 0x20, text.last == 0x20, text.contains(where: { $0 != 0x20 }) {
      text = Array(text[1..<(text.count - 1)])
    }
    add(.code(String(decoding: text, as: UTF8.self)), upTo: next)
  }

  private mutating func delimiter() {
    guard let run = Delimiter(bytes, at) else {
      let mark = bytes[at]
      while byte(at) == mark { at += 1 }
      return
    }
    flush(upTo: at)
    items.append(.delimiter(delimiters.append(run)))
    at += run.count
    textStart = at
  }

  private mutating func angle() {
    if let address = Address.enclosed(bytes, at) {
      let text = String(decoding: bytes[(at + 1)..<(address.end - 1)], as: UTF8.self)
      add(.begin(.link), upTo: address.end)
      items += [.piece(.text(text)), .piece(.end(.link, url: (address.isMail ? "mailto:" : "") + text, title: ""))]
    } else {
      take(Address.tagEnd(bytes, at)) { .html($0) }
    }
  }

  // MARK: Links

  private mutating func open(isImage: Bool) {
    flush(upTo: at)
    brackets.append(Bracket(item: items.count, delimiters: delimiters.count, isImage: isImage))
    items.append(.text(at..<(at + (isImage ? 2 : 1))))
    at += isImage ? 2 : 1
    textStart = at
  }

  private mutating func close() {
    guard let bracket = brackets.popLast() else {
      at += 1
      return
    }
    let isInactive = !bracket.isImage && brackets.count < inactiveBelow
    inactiveBelow = min(inactiveBelow, brackets.count)
    guard !isInactive, case .text(let opening) = items[bracket.item],
      let target = LinkTarget(bytes, from: at + 1, isTight: isTight(before: opening.lowerBound, bracket.isImage))
    else {
      at += 1
      return
    }
    flush(upTo: at)
    delimiters.pair(above: bracket.delimiters)
    let mark: Mark = bracket.isImage ? .image : .link
    items[bracket.item] = .piece(.begin(mark))
    items.append(.piece(.end(mark, url: target.url, title: target.title)))
    (at, textStart) = (target.end, target.end)
    if !bracket.isImage { inactiveBelow = brackets.count }
  }

  /// Right behind a name it may be an element of something that is called: `table[key](value)`.
  private func isTight(before start: Int, _ isImage: Bool) -> Bool {
    guard !isImage, let before = byte(start - 1) else { return false }
    return before.isWord || before == UInt8(ascii: ")") || before == UInt8(ascii: "]")
  }

  // MARK: Result

  private var pieces: [Piece] {
    var pieces: [Piece] = []
    func text(_ range: Range<Int>) {
      guard !range.isEmpty else { return }
      let text = String(decoding: bytes[range], as: UTF8.self)
      guard case .text(var before)? = pieces.last else { return pieces.append(.text(text)) }
      // Taken out, so that it grows in place.
      pieces.removeLast()
      before += text
      pieces.append(.text(before))
    }
    for item in items {
      switch item {
      case .piece(let piece): pieces.append(piece)
      case .text(let range): text(range)
      case .delimiter(let index):
        let run = delimiters[index]
        pieces += run.ends.map { .end($0, url: "", title: "") }
        text(run.start..<(run.start + run.left))
        pieces += run.begins.reversed().map { .begin($0) }
      }
    }
    return pieces
  }
}

/// Runs of backticks by their length: where the one that closes a span is found without looking twice at what is between.
private struct BacktickRuns {
  private var starts: [Int: [Int]] = [:]
  private var next: [Int: Int] = [:]
  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    var index = 0
    while index < bytes.count {
      let length = length(at: index)
      if length > 0 { starts[length, default: []].append(index) }
      index += max(1, length)
    }
  }

  private func length(at start: Int) -> Int {
    var end = start
    while end < bytes.count, bytes[end] == UInt8(ascii: "`") { end += 1 }
    return end - start
  }

  /// What the run at `start` encloses, and what is behind it.
  mutating func span(from start: Int) -> (start: Int, end: Int, next: Int)? {
    let length = length(at: start)
    guard let runs = starts[length] else { return nil }
    var index = next[length] ?? 0
    while index < runs.count, runs[index] <= start { index += 1 }
    next[length] = index
    return index < runs.count ? (start + length, runs[index], runs[index] + length) : nil
  }
}

/// Two bytes that stand side by side.
struct BytePair: Hashable {
  private let value: UInt16

  init(_ first: UInt8, _ second: UInt8) { value = UInt16(first) << 8 | UInt16(second) }

  /// - Parameter text: two characters of ASCII.
  init(_ text: StaticString) {
    precondition(text.utf8CodeUnitCount == 2)
    self.init(text.utf8Start[0], text.utf8Start[1])
  }

  func isIn(_ bytes: some Sequence<UInt8>) -> Bool {
    var previous: UInt8?
    for byte in bytes {
      if let previous, BytePair(previous, byte) == self { return true }
      previous = byte
    }
    return false
  }
}

extension UInt8 {
  /// A space, a tab or a line's end.
  var isBlank: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
  var isDigit: Bool { (0x30...0x39).contains(self) }
  var isLetter: Bool { (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self) }
  /// Of a name: an ASCII letter, a digit or an underscore.
  var isWord: Bool { isDigit || isLetter || self == 0x5F }
  /// Of ASCII.
  var isPunctuation: Bool { (0x21...0x7E).contains(self) && !isDigit && !isLetter }
}
