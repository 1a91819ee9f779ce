import Core
import GRDB
import Judging

// MARK: - Blind turns and votes

extension Tables {
  /// Who stood where, and the promise of it.
  struct StoredBlind: Sendable {
    var created: Int64 = 0
    var assignment = BlindAssignment(id: "", session: "", turn: 0, lanes: [:], pairs: [], salt: "")
    /// Where two Furlongs have continued one session, another than in the text that was promised.
    var turn = 0
    var sha256 = ""
    var revealed: Int64?

    var isRevealed: Bool { revealed != nil }
  }

  static let blind = Table(
    "blind",
    "One row for each turn whose makers were hidden. Until it is revealed nobody may know whose answer is whose: look away from "
      + "`assignment`.",
    blank: StoredBlind()
  ) {
    Column("id", .id, written: { $0.assignment.id }, "named by votes")
    Column("created", .date, \.created, or: 0, "before any answer showed")
    Column("session", .id, written: { $0.assignment.session }, "its session").staying
    Column("turn", .count(from: 1), written: { $0.turn }, "`turn.number` of the turn that is hidden").place
    Column("sha256", .digest, \.sha256, or: "", "of `assignment`, told before any answer showed")
    Column("assignment", .assignment, \.assignment, "which lane stood on which side")
    Column("revealed", .date, \.revealed, "when everyone was told; NULL: nobody may know yet").spoilt {
      $0.revealed = 0
    }
  }

  static let addBlind = blind.insertion("INSERT OR IGNORE")

  private static let nowhere = ResponseKey(session: "", turn: 0, lane: 0, generation: 0)

  static let vote = Table(
    "vote", "One row for each preference of a person between two answers. Only ever added to.",
    blank: Vote(id: "", created: 0, assignment: "", left: nowhere, right: nowhere, choice: .tie)
  ) {
    Column("id", .id, \.id, "named by `vote_undone` and by votes that repeat it")
    Column("created", .date, \.created, or: 0, "when it was cast")
    Column("assignment", .id, \.assignment, or: "", "`blind.id` that it was cast under")
    Column(
      "session", .id, get: \.left.session, set: { ($0.left.session, $0.right.session) = ($1, $1) },
      "the session of both answers"
    ).staying.needed
    Column(
      "turn", .count(from: 1), get: \.left.turn, set: { ($0.left.turn, $0.right.turn) = ($1, $1) },
      "`turn.number` of both answers"
    )
    .needed
    Column("left_lane", .lane, \.left.lane, "lane of the answer on the left")
    Column("left_generation", .count(from: 1), \.left.generation, "its generation")
    Column("right_lane", .lane, \.right.lane, "lane of the answer on the right")
    Column("right_generation", .count(from: 1), \.right.generation, "its generation")
    Column("choice", .word, \.choice, or: .tie, "the side that was better")
    Column("repeats", .id, \.repeats, "the vote on the same pair with its sides exchanged that this one checks")
    Column("time", .duration, \.time, "from both answers on the screen to the vote")
    Column("note", .text, \.note, "why, in the person's words")
    Column("implied_by", .id, \.impliedBy, "shared by the votes that one choice among more than two answers implies")
  }

  static let addVote = vote.insertion("INSERT OR IGNORE")

  /// That something was done with a vote or a verdict.
  struct Mark: Sendable {
    var id = ""
    var created: Int64 = 0
  }

  static let voteUndone = Table(
    "vote_undone", "One row for each vote that was taken back before its turn was revealed. It does not count.",
    blank: Mark()
  ) {
    Column("vote", .id, \.id, "`vote.id`")
    Column("created", .date, \.created, or: 0, "when it was taken back")
  }

  static let undoVote = voteUndone.insertion("INSERT OR IGNORE")

  static let pick = Table(
    "pick",
    "One row for each answer that a person picked as the best of its turn while its maker was known. Only ever added to: the last "
      + "of a turn holds. Never among the votes.",
    blank: Pick(id: "", created: 0, answer: nowhere)
  ) {
    Column("id", .id, \.id, "its name")
    Column("created", .date, \.created, or: 0, "when it was picked")
    Column("session", .id, \.answer.session, "the session of the answer").staying
    Column("turn", .count(from: 1), \.answer.turn, "`turn.number` of the answer")
    Column("lane", .lane, \.answer.lane, "its lane")
    Column("generation", .count(from: 1), \.answer.generation, "its generation")
    Column("taken_back", .flag, \.isTakenBack, or: false, "1: no answer of the turn is picked any more")
  }

  static let addPick = pick.insertion("INSERT OR IGNORE")
}

// MARK: - Judges

extension Tables {
  static let brief = Table(
    "brief", "One row for each list of what a good answer needs, written before any answer was seen.",
    blank: StoredBrief(id: "", created: 0, judge: "", version: "", brief: .none)
  ) {
    Column("id", .digest, \.id, "over the task, the judge and the version; of a person's own, over the task alone")
    Column("created", .date, \.created, or: 0, "when it was written")
    Column("judge", .text, \.judge, or: "", "who wrote it; empty: the person, for every judge")
    Column("version", .text, \.version, or: "", "of the judge's prompts")
    Column("brief", .brief, \.brief, "`criteria`, and more")
    Column("session", .id, \.session, "for whose prompt it was written; NULL: nobody noted it").staying
  }

  /// The same brief twice is one; a person's own replaces the one before.
  static let keepBrief = brief.insertion("INSERT OR REPLACE")

