import Core
import Foundation
import GRDB

extension Store {
  /// Responses whose process died in mid-stream become `cut`, with the text that had been saved.
  func recoverCutResponses() throws {
    try database.write { db in
      let rows = try Row.fetchAll(db, sql: "SELECT id, writer FROM response WHERE finished IS NULL")
      for row in rows where !WriterIdentity(text: row["writer"]).isAlive {
        try recover(row["id"], db)
      }
    }
  }

  private func recover(_ id: Int64, _ db: Database) throws {
    var text = Data()
    var reasoning = Data()
    var arrivals = Data()
    let parts = try Row.fetchAll(
      db,
      sql:
        "SELECT CAST(text AS BLOB) AS text, CAST(reasoning AS BLOB) AS reasoning, arrivals FROM part WHERE response = ? ORDER BY ordinal",
      arguments: [id])
    for part in parts {
      text += part["text"] as Data
      reasoning += part["reasoning"] as Data
      arrivals += part["arrivals"] as Data
    }
    var timing = Timing()
    for chunk in Arrivals.chunks(arrivals) { timing.note(chunk.channel, at: chunk.microseconds * 1000) }
    let error = ResponseError(
      .cut, "Furlong ended while this answer was coming; what had come is kept", retryable: true)
    try db.execute(
      sql: """
        UPDATE response SET finished = ?, state = ?, error = ?, text = CAST(? AS TEXT), reasoning = CAST(? AS TEXT),
          arrivals = ?, cost_status = 'unknown', ttft = ?, ttfo = ?, end = ?, chunks = ?, chunks_first_read = ? WHERE id = ?
        """,
      arguments: [
        Clock.date(), ResponseState.cut.rawValue, error.json.serialized(), text, reasoning, arrivals, timing.firstToken,
        timing.firstAnswer, timing.end, timing.chunks, timing.chunksInFirstRead, id,
      ])
    try db.execute(sql: "DELETE FROM part WHERE response = ?", arguments: [id])
  }
}
