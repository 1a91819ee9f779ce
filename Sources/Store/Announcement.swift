import Core
import Foundation
import GRDB

/// A call that is about to be sent, in the few words that its receipt needs: writing its own rows takes ten times as long, and
/// somebody waits. What was said is not in it.
struct Announcement {
  let session: Session
  let turn: Turn
  let calls: [StartedCall]

  var text: String {
    let calls = calls.map { call -> JSON in
      var entry: JSON = [
        "lane": .int(call.key.lane), "model": .string(call.response.model.text),
        "parameters": call.response.parameters.json, "simulated": .bool(call.response.isSimulated),
        "cost_status": .string(call.response.cost.status.rawValue),
      ]
      entry["price"] = call.response.cost.price?.json
      return entry
    }
    var document: JSON = [
      "session": .string(session.id), "created": .int(session.created), "rule": .string(session.rule.rawValue),
      "purpose": .string(session.purpose.rawValue), "lanes": .array(session.lanes.map { .string($0.text) }),
      "calls": .array(calls),
    ]
    document["key"] = turn.gatewayKey.map { .string($0) }
    document["route"] = turn.route
    return document.serialized()
  }

  init(session: Session, turn: Turn, calls: [StartedCall]) {
    (self.session, self.turn, self.calls) = (session, turn, calls)
  }

  /// Nil for what is none of ours.
  init?(text: String) {
    guard let view = try? JSONDocument().parse(text), let id = view["session"]?.string,
      let rule = view["rule"]?.string.flatMap(RaceRule.init)
    else { return nil }
    let lanes = view["lanes"]?.elements.compactMap { $0.string.flatMap { try? Lane(parsing: $0) } } ?? []
    var session = Session(
      id: id, created: view["created"]?.date ?? 0, title: "", rule: rule, lanes: lanes, turns: [])
    session.purpose = view["purpose"]?.string.flatMap(Purpose.init) ?? .gateway
    var turn = Turn(number: 1, prompt: "", rule: rule)
    turn.gatewayKey = view["key"]?.string
    turn.route = view["route"].map { .source($0.source) }
    self.session = session
    self.turn = turn
    calls = (view["calls"]?.elements ?? []).compactMap { call in
      guard let lane = call["lane"]?.count, Bounds.lanes.contains(lane),
        let model = call["model"]?.string.flatMap({ ModelID($0) })
      else {
        return nil
      }
      var response = Response(
        lane: lane, model: model, parameters: call["parameters"].map(Parameters.init(json:)) ?? Parameters())
      response.isSimulated = call["simulated"]?.bool ?? false
      response.cost.status = call["cost_status"]?.string.flatMap(Cost.Status.init) ?? .unknown
      response.cost.price = call["price"].map(Price.init(json:))
      return StartedCall(
        key: ResponseKey(session: id, turn: 1, lane: lane, generation: 1), response: response, request: nil)
    }
  }
}

/// A response whose request is about to be sent.
public struct StartedCall: Sendable {
  public var key: ResponseKey
  public var response: Response
  /// The body, as far as it is kept.
  public var request: JSON?

  public init(key: ResponseKey, response: Response, request: JSON?) {
    (self.key, self.response, self.request) = (key, response, request)
  }
}

extension RecordWriter {
  /// The call's own rows, in place of its announcement.
  mutating func writeCall(_ session: Session, _ turn: Turn, _ calls: [StartedCall], _ db: Database) throws {
    try write(.session(session), db)
    try write(.turn(session: session.id, turn), db)
    for call in calls { try write(.began(call.key, call.response, request: call.request), db) }
    try db.run(sql: "DELETE FROM announcement WHERE session = ?", arguments: [session.id])
  }
}

extension Announcement {
  /// One small row, unless the call's own are there already.
  func write(by writer: String, _ db: Database) throws {
    try Tables.announce.run(
      Tables.Announced(session: session.id, writer: writer, document: text), db, [session.id.databaseValue])
  }
}

extension Store {
  /// Calls that a dead process had announced and not written: their rows are made, unfinished as they are.
  func recoverAnnouncements() throws {
    func dead(_ db: Database) throws -> [Tables.Announced] {
      try Tables.announcement.all(db, "").filter { !isAlive(WriterIdentity(text: $0.writer), db) }
    }
    guard try !database.read(dead).isEmpty else { return }
    try database.write { db in
      for one in try dead(db) {
        if let announcement = Announcement(text: one.document) {
          var rows = RecordWriter(identity: one.writer, clock: clock)
          rows.now = announcement.session.created
          try rows.writeCall(announcement.session, announcement.turn, announcement.calls, db)
        }
        try db.execute(sql: "DELETE FROM announcement WHERE session = ?", arguments: [one.session])
      }
    }
  }
}
