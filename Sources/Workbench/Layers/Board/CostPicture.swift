import Core
import Engine
import Terminal

/// Cost against something better as a picture in text: what nothing beats at its price is the frontier.
public struct CostPicture {
  public struct Point: Equatable {
    /// As in the table beside it.
    public var number: Int
    /// US dollars; 0 for what is free.
    public var cost: Double
    /// The more, the better.
    public var quality: Double
    /// Beside the number, where there is room.
    public var name = ""
    var isFrontier = false

    public init(number: Int, cost: Double, quality: Double, name: String = "") {
      self.number = number
      self.name = name
      self.cost = cost
      self.quality = quality
    }
  }

  private(set) var points: [Point]
  /// Words for a quality, beside the axis; at most six cells.
  private let label: (Double) -> String

  public init(_ points: [Point], label: @escaping (Double) -> String) {
    self.points = points
    self.label = label
    for index in points.indices {
      let point = points[index]
      self.points[index].isFrontier = !points.contains { other in
        other.number != point.number && other.cost <= point.cost && other.quality >= point.quality
          && (other.cost < point.cost || other.quality > point.quality)
      }
    }
  }

  /// Wins against cost: competitors whose cost is known, numbered as on the board.
  init(_ board: Board) {
    let points = board.standings.models.enumerated().compactMap { index, model -> Point? in
      guard let cost = board.figures[model.name]?.costPerAnswer else { return nil }
      let name = model.name.split(separator: "/").last.map(String.init) ?? model.name
      return Point(number: index + 1, cost: cost.dollars, quality: model.winProbability, name: VisibleText.line(name))
    }
    self.init(points) { "\(Int(saturating: ($0 * 100).rounded())) %" }
  }

  /// Quality upwards, cost to the right, both from the least to the most there is. Empty below two models.
  public func lines(width: Int, height: Int, ascii: Bool) -> [StyledLine] {
    guard points.count > 1, width > 30, height > 3 else { return [] }
    let costs = points.map(\.cost)
    // At one price there is nothing to weigh.
    guard costs.min() != costs.max() else { return [] }
    let qualities = points.map(\.quality)
    func place(_ value: Double, _ all: [Double], _ cells: Int) -> Int {
      let (low, high) = (all.min() ?? 0, all.max() ?? 0)
      return high > low
        ? Int(saturating: ((value - low) / (high - low) * Double(cells - 1)).rounded()) : (cells - 1) / 2
    }
    let axis = 8
    let columns = width - axis - 4
    var rows = [[Span]](repeating: [], count: height)
    for y in 0..<height {
      let here = points.filter { height - 1 - place($0.quality, qualities, height) == y }
        .sorted { ($0.cost, $0.number) < ($1.cost, $1.number) }
      let top = y == 0 ? qualities.max() : y == height - 1 ? qualities.min() : nil
      let label = top.map(label) ?? ""
      rows[y] = [
        Span(String(repeating: " ", count: axis - 2 - label.count) + label + (ascii ? " |" : " │"), Style(.quiet))
      ]
      var x = 0
      let places = here.map { place($0.cost, costs, columns) }
      for (index, point) in here.enumerated() {
        let text = "\(point.number)\(point.isFrontier ? (ascii ? "*" : "◆") : "")"
        let at = max(x, places[index])
        // Its name behind it, up to the next point or the edge; else before it.
        let behind = (index + 1 < here.count ? places[index + 1] : columns + 3) - at - text.count - 2
        let least = min(TextWidth.of(point.name), 8)
        let isBefore = !point.name.isEmpty && behind < least && at - x > least
        let before = isBefore ? TextWidth.fitted(point.name, columns: at - x - 1) + " " : ""
        rows[y].append(Span(String(repeating: " ", count: at - x - TextWidth.of(before))))
        rows[y].append(Span(before, Style(.quiet)))
        rows[y].append(Span(text, Style(point.isFrontier ? .good : .text, bold: point.isFrontier)))
        x = at + text.count
        guard !point.name.isEmpty, behind >= least else { continue }
        let name = " " + TextWidth.fitted(point.name, columns: behind)
        rows[y].append(Span(name, Style(.quiet)))
        x += TextWidth.of(name)
      }
    }
    func dollars(_ value: Double) -> String { Money(dollars: value).screenText }
    let (least, most) = (dollars(costs.min() ?? 0), dollars(costs.max() ?? 0))
    let corner = String(repeating: " ", count: axis - 1) + (ascii ? "+" : "└")
    let rule = corner + String(repeating: ascii ? "-" : "─", count: columns)
    let gap = String(repeating: " ", count: max(1, columns - least.count - most.count))
    let scale = String(repeating: " ", count: axis) + least + gap + most
    return rows.map { StyledLine($0) } + [StyledLine(rule, Style(.quiet)), StyledLine(scale, Style(.quiet))]
  }
}
