import Core
import Engine
import Terminal

/// What a page shows at this moment: headings, sentences, tables, drawn lines, and a second text that says how its numbers were
/// computed. Made anew for each frame, of what is known by then and for the width that there is.
public struct Page: Equatable, Sendable {
  public enum Block: Equatable, Sendable {
    case heading(String)
    case text([Span])
    /// Aligned columns; the widest that is not numeric gives way when the window is narrow.
    case table(header: [String], rows: [Row], numeric: Set<Int>)
    /// Drawn lines, cut where the window ends.
    case lines([StyledLine])
    case space
  }

  public struct Row: Equatable, Sendable {
    public var cells: [String]
    public var style: Style
    /// What Enter opens when the cursor is on it.
    var link: Link?

    public init(_ cells: [String], _ style: Style = Style()) {
      self.cells = cells
      self.style = style
    }

    func linked(to link: Link?) -> Row {
      var row = self
      row.link = link
      return row
    }
  }

  /// Where a row leads.
  enum Link: Hashable, Sendable {
    case session(String)
    /// Sessions that a line of the sessions page finds.
    case sessions(filter: String)
    /// A turn of this session.
    case turn(Int)
    /// A lane of the turn in view.
    case lane(Int)
    /// Words of a lane's answer in the turn in view.
    case passage(lane: Int, String)
    /// A competitor of the leaderboard: its pairs.
    case competitor(String)
    /// Two of them: what was said of their answers.
    case pair(String, String)
    /// A turn of any session.
    case answers(session: String, turn: Int)
    /// The vote desk, with what two competitors have both answered.
    case votes(String, String)
  }

  public var title: String
  public var blocks: [Block]
  /// How the numbers came about.
  public var methods: [Block] = []

  public init(title: String, blocks: [Block], methods: [Block] = []) {
    self.title = title
    self.blocks = blocks
    self.methods = methods
  }
}

/// A laid out line of a page.
struct PageLine: Equatable {
  var line: StyledLine
  var link: Page.Link?
}

extension Page.Block {
  public static func text(_ text: String, _ role: Role = .text) -> Page.Block { .text([Span(text, Style(role))]) }

  func lines(width: Int) -> [PageLine] {
    switch self {
    case .heading(let text):
      Self.plain(StyledLine.wrapped([Span(VisibleText.line(text), Style(.heading, bold: true))], width: width))
    case .text(let spans):
      Self.plain(StyledLine.wrapped(spans.map { Span(VisibleText.of($0.text), $0.style) }, width: width))
    case .table(let header, let rows, let numeric): Self.table(header, rows, numeric, width: width)
    case .lines(let lines): Self.plain(lines)
    case .space: [PageLine(line: StyledLine())]
    }
  }

  private static func plain(_ lines: [StyledLine]) -> [PageLine] { lines.map { PageLine(line: $0) } }

  private static func table(
    _ header: [String], _ rows: [Page.Row], _ numeric: Set<Int>, width: Int
  ) -> [PageLine] {
    let all = [Page.Row(header, Style(.quiet))] + rows
    var widths = header.indices.map { column in
      all.map { TextWidth.of(VisibleText.line($0.cells.indices.contains(column) ? $0.cells[column] : "")) }.max() ?? 0
    }
    let gap = width < 100 ? 1 : 2
    let total = widths.reduce(0, +) + gap * max(0, widths.count - 1)
    if total > width,
      let flexible = header.indices.filter({ !numeric.contains($0) }).max(by: { (widths[$0], $1) < (widths[$1], $0) })
    {
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
      return PageLine(line: StyledLine(spans), link: row.link)
    }
  }
}
