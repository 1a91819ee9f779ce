/// The source as cmark is given it: with marks where it must not see what CommonMark would make of it. They are taken out of
/// whatever is read back. Noncharacters: they have no place in a text that is interchanged.
struct Preparation {
  /// Stands where two characters must not be seen together: U+FDD0.
  static let mark: [UInt8] = [0xEF, 0xB7, 0x90]
  /// Stands for a pipe that separates no cells: U+FDD1.
  static let pipe: [UInt8] = [0xEF, 0xB7, 0x91]
  /// A row with more cells is no table: cmark fills every row up to the width of the first, which is memory without bound,
  /// and takes a time that grows with the square of their number.
  private static let mostCells = 64
  /// Beyond so many in lines that follow each other, what looks like the line below a table's header is text: at each, cmark
  /// reads all that the paragraph holds so far.
  private static let mostHeaders = 8
  /// Such lines since the last blank one.
  private var headers = 0

  private(set) var bytes: [UInt8]
  private(set) var hasMarks = false
  /// What is being read before each line of the window, and behind the last.
  private(set) var contexts: [LineContext]
  /// Whether the last line would be read otherwise by itself.
  private(set) var isLastMarked = false

  /// - Parameter context: what is being read where the window begins.
  init(prefix: [UInt8], _ window: UnsafeBufferPointer<UInt8>, _ context: LineContext) {
    bytes = prefix
    bytes.reserveCapacity(prefix.count + window.count + 64)
    contexts = [context]
    var context = context
    var start = 0
    while start < window.count {
      let line = SourceLines.end(from: start, in: window) ?? (window.count, window.count)
      let content = UnsafeBufferPointer(rebasing: window[start..<line.content])
      let mark = context.read(content)
      let isBelowHeader = Preparation.isBelowHeader(content)
      headers = content.allSatisfy(\.isBlank) ? 0 : headers + (isBelowHeader ? 1 : 0)
      copy(content, markAt: mark, isText: isBelowHeader && headers > Preparation.mostHeaders)
      bytes += window[line.content..<line.next]
      start = line.next
      isLastMarked = mark != nil
      contexts.append(context)
    }
  }

  /// Without marks, and with the pipes that were pipes.
  static func restored(_ text: String) -> String {
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars where scalar.value != 0xFDD0 {
      scalars.append(scalar.value == 0xFDD1 ? "|" : scalar)
    }
    return String(scalars)
  }

  /// Whether it has nothing but pipes, dashes and colons, marks of quotes and lists aside.
  private static func isBelowHeader(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
    let marks: [UInt8] = [0x20, 0x09, 0x2D, 0x3A, 0x3E, 0x7C]
    return line.last.map(marks.contains) == true && line.contains(0x2D) && (line.contains(0x7C) || line.contains(0x3A))
      && line.drop { $0 != 0x7C && $0 != 0x3A && $0 != 0x2D }.allSatisfy(marks.contains)
  }

  /// - Parameter isText: it looks like the line below a header, and is none.
  private mutating func copy(_ line: UnsafeBufferPointer<UInt8>, markAt: Int?, isText: Bool) {
    let spans = Preparation.codeSpans(line)
    var span = 0
    var pipes = 0
    var firstPipe = 0
    var previous: UInt8 = 0
    for (index, byte) in line.enumerated() {
      while span < spans.count, index >= spans[span].upperBound { span += 1 }
      if index == markAt || (byte == 0x3A && previous == 0x5D) || (isText && previous == 0x2D) {
        bytes += Preparation.mark
        hasMarks = true
      }
      let isWithinCode = span < spans.count && spans[span].contains(index)
      if byte == 0x7C, previous != 0x5C, isWithinCode || pipes > Preparation.mostCells + 1 {
        bytes += Preparation.pipe
        hasMarks = true
      } else {
        if byte == 0x7C {
          if pipes == 0 { firstPipe = bytes.count }
          pipes += 1
          if pipes == Preparation.mostCells + 2 {
            bytes.insert(contentsOf: Preparation.mark, at: firstPipe)
            hasMarks = true
          }
        }
        bytes.append(byte)
      }
      previous = byte
    }
  }

