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
      try responses(db, "WHERE session = ? ORDER BY turn, lane, generation", [session]).map { stored in
        StoredAnswer(
          turn: stored.turn, response: stored.response, created: stored.created, finished: stored.finished,
          request: stored.request, origin: stored.origin == Self.fileOrigin ? nil : stored.origin,
          arrivals: Arrivals.chunks(stored.arrivals))
      }
    }
  }

  /// By turn number.
  public func turnNotes(session: String) throws(StoreError) -> [Int: TurnNote] {
    try read { db in
      let turns = try Tables.turn.asked(
        db, "SELECT number, created, disagreement FROM turn WHERE session = ?", [session])
      return Dictionary(
        turns.map { ($0.turn.number, TurnNote(created: $0.created, disagreement: $0.disagreement)) },
        uniquingKeysWith: { first, _ in first })
    }
  }
}
