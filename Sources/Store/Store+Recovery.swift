import Core
import Foundation
import GRDB

extension Store {
  /// Responses whose process died in mid-stream become `cut`, with the text that had been saved.
  func recoverCutResponses() throws {
    func dead(_ db: Database) throws -> [Int64] {
      try Row.fetchAll(db, sql: "SELECT id, writer FROM response WHERE finished IS NULL")
        .filter { !WriterIdentity(text: $0.text("writer") ?? "").isAlive(db) }.map { $0["id"] }
    }
    guard try !database.read(dead).isEmpty else { return }
    // Looked for again within the transaction: another Furlong may be doing the same.
    try database.write { db in for id in try dead(db) { try recover(id, db) } }
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
      text += part.bytes("text") ?? Data()
      reasoning += part.bytes("reasoning") ?? Data()
      arrivals += part.bytes("arrivals") ?? Data()
    }
    var timing = Timing()
    for chunk in Arrivals.chunks(arrivals) { timing.note(chunk.channel, at: chunk.microseconds * 1000) }
    let error = ResponseError(
      .cut, "Furlong ended while this answer was coming; what had come is kept", retryable: true)
    // What a running process would have estimated; a free model stays free.
    let prompt =
      try Data.fetchOne(
        db,
        sql: """
          SELECT CAST(t.prompt AS BLOB) FROM turn t JOIN response r ON r.session = t.session AND r.turn = t.number WHERE r.id = ?
          """, arguments: [id]) ?? Data()
    let usage = Usage.estimated(
      inputBytes: prompt.count, outputBytes: text.count, reasoningBytes: reasoning.count)
    let before = try Row.fetchOne(db, sql: "SELECT cost_status, price FROM response WHERE id = ?", arguments: [id])
    let isFree = before?.text("cost_status") == Cost.Status.free.rawValue
    // One that had ended once has its words in the index already.
    try db.execute(
      sql: """
        INSERT INTO search (search, rowid, answer, reasoning) SELECT 'delete', d.id, r.text, r.reasoning FROM document d
          JOIN response r ON r.id = d.response WHERE r.id = :id;
        DELETE FROM document WHERE session = (SELECT session FROM response WHERE id = :id)
          AND turn = (SELECT turn FROM response WHERE id = :id) AND response = :id
        """, arguments: ["id": id])
    let price = before?.text("price").flatMap { try? JSONDocument().parse($0) }.map(Price.init(json:))
    let cost = isFree ? .zero : price?.cost(of: usage)
    let status: Cost.Status = isFree ? .free : cost == nil ? .unknown : .partial
    try db.execute(
      sql: """
        UPDATE response SET finished = :finished, state = :state, error = :error, text = CAST(:text AS TEXT),
          reasoning = CAST(:reasoning AS TEXT), arrivals = :arrivals,
          cost_status = :cost_status, cost_computed = :computed, cost = :computed, cost_lowest = :computed,
          usage_input = :input, usage_output = :output, usage_reasoning = :reasoning_tokens, usage_source = :source,
          ttft = :ttft, ttfo = :ttfo, end = :end, chunks = :chunks, chunks_first_read = :chunks_first_read
        WHERE id = :id
        """,
      arguments: [
        "finished": Clock.date(), "state": ResponseState.cut.rawValue, "error": error.json.serialized(), "text": text,
        "reasoning": reasoning, "arrivals": arrivals, "input": usage.input, "output": usage.output,
        "reasoning_tokens": usage.reasoning, "source": usage.source.rawValue, "cost_status": status.rawValue,
        "computed": cost?.picoDollars, "ttft": timing.firstToken,
        "ttfo": timing.firstAnswer, "end": timing.end, "chunks": timing.chunks,
        "chunks_first_read": timing.chunksInFirstRead, "id": id,
      ])
    try db.execute(sql: "DELETE FROM part WHERE response = ?", arguments: [id])
  }
}
