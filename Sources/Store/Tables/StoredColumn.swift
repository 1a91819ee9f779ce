import Core

/// What may stand in a column, and in which unit.
enum ColumnKind: Equatable, Sendable {
  /// SQLite's own number of a row, which means nothing outside of this file.
  case rowNumber
  /// Twelve hexadecimal digits, and 64.
  case id, digest
  case date, day, duration, tokens, lane, flag
  /// Of one call; of many.
  case money, sum
  case count(ClosedRange<Int64>)
  /// From 0 to 1.
  case share
  /// Written by people, models or providers.
  case text
  /// Names a process of this machine.
  case process
  /// One of these, and a later Furlong may know more.
  case label([String])
  /// One of these.
  case word([String])
  /// JSON kept as text; an object, or an array.
  case json(Shape)
  case bytes

  enum Shape: Equatable { case object, array }

  static func count(from least: Int64 = 0, to most: Int64 = Int64(Bounds.counts.upperBound)) -> Self {
    .count(least...most)
  }

  /// Whole numbers that a session file may have here; nil for what is no number, or stays here.
  var range: ClosedRange<Int64>? {
    switch self {
    case .date: Bounds.dates
    case .duration: Bounds.durations
    case .money: Bounds.callMoney
    case .tokens: Int64(Bounds.tokens.lowerBound)...Int64(Bounds.tokens.upperBound)
    case .lane: 0...(StoredColumn.mostLanes - 1)
    case .flag: 0...1
    case .count(let range): range
    case .rowNumber, .id, .digest, .day, .sum, .share, .text, .process, .label, .word, .json, .bytes: nil
    }
  }

  var sqlType: String {
    switch self {
    case .rowNumber, .date, .day, .duration, .tokens, .lane, .flag, .money, .sum, .count: "INTEGER"
    case .share: "REAL"
    case .id, .digest, .text, .process, .label, .word, .json: "TEXT"
    case .bytes: "BLOB"
    }
  }

  /// Kept as text in the database.
  var isText: Bool { sqlType == "TEXT" }

  /// Written by people, models or providers, where a key may stand.
  var mayHoldKey: Bool {
    switch self {
    case .text, .label, .json: true
    case .rowNumber, .id, .digest, .date, .day, .duration, .tokens, .lane, .flag, .money, .sum, .count, .share,
      .process,
      .word, .bytes:
      false
    }
  }
}

/// A column with what may stand in it: the one description that statements, session files and docs/schema.md are made of. What
/// comes from a file is held to it, so that no reader meets a number whose sum overflows or a name that nobody knows.
struct StoredColumn: Sendable {
  let name: String
  let kind: ColumnKind
  /// For the documentation.
  let meaning: String
  /// May be NULL.
  var isNullable = false
  /// Not in a session file: only this database knows what it means, or the file says it in another way.
  var stays = false
  /// May be missing in a session file.
  var isOptional = false
  /// Furlong's own words about a call, which may name paths of this machine.
  var isSaid = false
  /// Tells rows of a session apart: one that has none is none.
  var isPlace = false

  static let mostLanes: Int64 = 64

  init(_ name: String, _ kind: ColumnKind, _ meaning: String) {
    (self.name, self.kind, self.meaning) = (name, kind, meaning)
  }

  /// What stands for a number that cannot be: nothing, or where there must be something the least that can.
  var standIn: StoredValue {
    guard !isOptional, !isPlace, let range = kind.range else { return .null }
    return .integer(max(0, range.lowerBound))
  }
}

extension StoredColumn {
  var nullable: Self {
    var column = self
    (column.isNullable, column.isOptional) = (true, true)
    return column
  }
}

/// A table as people, session files and tests see it.
struct StoredTableDescription: Sendable {
  let name: String
  /// Sentences for the documentation.
  let meaning: String
  let columns: [StoredColumn]
}
