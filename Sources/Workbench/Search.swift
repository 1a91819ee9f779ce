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

  /// Without regard to case.
  init(_ query: String, in lines: [String]) {
    let needle = Array(query.lowercased())
    guard !needle.isEmpty else { return }
    // A line break counts as a space, as it did before the text was wrapped.
    var text: [Character] = []
    var places: [(line: Int, column: Int, width: Int)] = []
    for (number, line) in lines.enumerated() {
      if !text.isEmpty {
        text.append(" ")
        places.append((number - 1, 0, 0))
      }
      var column = 0
      TextWidth.forEachGlyph(in: line) { glyph in
        for character in glyph.text.lowercased() {
          text.append(character)
          places.append((number, column, glyph.width))
        }
        column += glyph.width
      }
    }
    var start = 0
    while start + needle.count <= text.count {
      guard text[start] == needle[0], text[start..<(start + needle.count)].elementsEqual(needle) else {
        start += 1
        continue
      }
      add(places[start..<(start + needle.count)])
      start += needle.count
    }
  }

  private mutating func add(_ places: ArraySlice<(line: Int, column: Int, width: Int)>) {
    guard let first = places.first else { return }
    let match = matches.count
    matches.append(first.line)
    for place in places where place.width > 0 {
      let columns = place.column..<(place.column + place.width)
      var row = pieces[place.line] ?? []
      if let last = row.last, last.match == match {
        row[row.count - 1].columns = last.columns.lowerBound..<max(last.columns.upperBound, columns.upperBound)
      } else {
        row.append(Piece(line: place.line, columns: columns, match: match))
      }
      pieces[place.line] = row
    }
  }
}
