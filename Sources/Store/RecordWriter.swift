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
  private let clock: Clock
  /// When what is written has happened, in seconds since 1970.
  var now: Int64

  init(identity: String = WriterIdentity.current.text, clock: Clock) {
    (self.identity, self.clock) = (identity, clock)
    now = clock.date()
  }

  /// - Parameter writesParts: what has come of open responses so far.
  mutating func write(_ records: [Noted], writesParts: Bool, _ db: Database) throws {
    added = []
    if hasOpen { try beat(db) }
    for noted in records {
      now = noted.date
      try write(noted.record, db)
    }
    if writesParts { for key in open.keys { try writePart(key, db) } }
    try GramIndex.catchUp(db)
  }

  /// When it has given its last sign of life, in seconds since 1970.
  private var lastBeat: Int64 = 0
  /// Whether answers of this process are coming.
  var hasOpen: Bool { !open.isEmpty }

  /// A sign of life for those who cannot see this process, from its first answer on.
  private mutating func beat(_ db: Database) throws {
    let now = clock.date()
    guard now.subtractingSaturating(lastBeat).magnitude >= WriterIdentity.beat.magnitude else { return }
    try Tables.beat.run(Tables.SignOfLife(id: identity, seen: now), db)
    // Those of long ago say nothing any more.
    try db.run(sql: "DELETE FROM writer WHERE seen < ?", arguments: [now.subtractingSaturating(86_400 * 30)])
    lastBeat = now
  }

  mutating func write(_ record: Record, _ db: Database) throws {
    switch record {
    case .session(let session):
      try Tables.addSession.run(session, db)
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
    case .lineup(let name, let lanes): try Tables.saveLineup.run(Tables.Lineup(name: name, lanes: lanes), db)
    case .title(let session, let title): try setTitle(session, title, db)
    case .tags(let session, let tags): try setTags(session, tags, db)
    case .deleted(let session): try delete(session, db)
    case .undeleted(let session): try takeBackDeletion(session, db)
    case .blind(let assignment): try hide(assignment, db)
    case .revealed(let assignment): try reveal(assignment, db)
    case .vote(let vote): try write(vote, db)
    case .undoneVote(let id): try Tables.undoVote.run(mark(id), db)
    case .pick(let pick): try write(pick, db)
    case .brief(let brief): try Tables.keepBrief.run(brief, db)
    case .judgement(let judgement): try write(judgement, db)
    case .confirmed(let judgement): try Tables.confirmJudgement.run(mark(judgement), db)
    case .card(let card): try Tables.addCard.run(card, db)
    case .fit(let fit): try write(fit, db)
    case .call(let session, let turn, let calls): try writeCall(session, turn, calls, db)
    case .began(let key, let response, let request): try begin(key, response, request, db)
    case .text(let key, let channel, let text, let offset): take(key, channel, text, at: offset)
    case .ended(let key, let response): try end(key, response, db)
    case .settled(let key, let settlement): try settle(key, settlement, db)
    case .gatewaySpending(let spending): try Tables.addSpending.run(spending, db)
    case .lowered(let hold, let amount):
      try db.run(
        sql: "UPDATE hold SET amount = MAX(0, amount - ?) WHERE id = ?", arguments: [amount.picoDollars, hold])
    case .released(let hold): try db.run(sql: "DELETE FROM hold WHERE id = ?", arguments: [hold])
    case .unkept(let cost): try Tables.addUnkeptCost.run(Tables.UnkeptCost(created: now, cost: cost), db)
    }
  }

  private mutating func take(_ key: ResponseKey, _ channel: Channel, _ text: String, at offset: Int64) {
    // In place: taking the entry out and back would copy all its text.
    open[key]?.arrivals.append(channel, length: text.utf8.count, at: offset)
    switch channel {
    case .answer: open[key]?.text += text
    case .reasoning: open[key]?.reasoning += text
    }
  }

  /// The provider has told the charge, and the counts behind it: the computed figure follows them.
  private func settle(_ key: ResponseKey, _ settlement: Settlement, _ db: Database) throws {
    let place: [DatabaseValue] = [
      key.session.databaseValue, number(key.session, key.turn).databaseValue, key.lane.databaseValue,
      key.generation.databaseValue,
    ]
    let found = try Tables.response.asked(
      db,
      """
      SELECT price, cost_computed, usage_input, usage_cache_read, usage_cache_write, usage_output, usage_reasoning
      FROM response WHERE session = ? AND turn = ? AND lane = ? AND generation = ?
      """, StatementArguments(place))
    guard var stored = found.first else { return }
    stored.response.usage.input = settlement.input ?? stored.response.usage.input
    stored.response.usage.output = settlement.output ?? stored.response.usage.output
    var cost = Cost()
    cost.status = .exact
    cost.reported = settlement.charge
    let before = stored.response.cost
    cost.computed = before.price?.cost(of: stored.response.usage) ?? before.computed
    stored.response.cost = cost
    try Tables.settleResponse.run(stored, db, place)
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
        db.cachedStatement(sql: "SELECT tags FROM summary WHERE session = ?"), arguments: [session]
      ).map(texts(json:)) ?? []
      : turn.tags
    var stored = Tables.StoredTurn(session: session, created: now, turn: turn)
    (stored.turn.number, stored.turn.tags) = (number, tags)
    try Tables.addTurn.run(stored, db)
    if let assignment = turn.blind { try hide(assignment, db) }
    for (ordinal, file) in turn.attachments.enumerated() {
      try Tables.addAttachment.run(
        Tables.StoredAttachment(session: session, turn: number, ordinal: ordinal, file: file), db)
    }
  }

  private mutating func begin(_ key: ResponseKey, _ response: Response, _ request: JSON?, _ db: Database) throws {
    try beat(db)
    let turn = number(key.session, key.turn)
    let statement = try db.cachedStatement(
      sql: """
        SELECT MAX(generation) FROM response WHERE session = ? AND turn = ? AND lane = ?
          AND generation BETWEEN 0 AND \(Bounds.counts.upperBound)
        """)
    let isFirst = added.contains(key.session) && key.generation == 1
    let last = isFirst ? 0 : try Int.fetchOne(statement, arguments: [key.session, turn, key.lane]) ?? 0
    var stored = Tables.StoredResponse(key, response)
    (stored.turn, stored.response.generation) = (turn, max(key.generation, last + 1))
    (stored.created, stored.writer, stored.request) = (now, identity, request?.serialized())
    try Tables.beginResponse.run(stored, db)
    open[key] = Open(id: db.lastInsertedRowID)
  }

  private mutating func writePart(_ key: ResponseKey, _ db: Database) throws {
    guard let entry = open[key], !entry.text.isEmpty || !entry.reasoning.isEmpty else { return }
    let arrivals = open[key]?.arrivals.take() ?? []
    try Tables.addPart.run(
      Tables.Part(
        response: entry.id, ordinal: entry.nextOrdinal, text: Data(entry.text.utf8),
        reasoning: Data(entry.reasoning.utf8), arrivals: Data(arrivals)), db)
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
    var stored = Tables.StoredResponse(key, response)
    (stored.finished, stored.arrivals) = (now, arrivals)
    try Tables.endResponse.run(stored, db, [entry.id.databaseValue])
    if entry.nextOrdinal > 0 { try db.run(sql: "DELETE FROM part WHERE response = ?", arguments: [entry.id]) }
    if response.state.isFinish { try Self.weigh(key.session, number(key.session, key.turn), db) }
  }

  /// What an earlier version has stored; the latest only, since nobody wants to wait for the rest.
  static func weighLatest(_ db: Database) throws {
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
  private static func weigh(_ session: String, _ turn: Int, _ db: Database) throws {
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
      guard lane.isDropped || lane.system != nil || lane.variant != nil || lane.isFusion else {
        return .string(lane.text)
      }
      var entry: JSON = [
        "lane": .string(lane.text), "system": .optional(lane.system), "dropped": .bool(lane.isDropped),
      ]
      if let variant = lane.variant { entry["variant"] = .string(variant) }
      if lane.isFusion { entry["fusion"] = .bool(true) }
      return entry
    }
  ).serialized()
}

func tagsText(_ tags: [String]) -> String { JSON.array(tags.map { .string($0) }).serialized() }
