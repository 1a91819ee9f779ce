import Core
import Foundation
import GRDB

/// All tables of the database, each described once. What a column is called, holds and means is said here and nowhere else.
enum Tables {}

// MARK: - Sessions and turns

extension Tables {
  static let session = Table(
    "session",
    "One row for each thread of work: a person's, a data set's, a call of a judge, or one through the gateway.",
    blank: Session(id: "", created: 0, title: "", rule: .all, lanes: [], turns: [])
  ) {
    Column("id", .id, \.id, "its name for ever; commands take its beginning")
    Column("created", .date, \.created, or: 0, "when it was begun")
    Column("title", .text, \.title, or: "", "its title, or the beginning of its first prompt")
    Column("rule", .word, \.rule, or: .all, "what wins its next race")
    Column("lanes", .lanes, \.lanes, or: [], "its lanes by number: each its text, or an object with more")
    Column(
      "purpose", .word, \.purpose, or: .lane,
      "what it is for: `lane` a person's prompts, `batch` a data set, `judge` and `brief` calls of a judge, `probe` a judge on trial, "
        + "`gateway` a call through the gateway")
  }

  static let addSession = session.insertion("INSERT OR IGNORE")

  /// A turn with what is kept of it beside its `Turn`.
  struct StoredTurn: Sendable {
    var session = ""
    var created: Int64 = 0
    var turn: Turn
    var disagreement: Double?
  }

  static let turn = Table(
    "turn", "One row for each prompt that was sent to the lanes of a session.",
    blank: StoredTurn(turn: Turn(number: 0, prompt: "", rule: .all))
  ) {
    Column("session", .id, \.session, "its session").staying
    Column("number", .count(from: 1), \.turn.number, "from 1 within the session")
    Column("created", .date, \.created, or: 0, "when it was asked")
    Column("prompt", .text, \.turn.prompt, or: "", "what was asked; empty where it is not kept")
    Column("prompt_sha256", .digest, written: { $0.turn.promptSHA256 }, "the same prompt again has the same")
    Column("system", .text, \.turn.system, "the system prompt of all lanes")
    Column("rule", .word, \.turn.rule, or: .all, "what was to win")
    Column("winner", .lane, \.turn.winner, "the lane that won")
    Column(
      "continued", .lane, \.turn.continued, "the lane whose answer every lane went on from; NULL: each from its own")
    Column("item", .text, \.turn.item, "of a data set: the item's own id")
    Column("run", .count(from: 1), \.turn.run, "which asking of the item it is; NULL: the only one")
    Column("tags", .texts, \.turn.tags, or: [], "as the person has given them")
    Column(
      "disagreement", .share, \.disagreement, "how little its answers share in words; NULL: fewer than two answers")
    Column(
      "route", .document, \.turn.route, "of a call through the gateway: what was asked for, what was chosen and why")
    Column("gateway_key", .id, \.turn.gatewayKey, "`gateway_key.id` that such a call came with").staying
  }

  static let addTurn = turn.insertion()

  /// A file that was sent with a turn.
  struct StoredAttachment: Sendable {
    var session = ""
    var turn = 0
    var ordinal = 0
    var file = Attachment(name: "", mediaType: "", data: [])
  }

  static let attachment = Table(
    "attachment", "One row for each file that was sent with a prompt.", blank: StoredAttachment()
  ) {
    Column("session", .id, \.session, "its session").staying
    Column("turn", .count(from: 1), \.turn, "`turn.number` that it was sent with")
    Column("ordinal", .count, \.ordinal, "from 0 within the turn")
    Column("name", .text, \.file.name, or: "", "its name without a path")
    Column("media_type", .text, \.file.mediaType, or: "", "such as `image/png` or `text/plain`")
    Column("data", .bytes, \.file.data, or: [], "the file itself")
  }

  static let addAttachment = attachment.insertion()

  /// What is to be done in the session of a data set, so that it can be gone on with.
  struct StoredPlan: Sendable {
    var session = ""
    var plan = JSON.null
    var writer: String?
  }

  static let plan = Table(
    "plan",
    "One row for each session of a data set: what is to be asked and judged in it. It leaves in no session file.",
    blank: StoredPlan()
  ) {
    Column("session", .id, \.session, "its session").staying
    Column("plan", .document, \.plan, or: .null, "`items`, `lanes`, `judges`, `runs` and the limits")
    Column("writer", .process, \.writer, "the process that is asking it; NULL: nobody").staying
  }

  static let keepPlan = plan.insertion("INSERT OR REPLACE")

  struct Lineup: Sendable {
    var name = ""
    var lanes: [Lane] = []
  }

  static let lineup = Table("lineup", "One row for each list of lanes that was saved under a name.", blank: Lineup()) {
    Column("name", .text, \.name, or: "", "as the person has called it")
    Column("lanes", .lanes, \.lanes, or: [], "as `session.lanes`")
  }

  static let saveLineup = lineup.insertion("INSERT OR REPLACE")
}
