import Core
import Foundation
import GRDB

/// One answer with what a `Response` does not carry: every generation, not the latest alone.
public struct StoredAnswer: Equatable, Sendable {
  public var turn: Int
  public var response: Response
  /// Seconds since 1970.
  public var created: Int64
  public var finished: Int64?
  /// The body that was sent, without the conversation.
  public var request: String?
  /// Where it was imported from; nil when it was asked for by Furlong.
  public var origin: String?
  public var arrivals: [Arrivals.Chunk]
}

/// What is kept of a turn beside its `Turn`.
public struct TurnNote: Equatable, Sendable {
  /// Seconds since 1970.
  public var created: Int64
  /// 0 to 1; nil with fewer than two answers.
  public var disagreement: Double?

  public init(created: Int64, disagreement: Double? = nil) {
    self.created = created
    self.disagreement = disagreement
  }
}

extension Store {
  /// All answers of a session, by turn, lane and generation.
  public func answers(session: String) throws(StoreError) -> [StoredAnswer] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT *, CAST(text AS BLOB) AS text_bytes, CAST(reasoning AS BLOB) AS reasoning_bytes,
            CAST(system AS BLOB) AS system_bytes FROM response WHERE session = ? ORDER BY turn, lane, generation
          """, arguments: [session]
      ).compactMap { row in
        guard let turn = row.count("turn"), let response = try response(row, db) else { return nil }
        let origin = row.text("origin")
        return StoredAnswer(
          turn: turn, response: response, created: row.date("created") ?? 0, finished: row.date("finished"),
          request: row.text("request"), origin: origin == Self.fileOrigin ? nil : origin,
          arrivals: Arrivals.chunks(row.bytes("arrivals") ?? Data()))
      }
    }
  }

  /// By turn number.
  public func turnNotes(session: String) throws(StoreError) -> [Int: TurnNote] {
    try read { db in
      let rows = try Row.fetchAll(
        db, sql: "SELECT number, created, disagreement FROM turn WHERE session = ?", arguments: [session])
      return Dictionary(
        rows.compactMap { row in
          row.count("number").map {
            ($0, TurnNote(created: row.date("created") ?? 0, disagreement: row.share("disagreement")))
          }
        }, uniquingKeysWith: { first, _ in first })
    }
  }
}
