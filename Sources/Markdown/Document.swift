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
  private lazy var lineStarts = SourceLines.starts(in: bytes)

  /// Stands where cmark must not see two characters together; taken out of whatever is read back. U+FDD0, a noncharacter: it
  /// has no place in a text that is interchanged.
  private static let mark: [UInt8] = [0xEF, 0xB7, 0x90]
  /// A row with more cells is no table: cmark fills every row up to the width of the first, which is memory without bound.
  private static let mostCells = 64

  /// - Parameter prefix: lines that stand before the window, of a table that began earlier.
  init(prefix: [UInt8] = [], _ window: UnsafeBufferPointer<UInt8>) {
    (bytes, hasMarks) = Document.prepare(prefix, window)
    root = bytes.withUnsafeBytes { cmd_parse($0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count) }
  }

  deinit { if let root { cmd_free(root) } }

  var blocks: [Node] { root.map { Array(Node($0, self).children) } ?? [] }

  private static func prepare(
    _ prefix: [UInt8], _ window: UnsafeBufferPointer<UInt8>
  ) -> (bytes: [UInt8], hasMarks: Bool) {
    var out = prefix
    out.reserveCapacity(prefix.count + window.count + 64)
    var marks = 0
    var pipes = 0
    var firstPipe = 0
    var previous: UInt8 = 0
    for byte in window {
      if byte == 0x3A, previous == 0x5D {
        out += mark
        marks += 1
      } else if byte == 0x7C {
        if pipes == 0 { firstPipe = out.count }
        pipes += 1
        if pipes == mostCells + 2 {
          out.insert(contentsOf: mark, at: firstPipe)
          marks += 1
        }
      } else if byte == 0x0A || byte == 0x0D {
        pipes = 0
      }
      out.append(byte)
      previous = byte
    }
    return (out, marks > 0)
  }

  func text(_ pointer: UnsafePointer<CChar>?) -> String {
    guard let pointer else { return "" }
    let text = String(cString: pointer)
    return hasMarks ? withoutMarks(text) : text
  }

  private func withoutMarks(_ text: String) -> String {
    var scalars = text.unicodeScalars
    scalars.removeAll { $0.value == 0xFDD0 }
    return String(scalars)
  }

  /// A line of the source, from 1, without its end.
  func line(_ number: Int) -> String {
    guard number >= 1, number <= lineStarts.count else { return "" }
    let start = lineStarts[number - 1]
    var end = number < lineStarts.count ? lineStarts[number] : bytes.count
    while end > start, bytes[end - 1] == 0x0A || bytes[end - 1] == 0x0D { end -= 1 }
    let text = String(decoding: bytes[start..<end], as: UTF8.self)
    return hasMarks ? withoutMarks(text) : text
  }
}

/// A node of a document's tree, valid as long as the document lives.
struct Node {
  /// In the order of the C shim.
  enum Kind: Int32 {
    case other, paragraph, heading, quote, list, item, codeBlock, htmlBlock, rule, table, tableRow, tableCell, text,
      softBreak,
      hardBreak, code, html, emphasis, strong, strikethrough, link, image
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
  var url: String { document.text(cmd_url(pointer)) }
  var title: String { document.text(cmd_title(pointer)) }
  /// Of a code block: what stands behind the fence.
  var info: String { document.text(cmd_info(pointer)) }

  var level: Int { Int(cmd_level(pointer)) }
  var isOrdered: Bool { cmd_is_ordered(pointer) }
  var isTight: Bool { cmd_is_tight(pointer) }
  var hasParenthesis: Bool { cmd_has_parenthesis(pointer) }
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
