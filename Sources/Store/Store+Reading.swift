import Core
import Foundation
import GRDB

extension Store {
  /// A whole session by id or unambiguous prefix.
  /// - Throws: `StoreError`.
  public func session(_ prefix: String) throws(StoreError) -> Session {
    try read { db in
      let rows = prefix.isEmpty ? [] : try self.rows(startingWith: prefix.lowercased(), areDeleted: false, db)
      guard let row = rows.first else {
        let deleted = prefix.isEmpty ? [] : try self.rows(startingWith: prefix.lowercased(), areDeleted: true, db)
        throw deleted.first.map { StoreError.deleted($0["id"]) } ?? StoreError.noSuchSession(prefix)
      }
      if rows.count > 1 { throw StoreError.ambiguous(prefix: prefix) }
      let id: String = row["id"]
      var session = Session(
        id: id, created: row["created"], title: text(row["title"]), rule: RaceRule(rawValue: row["rule"]) ?? .all,
        lanes: lanes(row["lanes"]), turns: try turns(of: id, db))
      session.purpose = Purpose(rawValue: row["purpose"]) ?? .lane
      return session
    }
  }

  /// Two at most: a range of the primary key.
  private func rows(startingWith prefix: String, areDeleted: Bool, _ db: Database) throws -> [Row] {
    try Row.fetchAll(
      db,
      sql: """
        SELECT id, s.created, CAST(title AS BLOB) AS title, rule, lanes, s.purpose FROM session s
        JOIN summary m ON m.session = s.id
        WHERE s.id >= :prefix AND s.id < :prefix || char(0x10FFFF)
          AND \(areDeleted ? "m.deleted <> 'emptied'" : "m.deleted IS NULL") ORDER BY s.id LIMIT 2
        """, arguments: ["prefix": prefix])
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
    try read { db in
      try Row.fetchAll(db, sql: "SELECT name, lanes FROM lineup ORDER BY name").map { ($0["name"], lanes($0["lanes"])) }
    }
  }

