import Core
import Terminal

/// A text in Markdown as lines of a width, kept while the text grows. Whatever is finished keeps its lines; only what may still
/// change is parsed and laid out again, so that a token costs the same in a long answer as in a short one.
public struct MarkdownText: Sendable {
  public private(set) var lines: [StyledLine] = []
  /// Lines at the beginning that nothing which follows will change.
  public private(set) var stableCount = 0

  /// Whether some block is drawn without some of its signs, markup aside.
  public var isChanged: Bool { hasChange || isTailChanged }
  private var hasChange = false
  private var isTailChanged = false

  /// Bytes at the end that are laid out anew for every change.
  public var openBytes: Int { seen - tailStart }
  /// Bytes of `source` that are not laid out for good, and are to be.
  public func left(of source: String) -> Int { (restStart ?? source.utf8.count) - tailStart }

  private let width: Int
  private let drawing: Drawing
  private let rule: String
  /// UTF-8 offset in the source where the open tail begins.
  private var tailStart = 0
  /// What is being read there.
  private var context = LineContext()
  /// Where the last line that was looked at for a boundary ends, and how much of the source has been seen.
  private var checked = 0
  private var seen = 0
  private var needsGap = false
  private var table: CarriedTable?
  private var fence: Fence?
  private var code: [(language: String, code: String)]?

  /// A fence that is being read, and whether it has lines on screen.
  fileprivate struct Fence {
    var rules: OpenFence
    var layout: CodeLayout
    /// What stands left of its lines.
    var mark: [Span]
    var hasLines: Bool
    /// The line that is read next began in a piece that has been cut off: it is code whatever it looks like.
    var isWithinLine = false
  }

  /// A block that grows beyond this is cut at a line, or at a space when it is all one line: no block, however long, is laid out
  /// again as a whole for every token. The lines bound what a few bytes of nested lists or wide tables cost the parser.
  private static let most = (bytes: 4096, lines: 256)
  /// A line of code that grows beyond this is cut.
  private static let mostCode = 4096
  /// What looking whether a block has ended costs at least, in bytes of the budget.
  private static let least = 64
  /// What a line costs beside its bytes.
  private static let lineCost = 8

  /// - Parameters:
  ///   - width: columns, at least 2 (a wide character must fit).
  ///   - ascii: bars and bullets are ASCII.
  public init(width: Int, ascii: Bool = false) {
    self.width = max(2, width)
    drawing = ascii ? .ascii : .lines
    rule = drawing.rule(self.width)
  }

  /// Lines beyond which nothing is laid out any more: no answer that is read has so many.
  public static let mostLines = 100_000
  /// Where in the source, as an offset in UTF-8, the rest begins that is no longer laid out; nil where all is.
  public private(set) var restStart: Int?
  /// Whether there is more to lay out of what was given.
  public private(set) var isBehind = false
  /// Bytes that may still be laid out in this update.
  private var budget = Int.max

  /// Brings the lines up to date with `source`, which must begin with what was given before; a shorter one is a new text.
  public mutating func update(_ source: String) {
    var budget = Int.max
    update(source, budget: &budget)
  }

  /// The same as far as `budget` goes, in bytes, which is brought down by what was laid out. What is left is done by the next
  /// update, with the same source or more of it; the lines come out the same.
  public mutating func update(_ source: String, budget: inout Int) {
    let total = source.utf8.count
    guard total != seen || isBehind else { return }
    if total < seen { restart() }
    self.budget = budget
    defer { budget = self.budget }
    seen = total
    lines.removeLast(lines.count - stableCount)
    let isDone: Void? = source.utf8.withContiguousStorageIfAvailable { read($0) }
    if isDone == nil { Array(source.utf8).withUnsafeBufferPointer { read($0) } }
  }

  /// Code blocks in order, as they are in the source.
  public static func codeBlocks(in source: String) -> [(language: String, code: String)] {
    guard mayHoldCode(source) else { return [] }
    var text = MarkdownText(width: 80)
    text.code = []
    text.update(source)
    return text.code ?? []
  }

  /// Three marks of a fence, a tab or four spaces begin a block of code: that there are none is seen sooner than the blocks are.
  private static func mayHoldCode(_ source: String) -> Bool {
    var previous: UInt8 = 0
    var run = 0
    for byte in source.utf8 {
      run = byte == previous ? run + 1 : 1
      previous = byte
      if byte == 0x09 || (run == 3 && (byte == 0x60 || byte == 0x7E)) || (run == 4 && byte == 0x20) { return true }
    }
    return false
  }

  private mutating func restart() {
    (lines, stableCount, tailStart, checked) = ([], 0, 0, 0)
    (needsGap, table, fence, context) = (false, nil, nil, LineContext())
    (hasChange, isTailChanged, isBehind, restStart) = (false, false, false, nil)
  }

