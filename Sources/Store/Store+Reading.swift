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
        throw deleted.first.map { StoreError.deleted($0.text("id") ?? prefix) } ?? StoreError.noSuchSession(prefix)
      }
      if rows.count > 1 { throw StoreError.ambiguous(prefix: prefix) }
      let id = row.text("id") ?? prefix
      var session = Session(
        id: id, created: row.date("created") ?? 0, title: row.text("title") ?? "",
        rule: row.text("rule").flatMap(RaceRule.init) ?? .all, lanes: lanes(row.text("lanes") ?? "[]"),
        turns: try turns(of: id, db))
      session.purpose = row.text("purpose").flatMap(Purpose.init) ?? .lane
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
      try Row.fetchAll(db, sql: "SELECT name, lanes FROM lineup ORDER BY name").map {
        ($0.text("name") ?? "", lanes($0.text("lanes") ?? "[]"))
      }
    }
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
    var turns = try Row.fetchAll(
      db,
      sql: """
        SELECT number, CAST(prompt AS BLOB) AS prompt, CAST(system AS BLOB) AS system, rule, winner, continued,
          CAST(item AS BLOB) AS item, tags, gateway_key, route,
          (SELECT assignment FROM blind b WHERE b.session = turn.session AND b.turn = turn.number AND b.revealed IS NULL
            ORDER BY b.created DESC LIMIT 1) AS blind
        FROM turn WHERE session = ? ORDER BY number
        """, arguments: [session]
    ).compactMap { row -> Turn? in
      guard let number = row.count("number") else { return nil }
      var turn = Turn(
        number: number, prompt: row.text("prompt") ?? "", system: row.text("system"),
        rule: row.text("rule").flatMap(RaceRule.init) ?? .all, winner: row.lane("winner"))
      turn.continued = row.lane("continued")
      turn.item = row.text("item")
      turn.tags = tags(row.text("tags") ?? "[]")
      turn.gatewayKey = row.text("gateway_key")
      turn.route = row.text("route").flatMap { try? JSONDocument().parse($0) }.map { JSON($0) }
      turn.blind = row.text("blind").flatMap(BlindAssignment.init(text:))
      return turn
    }
    for index in turns.indices {
      let number = turns[index].number
      turns[index].attachments = try Row.fetchAll(
        db, sql: "SELECT name, media_type, data FROM attachment WHERE session = ? AND turn = ? ORDER BY ordinal",
        arguments: [session, number]
      ).map {
        Attachment(
          name: $0.text("name") ?? "", mediaType: $0.text("media_type") ?? "", data: Array($0.bytes("data") ?? Data()))
      }
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT *, CAST(text AS BLOB) AS text_bytes, CAST(reasoning AS BLOB) AS reasoning_bytes,
            CAST(system AS BLOB) AS system_bytes FROM response
          WHERE session = ? AND turn = ? ORDER BY lane, generation
          """, arguments: [session, number])
      // The latest generation of each lane stays.
      for row in rows {
        if let response = try response(row, db) { turns[index].responses[response.lane] = response }
      }
    }
    return turns
  }

  /// Nil for one whose place cannot be.
  func response(_ row: Row, _ db: Database) throws -> Response? {
    guard let place = row.answer else { return nil }
    let document = JSONDocument()
    var response = Response(
      lane: place.lane, model: row.model,
      parameters: row.text("parameters").flatMap { try? document.parse($0) }.map { Parameters(json: $0) }
        ?? Parameters())
    response.generation = place.generation
    response.system = row.text("system_bytes")
    response.isSimulated = row.flag("simulated")
    response.sharesMachine = row.flag("shares_machine")
    response.modelReported = row.text("model_reported")
    response.state = row.state
    response.finishReason = row.text("finish_reason").flatMap(FinishReason.init)
    response.error = row.text("error").flatMap { try? document.parse($0) }.flatMap { ResponseError(json: $0) }
    response.text = row.text("text_bytes") ?? ""
    response.reasoning = row.text("reasoning_bytes") ?? ""
    if row.isNull("finished") { try addParts(of: row["id"], to: &response, db) }
    response.notices =
      row.text("notices").flatMap { try? document.parse($0) }?.elements.compactMap(\.string) ?? []
    response.attempts =
      row.text("attempts").flatMap { try? document.parse($0) }?.elements.map { view in
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
    response.text = text(parts.reduce(into: Data()) { $0 += $1.bytes("text") ?? Data() })
    response.reasoning = text(parts.reduce(into: Data()) { $0 += $1.bytes("reasoning") ?? Data() })
  }

  func readReceipt(_ row: Row, into response: inout Response) {
    readUsage(row, into: &response.usage)
    readCost(row, into: &response.cost)
    response.timing.sentAfter = row.duration("sent_after") ?? 0
    response.timing.reusedConnection = row.flag("reused_connection")
    response.timing.nameLookup = row.duration("dns") ?? 0
    response.timing.connect = row.duration("connect") ?? 0
    response.timing.tls = row.duration("tls") ?? 0
    response.timing.firstByte = row.duration("ttfb")
    response.timing.firstToken = row.duration("ttft")
    response.timing.firstAnswer = row.duration("ttfo")
    response.timing.end = row.duration("end")
    response.timing.chunks = row.count("chunks") ?? 0
    response.timing.chunksInFirstRead = row.count("chunks_first_read") ?? 0
    response.timing.tokensInFirstRead = row.tokens("tokens_first_read")
  }

  private func readUsage(_ row: Row, into usage: inout Usage) {
    usage.input = row.tokens("usage_input") ?? 0
    usage.cacheRead = row.tokens("usage_cache_read") ?? 0
    usage.cacheWrite = row.tokens("usage_cache_write") ?? 0
    usage.output = row.tokens("usage_output") ?? 0
    usage.reasoning = row.tokens("usage_reasoning") ?? 0
    usage.source = row.text("usage_source").flatMap(Usage.Source.init) ?? .estimated
    usage.raw = row.text("usage_raw")
    usage.rawTimings = row.text("server_timings")
    if let details = row.text("usage_details").flatMap({ try? JSONDocument().parse($0) }) { usage.readDetails(details) }
  }

  /// A figure that no call can cost is none: the cost is then unknown.
  private func readCost(_ row: Row, into cost: inout Cost) {
    cost.status = row.text("cost_status").flatMap(Cost.Status.init) ?? .unknown
    (cost.computed, cost.reported) = (row.money("cost_computed"), row.money("cost_reported"))
    cost.reportedIsCharge = row.flag("cost_is_charge")
    (cost.lowest, cost.highest) = (row.money("cost_lowest"), row.money("cost_highest"))
    cost.isWasted = row.flag("cost_wasted")
    cost.reasons =
      row.text("cost_reasons").flatMap { try? JSONDocument().parse($0) }?.elements.compactMap(\.string) ?? []
    cost.price = row.text("price").flatMap { try? JSONDocument().parse($0) }.map(Price.init(json:))
    let isSpoilt = ["cost_computed", "cost_reported"].contains { !row.isNull($0) && row.money($0) == nil }
    if isSpoilt, cost.amount == nil { cost.status = .unknown }
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

/// What several tables have.
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
