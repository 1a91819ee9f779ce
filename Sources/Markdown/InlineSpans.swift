import Terminal

/// What stands within a paragraph, a heading or a cell as styled spans; a line feed ends a line.
struct InlineSpans {
  private(set) var spans: [Span] = []
  /// What is not drawn as it stands: addresses that are the text of their links, line breaks of cells.
  private(set) var omitted = ""
  private let base: Style
  private let isCell: Bool
  private var bold = 0
  private var italic = 0
  /// What the links that are open enclose.
  private var links: [String] = []
  /// Within a line that defines what a reference stands for.
  private var isDefinition = false
  private var hasBegun = false

  /// - Parameter isCell: a cell has no other way to write a line's end than `<br>`.
  init(_ node: Node, _ base: Style, isCell: Bool = false) {
    (self.base, self.isCell) = (base, isCell)
    for piece in node.inlines { add(piece) }
  }

  private var style: Style {
    var style = base
    if isDefinition { style.role = .quiet }
    if bold > 0 { style.isBold = true }
    if italic > 0 { style.isItalic = true }
    if !links.isEmpty {
      style.role = .link
      style.isUnderlined = true
    }
    return style
  }

  private func style(_ role: Role) -> Style {
    var style = style
    style.role = role
    return style
  }

  private mutating func add(_ text: String, _ style: Style) {
    spans.append(text, style)
    if !links.isEmpty { links[links.count - 1] += text }
  }

  private mutating func add(_ piece: Inlines.Piece) {
    switch piece {
    // Models write verses and addresses line by line; hardly one fills its lines at a margin.
    case .line(let isDefinition):
      if hasBegun { add("\n", style) }
      (hasBegun, self.isDefinition) = (true, isDefinition)
    case .text(let text), .math(let text): add(text, style)
    case .code(let text): add(text, style(links.isEmpty ? .code : .link))
    case .html(let tag) where isCell && Address.isLineBreak(tag):
      omitted += tag
      add("\n", style)
    case .html(let tag): add(tag.replacing("\n", with: " "), style(.quiet))
    case .begin(let mark): begin(mark)
    case .end(let mark, let url, let title): end(mark, url, title)
    }
  }

  private mutating func begin(_ mark: Inlines.Mark) {
    switch mark {
    case .emphasis: italic += 1
    case .strong: bold += 1
    case .strikethrough: add("~~", style(.quiet))
    case .link, .image: links.append("")
    }
  }

  private mutating func end(_ mark: Inlines.Mark, _ url: String, _ title: String) {
    switch mark {
    case .emphasis: italic -= 1
    case .strong: bold -= 1
    case .strikethrough: add("~~", style(.quiet))
    case .link, .image:
      let text = links.removeLast()
      let isSame = mark == .link && (url == text || url == "mailto:" + text)
      if isSame { omitted += url }
      var shown = isSame ? "" : url
      if !title.isEmpty { shown += (shown.isEmpty ? "" : " ") + "\"\(title)\"" }
      if !links.isEmpty { links[links.count - 1] += text }
      if !shown.isEmpty || (text.isEmpty && !isSame) {
        var quiet = base
        quiet.role = .quiet
        add((text.isEmpty ? "" : " ") + "(\(shown))", quiet)
      }
    }
  }
}