  static let judgement = Table(
    "judgement",
    "One row for each verdict of a judge on two answers. Only ever added to: the last of a judge on a pair counts.",
    blank: Judgement(
      id: "", created: 0, a: nowhere, b: nowhere, judge: "", version: "", outcome: PairOutcome(kind: .none))
  ) {
    Column("id", .id, \.id, "named by `judgement_confirmed`")
    Column("created", .date, \.created, or: 0, "when it was made")
    Column(
      "session", .id, get: \.a.session, set: { ($0.a.session, $0.b.session) = ($1, $1) }, "the session of both answers"
    ).staying.needed
    Column(
      "turn", .count(from: 1), get: \.a.turn, set: { ($0.a.turn, $0.b.turn) = ($1, $1) },
      "`turn.number` of both answers"
    ).needed
    Column("a_lane", .lane, \.a.lane, "lane of the one answer")
    Column("a_generation", .count(from: 1), \.a.generation, "its generation")
    Column("b_lane", .lane, \.b.lane, "lane of the other answer")
    Column("b_generation", .count(from: 1), \.b.generation, "its generation")
    Column("judge", .text, \.judge, or: "", "the judge, as a lane is written")
    Column("judge_reported", .text, \.judgeReported, "the model that its provider says has answered")
    Column("version", .text, \.version, or: "", "of the judge's prompts")
    Column("kind", .label, \.outcome.kind, or: .none, "what it came to, from both orders")
    Column(
      "document", .object, write: \.document, read: { $0.read($1) },
      "`outcome` with its `winner`, the `readings` of both orders, the `brief` it went by, the sessions of its `calls`"
    ).needed
    Column("cost", .money, \.cost, or: .zero, "of its calls, as far as known").spoilt { $0.hasUnknownCost = true }
    Column(
      "cost_unknown", .flag, get: \.hasUnknownCost, set: { $0.hasUnknownCost = $0.hasUnknownCost || $1 },
      "1: the cost of a call is not in it, since nobody knows it")
  }

  static let addJudgement = judgement.insertion("INSERT OR IGNORE")

  static let judgementConfirmed = Table(
    "judgement_confirmed", "One row for each verdict in quarantine that a person has looked at and lets count.",
    blank: Mark()
  ) {
    Column("judgement", .id, \.id, "`judgement.id`")
    Column("created", .date, \.created, or: 0, "when it was confirmed")
  }

  static let confirmJudgement = judgementConfirmed.insertion("INSERT OR IGNORE")

  struct StoredFit: Sendable {
    var id: Int64 = 0
    var created: Int64 = 0
    var fit = Fit(answer: nowhere, judge: "", value: nil, reason: "")
  }

  static let fit = Table(
    "fit", "One row for each reading of one answer by a judge, for the rule `first-good`.", blank: StoredFit()
  ) {
    Column("id", .rowNumber, \.id, "its number in this file").staying.written([])
    Column("created", .date, \.created, or: 0, "when it was made")
    Column("session", .id, \.fit.answer.session, "the session of the answer").staying
    Column("turn", .count(from: 1), \.fit.answer.turn, "`turn.number` of the answer")
    Column("lane", .lane, \.fit.answer.lane, "its lane")
    Column("generation", .count(from: 1), \.fit.answer.generation, "its generation")
    Column("judge", .text, \.fit.judge, or: "", "the judge, as a lane is written")
    Column("judge_reported", .text, \.fit.judgeReported, "the model that its provider says has answered")
    Column("value", .count(upTo: 10), \.fit.value, "0 to 10; NULL: there is none")
    Column(
      "document", .object, write: { $0.fit.document }, read: { $0.fit.read($1) },
      "the judge's `reason`, whether it is `quarantined`, the sessions of its `calls`")
    Column("cost", .money, \.fit.cost, or: .zero, "of its calls, as far as known").spoilt {
      $0.fit.hasUnknownCost = true
    }
    Column(
      "cost_unknown", .flag, get: \.fit.hasUnknownCost, set: { $0.fit.hasUnknownCost = $0.fit.hasUnknownCost || $1 },
      "as in `judgement`")
    Column("time", .duration, \.fit.time, or: 0, "from the finished answer to the fit")
  }

  static let addFit = fit.insertion()

  static let card = Table(
    "card", "One row for each time a judge was measured on pairs whose outcome is known.",
    blank: StoredCard(
      id: "", created: 0, judge: "", judgeReported: nil, version: "", card: JudgeCard(probes: "", trials: []))
  ) {
    Column("id", .id, \.id, "its name")
    Column("created", .date, \.created, or: 0, "when it was made")
    Column("judge", .text, \.judge, or: "", "the judge, as a lane is written")
    Column("judge_reported", .text, \.judgeReported, "the model that its provider says has answered")
    Column("version", .text, \.version, or: "", "of the judge's prompts")
    Column("card", .card, \.card, "every trial, and what it cost")
  }

  static let addCard = card.insertion("INSERT OR IGNORE")
}

/// What is kept of a fit beside its columns.
extension Fit {
  fileprivate var document: JSON {
    [
      "reason": .string(reason), "quarantined": .bool(isQuarantined), "calls": .array(calls.map { .string($0) }),
    ]
  }

  fileprivate mutating func read(_ view: JSONView) {
    reason = view["reason"]?.string ?? ""
    isQuarantined = view["quarantined"]?.bool ?? false
    calls = view["calls"]?.elements.compactMap(\.string) ?? []
  }
}
