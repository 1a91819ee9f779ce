import Core
import Engine
import Terminal

/// Which leaderboard is shown.
public struct BoardChoice: Equatable, Sendable {
  public var source = BallotSource.human
  public var tag: String?
  public var isWithoutLength = false
  /// Tags there are.
  public var tags: [String] = []

  public init() {}
}

/// A page to be read over the lanes: headings, sentences, tables, with a second page behind it that says how its numbers were
/// computed.
public struct Page: Equatable, Sendable {
  public enum Block: Equatable, Sendable {
    case heading(String)
    case text([Span])
    /// Aligned columns; the first that is not numeric gives way when the window is narrow.
    case table(header: [String], rows: [Row], numeric: Set<Int>)
    /// Drawn lines, cut where the window ends.
    case lines([StyledLine])
    case space
  }

  public struct Row: Equatable, Sendable {
    public var cells: [String]
    public var style: Style

    public init(_ cells: [String], _ style: Style = Style()) {
      self.cells = cells
      self.style = style
    }
  }

  /// What keys mean on it beyond scrolling.
  public enum Purpose: Equatable, Sendable {
    case reading
    case leaderboard(BoardChoice)
    case costs(Ledger.Grouping)
    /// Quarantined verdicts on it can be let count.
    case verdicts
    /// One call through the gateway, over the page of its traffic.
    case call(id: String)
  }

  public var purpose = Purpose.reading
  public var title: String
  public var blocks: [Block]
  /// How the numbers came about.
  public var methods: [Block] = []
  public var showsMethods = false
  public var scroll = 0

  public init(title: String, blocks: [Block], methods: [Block] = []) {
    self.title = title
    self.blocks = blocks
    self.methods = methods
  }

  /// Shown now, as lines of a width.
  func lines(width: Int) -> [StyledLine] {
    (showsMethods ? methods : blocks).flatMap { $0.lines(width: width) }
  }
}

extension Page.Block {
  public static func text(_ text: String, _ role: Role = .text) -> Page.Block { .text([Span(text, Style(role))]) }

  func lines(width: Int) -> [StyledLine] {
    switch self {
    case .heading(let text):
      StyledLine.wrapped([Span(VisibleText.line(text), Style(.heading, bold: true))], width: width)
    case .text(let spans): StyledLine.wrapped(spans.map { Span(VisibleText.of($0.text), $0.style) }, width: width)
    case .table(let header, let rows, let numeric): Self.table(header, rows, numeric, width: width)
    case .lines(let lines): lines
    case .space: [StyledLine()]
    }
  }

  private static func table(
    _ header: [String], _ rows: [Page.Row], _ numeric: Set<Int>, width: Int
  ) -> [StyledLine] {
    let all = [Page.Row(header, Style(.quiet))] + rows
    var widths = header.indices.map { column in
      all.map { TextWidth.of(VisibleText.line($0.cells.indices.contains(column) ? $0.cells[column] : "")) }.max() ?? 0
    }
    let gap = width < 100 ? 1 : 2
    let total = widths.reduce(0, +) + gap * max(0, widths.count - 1)
    if total > width, let flexible = header.indices.first(where: { !numeric.contains($0) }) {
      widths[flexible] = max(8, widths[flexible] - (total - width))
    }
    return all.map { row in
      var spans: [Span] = []
      for (column, size) in widths.enumerated() {
        let cell = row.cells.indices.contains(column) ? row.cells[column] : ""
        let text = TextWidth.fittedInTheMiddle(VisibleText.line(cell), columns: size)
        let padding = String(repeating: " ", count: max(0, size - TextWidth.of(text)))
        let between = column == 0 ? "" : String(repeating: " ", count: gap)
        spans.append(Span(between + (numeric.contains(column) ? padding + text : text + padding), row.style))
      }
      return StyledLine(spans)
    }
  }
}
