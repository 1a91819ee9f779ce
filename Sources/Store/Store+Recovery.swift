import Core
import Foundation
import GRDB

extension Store {
  /// Responses whose process died in mid-stream become `cut`, with the text that had been saved.
  func recoverCutResponses() throws {
    func dead(_ db: Database) throws -> [Int64] {
      try Row.fetchAll(db, sql: "SELECT id, writer FROM response WHERE finished IS NULL")
        .filter { !isAlive(WriterIdentity(text: $0.text("writer") ?? ""), db) }.map { $0["id"] }
    }
    guard try !database.read(dead).isEmpty else { return }
    // Looked for again within the transaction: another Furlong may be doing the same.
    try database.write { db in for id in try dead(db) { try recover(id, db) } }
  }

  /// Seconds after which a pair that a vote desk showed is not hidden any more, when its process has not said so itself.
  static let longestVote: Int64 = 600

  /// Old answers that were hidden to be voted on once more, by a process that was killed meanwhile, are hidden no longer. A turn that was
  /// raced blind is hidden before its answers begin, and stays so.
  func recoverHiddenPairs() throws {
    let stale = """
      revealed IS NULL AND created < ? AND created > (SELECT MIN(r.created) FROM response r
        WHERE r.session = blind.session AND r.turn = blind.turn)
      """
    let before = clock.date().subtractingSaturating(Self.longestVote)
    let isAny = try database.read { db in
      try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM blind WHERE \(stale))", arguments: [before]) ?? false
    }
    guard isAny else { return }
    try database.write { db in
      try db.run(sql: "UPDATE blind SET revealed = ? WHERE \(stale)", arguments: [clock.date(), before])
    }
  }

  private func recover(_ id: Int64, _ db: Database) throws {
    let saved = try Tables.joinedParts(of: id, db)
    var stored =
      try Tables.response.asked(db, "SELECT cost_status, price FROM response WHERE id = ?", [id]).first
      ?? Tables.StoredResponse()
    (stored.finished, stored.arrivals) = (clock.date(), saved.arrivals)
    var response = stored.response
    response.state = .cut
    response.error = ResponseError(
      .cut, "Furlong ended while this answer was coming; what had come is kept", retryable: true)
    (response.text, response.reasoning) = (text(saved.text), text(saved.reasoning))
    for chunk in Arrivals.chunks(saved.arrivals) {
      response.timing.note(chunk.channel, at: chunk.microseconds * 1000)
    }
    // What a running process would have estimated; a free model stays free.
    let prompt =
      try Data.fetchOne(
        db,
        sql: """
          SELECT CAST(t.prompt AS BLOB) FROM turn t JOIN response r ON r.session = t.session AND r.turn = t.number WHERE r.id = ?
          """, arguments: [id]) ?? Data()
    response.usage = Usage.estimated(
      inputBytes: prompt.count, outputBytes: saved.text.count, reasoningBytes: saved.reasoning.count)
    let isFree = response.cost.status == .free
    let cost = isFree ? .zero : response.cost.price?.cost(of: response.usage)
    response.cost.status = isFree ? .free : cost == nil ? .unknown : .partial
    (response.cost.computed, response.cost.lowest) = (cost, cost)
    stored.response = response
    // One that had ended once has its words in the index already. Those of scripts without blanks stay: what is found there is
    // looked for in the text as well.
    try db.execute(
      sql: """
        INSERT INTO search (search, rowid, answer, reasoning) SELECT 'delete', d.id, r.text, r.reasoning FROM document d
          JOIN response r ON r.id = d.response WHERE r.id = :id;
        DELETE FROM document WHERE session = (SELECT session FROM response WHERE id = :id)
          AND turn = (SELECT turn FROM response WHERE id = :id) AND response = :id
        """, arguments: ["id": id])
    try Tables.cutResponse.run(stored, db, [id.databaseValue])
    try db.execute(sql: "DELETE FROM part WHERE response = ?", arguments: [id])
  }
}
