import Core
import Foundation
import GRDB

extension Store {
  /// A whole session by id or unambiguous prefix.
  /// - Throws: `StoreError`.
  public func session(_ prefix: String) throws(StoreError) -> Session {
    try read { db in
      let rows = prefix.isEmpty ? [] : try self.rows(startingWith: prefix.lowercased(), areDeleted: false, db)
      guard var session = rows.first else {
        let deleted = prefix.isEmpty ? [] : try self.rows(startingWith: prefix.lowercased(), areDeleted: true, db)
        throw deleted.first.map { StoreError.deleted($0.id) } ?? StoreError.noSuchSession(prefix)
      }
      if rows.count > 1 { throw StoreError.ambiguous(prefix: prefix) }
      session.turns = try turns(of: session.id, db)
      return session
    }
  }

  /// Two at most: a range of the primary key.
  private func rows(startingWith prefix: String, areDeleted: Bool, _ db: Database) throws -> [Session] {
    try Tables.session.asked(
      db,
      """
      SELECT \(Tables.session.list("s")) FROM session s JOIN summary m ON m.session = s.id
      WHERE s.id >= :prefix AND s.id < :prefix || char(0x10FFFF)
        AND \(areDeleted ? "m.deleted <> 'emptied'" : "m.deleted IS NULL") ORDER BY s.id LIMIT 2
      """, ["prefix": prefix])
  }

  /// The newest session with exactly this title and purpose; nil when there is none.
  public func session(titled title: String, purpose: Purpose) throws(StoreError) -> Session? {
    let id = try read { db in
      try String.fetchOne(
        db,
        sql: """
          SELECT id FROM session WHERE purpose = ? AND title = CAST(? AS TEXT)
            AND id NOT IN (SELECT session FROM summary WHERE deleted IS NOT NULL)
          ORDER BY created DESC, rowid DESC LIMIT 1
          """, arguments: [purpose.rawValue, blob(title)])
    }
    guard let id else { return nil }
    return try session(id)
  }

  /// Lineups saved from the workbench, by name.
  public func lineups() throws(StoreError) -> [(name: String, lanes: [Lane])] {
    try read { db in try Tables.lineup.all(db, "ORDER BY name").map { ($0.name, $0.lanes) } }
  }

  /// Sum of the known costs of calls asked for here since a date (seconds since 1970): what was imported was paid elsewhere.
  public func spent(since date: Int64) throws(StoreError) -> Money {
    try read { db in try Self.spent(since: date, db) }
  }

  /// When each chunk of a response came; empty for one that never streamed.
  public func arrivals(of key: ResponseKey) throws(StoreError) -> [Arrivals.Chunk] {
    try read { db in
      let data = try Data.fetchOne(
        db, sql: "SELECT arrivals FROM response WHERE session = ? AND turn = ? AND lane = ? AND generation = ?",
        arguments: [key.session, key.turn, key.lane, key.generation])
      return Arrivals.chunks(data ?? Data())
    }
  }

  func read<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
    var read: Value?
    do {
      return try database.read { db in
        let value = try body(db)
        read = value
        return value
      }
    } catch {
      let error = StoreError(error, path: path)
      // Damage that was met and passed over is reported once more at the end of the transaction: what was read stands.
      if case .damaged = error, let read { return read }
      throw error
    }
  }

  private func turns(of session: String, _ db: Database) throws -> [Turn] {
    var turns: [Turn] = []
    try Tables.turn.each(
      db,
      """
      SELECT \(Tables.turn.list()),
        (SELECT assignment FROM blind b WHERE b.session = turn.session AND b.turn = turn.number AND b.revealed IS NULL
          ORDER BY b.created DESC LIMIT 1) AS blind
      FROM turn WHERE session = ? ORDER BY number
      """, [session]
    ) { stored, row in
      var turn = stored.turn
      turn.blind = row.text("blind").flatMap(BlindAssignment.init(text:))
      turns.append(turn)
    }
    let places = Dictionary(turns.indices.map { (turns[$0].number, $0) }) { $1 }
    for stored in try Tables.attachment.all(db, "WHERE session = ? ORDER BY turn, ordinal", [session]) {
      if let index = places[stored.turn] { turns[index].attachments.append(stored.file) }
    }
    // The latest generation of each lane stays.
    for stored in try responses(db, "WHERE session = ? ORDER BY turn, lane, generation", [session]) {
      if let index = places[stored.turn] { turns[index].responses[stored.response.lane] = stored.response }
    }
    return turns
  }

  /// Without those whose place cannot be.
  func responses(_ db: Database, _ rest: String, _ arguments: StatementArguments) throws -> [Tables.StoredResponse] {
    try Tables.response.all(db, rest, arguments).map { stored in
      var stored = stored
      if !stored.hasEnded { try addParts(to: &stored, db) }
      return stored
    }
  }

  /// Another Furlong is filling this response right now: what it has saved so far.
  private func addParts(to stored: inout Tables.StoredResponse, _ db: Database) throws {
    let saved = try Tables.joinedParts(of: stored.id, db)
    (stored.response.text, stored.response.reasoning) = (text(saved.text), text(saved.reasoning))
  }
}

/// Each a lane's text, or an object with more. Answers are found by lane number, so that none may fall out.
func lanes(json text: String) -> [Lane] {
  let entries = (try? JSONDocument().parse(text))?.elements ?? []
  return entries.map { entry in
    let text = entry.string ?? entry["lane"]?.string ?? ""
    var lane = (try? Lane(parsing: text)) ?? Lane(model: ModelID(text) ?? ModelID(provider: "unknown", model: text))
    lane.system = entry["system"]?.string
    lane.variant = entry["variant"]?.string
    lane.isFusion = entry["fusion"]?.bool ?? false
    lane.isDropped = entry["dropped"]?.bool ?? false
    return lane
  }
}

func texts(json text: String) -> [String] {
  (try? JSONDocument().parse(text))?.elements.compactMap(\.string) ?? []
}

/// Purposes of the sessions that people list, as an SQL set.
let listed = "(" + Purpose.allCases.filter(\.isListed).map { "'\($0.rawValue)'" }.joined(separator: ", ") + ")"

func text(_ data: Data) -> String { String(decoding: data, as: UTF8.self) }

/// What questions about several tables have.
extension Row {
  var model: ModelID { ModelID(provider: text("provider") ?? "unknown", model: text("model") ?? "unknown") }

  /// A state that nobody knows is a failure.
  var state: ResponseState { text("state").flatMap(ResponseState.init) ?? .failed }

  /// Where an answer stands within its turn; nil when there is no such place.
  var answer: (lane: Int, generation: Int)? { answer("") }

  /// - Parameter side: what stands before the columns' names, such as `left_`.
  func answer(_ side: String) -> (lane: Int, generation: Int)? {
    guard let lane = lane(side + "lane"), let generation = count(side + "generation") else { return nil }
    return (lane, generation)
  }

  /// The answer itself; nil so too.
  func key(_ side: String = "") -> ResponseKey? {
    guard let place = answer(side), let session = text("session"), let turn = count("turn") else { return nil }
    return ResponseKey(session: session, turn: turn, lane: place.lane, generation: place.generation)
  }
}
