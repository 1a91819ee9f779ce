import Terminal

/// What is looked for in the lanes.
public struct Search: Equatable, Sendable {
  public var query = ""
  /// Whether keys still go into the query.
  public var isTyping = true
  /// Over all lanes, or the focused one only.
  public var isEverywhere = true
  /// Which match of which lane was gone to last.
  public var current: Current?

  /// The match that is to be gone to once it is known where they stand.
  var pending: Pending?

  enum Pending: Equatable, Sendable { case first, last }

  public struct Current: Equatable, Sendable {
    public var lane: Int
    public var index: Int
  }

  public init() {}
}

/// Where a query stands in laid out lines. Matches may run over a line's end, as they do in the text that was wrapped.
struct LineSearch: Equatable {
  /// One piece of a match: columns of one line.
  struct Piece: Equatable {
    var line: Int
    var columns: Range<Int>
    var match: Int
  }

  /// By line.
  private(set) var pieces: [Int: [Piece]] = [:]
  /// The first line of each match.
  private(set) var matches: [Int] = []

  /// Without regard to case. Bytes are searched: a megabyte takes a few milliseconds.
  init(_ query: String, in lines: [String]) {
    let needle = Array(query.lowercased().utf8)
    guard let first = needle.first else { return }
    let lowered = lines.map { $0.lowercased() }
    // A line break counts as a space, as it did before the text was wrapped.
    var text: [UInt8] = []
    var starts: [Int] = []
    for line in lowered {
      starts.append(text.count)
      text.append(contentsOf: line.utf8)
      text.append(0x20)
    }
    var place = 0
    while let start = text[place...].firstIndex(of: first), start + needle.count <= text.count {
      guard text[start..<(start + needle.count)].elementsEqual(needle) else {
        place = start + 1
        continue
      }
      add(start..<(start + needle.count), lowered, starts)
      place = start + needle.count
    }
  }

  private mutating func add(_ bytes: Range<Int>, _ lines: [String], _ starts: [Int]) {
    let match = matches.count
    var number = (starts.partitioningIndex { $0 > bytes.lowerBound }) - 1
    matches.append(number)
    while number < lines.count, starts[number] < bytes.upperBound {
      let start = starts[number]
      let columns = Self.columns(
        (max(bytes.lowerBound, start) - start)..<(bytes.upperBound - start), of: lines[number])
      if !columns.isEmpty {
        pieces[number, default: []].append(Piece(line: number, columns: columns, match: match))
      }
      number += 1
    }
  }

  /// Columns of the glyphs that begin within a range of bytes.
  private static func columns(_ bytes: Range<Int>, of line: String) -> Range<Int> {
    var (offset, column) = (0, 0)
    var (first, last): (Int?, Int) = (nil, 0)
    for character in line {
      var width = 0
      TextWidth.forEachGlyph(in: String(character)) { width += $0.width }
      if bytes.contains(offset) {
        first = first ?? column
        last = column + width
      }
      offset += character.utf8.count
      column += width
    }
    return first.map { $0..<last } ?? 0..<0
  }
}

extension [Int] {
  /// The first index whose element passes, in an array where all that pass stand behind all that do not.
  fileprivate func partitioningIndex(_ passes: (Int) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if passes(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