  private mutating func read(_ bytes: UnsafeBufferPointer<UInt8>) {
    var mayGoOn = true
    while mayGoOn, restStart == nil, budget > 0 {
      let (start, count) = (tailStart, lines.count)
      mayGoOn = fence == nil ? readBlocks(bytes) : readFence(bytes)
      budget -= max(MarkdownText.least, tailStart - start + (lines.count - count) * MarkdownText.lineCost)
      if lines.count >= MarkdownText.mostLines { restStart = tailStart }
    }
    stableCount = lines.count
    isBehind = mayGoOn && restStart == nil
    guard !isBehind, restStart == nil else {
      isTailChanged = false
      return
    }
    let (gap, changed) = (needsGap, hasChange)
    drawTail(bytes)
    isTailChanged = hasChange
    (needsGap, hasChange) = (gap, changed)
  }

  private mutating func append(_ block: [StyledLine]) {
    guard !block.isEmpty else { return }
    if needsGap, !lines.isEmpty { lines.append(StyledLine()) }
    lines += block
    needsGap = true
  }

  // MARK: Blocks

  /// Moves finished blocks out of the tail. What is decided depends on the source alone, never on the pieces in which it came:
  /// only whole lines are looked at, and all but the last block of them are closed for good.
  /// - Returns: whether something was moved, so that there may be more.
  private mutating func readBlocks(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    var end = tailStart
    var cut: Int?
    var count = 0
    let limit = min(bytes.count, tailStart + MarkdownText.most.bytes)
    let within = UnsafeBufferPointer(rebasing: bytes[..<limit])
    while let line = SourceLines.end(from: end, in: within) {
      end = line.next
      count += 1
      // A line at the margin is where a long list or quote is cut with the least harm.
      if end < limit, bytes[end] > 0x20 { cut = end }
      if count == MarkdownText.most.lines { break }
    }
    let isFull = limit == tailStart + MarkdownText.most.bytes || count == MarkdownText.most.lines
    guard end > checked || isFull else { return false }
    checked = end
    if end > tailStart, close(bytes, upTo: end) { return true }
    guard isFull else { return false }
    if let margin = cut, margin - tailStart > (end - tailStart) / 2 { end = margin }
    let isLine = count == MarkdownText.most.lines || end - tailStart > MarkdownText.most.bytes / 8
    split(bytes, at: isLine ? end : lastSpace(within))
    return true
  }

  /// Lays out all but the last block of some whole lines; an open fence is read on without the parser.
  private mutating func close(_ bytes: UnsafeBufferPointer<UInt8>, upTo end: Int) -> Bool {
    let window = UnsafeBufferPointer(rebasing: bytes[tailStart..<end])
    let document = parse(window)
    let blocks = document.blocks
    guard let last = blocks.last else { return false }
    let opening = OpenFence(last)
    let starts = SourceLines.starts(in: window)
    let line = last.startLine - headerLines
    guard line >= 1, line <= starts.count, opening != nil || line > 1 else { return false }
    var closed = blocks.dropLast()
    // A paragraph whose last line became the header of a table has no line of its own: it goes where the table goes.
    while let block = closed.last, block.startLine == 0 || block.startLine >= last.startLine { closed.removeLast() }
    draw(document, closed)
    table = nil
    if let opening {
      tailStart += line < starts.count ? starts[line] : window.count
      open(opening)
    } else {
      tailStart += starts[line - 1]
    }
    context = document.contexts[opening == nil ? line - 1 : line]
    return true
  }

  /// Cuts a block that has grown too long; what follows goes on below it.
  private mutating func split(_ bytes: UnsafeBufferPointer<UInt8>, at cut: Int) {
    let window = UnsafeBufferPointer(rebasing: bytes[tailStart..<cut])
    let document = parse(window)
    let columns = draw(document, document.blocks)
    if table == nil, document.blocks.count == 1, document.blocks.first?.kind == .table {
      let starts = SourceLines.starts(in: window)
      if starts.count > 2, starts[2] < MarkdownText.mostCode {
        table = CarriedTable(header: Array(window[..<starts[2]]), columns: columns)
      }
    }
    needsGap = false
    (tailStart, checked) = (cut, cut)
    context = document.contexts.last ?? context
    let line = SourceLines.starts(in: window).last.map { window[$0...].prefix { $0 != 0x0A && $0 != 0x0D } }
    if let last = document.blocks.last, let line, let rules = OpenFence(endOf: last, in: document, after: line) {
      let isWithinLine = window.last != 0x0A && window.last != 0x0D
      fence = Fence(rules, width: width, hasLines: true)
      fence?.isWithinLine = isWithinLine
      // The parser ends every line.
      if isWithinLine, let last = code?.indices.last { code?[last].code.removeLast() }
    }
  }

  private func lastSpace(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    let least = tailStart + MarkdownText.most.bytes / 2
    for index in stride(from: bytes.count - 1, to: least, by: -1) where bytes[index - 1] == 0x20 && bytes[index] > 0x20
    {
      return index
    }
    return boundary(bytes, before: bytes.count)
  }

