import Core
import Foundation
import GRDB

/// Turns records into rows. Remembers, for the responses that are streaming, what the next part needs. Used on the store's
/// queue only; a value, so that a batch that fails can be undone.
struct RecordWriter {
  private struct Open {
    var id: Int64
    var nextOrdinal = 0
    var arrivals = Arrivals()
    /// Text that has come since the last part.
    var text = ""
    var reasoning = ""
  }

  private struct TurnKey: Hashable {
    var session: String
    var number: Int
  }

  private var open: [ResponseKey: Open] = [:]
  /// Sessions that this batch has added: nobody else can have written in them.
  private var added: Set<String> = []
  /// Turns that got another number in the database: two Furlongs had continued one session.
  private var renumbered: [TurnKey: Int] = [:]
  let identity: String

  init(identity: String = WriterIdentity.current.text) { self.identity = identity }

  /// - Parameter writesParts: what has come of open responses so far.
  mutating func write(_ records: [Record], writesParts: Bool, _ db: Database) throws {
    added = []
    try beat(records, db)
    for record in records { try write(record, db) }
    if writesParts { for key in open.keys { try writePart(key, db) } }
  }

  /// When it has given its last sign of life, in seconds since 1970.
  private var lastBeat: Int64 = 0
  /// Whether answers of this process are coming.
  var hasOpen: Bool { !open.isEmpty }

  /// A sign of life for those who cannot see this process, from the first answer on.
  private mutating func beat(_ records: [Record], _ db: Database) throws {
    let now = Clock.date()
    guard now.subtractingSaturating(lastBeat).magnitude >= WriterIdentity.beat.magnitude,
      hasOpen || records.contains(where: \.opensAnswers)
    else { return }
    try db.run(
      sql: "INSERT INTO writer (id, seen) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET seen = excluded.seen",
      arguments: [identity, now])
    // Those of long ago say nothing any more.
    try db.run(
      sql: "DELETE FROM writer WHERE seen < ?", arguments: [now.subtractingSaturating(86_400 * 30)])
    lastBeat = now
  }

  mutating func write(_ record: Record, _ db: Database) throws {
    switch record {
    case .session(let session):
      try db.run(
        sql: """
          INSERT OR IGNORE INTO session (id, created, title, rule, lanes, purpose) VALUES (?, ?, CAST(? AS TEXT), ?, ?, ?)
          """,
        arguments: [
          session.id, session.created, blob(session.title), session.rule.rawValue, lanesText(session.lanes),
          session.purpose.rawValue,
        ])
      if db.changesCount > 0 { added.insert(session.id) }
    case .setup(let session, let lanes, let rule):
      try db.run(
        sql: "UPDATE session SET lanes = ?, rule = ? WHERE id = ?",
        arguments: [lanesText(lanes), rule.rawValue, session])
    case .turn(let session, let turn): try writeTurn(session, turn, db)
    case .winner(let session, let turn, let lane):
      try db.run(
        sql: "UPDATE turn SET winner = ? WHERE session = ? AND number = ?",
        arguments: [lane, session, number(session, turn)])
    case .continued(let session, let turn, let lane):
      try db.run(
        sql: "UPDATE turn SET continued = ? WHERE session = ? AND number = ?",
        arguments: [lane, session, number(session, turn)])
    case .lineup(let name, let lanes):
      try db.run(
        sql: "INSERT OR REPLACE INTO lineup (name, lanes) VALUES (?, ?)", arguments: [name, lanesText(lanes)])
    case .title, .tags, .deleted, .undeleted: try writeHistory(record, db)
    case .blind, .revealed, .vote, .undoneVote, .brief, .judgement, .confirmed, .card, .fit:
      try writeJudging(record, db)
    case .call(let session, let turn, let calls): try writeCall(session, turn, calls, db)
    case .began(let key, let response, let request): try begin(key, response, request, db)
    case .text(let key, let channel, let text, let offset):
      // In place: taking the entry out and back would copy all its text.
      open[key]?.arrivals.append(channel, length: text.utf8.count, at: offset)
      switch channel {
      case .answer: open[key]?.text += text
      case .reasoning: open[key]?.reasoning += text
      }
    case .ended(let key, let response): try end(key, response, db)
    case .settled(let key, let settlement): try settle(key, settlement, db)
    case .gatewaySpending(let spending): try writeSpending(spending, db)
    case .released(let hold): try db.run(sql: "DELETE FROM hold WHERE id = ?", arguments: [hold])
    case .unkept(let cost):
      try db.run(
        sql: "INSERT INTO unkept_cost (created, cost) VALUES (?, ?)", arguments: [Clock.date(), cost.picoDollars])
    }
  }

