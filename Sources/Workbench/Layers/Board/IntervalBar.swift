import Core

/// An interval as a line of cells, to half a cell.
enum IntervalBar {
  /// - Parameters:
  ///   - value: marked within it; nil: none.
  ///   - middle: marked whether it is within or not; nil: none.
  ///   - range: what the whole line stands for.
  static func text(
    _ low: Double, _ high: Double, value: Double? = nil, middle: Double? = nil, in range: ClosedRange<Double>,
    cells: Int,
    ascii: Bool
  ) -> String {
    let span = max(range.upperBound - range.lowerBound, 1e-12)
    func half(_ value: Double) -> Int {
      Int(saturating: (max(0, min(1, (value - range.lowerBound) / span)) * Double(2 * cells - 1)).rounded())
    }
    let covered = half(low)...max(half(low), half(high))
    let (point, center) = (value.map { half($0) / 2 }, middle.map { half($0) / 2 })
    return (0..<cells).map { cell in
      let (left, right) = (covered.contains(2 * cell), covered.contains(2 * cell + 1))
      if cell == point { return ascii ? "o" : "●" }
      if cell == center { return left || right ? (ascii ? "+" : "┼") : (ascii ? "|" : "│") }
      return switch (left, right) {
      case (true, true): ascii ? "-" : "─"
      case (true, false): ascii ? "-" : "╴"
      case (false, true): ascii ? "-" : "╶"
      case (false, false): " "
      }
    }.joined()
  }
}
