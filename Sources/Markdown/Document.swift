import CMarkdown
import Core

/// A piece of Markdown as cmark-gfm reads it. Owned by whoever lays it out, for as long as that takes.
///
/// Reference definitions are kept from being understood: cmark would take them off the page, and one that arrives late would
/// change what has long been read. `[text][1]` and `[1]: address` stay on screen as they were written.
final class Document {
  private let root: OpaquePointer?
  private let bytes: [UInt8]
  private let hasMarks: Bool
  /// What is being read before each line of the window, and behind the last.
  let contexts: [LineContext]
  /// Whether the last line would be read otherwise by itself.
  let isLastMarked: Bool
  private lazy var lineStarts = SourceLines.starts(in: bytes)

  /// - Parameter prefix: lines that stand before the window, of a table that began earlier.
  init(prefix: [UInt8] = [], _ window: UnsafeBufferPointer<UInt8>, _ context: LineContext = LineContext()) {
    let prepared = Preparation(prefix: prefix, window, context)
    (bytes, hasMarks) = (prepared.bytes, prepared.hasMarks)
    (contexts, isLastMarked) = (prepared.contexts, prepared.isLastMarked)
    root = bytes.withUnsafeBytes { cmd_parse($0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count) }
  }

  deinit { if let root { cmd_free(root) } }

  var blocks: [Node] { root.map { Array(Node($0, self).children) } ?? [] }

  func text(_ pointer: UnsafePointer<CChar>?) -> String { pointer.map { restored(String(cString: $0)) } ?? "" }

  /// As it was written, of what came out of the prepared source.
  func restored(_ text: String) -> String { hasMarks ? Preparation.restored(text) : text }

  /// A line of the source, from 1, without its end.
  func line(_ number: Int) -> String { restored(String(decoding: prepared(number), as: UTF8.self)) }

  /// The same as the parser saw it.
  func prepared(_ number: Int) -> ArraySlice<UInt8> {
    guard number >= 1, number <= lineStarts.count else { return [] }
    let start = lineStarts[number - 1]
    var end = number < lineStarts.count ? lineStarts[number] : bytes.count
    while end > start, bytes[end - 1] == 0x0A || bytes[end - 1] == 0x0D { end -= 1 }
    return bytes[start..<end]
  }
}

/// A node of a document's tree, valid as long as the document lives.
struct Node {
  /// In the order of the C shim.
  enum Kind: Int32 {
    case other, paragraph, heading, quote, list, item, codeBlock, htmlBlock, rule, table, tableRow, tableCell
  }

  let pointer: OpaquePointer
  private unowned let document: Document

  init(_ pointer: OpaquePointer, _ document: Document) { (self.pointer, self.document) = (pointer, document) }

  var kind: Kind { Kind(rawValue: cmd_kind(pointer)) ?? .other }
  var first: Node? { cmd_first(pointer).map { Node($0, document) } }
  var last: Node? { cmd_last(pointer).map { Node($0, document) } }
  var next: Node? { cmd_next(pointer).map { Node($0, document) } }
  var parent: Node? { cmd_parent(pointer).map { Node($0, document) } }
  var children: some Sequence<Node> { sequence(first: first) { $0?.next }.lazy.compactMap { $0 } }

  var startLine: Int { Int(cmd_start_line(pointer)) }
  var endLine: Int { Int(cmd_end_line(pointer)) }
  /// From 1.
  var startColumn: Int { Int(cmd_start_column(pointer)) }

  var literal: String { document.text(cmd_literal(pointer)) }
  /// What stands within a paragraph, a heading or a cell.
  var inlines: [Inlines.Piece] {
    Inlines.of(Array(VisibleText.withoutOrdinaryMarks(document.text(cmd_content(pointer))).utf8))
  }
  /// Of a code block: what stands behind the fence, as it was written.
  var info: String {
    guard let fence else { return "" }
    var info = document.prepared(startLine).dropFirst(startColumn - 1)
    while let byte = info.first, byte != fence.character { info.removeFirst() }
    while let byte = info.first, byte == fence.character || byte.isBlank { info.removeFirst() }
    while info.last?.isBlank == true { info.removeLast() }
    return document.restored(String(decoding: info, as: UTF8.self))
  }

  var level: Int { Int(cmd_level(pointer)) }
  var isOrdered: Bool { cmd_is_ordered(pointer) }
  var isTight: Bool { cmd_is_tight(pointer) }
  /// Of an item: its number, or what stands for it in a list without numbers, as it was written: `2.`, `7)`, `-`.
  var mark: String {
    let line = document.prepared(startLine).dropFirst(startColumn - 1)
    let digits = line.prefix(while: \.isDigit)
    return String(decoding: line.prefix(digits.count + 1), as: UTF8.self)
  }
  var listStart: Int { Int(cmd_list_start(pointer)) }
  /// Whether a task is done; nil for an item that is no task.
  var isDone: Bool? {
    let state = cmd_task(pointer)
    return state < 0 ? nil : state > 0
  }

  /// nil for indented code.
  var fence: (length: Int, indentation: Int, character: UInt8)? {
    var (length, offset): (Int32, Int32) = (0, 0)
    var character: CChar = 0
    guard cmd_fence(pointer, &length, &offset, &character) else { return nil }
    return (Int(length), Int(offset), UInt8(bitPattern: character))
  }

  enum Alignment { case left, center, right }

  var alignments: [Alignment] {
    (0..<cmd_columns(pointer)).map { column in
      switch UInt8(bitPattern: cmd_alignment(pointer, column)) {
      case UInt8(ascii: "c"): .center
      case UInt8(ascii: "r"): .right
      default: .left
      }
    }
  }
}
