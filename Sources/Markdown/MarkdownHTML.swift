import Core

/// An answer's Markdown as HTML for a page that trusts nobody: no HTML of the answer's own, no picture, no link but to the web.
public enum MarkdownHTML {
  /// Longer answers, and deeper ones, are shown as they came.
  private static let longest = 400_000
  private static let deepest = 40

  private struct TooDeep: Error {}

  public static func of(_ text: String) -> String {
    let bytes = Array(text.utf8)
    guard bytes.count <= longest else { return source(text) }
    let document = bytes.withUnsafeBufferPointer { Document($0) }
    do {
      return try document.blocks.map { try block($0, depth: 0) }.joined(separator: "\n")
    } catch {
      return source(text)
    }
  }

  private static func source(_ text: String) -> String { "<pre>\(HTMLText.escaped(text))</pre>" }

  private static func block(_ node: Node, depth: Int, isTight: Bool = false) throws -> String {
    guard depth < deepest else { throw TooDeep() }
    func inner(isTight: Bool = false) throws -> String {
      try node.children.map { try block($0, depth: depth + 1, isTight: isTight) }.joined(separator: "\n")
    }
    switch node.kind {
    case .paragraph: return isTight ? try inlines(node, depth) : "<p>\(try inlines(node, depth))</p>"
    case .heading:
      // Below the page's own.
      let level = min(6, node.level + 3)
      return "<h\(level)>\(try inlines(node, depth))</h\(level)>"
    case .quote: return "<blockquote>\(try inner())</blockquote>"
    case .list:
      let items = try node.children.map { try item($0, depth: depth + 1, isTight: node.isTight) }.joined(
        separator: "\n")
      guard node.isOrdered else { return "<ul>\(items)</ul>" }
      return "<ol\(node.listStart == 1 ? "" : " start=\"\(node.listStart)\"")>\(items)</ol>"
    case .item: return try item(node, depth: depth, isTight: false)
    case .codeBlock, .htmlBlock: return "<pre><code>\(HTMLText.escaped(node.literal))</code></pre>"
    case .rule: return "<hr>"
    case .table: return try table(node, depth)
    default: return node.first == nil ? HTMLText.escaped(node.literal) : try inner()
    }
  }

  private static func item(_ node: Node, depth: Int, isTight: Bool) throws -> String {
    let inner = try node.children.map { try block($0, depth: depth + 1, isTight: isTight) }.joined(separator: "\n")
    guard let isDone = node.isDone else { return "<li>\(inner)</li>" }
    return "<li class=\"task\">\(isDone ? "☑" : "☐") \(inner)</li>"
  }

  private static func table(_ node: Node, _ depth: Int) throws -> String {
    let alignments = node.alignments
    let rows = try node.children.enumerated().map { place, row in
      let tag = place == 0 ? "th" : "td"
      let cells = try row.children.enumerated().map { column, cell in
        let side = alignments.indices.contains(column) ? alignments[column] : .left
        let style = side == .left ? "" : " class=\"\(side == .right ? "right" : "center")\""
        return "<\(tag)\(style)>\(try inlines(cell, depth))</\(tag)>"
      }
      return "<tr>\(cells.joined())</tr>"
    }
    return "<div class=\"wide\"><table>\(rows.joined(separator: "\n"))</table></div>"
  }

  private static func inlines(_ node: Node, _ depth: Int) throws -> String {
    guard depth < deepest else { throw TooDeep() }
    return try node.children.map { child in
      func inner() throws -> String { try inlines(child, depth + 1) }
      switch child.kind {
      case .text, .html: return HTMLText.escaped(child.literal)
      case .softBreak: return "\n"
      case .hardBreak: return "<br>\n"
      case .code: return "<code>\(HTMLText.escaped(child.literal))</code>"
      case .emphasis: return "<em>\(try inner())</em>"
      case .strong: return "<strong>\(try inner())</strong>"
      case .strikethrough: return "<del>\(try inner())</del>"
      case .link: return link(try inner(), child.url)
      case .image:
        return "<span class=\"quiet\">[picture: \(try inner())]</span> <code>\(HTMLText.escaped(child.url))</code>"
      default: return child.first == nil ? HTMLText.escaped(child.literal) : try inner()
      }
    }.joined()
  }

  /// Any other address is shown, and goes nowhere.
  private static func link(_ words: String, _ url: String) -> String {
    let isSafe = ["http://", "https://", "mailto:"].contains { url.lowercased().hasPrefix($0) }
    guard isSafe else { return "\(words) <code>\(HTMLText.escaped(url))</code>" }
    return "<a href=\"\(HTMLText.escaped(url))\" rel=\"noopener noreferrer nofollow\">\(words)</a>"
  }
}
