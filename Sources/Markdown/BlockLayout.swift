import Core
import Terminal

/// Lays out the blocks of one document as lines. A value for one pass; whoever keeps the text keeps its lines.
struct BlockLayout {
  let width: Int
  let drawing: Drawing
  let document: Document
  /// The table that goes on in this document, whose header is on screen already.
  var carried: CarriedTable?
  /// Columns of the last table; nil when its cells stand under each other.
  var columns: [Int]?
  /// Code blocks found, when they are asked for.
  var code: [(language: String, code: String)]?

  private var lines: [StyledLine] = []
  private var containers: [Container] = []
  private var needsGap = false
  /// Containers around what is being laid out, those without room for a mark counted too.
  private var depth = 0

  /// Containers that are drawn; deeper ones are shown as source, so that no text makes this recurse without bound.
  private static let mostContainers = 12
  /// Columns that text keeps beside the marks of its containers.
  private static let leastRoom = 12

  /// A quote, an item or a heading: what stands left of its lines.
  private struct Container {
    var first: [Span]
    var rest: [Span]
    var width: Int
    var hasBegun = false
  }

  init(_ document: Document, width: Int, drawing: Drawing, carried: CarriedTable? = nil) {
    (self.document, self.width, self.drawing, self.carried) = (document, max(2, width), drawing, carried)
  }

  /// The lines of a block at the top level.
  mutating func lines(of node: Node) -> [StyledLine] {
    lines = []
    needsGap = false
    block(node, Style())
    return lines
  }

  // MARK: Lines

  var room: Int { containers.reduce(width) { $0 - $1.width } }

  mutating func emit(_ spans: [Span]) {
    if needsGap, !lines.isEmpty {
      lines.append(StyledLine(containers.prefix { $0.hasBegun }.flatMap(\.rest).withoutTrailingSpaces))
    }
    needsGap = false
    var line: [Span] = []
    for index in containers.indices {
      line += containers[index].hasBegun ? containers[index].rest : containers[index].first
      containers[index].hasBegun = true
    }
    lines.append(StyledLine(spans.isEmpty ? line.withoutTrailingSpaces : line + spans))
  }

  mutating func gap() { needsGap = true }

  mutating func flow(_ spans: [Span]) {
    var flow = Flow(width: room)
    flow.add(spans)
    flow.finish().forEach { emit($0) }
  }

  /// Draws `body` behind a mark, or below it when there is no room beside it.
  private mutating func within(_ first: [Span], rest: [Span]? = nil, _ body: (inout BlockLayout) -> Void) {
    depth += 1
    defer { depth -= 1 }
    guard BlockLayout.hasRoom(for: first, in: room) else {
      if !first.allSatisfy({ $0.text.allSatisfy { $0 == " " } }) { flow(first) }
      return body(&self)
    }
    let markWidth = first.width
    let rest = rest ?? [Span(String(repeating: " ", count: markWidth))]
    containers.append(Container(first: first, rest: rest, width: markWidth))
    body(&self)
    if containers.last?.hasBegun == false { emit([]) }
    containers.removeLast()
  }

  // MARK: Blocks

  private mutating func block(_ node: Node, _ base: Style) {
    switch node.kind {
    case .paragraph: flow(InlineSpans.of(node, base))
    case .heading: heading(node, base)
    case .rule:
      emit([Span(String(repeating: drawing.horizontal, count: room), Style(.border))])
    case .codeBlock: codeBlock(node)
    case .htmlBlock: source(node.literal.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
    case .table: table(node, base)
    case .quote where depth < BlockLayout.mostContainers:
      var style = base
      style.role = .quote
      let bar = [Span(drawing.vertical + " ", Style(.quote))]
      within(bar, rest: bar) { $0.children(of: node, style, isTight: false) }
    case .list where depth < BlockLayout.mostContainers: list(node, base)
    default: source(node.startLine <= node.endLine ? (node.startLine...node.endLine).map(document.line) : [])
    }
  }

  private mutating func children(of node: Node, _ base: Style, isTight: Bool) {
    var isFirst = true
    for child in node.children {
      if !isFirst, !isTight { gap() }
      isFirst = false
      block(child, base)
    }
  }

  private mutating func heading(_ node: Node, _ base: Style) {
    let mark = Span(String(repeating: "#", count: node.level) + " ", Style(.quiet))
    within([mark]) { $0.flow(InlineSpans.of(node, Style(.heading, bold: true))) }
  }

  private mutating func list(_ node: Node, _ base: Style) {
    var isFirst = true
    for item in node.children {
      if !isFirst, !node.isTight { gap() }
      isFirst = false
      // Numbers as they were written. A plus is no mere bullet where changes are listed.
      let written = item.mark
      var mark = (node.isOrdered || written == "+" ? written : drawing.bullet) + " "
      if let isDone = item.isDone { mark += isDone ? "[x] " : "[ ] " }
      within([Span(mark, Style(.quiet))]) { $0.children(of: item, base, isTight: node.isTight) }
    }
  }

  private mutating func codeBlock(_ node: Node) {
    let info = node.info
    var body = node.literal.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
    if body.last?.isEmpty == true { body.removeLast() }
    code?.append((CodeLayout.language(info), node.literal))
    if !info.isEmpty { flow([Span(info, BlockLayout.labelStyle)]) }
    guard !body.isEmpty else { return }
    within([Span("  ")]) { layout in
      var code = CodeLayout(info: info, width: layout.room)
      for line in body { code.lines(String(line)).forEach { layout.emit($0) } }
    }
  }

  static let labelStyle = Style(.quiet, italic: true)

  /// What stands left of code at the top level of a pane.
  static func codeMark(width: Int) -> [Span] { hasRoom(for: [Span("  ")], in: width) ? [Span("  ")] : [] }

  static func hasRoom(for mark: [Span], in room: Int) -> Bool { room - mark.width >= leastRoom }

  /// Shown as it was written.
  private mutating func source(_ body: [String]) {
    var body = body
    while body.last?.allSatisfy(\.isWhitespace) == true { body.removeLast() }
    for line in body {
      CodeLayout.wrapped([Span(VisibleText.withoutOrdinaryMarks(line), Style(.quiet))], width: room).forEach {
        emit($0)
      }
    }
  }
}

extension [Span] {
  fileprivate var withoutTrailingSpaces: [Span] {
    var spans = self
    while var last = spans.popLast() {
      while last.text.last == " " { last.text.removeLast() }
      if !last.text.isEmpty { return spans + [last] }
    }
    return []
  }
}

/// The characters that are drawn around text.
struct Drawing: Sendable {
  var vertical = "│"
  var horizontal = "─"
  var cross = "┼"
  var bullet = "•"

  static let lines = Drawing()
  static let ascii = Drawing(vertical: "|", horizontal: "-", cross: "+", bullet: "*")
}
