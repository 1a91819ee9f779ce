import Terminal

/// What stands within a paragraph, a heading or a cell as styled spans; a line feed is a hard break. Without recursion: emphasis
/// may be nested as deep as a hostile text likes.
struct InlineSpans {
  private(set) var spans: [Span] = []
  private let base: Style
  private var bold = 0
  private var italic = 0
  private var links: [(text: String, isImage: Bool)] = []
  /// Within a line that defines what a reference stands for.
  private var isDefinition = false

  static func of(_ node: Node, _ base: Style) -> [Span] {
    var inline = InlineSpans(base: base)
    inline.isDefinition = node.first?.isDefinition == true
    inline.walk(node)
    return inline.spans
  }

  private init(base: Style) { self.base = base }

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

  private mutating func walk(_ root: Node) {
    var node = root.first
    while let current = node {
      enter(current)
      if let child = current.first {
        node = child
        continue
      }
      node = leave(current, upTo: root)
    }
  }

  /// The node after `node` and all that ends with it.
  private mutating func leave(_ node: Node, upTo root: Node) -> Node? {
    var current = node
    while true {
      exit(current)
      if let next = current.next { return next }
      guard let parent = current.parent, parent.pointer != root.pointer else { return nil }
      current = parent
    }
  }

  private mutating func add(_ text: String, _ style: Style) {
    spans.append(text, style)
    if !links.isEmpty { links[links.count - 1].text += text }
  }

  private mutating func enter(_ node: Node) {
    switch node.kind {
    case .text: add(node.literal, style)
    // Models write verses and addresses line by line; hardly one fills its lines at a margin.
    case .softBreak, .hardBreak:
      add("\n", style)
      isDefinition = node.next?.isDefinition == true
    case .code: add(node.literal, style(links.isEmpty ? .code : .link))
    case .html: add(node.literal.replacing("\n", with: " "), style(.quiet))
    case .emphasis: italic += 1
    case .strong: bold += 1
    case .strikethrough: add("~~", style(.quiet))
    case .link: links.append(("", false))
    case .image: links.append(("", true))
    default: add(node.literal, style)
    }
  }

  private mutating func exit(_ node: Node) {
    switch node.kind {
    case .emphasis: italic -= 1
    case .strong: bold -= 1
    case .strikethrough: add("~~", style(.quiet))
    case .link, .image:
      let (text, isImage) = links.removeLast()
      let (url, title) = (node.url, node.title)
      let isSame = !isImage && (url == text || url == "mailto:" + text)
      var shown = isSame ? "" : url
      if !title.isEmpty { shown += (shown.isEmpty ? "" : " ") + "\"\(title)\"" }
      if !links.isEmpty { links[links.count - 1].text += text }
      if !shown.isEmpty || (text.isEmpty && !isSame) {
        var quiet = base
        quiet.role = .quiet
        add((text.isEmpty ? "" : " ") + "(\(shown))", quiet)
      }
    default: break
    }
  }
}

extension Node {
  /// Text that begins with `[name]:`.
  fileprivate var isDefinition: Bool {
    guard kind == .text else { return false }
    let text = literal
    guard text.hasPrefix("["), let end = text.firstIndex(of: "]") else { return false }
    return text[end...].hasPrefix("]:")
  }
}
