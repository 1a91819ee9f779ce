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
      var next = node.listStart
      let items = try node.children.map { child in
        // Numbers that do not follow each other are told one by one.
        let number = node.isOrdered ? Int(child.mark.dropLast()) ?? next : nil
        let value = number == nil || number == next ? nil : number
        next = (number ?? next) + 1
        return try item(child, depth: depth + 1, isTight: node.isTight, value: value)
      }.joined(separator: "\n")
      guard node.isOrdered else { return "<ul>\(items)</ul>" }
      return "<ol\(node.listStart == 1 ? "" : " start=\"\(node.listStart)\"")>\(items)</ol>"
    case .item: return try item(node, depth: depth, isTight: false)
    case .codeBlock, .htmlBlock: return "<pre><code>\(HTMLText.escaped(node.literal))</code></pre>"
    case .rule: return "<hr>"
    case .table: return try table(node, depth)
    default: return node.first == nil ? HTMLText.escaped(node.literal) : try inner()
    }
  }

  private static func item(_ node: Node, depth: Int, isTight: Bool, value: Int? = nil) throws -> String {
    let inner = try node.children.map { try block($0, depth: depth + 1, isTight: isTight) }.joined(separator: "\n")
    guard let isDone = node.isDone else { return "<li\(value.map { " value=\"\($0)\"" } ?? "")>\(inner)</li>" }
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
    // What is open, innermost last: a link is written when its address is known.
    var open = [""]
    var hasBegun = false
    for piece in node.inlines {
      var html: String
      switch piece {
      case .line:
        html = hasBegun ? "\n" : ""
        hasBegun = true
      case .html(let tag) where node.kind == .tableCell && Address.isLineBreak(tag): html = "<br>"
      case .text(let text), .math(let text), .html(let text): html = HTMLText.escaped(text)
      case .code(let text): html = "<code>\(HTMLText.escaped(text))</code>"
      case .begin:
        guard depth + open.count < deepest else { throw TooDeep() }
        open.append("")
        continue
      case .end(let mark, let url, _):
        let inner = open.removeLast()
        html =
          switch mark {
          case .emphasis: "<em>\(inner)</em>"
          case .strong: "<strong>\(inner)</strong>"
          case .strikethrough: "<del>\(inner)</del>"
          case .link: link(inner, url)
          case .image: "<span class=\"quiet\">[picture: \(inner)]</span> <code>\(HTMLText.escaped(url))</code>"
          }
      }
      open[open.count - 1] += html
    }
    return open.joined()
  }

  /// Any other address is shown, and goes nowhere.
  private static func link(_ words: String, _ url: String) -> String {
    let isSafe = ["http://", "https://", "mailto:"].contains { url.lowercased().hasPrefix($0) }
    guard isSafe else { return "\(words) <code>\(HTMLText.escaped(url))</code>" }
    return "<a href=\"\(HTMLText.escaped(url))\" rel=\"noopener noreferrer nofollow\">\(words)</a>"
  }
}