  /// Sum of the known costs of calls asked for here since a date (seconds since 1970): what was imported was paid elsewhere.
  public func spent(since date: Int64) throws(StoreError) -> Money {
    try read { db in
      let sum = try Int64.fetchOne(
        db, sql: "SELECT SUM(cost) FROM response WHERE created >= ? AND origin IS NULL",
        arguments: [date])
      return Money(picoDollars: sum ?? 0)
    }
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
    var turns = try Row.fetchAll(
      db,
      sql: """
        SELECT number, CAST(prompt AS BLOB) AS prompt, CAST(system AS BLOB) AS system, rule, winner, continued,
          CAST(item AS BLOB) AS item, tags, gateway_key, route,
          (SELECT assignment FROM blind b WHERE b.session = turn.session AND b.turn = turn.number AND b.revealed IS NULL
            ORDER BY b.created DESC LIMIT 1) AS blind
        FROM turn WHERE session = ? ORDER BY number
        """, arguments: [session]
    ).map { row in
      var turn = Turn(
        number: row["number"], prompt: text(row["prompt"]), system: (row["system"] as Data?).map { text($0) },
        rule: RaceRule(rawValue: row["rule"]) ?? .all, winner: row["winner"])
      turn.continued = row["continued"]
      turn.item = (row["item"] as Data?).map { text($0) }
      turn.tags = tags(row["tags"])
      turn.gatewayKey = row["gateway_key"]
      turn.route = (row["route"] as String?).flatMap { try? JSONDocument().parse($0) }.map { JSON($0) }
      turn.blind = (row["blind"] as String?).flatMap(BlindAssignment.init(text:))
      return turn
    }
    for index in turns.indices {
      let number = turns[index].number
      turns[index].attachments = try Row.fetchAll(
        db, sql: "SELECT name, media_type, data FROM attachment WHERE session = ? AND turn = ? ORDER BY ordinal",
        arguments: [session, number]
      ).map { Attachment(name: $0["name"], mediaType: $0["media_type"], data: Array($0["data"] as Data)) }
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT *, CAST(text AS BLOB) AS text_bytes, CAST(reasoning AS BLOB) AS reasoning_bytes,
            CAST(system AS BLOB) AS system_bytes FROM response
          WHERE session = ? AND turn = ? ORDER BY lane, generation
          """, arguments: [session, number])
      // The latest generation of each lane stays.
      for row in rows { turns[index].responses[row["lane"]] = try response(row, db) }
    }
    return turns
  }

  func response(_ row: Row, _ db: Database) throws -> Response {
    let document = JSONDocument()
    var response = Response(
      lane: row["lane"], model: ModelID(provider: row["provider"], model: row["model"]),
      parameters: (try? document.parse(row["parameters"] as String)).map { Parameters(json: $0) } ?? Parameters())
    response.generation = row["generation"]
    response.system = (row["system_bytes"] as Data?).map { text($0) }
    response.isSimulated = row["simulated"]
    response.sharesMachine = row["shares_machine"]
    response.modelReported = row["model_reported"]
    response.state = ResponseState(rawValue: row["state"]) ?? .failed
    response.finishReason = (row["finish_reason"] as String?).flatMap(FinishReason.init)
    response.error = (row["error"] as String?).flatMap { try? document.parse($0) }.flatMap { ResponseError(json: $0) }
    response.text = text(row["text_bytes"])
    response.reasoning = text(row["reasoning_bytes"])
    if row["finished"] as Int64? == nil { try addParts(of: row["id"], to: &response, db) }
    response.notices = (try? document.parse(row["notices"] as String))?.elements.compactMap(\.string) ?? []
    response.attempts =
      (try? document.parse(row["attempts"] as String))?.elements.map { view in
        Attempt(
          status: view["status"]?.int, error: view["error"].flatMap { ResponseError(json: $0) },
          requestID: view["request_id"]?.string)
      } ?? []
    readReceipt(row, into: &response)
    return response
  }

  /// Another Furlong is filling this response right now: what it has saved so far.
  private func addParts(of id: Int64, to response: inout Response, _ db: Database) throws {
    let parts = try Row.fetchAll(
      db,
      sql:
        "SELECT CAST(text AS BLOB) AS text, CAST(reasoning AS BLOB) AS reasoning FROM part WHERE response = ? ORDER BY ordinal",
      arguments: [id])
    response.text = text(parts.reduce(into: Data()) { $0 += $1["text"] as Data })
    response.reasoning = text(parts.reduce(into: Data()) { $0 += $1["reasoning"] as Data })
  }

  func readReceipt(_ row: Row, into response: inout Response) {
    response.usage.input = row["usage_input"] ?? 0
    response.usage.cacheRead = row["usage_cache_read"] ?? 0
    response.usage.cacheWrite = row["usage_cache_write"] ?? 0
    response.usage.output = row["usage_output"] ?? 0
    response.usage.reasoning = row["usage_reasoning"] ?? 0
    response.usage.source = (row["usage_source"] as String?).flatMap(Usage.Source.init) ?? .estimated
    response.usage.raw = row["usage_raw"]
    response.usage.rawTimings = row["server_timings"]
    response.cost.status = (row["cost_status"] as String?).flatMap(Cost.Status.init) ?? .unknown
    response.cost.computed = (row["cost_computed"] as Int64?).map(Money.init(picoDollars:))
    response.cost.reported = (row["cost_reported"] as Int64?).map(Money.init(picoDollars:))
    response.cost.reportedIsCharge = row["cost_is_charge"]
    response.cost.lowest = (row["cost_lowest"] as Int64?).map(Money.init(picoDollars:))
    response.cost.highest = (row["cost_highest"] as Int64?).map(Money.init(picoDollars:))
    if let details = (row["usage_details"] as String?).flatMap({ try? JSONDocument().parse($0) }) {
      response.usage.readDetails(details)
    }
    response.cost.isWasted = row["cost_wasted"] ?? false
    response.cost.price = (row["price"] as String?).flatMap { try? JSONDocument().parse($0) }.map(Price.init(json:))
    response.timing.sentAfter = row["sent_after"] ?? 0
    response.timing.reusedConnection = row["reused_connection"] ?? false
    response.timing.nameLookup = row["dns"] ?? 0
    response.timing.connect = row["connect"] ?? 0
    response.timing.tls = row["tls"] ?? 0
    response.timing.firstByte = row["ttfb"]
    response.timing.firstToken = row["ttft"]
    response.timing.firstAnswer = row["ttfo"]
    response.timing.end = row["end"]
    response.timing.chunks = row["chunks"] ?? 0
    response.timing.chunksInFirstRead = row["chunks_first_read"] ?? 0
  }

  func lanes(_ json: String) -> [Lane] {
    let entries = (try? JSONDocument().parse(json))?.elements ?? []
    // Answers are found by lane number, so that none may fall out.
    return entries.map { entry in
      let text = entry.string ?? entry["lane"]?.string ?? ""
      var lane = (try? Lane(parsing: text)) ?? Lane(model: ModelID(text) ?? ModelID(provider: "unknown", model: text))
      lane.system = entry["system"]?.string
      lane.isDropped = entry["dropped"]?.bool ?? false
      return lane
    }
  }
}

func tags(_ json: String) -> [String] { (try? JSONDocument().parse(json))?.elements.compactMap(\.string) ?? [] }

/// Purposes of the sessions that people list, as an SQL set.
let listed = "(" + Purpose.allCases.filter(\.isListed).map { "'\($0.rawValue)'" }.joined(separator: ", ") + ")"

func text(_ data: Data) -> String { String(decoding: data, as: UTF8.self) }