  /// The provider has told the charge, and the counts behind it: the computed figure follows them.
  private func settle(_ key: ResponseKey, _ settlement: Settlement, _ db: Database) throws {
    let place: StatementArguments = [key.session, number(key.session, key.turn), key.lane, key.generation]
    let row = try Row.fetchOne(
      db,
      sql: """
        SELECT price, cost_computed, usage_input, usage_cache_read, usage_cache_write, usage_output, usage_reasoning
        FROM response WHERE session = ? AND turn = ? AND lane = ? AND generation = ?
        """, arguments: place)
    guard let row else { return }
    var usage = Usage()
    usage.input = settlement.input ?? row.tokens("usage_input") ?? 0
    usage.output = settlement.output ?? row.tokens("usage_output") ?? 0
    (usage.cacheRead, usage.cacheWrite) = (row.tokens("usage_cache_read") ?? 0, row.tokens("usage_cache_write") ?? 0)
    usage.reasoning = row.tokens("usage_reasoning") ?? 0
    let price = row.text("price").flatMap { try? JSONDocument().parse($0) }.map(Price.init(json:))
    let charge = settlement.charge.picoDollars
    try db.run(
      sql: """
        UPDATE response SET cost_reported = ?, cost_is_charge = 1, cost = ?, cost_computed = ?, cost_status = 'exact',
          cost_lowest = NULL, cost_highest = NULL, usage_input = ?, usage_output = ?
        WHERE session = ? AND turn = ? AND lane = ? AND generation = ?
        """,
      arguments: [
        charge, charge, (price?.cost(of: usage) ?? row.money("cost_computed"))?.picoDollars, usage.input, usage.output,
      ]
        + place)
  }

  func number(_ session: String, _ turn: Int) -> Int {
    renumbered[TurnKey(session: session, number: turn)] ?? turn
  }

  private mutating func writeTurn(_ session: String, _ turn: Turn, _ db: Database) throws {
    let isFirst = added.contains(session) && turn.number == 1
    // Numbers that none can have are passed over.
    let statement = try db.cachedStatement(
      sql: "SELECT MAX(number) FROM turn WHERE session = ? AND number BETWEEN 0 AND \(Bounds.counts.upperBound)")
    let last = isFirst ? 0 : try Int.fetchOne(statement, arguments: [session]) ?? 0
    let number = max(turn.number, last + 1)
    if number != turn.number { renumbered[TurnKey(session: session, number: turn.number)] = number }
    // A session's tags hold for what is asked in it next; the prompts of a data set have their own.
    let tags =
      turn.tags.isEmpty && turn.item == nil && !isFirst
      ? try String.fetchOne(
        db.cachedStatement(sql: "SELECT tags FROM summary WHERE session = ?"), arguments: [session]) ?? "[]"
      : tagsText(turn.tags)
    try db.run(
      sql: """
        INSERT INTO turn (session, number, created, prompt, prompt_sha256, system, rule, winner, continued, item, tags,
          gateway_key, route)
        VALUES (?, ?, ?, CAST(? AS TEXT), ?, CAST(? AS TEXT), ?, ?, ?, CAST(? AS TEXT), ?, ?, ?)
        """,
      arguments: [
        session, number, Clock.date(), blob(turn.prompt), turn.promptSHA256, turn.system.map(blob) ?? .null,
        turn.rule.rawValue, turn.winner, turn.continued, turn.item.map(blob) ?? .null,
        tags, turn.gatewayKey, turn.route?.serialized(),
      ])
    if let assignment = turn.blind { try writeJudging(.blind(assignment), db) }
    for (ordinal, file) in turn.attachments.enumerated() {
      try db.run(
        sql: "INSERT INTO attachment (session, turn, ordinal, name, media_type, data) VALUES (?, ?, ?, ?, ?, ?)",
        arguments: [session, number, ordinal, file.name, file.mediaType, Data(file.data)])
    }
  }

