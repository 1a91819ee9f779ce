/// Speed over time as a row of small bars: chunks counted in slices of equal time.
public struct Sparkline: Equatable, Sendable {
  /// Nanoseconds of a slice.
  static let slice: Int64 = 250_000_000
  /// Slices that are kept: two minutes.
  private static let most = 480

  /// Chunks by slice since the request was sent.
  private(set) var counts: [Int] = []

  /// Counts a chunk that came at `offset` nanoseconds after the request.
  mutating func note(at offset: Int64) {
    let index = Int(max(0, offset) / Self.slice)
    guard index < Self.most else { return }
    while counts.count <= index { counts.append(0) }
    counts[index] += 1
  }

  /// Not up to the full block: a border is no place for a wall.
  private static let bars = Array("▁▂▃▄▅")
  private static let plainBars = Array("_.-=#")

  /// The latest `columns` slices, each as high as it is fast against the fastest of all.
  func text(columns: Int, ascii: Bool) -> String {
    let bars = ascii ? Self.plainBars : Self.bars
    let highest = max(1, counts.max() ?? 1)
    return String(counts.suffix(max(0, columns)).map { bars[$0 * (bars.count - 1) / highest] })
  }
}
