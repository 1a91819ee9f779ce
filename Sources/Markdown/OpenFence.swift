/// A code fence that is open: it is read line by line, without the parser, so that a long one costs no more than a short one.
struct OpenFence {
  let info: String
  private let length: Int
  private let indentation: Int
  private let character: UInt8
  /// Columns that belong to the list items around it.
  let margin: Int

  /// nil when `node` is not a fenced code block.
  init?(_ node: Node) {
    guard node.kind == .codeBlock, let fence = node.fence else { return nil }
    info = node.info
    (length, indentation, character) = (fence.length, fence.indentation, fence.character)
    margin = max(0, node.startColumn - 1 - fence.indentation)
  }

  /// The fence that the items of a list end with, when it is open after `line`, the last one of the document.
  init?(endOf list: Node, in document: Document, after line: some Collection<UInt8>) {
    var node = list
    while node.kind == .list || node.kind == .item, let last = node.last { node = last }
    guard node.kind == .codeBlock, let fence = OpenFence(node) else { return nil }
    guard document.isLastMarked || !fence.isClosed(by: line) else { return nil }
    self = fence
  }

  /// A line that does not reach to the fence's item ends both.
  func isLeft(by line: some Collection<UInt8>) -> Bool {
    let rest = line.drop { $0 == 0x20 || $0 == 0x09 }
    return !rest.isEmpty && line.count - rest.count < margin && !line.starts(with: [0x09])
  }

  /// CommonMark 0.31.2, section 4.5.
  func isClosed(by line: some Collection<UInt8>) -> Bool {
    var rest = line.drop { $0 == 0x20 }
    guard line.count - rest.count < margin + 4 else { return false }
    let marks = rest.prefix { $0 == character }.count
    rest = rest.dropFirst(marks)
    return marks >= length && rest.allSatisfy { $0 == 0x20 || $0 == 0x09 }
  }

  /// A line without the indentation that the fence itself has.
  func content(_ line: some Collection<UInt8>) -> String {
    var rest = line[...]
    var column = 0
    var filling = 0
    while column < margin + indentation, let byte = rest.first, byte == 0x20 || byte == 0x09 {
      column += byte == 0x20 ? 1 : 4 - column % 4
      rest = rest.dropFirst()
      filling = max(0, column - margin - indentation)
    }
    return String(repeating: " ", count: filling) + OpenFence.text(rest)
  }

  /// As cmark reads it.
  static func text(_ bytes: some Collection<UInt8>) -> String {
    let text = String(decoding: bytes, as: UTF8.self)
    return bytes.contains(0) ? text.replacing("\0", with: "\u{FFFD}") : text
  }
}
