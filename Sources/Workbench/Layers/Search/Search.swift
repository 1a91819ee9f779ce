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

/// Laid out lines as they are searched: without regard to case, a line's end as a space. Gathered once for all queries.
struct SearchableLines: Equatable {
  fileprivate private(set) var text: [UInt8] = []
  /// Where each line begins in the text.
  fileprivate private(set) var starts: [Int] = []

  var count: Int { starts.count }

  init(_ lines: [String] = []) { for line in lines { append(line) } }

  mutating func append(_ line: String) {
    var line = line
    starts.append(text.count)
    let isASCII = line.withUTF8 { bytes in
      guard bytes.allSatisfy({ $0 < 0x80 }) else { return false }
      text.append(contentsOf: bytes.lazy.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 })
      return true
    }
    if !isASCII { text.append(contentsOf: line.lowercased().utf8) }
    text.append(0x20)
  }

  fileprivate func line(_ number: Int) -> Range<Int> {
    starts[number]..<(number + 1 < starts.count ? starts[number + 1] : text.count) - 1
  }
}

/// Where a query stands in laid out lines. Matches may run over a line's end, as they do in the text that was wrapped.
struct LineSearch: Equatable {
  /// One piece of a match: columns of one line.
  struct Piece: Equatable {
    var columns: Range<Int>
    var match: Int
  }

  let query: String
  /// The first line of each match.
  private(set) var matches: [Int] = []
  /// Where in the text each begins.
  private var places: [Int] = []
  private let lines: SearchableLines
  private let needle: [UInt8]

  /// Bytes are searched: a megabyte takes a few milliseconds.
  init(_ query: String, in lines: SearchableLines) {
    (self.query, self.lines) = (query, lines)
    needle = Array(query.lowercased().utf8)
    guard let first = needle.first else { return }
    let (needle, starts) = (needle, lines.starts)
    var line = 0
    lines.text.withUnsafeBufferPointer { text in
      var place = 0
      while place + needle.count <= text.count {
        guard text[place] == first, text[place..<(place + needle.count)].elementsEqual(needle) else {
          place += 1
          continue
        }
        while line + 1 < starts.count, starts[line + 1] <= place { line += 1 }
        matches.append(line)
        places.append(place)
        place += needle.count
      }
    }
  }

  /// Where the first match begins in the text, made lowercase.
  var firstByte: Int? { places.first }

  /// Pieces of matches in a line. Reckoned for the lines that are seen only.
  func pieces(_ number: Int) -> [Piece] {
    guard lines.starts.indices.contains(number) else { return [] }
    let line = lines.line(number)
    var match = places.partitioningIndex { $0 + needle.count > line.lowerBound }
    guard match < places.count, places[match] < line.upperBound else { return [] }
    let glyphs = Self.glyphs(String(decoding: lines.text[line], as: UTF8.self))
    var pieces: [Piece] = []
    while match < places.count, places[match] < line.upperBound {
      let bytes = (places[match] - line.lowerBound)..<(places[match] + needle.count - line.lowerBound)
      let covered = glyphs[glyphs.partitioningIndex { $0.start >= bytes.lowerBound }...].prefix {
        $0.start < bytes.upperBound
      }
      if let first = covered.first, let last = covered.last {
        pieces.append(Piece(columns: first.column..<(last.column + last.width), match: match))
      }
      match += 1
    }
    return pieces
  }

  /// Characters with the byte and the column where each begins, and its columns.
  private static func glyphs(_ line: String) -> [(start: Int, column: Int, width: Int)] {
    var (start, column) = (0, 0)
    return line.map { character in
      var width = 0
      TextWidth.forEachGlyph(in: String(character)) { width += $0.width }
      defer { (start, column) = (start + character.utf8.count, column + width) }
      return (start, column, width)
    }
  }
}

extension Array {
  /// The first index whose element passes, in an array where all that pass stand behind all that do not.
  fileprivate func partitioningIndex(_ passes: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if passes(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