  /// Where a character begins, going back from `end`.
  private func boundary(_ bytes: UnsafeBufferPointer<UInt8>, before end: Int) -> Int {
    var index = end - 1
    while index > tailStart, bytes[index] & 0xC0 == 0x80 { index -= 1 }
    return index
  }

  private var headerLines: Int { table == nil ? 0 : 2 }

  private func parse(_ window: UnsafeBufferPointer<UInt8>) -> Document {
    Document(prefix: table?.header ?? [], window, context)
  }

  /// - Returns: the columns of the last table.
  @discardableResult
  private mutating func draw(_ document: Document, _ blocks: some Sequence<Node>) -> [Int]? {
    var layout = BlockLayout(document, width: width, drawing: drawing, carried: table, rule: rule)
    layout.code = code == nil ? nil : []
    for block in blocks { append(layout.lines(of: block)) }
    code?.append(contentsOf: layout.code ?? [])
    hasChange = hasChange || layout.isChanged
    return layout.columns
  }

  private mutating func drawTail(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard tailStart < bytes.count else { return }
    let tail = UnsafeBufferPointer(rebasing: bytes[tailStart...])
    if var copy = fence {
      let isWhole = tail.last != 0x0D
      let line = isWhole ? tail[...] : tail.dropLast()
      if copy.isWithinLine || !copy.rules.isLeft(by: line) {
        var context = context
        let isMarked = context.read(UnsafeBufferPointer(rebasing: line)) != nil
        if copy.isWithinLine || isMarked || !copy.rules.isClosed(by: line) { appendCode(line, &copy, endsLine: true) }
        return
      }
      needsGap = true
    }
    let document = parse(tail)
    draw(document, document.blocks)
  }

  // MARK: Fences

  private mutating func open(_ rules: OpenFence) {
    var flow = Flow(width: width)
    flow.add(rules.info, BlockLayout.labelStyle)
    append(flow.finish().map { StyledLine($0.spans, $0.joint) })
    fence = Fence(rules, width: width, hasLines: !rules.info.isEmpty)
    code?.append((CodeLayout.language(rules.info), ""))
  }

  private mutating func readFence(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard var open = fence else { return false }
    fence = nil
    let (start, count) = (tailStart, lines.count)
    while let line = SourceLines.end(from: tailStart, in: bytes) {
      if tailStart - start + (lines.count - count) * MarkdownText.lineCost >= budget
        || lines.count >= MarkdownText.mostLines
      {
        fence = open
        return true
      }
      let content = bytes[tailStart..<line.content]
      if !open.isWithinLine, open.rules.isLeft(by: content) {
        needsGap = true
        return true
      }
      tailStart = line.next
      let isMarked = !open.isWithinLine && context.read(UnsafeBufferPointer(rebasing: content)) != nil
      if !open.isWithinLine, !isMarked, open.rules.isClosed(by: content) { return true }
      appendCode(content, &open, endsLine: true)
    }
    while bytes.count - tailStart > MarkdownText.mostCode {
      if tailStart - start + (lines.count - count) * MarkdownText.lineCost >= budget
        || lines.count >= MarkdownText.mostLines
      {
        fence = open
        return true
      }
      let cut = boundary(bytes, before: tailStart + MarkdownText.mostCode)
      appendCode(bytes[tailStart..<cut], &open, endsLine: false)
      tailStart = cut
    }
    fence = open
    return false
  }

  private mutating func appendCode(_ line: Slice<UnsafeBufferPointer<UInt8>>, _ fence: inout Fence, endsLine: Bool) {
    let isWithinLine = fence.isWithinLine
    let text = isWithinLine ? OpenFence.text(line) : fence.rules.content(line)
    fence.isWithinLine = !endsLine
    if let last = code?.indices.last {
      code?[last].code += text + (endsLine ? "\n" : "")
      return
    }
    if !fence.hasLines, needsGap, !lines.isEmpty { lines.append(StyledLine()) }
    fence.hasLines = true
    needsGap = true
    for (index, spans) in fence.layout.lines(text).enumerated() {
      var line = StyledLine(
        spans.isEmpty ? [] : fence.mark + spans, index > 0 || isWithinLine ? .nothing : .lineBreak)
      line.margin = fence.mark.width
      lines.append(line)
    }
  }
}

extension MarkdownText.Fence {
  fileprivate init(_ rules: OpenFence, width: Int, hasLines: Bool) {
    (self.rules, self.hasLines) = (rules, hasLines)
    let wide = [Span(String(repeating: " ", count: rules.margin + 2))]
    mark = BlockLayout.hasRoom(for: wide, in: width) ? wide : BlockLayout.codeMark(width: width)
    layout = CodeLayout(info: rules.info, width: width - mark.width)
  }
}
