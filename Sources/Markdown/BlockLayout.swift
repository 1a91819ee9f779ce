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

  /// Whether a block has been drawn without some of its signs.
  private(set) var isChanged = false
  private var omitted = SignCount()

  /// One text for all rules across the pane: an answer may be nothing but rules.
  private let rule: String

  private var lines: [StyledLine] = []
  private var containers: [Container] = []
  private var needsGap = false
  /// Containers around what is being laid out, those without room for a mark counted too.
  private var depth = 0

  /// Containers that are drawn; deeper ones are shown as source, so that no text makes this recurse without bound.
  private static let mostContainers = 12
  /// Columns that text keeps beside the marks of its containers.
  private static let leastRoom = 12

  /// A quote, an item or a heading: what stands left of its lines, and in the source.
  private struct Container {
    var first: [Span]
    var rest: [Span]
    var width: Int
    var said: (first: String, rest: String)
    var hasBegun = false
  }

  /// - Parameter rule: a rule across the width; nil: one is made.
  init(_ document: Document, width: Int, drawing: Drawing, carried: CarriedTable? = nil, rule: String? = nil) {
    (self.document, self.width, self.drawing, self.carried) = (document, max(2, width), drawing, carried)
    self.rule = rule ?? drawing.rule(max(2, width))
  }

  /// The lines of a block at the top level.
  mutating func lines(of node: Node) -> [StyledLine] {
    lines = []
    needsGap = false
    omitted = SignCount()
    block(node, Style())
    if code == nil { check(node) }
    return lines
  }

  /// Tells below a block that it says more than is drawn.
  private mutating func check(_ node: Node) {
    // By the parser's count a table has the paragraph right before it as well, and some blocks the line behind them.
    var start = node.startLine
    if node.kind == .table { start = (node.first?.next?.startLine ?? node.endLine + 1) - 2 }
    let first = max(start, carried == nil ? 1 : 3)
    let following = sequence(first: node, next: \.next).dropFirst().first { $0.startLine > 0 }
    let last = min(node.endLine, (following?.startLine ?? .max) - 1)
    guard node.startLine > 0, first <= last else { return }
    let source = SignCount(source: Array((first...last).map(document.prepared).joined(separator: [0x0A])))
    omitted.add(lines)
    guard !omitted.has(all: source) else { return }
    isChanged = true
    flow([Span(drawing.unequal + " some of its signs are not drawn; the source has them", Style(.quiet, italic: true))])
  }

  // MARK: Lines

  var room: Int { containers.reduce(width) { $0 - $1.width } }

  /// - Parameter isCode: a line of it is said without whatever it stands in.
  mutating func emit(_ spans: [Span], _ joint: StyledLine.Joint = .lineBreak, isCode: Bool = false) {
    if needsGap, !lines.isEmpty {
      let begun = containers.prefix { $0.hasBegun }
      var gap = StyledLine(begun.flatMap(\.rest).withoutTrailingSpaces)
      (gap.margin, gap.said) = (gap.width, begun.map(\.said.rest).joined().withoutTrailingSpaces)
      lines.append(gap)
    }
    needsGap = false
    var mark: [Span] = []
    var said = ""
    for index in containers.indices {
      mark += containers[index].hasBegun ? containers[index].rest : containers[index].first
      said += containers[index].hasBegun ? containers[index].said.rest : containers[index].said.first
      containers[index].hasBegun = true
    }
    var line = StyledLine(spans.isEmpty ? mark.withoutTrailingSpaces : mark + spans, joint)
    line.margin = width - room
    if joint == .lineBreak, !isCode { line.said = spans.isEmpty ? said.withoutTrailingSpaces : said }
    lines.append(line)
  }

  mutating func gap() { needsGap = true }

  mutating func flow(_ spans: [Span]) {
    var flow = Flow(width: room)
    flow.add(spans)
    for line in flow.finish() { emit(line.spans, line.joint) }
  }

  /// Draws `body` behind a mark, or below it when there is no room beside it.
  /// - Parameter said: what the source has in place of the mark, in the first line and in those below; nil: the mark itself.
  private mutating func within(
    _ first: [Span], rest: [Span]? = nil, said: (first: String, rest: String)? = nil,
    _ body: (inout BlockLayout) -> Void
  ) {
    depth += 1
    defer { depth -= 1 }
    guard BlockLayout.hasRoom(for: first, in: room) else {
      if !first.allSatisfy({ $0.text.allSatisfy { $0 == " " } }) { flow(first) }
      return body(&self)
    }
    let markWidth = first.width
    let blank = String(repeating: " ", count: markWidth)
    let said = said ?? (first.map(\.text).joined(), blank)
    containers.append(Container(first: first, rest: rest ?? [Span(blank)], width: markWidth, said: said))
    body(&self)
    if containers.last?.hasBegun == false { emit([]) }
    containers.removeLast()
  }

  // MARK: Blocks

  private mutating func block(_ node: Node, _ base: Style) {
    switch node.kind {
    // Where code is looked for nothing else is laid out.
    case .paragraph, .heading, .rule, .htmlBlock, .table: if code == nil { text(node, base) }
    case .codeBlock: codeBlock(node)
    case .quote where depth < BlockLayout.mostContainers:
      var style = base
      style.role = .quote
      let bar = [Span(drawing.vertical + " ", Style(.quote))]
      within(bar, rest: bar, said: ("> ", "> ")) { $0.children(of: node, style, isTight: false) }
    case .list where depth < BlockLayout.mostContainers: list(node, base)
    default: source(node.startLine <= node.endLine ? (node.startLine...node.endLine).map(document.line) : [])
    }
  }

  private mutating func text(_ node: Node, _ base: Style) {
    switch node.kind {
    case .paragraph: flow(inlines(node, base))
    case .heading: heading(node, base)
    case .rule:
      emit([Span(room == width ? rule : drawing.rule(room), Style(.border))])
      lines[lines.count - 1].margin = width
      lines[lines.count - 1].said += "---"
    case .htmlBlock: source(node.literal.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
    case .table: table(node, base)
    default: break
    }
  }

  mutating func inlines(_ node: Node, _ base: Style, isCell: Bool = false) -> [Span] {
    let inlines = InlineSpans(node, base, isCell: isCell)
    omitted.add(inlines.omitted)
    return inlines.spans
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
    within([mark]) { $0.flow($0.inlines(node, Style(.heading, bold: true))) }
  }

  private mutating func list(_ node: Node, _ base: Style) {
    var isFirst = true
    for item in node.children {
      if !isFirst, !node.isTight { gap() }
      isFirst = false
      // Numbers as they were written. A plus is no mere bullet where changes are listed.
      let written = item.mark
      var mark = (node.isOrdered || written == "+" ? written : drawing.bullet) + " "
      let task = item.isDone.map { $0 ? "[x] " : "[ ] " } ?? ""
      mark += task
      let said = (written + " " + task, String(repeating: " ", count: written.utf8.count + 1))
      within([Span(mark, Style(.quiet))], said: said) { $0.children(of: item, base, isTight: node.isTight) }
    }
  }

  private mutating func codeBlock(_ node: Node) {
    let info = node.info
    var body = node.literal.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
    if body.last?.isEmpty == true { body.removeLast() }
    code?.append((CodeLayout.language(info), node.literal))
    if !info.isEmpty { flow([Span(info, BlockLayout.labelStyle)]) }
    guard !body.isEmpty, self.code == nil else { return }
    within([Span("  ")]) { layout in
      var code = CodeLayout(info: info, width: layout.room)
      for line in body {
        for (index, spans) in code.lines(String(line)).enumerated() {
          layout.emit(spans, index == 0 ? .lineBreak : .nothing, isCode: true)
        }
      }
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
      let spans = [Span(VisibleText.withoutOrdinaryMarks(line), Style(.quiet))]
      for (index, spans) in CodeLayout.wrapped(spans, width: room).enumerated() {
        emit(spans, index == 0 ? .lineBreak : .nothing)
      }
    }
  }
}

extension String {
  fileprivate var withoutTrailingSpaces: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
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
  var unequal = "≠"

  func rule(_ width: Int) -> String { String(repeating: horizontal, count: width) }

  static let lines = Drawing()
  static let ascii = Drawing(vertical: "|", horizontal: "-", cross: "+", bullet: "*", unequal: "!=")
}
