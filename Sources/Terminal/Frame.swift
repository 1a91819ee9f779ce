import Core

/// One cell of the screen. A wide glyph takes its own cell and an empty one after it.
public struct Cell: Equatable, Sendable {
  public var text = " "
  public var style = Style()
}

/// A whole screen as a value: what `view` returns and `Screen` draws.
public struct Frame: Equatable, Sendable {
  public let width: Int
  public let height: Int
  public private(set) var cells: [Cell]
  /// Where the terminal's cursor stands; nil hides it.
  public var cursor: Point?

  public struct Point: Equatable, Sendable {
    public var x: Int
    public var y: Int

    public init(x: Int, y: Int) { (self.x, self.y) = (x, y) }
  }

  public init(width: Int, height: Int) {
    self.width = max(0, width)
    self.height = max(0, height)
    cells = Array(repeating: Cell(), count: self.width * self.height)
  }

  /// Writes text from (x, y) to the right, cut at `limit` columns and at the edge. Never wraps; outside rows are passed over.
  /// - Returns: the columns used.
  @discardableResult
  public mutating func put(_ text: String, x: Int, y: Int, _ style: Style = Style(), limit: Int = .max) -> Int {
    guard y >= 0, y < height, x < width, limit > 0 else { return 0 }
    let right = x + min(limit, width - x)
    var column = x
    var written: Int?
    TextWidth.forEachGlyph(in: text) { glyph in
      guard column + glyph.width <= right else {
        column = max(column, right)
        return
      }
      if column >= 0 {
        let index = y * width + column
        if written == nil { freeHalf(y: y, leftOf: column) }
        cells[index] = Cell(text: glyph.text, style: style)
        if glyph.width == 2 { cells[index + 1] = Cell(text: "", style: style) }
        written = column + glyph.width
      }
      column += glyph.width
    }
    if let written { freeHalf(y: y, at: written) }
    return column - x
  }

  /// Gives cells that are drawn already another style.
  public mutating func mark(_ columns: Range<Int>, y: Int, _ style: Style) {
    guard y >= 0, y < height else { return }
    for x in columns.clamped(to: 0..<width) { cells[y * width + x].style = style }
  }

  public mutating func fill(_ area: Area, _ style: Style) {
    let columns = max(0, area.x)..<max(max(0, area.x), min(width, area.x + area.width))
    guard !columns.isEmpty else { return }
    for y in max(0, area.y)..<max(max(0, area.y), min(height, area.y + area.height)) {
      freeHalf(y: y, leftOf: columns.lowerBound)
      freeHalf(y: y, at: columns.upperBound)
      for x in columns { cells[y * width + x] = Cell(text: " ", style: style) }
    }
  }

  /// Draws other glyphs of one column in place of some, for terminals that lack them.
  public mutating func replace(_ glyphs: [String: String]) {
    for index in cells.indices {
      if let other = glyphs[cells[index].text] { cells[index].text = other }
    }
  }

  /// A wide glyph of which only its right half, at this column, is covered leaves a space where the other was.
  private mutating func freeHalf(y: Int, leftOf column: Int) {
    let index = y * width + column
    if column > 0, column < width, cells[index].text.isEmpty { cells[index - 1].text = " " }
  }

  /// The same of its left half: the right one is at this column.
  private mutating func freeHalf(y: Int, at column: Int) {
    let index = y * width + column
    if column > 0, column < width, cells[index].text.isEmpty { cells[index].text = " " }
  }

  /// A border around an area.
  public mutating func box(_ area: Area, _ style: Style, borders: Borders) {
    guard area.width >= 2, area.height >= 2 else { return }
    let line = String(repeating: borders.horizontal, count: area.width - 2)
    put(borders.topLeft + line + borders.topRight, x: area.x, y: area.y, style)
    put(borders.bottomLeft + line + borders.bottomRight, x: area.x, y: area.y + area.height - 1, style)
    for y in (area.y + 1)..<(area.y + area.height - 1) {
      put(borders.vertical, x: area.x, y: y, style)
      put(borders.vertical, x: area.x + area.width - 1, y: y, style)
    }
  }

  /// The text of the rows, without trailing spaces: for tests and golden files.
  public var text: String {
    (0..<height).map { y in
      var row = cells[(y * width)..<((y + 1) * width)].map(\.text).joined()
      while row.hasSuffix(" ") { row.removeLast() }
      return row
    }.joined(separator: "\n")
  }
}

/// A rectangle of cells.
public struct Area: Equatable, Sendable {
  public var x: Int
  public var y: Int
  public var width: Int
  public var height: Int

  public init(x: Int, y: Int, width: Int, height: Int) {
    (self.x, self.y, self.width, self.height) = (x, y, width, height)
  }

  /// Without a border of one cell.
  public var inside: Area { Area(x: x + 1, y: y + 1, width: max(0, width - 2), height: max(0, height - 2)) }

  /// A centred area no larger than this one.
  public func centered(width wanted: Int, height wantedHeight: Int) -> Area {
    let w = min(wanted, width)
    let h = min(wantedHeight, height)
    return Area(x: x + (width - w) / 2, y: y + (height - h) / 2, width: w, height: h)
  }
}

/// The characters of a border.
public struct Borders: Equatable, Sendable {
  public var topLeft = "┌"
  public var topRight = "┐"
  public var bottomLeft = "└"
  public var bottomRight = "┘"
  public var horizontal = "─"
  public var vertical = "│"

  public init() {}

  public static let lines = Borders()

  public static let ascii: Borders = {
    var borders = Borders()
    (borders.topLeft, borders.topRight, borders.bottomLeft, borders.bottomRight) = ("+", "+", "+", "+")
    (borders.horizontal, borders.vertical) = ("-", "|")
    return borders
  }()
}
