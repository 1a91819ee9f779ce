import Core

/// The tables that a session is made of, in the order in which their rows can be added: what leaves in a session file and
/// comes in by one. Columns that only this database knows (row numbers, processes) are not among them.
enum StoredTable: Int, CaseIterable {
  case session, turn, attachment, response, blind, vote, voteUndone, pick, judgement, judgementConfirmed, fit, brief

  private static let descriptions: [StoredTableDescription] = allCases.map { table in
    switch table {
    case .session: Tables.session.description
    case .turn: Tables.turn.description
    case .attachment: Tables.attachment.description
    case .response: Tables.response.description
    case .blind: Tables.blind.description
    case .vote: Tables.vote.description
    case .voteUndone: Tables.voteUndone.description
    case .pick: Tables.pick.description
    case .judgement: Tables.judgement.description
    case .judgementConfirmed: Tables.judgementConfirmed.description
    case .fit: Tables.fit.description
    case .brief: Tables.brief.description
    }
  }

  private static let travelling = descriptions.map { $0.columns.filter { !$0.stays } }
  private static let places = travelling.map { columns in
    Dictionary(uniqueKeysWithValues: columns.enumerated().map { ($1.name, $0) })
  }

  var name: String { Self.descriptions[rawValue].name }

  /// Those that leave and come in.
  var columns: [StoredColumn] { Self.travelling[rawValue] }

  func index(_ column: String) -> Int? { Self.places[rawValue][column] }

  /// Whether its rows name their session, in a column that the file leaves out.
  var namesSession: Bool { Self.descriptions[rawValue].columns.contains { $0.name == "session" } }

  /// In what order a session's rows leave. Adding them in that order keeps it.
  var order: String {
    switch self {
    case .session, .brief: "id"
    case .turn: "number"
    case .attachment: "turn, ordinal"
    case .response: "turn, lane, generation"
    case .blind, .vote, .pick, .judgement: "created, rowid"
    case .voteUndone: "created, vote"
    case .judgementConfirmed: "created, judgement"
    case .fit: "id"
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