  private mutating func begin(_ key: ResponseKey, _ response: Response, _ request: JSON?, _ db: Database) throws {
    let turn = number(key.session, key.turn)
    let statement = try db.cachedStatement(
      sql: """
        SELECT MAX(generation) FROM response WHERE session = ? AND turn = ? AND lane = ?
          AND generation BETWEEN 0 AND \(Bounds.counts.upperBound)
        """)
    let isFirst = added.contains(key.session) && key.generation == 1
    let last = isFirst ? 0 : try Int.fetchOne(statement, arguments: [key.session, turn, key.lane]) ?? 0
    try db.run(
      sql: """
        INSERT INTO response (session, turn, lane, generation, created, writer, provider, model, parameters, request,
          simulated, shares_machine, state, cost_status, price, system)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, CAST(? AS TEXT))
        """,
      arguments: [
        key.session, turn, key.lane, max(key.generation, last + 1), Clock.date(), identity, response.model.provider,
        response.model.model, response.parameters.json.serialized(), request?.serialized(), response.isSimulated,
        response.sharesMachine, response.state.rawValue, response.cost.status.rawValue,
        response.cost.price?.json.serialized(), response.system.map(blob) ?? .null,
      ])
    open[key] = Open(id: db.lastInsertedRowID)
  }

  private mutating func writePart(_ key: ResponseKey, _ db: Database) throws {
    guard let entry = open[key], !entry.text.isEmpty || !entry.reasoning.isEmpty else { return }
    let arrivals = open[key]?.arrivals.take() ?? []
    try db.run(
      sql:
        "INSERT INTO part (response, ordinal, text, reasoning, arrivals) VALUES (?, ?, CAST(? AS TEXT), CAST(? AS TEXT), ?)",
      arguments: [entry.id, entry.nextOrdinal, blob(entry.text), blob(entry.reasoning), Data(arrivals)])
    open[key]?.nextOrdinal += 1
    open[key]?.text = ""
    open[key]?.reasoning = ""
  }