  /// What backticks enclose in a line that may be a row; nothing in a line without pipes.
  private static func codeSpans(_ line: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
    guard line.contains(0x60), line.contains(0x7C) else { return [] }
    var open: [Int: Int] = [:]
    var spans: [Range<Int>] = []
    var index = 0
    while index < line.count {
      guard line[index] == 0x60 else {
        index += 1
        continue
      }
      var end = index
      while end < line.count, line[end] == 0x60 { end += 1 }
      if let start = open[end - index] {
        spans.append(start..<index)
        open = [:]
      } else if index == 0 || line[index - 1] != 0x5C && !line[index - 1].isWord {
        open[end - index] = end
      }
      index = end
    }
    return spans.sorted { $0.lowerBound < $1.lowerBound }
  }
}

/// What decides how the next line is read: a block of code or a formula that began before it.
struct LineContext: Equatable {
  private var fence: FenceNesting?
  /// What ends the formula that is being read.
  private var formulaEnd: BytePair?
  /// Whether it began within a quote.
  private var isQuoted = false

  /// - Returns: where a mark keeps the line from being read as if it stood by itself.
  mutating func read(_ line: UnsafeBufferPointer<UInt8>) -> Int? {
    let isWithin = fence != nil || formulaEnd != nil
    if !isWithin { isQuoted = line.first { $0 != 0x20 && $0 != 0x09 } == 0x3E }
    let start = contentStart(line, mayBeItem: !isWithin)
    let content = UnsafeBufferPointer(rebasing: line[start...])
    if var open = fence {
      let place = open.read(content)
      fence = place == .closing ? nil : open
      return place == .inner ? start : nil
    }
    if let end = formulaEnd {
      if content.isEmpty || end.isIn(content) { formulaEnd = nil }
      return content.isEmpty ? nil : start
    }
    fence = FenceNesting(opening: content)
    if content.starts(with: "$$".utf8) || content.starts(with: "\\[".utf8) {
      let end = content[0] == 0x24 ? BytePair("$$") : BytePair("\\]")
      if !end.isIn(content.dropFirst(2)) { formulaEnd = end }
    }
    return nil
  }

  /// Behind the indentation and the marks of quotes and of an item.
  private func contentStart(_ line: UnsafeBufferPointer<UInt8>, mayBeItem: Bool) -> Int {
    var start = 0
    while start < line.count, line[start] == 0x20 || line[start] == 0x09 || (isQuoted && line[start] == 0x3E) {
      start += 1
    }
    guard mayBeItem else { return start }
    var end = start
    while end < line.count, line[end].isDigit { end += 1 }
    let isItem =
      end < line.count && (end > start ? [0x2E, 0x29] : [0x2D, 0x2A, 0x2B]).contains(line[end])
      && end + 1 < line.count && line[end + 1] == 0x20
    guard isItem else { return start }
    start = end + 1
    while start < line.count, line[start] == 0x20 { start += 1 }
    return start
  }
}

/// A fence that is open, and those within it: a block of Markdown may hold blocks of code, whose fences do not close it.
struct FenceNesting: Equatable {
  enum Line { case content, inner, closing }

  private let mark: UInt8
  private let length: Int
  private let isMarkdown: Bool
  /// No text that is meant to be read nests deeper: more are not kept.
  private static let deepest = 32
  /// Lengths of the fences that are open within it.
  private var inner: [Int] = []

  init(mark: UInt8, length: Int, info: some Collection<UInt8>) {
    (self.mark, self.length) = (mark, length)
    let language = String(decoding: info.prefix { !$0.isBlank && $0 != 0x7B && $0 != 0x2C }, as: UTF8.self).lowercased()
    isMarkdown = ["markdown", "md", "mdx"].contains(language)
  }

  /// nil when the line opens no fence.
  init?(opening line: some Collection<UInt8>) {
    guard let mark = line.first, mark == 0x60 || mark == 0x7E else { return nil }
    let length = line.prefix { $0 == mark }.count
    let info = line.dropFirst(length).drop(while: \.isBlank)
    guard length >= 3, mark == 0x7E || !info.contains(0x60) else { return nil }
    self.init(mark: mark, length: length, info: info)
  }

  /// - Parameter line: without the indentation of the fence's container.
  mutating func read(_ line: some Collection<UInt8>) -> Line {
    let rest = line.drop { $0 == 0x20 || $0 == 0x09 }
    let count = rest.prefix { $0 == mark }.count
    guard count >= 3 else { return .content }
    let info = rest.dropFirst(count).drop(while: \.isBlank)
    if info.isEmpty {
      if let last = inner.last {
        if count >= last { inner.removeLast() }
        return .inner
      }
      return count >= length ? .closing : .content
    }
    guard isMarkdown, count >= length, !info.contains(mark) else { return .content }
    if inner.count < FenceNesting.deepest { inner.append(count) }
    return .inner
  }
}
