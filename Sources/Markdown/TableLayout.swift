import Terminal

/// A table that was begun in an earlier piece of the source: its header is parsed again with the rows that follow, and not drawn.
struct CarriedTable: Sendable {
  /// The header row and the row of dashes.
  var header: [UInt8]
  /// nil when cells stand under each other.
  var columns: [Int]?
}

extension BlockLayout {
  private struct Row {
    var cells: [[Span]]
    /// What the source has beyond the last column, which the parser leaves out.
    var excess: String
  }

  mutating func table(_ node: Node, _ base: Style) {
    let alignments = node.alignments
    let isCarried = carried != nil && node.startLine == 1
    var header = base
    header.isBold = true
    var rows: [Row] = []
    for row in node.children {
      let style = rows.isEmpty ? header : base
      let cells = row.children.map { inlines($0, style, isCell: true) }
      rows.append(Row(cells: cells, excess: excess(row.startLine, columns: alignments.count)))
    }
    let natural = alignments.indices.map { column in
      rows.reduce(1) { max($0, column < $1.cells.count ? $1.cells[column].widestLine : 0) }
    }
    columns = isCarried ? carried?.columns : TableColumns.fitted(natural, room: room - 3 * (alignments.count - 1))
    guard let columns else { return stacked(rows, isCarried) }
    for (index, row) in rows.enumerated() where index > 0 || !isCarried {
      draw(row, columns, alignments)
      if index == 0 { emit([Span(rule(columns), Style(.border))]) }
    }
  }

  private func rule(_ columns: [Int]) -> String {
    columns.map { String(repeating: drawing.horizontal, count: $0) }
      .joined(separator: drawing.horizontal + drawing.cross + drawing.horizontal)
  }

  private mutating func draw(_ row: Row, _ columns: [Int], _ alignments: [Node.Alignment]) {
    let cells = columns.indices.map { column in
      var flow = Flow(width: columns[column])
      if column < row.cells.count { flow.add(row.cells[column]) }
      return flow.finish().map(\.spans)
    }
    for index in 0..<max(1, cells.reduce(0) { max($0, $1.count) }) {
      var line: [Span] = []
      for (column, cell) in cells.enumerated() {
        if column > 0 { line.append(Span(" \(drawing.vertical) ", Style(.border))) }
        let spans = index < cell.count ? cell[index] : []
        let free = max(0, columns[column] - spans.width)
        let left =
          switch alignments[column] {
          case .left: 0
          case .center: free / 2
          case .right: free
          }
        if left > 0 { line.append(Span(String(repeating: " ", count: left))) }
        line += spans
        if free > left, column < cells.count - 1 { line.append(Span(String(repeating: " ", count: free - left))) }
      }
      emit(line)
    }
    if !row.excess.isEmpty { flow([Span(row.excess, Style(.quiet))]) }
  }

  /// Where columns find no room beside each other: the header, then `header: cell` for each cell.
  private mutating func stacked(_ rows: [Row], _ isCarried: Bool) {
    guard let header = rows.first else { return }
    if !isCarried { flow(Array(header.cells.joined(separator: [Span(" \(drawing.vertical) ", Style(.border))]))) }
    if !header.excess.isEmpty, !isCarried { flow([Span(header.excess, Style(.quiet))]) }
    for row in rows.dropFirst() {
      gap()
      for (column, cell) in row.cells.enumerated() where !cell.isEmpty {
        let name = column < header.cells.count ? header.cells[column] : []
        flow(name.isEmpty ? cell : name + [Span(": ", Style(.quiet))] + cell)
      }
      if !row.excess.isEmpty { flow([Span(row.excess, Style(.quiet))]) }
    }
  }

  private func excess(_ number: Int, columns: Int) -> String {
    let line = String(decoding: document.prepared(number), as: UTF8.self)
    let utf8 = line.utf8
    var start = utf8.startIndex
    while start < utf8.endIndex, [0x20, 0x09, 0x3E].contains(utf8[start]) { utf8.formIndex(after: &start) }
    var cells = start < utf8.endIndex && utf8[start] == 0x7C ? -1 : 0
    var isEscaped = false
    var index = start
    while index < utf8.endIndex {
      let byte = utf8[index]
      if byte == 0x7C, !isEscaped {
        cells += 1
        if cells == columns {
          var rest = line[utf8.index(after: index)...].drop { $0 == " " || $0 == "\t" }
          while let last = rest.last, last == " " || last == "\t" || last == "|" { rest.removeLast() }
          return document.restored(String(rest))
        }
      }
      isEscaped = byte == 0x5C && !isEscaped
      utf8.formIndex(after: &index)
    }
    return ""
  }
}

/// Shares the room among columns.
enum TableColumns {
  private static let least = 4

  /// Narrow columns have what they want, wide ones the same share of what is left. nil when that leaves one too little to read.
  static func fitted(_ natural: [Int], room: Int) -> [Int]? {
    if natural.reduce(0, +) <= room { return natural }
    var fitted = natural
    var left = room
    var open = natural.indices.sorted { natural[$0] < natural[$1] }
    while let column = open.first {
      let share = left / open.count
      guard natural[column] <= share || share >= least else { return nil }
      fitted[column] = min(natural[column], share)
      left -= fitted[column]
      open.removeFirst()
    }
    return fitted
  }
}
