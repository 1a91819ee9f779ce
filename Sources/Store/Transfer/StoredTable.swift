import Core

/// The tables that a session is made of, in the order in which their rows can be added: what leaves in a session file and
/// comes in by one. Columns that only this database knows (row numbers, processes) are not among them.
enum StoredTable: Int, CaseIterable {
  case session, turn, attachment, response, blind, vote, voteUndone, judgement, judgementConfirmed, fit, brief

  var name: String {
    switch self {
    case .session: "session"
    case .turn: "turn"
    case .attachment: "attachment"
    case .response: "response"
    case .blind: "blind"
    case .vote: "vote"
    case .voteUndone: "vote_undone"
    case .judgement: "judgement"
    case .judgementConfirmed: "judgement_confirmed"
    case .fit: "fit"
    case .brief: "brief"
    }
  }

  /// Whether its rows name their session, in a column that the file leaves out.
  var namesSession: Bool {
    switch self {
    case .turn, .attachment, .response, .blind, .vote, .judgement, .fit, .brief: true
    case .session, .voteUndone, .judgementConfirmed: false
    }
  }

  /// In what order a session's rows leave. Adding them in that order keeps it.
  var order: String {
    switch self {
    case .session, .brief: "id"
    case .turn: "number"
    case .attachment: "turn, ordinal"
    case .response: "turn, lane, generation"
    case .blind, .vote, .judgement: "created, rowid"
    case .voteUndone: "created, vote"
    case .judgementConfirmed: "created, judgement"
    case .fit: "id"
    }
  }

  var columns: [StoredColumn] { Self.columns[rawValue] }

  func index(_ column: String) -> Int? { columns.firstIndex { $0.name == column } }

  private static let columns: [[StoredColumn]] = allCases.map { table in
    switch table {
    case .session: sessionColumns
    case .turn: turnColumns
    case .attachment: attachmentColumns
    case .response: responseColumns
    case .blind: blindColumns
    case .vote: voteColumns
    case .voteUndone: [.id("vote"), .date("created")]
    case .judgement: judgementColumns
    case .judgementConfirmed: [.id("judgement"), .date("created")]
    case .fit: fitColumns
    case .brief: [.digest("id"), .date("created"), .text("judge"), .text("version"), .json("brief", .object)]
    }
  }

  private static let sessionColumns: [StoredColumn] = [
    .id("id"), .date("created"), .text("title"), .word("rule", RaceRule.allCases.map(\.rawValue)),
    .json("lanes", .array), .word("purpose", Purpose.allCases.map(\.rawValue)),
  ]

  private static let turnColumns: [StoredColumn] = [
    .count("number", from: 1), .date("created"), .text("prompt"), .digest("prompt_sha256"), .text("system").optional,
    .word("rule", RaceRule.allCases.map(\.rawValue)), .lane("winner").optional, .lane("continued").optional,
    .text("item").optional, .json("tags", .array), .share("disagreement").optional, .json("route", .object).optional,
  ]

  private static let attachmentColumns: [StoredColumn] = [
    .count("turn", from: 1), .count("ordinal"), .text("name"), .text("media_type"), .bytes("data"),
  ]

  private static let responseColumns: [StoredColumn] = [
    .count("turn", from: 1), .lane("lane"), .count("generation", from: 1), .date("created"), .date("finished"),
    .text("provider"), .text("model"), .text("model_reported").optional, .text("system").optional,
    .json("parameters", .object), .json("request", .object).optional, .flag("simulated"), .flag("shares_machine"),
    .word("state", ResponseState.allCases.filter(\.isOver).map(\.rawValue)), .text("finish_reason").optional,
    .json("error", .object).said.optional, .json("attempts", .array).said, .json("notices", .array).said, .text("text"),
    .text("reasoning"), .bytes("arrivals").optional, .tokens("usage_input").optional,
    .tokens("usage_cache_read").optional, .tokens("usage_cache_write").optional, .tokens("usage_output").optional,
    .tokens("usage_reasoning").optional, .text("usage_source").optional, .json("usage_details", .object).optional,
    .text("usage_raw").optional, .text("server_timings").optional, .text("cost_status").optional,
    .money("cost").optional, .money("cost_computed").optional, .money("cost_reported").optional,
    .flag("cost_is_charge"), .money("cost_lowest").optional, .money("cost_highest").optional,
    .flag("cost_wasted").optional, .time("sent_after"), .json("price", .object).optional,
    .flag("reused_connection").optional,
    .time("dns").optional, .time("connect").optional, .time("tls").optional, .time("ttfb").optional,
    .time("ttft").optional, .time("ttfo").optional, .time("end").optional, .count("chunks").optional,
    .count("chunks_first_read").optional, .tokens("tokens_first_read").optional,
    .json("cost_reasons", .array).optional, .text("origin").optional,
  ]

