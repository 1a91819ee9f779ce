import Core
import GRDB

/// A thread of work as another program has kept it, in Furlong's words. Whoever reads that program's files makes one.
public struct ForeignSession: Sendable {
  public struct Answer: Sendable {
    public var response: Response
    /// Seconds since 1970.
    public var created: Int64

    public init(_ response: Response, created: Int64) {
      self.response = response
      self.created = created
    }
  }

  /// The program, as `origin` says it.
  public var origin: String
  /// What names the thread there: the same thread gets the same id here, and so comes in once.
  public var name: String
  public var created: Int64
  public var title: String
  public var purpose: Purpose
  public var lanes: [Lane]
  public var turns: [(turn: Turn, created: Int64, answers: [Answer])] = []

  public init(origin: String, name: String, created: Int64, title: String, purpose: Purpose, lanes: [Lane]) {
    self.origin = origin
    self.name = name
    self.created = created
    self.title = title
    self.purpose = purpose
    self.lanes = lanes
  }
}

extension SessionRows {
  /// Numbers that could not be are left out, not believed.
  public init(_ foreign: ForeignSession) {
    self.init()
    let id = String(SHA256.hexadecimal("\(foreign.origin)\n\(foreign.name)".utf8).prefix(12))
    var session = Session(
      id: id, created: foreign.created.clamped(to: Bounds.dates), title: foreign.title, rule: .all,
      lanes: foreign.lanes, turns: [])
    session.purpose = foreign.purpose
    add(.session, Tables.session, session)
    for (turn, created, answers) in foreign.turns {
      add(turn, created.clamped(to: Bounds.dates), answers)
      for answer in answers { add(answer, turn: turn.number, foreign.origin) }
    }
  }

  private mutating func add(_ turn: Turn, _ created: Int64, _ answers: [ForeignSession.Answer]) {
    let finished = answers.filter(\.response.state.isFinish).map(\.response.text)
    add(
      .turn, Tables.turn,
      Tables.StoredTurn(created: created, turn: turn, disagreement: Disagreement.among(finished)))
    for (ordinal, file) in turn.attachments.enumerated() {
      add(
        .attachment, Tables.attachment, Tables.StoredAttachment(turn: turn.number, ordinal: ordinal, file: file))
    }
  }

  /// Of which other programs tell nothing.
  private static let untold: Set = [
    "arrivals", "cost_computed", "cost_wasted", "reused_connection", "dns", "connect", "tls", "chunks",
    "chunks_first_read",
  ]

  private mutating func add(_ answer: ForeignSession.Answer, turn: Int, _ origin: String) {
    var stored = Tables.StoredResponse()
    (stored.turn, stored.response, stored.origin) = (turn, answer.response, origin)
    stored.created = answer.created.clamped(to: Bounds.dates)
    let seconds = (answer.response.timing.end ?? 0) / 1_000_000_000
    stored.finished = stored.created.addingSaturating(seconds).clamped(to: Bounds.dates)
    add(.response, Tables.response, stored, without: Self.untold)
  }

  /// A row of what the file has of a value.
  mutating func add<Root>(_ place: StoredTable, _ table: Table<Root>, _ value: Root, without: Set<String> = []) {
    self[place].append(
      table.columns.filter { !$0.about.stays }.map { column in
        without.contains(column.about.name) ? .null : StoredValue(column.bind(value), of: column.about)
      })
  }
}

extension StoredValue {
  /// Nothing where a number could not be.
  fileprivate init(_ value: DatabaseValue, of column: StoredColumn) {
    switch value.storage {
    case .null: self = .null
    case .int64(let number): self = column.kind.range.map { $0.contains(number) } ?? true ? .integer(number) : .null
    case .double(let number): self = .real(number)
    case .string(let text): self = .text(text)
    case .blob(let data): self = column.kind.isText ? .text(String(decoding: data, as: UTF8.self)) : .bytes(Array(data))
    }
  }
}