  private mutating func end(_ key: ResponseKey, _ response: Response, _ db: Database) throws {
    guard let entry = open.removeValue(forKey: key) else { return }
    var arrivals = Data()
    if entry.nextOrdinal > 0 {
      let parts = try db.cachedStatement(sql: "SELECT arrivals FROM part WHERE response = ? ORDER BY ordinal")
      arrivals = try Data.fetchAll(parts, arguments: [entry.id]).reduce(into: Data()) { $0 += $1 }
    }
    arrivals += entry.arrivals.bytes
    let usage = response.usage
    let cost = response.cost
    let timing = response.timing
    // By place: fifty names would be looked up for every answer.
    try db.run(
      sql: """
        UPDATE response SET finished = ?, model_reported = ?, state = ?,
          finish_reason = ?, error = ?, attempts = ?, notices = ?,
          text = CAST(? AS TEXT), reasoning = CAST(? AS TEXT), arrivals = ?,
          usage_input = ?, usage_cache_read = ?, usage_cache_write = ?, usage_output = ?,
          usage_reasoning = ?, usage_source = ?, usage_raw = ?, server_timings = ?,
          cost_status = ?, cost_computed = ?, cost_reported = ?, cost_wasted = ?,
          cost = ?, cost_is_charge = ?, cost_lowest = ?, cost_highest = ?,
          usage_details = ?, sent_after = ?, price = ?, reused_connection = ?, dns = ?, connect = ?, tls = ?, ttfb = ?,
          ttft = ?, ttfo = ?, end = ?, chunks = ?, chunks_first_read = ?, tokens_first_read = ?, cost_reasons = ?
        WHERE id = ?
        """,
      arguments: [
        Clock.date(), response.modelReported, response.state.rawValue, response.finishReason?.rawValue,
        response.error?.json.serialized(), JSON.array(response.attempts.map(\.json)).serialized(),
        JSON.array(response.notices.map { .string($0) }).serialized(), blob(response.text), blob(response.reasoning),
        arrivals, usage.input, usage.cacheRead, usage.cacheWrite, usage.output, usage.reasoning,
        usage.source.rawValue, usage.raw, usage.rawTimings, cost.status.rawValue, cost.computed?.picoDollars,
        cost.reported?.picoDollars, cost.isWasted, cost.status == .unknown ? nil : cost.amount?.picoDollars,
        cost.reportedIsCharge, cost.lowest?.picoDollars, cost.highest?.picoDollars, usage.details?.serialized(),
        timing.sentAfter, cost.price?.json.serialized(), timing.reusedConnection, timing.nameLookup, timing.connect,
        timing.tls, timing.firstByte, timing.firstToken, timing.firstAnswer, timing.end, timing.chunks,
        timing.chunksInFirstRead, timing.tokensInFirstRead, cost.reasonsText, entry.id,
      ])
    if entry.nextOrdinal > 0 { try db.run(sql: "DELETE FROM part WHERE response = ?", arguments: [entry.id]) }
    if response.state.isFinish { try weigh(key.session, number(key.session, key.turn), db) }
  }

  /// What an earlier version has stored; the latest only, since nobody wants to wait for the rest.
  func weighLatest(_ db: Database) throws {
    let turns = try Row.fetchAll(
      db,
      sql: """
        SELECT session, turn FROM response GROUP BY session, turn HAVING COUNT(DISTINCT lane) > 1
        ORDER BY MAX(id) DESC LIMIT 10000
        """)
    for row in turns {
      if let session = row.text("session"), let turn = row.count("turn") { try weigh(session, turn, db) }
    }
  }

  /// Notes how far the answers of a turn are apart.
  private func weigh(_ session: String, _ turn: Int, _ db: Database) throws {
    let others = try db.cachedStatement(sql: "SELECT COUNT(*) FROM response WHERE session = ? AND turn = ?")
    guard try Int.fetchOne(others, arguments: [session, turn]) ?? 0 > 1 else { return }
    let statement = try db.cachedStatement(
      sql: """
        SELECT CAST(text AS BLOB) FROM response r WHERE session = ? AND turn = ? AND state IN ('done', 'truncated')
          AND generation = (SELECT MAX(generation) FROM response WHERE session = r.session AND turn = r.turn AND lane = r.lane)
        """)
    let answers = try Data.fetchAll(statement, arguments: [session, turn])
    guard let distance = Disagreement.among(answers.map(text)) else { return }
    try db.run(
      sql: "UPDATE turn SET disagreement = ? WHERE session = ? AND number = ?", arguments: [distance, session, turn])
  }
}

extension Record {
  /// An answer begins that somebody else could take for a dead process's.
  fileprivate var opensAnswers: Bool {
    switch self {
    case .began, .call: true
    default: false
    }
  }
}

extension Database {
  /// Executes a statement that is prepared once and kept: with the triggers behind it, preparing takes longer than running.
  func run(sql: String, arguments: StatementArguments = StatementArguments()) throws {
    try cachedStatement(sql: sql).execute(arguments: arguments)
  }
}

/// What `Store.lanes` reads: most lanes are their text alone.
func lanesText(_ lanes: [Lane]) -> String {
  JSON.array(
    lanes.map { lane in
      guard lane.isDropped || lane.system != nil else { return .string(lane.text) }
      return ["lane": .string(lane.text), "system": .optional(lane.system), "dropped": .bool(lane.isDropped)]
    }
  ).serialized()
}

func tagsText(_ tags: [String]) -> String { JSON.array(tags.map { .string($0) }).serialized() }