  private static let blindColumns: [StoredColumn] = [
    .id("id"), .date("created"), .count("turn", from: 1), .digest("sha256"), .json("assignment", .object),
    .date("revealed").optional,
  ]

  private static let voteColumns: [StoredColumn] = [
    .id("id"), .date("created"), .id("assignment"), .count("turn", from: 1), .lane("left_lane"),
    .count("left_generation", from: 1), .lane("right_lane"), .count("right_generation", from: 1),
    .word("choice", Vote.Choice.allCases.map(\.rawValue)), .id("repeats").optional, .time("time").optional,
  ]

  private static let judgementColumns: [StoredColumn] = [
    .id("id"), .date("created"), .count("turn", from: 1), .lane("a_lane"), .count("a_generation", from: 1),
    .lane("b_lane"), .count("b_generation", from: 1), .text("judge"), .text("judge_reported").optional,
    .text("version"), .text("kind"), .json("document", .object), .money("cost"), .flag("cost_unknown"),
  ]

  private static let fitColumns: [StoredColumn] = [
    .date("created"), .count("turn", from: 1), .lane("lane"), .count("generation", from: 1), .text("judge"),
    .text("judge_reported").optional, .count("value", to: 10).optional, .json("document", .object), .money("cost"),
    .flag("cost_unknown"), .time("time"),
  ]
}

/// A column with what may stand in it: whatever comes from a file is held to that, so that no reader meets a number whose sum
/// overflows or a name that nobody knows.
struct StoredColumn {
  enum Kind: Equatable {
    /// Twelve hexadecimal digits, and 64.
    case id, digest
    case integer(ClosedRange<Int64>)
    /// From 0 to 1.
    case share
    case text
    /// One of these.
    case word([String])
    /// JSON kept as text; an object, or an array.
    case json(Shape)
    case bytes
  }

  enum Shape: Equatable { case object, array }

  let name: String
  let kind: Kind
  private(set) var isOptional = false
  /// Furlong's own words about a call, which may name paths of this machine.
  private(set) var isSaid = false

  static let mostLanes: Int64 = 64

  static func id(_ name: String) -> Self { Self(name: name, kind: .id) }
  static func digest(_ name: String) -> Self { Self(name: name, kind: .digest) }
  static func text(_ name: String) -> Self { Self(name: name, kind: .text) }
  static func word(_ name: String, _ words: [String]) -> Self { Self(name: name, kind: .word(words)) }
  static func json(_ name: String, _ shape: Shape) -> Self { Self(name: name, kind: .json(shape)) }
  static func bytes(_ name: String) -> Self { Self(name: name, kind: .bytes) }
  static func share(_ name: String) -> Self { Self(name: name, kind: .share) }
  static func flag(_ name: String) -> Self { Self(name: name, kind: .integer(0...1)) }
  static func date(_ name: String) -> Self { Self(name: name, kind: .integer(Bounds.dates)) }
  static func lane(_ name: String) -> Self { Self(name: name, kind: .integer(0...(mostLanes - 1))) }
  static func money(_ name: String) -> Self { Self(name: name, kind: .integer(Bounds.callMoney)) }
  static func time(_ name: String) -> Self { Self(name: name, kind: .integer(Bounds.durations)) }
  static func tokens(_ name: String) -> Self {
    Self(name: name, kind: .integer(Int64(Bounds.tokens.lowerBound)...Int64(Bounds.tokens.upperBound)))
  }
  static func count(_ name: String, from least: Int64 = 0, to most: Int64 = Int64(Bounds.counts.upperBound)) -> Self {
    Self(name: name, kind: .integer(least...most))
  }

  /// Tells rows of a session apart: one that has none is none.
  var isPlace: Bool {
    !isOptional
      && (["number", "turn", "ordinal"].contains(name) || name.hasSuffix("lane") || name.hasSuffix("generation"))
  }

  /// What stands for a number that cannot be: nothing, or where there must be something the least that can.
  var standIn: StoredValue {
    guard !isOptional, !isPlace, case .integer(let range) = kind else { return .null }
    return .integer(max(0, range.lowerBound))
  }

  var optional: Self {
    var column = self
    column.isOptional = true
    return column
  }

  var said: Self {
    var column = self
    column.isSaid = true
    return column
  }

  /// Kept as text in the database.
  var isText: Bool {
    switch kind {
    case .id, .digest, .text, .word, .json: true
    case .integer, .share, .bytes: false
    }
  }

  /// Written by people and models, where a key may stand.
  var mayHoldKey: Bool {
    switch kind {
    case .text, .json: true
    case .id, .digest, .word, .integer, .share, .bytes: false
    }
  }
}

/// What stands in one column of one row.
enum StoredValue: Equatable, Sendable {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)
  case bytes([UInt8])

  var text: String? { if case .text(let text) = self { text } else { nil } }
  var integer: Int64? { if case .integer(let number) = self { number } else { nil } }
  var bytes: [UInt8]? { if case .bytes(let bytes) = self { bytes } else { nil } }
}
